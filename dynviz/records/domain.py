"""What a change of domain does: models trained for one task, at the settings they ship with, on texts of another of the same labels.

Stored as JSON, bound to checkpoints by their digests. Differences are to a model's own full depth on the same texts: (mean, low, high),
paired bootstrap over sentences, such that with 95 % confidence all intervals of one place hold at once (`records.redraw`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dynviz.records.files import printable
from dynviz.records.numbers import NumbersFile
from dynviz.records.operating import Interval
from dynviz.records.tasks import TASKS

SCHEMA = "dynviz.domain/1"
FILE = "domain.json"


@dataclass(frozen=True)
class Place:
    """What the shipped setting does on one kind of text. share: of the plain model's compute; accuracy, full: there and at full depth."""

    share: float
    accuracy: float
    full: float
    difference: Interval


@dataclass(frozen=True)
class Moved:
    """A model at home, on the evaluation split of its own task, and away."""

    model: str
    title: str
    home: Place
    away: Place


@dataclass(frozen=True)
class Domain:
    """All models of a task. home, away: names of tasks; split: of away's rows; sentences: how many; pieces: how much was read of each;
    native: accuracy, on the same rows, of the plain model trained away (None where it was not measured on them). models: by digest."""

    home: str
    away: str
    split: str
    sentences: int
    pieces: int
    native: float | None
    models: Mapping[str, Moved]


def write(found: Domain, file: Path) -> None:
    """Store it."""
    _FILE.write(found, file)


def read(file: Path) -> Domain | None:
    """As stored; None where there is no file, an InputError where it does not fit."""
    return _FILE.read(file)


def _sound(found: Domain) -> None:
    """ValueError where a task is none of ours, a share or an accuracy is none, or an interval is no interval."""
    for name in (found.home, found.away):
        if name not in TASKS:
            raise ValueError(f"the task {name[:60]!r} is not known")
    for moved in found.models.values():
        for place in (moved.home, moved.away):
            mean, low, high = place.difference
            if place.share <= 0 or not 0 <= place.accuracy <= 1 or not 0 <= place.full <= 1 or not low <= mean <= high:
                raise ValueError(f"the numbers of {printable(moved.model, 60)} do not fit")


_FILE: NumbersFile[Domain] = NumbersFile(SCHEMA, "domain", Domain, "domain", _sound)
