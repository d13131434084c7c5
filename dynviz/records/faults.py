"""The first thing that is wrong with a trace or a sweep in JSON, as a sentence with its place: "attending[3] has 11 entries, and there are
12 tokens". The viewer without Python says the same (`viewer/check.js`)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dynviz.records.rules import rules
from dynviz.records.shapes import COUNT, NAME, ROUNDING, SCHEMAS, SIZES, Bound, Part
from dynviz.records.told import Fault, described, entries, quoted

_NEEDED = {
    "text": "text", "whole": "a whole number", "number": "a number", "share": "a probability", "bit": "0 or 1", "object": "an object"
}  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,), "whole": (int,), "number": (int, float), "share": (int, float), "bit": (int, bool), "object": (dict,)
}  # fmt: skip


def fault(raw: Any) -> str | None:
    """What is wrong first in what a JSON file holds; None where it is a trace or a sweep."""
    try:
        _Check(_schema(raw)).all(raw)
    except Fault as found:
        return str(found)
    return None


def _schema(raw: Any) -> str:
    if not isinstance(raw, dict):
        raise Fault(f"the file holds {described(raw)}, and an object is needed")
    named = raw.get("schema")
    if not isinstance(named, str) or named not in SCHEMAS:
        said = quoted(named) if isinstance(named, str) else described(named) if "schema" in raw else "missing"
        raise Fault(f"schema is {said}, and {' or '.join(map(quoted, SCHEMAS))} is needed")
    return named


class _Check:
    """One look through a file. sizes: lengths found so far, by the letter of the table."""

    def __init__(self, schema: str) -> None:
        self.schema, self.sizes, self.layers = schema, {"2": 2}, 0

    def all(self, raw: Mapping[str, Any]) -> None:
        """Every key, in the order of the table; then what follows from several."""
        self.keys({k: v for k, v in raw.items() if k != "schema"}, SCHEMAS[self.schema], "", False)
        rules(raw, self.schema)

    def keys(self, raw: Mapping[str, Any], parts: Sequence[Part], place: str, more: bool) -> None:
        """The keys of an object: those that are unknown or missing first."""
        within = f" of {place}" if place else ""
        known = {part.key for part in parts}
        for key in sorted(raw):
            if key not in known and not more:
                raise Fault(f"the key {quoted(key)}{within} is unknown")
        for part in parts:
            if part.key not in raw and not part.optional:
                raise Fault(f"the key {quoted(part.key)}{within} is missing")
        for part in parts:
            if part.key in raw:
                self.part(raw[part.key], part, f"{place}.{part.key}" if place else part.key)

    def part(self, value: Any, part: Part, place: str) -> None:
        """The value of a key."""
        if part.sets:
            self.measure(value, part, place)
        if not part.keyed:
            self.nested(value, part, part.shape, place)
        elif not isinstance(value, dict):
            raise Fault(f"{place} is {described(value)}, and an object is needed")
        else:
            for key in sorted(value):
                if not key.strip() or len(key) > NAME:
                    raise Fault(f"a key of {place} is {'blank' if not key.strip() else f'longer than {NAME} characters'}")
                self.nested(value[key], part, self.chosen(value[key], part), f"{place}{_dotted(key)}")
        if place == "layers" and isinstance(value, int):
            self.layers = value

    def measure(self, value: Any, part: Part, place: str) -> None:
        """Let the length of a list set a size, if so many are read."""
        if not isinstance(value, list):
            raise Fault(f"{place} is {described(value)}, and a list is needed")
        size = SIZES[part.sets]
        low, high = (1, max(1, self.sizes["T"])) if part.sets == "U" else (size.low, size.high)
        if part.sets == "U" and len(value) not in (low, high):
            raise Fault(f"{place} has {entries(len(value))}, and one, or one for each of {high} tokens, is needed")
        if not low <= len(value) <= high:
            raise Fault(f"{place} has {entries(len(value))}, and {low} to {high} are read")
        self.sizes[part.sets] = len(value)
        if part.sets == "L":
            self.sizes["L+1"] = len(value) + 1

    def chosen(self, value: Any, part: Part) -> tuple[str, ...]:
        """The shape of the two that a part may have: the deeper one where lists lie in its list."""
        deeper = isinstance(value, list) and any(isinstance(inner, list) for inner in value)
        return part.also if part.also and deeper else part.shape

    def nested(self, value: Any, part: Part, shape: Sequence[str], place: str) -> None:
        """Nested lists of this shape."""
        if not shape:
            return self.single(value, part, place)
        if not isinstance(value, list):
            raise Fault(f"{place} is {described(value)}, and a list is needed")
        wanted, size = self.sizes[shape[0]], SIZES[shape[0]]
        if len(value) != wanted:
            there = f"there is 1 {size.one}" if wanted == 1 else f"there are {wanted} {size.many}"
            raise Fault(f"{place} has {entries(len(value))}, and {there}")
        for i, inner in enumerate(value):
            self.nested(inner, part, shape[1:], f"{place}[{i}]")
        return None

    def single(self, value: Any, part: Part, place: str) -> None:
        """One value."""
        if value is None and part.null:
            return
        needed = _NEEDED[part.kind]
        if type(value) not in _TYPES[part.kind]:
            point = part.kind in ("whole", "bit") and isinstance(value, float) and value.is_integer()
            raise Fault(f"{place} is {described(value)}{', written with a point' if point else ''}, and {needed} is needed")
        if part.kind == "object":
            self.keys(value, part.parts, place, part.more)
        elif part.kind != "text":
            self.within(value, part, place)

    def within(self, value: float, part: Part, place: str) -> None:
        """A number within its bounds."""
        if part.kind == "bit":
            low, high = 0.0, 1.0
        elif part.kind == "share":
            low, high = -ROUNDING, 1 + ROUNDING
        else:
            most = COUNT if part.kind == "whole" else float("inf")
            low = -most if part.low is None else self.bound(part.low)
            high = most if part.high is None else self.bound(part.high)
        if low <= value <= high and abs(value) != float("inf"):
            return
        needed, ends = _NEEDED[part.kind], [described(v) for v in (round(low), round(high)) if abs(v) < COUNT] if high < COUNT else []
        more = f" from {ends[0]} to {ends[1]}" if len(ends) == 2 and part.kind != "bit" else ""
        least = f" of at least {described(low)}" if not more and part.low is not None else ""
        raise Fault(f"{place} is {described(value)}, and {needed}{more or least} is needed")

    def bound(self, told: Bound) -> float:
        """A bound as a number."""
        if isinstance(told, int):
            return told
        return self.layers if told == "layers" else self.sizes[told[0]] - 1


def _dotted(key: str) -> str:
    return f".{key}" if _PLAIN.fullmatch(key) and len(key) <= 40 else f"[{quoted(key)}]"
