"""Whether the tokens that methods drop matter, as plain numbers: computed by `measure.pruned`, stored as JSON, shown on screen.

Each measure is a mean over sentences beside the same mean for a choice by lot. The difference has an interval, bootstrap over sentences;
those of one measure hold for all models of a task at once with 95 % confidence (`records.redraw.simultaneous`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dynviz.records.files import printable
from dynviz.records.numbers import NumbersFile
from dynviz.records.zoo import Interval

SCHEMA = "dynviz.pruned/1"
FILE = "pruned.json"
MEASURES = ("accuracy", "saliency", "saliency, middle layer", "rollout", "rollout, middle layer", "order", "content words", "edits")
GROUPINGS = ("part of speech", "position", "length")
Why = Literal["it merges", "it drops nothing", "it answers early"]


@dataclass(frozen=True)
class Held:
    """One measure of a model's choice. own: its mean over sentences; chance: that of a choice by lot; more: own less chance, with its
    interval; sentences: in how many it can be told."""

    own: float
    chance: float
    more: Interval
    sentences: int


@dataclass(frozen=True)
class Funnel:
    """Pieces of one sort: how many there are, and the share of them that is computed in each layer."""

    name: str
    pieces: int
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Dropper:
    """A checkpoint that drops tokens, at the knobs it ships with. kept: share of the tokens that are left after the middle layer and after
    the last; held: by measure, those that can be told of it:

    accuracy: right answers, against as many tokens of each sentence and layer drawn by lot.
    saliency, rollout: AUROC of a token's share in the plain model's answer, of those kept against those dropped, after the last layer and
    after the middle one; by lot it is 0.5. order: Spearman's correlation of what the rule reads of tokens up to the middle layer, nothing
    dropped yet, with the attention that they receive in the plain model's last layer; by lot it is 0. content words: share of the
    kept pieces that belong to one, against that of all pieces.
    edits: Jaccard index of the pieces kept before and after one word is changed, among the others, against two sets drawn by lot.

    funnels: by each of `GROUPINGS`, group by group.
    """

    model: str
    title: str
    digest: str
    knobs: Mapping[str, float]
    kept: tuple[float, float]
    held: Mapping[str, Held]
    funnels: Mapping[str, tuple[Funnel, ...]]


@dataclass(frozen=True)
class TaskPruned:
    """All of one task, over a sample of its evaluation split. draws: lots a sentence; edits: tried in each sentence; tagger: who told the
    parts of speech; left_out: models of which nothing is said, and why; digests: of the plain model and the tagger, by name."""

    task: str
    split: str
    sentences: int
    seed: int
    draws: int
    edits: int
    plain: str
    tagger: str
    digests: Mapping[str, str]
    droppers: tuple[Dropper, ...]
    left_out: Mapping[str, Why]


Pruned = Mapping[str, TaskPruned]  # by task, or "task/backbone" for further backbones of one


def write(found: Pruned, file: Path) -> None:
    """Store it: numbers only."""
    _FILE.write(found, file)


def read(file: Path) -> Pruned:
    """The stored numbers, by task; empty where there is no file, an InputError where it does not fit."""
    return _FILE.read(file) or {}


def _sound(task: TaskPruned) -> None:
    """ValueError where a measure is none of ours or is missing, an interval is no interval, a share is none, or a group's layers are not
    all there."""
    for one in task.droppers:
        for name, held in one.held.items():
            if name not in MEASURES or not held.more[1] <= held.more[0] <= held.more[2]:
                raise ValueError(f"the measure {name[:60]!r} of {printable(one.model, 60)} does not fit")
        groups = [group for sorts in one.funnels.values() for group in sorts]
        layers, shares = {len(group.shares) for group in groups}, [*one.kept, *(share for group in groups for share in group.shares)]
        if not all(0 <= share <= 1 for share in shares) or min((group.pieces for group in groups), default=1) < 1:
            raise ValueError(f"what is kept by {printable(one.model, 60)} is no share of anything")
        if MEASURES[0] not in one.held or set(one.funnels) != set(GROUPINGS) or len(layers) > 1 or 0 in layers:
            raise ValueError(f"numbers of {printable(one.model, 60)} are missing")


def _all(found: Pruned) -> None:
    for task in found.values():
        _sound(task)


_FILE: NumbersFile[Pruned] = NumbersFile(SCHEMA, "tasks", dict[str, TaskPruned], "pruned", _all)
