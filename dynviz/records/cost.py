"""How compute is counted. One formula for every method, matrix products only, always on the unpadded sentence.

One multiply-accumulate is two FLOPs. Softmax, LayerNorm, activation, bias, look-ups and pooling are not counted, in
agreement with `torch.utils.flop_counter.FlopCounterMode`, against which the tests hold this file. Low-rank updates count as merged into
their weights, also where they are kept beside weights that several models share. What no text is part of is made once for a model and not
counted: DeBERTa's table of distances as each layer projects it. Attention within a window counts as what is run, every attending token with
every visible one: the window is a mask.
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class LayerSize:
    """The shape of one encoder layer, as far as it costs.

    stage: name of the model it belongs to ("model", or "small" and "big" in a cascade).
    width: size of a token's state. ffn: inner size of the feed-forward block; of a gated one, which has three matrices (ModernBERT's),
    one and a half times of it.
    entry: FLOPs per token to enter the stage (ALBERT's and ELECTRA's embedding projection); on its first layer only.
    distances: rows of a table of distances that queries and keys are multiplied with (DeBERTa's); 0 where there is none.
    """

    stage: str
    width: int
    ffn: int
    entry: int = 0
    distances: int = 0

    def flops(self, attending: Counts, visible: Counts, transformed: Counts, length: Counts | None = None) -> Counts:
        """FLOPs of the layer for sentences in which so many tokens attend, are seen, and are transformed.

        Query and output projections of the attending, keys and values of the visible, the attention between them,
        and both feed-forward products of the transformed tokens: 4d²a + 4d²v + 4dav + 4d·ffn·t. With a table of distances, also the queries
        of the attending and the keys of the visible with the rows that a text of n tokens can need: 2dR(a + v), R = min(rows, 2n - 1).
        length: n, tokens as typed; those visible, by default.
        """
        d = self.width
        projections = 4 * d * d * (attending + visible)
        blocks = projections + 4 * d * attending * visible + 4 * d * self.ffn * transformed
        if not self.distances:
            return blocks
        rows = np.minimum(self.distances, 2 * (visible if length is None else length) - 1)
        return np.asarray(blocks + 2 * d * rows * (attending + visible))

    def as_dict(self) -> dict[str, str | int]:
        """As stored: without what most models have not."""
        return {name: value for name, value in asdict(self).items() if value or name != "distances"}


def layers_flops(sizes: tuple[LayerSize, ...], attending: Counts, visible: Counts, transformed: Counts, length: Counts) -> Counts:
    """(L, ...) FLOPs inside the layers from (L, ...) counts, for texts of so many tokens (...); heads and stage entries are recorded beside
    them."""
    out = np.empty_like(attending)
    for i, size in enumerate(sizes):
        out[i] = size.flops(attending[i], visible[i], transformed[i], length)
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
