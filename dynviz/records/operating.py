"""One setting of a model over a data set, in figures: what it costs, how often it is right, and how far that is from full depth."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dynviz.records.slices import against
from dynviz.records.sweep import Sweep

Interval = tuple[float, float, float]  # mean, and the ends of the 95 % paired bootstrap interval
Verdict = Literal["same", "less", "more", "none"]


@dataclass(frozen=True)
class OperatingPoint:
    """A setting and what it does on one split. Shares are fractions of 1, differences of accuracy too.

    share: FLOPs over the plain model's. accuracy, full: at this setting, and with the knob off. agreement: answers equal to full depth's.
    mean_depth: mean over sentences of the mean depth of all their tokens, in layers. difference: to the model's own full depth. to_plain:
    to the plain model at full depth on the same rows; None where it was not measured on them. sentences, answers: n.
    """

    model: str
    split: str
    knobs: Mapping[str, float]
    share: float
    accuracy: float
    full: float
    agreement: float
    mean_depth: float
    layers: int
    difference: Interval
    to_plain: Interval | None
    sentences: int
    answers: int


def point_of(sweep: Sweep, at: int, plain: Sweep | None = None, labelled: bool = True) -> OperatingPoint:
    """The figures of point `at` of a sweep. plain: the plain model's sweep, to compare with. labelled: whether right answers are known;
    where they are not, the difference is NaN."""
    mean, low, high = (float(v) for v in sweep.differences[at]) if labelled else (math.nan,) * 3
    return OperatingPoint(
        sweep.model, sweep.split, dict(sweep.knobs[at]), float(sweep.share[at]), float(sweep.accuracy[at]), float(sweep.accuracy[0]),
        float(sweep.agreement[at]), float(sweep.mean_depth[at]), sweep.layers, (mean, low, high),
        against(sweep, plain, at) if plain is not None else None, len(sweep.rows.ids), len(sweep.rows.labels),
    )  # fmt: skip


def verdict(sweep: Sweep, at: int) -> Verdict:
    """Whether point `at` answers "less" or "more" often rightly than full depth: its interval lies below or above 0. "same": the same
    answers are right; "none": the interval holds 0, so these rows cannot tell."""
    _, low, high = sweep.differences[at]
    if (sweep.correct[at] == sweep.correct[0]).all():
        return "same"
    return "less" if high < 0 else "more" if low > 0 else "none"
