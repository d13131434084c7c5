"""Bytes of a CSV, TSV, JSONL, JSON or Parquet file -> a table of columns, or one sentence on why not."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dynviz.data.decode import decode
from dynviz.errors import InputError

MAX_ROWS = 50_000
MAX_CELL = 131_072  # characters; the limit of Python's csv module, applied to all formats
MAX_BYTES = 100_000_000
Skip = tuple[int, str]  # the line or row, and why it was left out
_CSV = "Put a text with commas, quotes or line breaks in double quotes, and double the quotes in it"


@dataclass(frozen=True)
class Table:
    """Columns by name, all of the same length; places: the line or row each came from; notes: what the reader should know;
    skipped: rows that could not be read, where those are left out; classes: for a column of class numbers, the name of each number
    from 0 on, where the source says them."""

    name: str
    columns: dict[str, list[Any]]
    places: list[int]
    notes: list[str]
    skipped: list[Skip] = field(default_factory=list)
    classes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places)


def table(data: bytes, name: str, kind: str, lenient: bool = False) -> Table:
    """The table in these bytes. kind: "csv", "tsv", "jsonl", "json" or "parquet" ("" guesses).

    lenient: a row that cannot be read is left out and listed in `skipped`; by default it is an InputError.
    """
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{name} is larger than {MAX_BYTES // 1_000_000} MB", "it would not be read in reasonable time", "Take a part of it"
        )
    if kind == "parquet" or data.startswith(b"PAR1"):
        return _check(_parquet(data, name), lenient)
    text, notes = decode(data, name)
    if kind in ("jsonl", "json") or (not kind and text.lstrip()[:1] in ("{", "[")):
        return _check(_objects(text, name, notes, lenient), lenient)
    return _check(_separated(text, name, notes, kind, lenient), lenient)


def _check(found: Table, lenient: bool) -> Table:
    if len(found) > MAX_ROWS:
        raise _too_many(found.name)
    bad: dict[int, InputError] = {}
    for column, values in found.columns.items():
        for i, value in enumerate(values):
            if isinstance(value, str) and len(value) > MAX_CELL:
                bad.setdefault(i, _huge(found.name, found.places[i], column))
    if bad:
        found = _without(found, bad, lenient)
    if not len(found):
        first = f"; line {found.skipped[0][0]}: {found.skipped[0][1]}" if found.skipped else ""
        raise InputError(f"{found.name} holds no rows", f"there is nothing to read below the header{first}", "Add examples, one to a line")
    return found


def _without(found: Table, bad: dict[int, InputError], lenient: bool) -> Table:
    """The table without these rows, which are listed; or the first one's error."""
    if not lenient:
        raise next(iter(bad.values()))
    kept = [i for i in range(len(found)) if i not in bad]
    columns = {n: [values[i] for i in kept] for n, values in found.columns.items()}
    listed = [(found.places[i], _reason(error)) for i, error in bad.items()]
    return Table(found.name, columns, [found.places[i] for i in kept], found.notes, sorted([*found.skipped, *listed]))


def _reason(error: InputError) -> str:
    """Why a row was left out; its line stands beside it."""
    what = error.what.split(": ", 1)[-1]
    return f"{what}: {error.why}"


def _too_many(name: str) -> InputError:
    return InputError(f"{name} has more than {MAX_ROWS:,} rows", "that many would take hours", f"Take {MAX_ROWS:,} of them or fewer")


def _huge(name: str, place: int, column: str = "") -> InputError:
    where = f"{name}, line {place}" + (f", column {column!r}" if column else "")
    return InputError(f"{where}: a cell of more than {MAX_CELL:,} characters", "a quote may not have been closed before it", _CSV)


# Separated values


def lines_of(text: str) -> list[str]:
    """The lines of a text, however they end (but not at Unicode's rarer separators, which may stand in a text)."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _separated(text: str, name: str, notes: list[str], kind: str, lenient: bool) -> Table:
    lines = lines_of(text)
    header = next((line for line in lines if line.strip()), "")
    mark = "\t" if kind == "tsv" else max(",\t;|", key=header.count)
    skipped: list[Skip] = []
    rows = _tabbed(lines, lenient) if mark == "\t" else None
    if rows is None:
        rows = _patient(lines, text, name, mark, skipped) if lenient else [(end, cells) for _, end, cells in _quoted(text, name, mark)]
    filled = [(place, cells) for place, cells in rows if any(c.strip() for c in cells)]
    if not filled:
        return Table(name, {}, [], notes, skipped)
    (_, names), body = filled[0], filled[1:]
    names = [n.strip() or f"column {i + 1}" for i, n in enumerate(names)]
    _distinct(names, name)
    for place, cells in body:
        if len(cells) != len(names):
            why = f"the header has {len(names)}"
            if not lenient:
                raise InputError(f"{name}, line {place}: {len(cells)} cells", why, _CSV)
            skipped.append((place, f"{len(cells)} cells: {why}"))
    body = [(place, cells) for place, cells in body if len(cells) == len(names)]
    blank = len(rows) - len(filled)
    notes = [*notes, *([f"{blank} blank {'row was' if blank == 1 else 'rows were'} skipped."] if blank else [])]
    columns = {n: [cells[i] for _, cells in body] for i, n in enumerate(names)}
    return Table(name, columns, [place for place, _ in body], notes, sorted(skipped))


def _distinct(names: Sequence[str], name: str) -> None:
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise InputError(f"{name} has two columns called {sorted(twice)[0][:40]!r}", "it is unclear which is meant", "Rename one of them")


def _patient(lines: list[str], text: str, name: str, mark: str, skipped: list[Skip]) -> list[tuple[int, list[str]]]:
    """Quoted cells, come what may: a row over several lines that does not fit the header (a quote was not closed) is read line by line."""
    try:
        found = list(_quoted(text, name, mark))
    except InputError as error:
        if error.what == _too_many(name).what:
            raise
        return _each(lines, 1, mark, skipped)
    width = next((len(cells) for _, _, cells in found if any(c.strip() for c in cells)), 0)
    out: list[tuple[int, list[str]]] = []
    for first, last, cells in found:
        broken = len(cells) != width and last > first
        out += _each(lines[first - 1 : last], first, mark, skipped) if broken else [(last, cells)]
    return out


def _each(lines: list[str], first: int, mark: str, skipped: list[Skip]) -> list[tuple[int, list[str]]]:
    """Every line read for itself."""
    out = []
    for place, line in enumerate(lines, start=first):
        try:
            out += [(place, cells) for cells in csv.reader([line], delimiter=mark, strict=True)]
        except csv.Error as error:
            skipped.append((place, f"the quotes do not match: {error}"))
    return out


def _tabbed(lines: list[str], lenient: bool) -> list[tuple[int, list[str]]] | None:
    """Tab-separated lines as they stand, quotes in them and all (as treebanks and GLUE write them); None where cells do not line up
    (lenient: where most do not)."""
    rows = [(i, line.split("\t")) for i, line in enumerate(lines, start=1)]
    widths = [len(cells) for _, cells in rows if any(c.strip() for c in cells)]
    fit = widths.count(widths[0]) if widths else 0
    if fit < (len(widths) / 2 if lenient else len(widths)) or not widths:
        return None
    return [(i, [_unquoted(c) for c in cells]) for i, cells in rows]


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    enclosed = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if enclosed else cell


def _quoted(text: str, name: str, mark: str) -> Iterable[tuple[int, int, list[str]]]:
    """First line, last line and cells of each row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    before = 0
    try:
        for count, cells in enumerate(reader):
            if count > MAX_ROWS:
                raise _too_many(name)
            yield before + 1, reader.line_num, cells
            before = reader.line_num
    except csv.Error as error:
        if "field larger" in str(error):
            raise _huge(name, reader.line_num) from None
        raise InputError(f"{name}, line {reader.line_num}: the quotes do not match", str(error), _CSV) from None


# JSON and Parquet


def _objects(text: str, name: str, notes: list[str], lenient: bool) -> Table:
    """A JSON object on each line, or one array of objects."""
    places: list[int] = []
    items: list[dict[str, Any]] = []
    skipped: list[Skip] = []
    for place, item in _parsed(text, name, skipped if lenient else None):
        if not isinstance(item, dict):
            why = f"it holds a {type(item).__name__}"
            if not lenient:
                raise InputError(f"{name}, line {place}: not a JSON object", why, 'Write {"text": ..., "label": ...}')
            skipped.append((place, f"not a JSON object: {why}"))
            continue
        if len(items) == MAX_ROWS:
            raise _too_many(name)
        places.append(place)
        items.append(item)
    names = list(dict.fromkeys(key for item in items for key in item))
    return Table(name, {n: [_cell(item.get(n)) for item in items] for n in names}, places, notes, skipped)


def _parsed(text: str, name: str, skipped: list[Skip] | None) -> Iterable[tuple[int, Any]]:
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
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            if skipped is None:
                raise InputError(f"{name}, line {place}: not JSON", str(error), "Give one JSON object on each line") from None
            skipped.append((place, f"not JSON: {error}"))
            continue
        yield place, item


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
        _distinct(file.schema_arrow.names, name)
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
