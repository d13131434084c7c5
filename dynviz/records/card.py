"""What a method says of itself, as plain data: its knobs, its readings, its words. No torch, so that a screen can show it at once."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal, get_args

import numpy as np
from pydantic import ConfigDict, TypeAdapter

from dynviz.errors import InputError
from dynviz.records import Bools, Floats, lists

MAX_STEPS = 1_000_000


@dataclass(frozen=True)
class Knob:
    """A number the user turns. `off` is the setting at which nothing stops; `stops` tells which way stops more.

    scale: "linear", settings lie `step` apart; "log", for a knob over several powers of ten: they lie `step` apart in log10 from `low` on,
    which must be above 0, each written with three digits; `off` may lie outside.
    """

    name: str
    label: str
    low: float
    high: float
    step: float
    default: float
    off: float
    stops: Literal["up", "down"]
    help: str = ""
    scale: Literal["linear", "log"] = "linear"

    def __post_init__(self) -> None:
        if self.scale == "log" and not 0 < self.low < self.high:
            raise ValueError(f"the knob {self.name} goes from {self.low} to {self.high}: on a log scale both are above 0, low first")
        if not self.step > 0 or not 0 <= (self.high - self.low) / self.step <= MAX_STEPS:
            raise ValueError(f"the knob {self.name} goes from {self.low} to {self.high} in steps of {self.step}")

    @property
    def whole(self) -> bool:
        """Whether it counts something: all its settings are whole numbers."""
        return self.scale == "linear" and float(self.step).is_integer() and float(self.low).is_integer()

    def checked(self, value: Any) -> float:
        """The value as a number in the knob's range (or its off setting), or an InputError."""
        try:
            number = float(value) + 0.0  # -0 is 0
        except (TypeError, ValueError, OverflowError):
            why = "it takes a number"
            raise InputError(f"The knob {self.name} was set to {value!r}", why, f"Give one from {self.low} to {self.high}") from None
        if number == self.off or (self.low <= number <= self.high and (number.is_integer() or not self.whole)):
            return number
        if self.low <= number <= self.high:
            raise InputError(f"The knob {self.name} was set to {number:g}", "it takes whole numbers", f"Give, for example, {round(number)}")
        why = f"it goes from {self.low} to {self.high} ({self.off} switches it off)"
        raise InputError(f"The knob {self.name} was set to {number:g}", why, "Give a number in that range")

    def points(self, count: int) -> list[float]:
        """At most `count` settings from low to high on the knob's own steps, evenly spread on its scale."""
        there = self._decades() if self.scale == "log" else self._steps()
        return [there[int(i)] for i in np.unique(np.linspace(0, len(there) - 1, min(count, len(there))).round())]

    def _steps(self) -> list[float]:
        return [round(self.low + i * self.step, 10) for i in range(round((self.high - self.low) / self.step) + 1)]

    def _decades(self) -> list[float]:
        steps = math.floor(math.log10(self.high / self.low) / self.step + 1e-9)
        between = [float(f"{self.low * 10 ** (i * self.step):.3g}") for i in range(1, steps + 1)]
        return [self.low, *(x for x in between if x < self.high * (1 - 1e-9)), self.high]


Side = Literal["below", "at most", "above", "at least"]  # of a limit, in the words that every screen uses
_HOLDS = {"below": np.less, "at most": np.less_equal, "above": np.greater, "at least": np.greater_equal}


def holds(values: Floats, side: Side, limits: Floats) -> Bools:
    """Where values lie on this side of their limits; never where either is NaN."""
    return np.asarray(_HOLDS[side](values, limits), bool)


def _way(side: Side) -> Literal["below", "above"]:
    return "below" if side in ("below", "at most") else "above"


def off_settings(knobs: Iterable[Knob]) -> dict[str, float]:
    """The settings at which nothing stops: full depth."""
    return {knob.name: knob.off for knob in knobs}


def default_settings(knobs: Iterable[Knob], own: Mapping[str, float] | None = None) -> dict[str, float]:
    """The settings a checkpoint is shown at: those its method suggests, overruled by those it ships with (own)."""
    return {**{knob.name: knob.default for knob in knobs}, **(own or {})}


@dataclass(frozen=True)
class Reading:
    """The name of something a method measures: one number per sentence, per token, or per answer of the task."""

    name: str
    unit: Literal["sentence", "token", "answer"]
    label: str
    compared: bool = True  # shown on screen as the quantity the rule compares
    side: Side | Literal[""] = ""  # of the first knob's setting, on which something stops; "": it is not compared with it

    @property
    def stops(self) -> Literal["below", "above", ""]:
        """Whether small or large values stop, whatever holds at the setting itself."""
        return _way(self.side) if self.side else ""


@dataclass(frozen=True, eq=False)
class Comparison:
    """One condition of a rule in one run. values: (L+1,), or (L+1, T) one per token, NaN where not read; row l: after layer l.
    limits: (L+1,) what they are held against, NaN where they are not. side: of the limit, on which the condition holds. group: conditions
    of one group must hold together, groups are alternatives; a condition without a group is enough by itself."""

    reading: str
    label: str
    values: Floats
    limits: Floats
    side: Side
    group: str = ""

    @property
    def stops(self) -> Literal["below", "above"]:
        """Whether small or large values hold, whatever holds at the limit itself."""
        return _way(self.side)

    @property
    def held(self) -> Bools:
        """Where the condition holds: the shape of the values."""
        return holds(self.values, self.side, self.limits if self.values.ndim == 1 else self.limits[:, None])

    @property
    def decides(self) -> bool:
        """Whether it is held against anything, and not only shown beside the others."""
        return bool(np.isfinite(self.limits).any())

    def plain(self) -> dict[str, Any]:
        """As JSON takes it: NaN as null; the group only where there is one."""
        values, limits = (x.astype(object) for x in (self.values, self.limits))
        values[np.isnan(self.values)], limits[np.isnan(self.limits)] = None, None
        said = {"reading": self.reading, "label": self.label, "side": self.side, **({"group": self.group} if self.group else {})}
        return {**said, "values": values.tolist(), "limits": limits.tolist()}


def comparison_of(raw: Mapping[str, Any]) -> Comparison:
    """The comparison in a JSON object; older ones say "stops" and "strict" instead of the side."""
    rest = {key: value for key, value in raw.items() if key not in ("stops", "strict")}
    if "side" not in rest:
        rest["side"] = "below" if raw["stops"] == "below" else "above" if raw.get("strict") else "at least"
    if rest["side"] not in get_args(Side):
        raise ValueError(f"side {rest['side']!r}, expected one of {', '.join(get_args(Side))}")
    if not all(isinstance(rest.get(key, ""), str) for key in ("reading", "label", "group")):
        raise ValueError("reading, label and group of a comparison are texts")
    values, limits = (lists.floats(raw[name], name) for name in ("values", "limits"))
    if limits.ndim != 1 or values.ndim not in (1, 2) or len(values) != len(limits):
        raise ValueError(f"values of shape {values.shape} cannot be held against limits of shape {limits.shape}")
    return Comparison(**{**rest, "values": values, "limits": limits})


def alternatives(compared: Sequence[Comparison]) -> list[tuple[Comparison, ...]]:
    """What is enough for a rule to stop, each by itself: the conditions of one group together. What decides nothing is left out."""
    found: dict[tuple[str, int], list[Comparison]] = {}
    for i, c in enumerate(compared):
        if c.decides:
            found.setdefault((c.group, 0 if c.group else i), []).append(c)
    return [tuple(group) for group in found.values()]


def together(group: Sequence[Comparison]) -> Bools:
    """(L+1,), or (L+1, T) where any of them is per token: where all conditions of a group hold."""
    tokens = any(c.values.ndim == 2 for c in group)
    parts = [c.held[:, None] if tokens and c.values.ndim == 1 else c.held for c in group]
    return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*parts)), bool)


Counts = Literal["layers", "running time", "FLOPs"]


@dataclass(frozen=True)
class Result:
    """The numbers of a published result on a data set of ours, so that ours can be held against them (`measure.reproduced`).

    task: ours on that data; split: theirs, "" where it is not named. score: in percent, with the method; full: without it, None where it is
    not given. counts: what they count as cost; fewer: so many times less of it, or saved: so much of it, in percent (one of the two).
    padded: pieces that all their texts were padded to, 0 where they were not. after: where every sentence leaves, as (layer, layers), for
    an exit measured alone. why: what, beside that which can be read off the checkpoints, may part ours from it.
    """

    task: str
    split: str
    score: float
    full: float | None
    counts: Counts = "layers"
    fewer: float = 0.0
    saved: float = 0.0
    padded: int = 0
    after: tuple[int, int] | None = None
    why: str = ""

    def __post_init__(self) -> None:
        if (self.fewer > 0) + (self.saved > 0) + (self.after is not None) != 1:
            raise ValueError("a published cost is told in one way: so many times fewer, so much saved, or the layer where all leave")

    @property
    def share(self) -> float:
        """What is spent, of the whole, in what they count."""
        if self.after is not None:
            return self.after[0] / self.after[1]
        return 1 / self.fewer if self.fewer else 1 - self.saved / 100

    @property
    def drop(self) -> float | None:
        """How far the metric falls (below 0) or rises, as a share; None where it is not known what it was without the method."""
        return None if self.full is None else round(self.score - self.full, 6) / 100

    @property
    def cost(self) -> str:
        """In words, as it is counted there."""
        if self.after is not None:
            return f"every sentence after layer {self.after[0]} of {self.after[1]}"
        less = "faster" if self.counts == "running time" else f"fewer {self.counts}"
        said = f"{self.fewer:g}x {less}" if self.fewer else f"{self.saved:g} % of {self.counts} saved"
        return said + (f", padded to {self.padded}" if self.padded else "")


@dataclass(frozen=True)
class Published:
    """A result printed in a paper, as its authors report it; never mixed with ours. data: the set and split ("SST-2 test");
    score: with its unit ("91.6 accuracy"); cost: as they count it ("2.86x fewer layers"); source: where it is printed. result: the same in
    numbers, where it is of a data set of ours (`reported` writes the words)."""

    data: str
    backbone: str
    score: str
    cost: str
    source: str
    result: Result | None = None


def reported(data: str, backbone: str, result: Result, source: str, note: str = "") -> Published:
    """A published result in words, from its numbers. note: what else is to be said of its cost."""
    full = f" ({result.full:.1f} without)" if result.full is not None else ""
    return Published(data, backbone, f"{result.score:.1f} accuracy{full}", result.cost + (f", {note}" if note else ""), source, result)


@dataclass(frozen=True)
class Deviation:
    """Where ours differs from the paper or from its authors' code: what they do, what we do, and why."""

    theirs: str
    ours: str
    why: str


Kind = Literal["exit", "depth", "tokens", "layers", "cascade", "baseline"]
KINDS: dict[Kind, str] = {
    "exit": "a sentence exits early",
    "depth": "each word or token has a depth of its own",
    "tokens": "tokens are dropped or merged",
    "layers": "whole layers are skipped",
    "cascade": "a bigger model is asked only where a smaller one is unsure",
    "baseline": "nothing adapts, or nothing was learned for it: what others are compared with",
}


@dataclass(frozen=True)
class Picture:
    """A picture of a method's own, beside those that every method gets.

    draws: "numbers", "gates" or "counts", from what it learned (`Method.learned`); "outlook", from a run (`Method.outlook`); "accuracy" or
    "depth", what its first knob asks for, as a share, against what was got. tensors: the names, in the checkpoint, of what `learned` is
    given; a name stands for all that begin with it and a point. how: how to read it.
    """

    name: str
    draws: Literal["numbers", "gates", "counts", "outlook", "accuracy", "depth"]
    tensors: tuple[str, ...] = ()
    how: str = ""


@dataclass(frozen=True, eq=False)
class Learned:
    """Numbers that a method learned, ready to be drawn. values: (rows, layers), counts in one row; of gates (layers, ranks), most important
    rank first. rows: their names. said: what they show, in a sentence."""

    values: Floats
    rows: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Card:
    """A method in words and numbers. about: the docstring of its file, whose first line is the caption."""

    name: str
    title: str
    kind: Kind
    venue: str
    stops: str
    about: str
    knobs: tuple[Knob, ...]
    readings: tuple[Reading, ...]
    replayable: bool
    published: tuple[Published, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def caption(self) -> str:
        """The method in one line: the first of its docstring."""
        return self.about.split("\n", 1)[0]

    @property
    def yardstick(self) -> bool:
        """Whether it drops tokens by a rule that nobody trained: what every method that drops tokens must beat."""
        return self.kind == "baseline" and any(reading.unit == "token" for reading in self.readings)

    @property
    def by_token(self) -> bool:
        """Whether it saves token by token, within a text that goes on: then such rules are its yardsticks."""
        return self.kind in ("tokens", "depth")

    def plain(self) -> dict[str, Any]:
        """As a dict that JSON can hold."""
        return asdict(self)


@cache
def _cards() -> TypeAdapter[tuple[Card]]:
    return TypeAdapter(tuple[Card], config=ConfigDict(extra="forbid", allow_inf_nan=False))


def card_of(raw: Any) -> Card:
    """The card in a JSON object; ValueError where it does not fit."""
    return _cards().validate_python([raw])[0]
