"""Which findings of a task's models on one backbone hold on another, as plain numbers: computed by `measure.backbones`, stored as JSON.

Each pair of numbers is of the shallower backbone and of the deeper one, over the same sentences of the report split. Intervals are (mean,
low, high), 95 %, sentences redrawn; those of one list of methods hold all at once (`records.redraw.simultaneous`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dynviz.records.numbers import NumbersFile
from dynviz.records.sweep import Sweep
from dynviz.records.tasks import TASKS
from dynviz.records.zoo import Interval

SCHEMA = "dynviz.backbones/1"
FILE = "backbones.json"
Two = tuple[float, float]


Line = tuple[tuple[float, float], ...]  # (work, accuracy) of each point


@dataclass(frozen=True)
class Reached:
    """A method's setting within a budget on both. share: of its own plain model's compute; lost: its accuracy less that of its own plain
    model at full depth, as the zoo has it."""

    method: str
    accuracy: Two
    share: Two
    lost: tuple[Interval, Interval]


@dataclass(frozen=True)
class Order:
    """Within a budget, of each plain model's own compute: what methods reach on both, and whether they stand in the same order.

    order: Spearman's correlation of the two lists of accuracies; None of fewer than three methods, or where all of a list are equal.
    """

    budget: float
    methods: tuple[Reached, ...]
    order: Interval | None


@dataclass(frozen=True)
class Held:
    """A share of sentences under one method on both backbones. more: that on the deeper less that on the shallower."""

    method: str
    share: Two
    more: Interval


@dataclass(frozen=True)
class Shares:
    """The same share under every method on both. mean: over the methods, that on the deeper less that on the shallower, with an interval of
    its own; None without methods."""

    methods: tuple[Held, ...]
    mean: Interval | None


@dataclass(frozen=True)
class TaskBackbones:
    """Of one task. names: of the two comparisons; layers, plain: depth and accuracy of the plain models. layer: compute of one layer of the
    deeper plain model, as a share of the whole shallower one's; that one's is also the unit of work in `static`, the plain models cut and
    tuned at each depth. early: sentences that leave in the first third of the layers, at each method's setting within half of the compute.
    overthought: sentences that some earlier exit has right and the last wrong. digests: of every checkpoint that was read."""

    task: str
    report: str
    sentences: int
    names: tuple[str, str]
    layers: tuple[int, int]
    plain: Two
    layer: float
    static: tuple[Line, Line]
    orders: tuple[Order, ...]
    early: Shares
    overthought: Shares
    digests: Mapping[str, str]

    @property
    def times(self) -> Two:
        """Compute of the whole plain models, the shallower one's being 1."""
        return 1.0, self.layer * self.layers[1]


def layer_price(shallow: Sweep, deep: Sweep) -> float:
    """Compute of one layer of the deeper plain model, as a share of the whole shallower one's over the same texts."""
    return float(deep.plain_flops.sum() / deep.layers / shallow.plain_flops.sum())


Backbones = Mapping[str, TaskBackbones]  # by the name of the deeper comparison


def write(found: Backbones, file: Path) -> None:
    """Store it: numbers only."""
    _FILE.write(found, file)


def read(file: Path) -> Backbones:
    """The stored numbers; empty where there is no file, an InputError where it does not fit."""
    return _FILE.read(file) or {}


def _sound(found: Backbones) -> None:
    """ValueError where a task is none of ours, a share is none, or an interval is no interval."""
    for name, one in found.items():
        if one.task not in TASKS or one.names[1] != name:
            raise ValueError(f"the comparison {name[:60]!r} is not known")
        if not (one.sentences > 0 and 0 < one.layers[0] <= one.layers[1] and one.layer > 0):
            raise ValueError(f"{name[:60]} is of no sentences, or of no layers")
        if not all(work > 0 for line in one.static for work, _ in line):
            raise ValueError(f"a model of {name[:60]} computes nothing")
        if not all(0 <= share <= 1 for share in _shares(one)):
            raise ValueError(f"a share of {name[:60]} is none")
        if not all(low <= mean <= high for mean, low, high in _intervals(one)):
            raise ValueError(f"an interval of {name[:60]} is none")
        if any(bool(shares.methods) != (shares.mean is not None) for shares in (one.early, one.overthought)):
            raise ValueError(f"a mean of {name[:60]} is of no method")


def _shares(one: TaskBackbones) -> Iterator[float]:
    """Accuracies and shares of sentences."""
    yield from one.plain
    yield from (right for line in one.static for _, right in line)
    for order in one.orders:
        yield from (value for reached in order.methods for value in reached.accuracy)
    for shares in (one.early, one.overthought):
        yield from (value for held in shares.methods for value in held.share)


def _intervals(one: TaskBackbones) -> Iterator[Interval]:
    for order in one.orders:
        yield from (lost for reached in order.methods for lost in reached.lost)
        yield from [order.order] if order.order else []
    for shares in (one.early, one.overthought):
        yield from (held.more for held in shares.methods)
        yield from [shares.mean] if shares.mean else []


_FILE: NumbersFile[Backbones] = NumbersFile(SCHEMA, "comparisons", dict[str, TaskBackbones], "insights", _sound)
