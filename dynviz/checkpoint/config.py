"""config.json of a checkpoint folder, checked key by key. No torch here: listing what there is must be quick."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dynviz.checkpoint.standing_config import StandsOn
from dynviz.checkpoint.trained import told
from dynviz.errors import InputError
from dynviz.records.files import exists, fault, opened, parse, read_bytes, read_json
from dynviz.records.tasks import Task, task_of

FORMAT: Literal[1] = 1
OWN = "."  # a checkpoint's own folder, whatever it is called, among all that it computes with
BASE = "base.json"  # names and hashes the files of a folder that others stand on
MAX_CONFIG = 1_000_000  # bytes
MAX_WEIGHTS = 4_000_000_000  # bytes of one file
_TURNING = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they set the direction of the text around them
# All files that decide how a text is cut, whatever a tokenizer's class calls them; first those that count since identities are stored.
TOKENIZER = ("tokenizer*.json", "vocab*.txt", "vocab*.json", "merges*.txt", "special_tokens_map.json", "added_tokens.json", "*.model")


_TOLD = ("trained",)  # keys of a config that only tell of a checkpoint
_SET = (*_TOLD, "knobs", "title", "family")  # and those that say how it is run and called


def _neighbour(name: str) -> str:
    """The name of a folder beside this one, and nothing that leads elsewhere."""
    if not name or name in (".", "..") or any(c in name for c in "/\\:\0"):
        raise ValueError(f"{name[:60]!r} is not the name of a folder beside this one")
    return _shown(name)


def _shown(words: str) -> str:
    """Words that stand on a screen: not blank, on one line, and no sign in them turns the order of others."""
    if not words.strip() or any(c in _TURNING or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in words):
        raise ValueError(f"{words[:60]!r} cannot be shown: it is blank, or holds control characters")
    return words


def _different(labels: list[str]) -> list[str]:
    alike = Counter(label.strip() for label in labels).most_common(1)
    if alike and alike[0][1] > 1:
        raise ValueError(f"{alike[0][0][:60]!r} stands there twice")
    return labels


Words = Annotated[str, Field(max_length=200), AfterValidator(_shown)]
Neighbour = Annotated[str, Field(max_length=200), AfterValidator(_neighbour)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class LoraConfig(_Strict):
    """Low-rank updates: W + alpha/rank * B A."""

    rank: Annotated[int, Field(ge=1, le=4096)]
    alpha: Annotated[float, Field(ge=0, le=1e6)]


class EncoderConfig(_Strict):
    """What a stage's `config` may say, in the names of Hugging Face. How large sizes may be is asked before an encoder is built."""

    model_type: str
    vocab_size: int = 0
    hidden_size: int = 0
    num_hidden_layers: int = 0
    n_layers: int = 0
    num_attention_heads: int = 0
    intermediate_size: int = 0
    hidden_act: str = "gelu"
    hidden_dropout_prob: Annotated[float, Field(ge=0, le=1)] = 0.1
    attention_probs_dropout_prob: Annotated[float, Field(ge=0, le=1)] = 0.1
    max_position_embeddings: int = 0
    type_vocab_size: int = 0
    relative_attention_num_buckets: int = 0
    layer_norm_eps: Annotated[float, Field(gt=0, le=0.1)] = 1e-12
    pad_token_id: Annotated[int, Field(ge=0)] | None = 0


def _encoder(found: dict[str, Any]) -> dict[str, Any]:
    try:
        EncoderConfig.model_validate(found)
    except ValidationError as error:
        raise ValueError(": ".join(fault(error))) from None
    return found


class StageConfig(_Strict):
    """One encoder. encoder: "own", or the folder name of the checkpoint whose encoder (of the same stage name) it is, or of a base.
    shared: its layers are one and the same, as ALBERT's are; stored once, as layer 0. base: which weights exactly it was trained on, where
    they are a base's: its `digest`."""

    name: Annotated[str, Field(max_length=50, pattern=r"^[\w-]+$")]
    encoder: Neighbour
    config: Annotated[dict[str, Any], AfterValidator(_encoder)]
    lora: LoraConfig | None = None
    shared: bool = False
    base: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")] | None = Field(default=None, exclude_if=lambda found: found is None)


class Family(_Strict):
    """Checkpoints that differ in one training knob share a family name; `value` is this one's setting."""

    name: Words
    parameter: Words
    value: float


class CheckpointConfig(_Strict):
    """All of a checkpoint but its tensors.

    heads: the checkpoint some of whose heads were kept as they are: those that are not stored here. repeats: the checkpoint this one
    repeats with another seed. stands_on: the model of others whose encoder, tokenizer and last classifier it uses. pair: a model of others
    compares two texts. trained: how it was made and measured, in the form of `checkpoint.trained`.
    """

    format: Literal[1]
    name: Words
    title: Words
    method: str
    task: str
    labels: Annotated[list[Words], Field(min_length=2, max_length=1000), AfterValidator(_different)]
    embeddings: Neighbour
    stages: Annotated[list[StageConfig], Field(min_length=1, max_length=8)]
    options: dict[str, Any] = {}
    knobs: dict[str, float] = {}
    family: Family | None = None
    heads: Neighbour | None = None
    repeats: Neighbour | None = None
    stands_on: StandsOn | None = Field(default=None, exclude_if=lambda found: found is None)
    max_length: Annotated[int, Field(ge=3, le=65_536)] = 128
    pair: bool = Field(default=False, exclude_if=lambda found: not found)
    trained: Annotated[dict[str, Any], AfterValidator(told)] = {}

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The folders beside its own that it computes with: embeddings, layers, heads; none where it stands on a model of others."""
        if self.stands_on is not None or self.embeddings == "own":
            return ()
        named = (self.embeddings, *(s.encoder for s in self.stages if s.encoder != "own"), *([self.heads] if self.heads else []))
        return tuple(dict.fromkeys(named))

    def answers(self) -> Task:
        """The task it answers: one of ours, or a foreign model's own labels. KeyError if unknown."""
        return task_of(self.task, self.labels, self.name, self.max_length, self.pair)


def read_config(folder: Path) -> CheckpointConfig:
    """The folder's config.json, or an InputError that names the file and the key."""
    return config_of(read_raw(folder), folder)


def read_raw(folder: Path) -> Any:
    """What the folder's config.json holds, ours or a Hugging Face model's; an InputError where it is no JSON file of a sensible size."""
    return read_json(folder / "config.json", MAX_CONFIG)


def config_of(raw: Any, folder: Path) -> CheckpointConfig:
    """The config in what a folder's config.json holds."""
    try:
        return CheckpointConfig.model_validate(raw)
    except ValidationError as error:
        key, why = fault(error)
        what = f"{folder / 'config.json'} does not fit: key {key!r}"
        raise InputError(what, why, "Correct the key, or save the checkpoint again") from None


def is_foreign(folder: Path) -> bool:
    """Whether a folder holds a Hugging Face model rather than a checkpoint of ours."""
    try:
        return foreign(read_raw(folder))
    except InputError:
        return False


def is_ours(folder: Path) -> bool:
    """Whether a folder holds what is meant as a checkpoint of ours, be it whole or not; what cannot be read is nobody's."""
    try:
        raw = read_raw(folder)
    except InputError:
        return False
    return isinstance(raw, dict) and "format" in raw


def foreign(raw: Any) -> bool:
    """Whether a config is a Hugging Face model's rather than a checkpoint's of ours."""
    return isinstance(raw, dict) and not raw.keys().isdisjoint(("model_type", "architectures")) and "format" not in raw


def digest(folder: Path) -> str:
    """Twelve hex digits of SHA-256 over what computes, config and weights: which checkpoint exactly.

    What the config only tells of the training (`trained`, the measured figures among it) does not count, so that a figure can be stored
    anew without making another checkpoint of it. Weights in several files count with the files' names; those of one file count as before
    there were others, since stored numbers name their checkpoint by it. Of a base its base.json counts, which holds the hashes of all.
    """
    return str(_sha(folder, _TOLD).hexdigest()[:12])


def parts(folder: Path) -> dict[str, str]:
    """What a checkpoint computes with, each folder by its name: twelve hex digits over weights, config and the files of a tokenizer. Itself
    first, as `OWN`, then all that it stands on: embeddings, and the neighbours whose layers or heads it uses. Where knobs are set does not
    count."""
    found: dict[str, str] = {}
    for part in _stands_on(folder, ()):
        sha = _sha(part, _SET)
        for file in (file for pattern in TOKENIZER for file in sorted(part.glob(pattern))):
            sha.update(file.name.encode("utf-8", "surrogateescape"))
            _hash(file, sha)
        found[part.name if found else OWN] = str(sha.hexdigest()[:12])
    return found


def identity(found: Mapping[str, str]) -> str:
    """Twelve hex digits over all `parts` of a checkpoint. A run that is taken up again goes on with the same numbers only where this is
    the same."""
    named = "\n".join(f"{name} {sha}" for name, sha in found.items())
    return hashlib.sha256(named.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def _stands_on(folder: Path, seen: tuple[Path, ...]) -> tuple[Path, ...]:
    """The folder and all it names, each once, in the order in which they are named."""
    if folder in seen:
        return seen
    seen = (*seen, folder)
    if not exists(folder / "config.json") or is_foreign(folder):
        return seen
    config = read_config(folder)  # of one that stands on others' model the own hash holds: the SHA-256 of that is in the config
    for name in config.neighbours:
        seen = _stands_on(neighbour(folder, name), seen)
    return seen


def neighbour(folder: Path, name: str) -> Path:
    """The folder of this name beside a checkpoint's; an InputError where a link leads from there to somewhere else."""
    found = folder.parent / name
    if exists(found) and found.resolve().parent != folder.parent.resolve():
        why = "it is a link that leads elsewhere, and what lies there is not part of the box"
        raise InputError(f"{found} is not a folder beside {folder.name}", why, "Copy the folder there")
    return found


def check_neighbours(folder: Path, config: CheckpointConfig) -> None:
    """An InputError where another checkpoint whose layers or heads this one uses does not lie beside it; what is in it is not read."""
    if not exists(neighbour(folder, config.embeddings)):
        return  # of embeddings, and of a base, others speak, and first
    for name in (name for name in config.neighbours if name != config.embeddings):
        beside = neighbour(folder, name)
        if not exists(beside):
            why = f"there is no folder {beside}, where its layers or heads are"
            raise InputError(f"{folder.name} stands on {name}", why, f"Copy the folder {name} too")


def _sha(folder: Path, but: Collection[str]) -> Any:
    """SHA-256 over config and weights of a folder; of the config all but these keys."""
    if exists(folder / BASE):
        return hashlib.sha256(read_bytes(folder / BASE))
    sha = hashlib.sha256()
    if exists(folder / "config.json"):
        sha.update(_computing(read_bytes(folder / "config.json"), but))
    if exists(folder / "model.safetensors"):
        _hash(folder / "model.safetensors", sha)
    for file in sorted(f for pattern in ("*.safetensors", "*.safetensors.index.json") for f in folder.glob(pattern)):
        if file.name != "model.safetensors":
            sha.update(file.name.encode("utf-8", "surrogateescape"))
            _hash(file, sha)
    return sha


def _hash(file: Path, sha: Any) -> None:
    with opened(file, MAX_WEIGHTS) as found:
        hashlib.file_digest(found, lambda: sha)


def _computing(raw: bytes, but: Collection[str]) -> bytes:
    try:
        found = parse(raw)
    except ValueError:
        return raw
    if not isinstance(found, dict) or "format" not in found:
        return raw
    return json.dumps({k: v for k, v in found.items() if k not in but}, sort_keys=True, ensure_ascii=False).encode()


def write_config(config: CheckpointConfig, folder: Path) -> None:
    """Write config.json, keys in the order of `CheckpointConfig`."""
    (folder / "config.json").write_text(json.dumps(config.model_dump(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
