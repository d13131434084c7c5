"""Whether confidence can be trusted: reliability in bins, expected calibration error, and how well it foretells mistakes.

Confidence is the largest class probability. Numbers in, numbers out: nothing here knows of models, layers or screens; an answer whose
confidence is NaN (nothing was read) is left out.

- ECE (Guo et al., 2017, "On calibration of modern neural networks"): answers in 15 bins of equal width over 0..1,
  sum over bins of (n_bin / n) * |accuracy in the bin - mean confidence in it|.
- AUROC of failure prediction (Hendrycks and Gimpel, 2017): the chance that a right answer is more confident than a wrong one, a tie
  counting one half; 0.5 says that confidence knows nothing about mistakes.
"""

from dataclasses import dataclass
from math import nan

import numpy as np

from dynviz.records import Bools, Floats, Ints
from dynviz.records.intervals import wilson

BINS = 15


@dataclass(frozen=True, eq=False)
class Reliability:
    """Answers by confidence, in B bins of equal width. edges: (B+1,). counts: (B,). confidence, accuracy: (B,) means, NaN where a bin
    is empty. low, high: (B,) 95 % Wilson interval of the accuracy."""

    edges: Floats
    counts: Ints
    confidence: Floats
    accuracy: Floats
    low: Floats
    high: Floats

    @property
    def ece(self) -> float:
        """Expected calibration error; NaN where there are no answers."""
        total = self.counts.sum()
        filled = self.counts > 0
        gaps = np.abs(self.accuracy[filled] - self.confidence[filled])
        return float((self.counts[filled] * gaps).sum() / total) if total else nan


def reliability(confidence: Floats, right: Bools, bins: int = BINS) -> Reliability:
    """Accuracy against confidence. confidence: (U,) in 0..1; right: (U,). A bin holds its upper edge; the first holds 0 as well."""
    read = ~np.isnan(confidence)
    sure, truth = confidence[read], np.asarray(right)[read].astype(np.float64)
    edges = np.linspace(0, 1, bins + 1)
    places = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    counts = np.bincount(places, minlength=bins)
    sums = np.bincount(places, sure, bins), np.bincount(places, truth, bins)
    with np.errstate(invalid="ignore"):
        means = [np.where(counts > 0, total / np.maximum(counts, 1), nan) for total in sums]
    low, high = wilson(sums[1], counts)
    return Reliability(edges, counts, means[0], means[1], low, high)


def ece(confidence: Floats, right: Bools, bins: int = BINS) -> float:
    """Expected calibration error over bins of equal width; NaN without answers.

    >>> round(ece(np.array([0.9, 0.9]), np.array([True, False])), 3)
    0.4
    """
    return reliability(confidence, right, bins).ece


def auroc(confidence: Floats, right: Bools) -> float:
    """The chance that a right answer is more confident than a wrong one, ties counting half; NaN where all are right or all wrong.

    >>> auroc(np.array([0.9, 0.6, 0.7, 0.6]), np.array([True, True, False, False]))
    0.625
    """
    read = ~np.isnan(confidence)
    truth = np.asarray(right, bool)[read]
    good, bad = int(truth.sum()), int((~truth).sum())
    if not good or not bad:
        return nan
    _, place, counts = np.unique(confidence[read], return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # from 1; equal values share their mean rank
    return float((ranks[truth].sum() - good * (good + 1) / 2) / (good * bad))
