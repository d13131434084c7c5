"""A trace in a terminal: words with the layers each went through below them, coloured by depth where colours are wanted."""

import os
import shutil
import unicodedata
from typing import IO

from dynviz.figures.cells import KEY
from dynviz.figures.columns import Column, State, columns, states
from dynviz.figures.depths import depth_sentences
from dynviz.figures.merged import arrow, homes
from dynviz.figures.returns import KEY as BACK
from dynviz.figures.returns import MARK, returning
from dynviz.records import Trace

# Shallow to deep, dark blue to yellow (viridis in xterm's 256 colours); light text on the first half, dark on the second.
_RAMP = (54, 61, 67, 73, 72, 77, 113, 149, 185, 227)
MERGED = KEY["merged"]
_JOINERS = {"\u200c", "\u200d", "\ufe0e", "\ufe0f"}  # hold emoji and some scripts together; harmless


def colours(stream: IO[str]) -> bool:
    """Whether to colour: a terminal, not a dumb one, and NO_COLOR not set (no-color.org)."""
    return stream.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")


def picture(trace: Trace, full: Trace, colour: bool, width: int | None = None) -> str:
    """Lines of words, their depths and (for words) their labels; then the verdict, the compute, and what was left out. A depth is marked
    where the word was merged into another, or was dropped and comes back for its answer."""
    width = width or shutil.get_terminal_size((100, 24)).columns
    blocks = _blocks(trace)
    lines: list[str] = []
    start = 0
    while start < len(blocks):
        stop, used = start, 0
        while stop < len(blocks) and (stop == start or used + blocks[stop][0] <= width):
            used += blocks[stop][0] + 1
            stop += 1
        lines += [*_rows(blocks[start:stop], len(trace.layers), colour), ""]
        start = stop
    lines += _key(trace)
    lines.append(" ".join(_verdict(trace, full)))
    settings = ", ".join(f"{name} = {value:g}" for name, value in trace.knobs.items())
    lines.append(f"{trace.model} {trace.digest}" + (f": {settings}" if settings else ""))
    return "\n".join([*lines, *([trace.note] if trace.note else [])])


def _key(trace: Trace) -> list[str]:
    """How to read the marks that occur."""
    said = [line for line, there in ((MERGED, trace.merged_at.any()), (BACK, (trace.returned >= 0).any())) if there]
    return [" ".join(said)] if said else []


def _verdict(trace: Trace, full: Trace) -> list[str]:
    """The finding in words; token droppers' findings do not name the answer, so it goes first."""
    said = depth_sentences(trace, full)
    answer = trace.predicted[0] if trace.unit == "sentence" else ""
    return said if not answer or answer in said[0] else [f"{answer}.", *said]


def printable(text: str) -> str:
    """The text with control, direction and unassigned characters written out, so that it cannot steer the terminal."""
    return "".join(_escaped(c) for c in text)


def _escaped(c: str) -> str:
    if c in _JOINERS or unicodedata.category(c)[0] != "C":
        return c if unicodedata.category(c) not in ("Zl", "Zp") else f"\\u{ord(c):04x}"
    return f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}"


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) or c in _JOINERS else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


_Block = tuple[int, tuple[str, ...], int]  # width, rows of text, depth


def _blocks(trace: Trace) -> list[_Block]:
    cols = columns(trace)
    depths, marks = (states(trace, cols) == State.COMPUTED).sum(0), _marks(trace, cols)
    out = []
    for column, depth, mark in zip(cols, depths, marks, strict=True):
        rows = [printable(column.label) or " ", f"{depth}{mark}"]
        if trace.unit == "token":
            rows.append(printable(trace.predicted[column.pieces[0]]))
        out.append((max(cells(r) for r in rows), tuple(rows), int(depth)))
    return out


def _marks(trace: Trace, cols: tuple[Column, ...]) -> list[str]:
    """Beside the depth of each column: whither it was merged, or that it comes back; "" for neither."""
    ends = homes(trace, cols)[-1]
    merged = [any(trace.merged_at[p] for p in c.pieces) and ends[c.pieces[0]] not in (-1, i) for i, c in enumerate(cols)]
    back = returning(trace, cols) >= 0
    return [arrow(i, int(ends[c.pieces[0]])) if merged[i] else MARK if back[i] else "" for i, c in enumerate(cols)]


def _rows(blocks: list[_Block], layers: int, colour: bool) -> list[str]:
    lines = []
    for i in range(len(blocks[0][1])):
        padded = [rows[i] + " " * (width - cells(rows[i])) for width, rows, _ in blocks]
        if colour and i == 0:
            padded = [_painted(text, depth, layers) for text, (_, _, depth) in zip(padded, blocks, strict=True)]
        lines.append(" ".join(padded).rstrip())
    return lines


def _painted(text: str, depth: int, layers: int) -> str:
    step = round((len(_RAMP) - 1) * (depth - 1) / max(layers - 1, 1)) if depth else 0
    return f"\x1b[48;5;{_RAMP[step]};38;5;{231 if step < 5 else 16}m{text}\x1b[0m"
