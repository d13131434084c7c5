"""Does a model of one's own fit: see `dynviz.api.checks`, which is imported when it is called."""

from collections.abc import Iterable
from pathlib import Path

from dynviz.api.models import warm
from dynviz.checkpoint.config import is_ours
from dynviz.records import Unit
from dynviz.records.checks import Step


def examine(where: str | Path) -> list[Step]:
    """All checks of a checkpoint's folder or name, or of a Hugging Face model's folder or Hub id, in order; what cannot be driven is a step
    that did not pass, with what to do. An InputError where nothing is there."""
    warm()
    from dynviz.api.checks import examine

    return examine(str(where))


def classifiers(folders: Iterable[Path]) -> list[Path]:
    """Of these folders those that are not checkpoints of ours: models of others, or what is taken for one. Nothing is loaded."""
    return [folder for folder in folders if not is_ours(folder)]


def fitted_methods(unit: Unit) -> dict[str, str]:
    """The exit rules that linear classifiers on a frozen model are enough for, name -> title; first the one that is taken where none is
    named."""
    warm()
    from dynviz.fitting.base import fitted_methods
    from dynviz.methods import method_class

    return {name: method_class(name).title for name in fitted_methods(unit)}
