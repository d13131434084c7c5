"""When words settle, over many of them: three readings of each word of a sample of tagged texts, and what they have to do with its class
and how frequent it is. Computed by `training.word_readings`, stored as JSON, numbers without texts.

The readings are those of one text (`records.word_settling`, and the trace of a tagger), as layers from 1: `state`, from which on a word's
state stays near its last one; `back`, the first at which it is read back where it is hidden (never: the last layer); `sure`, after which a
tagger had its tag (never: the last layer). Intervals are (it, low, high), of 95 %, each for itself, redrawing whole texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dynviz.records.files import printable
from dynviz.records.numbers import NumbersFile
from dynviz.records.operating import Interval
from dynviz.records.tasks import TASKS

SCHEMA = "dynviz.words/1"
FILE = "words.json"
CONTENT = frozenset({"ADJ", "ADV", "NOUN", "PROPN", "VERB"})
FUNCTION = frozenset({"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"})
SIGNS = frozenset({"PUNCT", "SYM"})  # no words
READINGS = ("state", "back", "sure")


@dataclass(frozen=True)
class Less:
    """The mean layer of some words less that of others. words: how many of either; layers: their means; less: the difference."""

    words: tuple[int, int]
    layers: tuple[float, float]
    less: Interval


@dataclass(frozen=True)
class AtBar:
    """Content words less function words, by the layer from which on a state stays at a cosine of at least `bar` to its last one."""

    bar: float
    content: Less


@dataclass(frozen=True)
class WordClass:
    """All words of a part of speech: how many, and the mean layer of each reading. never: share of those that are never read back."""

    name: str
    words: int
    state: Interval
    back: Interval
    sure: Interval
    never: float


@dataclass(frozen=True)
class Bound:
    """What was read, by its digests; numbers of others are not shown."""

    base: str
    heads: str
    tagger: str


@dataclass(frozen=True)
class WordReadings:
    """Of a base, the heads that read hidden words beside it, and a tagger on it.

    task, split: whose rows the texts are; texts: drawn of them with `seed`; words: of them, signs left out. base: the folder; layers: how
    many it has; tagger, title, knobs: which and at which setting. half: the probability that counts as read back.

    state: at each bar, the first for the picture and the classes. sure: determiners less all other words. back: rank correlation of the
    layer with how often the word stands in the training split; None where it has none. never: share of words that are never read back.
    """

    task: str
    split: str
    texts: int
    words: int
    seed: int
    base: str
    layers: int
    tagger: str
    title: str
    knobs: Mapping[str, float]
    bound: Bound
    half: float
    state: tuple[AtBar, ...]
    sure: Less
    back: Interval | None
    never: float
    classes: tuple[WordClass, ...]

    @property
    def claims(self) -> dict[str, Interval | None]:
        """By reading, what is claimed to lie below zero: content words' states stay earlier, determiners' tags are sure earlier, frequent
        words are read back earlier."""
        return {"state": self.state[0].content.less, "back": self.back, "sure": self.sure.less}

    @property
    def holds(self) -> dict[str, bool]:
        """By reading, whether it surely does."""
        return {name: value is not None and value[2] < 0 for name, value in self.claims.items()}


def write(found: WordReadings, file: Path) -> None:
    """Store it."""
    _FILE.write(found, file)


def read(file: Path) -> WordReadings | None:
    """As stored; None where there is no file, an InputError where it does not fit."""
    return _FILE.read(file)


def _sound(found: WordReadings) -> None:
    """ValueError where the task is none of ours, a layer is none that there is, or a share or an interval is none."""
    if found.task not in TASKS:
        raise ValueError(f"the task {found.task[:60]!r} is not known")
    if not found.state or not 1 <= found.layers <= 1000:
        raise ValueError("there is no layer, or no reading of states")
    if not all(part.name in TASKS[found.task].labels for part in found.classes):
        raise ValueError(f"a word class is none of {found.task}")
    layers = [layer for less in (found.sure, *(at.content for at in found.state)) for layer in less.layers]
    layers += [layer for part in found.classes for reading in READINGS for layer in getattr(part, reading)]
    shares = [found.never, found.half, *(part.never for part in found.classes), *(abs(value) for value in found.back or ())]
    if not all(0 <= layer <= found.layers for layer in layers) or not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"the numbers of {printable(found.base, 60)} do not fit")
    if any(value is not None and value[1] > value[2] for value in found.claims.values()):
        raise ValueError("an interval ends before it begins")


_FILE: NumbersFile[WordReadings] = NumbersFile(SCHEMA, "words", WordReadings, "masked --readings --data DATA", _sound)
