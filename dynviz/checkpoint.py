"""Folder <-> model: `config.json`, checked key by key, and `model.safetensors`. Never pickle, never remote code.

A checkpoint folder holds only what is its own. Its config names where the rest lies: `embeddings`, a folder with the
embeddings and the tokenizer (stored once for all), and for each stage an encoder: its own, or another
checkpoint's, on which its low-rank updates (if any) are merged. Tensors are named `encoder.<stage>.<Hugging Face name>`,
`lora.<stage>.<module>.a|b` and `method.<parameter>`; fp16 on disk, fp32 in memory. An encoder whose layers are one and the same
(`shared`) is stored as its layer 0 alone.
"""

import copy
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_type_hints

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel

from dynviz import lora
from dynviz.config import FORMAT, CheckpointConfig, Family, LoraConfig, StageConfig, digest, read_config, write_config
from dynviz.encoder import Encoder, check_config
from dynviz.errors import InputError
from dynviz.method import Method, Shape
from dynviz.methods import method_class
from dynviz.tasks import TASKS, Task, task_of

MAX_BYTES = 2_000_000_000
STORED = ("bert", "roberta")  # kinds of encoders whose layers a checkpoint can hold
_loading = threading.Lock()


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded checkpoint: everything a run needs. Shared between threads, never written to."""

    config: CheckpointConfig
    stages: tuple[Encoder, ...]
    method: Method
    tokenizer: Any
    digest: str

    @property
    def max_length(self) -> int:
        """Most pieces a text may have: the checkpoint's own limit, or the encoder's."""
        return min([self.config.max_length, *(stage.max_length for stage in self.stages)])

    @property
    def task(self) -> Task:
        """What it answers: a task of ours, or that of a model of others."""
        return task_of(self.config.task, self.config.labels, self.config.name, self.config.max_length)


def read_tensors(folder: Path) -> dict[str, Tensor]:
    """The folder's tensors as stored, or an InputError that names the file."""
    file = folder / "model.safetensors"
    if not file.exists():
        pickles = [p.name for pattern in ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt") for p in folder.glob(pattern)]
        why = f"only {pickles[0]} is there, and pickled weights can run code when opened" if pickles else "the weights lie in this file"
        raise InputError(f"{file} is missing", why, "Save the weights with safetensors")
    if file.stat().st_size > MAX_BYTES:
        raise InputError(
            f"{file} is larger than {MAX_BYTES / 1e9:.0f} GB", "no supported encoder needs that", "Check that it is the right file"
        )
    try:
        with safe_open(str(file), framework="pt") as opened:
            tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read", f"truncated or not safetensors ({error})", "Copy or save the file again") from None
    for key, tensor in tensors.items():
        if not tensor.is_floating_point():
            raise InputError(f"{file}: tensor {key!r} holds {tensor.dtype}", "weights are floating-point numbers", "Save it again")
        if not bool(tensor.isfinite().all()):
            raise InputError(
                f"{file}: tensor {key!r} holds numbers that are not finite", "no answer follows from them", "Train or save it again"
            )
    return tensors


def load(folder: str | Path) -> Model:
    """The model of a checkpoint folder, in fp32, in evaluation mode; neighbours it names are looked for beside it."""
    folder = Path(folder)
    config = read_config(folder)
    if config.task not in TASKS:
        raise InputError(f"{folder / 'config.json'} names the task {config.task!r}", "it is not known", f"Use one of: {', '.join(TASKS)}")
    _check(config, folder)
    tensors = {} if _borrows(config, folder) else read_tensors(folder)
    _known(config, tensors, folder)
    base = folder.parent / config.embeddings
    with _loading:
        stages = tuple(_encoder(folder, stage, tensors, base) for stage in config.stages)
    method = _method(folder, config, stages, tensors)
    return Model(config, stages, method, tokenizer(base), digest(folder))


def _check(config: CheckpointConfig, folder: Path) -> None:
    """What can be said from the config alone: labels, knobs, encoders."""
    file, kind = folder / "config.json", method_class(config.method)
    if tuple(config.labels) != TASKS[config.task].labels:
        raise InputError(f"{file} has other labels than the task {config.task}", "answers are compared by their number", "Correct 'labels'")
    if len(config.stages) != kind.stages or len({stage.name for stage in config.stages}) != kind.stages:
        why = f"it names {len(config.stages)}, and each needs a name of its own"
        raise InputError(f"{file}: {kind.title} needs {kind.stages} encoder{'s' * (kind.stages > 1)}", why, "Correct 'stages'")
    for stage in config.stages:
        check_config(stage.config, str(file))
        if stage.config["model_type"] not in STORED:
            why = f"a checkpoint's encoder is one of: {', '.join(STORED)}"
            raise InputError(f"{file} has an encoder of type {stage.config['model_type']!r}", why, "Open the Hugging Face folder itself")
        if stage.shared and stage.lora:
            why = "low-rank updates would have to differ from layer to layer"
            raise InputError(f"{file} has low-rank updates of shared layers", why, "Store the encoder whole")


def build_method(config: CheckpointConfig, stages: tuple[Encoder, ...]) -> Method:
    """A fresh method of the config's kind and options, fitting these encoders."""
    shape = Shape(tuple(s.width for s in stages), tuple(len(s.layers) for s in stages), len(config.labels), TASKS[config.task].unit)
    kind = method_class(config.method)
    if shape.unit not in kind.serves:
        raise InputError(
            f"{config.method} does not serve the task {config.task}", f"it answers once per {kind.serves[0]}", "Choose another method"
        )
    hints = get_type_hints(kind.__init__)
    try:
        for name, value in config.options.items():
            TypeAdapter(hints.get(name, Any)).validate_python(value)
        return kind(shape, **config.options)
    except (TypeError, ValidationError) as error:
        why = f"{name!r}: {error.errors()[0]['msg'].lower()}" if isinstance(error, ValidationError) else str(error)
        raise InputError(f"The options of {config.name} do not fit {config.method}", why, "Correct 'options' in config.json") from None


def _known(config: CheckpointConfig, tensors: Mapping[str, Tensor], folder: Path) -> None:
    """Every tensor has a place: a stray one means that the config is not the weights' own."""
    own = tuple(f"encoder.{s.name}." if s.encoder == "own" else f"lora.{s.name}." for s in config.stages if s.encoder == "own" or s.lora)
    for name in tensors:
        if not name.startswith(("method.", *own)):
            raise InputError(
                f"{folder / 'model.safetensors'} holds an unknown tensor {name!r}", "nothing in config.json asks for it", "Check it"
            )


def _borrows(config: CheckpointConfig, folder: Path) -> bool:
    """Whether a checkpoint has no tensors of its own: nothing of it is trained, by its method's nature or by its own record."""
    first, trained = config.stages[0], config.trained.get("stages", method_class(config.method).recipe)
    return not ((folder / "model.safetensors").exists() or first.encoder == "own" or first.lora or trained)


def _method(folder: Path, config: CheckpointConfig, stages: tuple[Encoder, ...], tensors: Mapping[str, Tensor]) -> Method:
    """The method with its heads: its own, or, in a folder without tensors, those it knows of the checkpoint whose encoder it uses."""
    method = build_method(config, stages)
    method.checked(config.knobs)
    borrows = _borrows(config, folder)
    if borrows:
        folder = folder.parent / config.stages[0].encoder
        tensors = read_tensors(folder)
    own = {k.removeprefix("method."): v.float() for k, v in tensors.items() if k.startswith("method.")}
    if config.heads:
        kept = {k.removeprefix("method."): v.float() for k, v in read_tensors(folder.parent / config.heads).items()}
        own = {k: v for k, v in kept.items() if k in method.state_dict()} | own
    _fill(method, {k: v for k, v in own.items() if k in method.state_dict()} if borrows else own, folder)
    return method.eval().requires_grad_(False)


def _encoder(folder: Path, stage: StageConfig, tensors: Mapping[str, Tensor], base: Path) -> Encoder:
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


def repeated(layer: nn.Module, depth: int) -> nn.ModuleList:
    """An encoder's layers that are one and the same."""
    return nn.ModuleList([layer] * depth)


def _load_layers(module: nn.Module, folder: Path, stage: StageConfig, tensors: Mapping[str, Tensor], seen: tuple[str, ...]) -> None:
    """Fill an encoder's layers. A neighbour may itself stand on another one: its updates are merged before ours."""
    if stage.encoder == "own":
        prefix = f"encoder.{stage.name}."
        _fill(module, {k.removeprefix(prefix): v.float() for k, v in tensors.items() if k.startswith(prefix)}, folder)
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


def _fill(module: nn.Module, tensors: Mapping[str, Tensor], folder: Path) -> None:
    """Load all tensors of a module; every one must be there, no other, and each of the right shape."""
    wanted, file = module.state_dict(), folder / "model.safetensors"
    for name in wanted.keys() - tensors.keys():
        raise InputError(f"{file} lacks the tensor {name!r}", "the model cannot answer without it", "Save the checkpoint again")
    for name in tensors.keys() - wanted.keys():
        raise InputError(
            f"{file} holds an unknown tensor {name!r}", "the model has no place for it", "Check method and options in config.json"
        )
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            raise InputError(
                f"{file}: tensor {name!r} has shape {tuple(tensor.shape)}", f"{tuple(wanted[name].shape)} is needed", "Check config.json"
            )
    module.load_state_dict(dict(tensors), assign=True)


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
    _fill(module, tensors, Path(folder))
    return module.eval().requires_grad_(False)


@lru_cache(maxsize=4)
def tokenizer(folder: Path) -> Any:
    """The tokenizer that lies in a folder."""
    try:
        return AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise InputError(f"No tokenizer in {folder}", str(error).split("\n")[0], "Put tokenizer.json beside the embeddings") from None


def save(config: CheckpointConfig, stages: tuple[Encoder, ...], method: Method, folder: Path) -> None:
    """Write a checkpoint folder: config, and in fp16 the encoders that are its own, low-rank updates and the method's heads, but those
    that are the same in the checkpoint `heads` names."""
    tensors: dict[str, Tensor] = {f"method.{k}": v for k, v in method.state_dict().items()}
    for stage, encoder in zip(config.stages, stages, strict=True):
        if stage.encoder == "own":
            layers = encoder.model.encoder.state_dict()
            kept = [k for k in layers if not stage.shared or k.startswith("layer.0.")]
            tensors |= {f"encoder.{stage.name}.{k}": layers[k] for k in kept}
        elif stage.lora:
            tensors |= {f"lora.{stage.name}.{k}": v for k, v in lora.tensors(encoder.model.encoder).items()}
    folder.mkdir(parents=True, exist_ok=True)
    if tensors:
        half = {k: v.detach().to("cpu", torch.float16).contiguous() for k, v in tensors.items()}
        if config.heads:
            theirs = read_tensors(folder.parent / config.heads)
            half = {k: v for k, v in half.items() if k not in theirs or not torch.equal(v, theirs[k])}
        save_file(half, str(folder / "model.safetensors"), metadata={"format": "pt"})
    write_config(config, folder)


def trainable_copy(encoder: Encoder) -> Encoder:
    """A deep copy of an encoder's layers, for training; the embeddings stay shared and frozen."""
    embeddings = encoder.model.embeddings
    model = copy.deepcopy(encoder.model, {id(embeddings): embeddings})
    return Encoder(model, encoder.name)


__all__ = [
    "FORMAT", "CheckpointConfig", "Family", "LoraConfig", "Model", "StageConfig", "build_method", "digest", "load", "read_config",
    "repeated", "save", "trainable_copy", "write_config",
]  # fmt: skip
