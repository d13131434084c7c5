"""The sheets of an Excel workbook: which of them is read, and where its table begins."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from dynviz.data.formats.sheet import Row
from dynviz.data.tables import MAX_COLUMNS, written
from dynviz.errors import InputError

MAX_CELLS = 100_000
CSV = "Save the sheet as CSV and give that"
_TITLES = 10  # lines that may stand above a table
_LOOK = 200  # rows in which formulas without values are looked for: a program that computes none computes none at all
_SHOWN = 40  # characters of a title


@dataclass(frozen=True)
class Found:
    """A sheet, its rows from the header on, and notes on what of it is not read."""

    sheet: Any
    rows: list[Row]
    notes: list[str]

    @property
    def width(self) -> int:
        """Cells of the header."""
        return len(self.rows[0][1]) if self.rows else 0


def chosen(sheets: Sequence[Any], name: str) -> Found:
    """The sheet that is read, its rows as wide as its header.

    It is the first visible one that holds anything; where that is a single column, such as a note to the reader, the first longer one
    with several.
    """
    cells = _Cells(name)
    seen = [one for one in sheets if one.sheet_state == "visible"] or sheets
    each = (found for one in seen if (found := _below_titles(one, _rows(one, cells))).rows)
    first = next(each, Found(seen[0], [], []))
    if first.width == 1:
        first = next((one for one in each if one.width > 1 and len(one.rows) > len(first.rows)), first)
    others = [repr(written(one.title)[:_SHOWN]) for one in sheets if one is not first.sheet]
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    told = [f"The sheet {written(first.sheet.title)[:_SHOWN]!r} was read; not {', '.join(others[:3])}{more}."] if others else []
    rows = [(place, cells + [""] * (first.width - len(cells))) for place, cells in first.rows]  # what hangs over is left in place
    return Found(first.sheet, rows, [*told, *first.notes])


class _Cells:
    """Counts the cells of all sheets that are looked into; a blank row counts as one."""

    def __init__(self, name: str) -> None:
        self.name, self.seen = name, 0

    def add(self, row: Sequence[Any]) -> None:
        """One more row."""
        self.seen += len(row) or 1
        if len(row) > MAX_COLUMNS or self.seen > MAX_CELLS:
            why = f"more than {MAX_CELLS:,} cells and blank rows, or {MAX_COLUMNS:,} cells in a row"
            raise InputError(f"{self.name} is too large for a workbook", why, "Save the sheet as CSV, which is read faster")


def _rows(one: Any, counted: _Cells) -> list[Row]:
    """Rows from the first that holds something on, without what is blank on the right."""
    out = list[Row]()
    one.reset_dimensions()
    for place, row in enumerate(one.iter_rows(values_only=True), start=1):
        counted.add(row)
        cells = [_cell(value) for value in row]
        while cells and not _filled(cells[-1]):
            cells.pop()
        if cells or out:
            out.append((place, cells))
    return out


def _cell(value: Any) -> Any:
    """A number or a text; dates and times as they are written."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) or not isinstance(value, str | int | float) else value


def _filled(cell: Any) -> bool:
    return bool(str(cell).strip())


def _below_titles(sheet: Any, rows: list[Row]) -> Found:
    """The table below its title, and a note on that: single cells, then a row of several names, then rows of several cells."""
    filled = [(i, [cell for cell in cells if _filled(cell)]) for i, (_, cells) in enumerate(rows[: 2 * _TITLES]) if cells]
    above = next((n for n, (_, cells) in enumerate(filled) if len(cells) > 1), 0)
    table = filled[above:]
    named = above and all(isinstance(cell, str) for cell in table[0][1])
    if not named or above > _TITLES or len(table) < 2 or any(len(cells) < 2 for _, cells in table[1:3]):
        return Found(sheet, rows, [])
    title = written(filled[0][1][0])[:_SHOWN]
    what = f"{title!r}" if above == 1 else f"{title!r} and {above - 1} more {'line' if above == 2 else 'lines'}"
    return Found(sheet, rows[table[0][0] :], [f"Above the header stood {what}: not read."])


def check_formulas(sheet: Any, again: Callable[[], Any], name: str) -> None:
    """An InputError where the sheet holds formulas and not what they come to, as a program that is no Excel writes them.

    again: the same sheet, its formulas in place of their values.
    """
    for values, formulas in zip(_looked_at(sheet), _looked_at(again()), strict=False):
        for value, formula in zip(values, formulas, strict=False):
            if formula.data_type == "f" and value.value is None and value.data_type != "str":  # that one comes to an empty text
                what = f"{name} holds formulas without values, the first in cell {formula.coordinate}"
                raise InputError(what, "the program that wrote it did not work them out", "Open it in Excel, save it, and give that")


def _looked_at(sheet: Any) -> Iterator[Any]:
    return islice(sheet.iter_rows(), _LOOK)
