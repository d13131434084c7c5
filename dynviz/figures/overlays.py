"""What is laid over a picture of depth: where answers had settled, the layer looked at, and what was forced by hand."""

import itertools
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures.columns import Column, unit_of
from dynviz.figures.grid import Grid
from dynviz.figures.style import alpha
from dynviz.records import Interventions, Ints, Trace

FORCED = "◆"
BORDER = "Dashed: where the second text begins."


def forced(trace: Trace) -> Interventions:
    """What was forced in the run a trace is of."""
    return Interventions.from_knobs(trace.knobs)


def forced_columns(trace: Trace, cols: Sequence[Column]) -> frozenset[int]:
    """The columns of which a piece was forced."""
    tokens = forced(trace).tokens
    return frozenset(c for c, col in enumerate(cols) if tokens & set(col.pieces)) if tokens else frozenset()


def borders(trace: Trace, cols: Sequence[Column]) -> list[int]:
    """The columns with which the second of two texts ends its mark off from the first: special, and in the next line their words go on."""
    out = []
    for c, (col, after) in enumerate(itertools.pairwise(cols)):
        before = next((cols[i] for i in range(c, -1, -1) if not cols[i].special), None)
        if col.special and not after.special and before is not None:
            gap = trace.text[int(trace.offsets[before.pieces[-1], 1]) : int(trace.offsets[after.pieces[0], 0])]
            out += [c] if "\n" in gap else []
    return out


def border_lines(grid: Grid) -> list[dict[str, Any]]:
    """A line where the second of two texts begins."""
    ends = {"yref": "y", "y0": 0.4, "y1": grid.layers + 0.6}  # not through what is printed above
    line = {"type": "line", "xref": "x", **ends, "line": {"color": grid.style.muted, "width": 2, "dash": "dash"}}
    return [{**line, "x0": c + 0.5, "x1": c + 0.5} for c in borders(grid.trace, grid.cols) if c in grid.shown]


def settled_line(grid: Grid, settled: Ints) -> go.Scatter:
    """Dashed, over the layer from which each answer never changes. settled: (U,) layers, 0 where a piece has no answer."""
    x: list[float | None] = []
    y: list[float | None] = []
    for c in grid.shown:
        layer = int(settled[unit_of(grid.trace, grid.cols[c])])
        x += [c - 0.5, c + 0.5] if layer else [None]
        y += [layer + 0.5] * 2 if layer else [None]
    line = {"color": grid.style.text(grid.style.dropped), "width": 2, "dash": "dot"}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name="answer settled")


def looked_at(grid: Grid, layer: int) -> list[dict[str, Any]]:
    """A frame around a layer (0: the words, before any), and a veil over the layers that come after it."""
    low, high = grid.shown[0] - 0.56, grid.shown[-1] + 0.56
    box = {"type": "rect", "x0": low, "x1": high, "xref": "x", "yref": "y"}
    clear = alpha(grid.style.ink, 0)
    shapes = []
    if layer < grid.layers:
        veil = {"fillcolor": alpha(grid.style.paper, 0.72), "line": {"width": 0}}
        shapes.append({**box, **veil, "y0": layer + 0.5, "y1": grid.layers + 0.62})
    if layer:
        frame = {"fillcolor": clear, "line": {"color": grid.style.ink, "width": 1.5}}
        shapes.append({**box, **frame, "y0": layer - 0.5, "y1": layer + 0.5})
    return shapes
