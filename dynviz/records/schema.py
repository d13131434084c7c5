"""The JSON form of a Trace: a published, versioned schema ("dynviz.trace/1"), so that any model can write one.

An object with the fields of `Trace`. Masks are lists of L rows of T zeros and ones; numbers that were not read are null;
`layers` is a list of {stage, width, ffn, entry}. Unknown keys and wrong shapes are refused with a sentence that names them.
"""

import json
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynviz.errors import InputError
from dynviz.records.cost import LayerSize
from dynviz.records.trace import Trace

SCHEMA = "dynviz.trace/1"
_OPTIONAL = {"model", "method", "task", "digest", "versions", "note"}
MAX_TOKENS, MAX_LAYERS, MAX_COUNT = 4096, 1024, 10**15


def to_json(trace: Trace, indent: int | None = None) -> str:
    """The trace as JSON text; `from_json` gives an equal trace back."""
    out: dict[str, Any] = {"schema": SCHEMA}
    for item in fields(trace):
        value = getattr(trace, item.name)
        if item.name == "layers":
            value = [asdict(size) for size in value]
        elif item.name == "readings":
            value = {name: _plain(v) for name, v in value.items()}
        elif isinstance(value, np.ndarray):
            value = _plain(value)
        out[item.name] = value
    return json.dumps(out, ensure_ascii=False, indent=indent)


def from_json(text: str) -> Trace:
    """The trace in a JSON text, or an InputError that says what does not fit."""
    try:
        raw = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _wrong("it is not JSON", str(error)) from None
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        found = raw.get("schema") if isinstance(raw, dict) else type(raw).__name__
        raise _wrong(f"its schema is {found!r}", f"{SCHEMA!r} is read")
    names = {item.name for item in fields(Trace)}
    for key in raw.keys() - names - {"schema"}:
        raise _wrong(f"it has an unknown key {key!r}", "only the fields of the schema are read")
    for key in names - raw.keys() - _OPTIONAL:
        raise _wrong(f"it lacks the key {key!r}", "the picture needs it")
    try:
        return _trace({k: v for k, v in raw.items() if k != "schema"})
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise _wrong("a value does not fit", str(error)) from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON; null means not read")


def _trace(raw: dict[str, Any]) -> Trace:
    json.dumps(raw, ensure_ascii=False).encode("utf-8")  # half a surrogate pair cannot be shown: UnicodeEncodeError is a ValueError
    tokens, labels = _strings(raw["tokens"], "tokens"), _strings(raw["labels"], "labels")
    if not 1 <= len(tokens) <= MAX_TOKENS:
        raise ValueError(f"it has {len(tokens)} tokens; 1 to {MAX_TOKENS} are read")
    if not 1 <= len(raw["layers"]) <= MAX_LAYERS:
        raise ValueError(f"it has {len(raw['layers'])} layers; 1 to {MAX_LAYERS} are read")
    numbers: dict[str, Any] = {k: _floats(raw[k], k) for k in ("probs", "answer")}
    masks: dict[str, Any] = {k: _mask(raw[k], k) for k in ("attending", "visible", "transformed", "special")}
    whole: dict[str, Any] = {k: _whole(raw[k], k) for k in ("word", "extra_flops")}
    readings = {str(k): _floats(v, f"the reading {k}") for k, v in raw["readings"].items()}
    knobs = {str(k): float(_floats(v, f"the knob {k}")) for k, v in raw["knobs"].items()}
    if any(np.isnan(v) for v in knobs.values()) or whole["extra_flops"].min(initial=0) < 0:
        raise ValueError("knobs are numbers, and FLOPs are not negative")
    text: dict[str, Any] = {k: _string(raw[k], k) for k in ("text", "model", "method", "task", "digest", "note") if k in raw}
    versions = {str(k): str(v) for k, v in raw.get("versions", {}).items()}
    return Trace(
        tokens=tokens, labels=labels, layers=tuple(_layer(size) for size in raw["layers"]), readings=readings, knobs=knobs,
        plain_head=_count(raw["plain_head"], "plain_head"), offsets=_offsets(raw["offsets"], len(tokens), len(text["text"])),
        versions=versions, **numbers, **masks, **whole, **text,
    )  # fmt: skip


def _layer(raw: dict[str, Any]) -> LayerSize:
    sizes = {k: _count(v, k) for k, v in raw.items() if k != "stage"}
    size = LayerSize(stage=_string(raw["stage"], "stage"), **sizes)
    if size.width < 1 or size.ffn < 1:
        raise ValueError("a layer's width and ffn are at least 1")
    return size


def _offsets(values: Any, tokens: int, characters: int) -> NDArray[np.int64]:
    places = _whole(values, "offsets").reshape(tokens, 2)
    if places.min(initial=0) < 0 or places.max(initial=0) > characters or (places[:, 0] > places[:, 1]).any():
        raise ValueError("offsets lie outside the text")
    return places


def _string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text")
    return value


def _strings(values: Any, name: str) -> tuple[str, ...]:
    return tuple(_string(v, f"each of {name}") for v in values)


def _count(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_COUNT:
        raise ValueError(f"{name} must be a whole number from 0 to {MAX_COUNT}")
    return value


def _whole(values: Any, name: str) -> NDArray[np.int64]:
    array = np.array(values)
    if array.dtype.kind != "i":
        raise ValueError(f"{name} must hold whole numbers")
    return array.astype(np.int64)


def _plain(array: Any) -> Any:
    """Nested lists; NaN as null, booleans as 0 and 1."""
    if array.dtype.kind == "f":
        numbers: NDArray[Any] = array.astype(object)
        numbers[np.isnan(array)] = None
        return numbers.tolist()
    return array.astype(int).tolist()


def _floats(values: Any, name: str) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)  # None becomes NaN
    if np.isinf(array).any():
        raise ValueError(f"{name} must be finite")
    return array


def _mask(values: Any, name: str) -> Any:
    array = np.array(values)
    if array.dtype.kind not in "bi" or not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must hold zeros and ones only")
    return array.astype(bool)


def _wrong(what: str, why: str) -> InputError:
    return InputError(f"The trace cannot be read, {what}", why, "Export it again from DynViz, or follow the schema dynviz.trace/1")
