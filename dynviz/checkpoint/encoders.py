"""The encoders of a checkpoint: built empty, filled with its own layers or a neighbour's, on embeddings that all share."""

import copy
import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedModel

from dynviz.checkpoint.base import weights
from dynviz.checkpoint.base_config import check_digest, is_base, read_base
from dynviz.checkpoint.config import BASE, StageConfig, neighbour, read_config
from dynviz.checkpoint.tensors import WEIGHTS, fill, read_tensors
from dynviz.checkpoint.tokenizer_file import opened
from dynviz.core import lora
from dynviz.core.bounds import check_config
from dynviz.core.encoder import Encoder
from dynviz.errors import InputError, refusing
from dynviz.records.files import exists, printable, why_not

LETTERS = "a e i o n s t r"
Put = Callable[[nn.Module, dict[str, Tensor], float], None]
_LAYER = re.compile(r"\blayer\.(\d+)\.")


def load_encoder(folder: Path, stage: StageConfig, tensors: Mapping[str, Tensor], base: Path) -> Encoder:
    """The encoder of a stage: own or a neighbour's weights, low-rank updates merged, embeddings shared. The layers of a base are shared
    too, and updates stay beside them."""
    check_digest(base, stage.base, folder)
    if not exists(base):
        why = f"there is no folder {base}, which holds embeddings and tokenizer"
        raise InputError(f"{folder.name} stands on {base.name}", why, f"Copy {base.name} there, from where {folder.name} comes from")
    if stage.base is not None:
        _alike(folder, stage.config, base)
    model = empty_encoder(stage.config)
    model.embeddings = shared_embeddings(str(base), json.dumps(stage.config, sort_keys=True), stage.base)
    depth = len(model.encoder.layer)
    if stage.shared:
        model.encoder.layer = model.encoder.layer[:1]
    beside = _load_layers(model.encoder, folder, stage, tensors, (folder.name,))
    for name, tensor in model.encoder.state_dict().items():
        if not beside and not bool(tensor.isfinite().all()):  # each update was, their sum is not
            what = f"The low-rank updates of {folder / 'model.safetensors'} make {name!r} infinite"
            raise InputError(what, "no answer follows from it", "Correct 'alpha' in config.json, or train again")
    if stage.shared:
        model.encoder.layer = repeated(model.encoder.layer[0], depth)
    return Encoder(model.eval().requires_grad_(False), stage.name)


def _load_layers(module: nn.Module, folder: Path, stage: StageConfig, tensors: Mapping[str, Tensor], seen: tuple[str, ...]) -> bool:
    """Fill an encoder's layers. A neighbour may itself stand on another one: its updates come before ours; it may be deeper: its upper
    layers are left out then. Returns whether the weights are a base's, so that updates stand beside them."""
    depth = len(list(module.get_submodule("layer").children()))
    if len(seen) > 1:
        tensors = _lower(tensors, depth)
    if stage.encoder == "own":
        prefix = f"encoder.{stage.name}."
        fill(module, {k.removeprefix(prefix): v.float() for k, v in tensors.items() if k.startswith(prefix)}, folder)
        return False
    if stage.encoder in seen:
        raise InputError(f"{folder / 'config.json'} goes in a circle", f"{' -> '.join((*seen, stage.encoder))}", "Name another checkpoint")
    source = neighbour(folder, stage.encoder)
    if is_base(source):
        _deep_enough(folder, depth, source, read_base(source).config)
        fill(module, _lower(weights(source, "encoder."), depth), source, BASE)
        _update(module, folder, stage, tensors, lora.beside)
        return True
    below = _one_stage(source)
    if below.shared != stage.shared:
        why = f"{stage.encoder} has {'one layer, repeated' if below.shared else 'layers that differ'}"
        raise InputError(f"{folder / 'config.json'} does not fit its encoder: key 'shared'", why, "Correct the key")
    _deep_enough(folder, depth, source, below.config)
    beside = _load_layers(module, source, below, read_tensors(source), (*seen, stage.encoder))
    _update(module, folder, stage, tensors, lora.beside if beside else lora.merge)
    return beside


def _alike(folder: Path, config: Mapping[str, Any], base: Path) -> None:
    """An InputError where a checkpoint's config asks for an encoder of other sizes than its base has; it may be of fewer layers."""
    for key, there in read_base(base).config.items():
        if key != "num_hidden_layers" and config.get(key, there) != there:
            what, why = f"{folder / 'config.json'} does not fit {base.name}: key {key!r}", f"it is {config[key]!r}, and there {there!r}"
            raise InputError(what, why, f"Correct the key, or copy the folder {folder.name} again")


def _deep_enough(folder: Path, depth: int, source: Path, config: Mapping[str, Any]) -> None:
    """An InputError where a checkpoint's config asks for more layers than the encoder has that it names."""
    there = config.get("num_hidden_layers") or config.get("n_layers") or depth
    if there < depth:
        what = f"{folder / 'config.json'} asks for {depth} layers"
        raise InputError(what, f"{source.name}, on which it stands, has {there}", "Correct 'num_hidden_layers', or copy the folder again")


def _update(module: nn.Module, folder: Path, stage: StageConfig, tensors: Mapping[str, Tensor], put: Put) -> None:
    """Give the layers the stage's own low-rank updates, if it has any."""
    if not stage.lora:
        return
    prefix = f"lora.{stage.name}."
    updates = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    wanted, file = lora.shapes(module, stage.lora.rank), folder / "model.safetensors"
    for name in wanted.keys() ^ updates.keys():
        what = "lacks the" if name not in updates else "holds an unknown"
        raise InputError(f"{file} {what} tensor {printable(prefix + name, 100)!r}", "every layer has its update", "Save it again")
    for name, shape in wanted.items():
        if tuple(updates[name].shape) != shape:
            why = f"{shape} is needed at rank {stage.lora.rank}"
            raise InputError(f"{file}: tensor {prefix + name!r} has shape {tuple(updates[name].shape)}", why, "Check 'lora' in config.json")
    put(module, updates, stage.lora.alpha / stage.lora.rank)


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
            kind = {"add_pooling_layer": False} if config["model_type"] in ("bert", "roberta", "mpnet") else {}
            model: PreTrainedModel = AutoModel.from_config(settings, **kind)
    except Exception as error:  # transformers has exceptions of its own for configurations that do not fit
        raise InputError("The encoder's configuration does not fit", why_not(error), "Correct 'config' in config.json") from None
    return model


def repeated(layer: nn.Module, depth: int) -> nn.ModuleList:
    """The layers of an encoder that share one set of weights."""
    return nn.ModuleList([layer] * depth)


@lru_cache(maxsize=4)
def shared_embeddings(folder: str, config: str, which: str | None = None) -> nn.Module:
    """The embeddings of a base folder, one module for all models built on it. which: digest of the base, so that another one in the same
    place is read anew."""
    based = is_base(Path(folder))
    stored = weights(Path(folder), "embeddings.") if based else read_tensors(Path(folder))
    tensors = {k.removeprefix("embeddings."): v.float() for k, v in stored.items()}
    module: nn.Module = empty_encoder(json.loads(config)).embeddings
    for name, buffer in list(module.named_buffers()):  # not stored: positions 0.. and token types 0
        fresh = (
            torch.arange(buffer.shape[-1]).expand(buffer.shape) if name == "position_ids" else torch.zeros(buffer.shape, dtype=torch.long)
        )
        module.register_buffer(name, fresh, persistent=False)
    fill(module, tensors, Path(folder), BASE if based else WEIGHTS)
    return module.eval().requires_grad_(False)


@lru_cache(maxsize=4)
def tokenizer(folder: Path, pieces: int | None = None) -> Any:
    """The tokenizer that lies in a folder. pieces: how many the model knows, where that is to be checked.

    transformers makes one up that knows no word where its files are missing, so that they are looked for here.
    """
    do = "Put tokenizer.json beside the embeddings"
    if not any(exists(folder / name) for name in ("tokenizer.json", "vocab.txt", "vocab.json")):
        raise InputError(f"No tokenizer in {folder}", "neither tokenizer.json nor a vocabulary is there", do)
    found = opened(folder, folder)
    with refusing(f"The tokenizer of {folder} cannot cut a text", do):
        plain, special = found(LETTERS, add_special_tokens=False)["input_ids"], found("a", return_special_tokens_mask=True)
        unknown = found.unk_token_id  # asked here: where no piece stands for what is unknown, transformers may search without end
    if not found.is_fast or special["special_tokens_mask"][:1] != [1]:
        why = "it gives no places of pieces in a text, or puts no [CLS] first"
        raise InputError(f"The tokenizer in {folder} does not serve", why, do)
    if pieces is not None and not pieces / 2 < len(found) <= pieces:  # a vocabulary may be filled up, to a round number
        raise InputError(f"The tokenizer in {folder} is not the model's", f"it has {len(found):,} pieces, the model {pieces:,}", do)
    if set(plain) <= {unknown}:
        raise InputError(f"The tokenizer in {folder} is not the model's", "it knows no letter", do)
    return found


def trainable_copy(encoder: Encoder) -> Encoder:
    """A deep copy of an encoder's layers, for training, its updates merged; the embeddings stay shared and frozen."""
    shared = {id(p): p for part in encoder.model.modules() if isinstance(part, lora.LowRank) for p in (part.weight, part.bias)}
    embeddings = encoder.model.embeddings
    model = copy.deepcopy(encoder.model, {id(embeddings): embeddings, **shared})
    lora.folded(model.encoder)
    return Encoder(model, encoder.name)
