"""The cells of the staircase: their fill, the tag printed in them, and what a pointer reads there."""

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.columns import Column, State, layer_names, one_decision, unit_of
from dynviz.figures.grid import Grid
from dynviz.figures.merged import said_of
from dynviz.figures.style import SURE, depth_colours, on
from dynviz.figures.told import read_in
from dynviz.figures.wording import ems, number, percent, safe, shorten, span
from dynviz.records import Trace

TAGGED = 28  # columns beyond which a tag would be too small to read
BAR = layout.CELL - 0.04  # of a column's width: a cell
CAPITAL, AIR = 0.8, 6  # of `ems` the tags take in the app's font, which has narrow capitals; px that plotly leaves free beside them
SMALLEST = 7  # px of a tag's letters: where they have no room plotly leaves the cell blank, as if nothing had been computed
_STEPS = f"steps at {', '.join(map(str, SURE[:-1]))} and {SURE[-1]} %"
KEY = {
    "tags": f"Cell: the tag the layer would give, dark = sure ({_STEPS}).",
    "sure": f"Cell: computed, dark = sure ({_STEPS}).",
    "depth": "Cell: computed, coloured by the token's depth.",
    "unasked": "Without a tag: computed, but the rule did not ask for one there.",
    "blank": "Blank: not computed.",
    "frozen": "Hatched: frozen, still seen but not computed.",
    "dropped": "×: dropped here.",
    "skipped": "↷: skipped, passed on unchanged.",
    "merged": "→: merged into a word on that side.",
    "agrees": "● same answer as full depth, ○ another.",
}  # how to read the marks, for a line of text beside the picture
_WORDS = {
    State.AFTER: "not computed: the answer was given before",
    State.GONE: "not computed: dropped before",
    State.FROZEN: "frozen: still seen by others, not computed",
    State.SKIPPED: "skipped: passed on unchanged",
    State.DROPPED: "dropped here",
    State.MERGED: "merged into another here",
    State.HELD: "not computed: merged into another before",
}


def tagged(grid: Grid) -> bool:
    """Whether cells show an answer of their own: only where each word has one."""
    return grid.trace.unit == "token"


def shaded(grid: Grid) -> bool:
    """Whether cells are shaded by certainty: where it was measured per word, or of a sentence that goes up as one."""
    known = bool(np.isfinite(grid.confidence[1:]).any())
    return known and (tagged(grid) or one_decision(grid.trace))


def grid_cells(grid: Grid) -> go.Bar:
    """All cells as one trace, bottom layer first; gone cells are not drawn, uncomputed ones have a border only."""
    blank = (State.GONE, State.DROPPED, State.HELD, State.MERGED)
    drawn = [layer for layer in range(grid.layers) if layer + 1 not in grid.trace.skipped_layers]  # a gap across the row
    places = [(layer, c) for layer in drawn for c in grid.shown if grid.state[layer, c] not in blank]
    sure = shaded(grid)
    fills = [_fill(grid, layer, c, sure) for layer, c in places]
    computed = [grid.state[layer, c] == State.COMPUTED for layer, c in places]
    edges = [grid.style.outline(fill) if done else grid.style.grid for fill, done in zip(fills, computed, strict=True)]
    frozen = [grid.state[layer, c] == State.FROZEN for layer, c in places]
    marker = {}
    if any(frozen):
        # overlay: in the default mode plotly draws the hatch in the fill's own colour, invisible on the page's
        hatch = {"fillmode": "overlay", "fgcolor": grid.style.hatch, "fgopacity": 0.4, "size": 7, "solidity": 0.14}
        marker = {"pattern": {"shape": ["/" if f else "" for f in frozen], **hatch}}
    text = {}
    if tagged(grid) and len(grid.shown) <= TAGGED:
        tags = [_tag(grid.trace, layer, grid.cols[c]) if done else "" for (layer, c), done in zip(places, computed, strict=True)]
        text = {"text": tags, "insidetextfont": {"size": 12, "color": [on(f) for f in fills]}}
    return layout.bars(
        [c for _, c in places],
        [layer + 1 for layer, _ in places],
        BAR,
        layout.CELL,
        fills,
        edges,
        marker=marker,
        customdata=[[c, layer + 1] for layer, c in places],
        hovertext=[hover(grid, layer, c) for layer, c in places],
        hoverinfo="text",
        name="cells",
        **text,
    )


def tags_wide(grid: Grid) -> float:
    """Px of all columns in which every tag has room; 0 where none are printed."""
    if not tagged(grid) or len(grid.shown) > TAGGED:
        return 0.0
    places = [(layer, c) for layer in range(grid.layers) for c in grid.shown if grid.state[layer, c] == State.COMPUTED]
    tags = [_tag(grid.trace, layer, grid.cols[c]) for layer, c in places]
    return (max(map(ems, tags), default=0.0) * CAPITAL * SMALLEST + AIR) / BAR * len(grid.shown)


def _fill(grid: Grid, layer: int, c: int, sure: bool) -> str:
    if grid.state[layer, c] != State.COMPUTED:
        return grid.style.paper
    if sure:
        return grid.style.certain(float(grid.confidence[layer + 1, unit_of(grid.trace, grid.cols[c])]))
    return depth_colours(grid.layers)[int(grid.depths[c])]


def _tag(trace: Trace, layer: int, col: Column) -> str:
    row = trace.probs[layer + 1, unit_of(trace, col)]
    return "" if np.isnan(row).any() else safe(shorten(trace.labels[int(row.argmax())], 8))


def hover(grid: Grid, layer: int, c: int) -> str:
    """Layer, word, what happened, the likeliest answers, every reading, and the depth."""
    trace, col, state = grid.trace, grid.cols[c], State(int(grid.state[layer, c]))
    lines = [f"<b>{safe(col.label[:80])}</b>, {safe(layer_names(trace.layers)[layer])}"]
    if state is not State.COMPUTED:
        lines.append(_WORDS[state])
    else:
        if len(col.pieces) > 1:
            lines.append(f"{int(trace.transformed[layer, list(col.pieces)].sum())} of {len(col.pieces)} pieces computed")
        lines += _measured(grid, layer, col)
    lines += read_in(trace, grid.read, layer + 1, col)
    lines += filter(None, [said_of(trace, grid.cols, layer + 1, c)])
    lines.append(f"depth {int(grid.depths[c])} of {grid.layers}")
    return "<br>".join(lines)


def _measured(grid: Grid, layer: int, col: Column) -> list[str]:
    trace = grid.trace
    row = trace.probs[layer + 1, unit_of(trace, col)]
    out = []
    if not np.isnan(row).any():
        best = np.argsort(-row, kind="stable")[:3]
        out.append(", ".join(f"{safe(trace.labels[i])} {percent(float(row[i]))}" for i in best))
    for name, values in grid.plain.items():
        value = float(values[layer + 1] if values.ndim == 1 else values[layer + 1, col.pieces[0]])
        if not np.isnan(value):
            out.append(f"{safe(name)} {number(value)}")
    return out


def answer_of(trace: Trace, col: Column) -> str:
    """The label answered for a column, "" where it has none of its own."""
    return "" if trace.unit == "token" and col.special else trace.predicted[unit_of(trace, col)]


def agrees(trace: Trace, full: Trace, col: Column) -> bool | None:
    """Whether full depth gives the same answer; None where the column has no answer."""
    mine, theirs = answer_of(trace, col), answer_of(full, col)
    return mine == theirs if mine and theirs else None


def row_answers(grid: Grid) -> go.Scatter:
    """Beside each computed layer of a sentence that goes up as one: the answer it would give there."""
    said = _row_texts(grid)
    return go.Scatter(
        x=[grid.shown[-1] + 0.55] * len(said),
        y=[layer for layer, _ in said],
        text=[safe(text) for _, text in said],
        mode="text",
        hoverinfo="skip",
        textposition="middle right",
        textfont={"size": 13, "color": grid.style.ink},
        cliponaxis=False,
        name="answer after each layer",
    )


def _row_texts(grid: Grid) -> list[tuple[int, str]]:
    rows = [(layer, grid.trace.probs[layer, 0]) for layer in range(1, grid.layers + 1)]
    return [(n, f"{shorten(grid.trace.labels[int(p.argmax())], 12)} {percent(float(p.max()))}") for n, p in rows if not np.isnan(p).any()]


def side_room(grid: Grid) -> int:
    """Px at the right of the grid for `row_answers`."""
    return 24 + 8 * max((len(text) for _, text in _row_texts(grid)), default=0) if one_decision(grid.trace) else 16


def fill_key(grid: Grid) -> list[tuple[str, str]]:
    """How to read the fill: (plain, drawn)."""
    style = grid.style
    if not shaded(grid):
        colours = depth_colours(grid.layers)
        ramp = "".join(span("■", c) for c in colours[1:][:: max(1, grid.layers // 6)])
        return [("xxxxxx cell: computed, coloured by the token's depth", f"{ramp} cell: computed, coloured by the token's depth")]
    ramp = "".join(span("■", c) for c in style.certainty)
    what = "tag the layer would give" if tagged(grid) and len(grid.shown) <= TAGGED else "computed"
    return [(f"xxxxx cell: {what}, dark = sure", f"{ramp} cell: {what}, dark = sure")]
