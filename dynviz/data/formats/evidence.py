"""What a text holds, whatever its name says: JSON, or separated cells below the names of columns."""

import csv
from collections.abc import Sequence
from itertools import islice

from dynviz.data.decode import Text
from dynviz.data.formats.json_values import NotJson, values
from dynviz.data.names import HALVES, LABEL, SCORES, TAGS, TEXT, TITLES, TOKENS, bare

KNOWN = frozenset((*TEXT, *TITLES, *TOKENS, *LABEL, *TAGS, *HALVES, *SCORES))  # names of columns that say what stands in them
_NAME = 30  # characters of a column's name, at most, among names that are to be believed


def holds_json(text: Text) -> bool:
    """Whether it begins with an object that holds something, or with an array of objects, lists or texts."""
    if not begins_json(text):
        return False
    in_array = text.data.lstrip()[:1] == b"["
    try:
        found = [value for _, value in islice(values(text, in_array), 2)]
    except NotJson:
        return False
    return bool(found and found[0]) and isinstance(found[0], dict | list | str if in_array else dict)


def begins_json(text: Text) -> bool:
    """Whether its first character is that of an object or of an array."""
    return text.data[:1000].lstrip()[:1] in (b"{", b"[")


def names_columns(line: str, mark: str) -> bool:
    """Whether a line is the names of several columns: two that are known, or one and no blanks after the marks, as prose has them."""
    cells = line[:2000].strip().split(mark) if len(mark) > 1 else next(csv.reader([line[:2000]], delimiter=mark), [])
    known = {bare(cell) for cell in cells} & KNOWN
    short = len(cells) > 1 and all(len(cell) <= _NAME and len(cell.split()) <= 3 for cell in cells)
    return short and (len(known) > 1 or (len(known) == 1 and not any(cell.startswith(" ") for cell in cells)))


def alike(lines: Sequence[str], mark: str) -> int:
    """How many lines have as many cells as the first."""
    quoted = (len(cells) for cells in csv.reader((line[:2000] for line in lines), delimiter=mark[0]) if cells)
    widths = [line.count(mark) for line in lines] if mark in ("\t", "::") else list(quoted)
    return widths.count(widths[0]) if widths else 0
