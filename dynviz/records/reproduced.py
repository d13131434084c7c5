"""What others report of a method beside what it does here, as plain numbers: computed by `measure.reproduced`, stored as JSON.

What is compared is how far accuracy falls from a model's own full depth, at about the same cost; never one accuracy with another, which
belong to different bases. Intervals are (mean, low, high), 95 %, paired; those of one task hold all at once (`records.redraw`). Shares and
accuracies are fractions of 1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from dynviz.records.card import Counts
from dynviz.records.numbers import NumbersFile
from dynviz.records.tasks import TASKS
from dynviz.records.zoo import Interval

SCHEMA = "dynviz.reproduced/1"
FILE = "reproduced.json"
NEAR = 0.1  # of the whole: settings this far from each other in cost are no longer about the same
Verdict = Literal["level", "smaller", "larger", "unknown", "far", "padding"]


@dataclass(frozen=True)
class Theirs:
    """As it is printed. full: without the method, None where it is not given; cost: in their words; share: what is spent, in what they
    count. real: the same without the padding that they count on both sides. least: half of the narrowest 95 % interval that such a loss can
    have, on so many sentences."""

    data: str
    backbone: str
    source: str
    cost: str
    counts: Counts
    score: float
    full: float | None
    share: float
    real: float
    least: float = 0.0

    @property
    def drop(self) -> float | None:
        """How far it falls (below 0); None where it is not given."""
        return None if self.full is None else self.score - self.full


@dataclass(frozen=True)
class Ours:
    """The setting of a checkpoint, by its title, whose cost is nearest to theirs.

    base: the encoder in a few words; knobs: empty for an exit measured alone; counted: cost in what they count; share: FLOPs of the plain
    model's, None for an exit alone; difference: to its own full depth.
    """

    title: str
    base: str
    knobs: Mapping[str, float]
    full: float
    score: float
    counted: float
    share: float | None
    difference: Interval


@dataclass(frozen=True)
class Row:
    """A published result and ours.

    model: the checkpoint it is held against; ours: None where, without padding, theirs saves nothing, so that nothing is there to compare.
    differs: in what the two settings differ, read off the checkpoint; why: what else may part them, as the method's file says.
    """

    method: str
    model: str
    theirs: Theirs
    ours: Ours | None
    differs: tuple[str, ...]
    why: str

    @property
    def verdict(self) -> Verdict:
        """Whether the two losses cannot be told apart ("level"); else whether less ("smaller") or more is lost here, or why that cannot be
        said. Both are uncertain, and independent: their half widths add up as squares do."""
        if self.ours is None:
            return "padding"
        if self.theirs.drop is None:
            return "unknown"
        if abs(self.ours.counted - self.theirs.real) > NEAR:
            return "far"
        mean, low, high = self.ours.difference
        apart = self.theirs.drop - mean
        if abs(apart) <= math.hypot(high - mean if apart > 0 else mean - low, self.theirs.least):
            return "level"
        return "smaller" if apart < 0 else "larger"


@dataclass(frozen=True)
class TaskReproduced:
    """Of one task. other: methods here of which nothing is known on this data, with the data of what is known; digests: of every checkpoint
    that was read."""

    task: str
    report: str
    sentences: int
    rows: tuple[Row, ...]
    other: Mapping[str, str]
    digests: Mapping[str, str]

    def only(self, there: Mapping[str, str]) -> "TaskReproduced":
        """The rows of checkpoints that are as they were: there, by name, with this digest."""
        stale = {name for name, digest in self.digests.items() if there.get(name) != digest}
        return replace(self, rows=tuple(row for row in self.rows if row.model not in stale))


Reproduced = Mapping[str, TaskReproduced]  # by task


def write(found: Reproduced, file: Path) -> None:
    """Store it: numbers only."""
    _FILE.write(found, file)


def read(file: Path) -> Reproduced:
    """The stored numbers; empty where there is no file, an InputError where it does not fit."""
    return _FILE.read(file) or {}


def _sound(found: Reproduced) -> None:
    """ValueError where a task is none of ours, a share is none, or an interval is no interval."""
    for name, task in found.items():
        if name not in TASKS or task.task != name:
            raise ValueError(f"the task {name[:60]!r} is not known")
        for row in task.rows:
            if row.theirs.share <= 0 or not 0 < row.theirs.score <= 1:
                raise ValueError(f"what is printed of {row.method[:60]} is no share")
            if row.ours and not _fits(row.ours):
                raise ValueError(f"the numbers of {row.model[:60]} do not fit")


def _fits(ours: Ours) -> bool:
    mean, low, high = ours.difference
    return 0 <= ours.score <= 1 and 0 <= ours.full <= 1 and low <= mean <= high


_FILE: NumbersFile[Reproduced] = NumbersFile(SCHEMA, "tasks", dict[str, TaskReproduced], "insights", _sound)
