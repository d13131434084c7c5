"""A table that a program hands over, as columns: a data frame, (text, label) pairs, records, columns by name, a data set."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from itertools import islice
from numbers import Number
from typing import Any

from dynviz.data.hub import classes_of
from dynviz.data.tables import MAX_ROWS, Table, names_of
from dynviz.errors import InputError

NAME = "The table given"
PASS = "Pass a path, (text, label) pairs, columns by name, a pandas DataFrame, or what dynviz.read returned"
MOST = 10**18  # of a whole number in a cell
_NOTHING = ("NAType", "NaTType")  # how pandas writes an empty cell


def table_given(given: Any) -> Table:
    """The table meant; an InputError that says what to pass where it is none, is empty, or holds what no cell can be."""
    named = _columns(given)
    lengths = sorted({len(values) for _, values in named})
    if len(lengths) > 1:
        raise InputError("The columns differ in length", f"they have {', '.join(map(str, lengths))} rows", "Pass as many of each")
    if not lengths or not lengths[0]:
        raise InputError("There are no labelled examples", "what was given is empty", PASS)
    if lengths[0] > MAX_ROWS:
        raise InputError(f"There are more than {MAX_ROWS:,} rows", "that many would take hours", f"Pass {MAX_ROWS:,} or fewer")
    names, twice = names_of(name for name, _ in named)
    columns = {n: [_cell(v, n, i) for i, v in enumerate(values)] for n, (_, values) in zip(names, named, strict=True)}
    differ = [own for own, name in twice.items() if columns[own] != columns[name]]
    kept = {n: values for n, values in columns.items() if n not in twice or n in differ}
    notes = [f"Two columns are called {twice[own]!r}; the second is {own!r} here." for own in differ]
    features = getattr(given, "features", None)
    classes = classes_of(features) if isinstance(features, Mapping) else {}
    return Table(NAME, kept, list(range(1, lengths[0] + 1)), notes, classes=classes)


def described(value: Any) -> str:
    """What kind of thing was given, in a few words."""
    if value is None:
        return "None"
    kind = type(value).__name__
    if isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < MOST):
        return f"the {'value' if isinstance(value, bool) else 'number'} {value}"
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


def as_list(value: Any) -> Any:
    """An array, a column or an iterator as a list; anything else as it is."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(islice(value, MAX_ROWS + 1)) if isinstance(value, Iterator) else value


def _columns(given: Any) -> list[tuple[str, Sequence[Any]]]:
    """Names and cells, by the shape of what was given."""
    if hasattr(given, "iloc") and hasattr(given, "columns"):
        return [(str(name), given.iloc[:, i].tolist()) for i, name in enumerate(given.columns)]
    if hasattr(given, "column_names"):  # an Arrow table, a data set of the Hub
        return [(str(name), _values(given[name])) for name in given.column_names]
    found = as_list(given)
    if isinstance(found, Mapping):
        named = [(str(name), as_list(values)) for name, values in found.items()]
        if named and all(isinstance(values, list | tuple) for _, values in named):
            return named
    elif isinstance(found, list | tuple) and all(isinstance(row, Mapping) for row in found):
        return [(str(name), [row.get(name) for row in found]) for name in dict.fromkeys(name for row in found for name in row)]
    elif isinstance(found, list | tuple):
        pairs = [as_list(pair) for pair in found]
        if all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
            return [("text", [text for text, _ in pairs]), ("label", [label for _, label in pairs])]
    raise InputError("There are no labelled examples", f"{described(given)} was given", PASS)


def _values(column: Any) -> list[Any]:
    return list(column.to_pylist() if hasattr(column, "to_pylist") else column)


def _cell(value: Any, column: str, row: int) -> Any:
    """A cell in Python's own types; nothing (None, NaN, NaT) as an empty one."""
    value = as_list(value)
    if isinstance(value, list | tuple):
        return [_cell(item, column, row) for item in value]
    if isinstance(value, str | bool):
        return value
    if value is None or type(value).__name__ in _NOTHING:
        return ""
    if isinstance(value, date | time):
        return value.isoformat()
    number = _number(value)
    if number is None:
        what = f"{NAME}, row {row + 1}, column {column!r}: {described(value)}"
        raise InputError(what, "no text and no label is that", "Pass words or numbers")
    return "" if math.isnan(number) else number


def _number(value: Any) -> float | int | None:
    if not isinstance(value, Number) or isinstance(value, complex):
        return None
    if isinstance(value, int):
        return value if abs(value) < MOST else None
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, ArithmeticError):
        return None
