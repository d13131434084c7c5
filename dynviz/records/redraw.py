"""Intervals by drawing whole sentences again: of a mean over answers, and of the difference of two metrics (`records.metric`)."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dynviz.records.layout import Bools, Floats, Ints, frozen_array
from dynviz.records.metric import Scores


def paired_bootstrap(gain: Ints | Floats, owner: Ints, sentences: int, draws: int = 2000, seed: int = 0) -> tuple[float, float, float]:
    """Mean of `gain` (U,) and its 95 % interval, redrawing whole sentences."""
    mean, low, high = bootstraps(gain[None], owner, sentences, draws, seed)[0]
    return float(mean), float(low), float(high)


def bootstraps(gains: Ints | Floats, owner: Ints, sentences: int, draws: int = 2000, seed: int = 0) -> NDArray[np.float64]:
    """(P, 3) mean of each row of `gains` (P, U) and its 95 % interval, all rows redrawn alike: whole sentences, with the same lots."""
    return _bounds(gains.mean(1), _redrawn(gains, owner, sentences, draws, seed))


def differences(one: Scores, other: Scores, draws: int = 2000, seed: int = 0) -> NDArray[np.float64]:
    """(P, 3) the metric of `one` less that of `other`, and its 95 % paired interval, all redrawn with the same lots."""
    return _bounds(*_gaps(one, other, draws, seed))


def redrawn(one: Scores, draws: int = 2000, seed: int = 0) -> NDArray[np.float64]:
    """(draws, P) the metric of each point in each draw of sentences: with the same lots for all that are drawn as often."""
    return _ratio(np.atleast_2d(one.gained), np.atleast_2d(one.of), draws, seed)


def redrawn_units(
    value: Callable[[Ints], float], owner: Ints, sentences: int, draws: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """A number of some units (U,) and its 95 % interval, redrawing whole sentences. value: tells it of units by their places, each there
    as often as its sentence is drawn; NaN where it cannot be told, as then all three are, or in a draw, which is left out."""
    own, places = value(np.arange(len(owner))), np.arange(len(owner))
    if np.isnan(own):
        return own, own, own
    drawn = [value(np.repeat(places, lot[owner].astype(np.int64))) for block in _lots(sentences, draws, seed) for lot in block]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return own, float(low), float(high)


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


def simultaneous_differences(one: Scores, other: Scores, draws: int = 2000, seed: int = 0) -> NDArray[np.float64]:
    """(P, 3) the same of the metric of `one` less that of `other`."""
    return at_once(*_gaps(one, other, draws, seed))


def _bounds(means: Floats, drawn: Floats) -> NDArray[np.float64]:
    bounds = np.percentile(drawn, [2.5, 97.5], axis=0)
    return np.column_stack([means, bounds[0], bounds[1]])


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
    return _ratio(totals, np.bincount(owner, minlength=sentences), draws, seed)


def _gaps(one: Scores, other: Scores, draws: int, seed: int) -> tuple[Floats, Floats]:
    """(P,) the difference of two metrics, and (draws, P) the same in each draw of sentences."""
    if np.array_equal(one.of, other.of):
        gains = np.atleast_2d(one.gained - other.gained)
        return gains.sum(-1) / np.maximum(one.of.sum(-1), 1), _ratio(gains, one.of, draws, seed)
    parts = [_ratio(np.atleast_2d(part.gained), np.atleast_2d(part.of), draws, seed) for part in (one, other)]
    return one.value - other.value, parts[0] - parts[1]


def _ratio(gained: Ints | Floats, of: Ints | Floats, draws: int, seed: int) -> NDArray[np.float64]:
    """(draws, P) sum of each row of `gained` (P, S) over that of `of`, (S,) or (P, S), in each draw of sentences."""
    sums = _sums(np.vstack([gained, of]).astype(np.float64), draws, seed)
    return np.asarray(sums[:, : len(gained)] / np.maximum(sums[:, len(gained) :], 1), np.float64)


def _sums(rows: Floats, draws: int, seed: int) -> NDArray[np.float64]:
    """(draws, R) the sum of each row (R, S) in each draw of sentences."""
    columns = rows.T.astype(np.float32)  # of whole numbers, so that sums are exact
    return np.concatenate([lots @ columns for lots in _lots(len(columns), draws, seed)]).astype(np.float64)


def grouped_differences(one: Scores, other: Scores, groups: Bools, draws: int = 2000, seed: int = 0) -> NDArray[np.float64]:
    """(G, 3) the metric of one point less that of another, both (S,), over the sentences of each group (G, S), and its 95 % interval: all
    sentences are redrawn, with the same lots for every group; a draw without any of a group counts as no difference."""
    here, there = (Scores(groups * part.gained, groups * part.of) for part in (one, other))
    return differences(here, there, draws, seed)


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
