"""Whether confidence knows when leaving is worth it: EEFP, beside failure prediction and calibration error.

EEFP (Kubaty et al., "Rethinking Calibration for Early-Exit Neural Networks", ICML 2026, arXiv 2508.21495): leaving after an exit is worth
it where its answer is right, or where no later exit is right either, so that going on cannot mend it. Judged is how well confidence, the
largest class probability, ranks the answers that are worth it above the others: over all sentences, from a run with the knob off.

Only the paper's abstract and what others say of it were at hand. That the ranking is measured by the area under the ROC curve, and that the
mean is over all exits but the last, where leaving is always worth it, is inferred. An area with few answers on one side is mostly luck:
below `FEW` an exit is shown without its own. The mean counts it all the same; its interval says what it is worth.

Does a measure foretell how well a model exits? Methods differ in their rules as well, so that classifiers are compared under one rule for
all: leave where the largest class probability reaches a limit, set so that the mean depth is the same. Compared are pairs of different
classifiers with exits after the same layers of one encoder. Intervals: bootstrap over sentences; those of all pairs hold at once.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from dynviz.checkpoint.catalogue import Checkpoint
from dynviz.measure.calibration import auroc, ece
from dynviz.measure.stored import stored_run
from dynviz.records import Bools, Floats, Ints, Recorded
from dynviz.records.redraw import at_once, simultaneous
from dynviz.records.zoo import Interval, Pair, Worth, rounded

FEW = 20  # answers with which leaving is not worth it
DRAWS = 1000
DEPTHS = (0.3, 0.4, 0.5, 0.7)  # mean depths, as shares of the layers, at which classifiers are compared


@dataclass(frozen=True, eq=False)
class Judged:
    """What is said of one method's classifiers, and what it takes to compare them. mean: the mean EEFP, and draws: (draws,) the same in
    each draw. right: (S,) whether it is right, in the mean over `DEPTHS`. same: what is alike in models that can be compared."""

    worth: Worth
    probs: Floats
    mean: float
    draws: Floats
    right: Floats
    same: tuple[object, ...]


def worths(methods: Sequence[tuple[Checkpoint, str]]) -> tuple[tuple[Worth, ...], tuple[Pair, ...]]:
    """Of each method, by checkpoint and contender, on the report split, where readings ship; and each pair that can be compared."""
    runs = [(stored_run(checkpoint, "report"), contender, checkpoint.name) for checkpoint, contender in methods]
    found = [one for run, *names in runs if run is not None and (one := judged(run[0], *names)) is not None]
    return tuple(one.worth for one in found), pairs(found)


def judged(recorded: Recorded, contender: str = "", checkpoint: str = "") -> Judged | None:
    """Every exit but the last; one is where all sentences have an answer. None where leaving is always worth it."""
    probs = recorded.run.probs[1:]
    exits = [i for i, p in enumerate(probs) if not np.isnan(p).any()]
    sure, right = probs[exits].max(-1), probs[exits].argmax(-1) == recorded.rows.labels
    good = worth_leaving(right)[:-1]
    if good.all():  # also where there is one exit, or none
        return None
    areas = np.array([auroc(c, g) for c, g in zip(sure, good, strict=False)])
    drawn = np.stack([redrawn(c, g, _lots(right.shape[1])) for c, g in zip(sure, good, strict=False)])  # (E-1, draws)
    shares: list[float | None] = [None] * len(probs)
    shown: list[Interval | None] = [None] * len(probs)
    for exit, g, area, draws in zip(exits, good, areas, drawn, strict=False):
        shares[exit] = rounded(g.mean())
        shown[exit] = _interval(area, draws) if (~g).sum() >= FEW else None
    mistakes, error = (_mean(np.array([of(c, r) for c, r in zip(sure[:-1], right[:-1], strict=True)])) for of in (auroc, ece))
    mean, draws = float(_mean(areas)), _mean(drawn)
    told = tuple(shares), tuple(shown), _interval(mean, draws), rounded(float(mistakes)), rounded(float(error))
    depths = (np.array(exits) + 1) / len(probs)
    same = (tuple(exits), tuple(size.stage for size in recorded.run.sizes), recorded.rows.ids)
    return Judged(Worth(contender, checkpoint, *told), probs, mean, draws, at_depths(sure, right, depths), same)


def worth_leaving(right: Bools) -> Bools:
    """(E, S) which exits answer rightly -> (E, S) where leaving is worth it: right already, or wrong at every later exit as well."""
    later = np.zeros_like(right)
    for i in reversed(range(len(right) - 1)):
        later[i] = later[i + 1] | right[i + 1]
    return right | ~later


def redrawn(confidence: Floats, good: Bools, lots: Ints) -> Floats:
    """(draws,) the AUROC in each draw, lots (draws, S): how often it takes each sentence; NaN in a draw without either sort."""
    ahead = np.sign(confidence[good][:, None] - confidence[~good]) / 2 + 0.5  # (good, others)
    here, there = lots[:, good].astype(np.float32), lots[:, ~good].astype(np.float32)
    pairs = here.sum(1) * there.sum(1)
    won = ((here @ ahead.astype(np.float32)) * there).sum(1)
    return np.where(pairs > 0, won / np.maximum(pairs, 1), np.nan).astype(np.float64)


def at_depths(sure: Floats, right: Bools, depths: Floats) -> Floats:
    """(S,) whether the answer is right, in the mean over `DEPTHS`: at each by the least limit on confidence, (E, S), that exceeds it on
    average, or the one before. depths: (E,) of the exits, as shares of the layers."""
    limits = np.unique(sure[:-1])

    def left(limit: float) -> Ints:
        done = sure >= limit
        done[-1] = True
        return np.asarray(done.argmax(0))

    at = [bisect_right(limits, most, key=lambda limit: float(depths[left(limit)].mean())) for most in DEPTHS]
    answers = [right[left(limits[max(i - 1, 0)]), np.arange(right.shape[1])] for i in at]
    return np.asarray(np.stack(answers).mean(0), np.float64)


def pairs(found: Sequence[Judged]) -> tuple[Pair, ...]:
    """Of different classifiers that can be compared: how far apart they are, the one with the larger mean EEFP first."""
    distinct = list({one.probs.tobytes(): one for one in reversed(found)}.values())  # of equal ones the first
    both = [(a, b) if a.mean >= b.mean else (b, a) for a, b in combinations(distinct, 2) if a.same == b.same]
    if not both:
        return ()
    eefp = at_once(np.array([a.mean - b.mean for a, b in both]), np.stack([a.draws - b.draws for a, b in both], 1))
    sentences = len(both[0][0].right)
    right = simultaneous(np.stack([a.right - b.right for a, b in both]), np.arange(sentences), sentences)
    return tuple(Pair(a.worth.contender, b.worth.contender, _three(x), _three(y)) for (a, b), x, y in zip(both, eefp, right, strict=True))


@cache
def _lots(sentences: int) -> Ints:
    return np.random.default_rng(0).multinomial(sentences, np.full(sentences, 1 / sentences), DRAWS)


def _mean(values: Floats) -> Floats:
    """Over the exits, of those that have a number; NaN where none has."""
    there = ~np.isnan(values)
    return np.asarray(np.where(there, values, 0).sum(0) / np.where(there.any(0), there.sum(0), np.nan))


def _interval(value: float, draws: Floats) -> Interval:
    return _three([value, *np.nanpercentile(draws, [2.5, 97.5])])


def _three(values: Sequence[float] | Floats) -> Interval:
    mean, low, high = (rounded(float(v)) for v in values)
    return mean, low, high
