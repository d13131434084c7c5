"""What token-dropping methods share: one classifier after the last layer, and scores read from attention."""

from collections.abc import Mapping

import numpy as np
from torch import Tensor, nn

from dynviz.core.layer import Layer
from dynviz.core.method import Asked, Batch, Moment, Plan, Pooling, Shape, View
from dynviz.methods._ramps import Ramps
from dynviz.records import Bools, Floats, Ints, Sentences

OPEN = 1e-6  # a gate's logarithm is taken of at least this
UNITS = 32  # between the two layers of a scorer


class TokenDropper(Ramps):
    """One classifier, after the last layer, on the mean of the tokens left (or on [CLS]); tokens are dropped on the way.

    A tagger answers for every word, dropped or not: a dropped token keeps the state of the last layer that it went through, and comes
    back with it for the answer (Drop-and-Restore of the Length-Adaptive Transformer).
    """

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True) -> None:
        super().__init__(shape, pooling, hidden)

    def layers_read(self) -> list[int]:
        return [self.shape.layers]

    def answer_asks(self, moment: Moment, layer: int, plan: Plan, sentences: Sentences) -> dict[str, Bools]:
        """The classifier, asked after the last layer: once for the sentence, or for the first piece of each word."""
        if moment != "after" or layer < self.shape.layers:
            return {}
        units = plan.live if self.unit == "sentence" else sentences.leads & plan.live[sentences.owner]
        return {"probs": units, "uncertainty": units}

    def of_attention(self, weights: Tensor) -> Tensor:
        """What each token received, what it gives itself among it."""
        return received(weights)

    def answer(self, readings: Mapping[str, Floats], depth: Ints) -> Floats:
        """A word's tag is what was read after the last layer, however few of them its token went through."""
        return readings["probs"][-1] if self.unit == "token" else super().answer(readings, depth)

    def answer_logits(self, batch: Batch, states: Tensor, kept: Tensor) -> Tensor:
        """For training: (B, C) what the classifier says of last states (B, T, D), each token weighted by what is kept of it (B, T); or
        (B, T, C) of every token's own."""
        if self.unit == "token":
            read = states
        elif self.pooling == "cls":
            read = states[:, 0]
        else:
            read = (states * kept[..., None]).sum(1) / kept.sum(1, keepdim=True)
        out: Tensor = self.head(self.shape.layers)(read)
        return out.float()

    def answer_flops(self, layer: int, asked: Asked) -> Ints:
        """FLOPs of the classifier, where it was asked."""
        return asked.units["probs"] * self.head(layer).flops if "probs" in asked.units else np.zeros_like(asked.visible)


def received(weights: Tensor, own: bool = True) -> Tensor:
    """(K,) attention each visible token received, of the weights (H, Q, K) of its sentence: mean over heads, and over the tokens that
    attended.

    own: count what a token gives itself (LTP does, PoWER-BERT does not).
    """
    heads, queries, keys = weights.shape
    given = weights.sum((0, 1))
    if not own and queries == keys:
        given = given - weights.diagonal(dim1=1, dim2=2).sum(0)
    return given / (heads * queries)


def attention(view: View) -> Tensor:
    """What `of_attention` made of it, where a method that needs it reads between attention and feed-forward."""
    assert view.attention is not None
    return view.attention


def ranks(scores: Floats, present: Bools, sentences: Sentences) -> Ints:
    """(N,) place of each present token among its sentence's, largest score first, [CLS] before all, ties by position; -1 if absent."""
    keys = -scores
    keys[sentences.starts] = -np.inf
    out = np.empty(len(present), np.int64)
    out[np.lexsort((keys, ~present, sentences.owner))] = sentences.position  # stable; a sentence's tokens stay within its places
    return np.where(present, out, -1)


def gated_layer(layer: Layer, states: Tensor, bias: Tensor | None) -> tuple[Tensor, Tensor]:
    """For training: one padded layer that also returns its attention (B, H, T, T)."""
    context, weights = layer.attend_padded(states, bias, weights=True)
    assert weights is not None
    return layer.norm(layer.sums(layer.attended(states, context))), weights


def scorer(width: int) -> nn.Sequential:
    """(..., D) states -> (..., 1) a number for each token, by a small network of its own: TR-BERT's and AdapLeR's."""
    return nn.Sequential(nn.Linear(width, UNITS), nn.GELU(), nn.Linear(UNITS, 1))


def scorer_flops(width: int) -> int:
    """FLOPs of a scorer for one token."""
    return 2 * UNITS * (width + 1)
