"""Which two columns of a table hold the texts of a pair, and the table with both in one column, a text of two lines in each cell."""

from collections.abc import Sequence
from typing import Any

from dynviz.data.columns import blank, halves_of_a_pair, named, numbers, prose, sample
from dynviz.data.cutting import two_lines
from dynviz.data.tables import Table, another
from dynviz.errors import InputError
from dynviz.records.tasks import Task

_COLUMNS = 100  # looked at
Text = str | Sequence[str] | None
"""A column of texts, or the two of a pair, as named by the user; None where they are to be found."""


def one_column(table: Table, task: Task, text: Text) -> tuple[Table, str | None]:
    """The table, and its column of texts as named; of a task of pairs, the table with the two columns joined, and the column of both."""
    names = [text] if isinstance(text, str) else list(text or ())
    if not task.pair:
        if len(names) > 1:
            raise InputError(f"{len(names)} columns of texts were named", "this model reads one text at a time", "Name one")
        return table, names[0] if names else None
    if len(names) > 2:
        raise InputError(f"{len(names)} columns of texts were named", "this model compares two", "Name the first and the second")
    if not names:
        return _joined(table, *find_halves(table))
    found = [column for name in names if (column := named(table, name, "text")) is not None]
    return _joined(table, found[0], found[1] if len(found) > 1 else found[0])


def find_halves(table: Table) -> tuple[str, str]:
    """The columns of the two texts: called like halves of a pair (sentence1 and sentence2, premise and hypothesis), or the first two of
    prose; twice the same where its cells hold both texts, in two lines or beside a tab. An InputError where there are none."""
    columns = list(table.columns)[:_COLUMNS]
    texts = {n for n in columns if not numbers(sample(table.columns[n])) and any(map(_letters, sample(table.columns[n])))}
    prosaic = [n for n in columns if n in texts and prose(table.columns[n])]
    called = [(a, b) for i, a in enumerate(columns) for b in columns[i + 1 :] if {a, b} <= texts and halves_of_a_pair(a, b)]
    if called:
        return min(called, key=lambda two: (-sum(n in prosaic for n in two), len(two[0])))  # of equals the first
    both = next((n for n in columns if n in texts and _hold_both(table.columns[n])), None)
    if both is not None:
        return both, both
    if len(prosaic) > 1:
        return prosaic[0], prosaic[1]
    listed = ", ".join(n[:40] for n in columns[:20])
    do = "Name the two columns of texts, or write both into one cell, each on a line of its own"
    raise InputError(f"{table.name} does not hold two texts in a row, which this model compares", f"its columns are: {listed}", do)


def _letters(value: Any) -> bool:
    return isinstance(value, str) and any(c.isalpha() for c in value[:1000])


def _hold_both(values: Sequence[Any]) -> bool:
    """Whether most cells that are filled are two texts."""
    filled = [v for v in sample(values) if isinstance(v, str) and v.strip()]
    return bool(filled) and 2 * sum(len(_lines(v)) == 2 for v in filled) > len(filled)


def _lines(cell: str) -> list[str]:
    lines = [line for line in cell.splitlines() if line.strip()]
    return lines if len(lines) != 1 else [part for part in cell.split("\t") if part.strip()]


def _joined(table: Table, first: str, second: str) -> tuple[Table, str]:
    """The table with one column of both texts in place of the two; a cell is blank where either is."""
    if first == second:
        cells = ["\n".join(_lines(cell)) if isinstance(cell, str) else cell for cell in table.columns[first]]
        return _with(table, {first}, first, cells), first
    pairs = zip(table.columns[first], table.columns[second], strict=True)
    rest = [n for n in table.columns if n not in (first, second)]
    name = another(f"{first} and {second}", rest)
    return _with(table, {first, second}, name, ["" if blank(a) or blank(b) else two_lines(str(a), str(b)) for a, b in pairs]), name


def _with(table: Table, without: set[str], name: str, cells: list[Any]) -> Table:
    columns = {name: cells, **{n: values for n, values in table.columns.items() if n not in without}}
    return Table(table.name, columns, table.places, table.notes, table.skipped, table.classes, table.header)
