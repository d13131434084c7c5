"""Where a talk stands: its acts and their steps, and the way from one to the next. No Streamlit in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

STEPS = (4, 3, 2)  # of the idea, the evidence, the money; a view of one's own has one
OWN = len(STEPS)  # acts before those of one's own
PINS = 3  # views of one's own at most

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Place:
    """An act and a step of it, both from 1. pins: views of one's own that follow the acts."""

    act: int = 1
    step: int = 1
    pins: int = 0

    @property
    def acts(self) -> int:
        """How many acts there are."""
        return OWN + self.pins

    @property
    def own(self) -> int | None:
        """Which view of one's own this act is, from 0; None in the other acts."""
        return self.act - OWN - 1 if self.act > OWN else None

    def to(self, act: int, last: bool = False) -> "Place":
        """The first step of an act, or its last; where there is no such act, the nearest one."""
        act = min(max(act, 1), self.acts)
        return replace(self, act=act, step=steps(act) if last else 1)

    @property
    def next(self) -> "Place":
        """One step on; after the last of all, the same."""
        if self.step < steps(self.act):
            return replace(self, step=self.step + 1)
        return self.to(self.act + 1) if self.act < self.acts else self

    @property
    def before(self) -> "Place":
        """One step back; before the first of all, the same."""
        if self.step > 1:
            return replace(self, step=self.step - 1)
        return self.to(self.act - 1, last=True) if self.act > 1 else self


def steps(act: int) -> int:
    """How many steps an act has."""
    return STEPS[act - 1] if act <= OWN else 1


def read(parameters: Mapping[str, str], pins: int = 0) -> Place:
    """The place an address names; what it says badly is the nearest place that there is."""
    act, step = (int(value) if value.isdecimal() and len(value) < 4 else 1 for value in (parameters.get(k, "") for k in ("act", "step")))
    place = Place(pins=min(pins, PINS)).to(act)
    return replace(place, step=min(max(step, 1), steps(place.act)))


def grouped(parameters: Pairs) -> dict[str, str | list[str]]:
    """An address as a page is opened with it: of a name that stands in it more than once, all values."""
    found: dict[str, list[str]] = {}
    for name, value in parameters:
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def packed(parameters: Pairs) -> str:
    """The address of the stage as one value, for the page that stands on it."""
    return urlencode(parameters)


def unpacked(value: str) -> list[tuple[str, str]]:
    """The address of the stage from that value; empty where it is none."""
    try:
        return parse_qsl(value[:8000], max_num_fields=40)
    except ValueError:
        return []
