"""One fit of exits on a model of the operator's, as its server holds it; and how it stands, for whoever looks."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dynviz.api import Examples

State = Literal["waiting", "running", "cancelled", "done", "failed"]
SOON = 2.0  # seconds of a stage after which its time left is guessed


@dataclass(frozen=True)
class Wish:
    """What is to be fitted. where: the folder of the model; the others as in `dynviz.fit_exits`. pair: the model compares two texts.
    title: what the result is called; "" as its method is."""

    where: Path
    examples: Examples
    method: str | None = None
    budget: float | None = None
    risk: float | None = None
    confidence: float = 0.95
    seed: int = 0
    pair: bool = False
    title: str = ""


@dataclass(frozen=True)
class Fitting:
    """How a fit stands. stage: what is being done, "" before the first; done, total: of it; left: seconds to the end of the stage, as far
    as can be told; spent: seconds of work; error: why it failed, for the visitor; place: in the queue, from 1, of one that waits."""

    state: State
    stage: str
    done: int
    total: int
    left: float | None
    spent: float
    error: str
    place: int

    @property
    def active(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in ("waiting", "running")


class Fit:
    """A fit. folder: its own, in which the checkpoint `name` will lie; base: what the model is called; title: what the result is; notes:
    what is to be said of how it was made. wish: gone once it has ended, and the rows with it."""

    def __init__(self, folder: Path, name: str, base: str, owner: str = "", wish: Wish | None = None) -> None:
        self.folder, self.name, self.base, self.owner, self.wish = folder, name, base, owner, wish
        self.title = ""
        self.state: State = "done" if wish is None else "waiting"
        self.notes: tuple[str, ...] = ()
        self.error, self.stage = "", ""
        self.done, self.total = 0, 0
        self.began = self.staged = self.seen = time.monotonic()
        self.spent = 0.0
        self.stop = threading.Event()

    @property
    def id(self) -> str:
        """Its folder's name: who knows it sees the fit."""
        return self.folder.name

    @property
    def checkpoint(self) -> Path:
        """The folder of the checkpoint, there once it is done."""
        return self.folder / self.name

    @property
    def active(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in ("waiting", "running")

    def begin(self) -> None:
        """Its turn has come."""
        self.state, self.began = "running", time.monotonic()

    def told(self, stage: str, done: int, total: int) -> None:
        """So many of so many of this stage are done."""
        if stage != self.stage:
            self.stage, self.staged = stage, time.monotonic()
        self.done, self.total = done, total

    def end(self, state: State, error: str = "") -> None:
        """No work any more; the rows are forgotten."""
        self.state, self.error, self.wish = state, error, None
        self.spent = time.monotonic() - self.began

    def stands(self, place: int) -> Fitting:
        """How it stands now. place: in the queue."""
        now = time.monotonic()
        taken, left = now - self.staged, None
        if self.state == "running" and self.done and taken > SOON:
            left = taken * (self.total - self.done) / self.done
        spent = now - self.began if self.state == "running" else self.spent
        return Fitting(self.state, self.stage, self.done, self.total, left, spent, self.error, place)
