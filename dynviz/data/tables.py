"""The table of a data file, and what bounds it while it is read: rows, columns, cells, and the memory they take."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from sys import getsizeof
from typing import Any

from dynviz.errors import InputError

MAX_BYTES = 100_000_000  # of a file
MAX_LINES = 1_500_000
MAX_ROWS = 50_000
MAX_COLUMNS = 1_000
MAX_ROW = 2_000_000  # characters
MAX_CELL = 131_072  # characters; the limit of Python's csv module, applied to all formats
MAX_SIZE = 180_000_000  # bytes that the cells take in memory
MAX_VALUES = 2_500_000  # cells, and members of lists
MAX_NAME = 100  # characters of the name of a column or a file
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
Skip = tuple[int, str]  # the line or row, and why it was left out
QUOTES = "Put a text with commas, quotes or line breaks in double quotes, and double the quotes in it"


@dataclass(frozen=True)
class Header:
    """The row that was taken for the names of columns, as it stood; where it was none, it can be made a row again."""

    place: int
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """Columns by name, all of the same length; places: the line or row each came from; notes: what the reader should know;
    skipped: rows that could not be read, where those are left out; classes: for a column of class numbers, the name of each number
    from 0 on, where the source says them; header: the row that the names come from, where the file may have none."""

    name: str
    columns: dict[str, list[Any]]
    places: list[int]
    notes: list[str]
    skipped: list[Skip] = field(default_factory=list)
    classes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    header: Header | None = None

    def __len__(self) -> int:
        return len(self.places)


class Gathered:
    """A table in the making: rows come one by one, and each is counted against the bounds before the next is read."""

    def __init__(self, name: str, lenient: bool) -> None:
        """lenient: a row that cannot be read is listed, instead of an InputError."""
        self.name, self.lenient = name, lenient
        self.columns: dict[str, list[Any]] = {}
        self.places: list[int] = []
        self.skipped: list[Skip] = []
        self.size = self.values = 0

    def name_columns(self, names: Iterable[str]) -> None:
        """More columns; the rows so far are blank there."""
        for name in names:
            if len(self.columns) == MAX_COLUMNS:
                raise InputError(f"{self.name} has more than {MAX_COLUMNS:,} columns", "two are enough", "Keep those of texts and labels")
            self.weigh(8 * len(self.places), 0)
            self.columns[name] = [""] * len(self.places)

    def add(self, place: int, cells: Sequence[Any]) -> None:
        """A row: a cell for each column."""
        self._count()
        lists = [cell for cell in cells if type(cell) is list] if list in set(map(type, cells)) else []
        size = 8 * len(cells) + sum(map(getsizeof, cells)) + sum(sum(map(getsizeof, members)) for members in lists)
        self.weigh(size, len(cells) + sum(map(len, lists)))
        if size > MAX_CELL and (long := self._long(cells)):
            self._list(place, _huge(self.name, place, long))
            return
        self.places.append(place)
        for column, cell in zip(self.columns.values(), cells, strict=True):
            column.append(cell)

    def _long(self, cells: Sequence[Any]) -> str:
        """The column of a cell that is too long, or ""."""
        for name, cell in zip(self.columns, cells, strict=True):
            parts = cell if type(cell) is list else [cell]
            if sum(len(part) if isinstance(part, str) else 1 for part in parts) > MAX_CELL:
                return name
        return ""

    def leave_out(self, place: int, error: InputError, made: int) -> None:
        """A row that cannot be read: listed, or the error itself. made: values that were made of it before that was seen."""
        self._count()
        self.let_go(made)
        self._list(place, error)

    def _list(self, place: int, error: InputError) -> None:
        if not self.lenient:
            raise error
        self.skipped.append((place, f"{error.what.split(': ', 1)[-1]}: {error.why}"))

    def _count(self) -> None:
        if len(self.places) + len(self.skipped) == MAX_ROWS:
            raise too_many(self.name)

    def let_go(self, made: int) -> None:
        """Count values that were made and are not kept: they took their time, as those did that are."""
        self.weigh(0, made)

    def weigh(self, size: int, values: int) -> None:
        """Count bytes of memory, and values."""
        self.check(size, values)
        self.size += size
        self.values += values

    def check(self, size: int, values: int) -> None:
        """An InputError where so much more would be too much."""
        if self.size + size > MAX_SIZE:
            raise too_large(self.name, f"its cells take more than {MAX_SIZE // 1_000_000} MB of memory")
        if self.values + values > MAX_VALUES:
            raise too_large(self.name, f"it holds more than {MAX_VALUES:,} values")

    def table(self, notes: list[str], classes: Mapping[str, Sequence[str]] | None = None, header: Header | None = None) -> Table:
        """The table; an InputError where it has no rows."""
        if not self.places:
            first = f"; line {self.skipped[0][0]}: {self.skipped[0][1]}" if self.skipped else ""
            raise InputError(
                f"{self.name} holds no rows", f"there is nothing to read below the header{first}", "Add examples, one to a line"
            )
        return Table(self.name, self.columns, self.places, notes, sorted(self.skipped), classes or {}, header)


def too_many(name: str) -> InputError:
    """A file has too many rows."""
    return InputError(f"{name} has more than {MAX_ROWS:,} rows", "that many would take hours", f"Take {MAX_ROWS:,} of them or fewer")


def too_large(name: str, why: str) -> InputError:
    """A file takes too much memory."""
    return InputError(f"{name} is too large when read", why, "Take a part of it")


def _huge(name: str, place: int, column: str) -> InputError:
    what = f"{name}, line {place}, column {column[:40]!r}: a cell of more than {MAX_CELL:,} characters"
    return InputError(what, "no model reads that much at once", "Shorten it, or make several rows of it")


def names_of(cells: Iterable[Any]) -> tuple[list[str], dict[str, str]]:
    """Names for columns, each once and on one line; and of those that were written before, by their new name, what was written."""
    given = [written(cell) or f"column {i}" for i, cell in enumerate(cells, start=1)]
    taken, seen, out, twice = set(given), set[str](), [], {}
    for name in given:
        own = another(name, taken) if name in seen else name
        if own != name:
            twice[own] = name
        seen.add(name)
        taken.add(own)
        out.append(own)
    return out, twice


def another(name: str, taken: Collection[str]) -> str:
    """A name that is not taken: "label", or "label (2)"."""
    return name if name not in taken else next(n for n in (f"{name} ({i})" for i in count(2)) if n not in taken)


def written(cell: Any, most: int = MAX_NAME) -> str:
    """A name on one line, bounded, in characters that can be sent."""
    line = " ".join(_CONTROL.sub(" ", str(cell)[: 2 * most]).split()).encode("utf-8", "replace").decode("utf-8")
    return line if len(line) <= most else line[:most] + "\u2026"
