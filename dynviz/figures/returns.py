"""Dropped tokens that come back for the answer: which they are, what answers for them, and the thin line that carries their state."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dynviz.figures.columns import Column, State, layer_names
from dynviz.figures.grid import Grid
from dynviz.figures.wording import count, safe, verb
from dynviz.records import Ints, Trace

MARK = "↩"
KEY = f"{MARK}: dropped, comes back for the answer."
ABOVE = 0.6  # of a layer, above the last: where the mark stands


def returning(trace: Trace, cols: Sequence[Column]) -> Ints:
    """(C,) the layer whose state answers for a dropped column (0: its embedding), -1 where it does not come back."""
    return np.array([int(trace.returned[c.pieces[0]]) for c in cols], np.int64)


def answers(trace: Trace, col: Column) -> str:
    """What answers for a column that comes back: "its state after layer 3 answers: NOUN". Not escaped."""
    place = col.pieces[0]
    layer = int(trace.returned[place])
    state = f"its state after {layer_names(trace.layers)[layer - 1]}" if layer > 0 else "its embedding"
    return f"{state} answers: {trace.predicted[place]}"


def sentence(trace: Trace, cols: Sequence[Column]) -> list[str]:
    """How many words come back, in a sentence; none where none does."""
    back = int((returning(trace, cols) >= 0).sum())
    if not back:
        return []
    who = f"{back} of {count(len(cols), 'word')} {verb(back, 'is', 'are')} dropped on the way"
    return [f"{who} and {verb(back, 'comes', 'come')} back to be tagged, from the last layer gone through."]


def carried(grid: Grid) -> go.Scatter:
    """On the staircase: a line from where a column was dropped to above the last layer, and a mark there that says what answers."""
    back, style = returning(grid.trace, grid.cols), grid.style
    shown = [c for c in grid.shown if back[c] >= 0]
    x = [value for c in shown for value in (c, c, None)]
    y = [value for c in shown for value in (_from(grid, c), grid.layers + ABOVE, None)]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines+text",
        text=[mark for c in shown for mark in ("", MARK, "")],
        textfont={"size": 16, "color": style.ink},
        line={"color": style.muted, "width": 1, "dash": "dot"},
        hovertext=[said for c in shown for said in ("", _hover(grid, c), "")],
        hoverinfo="text",
        name="comes back",
    )


def _from(grid: Grid, c: int) -> float:
    """Where a column's line begins: above its cross, or above what was computed of it last."""
    state = grid.state[:, c]
    return float(np.flatnonzero((state == State.DROPPED) | (state == State.COMPUTED)).max(initial=-1)) + 1.35


def _hover(grid: Grid, c: int) -> str:
    return f"<b>{safe(grid.cols[c].label[:80])}</b>, comes back<br>{safe(answers(grid.trace, grid.cols[c]))}"
