"""base.json of a folder whose weights other checkpoints stand on: what they are, and the SHA-256 of every file. No torch here.

A base is no checkpoint: it has no method and answers nothing. Its weights are stored once, rounded, and never changed; a checkpoint that
stands on it holds updates alone.
"""

import hashlib
import shlex
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dynviz.checkpoint.config import BASE, EncoderConfig, digest
from dynviz.core.bounds import check_config
from dynviz.errors import InputError
from dynviz.records.files import check, exists, fault, opened, read_json

MOST = 200_000_000  # bytes of one file
Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, Field(max_length=100, pattern=r"^\w[\w.-]*$")]


class Strict(BaseModel):
    """What a JSON file beside a base says: every key known, every value of its type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Source(Strict):
    """Where the weights come from, as they were published."""

    model: Annotated[str, Field(max_length=200)]
    revision: Annotated[str, Field(max_length=100)]
    licence: Annotated[str, Field(max_length=100)]
    sha256: Sha


def _encoder(found: dict[str, Any]) -> dict[str, Any]:
    try:
        return EncoderConfig.model_validate(found).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise ValueError(": ".join(fault(error))) from None


class BaseConfig(Strict):
    """All of a base but its tensors. config: the encoder's; files: their names and hashes, base.json aside."""

    format: Literal[1]
    source: Source
    config: Annotated[dict[str, Any], AfterValidator(_encoder)]
    files: Annotated[dict[FileName, Sha], Field(min_length=1, max_length=16)]

    @property
    def weights(self) -> tuple[str, ...]:
        """The files that hold tensors."""
        return tuple(name for name in sorted(self.files) if name.endswith(".safetensors"))


def is_base(folder: Path) -> bool:
    """Whether a folder holds a base whose layers others stand on."""
    return exists(folder / BASE)


def base_model(folder: Path) -> str:
    """The name under which a base was published; an InputError as of `read_base`."""
    return read_base(folder).source.model


def read_base(folder: Path) -> BaseConfig:
    """The folder's base.json, or an InputError that names the file and the key."""
    try:
        found = BaseConfig.model_validate(read_json(folder / BASE))
        check_config(found.config, str(folder / BASE))
    except ValidationError as error:
        key, why = fault(error)
        raise InputError(f"{folder / BASE} does not fit: key {key!r}", why, _again(folder)) from None
    except InputError as error:
        raise InputError(error.what, error.why, _again(folder)) from None
    return found


def check_files(folder: Path, base: BaseConfig) -> None:
    """An InputError unless every file that base.json names is there, and is what it was."""
    for name, wanted in base.files.items():
        if sha256(folder / name) != wanted:
            raise InputError(f"{folder / name} is not the file that was stored", f"{BASE} names another SHA-256", _again(folder))


def sha256(file: Path, most: int = MOST) -> str:
    """SHA-256 of a file."""
    with opened(file, most) as found:
        return hashlib.file_digest(found, "sha256").hexdigest()


def check_there(folder: Path, wanted: str | None, checkpoint: Path) -> None:
    """An InputError unless the base that a checkpoint was trained on lies here with all its files; what is in them is not read."""
    check_digest(folder, wanted, checkpoint)
    if wanted is not None:
        for name in read_base(folder).files:
            check(folder / name, MOST)


def check_digest(folder: Path, wanted: str | None, checkpoint: Path) -> None:
    """An InputError where a checkpoint was trained on other weights than those of the base that lies here."""
    if wanted is None:
        return
    if not is_base(folder):
        missing = folder / BASE if exists(folder) else f"folder {folder}"
        raise InputError(f"{checkpoint.name} stands on {folder.name}", f"there is no {missing}", _again(folder))
    if wanted != digest(folder):
        read_base(folder)  # one that cannot be read is damaged, and no other
        what = f"{checkpoint.name} was trained on another {folder.name} than lies beside it"
        do = f"Move {folder} away, and copy the one there that {checkpoint.name} comes with"
        raise InputError(what, f"it names {wanted}, and this is {digest(folder)}", do)


def _again(folder: Path) -> str:
    """What to do about a base that is damaged or not there; the command works as it stands, wherever one is."""
    return f"Copy the folder again, or make it by: python -m dynviz base --out {shlex.quote(str(folder.absolute().parent))}"
