"""Rows of cells -> a table: whether the first is a header, what the columns are called, which rows do not fit."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from dynviz.data.tables import NO_HEADER, QUOTES, Gathered, Header, Table, names_of
from dynviz.errors import InputError

Row = tuple[int, list[Any]]
_NUMBER = re.compile(r"\s*[-+]?\d+(\.\d+)?\s*")


def sheet(rows: Iterable[Row], into: Gathered, notes: list[str]) -> Table:
    """The table of these rows; the first is the header, unless it is an example itself. Blank rows are counted in the notes."""
    blank = _Blank()
    filled = blank.without(rows)
    first = list(islice(filled, 2))
    if not first:
        return into.table(notes)
    place, cells = first[0]
    header = not (len(first) == 2 and _example(cells, first[1][1]))
    names, twice = names_of(cells) if header else ([f"column {i}" for i in range(1, len(cells) + 1)], {})
    into.name_columns(names)
    for line, row in chain(first[1:] if header else first, filled):
        if len(row) == len(names):
            into.add(line, row)
        else:
            why = f"the {'header' if header else 'first line'} has {len(names)}"
            into.leave_out(line, InputError(f"{into.name}, line {line}: {len(row)} cells", why, QUOTES))
    assumed = _same_name(into, twice) if header else [NO_HEADER]
    kept = tuple(cell for cell, name in zip(cells, names, strict=True) if name in into.columns)
    return into.table([*notes, *assumed, *blank.said()], header=Header(place, kept) if header else None)


def _same_name(into: Gathered, twice: dict[str, str]) -> list[str]:
    """Notes on columns of the same name; where they hold the same, one is kept, and there is nothing to say."""
    notes = []
    for own, name in twice.items():
        if into.columns[own] == into.columns[name]:
            del into.columns[own]
        else:
            notes.append(f"Two columns are called {name[:40]!r}; the later is read as {own[:40]!r}.")
    return notes[:3]


def _example(cells: Sequence[Any], below: Sequence[Any]) -> bool:
    """Whether a first row has a number where the next has one, and several words elsewhere: then it is no row of names."""
    pairs = zip(map(str, cells), map(str, below), strict=False)
    numbers = any(_NUMBER.fullmatch(a[:40]) and _NUMBER.fullmatch(b[:40]) for a, b in pairs)
    return numbers and any(" " in str(c).strip() for c in cells)


class _Blank:
    """Counts blank rows between others; those at the end of a file are nothing to speak of."""

    def __init__(self) -> None:
        self.count = 0

    def without(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The other rows."""
        waiting = 0
        for place, cells in rows:
            if any(c is not None and str(c).strip() for c in cells):
                self.count += waiting
                waiting = 0
                yield place, cells
            else:
                waiting += 1

    def said(self) -> list[str]:
        """A note, where there were any."""
        return [f"{self.count} blank {'row was' if self.count == 1 else 'rows were'} skipped."] if self.count else []
