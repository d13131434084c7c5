"""Any Hugging Face BERT-like encoder, driven one layer and a few tokens at a time.

The only file that knows Hugging Face's names. It drives the sub-modules of the loaded model (query, key, value, output,
feed-forward) directly: their layers take one hidden_states and cannot update a few tokens while seeing more. No hooks: a
model is shared between threads.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.bounds import SUPPORTED
from dynviz.errors import InputError
from dynviz.records.cost import LayerSize

if TYPE_CHECKING:  # stored numbers are replayed without transformers, which takes longer to import than torch
    from transformers import PreTrainedModel

Reads = Callable[[Tensor], Tensor]  # what is read of a sentence's attention weights (H, q, k): a number for each key


@dataclass(frozen=True)
class Layer:
    """One transformer layer, taken apart. Works on any leading shape; dropout acts in training mode only.

    Modules are asked by `forward`: nobody hooks into them here, and for a few tokens a call takes as long as a product.
    """

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

    def attend_packed(
        self, queries: Tensor, keys: Tensor, counts: Sequence[tuple[int, int]], reads: Reads | None = None, bias: Tensor | None = None
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """Attention of packed sentences, each for itself.

        queries: (n, D) states of the attending tokens; keys: (m, D) states of the visible ones; counts: attending and
        visible tokens of each sentence; bias: (m,) added to the logits of each key. Returns the context (n, D), what `reads` makes of each
        sentence's weights (H, q, k), and the keys (H, m, D/H).
        """
        q, k, v = self.split(self.query.forward(queries)), self.split(self.key.forward(keys)), self.split(self.value.forward(keys))
        context, read = packed_attention(q, k, v, counts, reads, bias)
        return context, read, k

    def attend_padded(self, states: Tensor, bias: Tensor | None, weights: bool) -> tuple[Tensor, Tensor | None]:
        """For training: attention of padded sentences (B, T, D), everybody attending.

        bias: added to the logits, broadcastable to (B, H, T, T) (-inf where a key is not to be seen), or None.
        Returns the context (B, T, D) and, if asked, the weights (B, H, T, T); differentiable.
        """
        q, k, v = (self.split(layer(states)) for layer in (self.query, self.key, self.value))
        if not weights:
            context = F.scaled_dot_product_attention(q, k, v, attn_mask=None if bias is None else bias.to(q.dtype))
            return context.transpose(1, 2).flatten(-2), None
        logits = (q @ k.transpose(-1, -2)).float() / math.sqrt(q.shape[-1])
        w = (logits if bias is None else logits + bias).softmax(-1)
        return (w.to(v.dtype) @ v).transpose(1, 2).flatten(-2), w


class Encoder:
    """A Hugging Face encoder and its layers. Stateless in use: nothing is written to it while it runs."""

    def __init__(self, model: "PreTrainedModel", name: str = "model") -> None:
        self.model, self.name, self.config = model, name, model.config
        kind = model.config.model_type
        if kind not in SUPPORTED:
            raise InputError(
                f"The encoder is of type {kind!r}", "dynviz drives BERT-like encoders only", f"Use one of: {', '.join(SUPPORTED)}"
            )
        if getattr(model.config, "is_decoder", False):
            raise InputError("The model is a decoder", "a token must see the whole sentence", "Load it with is_decoder=False")
        self.layers: tuple[Layer, ...] = tuple(_LAYERS.get(kind, _bert_layers)(model))
        self._first_position = int(self.config.pad_token_id) + 1 if kind in ("roberta", "xlm-roberta", "camembert") else 0
        self._typed = kind != "distilbert"
        self._entry = _entry(model)
        self._sizes = tuple(self._size(i, layer) for i, layer in enumerate(self.layers))  # once: each run asks

    @property
    def width(self) -> int:
        """Size of a token's state."""
        return self.layers[0].query.in_features

    @property
    def heads(self) -> int:
        """Attention heads of a layer."""
        return self.layers[0].heads

    @property
    def max_length(self) -> int:
        """Most pieces the position embeddings admit (RoBERTa's first two are reserved)."""
        return int(self.config.max_position_embeddings) - self._first_position

    def sizes(self) -> tuple[LayerSize, ...]:
        """The size of each layer, for the cost."""
        return self._sizes

    def _size(self, place: int, layer: Layer) -> LayerSize:
        entry = 0 if self._entry is None or place else 2 * self._entry.weight.numel()
        return LayerSize(self.name, self.width, layer.inner.out_features, entry)

    def embed(self, ids: Tensor, positions: Tensor) -> Tensor:
        """(..., D) the state before layer 1; ids and positions (from 0 in each sentence) have the same shape, 1-D or 2-D."""
        flat = ids.dim() == 1
        arguments: dict[str, Any] = {"position_ids": self._places(ids, positions)[None] if flat else self._places(ids, positions)}
        if self._typed:
            arguments["token_type_ids"] = torch.zeros_like(ids[None] if flat else ids)
        states = self.model.embeddings(input_ids=ids[None] if flat else ids, **arguments)
        states = states if self._entry is None else self._entry(states)
        return cast(Tensor, states[0] if flat else states)

    def _places(self, ids: Tensor, positions: Tensor) -> Tensor:
        """Which position embedding each piece gets. RoBERTa counts all pieces but its padding piece, which stands at a place of its own:
        also where somebody typed it into a text."""
        pad = self._first_position - 1
        if pad < 0 or not bool((ids == pad).any()):
            return positions + self._first_position
        real = (ids != pad).long()
        before = real.cumsum(-1) - real
        begin = (torch.arange(ids.shape[-1], device=ids.device) - positions).expand_as(ids)
        return (before - before.gather(-1, begin) + 1) * real + pad

    def padded(self, ids: Tensor, real: Tensor) -> list[Tensor]:
        """For training: the states (B, T, D) after 0..L layers of padded sentences, every token in every layer."""
        states = [self.embed(ids, torch.arange(ids.shape[1], device=ids.device).expand_as(ids))]
        bias = hidden_keys(real)
        for layer in self.layers:
            context, _ = layer.attend_padded(states[-1], bias, weights=False)
            states.append(layer.norm(layer.sums(layer.attended(states[-1], context))))
        return states


def by_head(x: Tensor, heads: int) -> Tensor:
    """(..., n, D) -> (..., H, n, D/H)."""
    return x.reshape(*x.shape[:-1], heads, -1).transpose(-2, -3)


def packed_attention(
    q: Tensor, k: Tensor, v: Tensor, counts: Sequence[tuple[int, int]], reads: Reads | None = None, bias: Tensor | None = None
) -> tuple[Tensor, list[Tensor]]:
    """Attention of packed sentences, each for itself: (H, n, D/H) queries over (H, m, D/H) keys and values, of which `counts` says how many
    are each sentence's. Returns the context (n, D) and what `reads` makes of each sentence's weights (H, q, k), which are not kept: they
    are large, and the next sentence's go to the same place. bias: (m,) added to each key's logits."""
    many, visible = [a for a, _ in counts], [b for _, b in counts]
    biases = [None] * len(counts) if bias is None else bias.split_with_sizes(visible)
    parts = (q.split_with_sizes(many, 1), k.split_with_sizes(visible, 1), v.split_with_sizes(visible, 1), biases)
    contexts, read = [], []
    for mine, theirs, values, more in zip(*parts, strict=True):
        if reads is not None:
            w = _weights(mine, theirs, more)
            read.append(reads(w))
            context = torch.bmm(w, values)
        else:
            mask = None if more is None else more.expand(1, 1, mine.shape[1], -1)
            context = F.scaled_dot_product_attention(mine[None], theirs[None], values[None], mask)[0]
        contexts.append(context.transpose(0, 1).flatten(1))
    return (contexts[0] if len(contexts) == 1 else torch.cat(contexts)), read


def _weights(queries: Tensor, keys: Tensor, bias: Tensor | None) -> Tensor:
    """(H, q, k) attention weights of one sentence. The queries are scaled, which are fewer numbers than their products, and the weights
    take the place of the logits: of a long text these are more than a cache holds."""
    logits = torch.bmm(queries / math.sqrt(queries.shape[-1]), keys.transpose(-1, -2))
    logits = logits if bias is None else logits + bias
    return torch.softmax(logits, -1, out=logits)


def hidden_keys(visible: Tensor) -> Tensor | None:
    """(B, 1, 1, T) bias that keeps attention off the keys not visible (B, T), or None where all are."""
    if bool(visible.all()):
        return None
    return torch.zeros(visible.shape, device=visible.device).masked_fill(~visible, -torch.inf)[:, None, None, :]


def _entry(model: "PreTrainedModel") -> nn.Linear | None:
    """The projection between embeddings and first layer, where a model has one."""
    if model.config.model_type == "albert":
        return cast(nn.Linear, model.encoder.embedding_hidden_mapping_in)
    return getattr(model, "embeddings_project", None)


def _bert_layers(model: "PreTrainedModel") -> list[Layer]:
    return [
        Layer(
            query=x.attention.self.query, key=x.attention.self.key, value=x.attention.self.value,
            attention_output=x.attention.output.dense, attention_norm=x.attention.output.LayerNorm,
            inner=x.intermediate.dense, activation=x.intermediate.intermediate_act_fn,
            outer=x.output.dense, output_norm=x.output.LayerNorm,
            heads=model.config.num_attention_heads, dropout=model.config.hidden_dropout_prob,
        )
        for x in model.encoder.layer
    ]  # fmt: skip


def _distilbert_layers(model: "PreTrainedModel") -> list[Layer]:
    return [
        Layer(
            query=x.attention.q_lin, key=x.attention.k_lin, value=x.attention.v_lin,
            attention_output=x.attention.out_lin, attention_norm=x.sa_layer_norm,
            inner=x.ffn.lin1, activation=x.ffn.activation,
            outer=x.ffn.lin2, output_norm=x.output_layer_norm,
            heads=model.config.n_heads, dropout=model.config.dropout,
        )
        for x in model.transformer.layer
    ]  # fmt: skip


def _albert_layers(model: "PreTrainedModel") -> list[Layer]:
    """ALBERT repeats its few layers: the same modules appear again and again."""
    config, groups = model.config, model.encoder.albert_layer_groups
    per_group = config.num_hidden_layers / config.num_hidden_groups
    return [
        Layer(
            query=x.attention.query, key=x.attention.key, value=x.attention.value,
            attention_output=x.attention.dense, attention_norm=x.attention.LayerNorm,
            inner=x.ffn, activation=x.activation,
            outer=x.ffn_output, output_norm=x.full_layer_layer_norm,
            heads=config.num_attention_heads, dropout=config.hidden_dropout_prob,
        )
        for i in range(config.num_hidden_layers)
        for x in groups[int(i / per_group)].albert_layers
    ]  # fmt: skip


_LAYERS: "dict[str, Callable[[PreTrainedModel], list[Layer]]]" = {"distilbert": _distilbert_layers, "albert": _albert_layers}
