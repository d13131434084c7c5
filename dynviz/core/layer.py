"""What the engine asks of a transformer layer: attention of a few tokens over others, then what follows for each by itself."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from dynviz.core.attention import Reads, by_head, packed_attention
from dynviz.records.cost import LayerSize

SHORT = 128  # pieces up to which, on a CPU, the library's fused attention is slower than its parts: in bf16, three times, backwards


@dataclass(frozen=True, eq=False)
class Places:
    """Where packed tokens stand, as typed, from 0; they keep their places when neighbours are dropped.

    here: (n,) of the attending tokens, there: (m,) of the visible ones, one sentence after the other. lengths: pieces of each sentence, as
    typed.
    """

    here: Tensor
    there: Tensor
    lengths: Sequence[int]


class Layer(ABC):
    """One transformer layer, taken apart; a family's file says what it does. Works on any leading shape; dropout acts in training only.

    placed: whether attention depends on where tokens stand, so that it must be told. window: the places, to either side, that a token sees
    at most; None: all of the text.
    """

    placed: ClassVar[bool] = False

    heads: int
    window: int | None = None

    @abstractmethod
    def size(self, stage: str, entry: int) -> LayerSize:
        """Its sizes, as far as they cost."""

    @abstractmethod
    def projected(self, queries: Tensor, keys: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(..., H, n, D/H) queries of the attending states (..., n, D), and (..., H, m, D/H) keys and values of the visible (..., m, D)."""

    @abstractmethod
    def attended(self, residual: Tensor, context: Tensor) -> Tensor:
        """(..., D) the state after the attention block, from the state before it and the attention's context."""

    @abstractmethod
    def sums(self, attended: Tensor) -> Tensor:
        """(..., D) the state after the feed-forward block, before the layer's last norm."""

    @abstractmethod
    def norm(self, sums: Tensor) -> Tensor:
        """(..., D) the layer's last norm; nothing where states are sums that no layer norms."""

    def turned(self, vectors: Tensor, places: Tensor) -> Tensor:
        """(..., H, n, D/H) queries or keys, turned by their places (n,) in layers that do so."""
        return vectors

    def by_place(self, queries: Tensor, keys: Tensor, here: Tensor, there: Tensor, length: int) -> Tensor | None:
        """(..., H, q, k) or (1, q, k) what is added to the logits of these queries and keys (..., H, ., D/H) for where they stand in a text
        of this length; None: nothing. Asked only of a layer that is `placed`."""
        return None

    def split(self, x: Tensor) -> Tensor:
        """(..., n, D) -> (..., H, n, D/H)."""
        return by_head(x, self.heads)

    def attend_packed(
        self,
        queries: Tensor,
        keys: Tensor,
        places: Places | None,
        counts: Sequence[tuple[int, int]],
        reads: Reads | None = None,
        bias: Tensor | None = None,
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """Attention of packed sentences, each for itself.

        queries: (n, D) states of the attending tokens; keys: (m, D) states of the visible ones; places: where both stand, None unless
        `placed`; counts: attending and visible tokens of each sentence; bias: (m,) added to the logits of each key. Returns the context
        (n, D), what `reads` makes of each sentence's weights (H, q, k), and the keys (H, m, D/H), not turned.
        """
        q, k, v = self.projected(queries, keys)
        if places is None:
            context, read = packed_attention(q, k, v, counts, reads, bias)
            return context, read, k
        here, there = self.turned(q, places.here), self.turned(k, places.there)
        fair = reads if reads is None or self.window is None else self._fair(reads, places, counts)
        context, read = packed_attention(here, there, v, counts, fair, bias, self._near(here, there, places, counts))
        return context, read, k

    def _near(self, q: Tensor, k: Tensor, places: Places, counts: Sequence[tuple[int, int]]) -> Iterator[Tensor | None]:
        """What each sentence's places add to its logits, one sentence after the other."""
        many, visible = [a for a, _ in counts], [b for _, b in counts]
        each = (q.split_with_sizes(many, 1), k.split_with_sizes(visible, 1))
        stand = (places.here.split_with_sizes(many), places.there.split_with_sizes(visible))
        for one in zip(*each, *stand, places.lengths, strict=True):
            yield self.by_place(*one)

    def _fair(self, reads: Reads, places: Places, counts: Sequence[tuple[int, int]]) -> Reads:
        """What is read of the weights of one sentence after the other, as a mean over the queries that can see a key, not over all."""
        many, visible = [a for a, _ in counts], [b for _, b in counts]
        parts = zip(places.here.split_with_sizes(many), places.there.split_with_sizes(visible), strict=True)

        def read(weights: Tensor) -> Tensor:
            here, there = next(parts)
            far = self.out_of_sight(here, there)
            return reads(weights) if far is None else reads(weights) * len(here) / (~far).sum(0).clamp_min(1).to(weights)

        return read

    def out_of_sight(self, here: Tensor, there: Tensor) -> Tensor | None:
        """(q, k) which keys stand outside a query's window, or None where all are seen."""
        away = (here[:, None] - there).abs()
        return None if self.window is None or int(away.max()) <= self.window else away > self.window

    def attend_padded(self, states: Tensor, bias: Tensor | None, weights: bool) -> tuple[Tensor, Tensor | None]:
        """For training: attention of padded sentences (B, T, D), everybody attending, each at its place as typed.

        bias: added to the logits, broadcastable to (B, H, T, T) (-inf where a key is not to be seen), or None.
        Returns the context (B, T, D) and, if asked, the weights (B, H, T, T); differentiable.
        """
        q, k, v, bias = self.prepared(states, bias)
        if not weights and (states.device.type != "cpu" or states.shape[1] > SHORT):
            context = F.scaled_dot_product_attention(q, k, v, attn_mask=None if bias is None else bias.to(q.dtype))
            return context.transpose(1, 2).flatten(-2), None
        logits = (q @ k.transpose(-1, -2)) / math.sqrt(q.shape[-1])
        w = (logits if bias is None else logits + bias).softmax(-1)
        return (w.to(v.dtype) @ v).transpose(1, 2).flatten(-2), w if weights else None

    def prepared(self, states: Tensor, bias: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        """For training: queries, keys and values (B, H, T, D/H) of padded sentences, and the bias with what places add to the logits."""
        q, k, v = self.projected(states, states)
        if not self.placed:
            return q, k, v, bias
        places = torch.arange(states.shape[1], device=states.device)
        q, k = self.turned(q, places), self.turned(k, places)
        return q, k, v, self._both(bias, self.by_place(q, k, places, places, len(places)))

    def _both(self, bias: Tensor | None, near: Tensor | None) -> Tensor | None:
        """The sum of what is added to the logits of padded sentences. Padding with none but padding in its window sees itself: what it
        computes is seen by nobody, but must be a number."""
        if bias is None or near is None:
            return bias if near is None else near if near.dim() == 4 else near[None]
        both = near + bias
        if self.window is None:
            return both
        itself = torch.eye(both.shape[-1], dtype=torch.bool, device=both.device)
        return both.masked_fill((both == -torch.inf).all(-1, keepdim=True) & itself, 0.0)
