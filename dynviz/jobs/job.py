"""One run over one set of rows, as its server holds it; and how it stands, for whoever looks."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from dynviz.jobs.lock import Lock
from dynviz.jobs.store import About, Store

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model

State = Literal["waiting", "running", "interrupted", "elsewhere", "cancelled", "done", "failed"]
Load = Callable[[], "Model"]
_OVERHEAD = 20  # characters' worth of time that a row takes however short it is


@dataclass(frozen=True)
class Status:
    """How a job stands. left: seconds to go, as far as can be told; error: why it failed, for the visitor; others: jobs it takes turns
    with; place: in the queue, from 1, of one that waits; parts: parts kept, which grows with every part."""

    state: State
    done: int
    total: int
    spent: float
    left: float | None
    error: str
    others: int
    place: int
    parts: int

    @property
    def active(self) -> bool:
        """Whether it goes on by itself, here or on another server."""
        return self.state in ("waiting", "running", "elsewhere")


class Job:
    """A run. owner: the session it was made in, "" where that is gone. Its state says "interrupted" where the server that worked on it
    ended before it did, and "elsewhere" where another server on the same folder works on it."""

    def __init__(self, store: Store, about: About, owner: str = "") -> None:
        self.store, self.about, self.owner = store, about, owner
        self.state: State = "cancelled"
        self.error = ""
        self.parts, self.done, self.within = 0, 0, 0
        self.spent, self.read = 0.0, 0.0  # seconds of work, and the share of the whole that took them
        self.stop = threading.Event()
        self.seen = time.monotonic()
        self.lock = Lock(store.folder)
        self.load: Load | None = None
        self.work: Any = None  # while it is at work: characters up to each row

    @property
    def id(self) -> str:
        """The job's id, also its folder's name."""
        return self.about.id

    @property
    def active(self) -> bool:
        """Whether this server goes on with it by itself."""
        return self.state in ("waiting", "running")

    def reread(self) -> None:
        """How a job that this server does not work on stands, by its folder."""
        found = self.store.parts()
        self.parts, self.done = len(found), found[-1][1] if found else 0
        if self.done >= self.about.total:
            self.state = "done"
        elif self.lock.elsewhere:
            self.state = "elsewhere"
        elif self.state in ("elsewhere", "cancelled", "interrupted", "done"):
            self.state = "cancelled" if self.store.stopped else "interrupted"

    def begin(self, load: Load) -> None:
        """Wait for the first turn from here on."""
        self.work = np.concatenate([[0], np.cumsum(self.store.characters() + _OVERHEAD)]).astype(np.uint32)
        self.stop.clear()
        self.store.stop(False)
        self.state, self.error, self.load = "waiting", "", load

    def end(self, state: State, error: str = "") -> None:
        """No turns any more."""
        self.state, self.error = state, error
        self.load = self.work = None
        if state in ("cancelled", "failed"):
            self.store.stop(True)
        self.lock.free()

    def told(self, rows: int, seconds: float, known: tuple[float, float]) -> None:
        """What this turn has read so far, and what that took; known: spent and read before it."""
        self.within = rows
        self.spent = known[0] + seconds
        self.read = known[1] + (float(self.work[self.done + rows]) - float(self.work[self.done])) / float(self.work[-1])

    def left(self, turns: int) -> float | None:
        """Seconds to go, where so many jobs take turns; None where that cannot be told yet."""
        speed = self.read / self.spent if self.spent > 1 and self.read else 0.0
        if not speed or self.work is None:
            return None
        return (1 - float(self.work[self.done + self.within]) / float(self.work[-1])) / speed * turns
