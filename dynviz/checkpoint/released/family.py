"""What is said of a family of released checkpoints, and what a family says of one file. No torch."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dynviz.checkpoint.hf_tensors import BASES, Stored
from dynviz.errors import InputError

Tensors = Mapping[str, Stored]
NOTHING = re.compile(r"(?!)")  # matches no name
_DEPTHS = {"distilbert": 6}  # layers where a config.json does not say how many: transformers' own defaults


@dataclass(frozen=True)
class Given:
    """A folder as it is found. where: as it was named; raw: its config.json; tensors: by the names they are stored under."""

    folder: Path
    where: str
    raw: Mapping[str, Any]
    tensors: Tensors

    @property
    def kind(self) -> str:
        """The type of its encoder."""
        return str(self.raw.get("model_type"))

    @property
    def layers(self) -> int:
        """How many its encoder has."""
        found: int = self.raw.get("n_layers" if self.kind == "distilbert" else "num_hidden_layers", _DEPTHS.get(self.kind, 12))
        return found


@dataclass(frozen=True)
class Layout:
    """Which tensors of a file are which of ours.

    heads: the method's, by their name in the file; encoder: the encoder's as transformers calls them, by their name in the file; last: the
    one with a row for each class. unread: the family's tensors that are left out knowingly. changed: those that are not read as they are.
    twins: names of tensors that must be equal. activation: between the layers of its classifiers; options: of the method; methods: those
    that fit, the first by default, where they are not all of the family's; knobs: their settings, by method; notes: sentences. fault: of a
    method and its tensors, why they do not serve, or ""; ends_open: whether a single text is cut without a piece at its end.
    """

    heads: Mapping[str, str]
    encoder: Mapping[str, str]
    last: str
    unread: re.Pattern[str] = NOTHING
    changed: Tensors = field(default_factory=dict)
    twins: tuple[tuple[str, str], ...] = ()
    activation: str = "tanh"
    options: Mapping[str, Any] = field(default_factory=dict)
    methods: tuple[str, ...] = ()
    knobs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    fault: Callable[[str, Mapping[str, Any]], str] = lambda method, tensors: ""
    ends_open: bool = False


@dataclass(frozen=True)
class Family:
    """Checkpoints of one published method.

    sign: what they are recognised by, in words; opens: what becomes of them, in words, or why they are refused; is_one: whether a folder
    holds one; methods: ours that run it, the first by default; config: its config.json as transformers would have it; layout: of one that
    is this family's; None: they are refused, `opens` says why, `do` what else can be done.
    """

    title: str
    sign: str
    opens: str
    is_one: Callable[[Given], bool]
    methods: tuple[str, ...] = ()
    config: Callable[[Given], Mapping[str, Any]] = lambda given: given.raw
    layout: Callable[[Given], Layout] | None = None
    do: str = "Choose another model"


@dataclass(frozen=True)
class Opening:
    """A released checkpoint, all of whose tensors have their place. encoder, heads: by our names; the rest as in `Layout`."""

    title: str
    raw: Mapping[str, Any]
    encoder: Tensors
    heads: Tensors
    last: Stored
    twins: tuple[tuple[Stored, Stored], ...]
    activation: str
    options: Mapping[str, Any]
    methods: tuple[str, ...]
    knobs: Mapping[str, Mapping[str, float]]
    notes: tuple[str, ...]
    fault: Callable[[str, Mapping[str, Any]], str]
    ends_open: bool


def linear(theirs: str, ours: str) -> dict[str, str]:
    """The two tensors of a linear layer, by their name."""
    return {f"{theirs}.{part}": f"{ours}.{part}" for part in ("weight", "bias")}


def below(names: Iterable[str], base: str, *without: Iterable[str] | re.Pattern[str]) -> dict[str, str]:
    """The names that begin with `base`, each with what follows it; without those of a list or a pattern."""
    found = {name: name.removeprefix(base) for name in names if name.startswith(base)}
    for some in without:
        gone = some.match if isinstance(some, re.Pattern) else set(some).__contains__
        found = {name: own for name, own in found.items() if not gone(name)}
    return found


def base_of(given: Given, *known: str) -> str:
    """What the encoder's names begin with, one of those known, found by its word embeddings; an InputError where it is none, several, or
    not of the type that config.json states."""
    found = [base for base in known if f"{base}.embeddings.word_embeddings.weight" in given.tensors]
    if len(found) != 1:
        held = " and ".join(found) or "none"
        why = f"one encoder is needed, named {' or '.join(known)}, and there is {held}"
        raise InputError(f"The weights of {given.where} cannot be read", why, "Save the whole model again")
    if BASES.get(given.kind, given.kind) != found[0]:
        why = f"config.json says it is of type {given.kind}"
        raise InputError(f"The tensors of {given.where} are named {found[0]}.*", why, "Correct model_type in config.json")
    return found[0]
