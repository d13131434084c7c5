"""The description (`Card`) of a checkpoint's method, its default settings, and the methods there are."""

import ast
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from dynviz.checkpoint import golden
from dynviz.checkpoint.catalogue import Checkpoint, method_files
from dynviz.checkpoint.config import read_config
from dynviz.errors import InputError
from dynviz.methods._elsewhere import ELSEWHERE
from dynviz.records.card import Card, default_settings
from dynviz.records.elsewhere import Elsewhere
from dynviz.records.files import exists
from dynviz.records.operating import score_in

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model
    from dynviz.core.method import Method


def card(checkpoint: Checkpoint) -> Card:
    """The description of the checkpoint's method: from its file, or, while torch is not imported, as stored with the golden traces, where
    they can be read and are of that method."""
    stored = None if "torch" in sys.modules else stored_card(checkpoint) or _beside(checkpoint)
    if stored is not None:
        return stored
    from dynviz import methods

    return methods.card(checkpoint.config.method)


def stored_card(checkpoint: Checkpoint) -> Card | None:
    """The description as stored with the golden traces; None where it cannot be read or is of another method. Needs no torch."""
    with suppress(InputError):
        stored = golden.read_card(checkpoint.folder)
        if stored is not None and stored.name == checkpoint.config.method:
            return stored
    return None


def _beside(checkpoint: Checkpoint) -> Card | None:
    """The description that another checkpoint of the method stores beside this one, which ships as numbers alone; None for no such."""
    if exists(checkpoint.folder / "golden.json"):
        return None
    for file in sorted(checkpoint.folder.parent.glob("*/golden.json")):
        with suppress(InputError):
            if read_config(file.parent).method == checkpoint.config.method:
                return golden.read_card(file.parent)
    return None


def card_of(model: "Model") -> Card:
    """The description of a model's method."""
    from dynviz import methods

    return methods.card(model.config.method)


def method_of(checkpoint: Checkpoint) -> "type[Method]":
    """The method class of a checkpoint: its title, knobs, readings and docstring."""
    from dynviz.methods import method_class

    return method_class(checkpoint.config.method)


def fitted_on(checkpoint: Checkpoint) -> str | None:
    """The split on which parts of a checkpoint were fitted after training ("train", "calibration"), if any were."""
    from dynviz.methods import method_class

    return method_class(checkpoint.config.method).fits_on


def default_knobs(checkpoint: Checkpoint) -> dict[str, float]:
    """The settings a checkpoint is shown at: its method's defaults, then its own."""
    return default_settings(card(checkpoint).knobs, checkpoint.config.knobs)


def score_within(checkpoint: Checkpoint, share: float) -> float | None:
    """The metric on the calibration split at the setting it ships with, as its config has it; None where it spends more than this share of
    the plain model's compute, or nothing is stored."""
    with suppress(KeyError, TypeError, ValueError):
        at = checkpoint.config.trained["metrics"]["calibration"]["at_knobs"]
        return score_in(at) if float(at["share"]) <= share else None
    return None


def registered() -> dict[str, str]:
    """All methods there are, by name, with the docstrings of their files: read, not imported, so that torch is not needed."""
    return {name: ast.get_docstring(ast.parse(f.read_text(encoding="utf-8"))) or "" for name, f in method_files().items()}


def elsewhere() -> dict[str, Elsewhere]:
    """The methods that are told of and not run here, by name. Needs no torch."""
    return dict(ELSEWHERE)
