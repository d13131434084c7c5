"""Why one run cost more than another."""

from dataclasses import dataclass, replace

import numpy as np

from dynviz.records.layout import Floats
from dynviz.records.trace import Trace


@dataclass(frozen=True)
class CostDifference:
    """FLOPs of the second run less those of the first, in two exact parts: length + stopping = total.

    length: because the plain model would spend another amount on its text. stopping: because another share of that was spent.
    """

    length: float
    stopping: float

    @property
    def total(self) -> float:
        """FLOPs of the second run less those of the first."""
        return self.length + self.stopping


def cost_difference(first: Trace, second: Trace) -> CostDifference:
    """The difference in FLOPs of two runs, split by the means of both: p q - p' q' = (p - p') (q + q') / 2 + (q - q') (p + p') / 2, plain
    cost p and share q."""
    length = (second.plain_flops - first.plain_flops) * (second.share + first.share) / 2
    stopping = (second.share - first.share) * (second.plain_flops + first.plain_flops) / 2
    return CostDifference(length, stopping)


def plain_of(full: Trace) -> Trace:
    """A run at full depth as the plain model's: its layers, and one head at the end. Nothing is asked on the way, and of a cascade only the
    bigger model runs; the answer is that of full depth."""
    stages: dict[str, list[int]] = {}
    for i, size in enumerate(full.layers):
        stages.setdefault(size.stage, []).append(i)
    tokens = len(full.tokens)
    kept = max(stages.values(), key=lambda rows: sum(int(full.layers[i].flops(*[np.array(tokens)] * 3)) for i in rows))
    layers = tuple(full.layers[i] for i in kept)
    every = np.ones((len(kept), tokens), bool)
    extra = np.zeros(len(kept) + 1, np.int64)
    extra[0], extra[-1] = sum(size.entry for size in layers) * tokens, full.plain_head
    probs = full.probs[[0, *(i + 1 for i in kept)]]
    return replace(
        full, layers=layers, probs=probs, extra_flops=extra, readings={}, knobs={}, attending=every, visible=every, transformed=every
    )


def spent_by_layer(trace: Trace) -> Floats:
    """(L,) FLOPs spent up to and with each layer; heads, gates and stage entries are counted where they were paid."""
    steps = trace.layer_flops + trace.extra_flops[1:]
    steps[0] += trace.extra_flops[0]
    return np.cumsum(steps).astype(np.float64)
