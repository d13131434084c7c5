"""masked.json beside a base: which heads read a hidden word back from its states, how they were fitted, what they reach. No torch here.

They are no part of the base: its digest is the same with them and without, and they name the base they belong to.
"""

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from dynviz.checkpoint.base_config import Sha, Strict, check_digest, is_base, sha256
from dynviz.errors import InputError
from dynviz.records.files import exists, fault, read_bytes, read_json

CONFIG, WEIGHTS = "masked.json", "masked.safetensors"
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Layer = Annotated[int, Field(ge=1, le=1000)]


class Reached(Strict):
    """Of some hidden words. words: how many. right: by layer read, the share of those each of whose pieces is the likeliest one in its
    place; likely: of those that have at least half of the probability."""

    words: Count
    right: list[Share]
    likely: list[Share]


class Fitted(Strict):
    """On what the heads were fitted: books and passages of them, hidden pieces; and how. hidden: share of words. steps: of each head."""

    books: Count
    passages: Count
    pieces: Count
    hidden: Share
    steps: list[Count]
    seconds: Annotated[float, Field(ge=0)]
    seed: Count
    versions: dict[str, str]


class HeldOut(Strict):
    """What they reach in books they were not fitted on, one word hidden a run: all words, the `commonest` ones, and the others."""

    books: Count
    commonest: Count
    all: Reached
    common: Reached
    others: Reached


class MaskedConfig(Strict):
    """base: the digest of the base whose states are read. sha256: of the file of weights. layers: which are read; rank: of each head."""

    format: Literal[1]
    base: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    sha256: Sha
    layers: Annotated[list[Layer], Field(min_length=1, max_length=100)]
    rank: Annotated[int, Field(ge=1, le=4096)]
    fitted: Fitted
    held_out: HeldOut

    @model_validator(mode="after")
    def _of_each_layer(self) -> Self:
        """Layers from the first to the last, and as many numbers of each sort."""
        if any(one >= other for one, other in pairwise(self.layers)):
            raise ValueError("its layers do not ascend")
        held = self.held_out
        for part in (held.all, held.common, held.others):
            if not len(part.right) == len(part.likely) == len(self.layers):
                raise ValueError(f"it reads {len(self.layers)} layers, and not as many numbers are told of them")
        return self


def has_heads(folder: Path) -> bool:
    """Whether a folder holds a base, and heads beside it."""
    return is_base(folder) and exists(folder / CONFIG)


def read_masked(folder: Path) -> MaskedConfig:
    """The base's masked.json, or an InputError that names the file and the key."""
    raw: Any = read_json(folder / CONFIG)
    try:
        return MaskedConfig.model_validate(raw)
    except ValidationError as error:
        key, why = fault(error)
        raise InputError(f"{folder / CONFIG} does not fit: key {key!r}", why, AGAIN) from None


def heads_digest(folder: Path) -> str:
    """Which heads exactly: a hash of masked.json, which holds that of their weights."""
    return hashlib.sha256(read_bytes(folder / CONFIG)).hexdigest()[:12]


def check_heads(folder: Path, told: MaskedConfig) -> None:
    """An InputError unless the heads are those that were stored, and were fitted on the base that lies here."""
    check_digest(folder, told.base, folder / CONFIG)
    if sha256(folder / WEIGHTS) != told.sha256:
        raise InputError(f"{folder / WEIGHTS} is not the file that was stored", f"{CONFIG} names another SHA-256", AGAIN)


AGAIN = "Copy the folder again, or fit the heads again by: python -m dynviz masked"
