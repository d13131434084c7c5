"""What a method says of itself, as plain data: its knobs, its readings, its words. No torch, so that a screen can show it at once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from dynviz.errors import InputError
from dynviz.records import Bools, Floats


@dataclass(frozen=True)
class Knob:
    """A number the user turns. `off` is the setting at which nothing stops; `stops` tells which way stops more."""

    name: str
    label: str
    low: float
    high: float
    step: float
    default: float
    off: float
    stops: Literal["up", "down"]
    help: str = ""

    def checked(self, value: Any) -> float:
        """The value as a number in the knob's range (or its off setting), or an InputError."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            why = "it takes a number"
            raise InputError(f"The knob {self.name} was set to {value!r}", why, f"Give one from {self.low} to {self.high}") from None
        if number == self.off or self.low <= number <= self.high:
            return number
        why = f"it goes from {self.low} to {self.high} ({self.off} switches it off)"
        raise InputError(f"The knob {self.name} was set to {number:g}", why, "Give a number in that range")

    def points(self, count: int) -> list[float]:
        """At most `count` settings from low to high on the knob's own steps."""
        steps = round((self.high - self.low) / self.step)
        chosen = np.unique(np.linspace(0, steps, min(count, steps + 1)).round())
        return [round(self.low + float(i) * self.step, 10) for i in chosen]


@dataclass(frozen=True)
class Reading:
    """The name of something a method measures: one number per sentence, per token, or per answer of the task."""

    name: str
    unit: Literal["sentence", "token", "answer"]
    label: str
    compared: bool = True  # shown on screen as the quantity the rule compares
    stops: Literal["below", "above", ""] = ""  # on which side of the first knob's setting it stops; "": it is not compared with it
    strict: bool = False  # a value at the setting itself does not stop either way


@dataclass(frozen=True, eq=False)
class Comparison:
    """What a rule compared in one run. values: (L+1,), or (L+1, T) one per token, NaN where not read; row l: after layer l.
    limits: (L+1,) what they are held against, NaN where they are not. stops: on which side of the limit something stops; at the limit
    itself, "above" stops and "below" does not, save where a rule is strict."""

    reading: str
    label: str
    values: Floats
    limits: Floats
    stops: Literal["below", "above"]
    strict: bool = False

    @property
    def held(self) -> Bools:
        """Where the rule's condition holds: the shape of the values."""
        limits = self.limits if self.values.ndim == 1 else self.limits[:, None]
        if self.stops == "below":
            return np.asarray(self.values < limits, bool)
        return np.asarray(self.values > limits if self.strict else self.values >= limits, bool)

    def plain(self) -> dict[str, Any]:
        """As JSON takes it: NaN as null."""
        values, limits = (x.astype(object) for x in (self.values, self.limits))
        values[np.isnan(self.values)], limits[np.isnan(self.limits)] = None, None
        said = {"reading": self.reading, "label": self.label, "stops": self.stops, "strict": self.strict}
        return {**said, "values": values.tolist(), "limits": limits.tolist()}


def comparison_of(raw: Mapping[str, Any]) -> Comparison:
    """The comparison in a JSON object."""
    return Comparison(**{**raw, **{name: np.array(raw[name], float) for name in ("values", "limits")}})


@dataclass(frozen=True)
class Published:
    """A figure that others report of a method, in their words; never mixed with ours. data: the set and split ("SST-2 test");
    score: with its unit ("91.6 accuracy"); cost: as they count it ("2.86x fewer layers"); source: where it is printed."""

    data: str
    backbone: str
    score: str
    cost: str
    source: str


@dataclass(frozen=True)
class Deviation:
    """Where ours differs from the paper or from its authors' code: what they do, what we do, and why."""

    theirs: str
    ours: str
    why: str


Kind = Literal["exit", "depth", "tokens", "cascade", "baseline"]
KINDS: tuple[Kind, ...] = ("exit", "depth", "tokens", "cascade", "baseline")


@dataclass(frozen=True)
class Card:
    """A method in words and numbers. about: the docstring of its file, whose first line is the caption."""

    name: str
    title: str
    venue: str
    stops: str
    about: str
    knobs: tuple[Knob, ...]
    readings: tuple[Reading, ...]
    replayable: bool
    published: tuple[Published, ...] = ()
    deviations: tuple[Deviation, ...] = ()

    @property
    def caption(self) -> str:
        """One line."""
        return self.about.split("\n", 1)[0]

    @property
    def kind(self) -> Kind:
        """What sort of method it is, from what stops: sentences exit early, words or tokens each at a depth of their own, tokens are
        dropped, a cascade of models; or a baseline."""
        what = self.stops.lower()
        if self.venue in ("", "baseline"):
            return "baseline"
        if " model" in what:
            return "cascade"
        if any(word in what for word in ("dropped", "pruned", "merged", "removed")):
            return "tokens"
        return "depth" if what.startswith(("word", "token")) else "exit"

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)


def card_of(raw: Mapping[str, Any]) -> Card:
    """The card in a JSON object; KeyError or TypeError where it does not fit."""
    lists = {"knobs": Knob, "readings": Reading, "published": Published, "deviations": Deviation}
    return Card(**{**raw, **{key: tuple(kind(**x) for x in raw.get(key, ())) for key, kind in lists.items()}})
