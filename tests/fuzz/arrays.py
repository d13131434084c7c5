"""Columns of a Parquet file: the cells as they are where they fit, else an Arrow array of a type that nobody expects."""

import decimal
from collections.abc import Callable
from random import Random
from typing import Any

import pyarrow as pa

EXTREME = (0, 1, -1, 2**31 - 1, -(2**31), 2**62, -(2**62), 2**63 - 1, -(2**63))


def numbers(rng: Random, count: int, bits: int = 64) -> list[int]:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return [min(max(rng.choice(EXTREME), low), high) for _ in range(count)]


def timed(kind: Any, bits: int) -> Callable[[Random, list[Any]], Any]:
    """Dates, times and durations of any size, those no calendar has among them."""
    return lambda rng, cells: pa.array(numbers(rng, len(cells), bits), pa.int64() if bits == 64 else pa.int32()).view(kind)


def of_lists(rng: Random, cells: list[Any]) -> Any:
    return pa.array([[text] * rng.choice((0, 1, 3)) if rng.random() < 0.8 else None for text in texts(cells)], pa.list_(pa.utf8()))


def deep(rng: Random, cells: list[Any]) -> Any:
    kind: Any = pa.utf8()
    for _ in range(rng.choice((2, 5, 40))):
        kind = rng.choice((pa.list_(kind), pa.struct([("a", kind)])))
    return pa.nulls(len(cells), kind)


def texts(cells: list[Any]) -> list[str | None]:
    return [None if c is None else str(c).encode("utf-8", "replace").decode() for c in cells]


STRANGE: tuple[Callable[[Random, list[Any]], Any], ...] = (
    timed(pa.timestamp("us"), 64), timed(pa.timestamp("ns", "Europe/Berlin"), 64), timed(pa.timestamp("s"), 64), timed(pa.date32(), 32),
    timed(pa.time64("us"), 64), timed(pa.duration("us"), 64), timed(pa.time32("ms"), 32), timed(pa.float64(), 64), of_lists, deep,
    lambda rng, cells: pa.array([str(c).encode("utf-16", "replace") for c in cells], pa.binary()),
    lambda rng, cells: pa.array([str(c).encode("utf-8", "replace") for c in cells], pa.large_binary()),
    lambda rng, cells: pa.array([b"abcd" for _ in cells], pa.binary(4)),
    lambda rng, cells: pa.array(texts(cells)).dictionary_encode(),
    lambda rng, cells: pa.array([{"a": str(c)[:20].encode("utf-8", "replace").decode(), "b": [1]} for c in cells]),
    lambda rng, cells: pa.array([decimal.Decimal(10) ** rng.randint(-30, 30) for _ in cells], pa.decimal256(76, 30)),
    lambda rng, cells: pa.array([[("k", 1)] for _ in cells], pa.map_(pa.utf8(), pa.int64())),
    lambda rng, cells: pa.nulls(len(cells)),
    lambda rng, cells: pa.array([[0.5] * 3 for _ in cells], pa.list_(pa.float32(), 3)),
    lambda rng, cells: pa.array([rng.random() < 0.5 for _ in cells]),
    lambda rng, cells: pa.array([rng.randrange(3) for _ in cells], pa.uint8()),
)  # fmt: skip


def column(rng: Random, cells: list[Any]) -> Any:
    """The cells as Arrow sees them, as texts, or as something else."""
    if rng.random() < 0.25:
        return rng.choice(STRANGE)(rng, cells)
    try:
        return pa.array(cells)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError, TypeError, ValueError):
        return pa.array(texts(cells))
