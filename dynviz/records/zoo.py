"""What all methods of a task on one backbone reach beside each other, as plain numbers: computed by `measure.insights`, stored as JSON,
shown on screen.

Differences and intervals are (mean, low, high): paired bootstrap over the sentences of the report split. Intervals of one list hold all at
once with 95 % confidence (`records.redraw.simultaneous`): one list are the differences of all methods within a budget to the plain model,
to the leader, or to the front; the scores; the changes. Settings were chosen on the calibration split.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from dynviz.records.numbers import NumbersFile

SCHEMA = "dynviz.zoo/2"
FILE = "zoo.json"
DIGITS = 5
Interval = tuple[float, float, float]
Layers = tuple[float | None, ...]  # one a layer, None where there is nothing
Side = Literal["above", "below", "level"]


def backbone_of(name: str) -> str:
    """The backbone in the name of a comparison, "task/backbone"; "" for the first backbone of a task, whose name is the task's."""
    return name.partition("/")[2]


def rounded(value: float) -> float:
    """A number as it is stored; never "-0.0"."""
    return round(float(value), DIGITS) + 0.0


def side(difference: Interval) -> Side:
    """On which side of zero a difference lies: "level" where its interval holds zero, so that it cannot be told."""
    _, low, high = difference
    return "above" if low > 0 else "below" if high < 0 else "level"


@dataclass(frozen=True)
class Contender:
    """A method of the race: a checkpoint, or a family of which a member is chosen with the knob."""

    name: str
    title: str
    method: str
    kind: str
    members: tuple[str, ...]
    seeds: tuple[str, ...]


@dataclass(frozen=True)
class Chosen:
    """A contender's most accurate setting within a budget, chosen on calibration data, and what it does on the report data.

    calibration_share, calibration_accuracy: there. full: against the plain model at full depth; leader: against the contender that was
    most accurate within the budget on the calibration split. front: no other choice is at most as dear and better, or as good and
    cheaper; behind: against the best choice at most as dear (itself where there is no better). seeds: accuracy of further seeds, each
    with its own choice.
    """

    contender: str
    checkpoint: str
    knobs: Mapping[str, float]
    calibration_share: float
    calibration_accuracy: float
    share: float
    accuracy: float
    full: Interval
    leader: Interval
    front: bool
    behind: Interval
    seeds: tuple[float, ...] = ()


@dataclass(frozen=True)
class Budget:
    """At most this share of compute. missing: contenders without a setting within it."""

    budget: float
    leader: str
    chosen: tuple[Chosen, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """Mean height above the static line, in accuracy, over the budgets of the grid at which the contender has a setting (points)."""

    contender: str
    score: Interval
    points: int
    seeds: tuple[float, ...] = ()


@dataclass(frozen=True)
class Changes:
    """Answers that differ from full depth at the chosen knob. worse: full depth was right; avoided: it was wrong, the early answer is
    right; other: both wrong."""

    contender: str
    checkpoint: str
    knobs: Mapping[str, float]
    share: float
    answers: int
    worse: int
    avoided: int
    other: int
    difference: Interval


@dataclass(frozen=True)
class Trust:
    """Each layer's classifier over all sentences: how often it is right, its calibration error (ece), and how well its mistakes are
    foretold (AUROC) by its largest class probability and by the method's own signal, which its rule holds against a setting.

    signal: that in words, "" where no rule holds anything against a setting; its AUROC (own) is None where it is not read, and where it
    is the same for all sentences.
    """

    contender: str
    checkpoint: str
    accuracy: Layers
    ece: Layers
    probability: Layers
    signal: str
    own: Layers


@dataclass(frozen=True)
class Worth:
    """Whether the largest class probability knows when leaving is worth it: the answer is right, or no later exit is (EEFP).

    worth: share of answers worth leaving with, after each layer; None without an exit, and after the last. eefp: chance that one of these
    is more confident than another, None as well where the others are too few; mean: over all exits but the last. mistakes, ece: means over
    the same exits of the AUROC of mistakes and of the calibration error. Intervals: bootstrap over sentences, each for itself.
    """

    contender: str
    checkpoint: str
    worth: Layers
    eefp: tuple[Interval | None, ...]
    mean: Interval
    mistakes: float
    ece: float


@dataclass(frozen=True)
class Pair:
    """Two contenders whose classifiers can be compared, by how much the first exceeds the second: in mean EEFP, and in accuracy at equal
    mean depths, by one rule for both. Each time the intervals of all pairs hold at once."""

    first: str
    second: str
    eefp: Interval
    accuracy: Interval


@dataclass(frozen=True)
class TaskZoo:
    """All of one task. plain: the plain model; static: (share, accuracy) of plain models cut at some depths, shallow to deep; depths: how
    many layers each of these has (empty in older files: one, two, and so on); digests: of every checkpoint the numbers come from."""

    task: str
    calibration: str
    report: str
    sentences: int
    answers: int
    plain: str
    plain_accuracy: float
    plain_seeds: tuple[float, ...]
    static: tuple[tuple[float, float], ...]
    grid: tuple[float, ...]
    digests: Mapping[str, str]
    contenders: tuple[Contender, ...]
    budgets: tuple[Budget, ...]
    scores: tuple[Score, ...]
    changes: tuple[Changes, ...]
    trust: tuple[Trust, ...]
    worth: tuple[Worth, ...] = ()
    pairs: tuple[Pair, ...] = ()
    depths: tuple[int, ...] = ()

    @property
    def cut_at(self) -> tuple[int, ...]:
        """Layers of each of the cut plain models."""
        return self.depths or tuple(range(1, len(self.static) + 1))

    def title(self, name: str) -> str:
        """A contender's title."""
        return next(c.title for c in self.contenders if c.name == name)


Zoo = Mapping[str, TaskZoo]  # by task, or "task/backbone" for further backbones of one


def write(found: Zoo, file: Path) -> None:
    """Store it: numbers only."""
    _FILE.write(found, file)


def read(file: Path) -> Zoo:
    """The stored numbers, by task; empty where there is no file, an InputError where it does not fit."""
    return _FILE.read(file) or {}


def _named(task: TaskZoo) -> None:
    """ValueError unless every list speaks of contenders there are, and every plain model has its depth."""
    if len(task.cut_at) != len(task.static) or any(a >= b for a, b in pairwise((0, *task.cut_at))):
        raise ValueError(f"{task.cut_at} are not the layers of {len(task.static)} plain models")
    there = {c.name for c in task.contenders}
    said = {*(one.contender for part in (task.scores, task.changes, task.trust, task.worth) for one in part)}
    said |= {name for pair in task.pairs for name in (pair.first, pair.second)}
    said |= {name for b in task.budgets for name in (*(c.contender for c in b.chosen), *b.missing)}
    said |= {b.leader for b in task.budgets if b.chosen}
    if not there or said - there:
        unknown = sorted(said - there)[:3]
        raise ValueError(f"it speaks of {', '.join(unknown) or 'nobody'}, which is no contender")


def _all(found: Zoo) -> None:
    for task in found.values():
        _named(task)


_FILE: NumbersFile[Zoo] = NumbersFile(SCHEMA, "tasks", dict[str, TaskZoo], "insights", _all)
