"""Rows of cells -> a table: what the columns are called, and which rows do not fit."""

from collections.abc import Iterable, Iterator
from typing import Any

from dynviz.data.tables import Gathered, Header, Table, names_of
from dynviz.errors import InputError

Row = tuple[int, list[Any]]


def sheet(rows: Iterable[Row], into: Gathered, notes: list[str], do: str = "Give every row as many cells") -> Table:
    """The table of these rows, below a header. Blank rows are counted in the notes. do: what helps where a row does not fit."""
    blank = _Blank()
    filled = blank.without(rows, into)
    place, cells = next(filled, (0, []))
    names, twice = names_of(cells)
    into.name_columns(names)
    for line, row in filled:
        if len(row) == len(names):
            into.add(line, row)
        else:
            what = f"{into.name}, line {line}: {len(row)} cells"
            into.leave_out(line, InputError(what, f"the header has {len(names)}", do), len(row))
    told = _same_name(into, twice)
    kept = tuple(cell for cell, name in zip(cells, names, strict=True) if name in into.columns)
    return into.table([*notes, *told, *blank.said()], header=Header(place, kept))


def _same_name(into: Gathered, twice: dict[str, str]) -> list[str]:
    """Notes on columns of the same name; where they hold the same, one is kept, and there is nothing to say."""
    notes = []
    for own, name in twice.items():
        if into.columns[own] == into.columns[name]:
            del into.columns[own]
        else:
            notes.append(f"Two columns are called {name[:40]!r}; the later is read as {own[:40]!r}.")
    return notes[:3]


class _Blank:
    """Counts blank rows between others; those at the end of a file are nothing to speak of."""

    def __init__(self) -> None:
        self.count = 0

    def without(self, rows: Iterable[Row], into: Gathered) -> Iterator[Row]:
        """The other rows; the cells of the blank ones are counted."""
        waiting = 0
        for place, cells in rows:
            joined = "".join(map(str, cells))
            if joined and not joined.isspace():
                self.count += waiting
                waiting = 0
                yield place, cells
            else:
                waiting += 1
                into.let_go(len(cells))

    def said(self) -> list[str]:
        """A note, where there were any."""
        return [f"{self.count} blank {'row was' if self.count == 1 else 'rows were'} skipped."] if self.count else []
