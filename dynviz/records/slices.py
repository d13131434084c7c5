"""What changes at an operating point, example by example: answers that flip against full depth, and the metric of every tag."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dynviz.records.layout import Bools
from dynviz.records.redraw import differences, grouped_differences
from dynviz.records.sweep import Sweep

Kind = Literal["worse", "avoided", "changed"]
EVERYTHING = "all"


@dataclass(frozen=True)
class Flip:
    """An answer that differs from full depth's.

    kind: "worse" (full depth was right), "avoided" (full depth was wrong, this is right: overthinking avoided), "changed" (both
    wrong, differently). row: id of the example; place: the answer's number within it, from 1; classes: right, here, full.
    """

    kind: Kind
    row: str
    place: int
    tags: tuple[str, ...]
    length: int
    right: int
    here: int
    full: int
    layer: int


@dataclass(frozen=True)
class Slice:
    """The examples of one tag at an operating point. accuracy, full: the task's metric there and at full depth; difference, low, high:
    between them, 95 % paired interval."""

    tag: str
    sentences: int
    answers: int
    accuracy: float
    full: float
    difference: float
    low: float
    high: float
    share: float
    depth: float
    worse: int
    avoided: int


def flips(sweep: Sweep, point: int) -> list[Flip]:
    """Every answer at this point that differs from full depth's, in the order of the data."""
    here, full, owner = sweep.predicted[point], sweep.predicted[0], sweep.rows.owner
    first = np.searchsorted(owner, owner)
    return [
        Flip(
            _kind(bool(sweep.correct[point, u]), bool(sweep.correct[0, u])), sweep.rows.ids[owner[u]], int(u - first[u]) + 1,
            sweep.rows.tags[owner[u]], int(sweep.rows.lengths[owner[u]]), int(sweep.rows.labels[u]), int(here[u]), int(full[u]),
            int(sweep.exits[point, owner[u]]),
        )
        for u in np.flatnonzero(here != full)
    ]  # fmt: skip


def _kind(here: bool, full: bool) -> Kind:
    return "avoided" if here else "worse" if full else "changed"


def tags(sweep: Sweep) -> list[str]:
    """The tags of the examples, most frequent first, then by name."""
    counts: dict[str, int] = {}
    for own in sweep.rows.tags:
        for tag in own:
            counts[tag] = counts.get(tag, 0) + 1
    return sorted(counts, key=lambda tag: (-counts[tag], tag))


def by_tag(sweep: Sweep, point: int) -> list[Slice]:
    """All examples, then those of each tag; an example of two tags counts in both."""
    names = tags(sweep)
    groups = np.array([np.ones(len(sweep.rows.ids), bool), *(sweep.rows.tagged(tag) for tag in names)])
    intervals = grouped_differences(sweep.scores.at(point), sweep.scores.at(0), groups)
    rows = zip([EVERYTHING, *names], groups, intervals, strict=True)
    return [_slice(sweep, point, name, which, (float(v[0]), float(v[1]), float(v[2]))) for name, which, v in rows]


def _slice(sweep: Sweep, point: int, name: str, which: Bools, interval: tuple[float, float, float]) -> Slice:
    units = which[sweep.rows.owner]
    here, full = sweep.correct[point, units], sweep.correct[0, units]
    score, at_full = (float(sweep.scores.at(i).among(which).value) for i in (point, 0))
    return Slice(
        name, int(which.sum()), int(units.sum()), score, at_full, *interval,
        float(sweep.flops[point, which].sum() / sweep.plain_flops[which].sum()), float(sweep.depth[point, which].mean()),
        int((full & ~here).sum()), int((here & ~full).sum()),
    )  # fmt: skip


def against(sweep: Sweep, other: Sweep, point: int) -> tuple[float, float, float] | None:
    """The metric of a point minus another model's at full depth, on the same examples, with its interval; None where they differ."""
    if sweep.rows.ids != other.rows.ids or not np.array_equal(sweep.rows.labels, other.rows.labels):
        return None
    mean, low, high = differences(sweep.scores.at([point]), other.scores.at(0))[0]
    return float(mean), float(low), float(high)
