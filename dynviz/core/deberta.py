"""DeBERTa-v2 and v3 (He et al., ICLR 2021 and 2023): BERT's layers, in which content and distance are told apart (disentangled attention).

A logit is the sum of three products: of query and key, of query and the distance as a key (c2p), of key and the distance as a query (p2c).
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn

from dynviz.core.bert import BertLayer
from dynviz.errors import InputError
from dynviz.records.cost import LayerSize

if TYPE_CHECKING:
    from transformers import PreTrainedModel

TERMS = 3  # products that add up to a logit


@dataclass(frozen=True, eq=False)
class DebertaLayer(BertLayer):
    """table: (2S, D) a vector for each bucket of distances, normed by `table_norm`. as_key, as_query: what projects it; in v3 the layer's
    own key and query. bucket: (2M - 1,) the row of each distance, query minus key, from -(M - 1) on, for texts of up to M pieces."""

    placed: ClassVar[bool] = True

    table: nn.Embedding
    table_norm: nn.Module
    as_key: nn.Linear
    as_query: nn.Linear
    bucket: Tensor
    kept: dict[tuple[object, ...], tuple[Tensor, Tensor]] = field(default_factory=dict, repr=False)

    def size(self, stage: str, entry: int) -> LayerSize:
        """As its matrices are; the rows of the table cost where they are multiplied."""
        return LayerSize(stage, self.query.in_features, self.inner.out_features, entry, self.table.num_embeddings)

    def projected(self, queries: Tensor, keys: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As in BERT; the logit is divided by the root of three times the width of a head."""
        q, k, v = super().projected(queries, keys)
        return q / math.sqrt(TERMS), k, v

    def by_place(self, queries: Tensor, keys: Tensor, here: Tensor, there: Tensor, length: int) -> Tensor:
        """(..., H, q, k) both products with distances. Only rows that a text of this length can need are multiplied: the n - 1 on either
        side of the middle, as a bucket is never further out than its distance."""
        middle = self.table.num_embeddings // 2
        first, last = max(middle - length + 1, 0), min(middle + length, 2 * middle)
        keys_of, queries_of = (x[:, first:last].transpose(-1, -2) for x in self.relative())
        row = self.bucket.to(here.device)[here[:, None] - there + len(self.bucket) // 2] - first
        c2p = _picked(queries @ keys_of, row)
        p2c = _picked(keys @ queries_of, row.t()).transpose(-1, -2)
        return c2p / math.sqrt(queries.shape[-1]) + p2c / math.sqrt(TERMS * queries.shape[-1])

    def relative(self) -> tuple[Tensor, Tensor]:
        """(H, 2S, D/H) the table's vectors as keys and as queries. No text is in them: they are made once for the weights as they are, and
        anew where those change or learn."""
        if self.inner.training or (torch.is_grad_enabled() and any(p.requires_grad for p in self._weights())):
            return self._relative()
        made_of = tuple(x for p in self._weights() for x in (p.data_ptr(), p._version, p.dtype))
        found = self.kept.get(made_of)
        if found is None:
            with torch.inference_mode(False), torch.no_grad():
                found = self._relative()
            self.kept.clear()
            self.kept[made_of] = found
        return found

    def _weights(self) -> list[Tensor]:
        return [p for part in (self.table, self.table_norm, self.as_key, self.as_query) for p in part.parameters()]

    def _relative(self) -> tuple[Tensor, Tensor]:
        vectors = self._drop(self.table_norm(self.table.weight))
        return self.split(self.as_key(vectors)), self.split(self.as_query(vectors))


def _picked(products: Tensor, row: Tensor) -> Tensor:
    """(..., n, m) of products (..., n, R) those of the rows (n, m)."""
    return products.gather(-1, row.expand(*products.shape[:-1], row.shape[-1]))


def layers(model: "PreTrainedModel") -> list[BertLayer]:
    """Its layers, taken apart; those of a model without distances are BERT's."""
    config, encoder = model.config, model.encoder
    out: list[BertLayer] = []
    bucket: Tensor | None = None  # the same for all
    for x in encoder.layer:
        own = x.attention.self
        parts: dict[str, Any] = {
            "query": own.query_proj, "key": own.key_proj, "value": own.value_proj,
            "attention_output": x.attention.output.dense, "attention_norm": x.attention.output.LayerNorm,
            "inner": x.intermediate.dense, "activation": x.intermediate.intermediate_act_fn,
            "outer": x.output.dense, "output_norm": x.output.LayerNorm,
            "heads": config.num_attention_heads, "dropout": config.hidden_dropout_prob,
        }  # fmt: skip
        if not encoder.relative_attention:
            out.append(BertLayer(**parts))
            continue
        if bucket is None:
            bucket = buckets(config.max_position_embeddings, own.position_buckets, own.max_relative_positions, own.pos_ebd_size)
        shared = own.share_att_key
        made = DebertaLayer(
            **parts, table=encoder.rel_embeddings, table_norm=getattr(encoder, "LayerNorm", nn.Identity()),
            as_key=own.key_proj if shared else own.pos_key_proj, as_query=own.query_proj if shared else own.pos_query_proj,
            bucket=bucket,
        )  # fmt: skip
        made.relative()  # now, and not while the first text waits
        out.append(made)
    return out


def buckets(longest: int, many: int, furthest: int, span: int) -> Tensor:
    """(2 longest - 1,) the row of the table for each distance, query minus key, as the library makes it."""
    from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position

    away = torch.arange(1 - longest, longest)
    found = away if many <= 0 else make_log_bucket_position(away, many, furthest).long()
    row = (found + span).clamp(0, 2 * span - 1)
    if bool(((row - span).abs() > away.abs()).any()):
        what = f"The encoder has max_relative_positions = {furthest} for position_buckets = {many}"
        raise InputError(what, "a bucket would hold less than one distance", "Correct its config.json")
    return row
