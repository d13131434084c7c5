"""DACT's halting: how much later layers may still matter, and the two bounds that close until the answer is settled."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha
from dynviz.figures.wording import headline, number, percent

Values = NDArray[np.float64]
LEFT, RIGHT = 66, 150  # px beside the panels


def halting(
    p: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    exit: int,
    style: Style = LIGHT,
    title: str | None = None,
    subtitle: str | None = None,
) -> go.Figure:
    """Draw p as bars and, in a panel below, the bounds.

    p: (L,) weight that all later layers together may still have. lower: (L,) the least the leading class can end with; upper: (L,)
    the most the runner-up can. exit: the layer (from 1) at which lower reached upper, or the last; later values may be NaN.
    """
    weight, low, high = (np.asarray(values, float) for values in (p, lower, upper))
    layers = list(range(1, len(weight) + 1))
    fig = Sketch([_weights(layers, weight, exit, style)])
    said = ["" if np.isnan(w) else number(round(float(w), 3)) for w in weight]
    along = room.Along([f"layer {i}" for i in layers], LEFT + RIGHT, room.widest(said))
    fig.add_trace(_printed(layers, weight, along.told(said), style))
    for trace in _bounds(layers, low, high, style):
        fig.add_trace(trace)
    _end_labels(fig, low, high, style)
    _axes(fig, along, exit, style)
    key = "Bars: weight left for later layers; hatched: not computed. Once the bounds meet, no later layer can change the answer."
    head, below = headline(halting_finding(p, lower, upper, exit), key)
    layout.frame(
        fig, style, head if title is None else title, below if subtitle is None else subtitle, body=360, right=RIGHT, least=along.least
    )
    return fig.figure()


def halting_finding(p: ArrayLike, lower: ArrayLike, upper: ArrayLike, exit: int) -> str:
    """Where the answer was settled, and by how much."""
    weight, low, high = (np.asarray(values, float) for values in (p, lower, upper))
    layers = len(weight)
    if exit >= layers and not low[-1] >= high[-1]:
        return f"The answer was open until the last of {layers} layers."
    return (
        f"After layer {exit} of {layers} the answer cannot change. The leading class keeps at least {percent(float(low[exit - 1]))}, "
        f"the next can reach {percent(float(high[exit - 1]))} at most; {number(float(weight[exit - 1]))} of the weight is left."
    )


def halting_table(p: ArrayLike, lower: ArrayLike, upper: ArrayLike, exit: int) -> list[dict[str, Any]]:
    """One row per layer: weight left, both bounds, whether it was computed; None where not read."""
    columns = [np.asarray(values, float) for values in (p, lower, upper)]
    names = ("weight left", "leader at least", "next at most")
    rows = []
    for i in range(len(columns[0])):
        row = {name: None if np.isnan(v[i]) else float(v[i]) for name, v in zip(names, columns, strict=True)}
        rows.append({"layer": i + 1, "computed": i < exit, **row})
    return rows


def _weights(layers: list[int], weight: Values, exit: int, style: Style) -> go.Bar:
    late = [layer > exit for layer in layers]
    return go.Bar(
        x=layers,
        y=_nulls(weight),
        width=0.7,
        name="weight left",
        hoverinfo="skip",
        marker={
            "color": [style.paper if after else style.certainty[1] for after in late],
            "line": {"color": style.edge, "width": 1},
            "pattern": {
                "shape": ["/" if after else "" for after in late],
                "fillmode": "overlay",
                "fgcolor": style.hatch,
                "fgopacity": 0.6,
                "size": 6,
                "solidity": 0.18,
            },
        },
    )


def _printed(layers: list[int], weight: Values, text: list[str], style: Style) -> go.Scatter:
    return go.Scatter(
        x=layers,
        y=_nulls(weight),
        text=text,
        mode="text",
        textposition="top center",
        hoverinfo="skip",
        cliponaxis=False,
        name="printed weight",
        textfont={"size": 12, "color": style.ink},
    )


def _bounds(layers: list[int], low: Values, high: Values, style: Style) -> list[go.Scatter]:
    shared = {"x": layers, "mode": "lines+markers", "yaxis": "y2", "hoverinfo": "text"}
    one, two = style.classes[0], style.classes[1]
    return [
        go.Scatter(
            **shared,
            y=_nulls(low),
            name="leader, at least",
            line={"color": one, "width": 2.5},
            marker={"size": 7, "color": one},
            hovertext=[f"leader ends with at least {percent(float(v))}" for v in np.nan_to_num(low)],
        ),
        go.Scatter(
            **shared,
            y=_nulls(high),
            name="next, at most",
            line={"color": two, "width": 2.5},
            marker={"size": 7, "color": two, "symbol": "square"},
            fill="tonexty",
            fillcolor=alpha(style.muted, 0.12),
            hovertext=[f"next can reach at most {percent(float(v))}" for v in np.nan_to_num(high)],
        ),
    ]


def _end_labels(fig: Sketch, low: Values, high: Values, style: Style) -> None:
    ends = []
    for values, text, colour in ((low, "leader, at least", style.classes[0]), (high, "next, at most", style.classes[1])):
        known = np.flatnonzero(~np.isnan(values))
        if len(known):
            ends.append((int(known[-1]) + 1, float(values[known[-1]]), text, colour))
    for (x, _, text, colour), y in zip(ends, layout.spread([e[1] for e in ends], 0.16, 0, 1.1), strict=True):
        font = {"size": 13, "color": style.text(colour)}
        fig.add_annotation(layout.note(x, y, text, style, yref="y2", xanchor="left", xshift=10, font=font))


def _axes(fig: Sketch, along: room.Along, exit: int, style: Style) -> None:
    layers = len(along.names)
    fig.update_layout(
        xaxis=layout.axis(style, **along.ticks(style), range=[0.3, layers + 0.5], anchor="y2"),
        yaxis=layout.axis(style, grid=True, range=[0, 1.15], domain=[0.56, 1], tickvals=[0, 0.5, 1]),
        yaxis2=layout.axis(style, grid=True, range=[-0.05, 1.2], domain=[0, 0.46], **layout.HALVES),
    )
    fig.update_layout(yaxis={"title": layout.title_of("weight left", style)}, yaxis2={"title": layout.title_of("probability", style)})
    if exit < layers:
        fig.add_shape(type="line", x0=exit, x1=exit, y0=0, y1=0.46, yref="paper", line={"color": style.ink, "width": 1, "dash": "dot"})
        fig.add_annotation(layout.note(exit, 0.46, "settled", style, yref="paper", yanchor="bottom"))


def _nulls(values: Values) -> list[float | None]:
    return [None if np.isnan(v) else round(float(v), 5) for v in values]
