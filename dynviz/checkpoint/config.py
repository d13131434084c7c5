"""config.json of a checkpoint folder, checked key by key. No torch here: listing what there is must be quick."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dynviz.errors import InputError

FORMAT: Literal[1] = 1
MAX_CONFIG = 10_000_000  # bytes


def _neighbour(name: str) -> str:
    """The name of a folder beside this one, and nothing that leads elsewhere."""
    if not name or name in (".", "..") or any(c in name for c in "/\\:\0"):
        raise ValueError(f"{name[:60]!r} is not the name of a folder beside this one")
    return name


Neighbour = Annotated[str, AfterValidator(_neighbour)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LoraConfig(_Strict):
    """Low-rank updates: W + alpha/rank * B A."""

    rank: Annotated[int, Field(ge=1, le=4096)]
    alpha: float


class StageConfig(_Strict):
    """One encoder. encoder: "own", or the folder name of the checkpoint whose encoder (of the same stage name) it is.
    shared: its layers are one and the same, as ALBERT's are; stored once, as layer 0."""

    name: str
    encoder: Neighbour
    config: dict[str, Any]
    lora: LoraConfig | None = None
    shared: bool = False


class Family(_Strict):
    """Checkpoints that differ in one training knob share a family name; `value` is this one's setting."""

    name: str
    parameter: str
    value: float


class CheckpointConfig(_Strict):
    """All of a checkpoint but its tensors.

    heads: the checkpoint some of whose heads were kept as they are: those that are not stored here. repeats: the checkpoint this one
    repeats with another seed.
    trained: how (data and its hash, stages, seed, versions, seconds). Two of its keys are read elsewhere: `metrics`, for each split
    ("calibration", "report") {"accuracy": at full depth, as shipped, "sentences": n, ...}; `readings_only`, true where no weights ship.
    """

    format: Literal[1]
    name: str
    title: str
    method: str
    task: str
    labels: Annotated[list[str], Field(min_length=2, max_length=1000)]
    embeddings: Neighbour
    stages: Annotated[list[StageConfig], Field(min_length=1, max_length=8)]
    options: dict[str, Any] = {}
    knobs: dict[str, float] = {}
    family: Family | None = None
    heads: Neighbour | None = None
    repeats: Neighbour | None = None
    max_length: Annotated[int, Field(ge=3, le=65_536)] = 128
    trained: dict[str, Any] = {}


def read_config(folder: Path) -> CheckpointConfig:
    """The folder's config.json, or an InputError that names the file and the key."""
    file = folder / "config.json"
    try:
        if file.stat().st_size > MAX_CONFIG:
            raise InputError(f"{file} is larger than {MAX_CONFIG // 10**6} MB", "no configuration is", "Check that it is the right file")
        raw = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{file} is missing", "a checkpoint folder holds config.json and model.safetensors", "Check the path") from None
    except OSError as error:
        raise InputError(f"{file} cannot be read", str(error.strerror), "Check the folder and its permissions") from None
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} is not JSON", str(error), "Restore the file, or save the checkpoint again") from None
    try:
        return CheckpointConfig.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(x) for x in first["loc"]) or "(top level)"
        raise InputError(
            f"{file} does not fit: key {key!r}", first["msg"].lower(), "Correct the key, or save the checkpoint again"
        ) from None


def is_foreign(folder: Path) -> bool:
    """Whether a folder holds a Hugging Face model rather than a checkpoint of ours."""
    try:
        raw = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(raw, dict) and not raw.keys().isdisjoint(("model_type", "architectures")) and "format" not in raw


def digest(folder: Path) -> str:
    """Twelve hex digits of SHA-256 over what computes, config and weights: which checkpoint exactly.

    What the config only tells of the training (`trained`, the measured figures among it) does not count, so that a figure can be stored
    anew without making another checkpoint of it.
    """
    sha = hashlib.sha256()
    for name in ("config.json", "model.safetensors"):
        file = folder / name
        if file.exists():
            sha.update(_computing(file.read_bytes()) if name == "config.json" else file.read_bytes())
    return sha.hexdigest()[:12]


def _computing(raw: bytes) -> bytes:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    if not isinstance(found, dict) or "format" not in found:
        return raw
    return json.dumps({k: v for k, v in found.items() if k != "trained"}, sort_keys=True, ensure_ascii=False).encode()


def write_config(config: CheckpointConfig, folder: Path) -> None:
    """Write config.json, keys in the order of `CheckpointConfig`."""
    (folder / "config.json").write_text(json.dumps(config.model_dump(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
