"""One transformer layer, taken apart: attention of a few tokens over others, then what follows for each by itself."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.attention import Reads, by_head, packed_attention

SHORT = 128  # pieces up to which, on a CPU, the library's fused attention is slower than its parts: in bf16, three times, backwards


@dataclass(frozen=True)
class Layer:
    """One transformer layer, taken apart. Works on any leading shape; dropout acts in training mode only.

    Modules are asked by `forward`: nobody hooks into them here, and for a few tokens a call takes as long as a product.
    placed: whether attention depends on where tokens stand, so that it must be told.
    """

    placed: ClassVar[bool] = False

    query: nn.Linear
    key: nn.Linear
    value: nn.Linear
    attention_output: nn.Linear
    attention_norm: nn.LayerNorm
    inner: nn.Linear
    activation: Callable[[Tensor], Tensor]
    outer: nn.Linear
    output_norm: nn.LayerNorm
    heads: int
    dropout: float

    def split(self, x: Tensor) -> Tensor:
        """(..., n, D) -> (..., H, n, D/H)."""
        return by_head(x, self.heads)

    def attended(self, residual: Tensor, context: Tensor) -> Tensor:
        """(..., D) the state after the attention block, from the state before it and the attention's context."""
        return self.attention_norm.forward(residual + self._drop(self.attention_output.forward(context)))

    def sums(self, attended: Tensor) -> Tensor:
        """(..., D) the state after the feed-forward block, before the last LayerNorm."""
        return attended + self._drop(self.outer.forward(self.activation(self.inner.forward(attended))))

    def norm(self, sums: Tensor) -> Tensor:
        """(..., D) the layer's last LayerNorm."""
        return self.output_norm.forward(sums)

    def _drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.dropout) if self.inner.training and self.dropout else x

    def by_place(self, queries: Tensor, keys: Tensor, here: Tensor, there: Tensor) -> Tensor:
        """(H, q, k) what is added to the logits of these queries and keys (H, ., D/H) for where they stand: places as typed, from 0, which
        tokens keep when their neighbours are dropped. Asked only of a layer that is `placed`."""
        raise NotImplementedError

    def attend_packed(
        self,
        queries: Tensor,
        keys: Tensor,
        places: tuple[Tensor, Tensor] | None,
        counts: Sequence[tuple[int, int]],
        reads: Reads | None = None,
        bias: Tensor | None = None,
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """Attention of packed sentences, each for itself.

        queries: (n, D) states of the attending tokens; keys: (m, D) states of the visible ones; places: (n,) and (m,) where both stand,
        None unless `placed`; counts: attending and visible tokens of each sentence; bias: (m,) added to the logits of each key. Returns
        the context (n, D), what `reads` makes of each sentence's weights (H, q, k), and the keys (H, m, D/H).
        """
        q, k, v = self.split(self.query.forward(queries)), self.split(self.key.forward(keys)), self.split(self.value.forward(keys))
        near = None if places is None else self._near(q, k, places, counts)
        context, read = packed_attention(q, k, v, counts, reads, bias, near)
        return context, read, k

    def _near(self, q: Tensor, k: Tensor, places: tuple[Tensor, Tensor], counts: Sequence[tuple[int, int]]) -> Iterator[Tensor]:
        """(H, q, k) what each sentence's places add to its logits, one sentence after the other."""
        many, visible = [a for a, _ in counts], [b for _, b in counts]
        each = (q.split_with_sizes(many, 1), k.split_with_sizes(visible, 1))
        for one in zip(*each, places[0].split_with_sizes(many), places[1].split_with_sizes(visible), strict=True):
            yield self.by_place(*one)

    def attend_padded(self, states: Tensor, bias: Tensor | None, weights: bool) -> tuple[Tensor, Tensor | None]:
        """For training: attention of padded sentences (B, T, D), everybody attending, each at its place as typed.

        bias: added to the logits, broadcastable to (B, H, T, T) (-inf where a key is not to be seen), or None.
        Returns the context (B, T, D) and, if asked, the weights (B, H, T, T); differentiable.
        """
        q, k, v = (self.split(layer(states)) for layer in (self.query, self.key, self.value))
        if self.placed:
            places = torch.arange(states.shape[1], device=states.device)
            near = self.by_place(q, k, places, places)
            bias = near[None] if bias is None else near + bias
        if not weights and (states.device.type != "cpu" or states.shape[1] > SHORT):
            context = F.scaled_dot_product_attention(q, k, v, attn_mask=None if bias is None else bias.to(q.dtype))
            return context.transpose(1, 2).flatten(-2), None
        logits = (q @ k.transpose(-1, -2)) / math.sqrt(q.shape[-1])
        w = (logits if bias is None else logits + bias).softmax(-1)
        return (w.to(v.dtype) @ v).transpose(1, 2).flatten(-2), w if weights else None
