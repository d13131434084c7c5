"""CSV as spreadsheets open it: a text that one would take for a formula is led by an apostrophe, which it shows as text.

A cell is a formula to one or another of them where its first sign, blanks left out, is = + - @ or one of their full-width forms; a tab or a
line end at the beginning counts too (OWASP, CSV injection). A later line of a cell does not, because the cell stands in quotes. So that
nothing is lost, a text that begins with apostrophes before such a sign gets one more: taken away again, every text is what it was. Numbers
are numbers, -0.5 too; the label "-" is a text.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

RESULTS = ("row", "text", "answer", "full_depth")  # the first columns of results that the app exports
_BLANK = r"[\s\x00-\x20\u200b-\u200f\u2060\ufeff]*"
FORMULA = rf"^('*)({_BLANK}[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])"
_FORMULA = re.compile(FORMULA)


def cell(value: Any) -> Any:
    """A value as it is written; only texts change."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def text(written: str) -> str:
    """The text of a cell that was written so."""
    return written[1:] if written.startswith("'") and _FORMULA.match(written) else written


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
