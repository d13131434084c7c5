"""A loaded checkpoint, from its folder and back into one."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors.torch import save_file
from torch import Tensor

from dynviz.checkpoint import blocks
from dynviz.checkpoint.config import OWN, CheckpointConfig, check_neighbours, digest, identity, neighbour, parts, read_config, write_config
from dynviz.checkpoint.encoders import load_encoder, tokenizer
from dynviz.checkpoint.tensors import fill, read_tensors
from dynviz.checkpoint.tokenizer_file import check_room
from dynviz.core import lora
from dynviz.core.bounds import check_config
from dynviz.core.encoder import Encoder
from dynviz.core.method import Method, Shape
from dynviz.core.teacher import Teacher
from dynviz.errors import InputError
from dynviz.methods import method_class
from dynviz.methods._ramps import Ramps
from dynviz.records.files import exists, fault, printable, why_not
from dynviz.records.tasks import TASKS, Task

STORED = ("bert", "roberta", "mpnet")  # kinds of encoders whose layers a checkpoint can hold
_loading = threading.Lock()  # two loads at once would each make the embeddings that all models share


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded checkpoint: everything a run needs. Shared between threads, never written to."""

    config: CheckpointConfig
    stages: tuple[Encoder, ...]
    method: Method
    tokenizer: Any
    digest: str
    notes: tuple[str, ...] = ()  # what a reader of its traces should know, each a sentence: parts of a model of others that are not read
    identity: str = ""  # of all that it computes with, its neighbours among it: see `config.parts`

    @property
    def max_length(self) -> int:
        """Most pieces a text may have: the checkpoint's own limit, or the encoder's."""
        return min([self.config.max_length, *(stage.max_length for stage in self.stages)])

    def knobs(self, given: Mapping[str, float] | None = None) -> dict[str, float]:
        """All knob settings: the method's defaults, the checkpoint's, then those given; each checked against its range."""
        kind = type(self.method)
        return {**kind.defaults(self.config.knobs), **kind.checked(given or {})}

    @property
    def task(self) -> Task:
        """The task it answers: one of ours, or a foreign model's own labels."""
        return self.config.answers()


def load(folder: str | Path) -> Model:
    """The model of a checkpoint folder, in fp32, in evaluation mode; neighbours it names are looked for beside it."""
    folder = Path(folder)
    config = read_config(folder)
    if config.task not in TASKS:
        raise InputError(f"{folder / 'config.json'} names the task {config.task!r}", "it is not known", f"Use one of: {', '.join(TASKS)}")
    _check(config, folder)
    check_neighbours(folder, config)
    tensors = {} if _borrows(config, folder) else read_tensors(folder)
    _known(config, tensors, folder)
    base = neighbour(folder, config.embeddings)
    with _loading:
        stages = tuple(load_encoder(folder, stage, tensors, base) for stage in config.stages)
    method = _method(folder, config, stages, tensors)
    pieces = tokenizer(base, min(stage.model.config.vocab_size for stage in stages))
    computing = parts(folder)
    model = Model(config, stages, method, pieces, digest(folder), _as_measured(folder.name, config, computing), identity(computing))
    check_room(pieces, model.max_length, base)
    return model


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


def _as_measured(name: str, config: CheckpointConfig, computing: Mapping[str, str]) -> tuple[str, ...]:
    """Hold what the checkpoint computes with against what it was measured with. An InputError where a neighbour is another; where only its
    own files are, a note: somebody may go on with them."""
    was = config.trained.get("parts", {})
    for part, sha in was.items():
        if part != OWN and computing.get(part) != sha:
            why = f"its files are {computing.get(part, 'missing')}, and they were {sha}"
            raise InputError(f"{name} stands on another {part} than lies beside it", why, f"Copy the folder {part} again")
    if was.get(OWN, computing[OWN]) != computing[OWN]:
        return (f"The files of {name} are not those that its numbers were measured with.",)
    return ()


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
    return not (exists(folder / "model.safetensors") or first.encoder == "own" or first.lora or trained)


def _method(folder: Path, config: CheckpointConfig, stages: tuple[Encoder, ...], tensors: Mapping[str, Tensor]) -> Method:
    """The method with its heads: its own, or, in a folder without tensors, those it knows of the checkpoint whose encoder it uses."""
    with torch.device("meta"):  # without weights, whatever sizes the options ask for: those of the file come in their place
        method = build_method(config, stages)
    method.checked(config.knobs)
    borrows = _borrows(config, folder)
    if borrows:
        folder = neighbour(folder, config.stages[0].encoder)
        tensors = read_tensors(folder)
    own = {k.removeprefix("method."): v.float() for k, v in tensors.items() if k.startswith("method.")}
    if config.heads:
        kept = {k.removeprefix("method."): v.float() for k, v in read_tensors(neighbour(folder, config.heads)).items()}
        own = {k: v for k, v in kept.items() if k in method.state_dict()} | own
    fill(method, {k: v for k, v in own.items() if k in method.state_dict()} if borrows else own, folder)
    return method.eval().requires_grad_(False)


def teacher(model: Model) -> Teacher:
    """A plain model's answers, where it looks, and on which tokens its answer hangs."""
    method = model.method
    assert isinstance(method, Ramps)
    return Teacher(model.stages[0], method.head(method.shape.layers), "each" if method.unit == "token" else method.pooling)


def build_method(config: CheckpointConfig, stages: tuple[Encoder, ...]) -> Method:
    """A fresh method of the config's kind and options, fitting these encoders."""
    widths, depths, heads = zip(*((s.width, len(s.layers), s.heads) for s in stages), strict=True)
    shape = Shape(widths, depths, len(config.labels), TASKS[config.task].unit, heads)
    kind = method_class(config.method)
    if shape.unit not in kind.serves:
        raise InputError(
            f"{config.method} does not serve the task {config.task}", f"it answers once per {kind.serves[0]}", "Choose another method"
        )
    hints = get_type_hints(kind.__init__)
    try:
        return kind(shape, **{name: _option(name, value, hints.get(name, Any)) for name, value in config.options.items()})
    except (TypeError, ValueError, RuntimeError, ArithmeticError, LookupError, MemoryError) as error:  # a size that no layer can have
        what = f"The options of {config.name} do not fit {config.method}"
        raise InputError(what, why_not(error), "Correct 'options' in config.json") from None


def _option(name: str, value: Any, kind: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError as error:
        raise ValueError(f"{printable(name, 60)!r}: {fault(error)[1]}") from None


def save(
    config: CheckpointConfig, stages: tuple[Encoder, ...], method: Method, folder: Path, in_blocks: bool = False, large_in_4: bool = False
) -> None:
    """Write a checkpoint folder: config, and in fp16 the encoders that are its own, low-rank updates and the method's heads, but those
    that are the same in the checkpoint `heads` names. in_blocks: larger matrices in 8 bits (`blocks`); large_in_4: those as large
    as a layer's in 4."""
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
        save_file(_blocked(half, large_in_4) if in_blocks else half, str(folder / "model.safetensors"), metadata={"format": "pt"})
    write_config(config, folder)


def _blocked(tensors: Mapping[str, Tensor], large_in_4: bool) -> dict[str, Tensor]:
    """The same, what is worth it in blocks."""
    out: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if large_in_4 and blocks.fits_4_bits(tensor):
            out[name], out[name + blocks.SCALE] = blocks.rounded_to_4_bits(tensor)
        elif blocks.fits(tensor):
            out[name], out[name + blocks.SCALE] = blocks.rounded(tensor)
        else:
            out[name] = tensor
    return out
