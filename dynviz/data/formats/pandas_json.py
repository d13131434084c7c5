"""A whole table in one JSON object, as pandas and others write it: by columns, by rows, split, or below a key."""

import re
from collections.abc import Mapping
from typing import Any

from dynviz.data.columns import TOKENS

Rows = list[dict[str, Any]]
_DIGITS = re.compile(r"\d+")


def rows_of(item: dict[str, Any]) -> tuple[Rows, str] | None:
    """The rows in an object and a note on how it was read; one row, and nothing to say, where it is a row itself; None where it is
    several rows in a shape that is not known."""
    listed = {key: value for key, value in item.items() if isinstance(value, list) and value}
    tables = [key for key, value in listed.items() if all(isinstance(row, dict) for row in value)]
    if isinstance(item.get("columns"), list) and isinstance(item.get("data"), list):
        return _split(item["columns"], item["data"])
    if len(tables) == 1:
        return listed[tables[0]], f"The rows were read from {tables[0][:40]!r}."
    if len(tables) > 1:
        return None
    if listed and len(listed) == len(item):
        return _lists(listed)
    if len(item) > 1 and all(isinstance(value, dict) and value for value in item.values()):
        return _crossed(item)
    return None if len(item) > 1 and all(map(_DIGITS.fullmatch, item)) else ([item], "")


def _split(names: list[Any], rows: list[Any]) -> tuple[Rows, str] | None:
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [dict(zip(map(str, names), row, strict=True)) for row in rows], "Columns and rows were read from 'columns' and 'data'."


def _lists(columns: Mapping[str, list[Any]]) -> tuple[Rows, str] | None:
    """Columns of cells; but words and their tags are one row."""
    if any(key.lower() in TOKENS for key in columns):
        return [dict(columns)], ""
    if len({len(column) for column in columns.values()}) > 1:
        return None
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows], "Each key of the JSON object was read as a column."


def _crossed(item: Mapping[str, Mapping[str, Any]]) -> tuple[Rows, str] | None:
    """Columns of rows, or rows of columns: rows have numbers for keys."""
    if all(map(_DIGITS.fullmatch, item)):
        return [dict(row) for row in item.values()], "Each value of the JSON object was read as a row."
    places = list(next(iter(item.values())))
    if not all(map(_DIGITS.fullmatch, places)) or any(column.keys() != set(places) for column in item.values()):
        return None
    return [{key: column[place] for key, column in item.items()} for place in places], "Each key of the JSON object was read as a column."
