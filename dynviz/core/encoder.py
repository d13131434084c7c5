"""Any Hugging Face BERT-like encoder, driven one layer and a few tokens at a time.

It drives the sub-modules of the loaded model (query, key, value, output, feed-forward; `layer`, by the names in `families`) directly:
their layers take one hidden_states and cannot update a few tokens while seeing more. No hooks: a model is shared between threads.
"""

from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from dynviz.core.attention import hidden_keys
from dynviz.core.bounds import SUPPORTED
from dynviz.core.families import FAMILIES, entry_of
from dynviz.core.layer import Layer
from dynviz.errors import InputError
from dynviz.records.cost import LayerSize

if TYPE_CHECKING:  # stored numbers are replayed without transformers, which takes longer to import than torch
    from transformers import PreTrainedModel


LONGEST = 2048  # pieces of a text that are read, whatever a model admits: a layer's attention takes memory by the square of them


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
        family = FAMILIES[kind]
        self.layers: tuple[Layer, ...] = tuple(family.layers(model))
        self._first_position = family.padding(model) + 1 if family.padding else 0
        self._typed, self._counted = family.typed and getattr(model.config, "type_vocab_size", 1) > 0, family.counted
        self._final = family.final(model) if family.final else None
        self._entry = entry_of(model)
        self._sizes = tuple(self._size(i, layer) for i, layer in enumerate(self.layers))  # once: each run asks

    @property
    def width(self) -> int:
        """Size of a token's state."""
        return self._sizes[0].width

    @property
    def heads(self) -> int:
        """Attention heads of a layer."""
        return self.layers[0].heads

    @property
    def max_length(self) -> int:
        """Most pieces the position embeddings admit (RoBERTa's first two are reserved), and no more than `LONGEST`."""
        return min(int(self.config.max_position_embeddings) - self._first_position, LONGEST)

    def sizes(self) -> tuple[LayerSize, ...]:
        """The size of each layer, for the cost."""
        return self._sizes

    def _size(self, place: int, layer: Layer) -> LayerSize:
        entry = 0 if self._entry is None or place else 2 * self._entry.weight.numel()
        return layer.size(self.name, entry)

    def final(self, states: Tensor) -> Tensor:
        """(..., D) states as heads and gates read them, whatever layer they come from: under the model's last norm, where it has one."""
        return states if self._final is None else cast(Tensor, self._final(states))

    def embed(self, ids: Tensor, positions: Tensor, types: Tensor | None = None) -> Tensor:
        """(..., D) the state before layer 1; ids and positions (from 0 in each sentence) have the same shape, 1-D or 2-D.

        types: of the same shape, which of two texts a piece is of; read where the model has embeddings for both (RoBERTa and others have
        not).
        """
        flat, arguments = ids.dim() == 1, dict[str, Any]()
        if self._counted:
            arguments["position_ids"] = self._places(ids, positions)[None] if flat else self._places(ids, positions)
        if self._typed:
            types = types if types is not None and self.config.type_vocab_size > 1 else torch.zeros_like(ids)
            arguments["token_type_ids"] = types[None] if flat else types
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

    def padded(self, ids: Tensor, real: Tensor, types: Tensor | None = None) -> list[Tensor]:
        """For training: the states (B, T, D) after 0..L layers of padded sentences, every token in every layer, as heads read them."""
        return [self.final(states) for states in self.through(ids, real, types)]

    def through(self, ids: Tensor, real: Tensor, types: Tensor | None = None) -> list[Tensor]:
        """The same as the next layer reads them."""
        states = [self.embed(ids, torch.arange(ids.shape[1], device=ids.device).expand_as(ids), types)]
        bias = hidden_keys(real)
        for layer in self.layers:
            context, _ = layer.attend_padded(states[-1], bias, weights=False)
            states.append(layer.norm(layer.sums(layer.attended(states[-1], context))))
        return states
