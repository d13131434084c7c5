"""How compute is counted. One formula for every method, matrix products only, always on the unpadded sentence.

One multiply-accumulate is two FLOPs. Softmax, LayerNorm, activation, bias, look-ups and pooling are not counted, in
agreement with `torch.utils.flop_counter.FlopCounterMode`, against which the tests hold this file. Low-rank updates count as merged into
their weights, also where they are kept beside weights that several models share.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class LayerSize:
    """The shape of one encoder layer, as far as it costs.

    stage: name of the model it belongs to ("model", or "small" and "big" in a cascade).
    width: size of a token's state. ffn: inner size of the feed-forward block.
    entry: FLOPs per token to enter the stage (ALBERT's and ELECTRA's embedding projection); on its first layer only.
    """

    stage: str
    width: int
    ffn: int
    entry: int = 0

    def flops(self, attending: Counts, visible: Counts, transformed: Counts) -> Counts:
        """FLOPs of the layer for sentences in which so many tokens attend, are seen, and are transformed.

        Query and output projections of the attending, keys and values of the visible, the attention between them,
        and both feed-forward products of the transformed tokens: 4d²a + 4d²v + 4dav + 4d·ffn·t.
        """
        d = self.width
        projections = 4 * d * d * (attending + visible)
        return projections + 4 * d * attending * visible + 4 * d * self.ffn * transformed


def layers_flops(sizes: tuple[LayerSize, ...], attending: Counts, visible: Counts, transformed: Counts) -> Counts:
    """(L, ...) FLOPs inside the layers from (L, ...) counts; heads and stage entries are recorded beside them."""
    out = np.empty_like(attending)
    for i, size in enumerate(sizes):
        out[i] = size.flops(attending[i], visible[i], transformed[i])
    return out


def plain_flops(sizes: tuple[LayerSize, ...], length: Counts, head: Counts) -> Counts:
    """FLOPs of the plain model on sentences of these lengths: every token in every layer, one head at the end.

    In a cascade the plain model is the dearest stage. `head` is what that model's own answer costs, per sentence.
    """
    stages: dict[str, Counts] = {}
    for size in sizes:
        cost = size.flops(length, length, length) + size.entry * length
        stages[size.stage] = stages.get(size.stage, np.zeros_like(length)) + cost
    return np.asarray(np.maximum.reduce(list(stages.values())) + head)
