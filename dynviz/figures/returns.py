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
BESIDE = 0.25  # of a column: how far the mark stands from a cross in the last layer


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


def carried(grid: Grid) -> tuple[go.Scatter, go.Scatter]:
    """On the staircase: a line from where a column was dropped to the last layer, and a mark there that says what answers."""
    shown = [c for c, back in enumerate(returning(grid.trace, grid.cols)) if back >= 0 and c in grid.shown]
    gone = {c: _dropped(grid, c) for c in shown}
    long = [c for c in shown if gone[c] < grid.layers]
    line = {"color": grid.style.muted, "width": 1, "dash": "dot"}
    x, y = [v for c in long for v in (c, c, None)], [v for c in long for v in (gone[c] + 0.35, grid.layers - 0.3, None)]
    marks = go.Scatter(
        x=[c + (0 if c in long else BESIDE) for c in shown],
        y=[grid.layers] * len(shown),
        text=[MARK] * len(shown),
        mode="text",
        textfont={"size": 15, "color": grid.style.ink},
        hovertext=[_hover(grid, c) for c in shown],
        hoverinfo="text",
        name="comes back",
    )
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name="state carried"), marks


def _dropped(grid: Grid, c: int) -> int:
    """The layer (from 1) with a column's cross, or the last in which a piece of it was computed."""
    return int(np.flatnonzero((grid.state[:, c] == State.DROPPED) | (grid.state[:, c] == State.COMPUTED)).max(initial=-1)) + 1


def _hover(grid: Grid, c: int) -> str:
    return f"<b>{safe(grid.cols[c].label[:80])}</b>, comes back<br>{safe(answers(grid.trace, grid.cols[c]))}"
