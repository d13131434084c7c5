"""Folder <-> model: `config.json`, checked key by key, and `model.safetensors`. Never pickle, never remote code.

A checkpoint folder holds only what is its own. Its config names where the rest lies: `embeddings`, a folder with the
embeddings and the tokenizer (stored once for all), and for each stage an encoder: its own, or another
checkpoint's, on which its low-rank updates (if any) are merged. Tensors are named `encoder.<stage>.<Hugging Face name>`,
`lora.<stage>.<module>.a|b` and `method.<parameter>`; fp16 on disk, fp32 in memory.
"""

import copy
import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel

from dynviz import lora
from dynviz.encoder import Encoder
from dynviz.errors import InputError
from dynviz.method import Method, Shape
from dynviz.methods import method_class
from dynviz.tasks import TASKS

FORMAT = 1
MAX_BYTES = 2_000_000_000
_loading = threading.Lock()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LoraConfig(_Strict):
    """Low-rank updates: W + alpha/rank * B A."""

    rank: int
    alpha: float


class StageConfig(_Strict):
    """One encoder. encoder: "own", or the folder name of the checkpoint whose encoder (of the same stage name) it is."""

    name: str
    encoder: str
    config: dict[str, Any]
    lora: LoraConfig | None = None


class Family(_Strict):
    """Checkpoints that differ in one training knob share a family name; `value` is this one's setting."""

    name: str
    parameter: str
    value: float


class CheckpointConfig(_Strict):
    """All of a checkpoint but its tensors. trained: how (data and its hash, stages, seed, versions, seconds, metrics)."""

    format: Literal[1]
    name: str
    title: str
    method: str
    task: str
    labels: list[str]
    embeddings: str
    stages: list[StageConfig]
    options: dict[str, Any] = {}
    knobs: dict[str, float] = {}
    family: Family | None = None
    max_length: int = 128
    trained: dict[str, Any] = {}


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


def read_config(folder: Path) -> CheckpointConfig:
    """The folder's config.json, or an InputError that names the file and the key."""
    file = folder / "config.json"
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{file} is missing", "a checkpoint folder holds config.json and model.safetensors", "Check the path") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is not JSON", str(error), "Restore the file, or save the checkpoint again") from None
    try:
        return CheckpointConfig.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(x) for x in first["loc"]) or "(top level)"
        raise InputError(f"{file} does not fit: key {key!r}", first["msg"].lower(), "Correct the key, or save the checkpoint again") from None


def read_tensors(folder: Path) -> dict[str, Tensor]:
    """The folder's tensors as stored, or an InputError that names the file."""
    file = folder / "model.safetensors"
    if not file.exists():
        pickles = [p.name for pattern in ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt") for p in folder.glob(pattern)]
        why = f"only {pickles[0]} is there, and pickled weights can run code when opened" if pickles else "the weights lie in this file"
        raise InputError(f"{file} is missing", why, "Save the weights with safetensors")
    if file.stat().st_size > MAX_BYTES:
        raise InputError(f"{file} is larger than {MAX_BYTES / 1e9:.0f} GB", "no supported encoder needs that", "Check that it is the right file")
    try:
        with safe_open(str(file), framework="pt") as opened:
            return {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read", f"truncated or not safetensors ({error})", "Copy or save the file again") from None


def digest(folder: Path) -> str:
    """Twelve hex digits of SHA-256 over config and weights: which checkpoint exactly."""
    sha = hashlib.sha256()
    for name in ("config.json", "model.safetensors"):
        file = folder / name
        if file.exists():
            sha.update(file.read_bytes())
    return sha.hexdigest()[:12]


def load(folder: str | Path) -> Model:
    """The model of a checkpoint folder, in fp32, in evaluation mode; neighbours it names are looked for beside it."""
    folder = Path(folder)
    config = read_config(folder)
    if config.task not in TASKS:
        raise InputError(f"{folder / 'config.json'} names the task {config.task!r}", "it is not known", f"Use one of: {', '.join(TASKS)}")
    tensors = read_tensors(folder) if _has_own_tensors(config, folder) else {}
    base = folder.parent / config.embeddings
    with _loading:
        stages = tuple(_encoder(folder, stage, tensors, base) for stage in config.stages)
    method = _method(folder, config, stages, tensors)
    return Model(config, stages, method, tokenizer(base), digest(folder))


def build_method(config: CheckpointConfig, stages: tuple[Encoder, ...]) -> Method:
    """A fresh method of the config's kind and options, fitting these encoders."""
    shape = Shape(
        tuple(s.width for s in stages), tuple(len(s.layers) for s in stages), len(config.labels), TASKS[config.task].unit
    )
    kind = method_class(config.method)
    if shape.unit not in kind.serves:
        raise InputError(f"{config.method} does not serve the task {config.task}", f"it answers once per {kind.serves[0]}", "Choose another method")
    try:
        return kind(shape, **config.options)
    except TypeError as error:
        raise InputError(f"The options of {config.name} do not fit {config.method}", str(error), "Correct 'options' in config.json") from None


def _has_own_tensors(config: CheckpointConfig, folder: Path) -> bool:
    own = any(stage.encoder == "own" or stage.lora for stage in config.stages)
    return own or (folder / "model.safetensors").exists() or bool(method_class(config.method).recipe)


def _method(folder: Path, config: CheckpointConfig, stages: tuple[Encoder, ...], tensors: Mapping[str, Tensor]) -> Method:
    method = build_method(config, stages)
    own = {k.removeprefix("method."): v.float() for k, v in tensors.items() if k.startswith("method.")}
    _fill(method, own, folder)
    return method.eval().requires_grad_(False)


def _encoder(folder: Path, stage: StageConfig, tensors: Mapping[str, Tensor], base: Path) -> Encoder:
    """The encoder of a stage: own or a neighbour's weights, low-rank updates merged, embeddings shared."""
    source, weights = folder, dict(tensors)
    if stage.encoder != "own":
        source = folder.parent / stage.encoder
        weights = read_tensors(source)
    prefix = f"encoder.{stage.name}." if stage.encoder == "own" else _one_prefix(source, weights)
    model = empty_encoder(stage.config)
    model.embeddings = shared_embeddings(str(base), json.dumps(stage.config, sort_keys=True))
    _fill(model.encoder, {k.removeprefix(prefix): v.float() for k, v in weights.items() if k.startswith(prefix)}, source)
    updates = {k.removeprefix(f"lora.{stage.name}."): v for k, v in tensors.items() if k.startswith(f"lora.{stage.name}.")}
    if stage.lora:
        try:
            lora.merge(model.encoder, updates, stage.lora.alpha / stage.lora.rank)
        except (KeyError, RuntimeError, AttributeError) as error:
            raise InputError(f"The low-rank updates in {folder / 'model.safetensors'} do not fit", str(error), "Save it again") from None
    return Encoder(model.eval().requires_grad_(False), stage.name)


def _one_prefix(folder: Path, weights: Mapping[str, Tensor]) -> str:
    """The prefix of the only encoder stored in a neighbour's folder."""
    prefixes = {".".join(k.split(".")[:2]) + "." for k in weights if k.startswith("encoder.")}
    if len(prefixes) != 1:
        raise InputError(f"{folder} holds {len(prefixes)} encoders", "exactly one is needed to build on", "Name another checkpoint")
    return prefixes.pop()


def empty_encoder(config: Mapping[str, Any]) -> PreTrainedModel:
    """A Hugging Face encoder of this configuration, without weights (on the meta device)."""
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
        raise InputError(f"{file} holds an unknown tensor {name!r}", "the model has no place for it", "Check method and options in config.json")
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
    module = empty_encoder(json.loads(config)).embeddings
    for name, buffer in list(module.named_buffers()):  # not stored: positions 0.. and token types 0
        fresh = torch.arange(buffer.shape[-1]).expand(buffer.shape) if name == "position_ids" else torch.zeros(buffer.shape, dtype=torch.long)
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
    """Write a checkpoint folder: config, and in fp16 the encoders that are its own, low-rank updates and the method's heads."""
    tensors: dict[str, Tensor] = {f"method.{k}": v for k, v in method.state_dict().items()}
    for stage, encoder in zip(config.stages, stages, strict=True):
        if stage.encoder == "own":
            tensors |= {f"encoder.{stage.name}.{k}": v for k, v in encoder.model.encoder.state_dict().items()}
        elif stage.lora:
            tensors |= {f"lora.{stage.name}.{k}": v for k, v in lora.tensors(encoder.model.encoder).items()}
    folder.mkdir(parents=True, exist_ok=True)
    if tensors:
        half = {k: v.detach().to("cpu", torch.float16).contiguous() for k, v in tensors.items()}
        save_file(half, str(folder / "model.safetensors"), metadata={"format": "pt"})
    write_config(config, folder)


def write_config(config: CheckpointConfig, folder: Path) -> None:
    """Write config.json, keys in the order of `CheckpointConfig`."""
    (folder / "config.json").write_text(json.dumps(config.model_dump(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def trainable_copy(encoder: Encoder) -> Encoder:
    """A deep copy of an encoder's layers, for training; the embeddings stay shared and frozen."""
    embeddings = encoder.model.embeddings
    model = copy.deepcopy(encoder.model, {id(embeddings): embeddings})
    return Encoder(model, encoder.name)
