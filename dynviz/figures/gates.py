"""A budget profile: how open the gates are, layer by rank of the token."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, on
from dynviz.figures.wording import percent, span

ROW = 32  # px of a layer, where there are few


def gates(gates: ArrayLike, style: Style = LIGHT, title: str | None = None, subtitle: str | None = None) -> go.Figure:
    """Draw gates (L, B), 0 shut .. 1 open, bins of relative rank from the most to the least important token."""
    open_ = np.asarray(gates, float)
    fig = Sketch([_cells(open_, style)])
    fig.update_layout(barmode="overlay", uniformtext={"mode": "hide", "minsize": 7})
    _axes(fig, len(open_), open_.shape[1], style)
    key = f"{''.join(span('■', c) for c in style.certainty)} dark = open, blank = shut: nothing of that rank passes"
    head, below = gates_finding(open_) if title is None else title, key if subtitle is None else subtitle
    layout.frame(fig, style, head, below, body=int(room.row(len(open_), ROW) * len(open_)) + 10, bottom=60)
    return fig.figure()


def gates_finding(gates: ArrayLike) -> str:
    """How much is let through in the first and in the last layer."""
    mean = np.asarray(gates, float).mean(1)
    return f"The gates let {percent(float(mean[0]))} through in layer 1 and {percent(float(mean[-1]))} in layer {len(mean)}."


def gates_table(gates: ArrayLike) -> list[dict[str, Any]]:
    """One row per layer and bin: bounds of the rank, and the gate."""
    open_ = np.asarray(gates, float)
    layers, bins = open_.shape
    return [
        {"layer": layer + 1, "rank from": b / bins, "rank to": (b + 1) / bins, "gate": float(open_[layer, b])}
        for layer in range(layers)
        for b in range(bins)
    ]


def _cells(open_: NDArray[np.float64], style: Style) -> go.Bar:
    layers, bins = open_.shape
    places = [(layer, b) for layer in range(layers) for b in range(bins)]
    fills = [_fill(float(open_[place]), style) for place in places]
    text = {"text": [f"{open_[p]:.2f}".lstrip("0") if 0 < open_[p] < 1 else f"{open_[p]:g}" for p in places]} if bins <= 24 else {}
    return layout.bars(
        [b for _, b in places],
        [layer + 1 for layer, _ in places],
        0.88,
        layout.CELL,
        fills,
        [style.grid if f == style.paper else style.outline(f) for f in fills],
        name="gates",
        hoverinfo="text",
        insidetextfont={"size": 12, "color": [on(f) for f in fills]},
        customdata=[[b, layer + 1] for layer, b in places],
        hovertext=[
            f"layer {layer + 1}, rank {percent(b / bins)} to {percent((b + 1) / bins)}<br>gate {open_[layer, b]:.2f}" for layer, b in places
        ],
        **text,
    )


def _axes(fig: Sketch, layers: int, bins: int, style: Style) -> None:
    ticks = list(range(0, bins, max(1, bins // 8)))
    ranks: dict[str, Any] = {
        "tickvals": [t - 0.5 for t in ticks] + [bins - 0.5],
        "ticktext": [percent(t / bins) for t in ticks] + ["100 %"],
    }
    at = range(1, layers + 1)
    fig.update_xaxes(layout.axis(style, range=[-0.6, bins - 0.4], **ranks))
    fig.update_xaxes(title=layout.title_of("rank of the token, most important first", style))
    side = room.rows([f"layer {i}" for i in at], at, room.row(layers, ROW), style)
    fig.update_yaxes(layout.axis(style, range=[0.4, layers + 0.6], **side))


def _fill(value: float, style: Style) -> str:
    if value <= 0:  # blank, as everywhere, is what is not computed
        return style.paper
    return style.certainty[min(int((1 - value) * len(style.certainty)), len(style.certainty) - 1)]
