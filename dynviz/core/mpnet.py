"""MPNet (Song et al., NeurIPS 2020): BERT's layers, and one bias for how far apart two tokens stand, the same table in every layer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn

from dynviz.core.bert import BertLayer

if TYPE_CHECKING:
    from transformers import PreTrainedModel

BUCKETS = 32  # that the library looks up, whatever a configuration says
FAR = 128  # places from which on all distances fall into one bucket


@dataclass(frozen=True, eq=False)
class MPNetLayer(BertLayer):
    """table: (32, H) the bias of each bucket and head. bucket: (2 FAR + 1,) the bucket of each distance, from -FAR to FAR."""

    table: nn.Embedding
    bucket: Tensor
    placed: ClassVar[bool] = True

    def by_place(self, queries: Tensor, keys: Tensor, here: Tensor, there: Tensor, length: int) -> Tensor:
        """(H, q, k) by the distance from a query to a key alone: a look-up, which costs no product."""
        away = (there[None, :] - here[:, None]).clamp(-FAR, FAR) + FAR
        by_distance = self.table.weight[self.bucket.to(away.device)].t().contiguous()
        return by_distance.index_select(1, away.flatten()).view(-1, *away.shape)


def layers(model: "PreTrainedModel") -> list[MPNetLayer]:
    """Its layers, taken apart."""
    bucket = model.encoder.relative_position_bucket(torch.arange(-FAR, FAR + 1), num_buckets=BUCKETS)
    return [
        MPNetLayer(
            query=x.attention.attn.q, key=x.attention.attn.k, value=x.attention.attn.v,
            attention_output=x.attention.attn.o, attention_norm=x.attention.LayerNorm,
            inner=x.intermediate.dense, activation=x.intermediate.intermediate_act_fn,
            outer=x.output.dense, output_norm=x.output.LayerNorm,
            heads=model.config.num_attention_heads, dropout=model.config.hidden_dropout_prob,
            table=model.encoder.relative_attention_bias, bucket=bucket,
        )
        for x in model.encoder.layer
    ]  # fmt: skip


def padding(model: "PreTrainedModel") -> int:
    """The piece that places are counted from: written into the library, whatever a configuration names."""
    return int(model.embeddings.padding_idx)
