"""Classes that guess together, in memory for some hours: of a guess only the number of a fixed stop, no text, no name. Knows no screen.

One `Room` serves a process; its lock makes every call whole. All that it holds is bounded; a class that is over is gone at the next call.
"""

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from dynviz.errors import InputError
from dynviz.figures.wording import count
from dynviz.ui.learn import text_class as text

COLOURS = "amber blue copper coral cyan emerald golden green indigo ivory jade lilac mint olive opal orange purple rose silver teal violet"
ANIMALS = "badger bison dolphin eagle falcon finch heron ibex koala lynx moose ocelot otter owl panda puffin robin salmon seal swan tapir"


@dataclass(frozen=True)
class Limits:
    """classes: open at once; seats, questions: of one class; stops: of a question; seconds: from a class's opening to its end."""

    classes: int = 20
    seats: int = 150
    questions: int = 30
    stops: int = 64
    seconds: float = 4 * 3600.0


@dataclass
class _Class:
    """key: who has it teaches. seats: each once, so that all questions hold the same string. guesses: question -> seat -> stop."""

    key: str = field(repr=False)
    ends: float
    seats: dict[str, str] = field(default_factory=dict)
    guesses: dict[str, dict[str, int]] = field(default_factory=dict)


class Room:
    """The classes of this process. now: a clock in seconds."""

    def __init__(self, limits: Limits = Limits(), now: Callable[[], float] = time.monotonic) -> None:
        self.limits, self._now = limits, now
        self._lock = threading.Lock()
        self._classes: dict[str, _Class] = {}

    def open(self) -> tuple[str, str]:
        """A new class: its name and its teacher's key, or an InputError where there are too many."""
        with self._lock:
            self._tidy()
            if len(self._classes) >= self.limits.classes:
                what, why, do = text.NO_FREE
                first = self._minutes(min(found.ends for found in self._classes.values()))
                raise InputError(what, why.format(time=count(first, "minute")), do)
            name = next(n for n in iter(_name, "") if n not in self._classes)
            self._classes[name] = _Class(secrets.token_urlsafe(16), self._now() + self.limits.seconds)
            return name, self._classes[name].key

    def __contains__(self, name: str) -> bool:
        with self._lock:
            return self._found(name) is not None

    def teaches(self, name: str, key: str) -> bool:
        """Whether the key is that class's."""
        with self._lock:
            return self._taught(name, key) is not None

    def minutes(self, name: str) -> int:
        """How long the class is open yet, rounded up; 0 for one that is not."""
        with self._lock:
            found = self._found(name)
            return self._minutes(found.ends) if found else 0

    def guess(self, name: str, seat: str, question: str, stop: int) -> bool:
        """Keep a seat's first guess at a question; whether one is kept now."""
        with self._lock:
            found = self._found(name)
            if found is None or not 0 <= stop < self.limits.stops or self._full(found, seat, question):
                return False
            seat = found.seats.setdefault(seat, seat)
            found.guesses.setdefault(question, {}).setdefault(seat, stop)
            return True

    def own(self, name: str, seat: str, question: str) -> int | None:
        """What this seat guessed."""
        with self._lock:
            found = self._found(name)
            return found.guesses.get(question, {}).get(seat) if found else None

    def counts(self, name: str, question: str, stops: int) -> tuple[int, ...]:
        """How many guessed each of so many stops."""
        with self._lock:
            found = self._found(name)
            given = list(found.guesses.get(question, {}).values()) if found else []
            return tuple(given.count(stop) for stop in range(stops))

    def table(self, name: str) -> list[tuple[str, int, int]]:
        """All guesses of a class: question, stop, how many."""
        with self._lock:
            found = self._found(name)
            given = {question: list(seats.values()) for question, seats in found.guesses.items()} if found else {}
            return [(q, stop, stops.count(stop)) for q, stops in sorted(given.items()) for stop in sorted(set(stops))]

    def full(self, name: str, seat: str, question: str) -> bool:
        """Whether a class is open and takes no guess of this seat at this question any more."""
        with self._lock:
            found = self._found(name)
            return found is not None and self._full(found, seat, question)

    def reset(self, name: str, key: str, question: str) -> None:
        """Forget all guesses at a question: it is asked anew."""
        with self._lock:
            found = self._taught(name, key)
            if found:
                found.guesses.pop(question, None)

    def close(self, name: str, key: str) -> None:
        """End a class, and forget it."""
        with self._lock:
            if self._taught(name, key):
                del self._classes[name]

    def _full(self, found: _Class, seat: str, question: str) -> bool:
        seats = seat not in found.seats and len(found.seats) >= self.limits.seats
        return seats or (question not in found.guesses and len(found.guesses) >= self.limits.questions)

    def _found(self, name: str) -> _Class | None:
        self._tidy()
        return self._classes.get(name)

    def _taught(self, name: str, key: str) -> _Class | None:
        found = self._found(name)
        return found if found and hmac.compare_digest(found.key.encode(), key.encode("utf-8", "replace")) else None

    def _tidy(self) -> None:
        now = self._now()
        for name in [name for name, found in self._classes.items() if found.ends <= now]:
            del self._classes[name]

    def _minutes(self, ends: float) -> int:
        return max(1, ceil((ends - self._now()) / 60))


def _name() -> str:
    """Easy to read out and to type, and never rude: the server draws it, nobody types it."""
    return f"{secrets.choice(COLOURS.split())}-{secrets.choice(ANIMALS.split())}-{secrets.randbelow(9000) + 1000}"
