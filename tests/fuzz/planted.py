"""Mistakes made on purpose, to see that they are noticed. A kind like the others, but not one of those that are tried by default."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from dynviz.checkpoint import golden
from dynviz.errors import InputError
from tests.fuzz import bar
from tests.fuzz.kind import Kind

Bug = Callable[[Path], None]

def raises(_: Path) -> None:
    raise KeyError("planted")


def spins(_: Path) -> None:
    """Never comes back."""
    while True:
        sum(range(10_000))


def dawdles(_: Path) -> None:
    """Comes back, but late."""
    begun = time.process_time()
    while time.process_time() - begun < 2.5:
        sum(range(10_000))
    raise InputError("It took long", "much was to do", "Wait")


def hoards(_: Path) -> None:
    """Takes too much for a moment."""
    kept = bytearray(b"x") * 400_000_000
    raise InputError(f"It takes {len(kept)} bytes", "they are many", "Take fewer")


def devours(_: Path) -> None:
    """Takes all there is. Only the first piece is written to: what is never touched is refused in no time, on a slow machine too."""
    kept = [bytearray(b"x") * 400_000_000]
    while True:
        kept.append(bytearray(100_000_000))


def mumbles(_: Path) -> None:
    raise InputError("It is wrong", "nobody knows", "")


def breaks_off(_: Path) -> None:
    error = InputError("It is wrong", "nobody knows", "Do something")
    error.args = ("the first line\nthe second",)  # the class itself would put them on one
    raise error


def dies(_: Path) -> None:
    os.abort()


def answers_nothing(stock: Path) -> None:
    """A run whose answer is NaN."""
    trace = golden.read(stock / "ours" / "sst2-joint").pairs[0].trace
    bar.sound(trace)
    bar.sound(replace(trace, answer=trace.answer * float("nan")))


BUGS: dict[Bug, str] = {
    raises: "KeyError: 'planted'",
    spins: "ended after 4 s of processor",
    dawdles: "over 2 s of processor",
    hoards: "over 300 MB of memory",
    devours: "over 300 MB of memory",
    mumbles: "a part of the sentence is blank",
    breaks_off: "the sentence holds characters of category Cc",
    dies: "the process ended with status -6",
    answers_nothing: "accepted, but an answer is NaN",
}


def ground(stock: Path, own: Path) -> Path:
    """The sound things."""
    return stock


def make(stock: Path, rng: Random) -> partial[None]:
    """One of them."""
    return partial(chosen(rng), stock)


def chosen(rng: Random) -> Bug:
    """Which one it is."""
    return rng.choice(list(BUGS))


def give(bug: partial[None]) -> None:
    """Let it happen."""
    bug()


KIND = Kind(0, ground, make, give)
