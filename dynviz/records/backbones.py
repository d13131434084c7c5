"""Which findings of a task's models on one backbone hold on another, as plain numbers: computed by `measure.backbones`, stored as JSON.

Each pair of numbers is of the shallower backbone and of the deeper one, over the same sentences of the report split. Intervals are (mean,
low, high), 95 %, sentences redrawn; those of one list of methods hold all at once (`records.redraw.simultaneous`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dynviz.records.numbers import NumbersFile
from dynviz.records.zoo import Interval

SCHEMA = "dynviz.backbones/1"
FILE = "backbones.json"
Two = tuple[float, float]


@dataclass(frozen=True)
class Order:
    """Within a budget, of each plain model's own compute: what methods reach on both, and whether they stand in the same order.

    order: Spearman's correlation of the two lists of accuracies; None of fewer than three methods, or where all of a list are equal.
    """

    budget: float
    accuracy: Mapping[str, Two]
    order: Interval | None


@dataclass(frozen=True)
class Held:
    """A share of sentences under one method on both backbones. more: that on the deeper less that on the shallower."""

    method: str
    share: Two
    more: Interval


@dataclass(frozen=True)
class TaskBackbones:
    """Of one task. names: of the two comparisons; layers, plain: depth and accuracy of the plain models. layer: compute of one layer of the
    deeper plain model, as a share of the whole shallower one's. early: sentences that leave in the first third of the layers, at each
    method's setting within half of the compute. overthought: sentences that some earlier exit has right and the last wrong. digests: of
    every checkpoint that was read."""

    task: str
    report: str
    sentences: int
    names: tuple[str, str]
    layers: tuple[int, int]
    plain: Two
    layer: float
    orders: tuple[Order, ...]
    early: tuple[Held, ...]
    overthought: tuple[Held, ...]
    digests: Mapping[str, str]


Backbones = Mapping[str, TaskBackbones]  # by the name of the deeper comparison


def write(found: Backbones, file: Path) -> None:
    """Store it: numbers only."""
    _FILE.write(found, file)


def read(file: Path) -> Backbones:
    """The stored numbers; empty where there is no file, an InputError where it does not fit."""
    return _FILE.read(file) or {}


_FILE: NumbersFile[Backbones] = NumbersFile(SCHEMA, "comparisons", dict[str, TaskBackbones], "insights")
