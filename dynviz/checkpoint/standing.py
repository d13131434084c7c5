"""Checkpoints that stand on a model of others: only what was added is stored, and the model is held against its SHA-256 when one is opened.

The model's encoder, tokenizer and last classifier are used as they are; `stands_on` in config.json names it by Hub id and revision, or by
its folder. Where a folder is not there any more, one of its name beside the checkpoint is tried.
"""

import hashlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor, float16
from transformers import PreTrainedModel

from dynviz.checkpoint import hf, hf_hub, hf_tokenizer, hf_weights
from dynviz.checkpoint.config import TOKENIZER, CheckpointConfig, digest, identity, parts, read_config, write_config
from dynviz.checkpoint.hf_config import Foreign
from dynviz.checkpoint.hf_config import describe as described
from dynviz.checkpoint.hf_files import check_whole, read_json, weight_files
from dynviz.checkpoint.model import Model
from dynviz.checkpoint.standing_config import StandsOn
from dynviz.checkpoint.tensors import fill, read_tensors
from dynviz.checkpoint.tokenizer_file import check_room
from dynviz.core import lora
from dynviz.core.encoder import Encoder
from dynviz.core.heads import HeadForm
from dynviz.core.method import Method, Shape
from dynviz.errors import InputError
from dynviz.methods import method_class
from dynviz.methods._ramps import Ramps
from dynviz.records.files import exists, why_not
from dynviz.records.head import LastHead

STAGE = "model"  # the name of the one encoder
_UPDATES = f"lora.{STAGE}."


@dataclass(frozen=True, eq=False)
class Ground:
    """An opened model of others, before any method is on it. max_length: pieces of a text that are read."""

    source: Foreign
    encoder: Encoder
    model: PreTrainedModel
    tokenizer: Any
    max_length: int


def ground(source: Foreign) -> Ground:
    """Open a model of others."""
    pieces = hf_tokenizer.load(source)
    model = hf_weights.filled(hf_weights.empty(source), source)
    encoder = Encoder(hf.base_of(model), STAGE)
    most = int(min(pieces.model_max_length, encoder.max_length))
    check_room(pieces, most, source.where)
    return Ground(source, encoder, model, pieces, most)


def standing_on(where: str, source: Foreign, last: LastHead, beside: bool = False) -> StandsOn:
    """The key of config.json for a model as it lies here. beside: a folder is named by its name alone, and looked for beside the
    checkpoint, wherever that is taken."""
    if Path(where).is_dir():
        there = Path(where).resolve()
        return StandsOn(folder=there.name if beside else str(there), sha256=sha_of(source.folder), last=last)
    return StandsOn(hub=where, revision=source.folder.name, sha256=sha_of(source.folder), last=last)


def sha_of(folder: Path) -> str:
    """SHA-256 over all that the model computes with: the names and contents of its config.json, weights and tokenizer files."""
    tokens = {file for pattern in TOKENIZER for file in folder.glob(pattern)}
    sha = hashlib.sha256()
    for file in sorted({folder / "config.json", *weight_files(folder), *tokens}, key=lambda file: file.name):
        with file.open("rb") as opened:
            sha.update(f"{file.name} {hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode("utf-8", "surrogateescape"))
    return sha.hexdigest()


def load(folder: Path) -> Model:
    """The model of a checkpoint folder that stands on one of others; an InputError where that is not there, or is another than it was."""
    config = read_config(folder)
    assert config.stands_on is not None
    found = ground(_found(config.stands_on, folder))
    if list(found.source.labels) != config.labels:
        what = f"{folder / 'config.json'} has other labels than {config.stands_on.named}"
        raise InputError(what, "answers go by their number", "Restore it")
    tensors = read_tensors(folder)
    _known(tensors, folder)
    _update(found, config, tensors, folder)
    method = on(config, found)
    own = {k.removeprefix("method."): v.float() for k, v in tensors.items() if k.startswith("method.")}
    theirs = {k: v for k, v in method.state_dict().items() if k.startswith(_last(method)) and k not in own}
    fill(method, {**theirs, **own}, folder)
    notes = hf.notes(found.source, found.tokenizer, found.model)
    encoder = Encoder(found.encoder.model, STAGE)  # taken apart anew, its updates among it
    return Model(config, (encoder,), method.requires_grad_(False), found.tokenizer, digest(folder), notes, identity(parts(folder)))


def of_hub(name: str) -> Path | None:
    """The folder of a checkpoint that was put on the Hub under this id; None where the id is a model of another kind."""
    folder = hf_hub.configured(name)
    check_whole(folder)
    return hf_hub.checkpoint(name) if "stands_on" in read_json(folder / "config.json") else None


def _found(on: StandsOn, folder: Path) -> Foreign:
    """The model that a checkpoint stands on, if it is the one."""
    where = on.hub or _folder(Path(str(on.folder)), folder)
    there = hf_hub.fetched(on.hub, on.revision) if on.hub else Path(where)
    source = described(there, where)
    if (sha := sha_of(there)) != on.sha256:
        why = f"its files have the SHA-256 {sha[:12]}..., and {folder.name} was fitted on {on.sha256[:12]}..."
        raise InputError(f"{where} is not the model that {folder.name} stands on", why, "Restore its files, or fit again")
    if source.opening is not None:  # `fit` refuses such a one
        what = f"{folder.name} cannot stand on {where}"
        raise InputError(what, f"it is a checkpoint of {source.opening.title}, which has exits of its own", "Fit on a plain classifier")
    return source


def _folder(named: Path, folder: Path) -> str:
    """Where the folder lies now: where it was, or beside the checkpoint. A name alone means beside it, not in the working directory."""
    places = (*([named] if named.is_absolute() else []), folder.resolve().parent / named.name)
    found = next((place for place in places if exists(place / "config.json")), None)
    if found is None:
        do = f"Put it there again, or beside {folder.name}"
        raise InputError(f"{folder.name} stands on a model that is not there", f"no folder is {named}", do)
    return str(found)


def on(config: CheckpointConfig, found: Ground) -> Ramps:
    """The config's method on an opened model, with the model's own classifier last; its other classifiers are fresh ones."""
    assert config.stands_on is not None
    depths, form = len(found.encoder.layers), HeadForm(**config.stands_on.last.model_dump())
    shape = Shape((found.encoder.width,), (depths,), len(config.labels), found.source.unit, (found.encoder.heads,), form)
    head, kind = hf.head_of(found.model, found.source.unit), method_class(config.method)
    if head.form != form or found.source.unit not in kind.serves or not issubclass(kind, Ramps):
        why = "its classifier has another form" if head.form != form else f"{kind.title} is no method for it"
        raise InputError(f"The config of {config.name} does not fit {config.stands_on.named}", why, "Fit again")
    try:
        method = kind(shape, **config.options)
    except (TypeError, ValueError, RuntimeError) as error:
        what = f"The options of {config.name} do not fit {config.method}"
        raise InputError(what, why_not(error), "Correct 'options' in config.json") from None
    method.heads[str(depths)] = head
    method.checked(config.knobs)
    return method.eval()


def _last(method: Method) -> str:
    return f"heads.{method.shape.layers}."


def _known(tensors: dict[str, Tensor], folder: Path) -> None:
    for name in tensors:
        if not name.startswith(("method.", _UPDATES)):
            what = f"{folder / 'model.safetensors'} holds an unknown tensor {name[:100]!r}"
            raise InputError(what, "nothing asks for it", "Save it again")


def _update(found: Ground, config: CheckpointConfig, tensors: dict[str, Tensor], folder: Path) -> None:
    """Merge the checkpoint's own low-rank updates into the opened encoder, which nobody else has."""
    stage, model = config.stages[0], found.encoder.model
    updates = {k.removeprefix(_UPDATES): v for k, v in tensors.items() if k.startswith(_UPDATES)}
    wanted = lora.shapes(model, stage.lora.rank) if stage.lora else {}
    if {name: tuple(tensor.shape) for name, tensor in updates.items()} != wanted:
        what = f"The low-rank updates in {folder / 'model.safetensors'} do not fit"
        raise InputError(what, f"{len(wanted)} of rank {stage.lora.rank if stage.lora else 0} are needed", "Save them again, or fit again")
    if stage.lora:
        lora.merge(model, updates, stage.lora.alpha / stage.lora.rank)


def save(config: CheckpointConfig, method: Ramps, updates: Mapping[str, Tensor], folder: Path) -> None:
    """Write a checkpoint folder: config, and in fp16 what was added: the classifiers but the last, unless that was trained too, and the
    low-rank updates of the encoder by name (`lora.tensors`), with which it was."""
    last = _last(method)
    kept = {f"method.{k}": v for k, v in method.state_dict().items() if updates or not k.startswith(last)}
    kept |= {_UPDATES + k: v for k, v in updates.items()}
    folder.mkdir(parents=True, exist_ok=True)
    half = {k: v.detach().to("cpu", float16).contiguous() for k, v in kept.items()}
    save_file(half, str(folder / "model.safetensors"), metadata={"format": "pt"})
    write_config(config, folder)


def options_of(method: str, pooling: str) -> dict[str, Any]:
    """The options with which a method's classifiers are linear and read what the model's own reads."""
    known = inspect.signature(method_class(method)).parameters
    return {"pooling": pooling, **({"hidden": False} if "hidden" in known else {})}
