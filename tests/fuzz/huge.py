"""Files that are small to send and large to read, or large in one way only: wide, long, deep, or full of one thing."""

import gzip
import io
import json
from collections.abc import Callable
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.fuzz.formats import packed

File = tuple[bytes, str]  # its bytes, and the end of its name


def size(rng: Random) -> int:
    return rng.choice((3_000, 40_000, 150_000, 1_000_000))


def long_cell(rng: Random) -> File:
    part = rng.choice(("a ", "a", " ", "[", "'", "(", "\u0300", ". ", "[1,", "-", "\u200d", "9", "_"))
    inside = part * (size(rng) // len(part))
    shapes = (f"{inside},label\nfine,1\n", f"text,label\n{inside},1\n", f"text,label\nfine,{inside}\n", f'text,label\n"{inside},1')
    return rng.choice(shapes).encode(), ".csv"


def wide(rng: Random) -> File:
    count, mark, suffix = size(rng) // 5, *rng.choice(((",", ".csv"), ("\t", ".tsv"), (";", ".csv"), (" ", ".txt")))
    line = mark.join(f"c{i}" for i in range(count))
    return f"{line}\n{line}\n".encode(), suffix


def long(rng: Random) -> File:
    line = rng.choice(("a\tb", "a,b", "", "\t", '{"a":1}', "a", "{}", '"'))
    suffix = rng.choice((".tsv", ".csv", ".jsonl", ".txt", ".conll"))
    return (f"{line}\n" * min(5 * size(rng), 20_000_000 // (len(line) + 1))).encode(), suffix


def keyed(rng: Random) -> File:
    count = rng.choice((500, 5_000, 40_000))
    return "\n".join(json.dumps({"text": "a", f"k{i}": i}) for i in range(count)).encode(), ".jsonl"


def deep(rng: Random) -> File:
    opened, closed = rng.choice((("[", "]"), ('{"a":', "}"), ("(", ")")))
    nest = opened * size(rng) + closed * size(rng)
    shape = rng.choice((nest, f'{{"text": "a", "label": {nest}}}', f"text,label\n{nest},1"))
    return shape.encode(), rng.choice((".json", ".jsonl", ".csv"))


def zipped(rng: Random) -> File:
    data = gzip.compress(rng.choice((b"text,label\n" + b"a,1\n" * size(rng), b"\0" * 100 * size(rng), b"a" * 100 * size(rng))), 6)
    return data, rng.choice((".csv.gz", ".jsonl.gz", ".gz", ".csv"))


def workbook(rng: Random) -> File:
    cells = "<c><v>1</v></c>" * 50
    row = rng.choice(("<row/>", '<row><c t="inlineStr"><is><t>a</t></is></c></row>', f"<row>{cells}</row>", "<!-- -->"))
    return packed(row * (size(rng) // 4)), ".xlsx"


def columnar(rng: Random) -> File:
    """Some KB of Parquet: one long text a thousand times, lists of nothing, many columns, a column without end."""
    count, out = rng.choice((100, 10_000, 49_000)), io.BytesIO()
    pq.write_table(pa.table(rng.choice((said_often, with_lists, many, endless))(rng, count)), out, compression="zstd")
    return out.getvalue(), ".parquet"


def said_often(rng: Random, count: int) -> dict[str, Any]:
    return {"text": pa.DictionaryArray.from_arrays(pa.array([0] * count), pa.array(["x" * rng.choice((100, 60_000, 130_000))]))}


def with_lists(rng: Random, count: int) -> dict[str, Any]:
    ends = pa.array(range(0, 100 * count + 1, 100), pa.int32())
    return {"text": pa.array(["a"] * count), "more": pa.ListArray.from_arrays(ends, pa.nulls(100 * count, pa.int8()))}


def many(rng: Random, count: int) -> dict[str, Any]:
    return {f"c{i}": pa.nulls(count // 10, pa.utf8()) for i in range(rng.choice((10, 3_000)))}


def endless(rng: Random, count: int) -> dict[str, Any]:
    return {"text": pa.array(["a"] * rng.choice((50_001, 3_000_000)))}


SHAPES: tuple[Callable[[Random], File], ...] = (long_cell, wide, long, keyed, deep, zipped, workbook, columnar)
