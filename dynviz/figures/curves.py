"""Curves of accuracy against compute as numbers: from a sweep, the Pareto front, the finding and the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dynviz.figures.wording import depth, number, percent, percent1, points, setting
from dynviz.records import Sweep
from dynviz.records.tasks import Metric

Kind = Literal["method", "seed", "static", "random", "oracle", "full"]
Unit = Literal["share", "layers", "ms", "energy"]
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """P points of a method, of its training with another seed, or of a baseline. x: (P,) share, layers, ms or energy; accuracy: (P,) 0..1,
    or what the task is scored by instead: metric.

    low, high: (P,) 95 % interval as accuracies, or None. knobs: P texts for the pointer. hollow: (P,) dominated; None: by
    any point of a method in the same picture. dashed: the line. stepped: nothing lies between the points. rank: which of the
    method colours; None for its place among the methods drawn. base: (P,) accuracy of the same model at full depth, which
    differences are taken to; None for the plain model's.
    """

    name: str
    kind: Kind
    x: Values
    accuracy: Values
    low: Values | None = None
    high: Values | None = None
    knobs: tuple[str, ...] = ()
    hollow: NDArray[np.bool_] | None = None
    dashed: bool = False
    stepped: bool = False
    rank: int | None = None
    base: Values | None = None
    metric: Metric = "accuracy"

    def __post_init__(self) -> None:
        for name in ("x", "accuracy", "low", "high", "base"):
            values = getattr(self, name)
            if values is not None:
                object.__setattr__(self, name, np.asarray(values, np.float64))
                if getattr(self, name).shape != self.x.shape:
                    raise ValueError(f"Curve.{name} of {self.name!r} has shape {getattr(self, name).shape}, expected {self.x.shape}")


def curve_of(
    sweep: Sweep, name: str, unit: Literal["share", "layers"] = "share", names: Mapping[str, str] | None = None
) -> Curve:
    """A sweep as a curve; the band is the paired bootstrap of the difference to full depth, added to full depth's accuracy. names: the
    words of its knobs, by their names in code."""
    bounds = sweep.score[0] + sweep.differences[:, 1:]
    knobs = tuple(setting(point, names) for point in sweep.knobs)
    x = sweep.share if unit == "share" else sweep.mean_depth
    return Curve(
        name, "method", x, sweep.score, bounds[:, 0], bounds[:, 1], knobs, base=np.full(len(x), sweep.score[0]),
        metric=sweep.metric,
    )  # fmt: skip


def dominated(curve: Curve, curves: Sequence[Curve]) -> NDArray[np.bool_]:
    """(P,) points that a method in the picture beats: at most as dear and better, or as good and cheaper."""
    if curve.hollow is not None:
        return curve.hollow
    if curve.kind != "method":
        return np.zeros(len(curve.x), bool)
    x, accuracy = _points(curves)
    no_worse = (x[None] <= curve.x[:, None]) & (accuracy[None] >= curve.accuracy[:, None])
    better = (x[None] < curve.x[:, None]) | (accuracy[None] > curve.accuracy[:, None])
    return np.asarray((no_worse & better).any(1))


def front(curves: Sequence[Curve]) -> tuple[Values, Values]:
    """x and accuracy of the Pareto front over all methods' points, cheapest first."""
    x, accuracy = _points(curves)
    order = np.lexsort((-accuracy, x))
    best, kept = -np.inf, []
    for i in order:
        if accuracy[i] > best:
            best = accuracy[i]
            kept.append(i)
    return x[kept], accuracy[kept]


def _points(curves: Sequence[Curve]) -> tuple[Values, Values]:
    methods = [c for c in curves if c.kind == "method"]
    return np.concatenate([[], *(c.x for c in methods)]), np.concatenate([[], *(c.accuracy for c in methods)])


def drawn_metric(curves: Sequence[Curve]) -> Metric:
    """What the curves of a picture are scored by: that of its methods."""
    return next((c.metric for c in curves if c.kind == "method"), "accuracy")


def amount(x: float, unit: Unit) -> str:
    """ "62 % compute", "3.7 layers", "12 ms", "31 % energy"."""
    said = {"share": f"{percent(x)} compute", "layers": f"{depth(x)} layers", "ms": f"{number(x)} ms", "energy": f"{percent(x)} energy"}
    return said[unit]


def full_accuracy(curves: Sequence[Curve], curve: Curve, point: int = 0) -> float:
    """Accuracy at full depth: of the curve's own model, else of the plain model, else the curve's point 0."""
    if curve.base is not None and len(curve.base):
        return float(curve.base[point])
    full = next((c for c in curves if c.kind == "full" and len(c.x)), None)
    return float(full.accuracy[0] if full is not None else curve.accuracy[0])


def _bases(curves: Sequence[Curve], curve: Curve) -> Values:
    return np.array([full_accuracy(curves, curve, i) for i in range(len(curve.x))])


def point_text(curves: Sequence[Curve], operating: tuple[str, int] | None, unit: Unit) -> str:
    """The operating point as a label: "62 % compute, -0.4 pt [-1.1, +0.2]"."""
    curve = next((c for c in curves if operating is not None and c.name == operating[0]), None)
    if curve is None or operating is None:
        return ""
    i, base = operating[1], full_accuracy(curves, curve, operating[1])
    band = "" if curve.low is None or curve.high is None else f" [{points(curve.low[i] - base)}, {points(curve.high[i] - base)}]"
    return f"{amount(float(curve.x[i]), unit)}, {points(float(curve.accuracy[i]) - base)} pt{band}"


def tradeoff_finding(curves: Sequence[Curve], operating: tuple[str, int] | None = None, unit: Unit = "share") -> str:
    """What the picture shows: the operating point against full depth, or the cheapest points that lose little."""
    curve = next((c for c in curves if operating is not None and c.name == operating[0]), None)
    if curve is not None and operating is not None:
        i = operating[1]
        other = "the plain model" if curve.base is None and any(c.kind == "full" for c in curves) else "full depth"
        return f"{curve.name}: {point_text(curves, operating, unit)} against {other}, {curve.metric} {percent1(curve.accuracy[i])}."
    methods = [c for c in curves if c.kind == "method" and len(c.x)]
    if not methods:
        return "No method is drawn yet."
    found = [(float(c.x[near].min()), c) for c in methods if (near := c.accuracy >= _bases(curves, c) - 0.01).any()]
    if not found:
        return "No method drawn comes within 1 pt of full depth."
    x, best = min(found, key=lambda pair: pair[0])
    return f"{best.name} stays within 1 pt of full depth at {amount(x, unit)}."


def tradeoff_table(curves: Sequence[Curve], unit: Unit = "share") -> list[dict[str, Any]]:
    """One row per point of every curve, in the curve's own order."""
    rows, metric = [], drawn_metric(curves)
    for c in curves:
        behind = dominated(c, curves)
        for i in range(len(c.x)):
            row = {"curve": c.name, "kind": c.kind, "point": i, "knobs": c.knobs[i] if i < len(c.knobs) else "", unit: float(c.x[i])}
            low, high = (None if v is None else float(v[i]) for v in (c.low, c.high))
            rows.append(row | {metric: float(c.accuracy[i]), "low": low, "high": high, "dominated": bool(behind[i])})
    return rows


def view(curves: Sequence[Curve], chosen: Curve | None, zoom: bool) -> tuple[float, float, float, float]:
    """x from, to, y from, to, in drawn units: all of it, or what lies at most 12 points below the best."""
    drawn = [c for c in curves if len(c.x)]
    x = np.concatenate([c.x for c in drawn]) if drawn else np.array([0.0, 100.0])
    y = np.concatenate([c.accuracy for c in drawn]) if drawn else np.array([0.0, 100.0])
    pad_x = max(float(np.ptp(x)) * 0.04, 0.5)
    if not zoom:
        return float(x.min()) - pad_x, float(x.max()) + pad_x, 0.0, 103.0
    top = float(y.max())
    low = max(float(y.min()), float(np.percentile(y, 60)) - 12)
    if chosen is not None and chosen.low is not None and chosen.high is not None:
        top = max(top, float(chosen.high.max()))
    pad = max((top - low) * 0.09, 0.4)
    return float(x.min()) - pad_x, float(x.max()) + pad_x, max(low - pad, 0), top + pad
