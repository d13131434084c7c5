"""Parquet files of numbers that others may have made: bounded by what they hold when decoded, and refused in one sentence.

What a file promises of itself is looked at first: a few kilobytes may decode to gigabytes. Texts are read as dictionaries, since a long
one repeated in every row takes its room only once that way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dynviz.records.files import parse, read_bytes
from dynviz.records.layout import Ints

MAX_FILE, MAX_BYTES = 50_000_000, 80_000_000  # as stored, as decoded
MAX_COLUMNS = 100
MAX_TEXT = 200  # characters of an id or a tag
Kind = Literal["whole", "number", "text", "wholes", "numbers", "texts"]  # the second three: a list in each row
FAULTS = (OSError, pa.ArrowException, ValueError, TypeError, OverflowError, MemoryError)  # what a bad file raises


@dataclass(frozen=True, eq=False)
class Lists:
    """A column of lists. values: (V,) of all rows, one row after the other. counts: (S,) how many each row has."""

    values: NDArray[Any]
    counts: Ints

    def matrix(self, width: int) -> NDArray[Any]:
        """(S, width) the rows; ValueError where one has more or fewer."""
        if (self.counts != width).any():
            raise ValueError(f"a row has {int(self.counts[self.counts != width][0])} values where {width} are needed")
        return self.values.reshape(len(self.counts), width)

    def rows(self) -> list[NDArray[Any]]:
        """The values of each row."""
        ends = np.cumsum(self.counts).tolist()
        return [self.values[end - count : end] for end, count in zip(ends, self.counts.tolist(), strict=True)]


def read(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns of a file, lists as `Lists`, and the JSON object in its metadata; an InputError or one of FAULTS."""
    content = pa.BufferReader(read_bytes(file, MAX_FILE))
    schema = _promised(pq.ParquetFile(content))
    texts = [leaf(field) for field in schema if pa.types.is_string(inner(field.type))]
    table = pq.ParquetFile(content, read_dictionary=texts).read(use_threads=False)
    return {name: _column(name, table.column(name)) for name in table.column_names}, _told(schema)


def told(file: Path) -> dict[str, Any]:
    """The JSON object in the metadata of a file, whose columns are not read; an InputError or one of FAULTS."""
    return _told(_promised(pq.ParquetFile(pa.BufferReader(read_bytes(file, MAX_FILE)))))


def _told(schema: pa.Schema) -> dict[str, Any]:
    about = parse((schema.metadata or {}).get(b"dynviz", b"null"))
    if not isinstance(about, dict):
        raise ValueError("it was not written by dynviz")
    return about


def fitting(columns: Mapping[str, Any], wanted: Mapping[str, Kind]) -> None:
    """ValueError unless these columns are there, no other, and each of its kind."""
    for name in wanted.keys() - columns.keys():
        raise ValueError(f"the column {name!r} is missing")
    for name in columns.keys() - wanted.keys():
        raise ValueError(f"nobody reads the column {name[:60]!r}")
    for name, kind in wanted.items():
        found = columns[name]
        values = found.values if isinstance(found, Lists) else found
        if kind.endswith("s") != isinstance(found, Lists) or values.dtype.kind not in {"w": "iu", "n": "f", "t": "O"}[kind[0]]:
            raise ValueError(f"the column {name!r} holds other things than {kind}")


def _promised(file: pq.ParquetFile) -> pa.Schema:
    """Its schema, if what it says it holds is small enough to be read; each column and each row group counts."""
    about, schema = file.metadata, file.schema_arrow
    if about.num_columns > MAX_COLUMNS or len(schema.names) != len(set(schema.names)):
        raise ValueError(f"it has {about.num_columns:,} columns; {MAX_COLUMNS} of different names are read")
    chunks = [about.row_group(i).column(j) for i in range(about.num_row_groups) for j in range(about.num_columns)]
    decoded = sum(max(8 * chunk.num_values, chunk.total_uncompressed_size) for chunk in chunks)
    if max(decoded, 8 * about.num_rows) > MAX_BYTES:
        raise ValueError(f"it holds {decoded / 1e6:,.0f} MB when decoded; {MAX_BYTES // 10**6} are read")
    for field in schema:
        _kind(field)
    return schema


def _kind(field: pa.Field) -> Kind:
    lists, held = pa.types.is_list(field.type), inner(field.type)
    for kind, test in (("whole", pa.types.is_integer), ("number", pa.types.is_floating), ("text", _is_text)):
        if test(held):
            return f"{kind}s" if lists else kind  # type: ignore[return-value]
    raise ValueError(f"the column {field.name[:60]!r} is of type {str(field.type)[:60]}, which is not read")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_null(kind))  # of null are lists of which none holds anything


def inner(kind: pa.DataType) -> pa.DataType:
    """The type of a list's values, or of the values themselves."""
    return kind.value_type if pa.types.is_list(kind) else kind


def leaf(field: pa.Field) -> str:
    """The name of a column inside the file, where a list's values are columns of their own."""
    return f"{field.name}.list.{field.type.value_field.name}" if pa.types.is_list(field.type) else str(field.name)


def _column(name: str, column: pa.ChunkedArray) -> Any:
    """Numbers as one array, texts as one of objects, lists as `Lists`."""
    found = column.combine_chunks()
    if isinstance(found, pa.ChunkedArray):  # of no rows
        raise ValueError("it has no rows")
    if pa.types.is_list(found.type):
        if found.null_count:
            raise ValueError(f"the column {name[:60]!r} has empty places")
        return Lists(_values(name, found.flatten()), np.diff(np.asarray(found.offsets)).astype(np.int64))
    return _values(name, found)


def _values(name: str, found: pa.Array) -> NDArray[Any]:
    if found.null_count:
        raise ValueError(f"the column {name[:60]!r} has empty places")
    if pa.types.is_null(found.type):
        return np.array([], object)
    if not pa.types.is_dictionary(found.type):
        return np.asarray(found.to_numpy(zero_copy_only=False))
    words = np.array(found.dictionary.to_pylist(), object)
    if any(len(word) > MAX_TEXT for word in words):
        raise ValueError(f"the column {name[:60]!r} has texts of more than {MAX_TEXT} characters")
    return words[found.indices.to_numpy(zero_copy_only=False)] if len(words) else np.array([], object)
