"""What is laid over a picture of depth: where answers had settled, the layer looked at, and what was forced by hand."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures.columns import Column, unit_of
from dynviz.figures.grid import Grid
from dynviz.figures.style import alpha
from dynviz.records import Interventions, Ints, Trace

FORCED = "◆"


def forced(trace: Trace) -> Interventions:
    """What was forced in the run a trace is of."""
    return Interventions.from_knobs(trace.knobs)


def forced_columns(trace: Trace, cols: Sequence[Column]) -> frozenset[int]:
    """The columns of which a piece was forced."""
    tokens = forced(trace).tokens
    return frozenset(c for c, col in enumerate(cols) if tokens & set(col.pieces)) if tokens else frozenset()


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
