"""A method's operating points over a data set, as numbers per example, so that every slice and interval comes from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynviz.records.layout import Bools, Floats, Ints, bools, check_shape, floats, frozen_array, ints
from dynviz.records.metric import Scores, metric_of, scores_of
from dynviz.records.redraw import differences
from dynviz.records.run import Run
from dynviz.records.tasks import Metric

SAME = 1e-9  # settings this near are one


@dataclass(frozen=True, eq=False)
class Rows:
    """The examples of a data set as numbers only, S sentences with U labelled answers.

    ids: S row ids. lengths: (S,) pieces. tags: S tuples of tags (negation, contrast, ...). labels: (U,) right classes.
    owner: (U,) the sentence each answer belongs to (0..S-1 where a sentence has one answer).
    """

    ids: tuple[str, ...]
    lengths: Ints
    tags: tuple[tuple[str, ...], ...]
    labels: Ints
    owner: Ints

    def __post_init__(self) -> None:
        for name in ("lengths", "labels", "owner"):
            object.__setattr__(self, name, ints(getattr(self, name)))
        check_shape("Rows", "lengths", self.lengths, (len(self.ids),))
        check_shape("Rows", "owner", self.owner, self.labels.shape)
        if len(self.tags) != len(self.ids):
            raise ValueError(f"Rows.tags has {len(self.tags)} entries, expected {len(self.ids)}")

    def tagged(self, tag: str) -> Bools:
        """(S,) the sentences that carry this tag."""
        return np.array([tag in tags for tags in self.tags], bool)


@dataclass(frozen=True, eq=False)
class Recorded:
    """What a replayable method read at full depth of every example: any knob setting follows by `engine.replay`."""

    rows: Rows
    run: Run


@dataclass(frozen=True, eq=False)
class Sweep:
    """P operating points over S sentences with U answers. Point 0 is full depth: the knob off.

    model, method, task, split: names. digest: hash of the checkpoint. knobs: P settings. predicted: (P, U) classes.
    flops: (P, S) FLOPs spent on each sentence. plain_flops: (S,) FLOPs of the plain model. depth: (P, S) mean depth of its
    tokens. exits: (P, S) last layer computed. layers: how many there are.
    """

    model: str
    method: str
    task: str
    split: str
    digest: str
    rows: Rows
    knobs: tuple[Mapping[str, float], ...]
    predicted: Ints
    flops: Ints
    plain_flops: Ints
    depth: Floats
    exits: Ints
    layers: int

    def __post_init__(self) -> None:
        points, sentences = len(self.knobs), len(self.rows.ids)
        for name, dtype in (
            ("predicted", np.int64),
            ("flops", np.int64),
            ("plain_flops", np.int64),
            ("depth", np.float64),
            ("exits", np.int64),
        ):
            object.__setattr__(self, name, frozen_array(getattr(self, name), dtype))
        check_shape("Sweep", "predicted", self.predicted, (points, len(self.rows.labels)))
        for name in ("flops", "depth", "exits"):
            check_shape("Sweep", name, getattr(self, name), (points, sentences))
        check_shape("Sweep", "plain_flops", self.plain_flops, (sentences,))

    @cached_property
    def correct(self) -> Bools:
        """(P, U) which answers are right."""
        return bools(self.predicted == self.rows.labels)

    @cached_property
    def accuracy(self) -> NDArray[np.float64]:
        """(P,) share of right answers."""
        return floats(self.correct.mean(1))

    @property
    def metric(self) -> Metric:
        """What points are chosen and compared by."""
        return metric_of(self.task)

    @cached_property
    def scores(self) -> Scores:
        """The metric's counts, (P, S), from which it follows for any sentences."""
        return scores_of(self.task, self.predicted, self.rows.labels, self.rows.owner, len(self.rows.ids))

    @cached_property
    def score(self) -> NDArray[np.float64]:
        """(P,) the metric of each point."""
        return floats(self.scores.value)

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """(P,) FLOPs spent on all sentences over FLOPs of the plain model on them."""
        return floats(self.flops.sum(1) / self.plain_flops.sum())

    @cached_property
    def mean_depth(self) -> NDArray[np.float64]:
        """(P,) mean over sentences of the mean depth of their tokens."""
        return floats(self.depth.mean(1))

    @cached_property
    def agreement(self) -> NDArray[np.float64]:
        """(P,) share of answers equal to full depth's."""
        return floats((self.predicted == self.predicted[0]).mean(1))

    def difference(self, point: int, other: int = 0, draws: int = 2000, seed: int = 0) -> tuple[float, float, float]:
        """The metric at a point minus that at another, with its 95 % paired bootstrap interval (sentences are redrawn)."""
        mean, low, high = differences(self.scores.at([point]), self.scores.at(other), draws, seed)[0]
        return float(mean), float(low), float(high)

    @cached_property
    def differences(self) -> NDArray[np.float64]:
        """(P, 3) every point's metric minus full depth's, and its 95 % paired bootstrap interval: `difference` of all points at once."""
        return floats(differences(self.scores, self.scores.at(0)))

    def choose(self, budget: float) -> int:
        """The best point by the metric that spends at most `budget` (a share) here; the cheapest where none does."""
        within = np.flatnonzero(self.share <= budget)
        if not len(within):
            return int(self.share.argmin())
        best = within[self.score[within] == self.score[within].max()]
        return int(best[self.share[best].argmin()])

    def find(self, knobs: Mapping[str, float]) -> int | None:
        """The point measured at exactly these settings; None where there is none."""
        same = (all(abs(point[k] - knobs.get(k, point[k])) < SAME for k in point) for point in self.knobs)
        return next((i for i, found in enumerate(same) if found), None)

    def nearest(self, knobs: Mapping[str, float]) -> int:
        """The point whose settings lie closest to these, each knob in units of its range here; point 0 only when it is exactly that."""
        found = self.find(knobs)
        if found is not None or len(self.knobs) < 2:
            return found or 0
        names = list(self.knobs[0])
        values = np.array([[point[name] for name in names] for point in self.knobs[1:]])
        wanted = np.array([knobs.get(name, self.knobs[0][name]) for name in names])
        spread = np.where(np.ptp(values, axis=0) > 0, np.ptp(values, axis=0), 1.0)
        return int((np.abs(values - wanted) / spread).sum(1).argmin()) + 1

    def only(self, points: Sequence[int]) -> "Sweep":
        """The same with these points alone, in this order; the first must be full depth."""
        columns: dict[str, Any] = {name: getattr(self, name)[list(points)] for name in ("predicted", "flops", "depth", "exits")}
        return replace(self, knobs=tuple(self.knobs[i] for i in points), **columns)

    def with_points(self, other: "Sweep") -> "Sweep":
        """This sweep and the points of another over the same rows that it lacks; those after full depth in the order of the knobs."""
        if self.rows.ids != other.rows.ids:
            raise ValueError("the two sweeps are over different rows")
        new = [i for i, knobs in enumerate(other.knobs) if self.find(knobs) is None]
        columns = ("predicted", "flops", "depth", "exits")
        joined: dict[str, Any] = {name: np.concatenate([getattr(self, name), getattr(other, name)[new]]) for name in columns}
        both = replace(self, knobs=(*self.knobs, *(other.knobs[i] for i in new)), **joined)
        return both.only([0, *sorted(range(1, len(both.knobs)), key=lambda i: tuple(both.knobs[i].values()))])

    def pareto(self) -> Bools:
        """(P,) points no other point beats: none at most as dear is better by the metric, none as good is cheaper."""
        return bools(pareto(self.share, self.score))


def pareto(share: Floats, accuracy: Floats) -> Bools:
    """(P,) true on the points that no other point dominates."""
    dearer = share[:, None] >= share[None]
    worse = accuracy[:, None] <= accuracy[None]
    strictly = (share[:, None] > share[None]) | (accuracy[:, None] < accuracy[None])
    return bools(~(dearer & worse & strictly).any(1))


def table(sweep: Sweep) -> list[dict[str, Any]]:
    """One dict per operating point: knobs, accuracy (and the metric of the task, where it is another), difference to full depth with its
    interval, compute, depth, n."""
    out = []
    own: dict[str, Floats] = {} if sweep.metric == "accuracy" else {sweep.metric: sweep.score}
    for i, knobs in enumerate(sweep.knobs):
        mean, low, high = sweep.differences[i]
        out.append(
            {
                **knobs, "accuracy": sweep.accuracy[i], **{name: values[i] for name, values in own.items()},
                "difference": mean, "low": low, "high": high, "share": sweep.share[i],
                "mean_depth": sweep.mean_depth[i], "agreement": sweep.agreement[i], "sentences": len(sweep.rows.ids),
                "answers": len(sweep.rows.labels), "full_depth": i == 0,
            }
        )  # fmt: skip
    return out
