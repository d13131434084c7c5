"""ModernBERT (Warner et al., ACL 2025): states that no layer norms, queries and keys turned by their places (RoPE), windows in most layers.

Its flash attention counts a window in rows of the packed tensor, so that survivors would see further than they should where tokens are
dropped: the window is a mask by places as typed here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core import lora
from dynviz.core.layer import Layer
from dynviz.records.cost import LayerSize

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, eq=False)
class ModernBertLayer(Layer):
    """fused: queries, keys and values in one matrix, in this order. gated: two matrices in one; the activation of what the first makes is
    multiplied by what the second makes. rates: (D/2H,) by how much a place turns each pair of numbers. dropouts: of either block."""

    placed: ClassVar[bool] = True

    attention_norm: nn.Module
    fused: nn.Linear
    attention_output: nn.Linear
    inner_norm: nn.LayerNorm
    gated: nn.Linear
    activation: Callable[[Tensor], Tensor]
    outer: nn.Linear
    heads: int
    rates: Tensor
    dropouts: tuple[float, float]
    window: int | None = None

    def size(self, stage: str, entry: int) -> LayerSize:
        """A gated block has three matrices where others have two: it costs as much as one that is wider by half."""
        return LayerSize(stage, self.fused.in_features, 3 * self.outer.in_features // 2, entry)

    def projected(self, queries: Tensor, keys: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of the normed states, by one product where all attend, else by those rows of it that are needed of each."""
        if queries is keys:
            q, k, v = self.fused.forward(self.attention_norm(keys)).chunk(3, -1)
        else:
            width = self.fused.in_features
            q = lora.rows(self.fused, self.attention_norm(queries), slice(0, width))
            k, v = lora.rows(self.fused, self.attention_norm(keys), slice(width, 3 * width)).chunk(2, -1)
        return self.split(q), self.split(k), self.split(v)

    def turned(self, vectors: Tensor, places: Tensor) -> Tensor:
        """The first half of a head is paired with its second one."""
        angles = places[:, None].float() * self.rates.to(places.device)
        cos, sin = angles.cos().to(vectors.dtype), angles.sin().to(vectors.dtype)
        first, second = vectors.chunk(2, -1)
        return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)

    def by_place(self, queries: Tensor, keys: Tensor, here: Tensor, there: Tensor, length: int) -> Tensor | None:
        """(1, q, k) -inf outside the window."""
        far = self.out_of_sight(here, there)
        return None if far is None else queries.new_zeros(far.shape).masked_fill(far, -torch.inf)[None]

    def attended(self, residual: Tensor, context: Tensor) -> Tensor:
        """The sum of both."""
        return residual + self._drop(self.attention_output.forward(context), self.dropouts[0])

    def sums(self, attended: Tensor) -> Tensor:
        """The sum, which is the new state."""
        inner, gate = self.gated.forward(self.inner_norm.forward(attended)).chunk(2, -1)
        return attended + self.outer.forward(self._drop(self.activation(inner) * gate, self.dropouts[1]))

    def norm(self, sums: Tensor) -> Tensor:
        """Nothing: heads read a state under the model's last norm (`Encoder.final`), and no layer does."""
        return sums

    def _drop(self, x: Tensor, rate: float) -> Tensor:
        return F.dropout(x, rate) if self.gated.training and rate else x


def layers(model: "PreTrainedModel") -> list[ModernBertLayer]:
    """Its layers, taken apart."""
    config = model.config
    return [
        ModernBertLayer(
            attention_norm=x.attn_norm, fused=x.attn.Wqkv, attention_output=x.attn.Wo, inner_norm=x.mlp_norm,
            gated=x.mlp.Wi, activation=x.mlp.act, outer=x.mlp.Wo, heads=config.num_attention_heads,
            rates=_rates(config.hidden_size // config.num_attention_heads, config.rope_parameters[x.attention_type]["rope_theta"]),
            window=config.sliding_window if x.attention_type == "sliding_attention" else None,
            dropouts=(config.attention_dropout, config.mlp_dropout),
        )
        for x in model.layers
    ]  # fmt: skip


def _rates(width: int, theta: float) -> Tensor:
    return 1.0 / theta ** (torch.arange(0, width, 2, dtype=torch.float32) / width)


def final(model: "PreTrainedModel") -> nn.Module:
    """The norm between the last layer and a head; a head after any other layer reads through it too."""
    found: nn.Module = model.final_norm
    return found
