"""JSON: an object on each line or one after the other, an array of them, or the other shapes that pandas writes."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from dynviz.data.decode import Text
from dynviz.data.formats.json_values import NotJson, Place, parse, values
from dynviz.data.formats.pandas_json import opened, rows_of
from dynviz.data.formats.sheet import sheet
from dynviz.data.tables import MAX_COLUMNS, Gathered, Table, another, written
from dynviz.errors import InputError

_LONE = re.compile("[\ud800-\udfff]")
DO = 'Write an object on each line, {"text": ..., "label": ...}; in pandas: df.to_json(path, orient="records", lines=True)'


def objects(text: Text, lenient: bool) -> Table:
    """The table of a JSON file."""
    into = Gathered(text.name, lenient)
    first = next((line.strip() for line in text.lines() if line.strip()), "")
    try:
        if first.startswith("["):
            return _array(values(text, in_array=True), into, text.notes)
        if first.startswith("{") and (one := _only(text, first)):
            found = rows_of(one)
            if found is None:
                raise InputError(f"{text.name} holds one JSON object", "it is not clear what its rows are", DO)
            return _rows(enumerate(found[0], start=1), into, [*text.notes, *filter(None, found[1:])])
        several = _several(text) if first.startswith("{") and not first.endswith("}") else None
        return _rows(_each_line(text, into) if several is None else several, into, text.notes)
    except NotJson as error:
        raise InputError(f"{text.name} is not JSON", str(error), DO) from None


def _only(text: Text, first: str) -> dict[str, Any] | None:
    """The one object that a file holds, on a line or on several; None where it holds more, or something else."""
    source = values(text, in_array=False)
    try:
        found = list(islice(source, 2)) if first.endswith("}") or first == "{" else []
    except NotJson:
        return None
    return found[0][1] if len(found) == 1 and isinstance(found[0][1], dict) else None


def _several(text: Text) -> Iterator[Place] | None:
    """Objects over several lines each; None where not even the first is one: then lines are read."""
    source = values(text, in_array=False)
    try:
        first = next(source)
    except (NotJson, StopIteration):
        return None
    return chain([first], source)


def _each_line(text: Text, into: Gathered) -> Iterator[Place]:
    for place, line in enumerate(text.lines(), start=1):
        if not line.strip():
            continue
        try:
            item = parse(line)
        except NotJson as error:
            into.leave_out(place, InputError(f"{text.name}, line {place}: not JSON", str(error), DO), _inner(line))
            continue
        yield place, item


def _array(items: Iterator[Place], into: Gathered, notes: list[str]) -> Table:
    """An array of objects; of texts; or of rows without names."""
    first = next(items, None)
    if first is None:
        return into.table(notes)
    whole = chain([first], items)
    if isinstance(first[1], list):
        return sheet(_lists(whole, into), into, list(notes))
    if isinstance(first[1], str):
        return _rows(((place, {"text": item} if isinstance(item, str) else item) for place, item in whole), into, notes)
    return _rows(whole, into, notes)


def _lists(items: Iterable[Place], into: Gathered) -> Iterator[tuple[int, list[Any]]]:
    for place, item in items:
        if not isinstance(item, list):
            into.leave_out(place, _no_row(into.name, place, item, "list"), _members(item))
        elif (cells := _cells(item, place, into)) is not None:
            yield place, cells


def _rows(items: Iterable[Place], into: Gathered, notes: list[str]) -> Table:
    """A row for each object, a column for each key."""
    called: dict[str, str] = {}
    seen: dict[str, None] = {}
    for place, item in items:
        if not isinstance(item, dict):
            into.leave_out(place, _no_row(into.name, place, item, "object"), _members(item))
            continue
        item, inner = opened(item)
        seen |= dict.fromkeys(inner[: MAX_COLUMNS - len(seen)])
        for key in [key for key in item if key not in called]:
            called[key] = another(written(key) or f"column {len(called) + 1}", into.columns)
            into.name_columns([called[key]])
        cells = _cells([item.get(key) for key in called], place, into)
        if cells is not None:
            into.add(place, cells)
    told = [f"Columns were made of what lies below {', '.join(repr(key[:40]) for key in list(seen)[:3])}."] if seen else []
    return into.table([*notes, *told])


def _no_row(name: str, place: int, item: Any, wanted: str) -> InputError:
    return InputError(f"{name}, line {place}: not a JSON {wanted}", f"it holds a {type(item).__name__}", DO)


def _cells(row: list[Any], place: int, into: Gathered) -> list[Any] | None:
    """The cells of a row; None where it is left out."""
    try:
        cells = [_cell(value) for value in row]
        nested = (cell for value, cell in zip(row, cells, strict=True) if isinstance(value, list | dict) and type(cell) is str)
        into.let_go(sum(map(_inner, nested)))
        return cells
    except UnicodeError:
        what, why = "not valid Unicode", "it holds half of a surrogate pair"
    except RecursionError:
        what, why = "not a row of cells", "it is nested too deeply"
    into.leave_out(place, InputError(f"{into.name}, line {place}: {what}", why, "Write the row again"), sum(map(_members, row)))
    return None


def _inner(text: str) -> int:
    """About how many values there are in a JSON text."""
    return sum(map(text.count, ",[{"))


def _members(value: Any) -> int:
    """How many values there are in a value."""
    return len(value) if isinstance(value, list | dict) else 1


def _cell(value: Any) -> Any:
    """What a table holds of a value: numbers, texts and lists of them; None and NaN as an empty cell, anything else as JSON text."""
    kinds = set(map(type, value)) if isinstance(value, list) else {dict}
    if kinds & {list, dict}:
        return _flat(value)  # whole: JSON text of each member would take many times as long
    as_it_is = kinds <= {int} or (kinds <= {str} and "".join(value).isascii())
    return value if as_it_is else [_flat(member) for member in value]


def _flat(value: Any) -> Any:
    if isinstance(value, str):
        if not value.isascii() and _LONE.search(value):
            raise UnicodeError
        return value
    if value is None or value != value:
        return ""
    return _flat(json.dumps(value, ensure_ascii=False)) if isinstance(value, list | dict) else value
