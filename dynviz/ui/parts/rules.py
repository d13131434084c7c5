"""What a rule of stopping goes by, read off runs: how sure the answer is, how many layers agreed, or something else. Pure."""

from collections.abc import Sequence

import numpy as np

from dynviz.figures.conditions import against, name_of
from dynviz.records.card import alternatives
from dynviz.records.pair import Pair


def sure(pairs: Sequence[Pair]) -> bool:
    """Whether what the rule compares, and nothing else, follows how probable the leading answer is, in every layer of every run."""
    if not _alone(pairs):
        return False
    points = []
    for pair in pairs:
        (one,) = [c for c in pair.compared if c.decides]
        leading = pair.trace.probs.max(-1)
        values = one.values.reshape(len(one.values), -1)
        if values.shape != leading.shape:  # read of tokens, where the text has one answer
            return False
        there = np.isfinite(values) & np.isfinite(leading)
        points += list(zip(leading[there], values[there] * (1 if one.stops == "above" else -1), strict=True))
    ordered = np.array([value for _, value in sorted(points)])
    return len(ordered) > 1 and bool((np.diff(ordered) >= -1e-9).all())


def patient(pairs: Sequence[Pair]) -> bool:
    """Whether the rule counts: it compares whole numbers, and nothing else."""
    if not _alone(pairs):
        return False
    counted = np.concatenate([c.values[np.isfinite(c.values)] for pair in pairs for c in pair.compared if c.decides])
    return bool((counted % 1 == 0).all() and counted.max(initial=0) > 1)


def met(pair: Pair) -> str:
    """What held after the last layer of a text that stops as one, and so ended it: "uncertainty 0.05, below 0.1"; "" where nothing did."""
    layer = pair.trace.exit_layer
    for group in alternatives([c for c in pair.compared if c.values.ndim == 1]):
        if all(c.held[layer] for c in group):
            return "; ".join(f"{name_of(c)} {against(c, float(c.values[layer]), layer)}" for c in group)
    return ""


def _alone(pairs: Sequence[Pair]) -> bool:
    """Whether the rule holds one quantity against one limit."""
    return all(sum(c.decides for c in pair.compared) == 1 for pair in pairs)
