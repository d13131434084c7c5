"""The JSON form of a Trace: a published, versioned schema ("dynviz.trace/1"), so that any model can write one.

An object with the fields of `Trace`. Masks are lists of L rows of T zeros and ones; numbers that were not read are null;
`layers` is a list of {stage, width, ffn, entry}; `merged_into`, L rows of T places, is there only where tokens were merged. Unknown keys
and wrong shapes are refused with a sentence that names them.
"""

import json
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynviz.errors import InputError
from dynviz.records import lists
from dynviz.records.cost import LayerSize
from dynviz.records.files import parse
from dynviz.records.lists import MAX_COUNT, MAX_NAME
from dynviz.records.trace import Trace

SCHEMA = "dynviz.trace/1"
_OPTIONAL = {"model", "method", "task", "digest", "versions", "note", "merged_into"}
MAX_TOKENS, MAX_LAYERS, MAX_LABELS = 4096, 1024, 1000
MAX_WIDTH = 100_000  # FLOPs made of more would not fit 64 bits
ROUNDING = 1e-3  # by which a probability may miss its range


def to_json(trace: Trace, indent: int | None = None) -> str:
    """The trace as JSON text; `from_json` gives an equal trace back."""
    out: dict[str, Any] = {"schema": SCHEMA}
    for item in fields(trace):
        value = getattr(trace, item.name)
        if item.name == "merged_into" and value is None:
            continue
        if item.name == "layers":
            value = [size.as_dict() for size in value]
        elif item.name == "readings":
            value = {name: _plain(v) for name, v in value.items()}
        elif isinstance(value, np.ndarray):
            value = _plain(value)
        out[item.name] = value
    return json.dumps(out, ensure_ascii=False, indent=indent)


def from_json(text: str) -> Trace:
    """The trace in a JSON text, or an InputError that says what does not fit."""
    try:
        raw = parse(text)
    except ValueError as error:
        raise _wrong("it is not JSON", str(error)) from None
    return from_plain(raw)


def from_plain(raw: Any) -> Trace:
    """The trace in what JSON text holds, or an InputError that says what does not fit."""
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        found = raw.get("schema") if isinstance(raw, dict) else type(raw).__name__
        raise _wrong(f"its schema is {repr(found)[:60]}", f"{SCHEMA!r} is read")
    names = {item.name for item in fields(Trace)}
    for key in raw.keys() - names - {"schema"}:
        raise _wrong(f"it has an unknown key {key[:60]!r}", "only the fields of the schema are read")
    for key in names - raw.keys() - _OPTIONAL:
        raise _wrong(f"it lacks the key {key!r}", "the picture needs it")
    try:
        return _trace({k: v for k, v in raw.items() if k != "schema"})
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise _wrong("a value does not fit", str(error)) from None


def _trace(raw: dict[str, Any]) -> Trace:
    tokens, labels = _strings(raw["tokens"], "tokens"), _strings(raw["labels"], "labels")
    if not 1 <= len(tokens) <= MAX_TOKENS:
        raise ValueError(f"it has {len(tokens)} tokens; 1 to {MAX_TOKENS} are read")
    if not 2 <= len(labels) <= MAX_LABELS or len(set(labels)) < len(labels) or not all(label.strip() for label in labels):
        raise ValueError(f"it has {len(labels)} labels; 2 to {MAX_LABELS} are read, different ones, and none of them blank")
    if not isinstance(raw["layers"], list) or not 1 <= len(raw["layers"]) <= MAX_LAYERS:
        raise ValueError(f"it has no list of 1 to {MAX_LAYERS} layers")
    numbers: dict[str, Any] = {k: _probs(raw[k], k) for k in ("probs", "answer")}
    masks: dict[str, Any] = {k: lists.mask(raw[k], k) for k in ("attending", "visible", "transformed", "special")}
    whole: dict[str, Any] = {k: lists.whole(raw[k], k) for k in ("word", "extra_flops", "merged_into") if k in raw}
    readings = {_name(k): lists.floats(v, f"the reading {k}") for k, v in _object(raw["readings"], "readings").items()}
    knobs = {_name(k): float(lists.floats(v, f"the knob {k}")) for k, v in _object(raw["knobs"], "knobs").items()}
    if any(np.isnan(v) for v in knobs.values()) or whole["extra_flops"].min(initial=0) < 0:
        raise ValueError("knobs are numbers, and FLOPs are not negative")
    if whole["word"].min(initial=0) < -1 or whole["word"].max(initial=0) >= len(tokens):
        raise ValueError("a word's number lies outside the text")
    text: dict[str, Any] = {k: _string(raw[k], k) for k in ("text", "model", "method", "task", "digest", "note") if k in raw}
    versions = {_name(k): _string(v, f"the version of {k}") for k, v in _object(raw.get("versions", {}), "versions").items()}
    return _answered(Trace(
        tokens=tokens, labels=labels, layers=tuple(_layer(size) for size in raw["layers"]), readings=readings, knobs=knobs,
        plain_head=_count(raw["plain_head"], "plain_head"), offsets=_offsets(raw["offsets"], len(tokens), len(text["text"])),
        versions=versions, **numbers, **masks, **whole, **text,
    ))  # fmt: skip


def _answered(trace: Trace) -> Trace:
    """The trace, if it says what was answered: for the sentence, or for each word at its first piece."""
    told = trace.answer if trace.answer.shape[0] == 1 else trace.answer[trace.leads]
    if np.isnan(told).any():
        raise ValueError("the answer is not a number")
    return trace


def _layer(raw: dict[str, Any]) -> LayerSize:
    sizes = {k: _count(v, k[:MAX_NAME]) for k, v in _object(raw, "a layer").items() if k != "stage"}
    size = LayerSize(stage=_string(raw["stage"], "stage"), **sizes)
    if not 1 <= size.width <= MAX_WIDTH or not 1 <= size.ffn <= MAX_WIDTH or size.distances > MAX_WIDTH:
        raise ValueError(f"a layer's width and ffn are from 1 to {MAX_WIDTH}, and its distances are no more")
    return size


def _offsets(values: Any, tokens: int, characters: int) -> NDArray[np.int64]:
    places = lists.whole(values, "offsets")
    if places.shape != (tokens, 2):
        raise ValueError("offsets are two places for each token")
    if places.min(initial=0) < 0 or places.max(initial=0) > characters or (places[:, 0] > places[:, 1]).any():
        raise ValueError("offsets lie outside the text")
    return places


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be an object")
    return value


def _name(value: str) -> str:
    if not value.strip() or len(value) > MAX_NAME:
        raise ValueError(f"a name is blank, or longer than {MAX_NAME} characters")
    return value


def _string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name[:MAX_NAME]} must be text")
    return value


def _strings(values: Any, name: str) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise ValueError(f"{name} must be a list")
    return tuple(_string(v, f"each of {name}") for v in values)


def _count(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_COUNT:
        raise ValueError(f"{name} must be a whole number from 0 to {MAX_COUNT}")
    return value


def _plain(array: Any) -> Any:
    """Nested lists; NaN as null, booleans as 0 and 1."""
    if array.dtype.kind == "f":
        numbers: NDArray[Any] = array.astype(object)
        numbers[np.isnan(array)] = None
        return numbers.tolist()
    return array.astype(int).tolist()


def _probs(values: Any, name: str) -> NDArray[np.float64]:
    array = lists.floats(values, name)
    if ((array < -ROUNDING) | (array > 1 + ROUNDING)).any():
        raise ValueError(f"{name} must hold probabilities, from 0 to 1")
    return array


def _wrong(what: str, why: str) -> InputError:
    do = "Export it again from DynViz, or follow the schema dynviz.trace/1"
    return InputError(f"The trace cannot be read, {what}", why, do)
