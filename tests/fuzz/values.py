"""Mutations of what JSON holds: values, types, keys, lengths and nesting, in one or a few places."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

MARKS = {"@big@": "9" * 5000, "@deep@": "[" * 100_000 + "]" * 100_000, "@far@": "1e999", "@lone@": '"\\ud800"', "@twice@": '{"a":1,"a":2}'}
NUMBERS: tuple[Any, ...] = (
    0, 1, -1, 2, 3, 7, 255, 1000, 65_536, 2**31, -(2**31), 2**53, 2**63, 2**64, 10**9, 10**30, 0.5, -0.5, -0.0, 1e-30, 1e30, 1e308, 1.5,
    float("nan"), float("inf"), float("-inf"), True, False,
)  # fmt: skip
STRINGS = (
    "", " ", "\0", "\n", "a\tb", "\u2028", "\x1b[31m", "é", "e\u0301", "\U0001f469\u200d\U0001f4bb", "\u202eabc", "0", "-1", "1e5", "nan",
    "None", "null", "true", "..", "../x", "/", "/dev/zero", "a" * 300, "x" * 20_000, "own", "bert", "plain", "model", "\ufeff", "%s{0}",
    "<b>", "=1+1", "LABEL_0", "text", "label", *MARKS,
)  # fmt: skip
OTHERS: tuple[Any, ...] = (None, [], {}, [[]], [None], [{}], {"": None}, {"a": {"a": {"a": []}}}, [0] * 500, ["a"] * 500, [[[[1]]]])


def odd(rng: Random) -> Any:
    """A value that nobody expects."""
    return json.loads(json.dumps(rng.choice(rng.choice((NUMBERS, STRINGS, OTHERS)))))


def place(rng: Random, value: Any) -> tuple[Any, Any] | None:
    """A container somewhere in a value, and a key or an index in it; None where the value holds nothing."""
    found = None
    while isinstance(value, dict | list) and value:
        key = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        found = value, key
        value = value[key]
        if rng.random() < 0.2:
            break
    return found


def retyped(rng: Random, value: Any) -> Any:
    """The same as another type."""
    kinds: tuple[Callable[[Any], Any], ...] = (str, lambda v: [v], lambda v: {"0": v}, bool, json.dumps, lambda v: [v, v])
    return rng.choice(kinds)(value)


def nudged(rng: Random, value: Any) -> Any:
    """A number or a text of the same type, a little off; anything else as another type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return rng.choice((value + 1, value - 1, -value, value * 2, value * 1000, value * 0.5, float(value)))
    if isinstance(value, str):
        at = rng.randint(0, len(value))
        return rng.choice((value[:at], value + value, value[:at] + rng.choice(STRINGS) + value[at:], value.upper(), value[::-1]))
    return retyped(rng, value)


def changed(rng: Random, root: Any) -> None:
    """One change somewhere in a list or an object."""
    found = place(rng, root)
    if found is None:
        return
    where, key = found
    what = rng.randrange(9)
    if what <= 2:
        where[key] = odd(rng)
    elif what <= 4:
        where[key] = nudged(rng, where[key])
    elif what == 5:
        where[key] = retyped(rng, where[key])
    elif what == 6:
        del where[key]
    elif what == 7:
        _added(rng, where, key)
    elif other := place(rng, root):
        where[key] = json.loads(json.dumps(other[0][other[1]]))


def _added(rng: Random, where: Any, key: Any) -> None:
    """An item twice, or a member under another name."""
    if isinstance(where, list):
        where[key:key] = [where[key]] * rng.choice((1, 1, 2, 300))
    elif rng.random() < 0.5:
        where[rng.choice((*STRINGS, f"{key}2"))] = where[key]
    else:
        where[rng.choice((*STRINGS, f"{key}x"))] = where.pop(key)


def mutated(rng: Random, text: str, most: int = 3) -> Any:
    """What a JSON text holds, with one to `most` changes."""
    value = json.loads(text)
    if rng.random() < 0.02:
        return odd(rng)
    for _ in range(rng.randint(1, most)):
        changed(rng, value)
    return value


def written(rng: Random, value: Any) -> bytes:
    """A value as JSON, or as what only looks like it."""
    text = json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=rng.choice((None, None, None, 1)))
    for mark, meant in MARKS.items():
        text = text.replace(f'"{mark}"', meant)
    return text.encode("utf-8", "surrogatepass")
