"""The encoders of a checkpoint: built empty, filled with its own layers or a neighbour's, on embeddings that all share."""

import copy
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel

from dynviz.checkpoint.config import StageConfig, read_config
from dynviz.checkpoint.tensors import fill, read_tensors
from dynviz.core import lora
from dynviz.core.bounds import check_config
from dynviz.core.encoder import Encoder
from dynviz.errors import InputError

_LAYER = re.compile(r"\blayer\.(\d+)\.")


def load_encoder(folder: Path, stage: StageConfig, tensors: Mapping[str, Tensor], base: Path) -> Encoder:
    """The encoder of a stage: own or a neighbour's weights, low-rank updates merged, embeddings shared."""
    model = empty_encoder(stage.config)
    model.embeddings = shared_embeddings(str(base), json.dumps(stage.config, sort_keys=True))
    depth = len(model.encoder.layer)
    if stage.shared:
        model.encoder.layer = model.encoder.layer[:1]
    _load_layers(model.encoder, folder, stage, tensors, (folder.name,))
    if stage.shared:
        model.encoder.layer = repeated(model.encoder.layer[0], depth)
    return Encoder(model.eval().requires_grad_(False), stage.name)


def _load_layers(module: nn.Module, folder: Path, stage: StageConfig, tensors: Mapping[str, Tensor], seen: tuple[str, ...]) -> None:
    """Fill an encoder's layers. A neighbour may itself stand on another one: its updates are merged before ours; it may be deeper: its
    upper layers are left out then."""
    if len(seen) > 1:
        tensors = _lower(tensors, len(list(module.get_submodule("layer").children())))
    if stage.encoder == "own":
        prefix = f"encoder.{stage.name}."
        fill(module, {k.removeprefix(prefix): v.float() for k, v in tensors.items() if k.startswith(prefix)}, folder)
        return
    if stage.encoder in seen:
        raise InputError(f"{folder / 'config.json'} goes in a circle", f"{' -> '.join((*seen, stage.encoder))}", "Name another checkpoint")
    source = folder.parent / stage.encoder
    below = _one_stage(source)
    if below.shared != stage.shared:
        why = f"{stage.encoder} has {'one layer, repeated' if below.shared else 'layers that differ'}"
        raise InputError(f"{folder / 'config.json'} does not fit its encoder: key 'shared'", why, "Correct the key")
    _load_layers(module, source, below, read_tensors(source), (*seen, stage.encoder))
    if not stage.lora:
        return
    prefix = f"lora.{stage.name}."
    updates = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    for name in lora.names(module) ^ updates.keys():
        what = "lacks the" if name not in updates else "holds an unknown"
        raise InputError(f"{folder / 'model.safetensors'} {what} tensor {prefix + name!r}", "every layer has its update", "Save it again")
    try:
        lora.merge(module, updates, stage.lora.alpha / stage.lora.rank)
    except (KeyError, RuntimeError, AttributeError) as error:
        raise InputError(f"The low-rank updates in {folder / 'model.safetensors'} do not fit", str(error), "Save it again") from None


def _lower(tensors: Mapping[str, Tensor], depth: int) -> dict[str, Tensor]:
    """The tensors without those of layers above `depth`."""
    layers = {name: _LAYER.search(name) for name in tensors}
    return {name: tensors[name] for name, found in layers.items() if found is None or int(found[1]) < depth}


def _one_stage(folder: Path) -> StageConfig:
    """The only encoder of a neighbour's folder."""
    stages = read_config(folder).stages
    if len(stages) != 1:
        raise InputError(f"{folder} holds {len(stages)} encoders", "exactly one is needed to build on", "Name another checkpoint")
    return stages[0]


def empty_encoder(config: Mapping[str, Any]) -> PreTrainedModel:
    """A Hugging Face encoder of this configuration, without weights (on the meta device)."""
    check_config(config, "this checkpoint")
    try:
        arguments = {k: v for k, v in config.items() if k != "model_type"}
        settings = AutoConfig.for_model(config["model_type"], **arguments)
        settings._attn_implementation = "eager"
        with torch.device("meta"):
            kind = {"add_pooling_layer": False} if config["model_type"] in ("bert", "roberta") else {}
            model: PreTrainedModel = AutoModel.from_config(settings, **kind)
    except (KeyError, ValueError, TypeError) as error:
        raise InputError("The encoder's configuration does not fit", str(error), "Correct 'config' in config.json") from None
    return model


def repeated(layer: nn.Module, depth: int) -> nn.ModuleList:
    """The layers of an encoder that share one set of weights."""
    return nn.ModuleList([layer] * depth)


@lru_cache(maxsize=4)
def shared_embeddings(folder: str, config: str) -> nn.Module:
    """The embeddings of a base folder, one module for all models built on it."""
    tensors = {k.removeprefix("embeddings."): v.float() for k, v in read_tensors(Path(folder)).items()}
    module: nn.Module = empty_encoder(json.loads(config)).embeddings
    for name, buffer in list(module.named_buffers()):  # not stored: positions 0.. and token types 0
        fresh = (
            torch.arange(buffer.shape[-1]).expand(buffer.shape) if name == "position_ids" else torch.zeros(buffer.shape, dtype=torch.long)
        )
        module.register_buffer(name, fresh, persistent=False)
    fill(module, tensors, Path(folder))
    return module.eval().requires_grad_(False)


@lru_cache(maxsize=4)
def tokenizer(folder: Path) -> Any:
    """The tokenizer that lies in a folder."""
    try:
        return AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise InputError(f"No tokenizer in {folder}", str(error).split("\n")[0], "Put tokenizer.json beside the embeddings") from None


def trainable_copy(encoder: Encoder) -> Encoder:
    """A deep copy of an encoder's layers, for training; the embeddings stay shared and frozen."""
    embeddings = encoder.model.embeddings
    model = copy.deepcopy(encoder.model, {id(embeddings): embeddings})
    return Encoder(model, encoder.name)
