"""One setting of a model over a data set, in figures: what it costs, how good its answers are, and how far that is from full depth."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dynviz.records.slices import against
from dynviz.records.sweep import Sweep
from dynviz.records.tasks import Metric

Interval = tuple[float, float, float]  # mean, and the ends of the 95 % paired bootstrap interval
Verdict = Literal["same", "less", "more", "none"]


@dataclass(frozen=True)
class OperatingPoint:
    """A setting and what it does on one split. Shares are fractions of 1, differences of the metric too.

    share: FLOPs over the plain model's. score, full: the task's metric at this setting, and with the knob off; accuracy,
    full_accuracy: the share of right answers. agreement: answers equal to full depth's.
    mean_depth: mean over sentences of the mean depth of all their tokens, in layers. difference: to the model's own full depth. to_plain:
    to the plain model at full depth on the same rows; None where it was not measured on them. sentences, answers: n.
    """

    model: str
    split: str
    knobs: Mapping[str, float]
    share: float
    score: float
    full: float
    accuracy: float
    full_accuracy: float
    agreement: float
    mean_depth: float
    layers: int
    difference: Interval
    to_plain: Interval | None
    sentences: int
    answers: int
    metric: Metric


def point_of(sweep: Sweep, at: int, plain: Sweep | None = None, labelled: bool = True) -> OperatingPoint:
    """The figures of point `at` of a sweep. plain: the plain model's sweep, to compare with. labelled: whether right answers are known;
    where they are not, the difference is NaN."""
    mean, low, high = (float(v) for v in sweep.differences[at]) if labelled else (math.nan,) * 3
    return OperatingPoint(
        sweep.model, sweep.split, dict(sweep.knobs[at]), float(sweep.share[at]), float(sweep.score[at]), float(sweep.score[0]),
        float(sweep.accuracy[at]), float(sweep.accuracy[0]),
        float(sweep.agreement[at]), float(sweep.mean_depth[at]), sweep.layers, (mean, low, high),
        against(sweep, plain, at) if plain is not None else None, len(sweep.rows.ids), len(sweep.rows.labels),
        sweep.metric,
    )  # fmt: skip


def score_in(found: Mapping[str, Any]) -> float:
    """The task's metric in the figures of a checkpoint's config: beside accuracy where it is another."""
    return float(found.get("score", found["accuracy"]))


def verdict(sweep: Sweep, at: int) -> Verdict:
    """Whether point `at` has "less" or "more" of the task's metric than full depth: its interval lies below or above 0. "same": the same
    answers are right; "none": the interval holds 0, so these rows cannot tell."""
    _, low, high = sweep.differences[at]
    if (sweep.correct[at] == sweep.correct[0]).all() and sweep.score[at] == sweep.score[0]:
        return "same"
    return "less" if high < 0 else "more" if low > 0 else "none"
