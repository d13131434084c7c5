"""The heads that read a hidden word back, loaded together with the base whose states they read; and written beside it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from dynviz.checkpoint import blocks
from dynviz.checkpoint.base_config import read_base
from dynviz.checkpoint.config import StageConfig, digest
from dynviz.checkpoint.encoders import load_encoder, tokenizer
from dynviz.checkpoint.masked_config import AGAIN, CONFIG, WEIGHTS, MaskedConfig, check_heads, read_masked
from dynviz.checkpoint.tensors import fill, tensors_in
from dynviz.core.encoder import Encoder
from dynviz.core.masked import MaskedHeads
from dynviz.errors import InputError

DEEP = ("down", "up")  # matrices of all layers, stored below each other


@dataclass(frozen=True, eq=False)
class MaskedReader:
    """A base, as it was published but for its rounding, and the heads that read its states. mask: the piece that hides another."""

    encoder: Encoder
    heads: MaskedHeads
    tokenizer: Any
    mask: int

    @property
    def embeddings(self) -> Tensor:
        """(V, D) of the pieces, which the heads share with the base."""
        found = self.encoder.model.embeddings.word_embeddings.weight
        assert isinstance(found, Tensor)
        return found


def base_encoder(folder: Path) -> Encoder:
    """The encoder of a base, without any update; its weights are those that all models on it share."""
    stage = StageConfig(name="model", encoder=folder.name, config=read_base(folder).config, base=digest(folder))
    return load_encoder(folder.parent / "of-none", stage, {}, folder)


def load_reader(folder: Path) -> MaskedReader:
    """The heads in a base's folder, ready to read; an InputError where they were fitted on another base, or are not what was stored."""
    told = read_masked(folder)
    check_heads(folder, told)
    encoder = base_encoder(folder)
    if told.layers[-1] > len(encoder.layers):
        why = f"{CONFIG} names layer {told.layers[-1]}, and {folder.name} has {len(encoder.layers)}"
        raise InputError(f"The heads in {folder} are not of this base", why, AGAIN)
    return reader_of(encoder, heads_in(folder, told.layers, told.rank, encoder), folder)


def heads_in(folder: Path, layers: Sequence[int], rank: int, encoder: Encoder) -> MaskedHeads:
    """The heads in a folder, as they are stored."""
    with torch.device("meta"):
        heads = MaskedHeads(layers, encoder.width, rank, encoder.config.vocab_size)
    fill(heads, {name: tensor.float() for name, tensor in unfolded(tensors_in(folder / WEIGHTS), len(layers)).items()}, folder, WEIGHTS)
    return heads.eval().requires_grad_(False)


def reader_of(encoder: Encoder, heads: MaskedHeads, folder: Path) -> MaskedReader:
    """An encoder and heads that are in memory already. folder: where the base's tokenizer lies."""
    pieces = tokenizer(folder)
    if pieces.mask_token_id is None:
        raise InputError(f"The tokenizer of {folder} has no mask", "no piece of it hides another", "Use a base that was trained with one")
    return MaskedReader(encoder, heads, pieces, int(pieces.mask_token_id))


def save_heads(heads: MaskedHeads, folder: Path) -> None:
    """Write the weights: larger matrices in blocks of 8 bits, all else in fp16."""
    folder.mkdir(parents=True, exist_ok=True)
    out: dict[str, Tensor] = {}
    for name, tensor in folded(heads).items():
        if blocks.fits(tensor):
            out[name], out[name + blocks.SCALE] = blocks.rounded(tensor)
        else:
            out[name] = tensor.half()
    save_file(out, str(folder / WEIGHTS), metadata={"format": "pt"})


def folded(heads: MaskedHeads) -> dict[str, Tensor]:
    """The tensors as they are stored: matrices, as blocks hold nothing else; those of all layers below each other."""
    return {name: tensor.detach().flatten(0, -2) if tensor.ndim > 2 else tensor.detach() for name, tensor in heads.state_dict().items()}


def unfolded(tensors: Mapping[str, Tensor], layers: int) -> dict[str, Tensor]:
    """The reverse of `folded`; what was not folded stays, and has no shape that a head has."""
    whole = {name for name, tensor in tensors.items() if name in DEEP and tensor.ndim == 2 and tensor.numel() and not len(tensor) % layers}
    return {name: tensor.reshape(layers, -1, tensor.shape[-1]) if name in whole else tensor for name, tensor in tensors.items()}


def write_masked(told: MaskedConfig, folder: Path) -> None:
    """Write masked.json."""
    (folder / CONFIG).write_text(json.dumps(told.model_dump(), indent=1) + "\n", encoding="utf-8")
