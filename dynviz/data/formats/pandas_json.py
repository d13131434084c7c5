"""A whole table in one JSON object, as pandas and others write it: by columns, by rows, split, or below a key."""

import re
from collections.abc import Mapping
from typing import Any

from dynviz.data.formats.evidence import KNOWN
from dynviz.data.names import TOKENS, bare

Rows = list[dict[str, Any]]
_DIGITS = re.compile(r"\d+")


def rows_of(item: dict[str, Any], deep: int = 3) -> tuple[Rows, str] | None:
    """The rows in an object and a note on how it was read; one row, and nothing to say, where it is a row itself; None where it is not
    clear what its rows are. deep: as many objects may lie around them."""
    listed = {key: value for key, value in item.items() if isinstance(value, list) and value}
    tables = [key for key, value in listed.items() if all(isinstance(row, dict) for row in value)]
    if isinstance(item.get("columns"), list) and isinstance(item.get("data"), list):
        return _split(item["columns"], item["data"])
    tables = [key for key in tables if _has_texts(listed[key][0])] or tables
    if len(tables) == 1 and not known(item):
        return listed[tables[0]], f"The rows were read from {tables[0][:40]!r}."
    if len(tables) > 1 and not known(item):
        return None
    if listed and len(listed) == len(item):
        return _lists(listed)
    inner = {key: value for key, value in item.items() if isinstance(value, dict) and value}
    if inner and len(inner) == len(item) and (found := _crossed(inner)):
        return found
    if known(item) and len(inner) < len(item):
        return [item], ""
    below = {key: found for key, value in inner.items() if deep and (found := rows_of(value, deep - 1)) and found[1]}
    if len(below) == 1:
        key, (rows, note) = next(iter(below.items()))
        return rows, f"{note} They lie below {key[:40]!r}."
    return ([item], "") if len(item) == 1 and not inner and not _DIGITS.fullmatch(next(iter(item))) else _one(item)


def _one(item: dict[str, Any]) -> tuple[Rows, str] | None:
    """An object without a name of columns is a row only where what lies in it has one; else its keys may be texts, or numbers of rows."""
    return ([item], "") if _has_texts(item) else None


def known(item: Mapping[str, Any]) -> bool:
    """Whether a key is a name of columns that says what stands in them."""
    return any(bare(key) in KNOWN for key in item)


def _has_texts(row: Mapping[str, Any]) -> bool:
    return known(row) or any(isinstance(value, dict) and known(value) for value in row.values())


def _texts(members: Mapping[str, Any]) -> bool:
    return any(isinstance(member, str) for member in members.values())


def opened(item: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A row with its texts at the top, and the keys of the objects that were opened for it: those that are called like a text or
    a label and hold one; where nothing is called so, all."""
    every = not known(item)
    keys = [key for key, value in item.items() if isinstance(value, dict) and value and (every or (bare(key) in KNOWN and _texts(value)))]
    out: dict[str, Any] = {}
    for key, value in item.items():
        if key not in keys:
            out[key] = value
        elif len(value) == 1 and not every:
            out[key] = next(iter(value.values()))
        else:
            out |= {member if every and member not in item and member not in out else f"{key}.{member}": value[member] for member in value}
    return out, keys


def _split(names: list[Any], rows: list[Any]) -> tuple[Rows, str] | None:
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [dict(zip(map(str, names), row, strict=True)) for row in rows], "Columns and rows were read from 'columns' and 'data'."


def _lists(columns: Mapping[str, list[Any]]) -> tuple[Rows, str] | None:
    """Columns of cells; but words and their tags are one row, and texts below names that say nothing may lie below their labels."""
    if any(key.lower() in TOKENS for key in columns):
        return [dict(columns)], ""
    texts = all(isinstance(cell, str) for column in columns.values() for cell in column)
    if len({len(column) for column in columns.values()}) > 1 or (texts and len(columns) > 1 and not known(columns)):
        return None
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows], "Each key of the JSON object was read as a column."


def _crossed(item: Mapping[str, Mapping[str, Any]]) -> tuple[Rows, str] | None:
    """Columns of rows, or rows of columns: rows have numbers for keys, and columns names that say what stands in them."""
    first = next(iter(item.values()))
    if all(map(_DIGITS.fullmatch, item)) or (known(first) and not known(item) and len(item) > 1):
        return [dict(row) for row in item.values()], "Each value of the JSON object was read as a row."
    if not (known(item) or all(map(_DIGITS.fullmatch, first))) or any(column.keys() != first.keys() for column in item.values()):
        return None
    return [{key: column[place] for key, column in item.items()} for place in first], "Each key of the JSON object was read as a column."
