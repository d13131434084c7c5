"""Choosing a knob so that a promise holds: Learn then Test, with exact binomial bounds. No torch, no scipy.

The promise, as CALM makes it (Schuster et al., NeurIPS 2022): with probability at least 1 - eps over the draw of the calibration texts,
the expected loss at the chosen setting is at most delta. The loss of a text lies in [0, 1]: whether its answer differs from full depth's
(no labels needed), or whether it is wrong where full depth was right; for answers word by word, the share of such words.

Learn then Test (Angelopoulos, Bates, Candes, Jordan, Lei, arXiv 2110.01052, 2021): for each setting the hypothesis "the risk is above
delta" is tested by the Hoeffding-Bentkus p-value (Bates et al., Distribution-free, risk-controlling prediction sets, J. ACM 2021);
settings are tested in a fixed order, from the safest to the boldest, and testing STOPS at the first that does not pass. Testing in a
sequence fixed beforehand needs no correction for the number of settings; choosing a later setting that happens to pass would break it.

Assumptions: the texts are exchangeable (independent draws from one population), with each other and with those the promise is for; they
served neither training nor the order of the settings. The unit is the text, not the word: words of one text are not independent. The
promise is on average over texts, not for each.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dynviz.records import Floats, Ints, Sweep
from dynviz.records.card import Knob

Loss = Literal["differs", "harm"]  # from full depth's answer; or wrong where full depth was right
CLOSE = 1e-9  # sums of losses this near a whole number are that number


@dataclass(frozen=True, eq=False)
class Tested:
    """The outcome of Learn then Test with a fixed sequence of settings. Settings lie from the safest to the boldest.

    risks, pvalues: (K,) mean loss, and p-value of "the risk is above delta", of every setting, whether tested or not. stopped: the first
    setting that did not pass, K if all did. n: texts. delta: risk tolerated; eps: probability that the promise may fail.
    """

    risks: Floats
    pvalues: Floats
    stopped: int
    n: int
    delta: float
    eps: float

    @property
    def chosen(self) -> int | None:
        """The boldest setting that passed with all before it; None where not even the safest did."""
        return self.stopped - 1 if self.stopped else None


@dataclass(frozen=True, eq=False)
class Controlled:
    """A setting chosen from a sweep. point: its place there, 0 (full depth) where nothing passed. order: points as tested, safest first."""

    point: int
    order: Ints
    tested: Tested


@dataclass(frozen=True)
class Check:
    """Mean loss of one setting over n texts, with its interval."""

    risk: float
    low: float
    high: float
    n: int


def binomial_cdf(k: int, n: int, p: float) -> float:
    """P(X <= k) for X ~ Binomial(n, p), summed exactly."""
    if k < 0:
        return 0.0
    if k >= n or p <= 0:
        return 1.0
    if p >= 1:
        return 0.0
    i = np.arange(k + 1)
    logs = _log_choose(n)[: k + 1] + i * math.log(p) + (n - i) * math.log1p(-p)
    top = float(logs.max())
    return min(1.0, math.exp(top) * float(np.exp(logs - top).sum()))


@lru_cache(8)
def _log_choose(n: int) -> NDArray[np.float64]:
    """(n+1,) logarithms of n over 0..n."""
    logs = np.array([math.lgamma(i + 1) for i in range(n + 1)])
    return np.asarray(logs[n] - logs - logs[::-1])


def clopper_pearson(failures: int, n: int, level: float = 0.95) -> float:
    """One-sided exact upper bound of a failure rate: the p at which so few failures have probability 1 - level (Biometrika, 1934)."""
    if not 0 <= failures <= n or n < 1:
        raise ValueError(f"{failures} failures among {n}")
    return 1.0 if failures == n else _falls_to(1 - level, lambda p: binomial_cdf(failures, n, p), failures / n)


def clopper_pearson_interval(failures: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Two-sided exact interval: each end is a one-sided bound at half the error."""
    half = 1 - (1 - level) / 2
    return 1 - clopper_pearson(n - failures, n, half), clopper_pearson(failures, n, half)


def hoeffding_bentkus(total: float, n: int, delta: float) -> float:
    """p-value of "the expected loss is above delta" from n losses in [0, 1] that sum to `total`.

    The smaller of Hoeffding's exp(-n h(min(R, delta), delta)), with h the Kullback-Leibler divergence of two coins, and Bentkus's
    e P(Binomial(n, delta) <= ceil(n R)), where R = total / n.
    """
    if not 0 < delta < 1:
        raise ValueError(f"delta is {delta}, it lies between 0 and 1")
    hoeffding = math.exp(-n * _coins(min(total / n, delta), delta))
    bentkus = math.e * binomial_cdf(math.ceil(total - CLOSE), n, delta)
    return min(1.0, hoeffding, bentkus)


def _coins(a: float, b: float) -> float:
    """Kullback-Leibler divergence in nats of a coin with chance a from one with chance b."""
    heads = a * math.log(a / b) if a > 0 else 0.0
    tails = (1 - a) * math.log((1 - a) / (1 - b)) if a < 1 else 0.0
    return max(0.0, heads + tails)


def learn_then_test(losses: Floats, delta: float, eps: float = 0.05) -> Tested:
    """Test settings (K, n), from the safest to the boldest, until one does not pass; losses in [0, 1]."""
    losses = np.asarray(losses, np.float64)
    if losses.ndim != 2 or not losses.shape[1] or not ((losses >= 0) & (losses <= 1)).all():
        raise ValueError(f"losses of shape {losses.shape}: settings by texts are needed, all within 0 and 1")
    n = losses.shape[1]
    totals = losses.sum(1)
    pvalues = np.array([hoeffding_bentkus(float(total), n, delta) for total in totals])
    failed = np.flatnonzero(~(pvalues <= eps))
    stopped = int(failed[0]) if len(failed) else len(losses)
    return Tested(totals / n, pvalues, stopped, n, delta, eps)


def upper_bounds(tested: Tested) -> Floats:
    """(K,) upper confidence bounds: the risk of each setting lies below with probability 1 - eps, by the test used: it passes where this is
    at most delta."""
    return np.array([_bound(float(risk) * tested.n, tested.n, tested.eps) for risk in tested.risks])


def losses_of(sweep: Sweep, loss: Loss = "differs") -> NDArray[np.float64]:
    """(P, S) loss of each sentence at each point: the share of its answers that are lost."""
    lost = sweep.predicted != sweep.predicted[0]
    if loss == "harm":
        lost = sweep.correct[0] & ~sweep.correct
    owner, sentences = sweep.rows.owner, len(sweep.rows.ids)
    answers = np.bincount(owner, minlength=sentences)
    return np.stack([np.bincount(owner, row, sentences) for row in lost]) / np.maximum(answers, 1)


def control(sweep: Sweep, knob: Knob, delta: float, eps: float = 0.05, loss: Loss = "differs") -> Controlled:
    """The boldest setting of a calibration sweep that keeps the promise. knob: the one the sweep turns; its direction gives the order.

    Point 0, full depth, loses nothing by definition and needs no test; it is what remains where no other point passes.
    """
    values = np.array([setting[knob.name] for setting in sweep.knobs[1:]])
    order = 1 + np.argsort(values if knob.stops == "up" else -values, kind="stable")
    tested = learn_then_test(losses_of(sweep, loss)[order], delta, eps)
    return Controlled(0 if tested.chosen is None else int(order[tested.chosen]), order, tested)


def check(sweep: Sweep, point: int, loss: Loss = "differs", level: float = 0.95) -> Check:
    """The risk of one setting on texts that did not choose it, with its interval.

    Clopper and Pearson's where each text is lost or not; where it may be lost in part, the settings of delta that Hoeffding-Bentkus
    does not reject on either side: wider, and exact in the same sense (never too narrow).
    """
    losses = losses_of(sweep, loss)[point]
    n, total = len(losses), float(losses.sum())
    if set(np.unique(losses)) <= {0.0, 1.0}:
        low, high = clopper_pearson_interval(round(total), n, level)
    else:
        half = (1 - level) / 2
        low, high = 1 - _bound(n - total, n, half), _bound(total, n, half)
    return Check(total / n, low, high, n)


def _bound(total: float, n: int, error: float) -> float:
    """The least delta that Hoeffding-Bentkus rejects at this error: an upper bound of the risk."""
    risk = total / n
    return 1.0 if risk >= 1 else _falls_to(error, lambda delta: hoeffding_bentkus(total, n, delta), risk)


def _falls_to(wanted: float, function: Callable[[float], float], low: float) -> float:
    """Where a function that falls on [low, 1] reaches this value, by bisection; from above, so that a bound is never too small."""
    high = 1.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > wanted else (low, middle)
    return high


@dataclass(frozen=True, eq=False)
class Promise:
    """A setting chosen on calibration data, and what it does on other data. bounds: (K,) upper bounds of the settings as tested. there:
    its point in the report sweep; None, like the check, where it was not measured there."""

    controlled: Controlled
    bounds: Floats
    there: int | None
    check: Check | None


def promise(calibration: Sweep, report: Sweep | None, knob: Knob, delta: float, eps: float = 0.05, loss: Loss = "differs") -> Promise:
    """The boldest setting that keeps the promise on the calibration sweep, checked on the report sweep."""
    found = control(calibration, knob, delta, eps, loss)
    wanted = dict(calibration.knobs[found.point])
    there = None if report is None else next((i for i, k in enumerate(report.knobs) if dict(k) == wanted), None)
    checked = None if report is None or there is None else check(report, there, loss, 1 - eps)
    return Promise(found, upper_bounds(found.tested), there, checked)
