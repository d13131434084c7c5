"""The weights of somebody else's model: built empty, held against the files' headers, then filled. Only safetensors are opened."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor
from transformers import AutoModel, AutoModelForSequenceClassification, AutoModelForTokenClassification, PreTrainedModel

from dynviz.checkpoint.hf_config import Foreign
from dynviz.checkpoint.hf_settings import settings_of
from dynviz.checkpoint.hf_tensors import FLOATS, Stored, exits_of
from dynviz.errors import InputError, refusing
from dynviz.records import Unit

MOST = 800_000_000  # numbers, 3.2 GB in fp32; the largest encoder we drive has 560 million
_KINDS: dict[Unit, Any] = {"sentence": AutoModelForSequenceClassification, "token": AutoModelForTokenClassification}
_POOLED = ("bert", "roberta", "albert")  # encoders with a pooler, unless it is declined
_BUFFERS = ("position_ids", "token_type_ids")  # counted up or zero; older files hold them, and nobody reads them


def empty(source: Foreign) -> PreTrainedModel:
    """The model without weights, on the meta device: names and sizes only. Of a released early-exit checkpoint the encoder alone."""
    settings, kind, more = settings_of(source), _KINDS[source.unit], dict[str, Any]()
    if source.opening is not None:
        kind, more = AutoModel, {"add_pooling_layer": False} if source.raw["model_type"] in _POOLED else {}
    with refusing(f"The configuration of {source.where} does not fit", "Correct its config.json"), torch.device("meta"):
        model: PreTrainedModel = kind.from_config(settings, attn_implementation="eager", dtype=torch.float32, **more)
    return model


def matched(model: PreTrainedModel, source: Foreign) -> dict[str, Stored]:
    """Where each of the model's tensors is stored; InputError where one is missing, of another size, or not of floating-point numbers."""
    wanted = model.state_dict()
    found = {own: tensor for name, tensor in source.tensors.items() if (own := _own(name, wanted, model.base_model_prefix))}
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        why = f"{len(missing)} tensors are missing, first {missing[0]!r}; they would be random"
        parts = dict.fromkeys("encoder" if source.opening else _part(name, model.base_model_prefix) for name in missing)
        raise InputError(f"The weights of {source.where} are not complete", why, f"Save the whole model, {' and '.join(parts)} included")
    check_fit(found, wanted, source)
    return found


def check_fit(found: Mapping[str, Stored], wanted: Mapping[str, Tensor], source: Foreign) -> None:
    """InputError where a stored tensor is not of floating-point numbers, or not of the size that is wanted, or all are too many."""
    for name, tensor in found.items():
        if tensor.kind not in FLOATS:
            why = f"{tensor.name!r} is stored as {tensor.kind}; 16, 32 or 64 bits are read"
            raise InputError(f"The weights of {source.where} are quantised", why, "Save the model before it is quantised")
        if tensor.shape != tuple(wanted[name].shape):
            why = f"{tensor.name!r} has the shape {tensor.shape}, config.json asks for {tuple(wanted[name].shape)}"
            raise InputError(f"The weights of {source.where} cannot be read", why, "Correct config.json")
    if sum(part.numel() for part in wanted.values()) > MOST:
        raise InputError(f"{source.where} has more than {MOST // 10**6} million weights", "memory is bounded", "Choose a smaller model")


def _part(name: str, base: str) -> str:
    """Where a tensor of the model belongs, in words."""
    return "head" if not name.startswith(f"{base}.") else "pooler" if ".pooler." in name else "encoder"


def _own(name: str, wanted: Iterable[str], base: str) -> str | None:
    """The model's name for a stored tensor: as it is, without the encoder's name before it, or with TensorFlow's names of a norm."""
    modern = name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")
    return next((own for own in (modern, f"{base}.{modern}") if own in wanted), None)


def unread(model: PreTrainedModel, source: Foreign) -> tuple[str, ...]:
    """The stored tensors that the model has no place for, but for exits, which have a sentence of their own, and counters."""
    wanted, exits = model.state_dict(), set(exits_of(source.tensors))
    return tuple(
        sorted(
            name
            for name in source.tensors
            if name not in exits and not name.endswith(_BUFFERS) and _own(name, wanted, model.base_model_prefix) is None
        )
    )


def filled(model: PreTrainedModel, source: Foreign) -> PreTrainedModel:
    """The model with its weights, in fp32, in evaluation mode."""
    model.load_state_dict(read(matched(model, source)), assign=True)
    for owner in list(model.modules()):  # what turns places is no tensor of the file, but follows from the configuration
        if hasattr(owner, "rotary_emb"):
            owner.rotary_emb = type(owner.rotary_emb)(owner.config)
    for name, buffer in list(model.named_buffers()):  # on the meta device until now
        if not buffer.is_meta:
            continue
        place, _, own = name.rpartition(".")
        fresh = torch.zeros_like(buffer, device="cpu") + (torch.arange(buffer.shape[-1]) if own == "position_ids" else 0)
        model.get_submodule(place).register_buffer(own, fresh, persistent=False)
    return model.eval().requires_grad_(False)


def read(found: Mapping[str, Stored]) -> dict[str, Tensor]:
    """The tensors, in fp32, by the names given; InputError where one holds what is no number."""
    out: dict[str, Tensor] = {}
    for file, parts in groupby(sorted(found.items(), key=lambda item: str(item[1].file)), key=lambda item: item[1].file):
        with (
            refusing(f"The weights of {file} cannot be read", "Copy or save the model again"),
            safe_open(str(file), framework="pt") as opened,
        ):
            out |= {own: _changed(opened.get_tensor(tensor.name).float(), tensor) for own, tensor in parts}
    for own, tensor in out.items():
        if not bool(tensor.isfinite().all()):
            what = f"The tensor {found[own].name!r} of {found[own].file} holds numbers that are not finite"
            raise InputError(what, "no answer follows from them", "Train or save the model again")
    return out


def _changed(whole: Tensor, about: Stored) -> Tensor:
    """What is read of a tensor."""
    some = whole if about.rows is None else whole[slice(*about.rows)].clone()
    return some if about.factor == 1 else some * about.factor
