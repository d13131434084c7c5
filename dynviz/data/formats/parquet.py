"""Parquet: columns of texts, numbers and lists of them, read in batches and counted before they become Python objects."""

from collections.abc import Iterable, Sequence
from typing import Any

from dynviz.data.formats import arrow
from dynviz.data.formats.class_names import class_names
from dynviz.data.formats.packed import MAX_UNPACKED
from dynviz.data.tables import MAX_COLUMNS, MAX_ROWS, MAX_VALUES, Gathered, Table, names_of, too_large, too_many, written
from dynviz.errors import InputError

BATCH = 128  # rows
MAX_FOOTER = 2_000_000  # bytes
MAX_DELTA = 10_000_000  # bytes of a column whose texts are written as differences: a page may grow by any factor
FEW = 16  # rows of a batch, where there are such columns
MAX_READS = 25_000  # parts of columns, a batch or a row group each: however short, each takes its time
_WRITTEN = {"TIMESTAMP", "DATE", "TIME", "DECIMAL"}  # whose values are made texts, which takes twice as long
_DELTA = "DELTA_BYTE_ARRAY"
_NUMBERED = {"PLAIN", "RLE", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "BIT_PACKED"}  # what Arrow can leave as numbers of texts


def parquet(data: bytes, name: str, lenient: bool) -> Table:
    """The table of a Parquet file."""
    import pyarrow as pa

    try:
        return _table(data, Gathered(name, lenient))
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, IndexError, MemoryError) as error:
        why = written(error) or type(error).__name__
        raise InputError(f"{name} is not a Parquet file", why.rstrip("."), "Write it again, or give CSV") from None


def _table(data: bytes, into: Gathered) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if MAX_FOOTER < int.from_bytes(data[-8:-4], "little") < len(data):
        raise too_large(into.name, f"its footer takes more than {MAX_FOOTER // 1_000_000} MB")
    file = pq.ParquetFile(pa.BufferReader(data))
    about, schema = file.metadata, file.schema_arrow
    if about.num_rows > MAX_ROWS:
        raise too_many(into.name)
    if about.num_columns > MAX_COLUMNS or len(schema) > MAX_COLUMNS:
        raise too_large(into.name, f"it has more than {MAX_COLUMNS:,} columns")
    leaves = arrow.readable(schema)
    if len(schema) and not leaves:
        raise InputError(f"{into.name} has no column of texts or labels", f"its columns hold {str(schema[0].type)[:60]}", "Write strings")
    numbered, batch = _bounded(about, list(leaves.values()), into.name)
    if (about.num_rows // batch + about.num_row_groups) * len(leaves) > MAX_READS:
        raise too_large(into.name, "it has many columns in many row groups, or beside texts written as differences")
    called, twice = names_of(schema.names)
    into.name_columns(called[i] for i in leaves)
    # Texts stay the numbers that the file holds for them: a text repeated in a million places is decoded once.
    file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=numbered)
    broken = _fill(into, file.iter_batches(batch, columns=[schema[i].name for i in leaves], use_threads=False))
    unread = [n for i, n in enumerate(called) if i not in leaves or n in broken]
    notes = [f"Two columns are called {n[:40]!r}; the later is read as {own[:40]!r}." for own, n in list(twice.items())[:3]]
    if unread:
        notes.append(f"Not read, for they hold no texts, labels or lists of them: {', '.join(n[:40] for n in unread[:5])}.")
    for name in broken:
        del into.columns[name]
    known = class_names(schema.metadata)
    classes = {called[i]: known[schema[i].name] for i in leaves if schema[i].name in known and called[i] in into.columns}
    return into.table(notes, classes)


def _bounded(about: Any, leaves: Sequence[int], name: str) -> tuple[list[str], int]:
    """The paths of columns of texts that can be left as numbers, and the rows to read at once; an InputError where the sizes that the
    file gives are beyond the bounds."""
    size = values = delta = 0
    numbered: dict[str, bool] = {}
    for group in map(about.row_group, range(about.num_row_groups)):
        for leaf, chunk in zip(leaves, map(group.column, leaves), strict=True):
            if min(chunk.total_uncompressed_size, chunk.num_values) < 0:
                raise ValueError("a size in it is negative")
            size += chunk.total_uncompressed_size
            values += chunk.num_values * (2 if about.schema.column(leaf).logical_type.type in _WRITTEN else 1)
            delta += chunk.total_uncompressed_size if _DELTA in chunk.encodings else 0
            path, fits = chunk.path_in_schema, chunk.physical_type == "BYTE_ARRAY" and set(chunk.encodings) <= _NUMBERED
            numbered[path] = fits and numbered.get(path, True)
    if size > MAX_UNPACKED:
        raise too_large(name, f"it unpacks to more than {MAX_UNPACKED // 1_000_000} MB")
    if values > MAX_VALUES:
        raise too_large(name, f"it holds more than {MAX_VALUES:,} values")
    if delta > MAX_DELTA:
        raise too_large(name, f"it holds more than {MAX_DELTA // 1_000_000} MB of texts written as differences")
    return [path for path, fits in numbered.items() if fits], FEW if delta else BATCH


def _fill(into: Gathered, batches: Iterable[Any]) -> set[str]:
    """Read all rows; the columns that cannot be read as texts."""
    broken: set[str] = set()
    place = 0
    own = list(into.columns)
    for batch in batches:
        if batch.num_columns != len(own):
            raise ValueError("two columns of one name hold different kinds")
        cells: list[list[Any]] = []
        for name, column in zip(own, batch.columns, strict=True):
            found = None if name in broken else arrow.cells(column, into)
            if found is None:
                broken.add(name)
            cells.append(found if found is not None else [""] * batch.num_rows)
        for row in zip(*cells, strict=True):
            place += 1
            into.add(place, row)
    return broken
