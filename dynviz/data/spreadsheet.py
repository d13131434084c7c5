"""CSV as spreadsheets open it: a text that one would take for a formula is led by an apostrophe, which it shows as text.

A cell is a formula to one or another of them where its first sign, blanks left out, is = + - @ or one of their full-width forms; a tab or a
line end at the beginning counts too (OWASP, CSV injection). Where cells begin is the spreadsheet's to say: set to split at a semicolon, a
tab or a bar it does so within a text of ours, and ends a row at each line end of it, because quotes count only at the beginning of a cell.
So what follows one of these within a text, quotes left out too, is looked at as its beginning is. (Blanks split nothing here: "a - b" is
prose.) So that nothing is lost, apostrophes that are there already before such a sign get one more: taken away again, every text is what it
was. Numbers are numbers, -0.5 too; the label "-" is a text.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

RESULTS = ("row", "text", "answer", "full_depth")  # the first columns of results that the app exports
_SPLITS = r";|\t\r\n"
_BLANK = rf"(?![{_SPLITS}])[\s\x00-\x20\u200b-\u200f\u2060\ufeff]"
_SIGN = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_FIRST = rf"(?='*(?:(?:{_BLANK})*{_SIGN}|[\t\r\n]))"
_LATER = rf"(?='*(?:{_BLANK}|\")*{_SIGN})"
_FORMULA = re.compile(rf"^{_FIRST}|(?<=[{_SPLITS}]){_LATER}")
_WRITTEN = re.compile(rf"^'{_FIRST}|(?<=[{_SPLITS}])'{_LATER}")


def cell(value: Any) -> Any:
    """A value as it is written; only texts change."""
    return _FORMULA.sub("'", value) if isinstance(value, str) else value


def text(written: str) -> str:
    """The text of a cell that was written so."""
    return _WRITTEN.sub("", written)


def read_back(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The columns of a CSV: where they are the app's own results, texts as they were before they were written. In another's file an
    apostrophe may be meant, and stays."""
    if tuple(columns)[: len(RESULTS)] != RESULTS:
        return columns
    return {text(name): [text(v) if isinstance(v, str) else v for v in values] for name, values in columns.items()}


def to_csv(rows: Sequence[Mapping[str, Any]], end: str = "\r\n") -> str:
    """Rows as CSV. Its columns are those of all rows, in the order in which they first come."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append))  # ends in \r\n: a cell that holds either is quoted
    writer.writerow(map(cell, names))
    writer.writerows([cell(row.get(name)) for name in names] for row in rows)
    return "".join(line.removesuffix("\r\n") + end for line in lines)
