"""CSV, TSV and their kin: cells between commas, tabs, semicolons, bars or rarer marks; what separates them is seen from the content."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from dynviz.data.decode import Text
from dynviz.data.formats.evidence import alike, names_columns
from dynviz.data.formats.sheet import Row, sheet
from dynviz.data.spreadsheet import read_back
from dynviz.data.tables import MAX_CELL, MAX_ROW, MAX_ROWS, QUOTES, Gathered, Table
from dynviz.errors import InputError

_USUAL = {"csv": ",", "tsv": "\t"}
_CALLED = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
_RARE = {"::": "double colons", "^": "carets", ":": "colons"}
# A first line that tells Excel the separator:
_EXCEL = re.compile(r'"?sep\s*=[ ]*(?P<mark>\t|tab|\\t|::|[^\w\s"\\])[ ]*"?[,;]*\s*', re.IGNORECASE)
_CUT = re.compile(r'["\t;|^]|,(?! )')  # what stands in cells rather than in sentences
SAMPLE = 50  # lines from which the separator is seen


def separated(text: Text, kind: str, lenient: bool) -> Table:
    """The table of a file of separated cells. kind: "csv" or "tsv", as the name says, "" where it does not."""
    lines = list(islice(text.lines(), SAMPLE))
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    told = _EXCEL.fullmatch(lines[first][:30]) if lines and len(lines[first]) < 30 else None
    mark = _told(told["mark"]) if told else _mark(lines, _USUAL.get(kind, ","))
    called = {**_CALLED, **_RARE}.get(mark, f"signs {mark!r}")
    notes = list(text.notes)
    if told:
        notes.append(f"The first line says that {called} separate the cells.")
    elif (kind == "tsv" and mark != "\t") or (kind == "csv" and mark == "\t") or mark in _RARE:
        notes.append(f"The cells are separated by {called}.")
    numbered = islice(enumerate(text.lines(), start=1), first + 1 if told else 0, None)
    into = Gathered(text.name, lenient)
    as_they_stand = len(mark) > 1 or (mark == "\t" and _line_up(text, lenient))
    found = sheet(_tabbed(numbered, mark) if as_they_stand else _quoted(numbered, mark, into), into, notes, QUOTES)
    return replace(found, columns=read_back(found.columns))


def _told(mark: str) -> str:
    return "\t" if mark.lower() in ("tab", "\\t") else mark


def parted(text: Text) -> tuple[str, bool]:
    """What separates the cells of nearly all of the first lines, "" where nothing does; and whether the first of them names columns."""
    filled = _filled(text.lines())
    mark = _mark(filled, ",")
    several = len(filled) > 1 and mark in filled[0] and alike(filled, mark) >= 0.9 * len(filled)
    return (mark, names_columns(filled[0], mark)) if several else ("", False)


def is_prose(text: Text) -> bool:
    """Whether each line is a text, and its commas are those of sentences: nothing is quoted, a blank follows each, and most lines end
    as sentences do, the first among them."""
    filled = [line.rstrip() for line in _filled(text.lines())]
    if any(len(line) > MAX_CELL for line in filled):
        return False
    ended = [line.endswith((".", "!", "?", "\u2026")) for line in filled]
    spaced = not any(_CUT.search(line) for line in filled)
    return "," in "".join(filled) and ended[0] and 2 * sum(ended) > len(ended) and spaced and not names_columns(filled[0], ",")


def _filled(lines: Iterable[str]) -> list[str]:
    return [line for line in islice(lines, SAMPLE) if line.strip()]


def _mark(lines: list[str], usual: str) -> str:
    """What separates the cells: the mark by which most lines have as many as the header, then that which stands there most; a rare
    one where all lines have as many by it, and not by another."""
    filled = _filled(lines)
    header = filled[0] if filled else ""
    marks = [mark for mark in (usual, *_CALLED) if mark in header]
    found = max(marks, key=lambda mark: (alike(filled, mark), header.count(mark)), default=usual)
    if len(filled) < 2 or (marks and alike(filled, found) == len(filled)):
        return found
    rare = (mark for mark in _RARE if mark in header and alike(filled, mark) == len(filled))
    return next((mark for mark in rare if mark != ":" or names_columns(header, mark)), found)


# Tabs, as they stand


def _line_up(text: Text, lenient: bool) -> bool:
    """Whether tabs alone cut every line (lenient: most lines) into as many cells as the first."""
    widths = [line.count("\t") for line in islice((line for line in text.lines() if line.strip()), MAX_ROWS + 2)]
    fit = widths.count(widths[0]) if widths else 0
    return fit > 0 and fit >= (len(widths) / 2 if lenient else len(widths))


def _tabbed(lines: Iterator[tuple[int, str]], mark: str) -> Iterator[Row]:
    """Lines cut at their tabs, or at another mark, quotes in them and all (as treebanks and GLUE write them)."""
    for place, line in lines:
        cells = line.rstrip("\r\n").split(mark, MAX_ROW // 100)
        yield place, [_unquoted(c) for c in cells] if '"' in line else cells


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    enclosed = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if enclosed else cell


# Quotes


class _Row:
    """Lines for the csv module, which takes as many as a row has; those of the row at hand are kept."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self.lines = lines
        self.taken: list[tuple[int, str]] = []
        self.size = 0

    def __iter__(self) -> "_Row":
        return self

    def __next__(self) -> str:
        place, line = next(self.lines)
        self.taken.append((place, line))
        self.size += len(line)
        if self.size > MAX_ROW:
            raise csv.Error(f"a row of more than {MAX_ROW:,} characters")
        return line

    def ended(self) -> int:
        """The row has been read; the number of its last line."""
        place = self.taken[-1][0] if self.taken else 0
        self.taken, self.size = [], 0
        return place


def _quoted(lines: Iterator[tuple[int, str]], mark: str, into: Gathered) -> Iterator[Row]:
    """Quoted cells. Where rows may be left out, one over several lines that does not fit the header (a quote was not closed) is read
    line by line."""
    row, width = _Row(lines), 0
    while True:
        try:
            for cells in csv.reader(row, delimiter=mark, strict=True):
                width = width or (len(cells) if any(c.strip() for c in cells) else 0)
                if into.lenient and len(cells) != width and len(row.taken) > 1:
                    yield from _each(row.taken, mark, into)
                    row.ended()
                else:
                    yield row.ended(), cells
            return
        except csv.Error as error:
            if not into.lenient:
                raise _unreadable(into.name, row.taken[-1][0], error) from None
            yield from _each(row.taken, mark, into)
            row.ended()


def _each(lines: list[tuple[int, str]], mark: str, into: Gathered) -> Iterator[Row]:
    """Every line read for itself."""
    for place, line in lines:
        try:
            if len(line) > MAX_ROW:
                raise csv.Error(f"a row of more than {MAX_ROW:,} characters")
            cells = next(csv.reader([line], delimiter=mark, strict=True), [])
        except csv.Error as error:
            into.leave_out(place, _unreadable(into.name, place, error), line.count(mark))
            continue
        yield place, cells


def _unreadable(name: str, place: int, error: csv.Error) -> InputError:
    if "field larger" in str(error):
        what = f"{name}, line {place}: a cell of more than {MAX_CELL:,} characters"
        return InputError(what, "a quote may not have been closed before it", QUOTES)
    return InputError(f"{name}, line {place}: the quotes do not match", str(error).replace("'\t'", "a tab"), QUOTES)
