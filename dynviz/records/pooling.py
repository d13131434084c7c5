"""What can be read off [CLS] and off the mean of all states after each layer, as plain numbers: computed by `training.pooling`, stored as
JSON.

A linear classifier is taught on the frozen states after each layer and asked about the evaluation split. Differences are (mean, low, high),
paired over sentences; those of all layers of one encoder hold at once with 95 % (`records.redraw.simultaneous`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dynviz.records.numbers import NumbersFile
from dynviz.records.tasks import TASKS
from dynviz.records.zoo import Interval

SCHEMA = "dynviz.pooling/1"
FILE = "pooling.json"
Tuning = Literal["pre-trained", "tuned"]


@dataclass(frozen=True)
class Read:
    """Of one encoder, after each layer from the first: share of right answers off [CLS] and off the mean, and by how much the mean has
    more. tuned: whether it is the pre-trained encoder or the plain model's."""

    tuned: Tuning
    cls: tuple[float, ...]
    mean: tuple[float, ...]
    more: tuple[Interval, ...]


@dataclass(frozen=True)
class BackbonePooling:
    """Of one backbone: plain, its plain model, and the digest of it."""

    backbone: str
    layers: int
    plain: str
    digest: str
    reads: tuple[Read, ...]


@dataclass(frozen=True)
class Pooling:
    """Of a task. split: of the sentences that were asked; taught: rows the classifiers learned from; chance: the commoner label's share."""

    task: str
    split: str
    sentences: int
    taught: int
    chance: float
    backbones: tuple[BackbonePooling, ...]


def write(found: Pooling, file: Path) -> None:
    """Store it: numbers only."""
    _FILE.write(found, file)


def read(file: Path) -> Pooling | None:
    """As stored; None where there is no file, an InputError where it does not fit."""
    return _FILE.read(file)


def _sound(found: Pooling) -> None:
    """ValueError where a task is none of ours, a share is none, or a layer is missing."""
    if found.task not in TASKS:
        raise ValueError(f"the task {found.task[:60]!r} is not known")
    if not (found.sentences > 0 and 0 <= found.chance <= 1 and found.backbones and all(one.reads for one in found.backbones)):
        raise ValueError("nothing was asked, or nobody")
    for one in found.backbones:
        for read in one.reads:
            if not all(low <= mean <= high for mean, low, high in read.more):
                raise ValueError(f"an interval of {one.plain[:60]} is none")
            if not len(read.cls) == len(read.mean) == len(read.more) == one.layers > 0:
                raise ValueError(f"{one.plain[:60]} has {one.layers} layers, and not as many numbers")
            if not all(0 <= value <= 1 for value in (*read.cls, *read.mean)):
                raise ValueError(f"a share of right answers of {one.plain[:60]} is none")


_FILE: NumbersFile[Pooling] = NumbersFile(SCHEMA, "pooling", Pooling, "pooling", _sound)
