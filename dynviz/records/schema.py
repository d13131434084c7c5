"""The JSON form of a Trace: a published, versioned schema ("dynviz.trace/1"), so that any model can write one.

An object with the fields of `Trace`. Masks are lists of L rows of T zeros and ones; numbers that were not read are null;
`layers` is a list of {stage, width, ffn, entry}. Unknown keys and wrong shapes are refused with a sentence that names them.
"""

import json
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynviz.cost import LayerSize
from dynviz.errors import InputError
from dynviz.records.trace import Trace

SCHEMA = "dynviz.trace/1"
_OPTIONAL = {"model", "method", "task", "digest", "versions", "note"}
MAX_TOKENS = 4096


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
        raw = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
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


def _trace(raw: dict[str, Any]) -> Trace:
    tokens, labels = [str(t) for t in raw["tokens"]], [str(x) for x in raw["labels"]]
    if not 1 <= len(tokens) <= MAX_TOKENS:
        raise ValueError(f"it has {len(tokens)} tokens; 1 to {MAX_TOKENS} are read")
    numbers: dict[str, Any] = {k: _floats(raw[k]) for k in ("probs", "answer")}
    masks: dict[str, Any] = {k: _mask(raw[k], k) for k in ("attending", "visible", "transformed", "special")}
    whole: dict[str, Any] = {k: np.array(raw[k], np.int64) for k in ("word", "extra_flops")}
    whole["offsets"] = np.array(raw["offsets"], np.int64).reshape(len(tokens), 2)
    readings = {str(k): _floats(v) for k, v in raw["readings"].items()}
    knobs = {str(k): float(v) for k, v in raw["knobs"].items()}
    text: dict[str, Any] = {k: str(raw[k]) for k in ("text", "model", "method", "task", "digest", "note") if k in raw}
    versions = {str(k): str(v) for k, v in raw.get("versions", {}).items()}
    return Trace(
        tokens=tuple(tokens), labels=tuple(labels), layers=tuple(LayerSize(**size) for size in raw["layers"]), readings=readings,
        plain_head=int(raw["plain_head"]), knobs=knobs, versions=versions, **numbers, **masks, **whole, **text,
    )  # fmt: skip


def _plain(array: Any) -> Any:
    """Nested lists; NaN as null, booleans as 0 and 1."""
    if array.dtype.kind == "f":
        numbers: NDArray[Any] = array.astype(object)
        numbers[np.isnan(array)] = None
        return numbers.tolist()
    return array.astype(int).tolist()


def _floats(values: Any) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)  # None becomes NaN


def _mask(values: Any, name: str) -> Any:
    array = np.array(values)
    if array.dtype.kind not in "bi" or not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must hold zeros and ones only")
    return array.astype(bool)


def _wrong(what: str, why: str) -> InputError:
    return InputError(f"The trace cannot be read, {what}", why, "Export it again from DynViz, or follow the schema dynviz.trace/1")
