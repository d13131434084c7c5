"""What sets the families of encoders apart: what their sub-modules are called, and how they count places. Hugging Face's names stand here,
and in the file of a family whose attention is its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from torch import nn

from dynviz.core import deberta, modernbert, mpnet
from dynviz.core.bert import BertLayer
from dynviz.core.layer import Layer

if TYPE_CHECKING:  # stored numbers are replayed without transformers, which takes longer to import than torch
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class Family:
    """layers: a model's, from first to last. padding: the piece from whose number on places are counted, as RoBERTa does it; None: from 0.
    typed, counted: whether embeddings ask for token types, and for places. final: the norm through which heads read states, where no layer
    norms them."""

    layers: "Callable[[PreTrainedModel], Sequence[Layer]]"
    padding: "Callable[[PreTrainedModel], int] | None" = None
    typed: bool = True
    counted: bool = True
    final: "Callable[[PreTrainedModel], nn.Module] | None" = None


def entry_of(model: "PreTrainedModel") -> nn.Linear | None:
    """The projection between embeddings and first layer, where a model has one."""
    if model.config.model_type == "albert":
        return cast(nn.Linear, model.encoder.embedding_hidden_mapping_in)
    return getattr(model, "embeddings_project", None)


def _bert_layers(model: "PreTrainedModel") -> list[BertLayer]:
    return [
        BertLayer(
            query=x.attention.self.query, key=x.attention.self.key, value=x.attention.self.value,
            attention_output=x.attention.output.dense, attention_norm=x.attention.output.LayerNorm,
            inner=x.intermediate.dense, activation=x.intermediate.intermediate_act_fn,
            outer=x.output.dense, output_norm=x.output.LayerNorm,
            heads=model.config.num_attention_heads, dropout=model.config.hidden_dropout_prob,
        )
        for x in model.encoder.layer
    ]  # fmt: skip


def _distilbert_layers(model: "PreTrainedModel") -> list[BertLayer]:
    return [
        BertLayer(
            query=x.attention.q_lin, key=x.attention.k_lin, value=x.attention.v_lin,
            attention_output=x.attention.out_lin, attention_norm=x.sa_layer_norm,
            inner=x.ffn.lin1, activation=x.ffn.activation,
            outer=x.ffn.lin2, output_norm=x.output_layer_norm,
            heads=model.config.n_heads, dropout=model.config.dropout,
        )
        for x in model.transformer.layer
    ]  # fmt: skip


def _albert_layers(model: "PreTrainedModel") -> list[BertLayer]:
    """ALBERT repeats its few layers: the same modules appear again and again."""
    config, groups = model.config, model.encoder.albert_layer_groups
    per_group = config.num_hidden_layers / config.num_hidden_groups
    return [
        BertLayer(
            query=x.attention.query, key=x.attention.key, value=x.attention.value,
            attention_output=x.attention.dense, attention_norm=x.attention.LayerNorm,
            inner=x.ffn, activation=x.activation,
            outer=x.ffn_output, output_norm=x.full_layer_layer_norm,
            heads=config.num_attention_heads, dropout=config.hidden_dropout_prob,
        )
        for i in range(config.num_hidden_layers)
        for x in groups[int(i / per_group)].albert_layers
    ]  # fmt: skip


def _padding(model: "PreTrainedModel") -> int:
    return int(model.config.pad_token_id)


_BERT, _ROBERTA = Family(_bert_layers), Family(_bert_layers, _padding)
FAMILIES = {
    "bert": _BERT, "electra": _BERT, "roberta": _ROBERTA, "xlm-roberta": _ROBERTA, "camembert": _ROBERTA,
    "distilbert": Family(_distilbert_layers, typed=False), "albert": Family(_albert_layers),
    "mpnet": Family(mpnet.layers, mpnet.padding, typed=False),
    "modernbert": Family(modernbert.layers, typed=False, counted=False, final=modernbert.final),
    "deberta-v2": Family(deberta.layers),
}  # fmt: skip
