"""A method's operating points over a data set, as numbers per example, so that every slice and interval comes from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynviz.records.layout import Bools, Floats, Ints, bools, check_shape, floats, frozen_array, ints
from dynviz.records.run import Run

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
        """Accuracy of a point minus that of another, with its 95 % paired bootstrap interval (sentences are redrawn)."""
        gain = self.correct[point].astype(np.int64) - self.correct[other].astype(np.int64)
        return paired_bootstrap(gain, self.rows.owner, len(self.rows.ids), draws, seed)

    @cached_property
    def differences(self) -> NDArray[np.float64]:
        """(P, 3) every point's accuracy minus full depth's, and its 95 % paired bootstrap interval: `difference` of all points at once."""
        gains = self.correct.astype(np.int64) - self.correct[0].astype(np.int64)
        return floats(bootstraps(gains, self.rows.owner, len(self.rows.ids)))

    def choose(self, budget: float) -> int:
        """The most accurate point that spends at most `budget` (a share) here; the cheapest where none does."""
        within = np.flatnonzero(self.share <= budget)
        if not len(within):
            return int(self.share.argmin())
        best = within[self.accuracy[within] == self.accuracy[within].max()]
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
        """(P,) points no other point beats: none at most as dear is more accurate, none as accurate is cheaper."""
        return bools(pareto(self.share, self.accuracy))


def pareto(share: Floats, accuracy: Floats) -> Bools:
    """(P,) true on the points that no other point dominates."""
    dearer = share[:, None] >= share[None]
    worse = accuracy[:, None] <= accuracy[None]
    strictly = (share[:, None] > share[None]) | (accuracy[:, None] < accuracy[None])
    return bools(~(dearer & worse & strictly).any(1))


def paired_bootstrap(gain: Ints | Floats, owner: Ints, sentences: int, draws: int = 2000, seed: int = 0) -> tuple[float, float, float]:
    """Mean of `gain` (U,) and its 95 % interval, redrawing whole sentences."""
    mean, low, high = bootstraps(gain[None], owner, sentences, draws, seed)[0]
    return float(mean), float(low), float(high)


def bootstraps(gains: Ints | Floats, owner: Ints, sentences: int, draws: int = 2000, seed: int = 0) -> NDArray[np.float64]:
    """(P, 3) mean of each row of `gains` (P, U) and its 95 % interval, all rows redrawn alike: whole sentences, with the same lots."""
    bounds = np.percentile(_redrawn(gains, owner, sentences, draws, seed), [2.5, 97.5], axis=0)
    return np.column_stack([gains.mean(1), bounds[0], bounds[1]])


def simultaneous(gains: Ints | Floats, owner: Ints, sentences: int, draws: int = 2000, seed: int = 0) -> NDArray[np.float64]:
    """(P, 3) mean of each row of `gains` (P, U) and an interval, such that with 95 % confidence all P intervals hold at once: the max-t
    bootstrap, for reading many comparisons beside each other.

    All rows are redrawn with the same lots, as in `bootstraps`. Each draw's largest distance from the mean over all rows, in standard
    errors of the row, is kept; its 95th percentile is the half width, in standard errors, of every interval (about 2 for one row, 3
    for twenty). Rows that hang together need less than Bonferroni's correction; a row without any gain is no comparison.
    Single-step max-t: Westfall and Young, Resampling-based multiple testing, 1993; for the bootstrap Romano and Wolf, Exact and
    approximate stepdown methods for multiple hypothesis testing, JASA 2005.
    """
    return at_once(gains.mean(1), _redrawn(gains, owner, sentences, draws, seed))


def at_once(values: Floats, drawn: Floats) -> NDArray[np.float64]:
    """(P, 3) each of `values` (P,) and an interval, such that all hold at once; drawn: (draws, P) what they are in each draw, NaN where
    they cannot be told there."""
    away = np.abs(drawn - values)
    errors = np.sqrt(np.nanmean(away**2, axis=0))
    errors[errors < 1e-6] = 0.0  # the rounding of the sums is no spread
    farthest = np.fmax.reduce(away[:, errors > 0] / errors[errors > 0], axis=1, initial=0.0)
    half = np.percentile(farthest, 95) * errors
    return np.column_stack([values, values - half, values + half])


def _redrawn(gains: Ints | Floats, owner: Ints, sentences: int, draws: int, seed: int) -> NDArray[np.float64]:
    """(draws, P) mean of each row of `gains` (P, U) in each draw of whole sentences."""
    whole = len(owner) == sentences and bool((owner == np.arange(sentences)).all())
    totals = gains if whole else np.stack([np.bincount(owner, row, sentences) for row in gains])  # (P, S)
    columns = np.vstack([totals, np.bincount(owner, minlength=sentences)]).T.astype(np.float32)  # (S, P+1), whole numbers: sums are exact
    drawn = np.concatenate([lots @ columns for lots in _lots(sentences, draws, seed)]).astype(np.float64)  # (draws, P+1)
    return np.asarray(drawn[:, :-1] / np.maximum(drawn[:, -1:], 1), np.float64)


def grouped_bootstraps(gain: Ints, owner: Ints, groups: Bools, draws: int = 2000, seed: int = 0) -> NDArray[np.float64]:
    """(G, 3) mean of `gain` (U,) over the sentences of each group (G, S), and its 95 % interval: all sentences are redrawn, with the
    same lots for every group; a draw without any of a group counts as no difference."""
    sentences = groups.shape[1]
    totals, counts = np.bincount(owner, gain, sentences), np.bincount(owner, minlength=sentences)
    columns = np.vstack([groups * totals, groups * counts]).T.astype(np.float32)  # (S, 2G)
    drawn = np.concatenate([lots @ columns for lots in _lots(sentences, draws, seed)]).astype(np.float64)  # (draws, 2G)
    sums, numbers = np.split(drawn, 2, axis=1)
    bounds = np.percentile(sums / np.maximum(numbers, 1), [2.5, 97.5], axis=0)
    return np.column_stack([(groups @ totals) / np.maximum(groups @ counts, 1), bounds[0], bounds[1]])


KEPT = 8_000_000  # numbers of lots kept for the next call; larger draws are made anew, block by block


def _lots(sentences: int, draws: int, seed: int) -> Iterable[Floats]:
    """Blocks (B, S) of how often each draw with replacement takes each sentence."""
    return _kept_lots(sentences, draws, seed) if sentences * draws <= KEPT else _made_lots(sentences, draws, seed)


@lru_cache(4)
def _kept_lots(sentences: int, draws: int, seed: int) -> tuple[Floats, ...]:
    return tuple(frozen_array(block) for block in _made_lots(sentences, draws, seed))


def _made_lots(sentences: int, draws: int, seed: int) -> Iterator[Floats]:
    rng, block = np.random.default_rng(seed), max(KEPT // 8 // max(sentences, 1), 1)
    for begin in range(0, draws, block):
        count = min(block, draws - begin)
        places = rng.integers(0, sentences, (count, sentences)) + np.arange(count)[:, None] * sentences
        yield np.bincount(places.ravel(), minlength=count * sentences).reshape(count, sentences).astype(np.float32)


def table(sweep: Sweep) -> list[dict[str, Any]]:
    """One dict per operating point: knobs, accuracy, difference to full depth with its interval, compute, depth, n."""
    out = []
    for i, knobs in enumerate(sweep.knobs):
        mean, low, high = sweep.differences[i]
        out.append(
            {
                **knobs, "accuracy": sweep.accuracy[i], "difference": mean, "low": low, "high": high, "share": sweep.share[i],
                "mean_depth": sweep.mean_depth[i], "agreement": sweep.agreement[i], "sentences": len(sweep.rows.ids),
                "answers": len(sweep.rows.labels), "full_depth": i == 0,
            }
        )  # fmt: skip
    return out
