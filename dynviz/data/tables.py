"""Bytes of a CSV, TSV, JSONL, JSON or Parquet file -> a table of columns, or one sentence on why not."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dynviz.data.decode import decode
from dynviz.errors import InputError

MAX_ROWS = 50_000
MAX_CELL = 131_072  # characters; the limit of Python's csv module, applied to all formats
MAX_BYTES = 100_000_000
_CSV = "Put a text with commas, quotes or line breaks in double quotes, and double the quotes in it"


@dataclass(frozen=True)
class Table:
    """Columns by name, all of the same length; places: the line or row each came from; notes: what the reader should know."""

    name: str
    columns: dict[str, list[Any]]
    places: list[int]
    notes: list[str]

    def __len__(self) -> int:
        return len(self.places)


def table(data: bytes, name: str, kind: str) -> Table:
    """The table in these bytes. kind: "csv", "tsv", "jsonl", "json" or "parquet" ("" guesses)."""
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{name} is larger than {MAX_BYTES // 1_000_000} MB", "it would not be read in reasonable time", "Take a part of it"
        )
    if kind == "parquet" or data.startswith(b"PAR1"):
        return _check(_parquet(data, name))
    text, notes = decode(data, name)
    if kind in ("jsonl", "json") or (not kind and text.lstrip()[:1] in ("{", "[")):
        return _check(_objects(text, name, notes))
    return _check(_separated(text, name, notes, kind))


def _check(found: Table) -> Table:
    if not len(found):
        raise InputError(f"{found.name} holds no rows", "there is nothing to read below the header", "Add examples, one to a line")
    if len(found) > MAX_ROWS:
        raise _too_many(found.name)
    for column, values in found.columns.items():
        for place, value in zip(found.places, values, strict=True):
            if isinstance(value, str) and len(value) > MAX_CELL:
                raise _huge(found.name, place, column)
    return found


def _too_many(name: str) -> InputError:
    return InputError(f"{name} has more than {MAX_ROWS:,} rows", "that many would take hours", f"Take {MAX_ROWS:,} of them or fewer")


def _huge(name: str, place: int, column: str = "") -> InputError:
    where = f"{name}, line {place}" + (f", column {column!r}" if column else "")
    return InputError(f"{where}: a cell of more than {MAX_CELL:,} characters", "a quote may not have been closed before it", _CSV)


# Separated values


def lines_of(text: str) -> list[str]:
    """The lines of a text, however they end (but not at Unicode's rarer separators, which may stand in a text)."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _separated(text: str, name: str, notes: list[str], kind: str) -> Table:
    lines = lines_of(text)
    header = next((line for line in lines if line.strip()), "")
    mark = "\t" if kind == "tsv" else max(",\t;|", key=header.count)
    rows = _tabbed(lines) if mark == "\t" else None
    rows = list(_quoted(text, name, mark)) if rows is None else rows
    filled = [(place, cells) for place, cells in rows if any(c.strip() for c in cells)]
    if not filled:
        return Table(name, {}, [], notes)
    (_, names), body = filled[0], filled[1:]
    names = [n.strip() or f"column {i + 1}" for i, n in enumerate(names)]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise InputError(f"{name} has two columns called {sorted(twice)[0][:40]!r}", "it is unclear which is meant", "Rename one of them")
    for place, cells in body:
        if len(cells) != len(names):
            raise InputError(f"{name}, line {place}: {len(cells)} cells", f"the header has {len(names)}", _CSV)
    blank = len(rows) - len(filled)
    notes = [*notes, *([f"{blank} blank {'row was' if blank == 1 else 'rows were'} skipped."] if blank else [])]
    columns = {n: [cells[i] for _, cells in body] for i, n in enumerate(names)}
    return Table(name, columns, [place for place, _ in body], notes)


def _tabbed(lines: list[str]) -> list[tuple[int, list[str]]] | None:
    """Tab-separated lines as they stand, quotes in them and all (as treebanks and GLUE write them); None where cells do not line up."""
    rows = [(i, line.split("\t")) for i, line in enumerate(lines, start=1)]
    widths = {len(cells) for _, cells in rows if any(c.strip() for c in cells)}
    return [(i, [_unquoted(c) for c in cells]) for i, cells in rows] if len(widths) == 1 else None


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    enclosed = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if enclosed else cell


def _quoted(text: str, name: str, mark: str) -> Iterable[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for count, cells in enumerate(reader):
            if count > MAX_ROWS:
                raise _too_many(name)
            yield reader.line_num, cells
    except csv.Error as error:
        if "field larger" in str(error):
            raise _huge(name, reader.line_num) from None
        raise InputError(f"{name}, line {reader.line_num}: the quotes do not match", str(error), _CSV) from None


# JSON and Parquet


def _objects(text: str, name: str, notes: list[str]) -> Table:
    """A JSON object on each line, or one array of objects."""
    places: list[int] = []
    items: list[dict[str, Any]] = []
    for place, item in _parsed(text, name):
        if not isinstance(item, dict):
            raise InputError(
                f"{name}, line {place}: not a JSON object", f"it holds a {type(item).__name__}", 'Write {"text": ..., "label": ...}'
            )
        if len(items) == MAX_ROWS:
            raise _too_many(name)
        places.append(place)
        items.append(item)
    names = list(dict.fromkeys(key for item in items for key in item))
    return Table(name, {n: [_cell(item.get(n)) for item in items] for n in names}, places, notes)


def _parsed(text: str, name: str) -> Iterable[tuple[int, Any]]:
    try:
        if text.lstrip().startswith("["):
            yield from enumerate(json.loads(text), start=1)
            return
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is not JSON", str(error), "Give one array of objects, or one object on each line") from None
    for place, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield place, json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name}, line {place}: not JSON", str(error), "Give one JSON object on each line") from None


def _parquet(data: bytes, name: str) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        about = file.metadata
        if about.num_rows > MAX_ROWS:
            raise _too_many(name)
        if sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups)) > 10 * MAX_BYTES:
            raise InputError(f"{name} is too large when unpacked", f"more than {10 * MAX_BYTES // 10**9} GB", "Take a part of it")
        read = file.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name} is not a Parquet file", str(error).split("\n")[0], "Write it again, or give CSV") from None
    columns = {n: [_cell(v) for v in read.column(n).to_pylist()] for n in read.column_names}
    return Table(name, columns, list(range(1, read.num_rows + 1)), [])


def _cell(value: Any) -> Any:
    """None and NaN as an empty cell."""
    return "" if value is None or value != value else value
