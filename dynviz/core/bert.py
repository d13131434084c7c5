"""BERT's layer, which most families have: LayerNorm after each block, a plain feed-forward block."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.layer import Layer
from dynviz.records.cost import LayerSize


@dataclass(frozen=True, eq=False)
class BertLayer(Layer):
    """Modules are asked by `forward`: nobody hooks into them here, and for a few tokens a call takes as long as a product."""

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

    def size(self, stage: str, entry: int) -> LayerSize:
        """As its matrices are."""
        return LayerSize(stage, self.query.in_features, self.inner.out_features, entry)

    def projected(self, queries: Tensor, keys: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """By three matrices."""
        return self.split(self.query.forward(queries)), self.split(self.key.forward(keys)), self.split(self.value.forward(keys))

    def attended(self, residual: Tensor, context: Tensor) -> Tensor:
        """The sum of both, normed."""
        return self.attention_norm.forward(residual + self._drop(self.attention_output.forward(context)))

    def sums(self, attended: Tensor) -> Tensor:
        """The sum before the last LayerNorm."""
        return attended + self._drop(self.outer.forward(self.activation(self.inner.forward(attended))))

    def norm(self, sums: Tensor) -> Tensor:
        """The last LayerNorm."""
        return self.output_norm.forward(sums)

    def _drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.dropout) if self.inner.training and self.dropout else x
