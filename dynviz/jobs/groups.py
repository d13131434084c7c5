"""Sentences in groups, and the mean of a measure in each with its 95 % interval.

Every measure is a ratio of sums over sentences, m = sum t / sum c (t: layers, FLOPs, right answers; c: 1, FLOPs of the plain model,
answers), because the words of a sentence stand and fall together. Interval: m ± 1.96 se with the ratio's standard error,
se² = n / (n - 1) * sum (t - m c)² / (sum c)²; Wilson's where every sentence has one answer, right or wrong. None below two sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan, sqrt
from typing import Any, Literal

import numpy as np

from dynviz.jobs.outcome import Outcome
from dynviz.records import Ints
from dynviz.records.intervals import Z, wilson

Measure = Literal["layers", "compute", "right", "same"]
BINS = 8


@dataclass(frozen=True, eq=False)
class Part:
    """A group of sentences with the mean of a measure. rows: which; mean, low, high: of the measure, NaN where it cannot be told."""

    name: str
    rows: Ints
    mean: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Totals:
    """A measure of every sentence as top over base, (S,) each. least, most: what a mean can be; no interval goes beyond."""

    top: Any
    base: Any
    least: float = -inf
    most: float = inf

    def over(self, rows: Any) -> tuple[float, float, float]:
        """Mean and interval over some sentences."""
        t, c = self.top[rows], self.base[rows]
        n, total = len(t), float(c.sum())
        if not total:
            return nan, nan, nan
        mean = float(t.sum() / total)
        if (c == 1).all() and np.isin(t, (0, 1)).all():
            low, high = wilson(np.array(t.sum()), np.array(n))
            return mean, float(low), float(high)
        if n < 2:
            return mean, nan, nan
        half = Z * sqrt(n / (n - 1) * float(((t - mean * c) ** 2).sum())) / total
        return mean, max(mean - half, self.least), min(mean + half, self.most)


def totals(outcome: Outcome, measure: Measure, point: int = 1) -> Totals:
    """A measure at a point (1: the setting, 0: full depth), sentence by sentence."""
    sweep, owner = outcome.sweep, outcome.sweep.rows.owner
    sentences = len(sweep.rows.ids)
    if measure == "layers":
        return Totals(sweep.depth[point], np.ones(sentences), _least(sweep.depth[point]), sweep.layers)
    if measure == "compute":
        return Totals(sweep.flops[point].astype(np.float64), sweep.plain_flops.astype(np.float64))
    good = sweep.correct[point] if measure == "right" else sweep.predicted[point] == sweep.predicted[0]
    return Totals(np.bincount(owner, good, sentences), np.bincount(owner, minlength=sentences).astype(np.float64), most=1.0)


def _least(depth: Any) -> float:
    """The least a mean depth can be: one layer, unless tokens are dropped before the first."""
    return float(min(1.0, depth.min(initial=1.0)))


def word_totals(outcome: Outcome, measure: Measure, chosen: Any) -> Totals:
    """A measure of some words (U,) bool, sentence by sentence; compute is not counted word by word."""
    sweep, owner = outcome.sweep, outcome.sweep.rows.owner
    values = {
        "layers": outcome.words_depth[1],
        "right": sweep.correct[1],
        "same": sweep.predicted[1] == sweep.predicted[0],
    }[measure]
    sentences = len(sweep.rows.ids)
    base = np.bincount(owner[chosen], minlength=sentences).astype(np.float64)
    least, most = (_least(values), float(sweep.layers)) if measure == "layers" else (0.0, 1.0)
    return Totals(np.bincount(owner[chosen], values[chosen], sentences), base, least, most)


def binned(values: Any, what: Totals, bins: int = BINS) -> list[Part]:
    """Groups of about equal size along a number; equal values are never parted."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1), method="higher"))
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(len(edges) - 2, 0))
    parts = []
    for i in range(max(len(edges) - 1, 1)):
        rows = np.flatnonzero(place == i)
        if len(rows):
            parts.append(Part(_span(values[rows]), rows, *what.over(rows)))
    return parts


def _span(values: Any) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:,.0f}" if round(low) == round(high) else f"{low:,.0f}\N{EN DASH}{high:,.0f}"


def named(groups: Sequence[tuple[str, Any]], what: Totals) -> list[Part]:
    """Groups by name, each given with its sentences (S,) bool."""
    found = [(name, np.flatnonzero(which)) for name, which in groups]
    return [Part(name, rows, *what.over(rows)) for name, rows in found if len(rows)]
