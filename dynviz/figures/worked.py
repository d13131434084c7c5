"""A layer by hand, from left to right: grids of numbers, each cell with the sum that gives it, and what the exit makes of the first word.

Small pictures of one scale and not one wide one: side by side they read as one line, on a phone they stand one below the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, mix, on
from dynviz.figures.wording import ems, percent, safe, wrap
from dynviz.records.worked import Worked, WorkedLayer

CELL = 36  # px, across and down
_NAMES, _STEP = 1.45, 1.25  # cells that row names and a step take
_TITLE = 13  # px
_EXIT = 6.0  # cells across an exit: its sum is longer than its numbers
_LARGE = 2.5  # a number of this size is darkest
_HOVER = 36  # characters a line


def worked(grids: Mapping[str, Worked], steps: Sequence[str], colour: str = "", done: bool = True, style: Style = LIGHT) -> go.Figure:
    """Draw grids (title -> numbers) of one height, with the name of the step between two. colour: of the layer, at the left. done: whether
    it was computed; pale if not."""
    figs = list(grids.values())
    rows = figs[0].rows
    starts = [_NAMES + sum(len(g.columns) + _STEP for g in figs[:i]) for i in range(len(figs))]
    fig = Sketch([_cells(title, grid, at, done, style) for (title, grid), at in zip(grids.items(), starts, strict=True)])
    for (title, grid), at in zip(grids.items(), starts, strict=True):
        _heads(fig, title, grid, at, done, style)
    for step, at in zip(steps, starts[1:], strict=True):
        fig.add_annotation(_note(at - 0.5 - _STEP / 2, 0.5 - len(rows) / 2, f"→<br>{layout.small(safe(step))}", style.muted, 18))
    for r, name in enumerate(rows):
        text = f"<b>{safe(name)}</b>" if r == 0 else safe(name)  # the exit reads the first
        fig.add_annotation(_note(_NAMES - 0.62, -r, text, _ink(done, style), 14, xanchor="right"))
    if colour:
        fig.add_shape(type="rect", x0=-0.12, x1=0.02, y0=-len(rows) + 0.5, y1=1.5, fillcolor=colour, line={"width": 0})
    widest = max(len(figs[-1].columns), ems(list(grids)[-1]) * _TITLE / CELL)  # of the last grid and its title
    return _framed(fig, starts[-1] - 0.48 + widest, len(rows), style)


def worked_exit(layer: WorkedLayer, title: str, said: str, done: bool = True, style: Style = LIGHT) -> go.Figure:
    """Draw what an exit reads, its score written out, its answer and, in the words of `said`, what the rule makes of its doubt."""
    first, count = first_word(layer), len(layer.leaves.rows)
    fig = Sketch([_cells(title, first, _NAMES, done, style)])
    _heads(fig, title, first, _NAMES, done, style)
    fig.add_annotation(_note(_NAMES - 0.62, 0, f"<b>{safe(first.rows[0])}</b>", _ink(done, style), 14, xanchor="right"))
    lines = (
        (-0.82, f"{safe(layer.score_sum)} = <b>{signed(layer.score)}</b>", 14),
        (-1.5, f"<b>{safe(layer.answer)} {percent(layer.probs[layer.answer])}</b>", 20),
        (-2.2, safe(said), 14),
    )
    for y, text, size in lines:
        colour = _ink(done, style) if size > 14 else style.muted
        fig.add_annotation(_note(_NAMES - 0.48, y, text, colour, size, xanchor="left"))
    return _framed(fig, _EXIT, count, style)


def first_word(layer: WorkedLayer) -> Worked:
    """The first word as it leaves the layer: all that an exit sees."""
    grid = layer.leaves
    return Worked(grid.rows[:1], grid.columns, grid.values[:1], grid.sums[:1])


def worked_finding(layer: WorkedLayer, number: int) -> str:
    """What the layer's exit says, in one sentence."""
    return (
        f"After layer {number} the exit reads {', '.join(map(signed, layer.leaves.values[0]))} and says {layer.answer}, "
        f"{percent(layer.probs[layer.answer])} sure, doubt {layer.doubt:.2f}."
    )


def worked_table(layers: Sequence[WorkedLayer], titles: Sequence[str]) -> list[dict[str, Any]]:
    """One row a number: where it stands, and its sum. titles: of the five grids, from left to right."""
    return [
        {"layer": number, "grid": title, "word": word, "of": column, "sum": grid.sums[r][c], "number": float(grid.values[r, c])}
        for number, layer in enumerate(layers, start=1)
        for title, grid in zip(titles, (layer.enter, layer.looks, layer.looked, layer.neurons, layer.leaves), strict=True)
        for r, word in enumerate(grid.rows)
        for c, column in enumerate(grid.columns)
    ]


def signed(value: float) -> str:
    """A number as a cell prints it: "0", "0.27", "−1.37"."""
    return "0" if value == 0 else f"{value:.2f}".replace("-", "−")


def _cells(title: str, grid: Worked, at: float, done: bool, style: Style) -> go.Bar:
    places = [(r, c) for r in range(len(grid.rows)) for c in range(len(grid.columns))]
    values = [float(grid.values[place]) for place in places]
    fills = [_fill(value, done, style) for value in values]
    inks = [on(fill) if value else style.muted for value, fill in zip(values, fills, strict=True)]
    return layout.bars(
        [at + c for _, c in places], [-r for r, _ in places], 0.86, layout.CELL, fills,
        [style.grid if fill == style.paper else fill for fill in fills], name=safe(title), hoverinfo="text",
        text=[signed(value) for value in values], insidetextfont={"size": 13, "color": inks},
        hovertext=[_hover(title, grid, place) for place in places],
    )  # fmt: skip


def _hover(title: str, grid: Worked, place: tuple[int, int]) -> str:
    row, column = place
    value, said = signed(float(grid.values[place])), grid.sums[row][column]
    lines = [f"<b>{safe(grid.rows[row])}, {safe(grid.columns[column])}</b> ({safe(title)})"]
    lines += [wrap(said, _HOVER)] if "·" in said or " " in said else []  # a number alone is no sum
    return "<br>".join([*lines, f"= <b>{value}</b>"])


def _fill(value: float, done: bool, style: Style) -> str:
    """The larger the darker, whatever the sign; a layer that was not computed is pale."""
    strength = min(abs(value) / _LARGE, 1) * 0.75 + 0.12 if value else 0
    return mix(style.paper, style.certainty[1], strength if done else strength * 0.45)


def _heads(fig: Sketch, title: str, grid: Worked, at: float, done: bool, style: Style) -> None:
    fig.add_annotation(_note(at - 0.48, 1.5, f"<b>{safe(title)}</b>", _ink(done, style), _TITLE, xanchor="left", yanchor="top"))
    for c, name in enumerate(grid.columns):
        fig.add_annotation(_note(at + c, 0.7, safe(name), style.muted, 12))


def _ink(done: bool, style: Style) -> str:
    return style.ink if done else style.muted


def _note(x: float, y: float, text: str, colour: str, size: int, **more: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": size, "color": colour}, **more}


def _framed(fig: Sketch, across: float, rows: int, style: Style) -> go.Figure:
    fig.update_xaxes(layout.axis(style, showticklabels=False, range=[-0.15, across]))
    fig.update_yaxes(layout.axis(style, showticklabels=False, range=[-rows + 0.5, 1.55]))
    layout.frame(fig, style, "", "", body=int(CELL * (rows + 1.05)), bottom=4, right=0, left=0)
    fig.update_layout(barmode="overlay", width=int(CELL * (across + 0.15)))
    return fig.figure()
