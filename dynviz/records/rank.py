"""Orders that are compared: ranks, and how far two of them agree."""

import numpy as np

from dynviz.records.layout import Floats


def spearman(one: Floats, other: Floats) -> Floats:
    """(D,) Spearman's rank correlation of each row of two tables (D, P); NaN where all of a row are equal."""
    ranks = [_ranks(values) - (values.shape[1] - 1) / 2 for values in (one, other)]
    spread = np.sqrt((ranks[0] ** 2).sum(1) * (ranks[1] ** 2).sum(1))
    return np.asarray(np.divide((ranks[0] * ranks[1]).sum(1), spread, out=np.full(len(spread), np.nan), where=spread > 0))


def _ranks(values: Floats) -> Floats:
    """(D, P) places from 0 in each row; equals share the mean of theirs."""
    ordered = np.sort(values, axis=1)
    ends = [[np.searchsorted(own, row, side) for own, row in zip(ordered, values, strict=True)] for side in ("left", "right")]
    return np.asarray((np.array(ends[0]) + np.array(ends[1]) - 1) / 2)
