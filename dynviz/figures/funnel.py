"""Tokens computed in each layer, of a text or of many, and beside them the compute each layer took."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from dynviz.figures import layout, room
from dynviz.figures.columns import layer_names
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import headline, listing, percent, verb
from dynviz.records import Trace

ROW, HEAD, TWO = 30, 24, 430  # px of a layer where there are few; above the first; that two panels are wide at least
Values = NDArray[np.float64]
Band = tuple[ArrayLike, ArrayLike]


def funnel_of(trace: Trace) -> tuple[Values, Values, tuple[str, ...]]:
    """Of a trace: tokens (L+1,), row 0 the input; compute of each layer over the plain layer's (L,); names of the layers."""
    tokens = np.array(len(trace.tokens))
    plain = np.array([size.flops(tokens, tokens, tokens) for size in trace.layers])
    kept = np.concatenate([[len(trace.tokens)], trace.kept]).astype(float)
    return kept, trace.layer_flops / plain, layer_names(trace.layers)


def funnel(
    kept: ArrayLike,
    compute: ArrayLike | None = None,
    names: tuple[str, ...] | None = None,
    band: Band | None = None,
    style: Style = LIGHT,
    title: str | None = None,
    subtitle: str | None = None,
) -> go.Figure:
    """Draw tokens computed (input at the top), and the compute per layer in a panel of its own.

    kept: (L+1,) tokens, row 0 the input. compute: (L,) share of the plain layer. band: of many texts, (low, high), each (L+1,): the 10th
    and 90th percentile of the share of a text's tokens.
    """
    counts = np.asarray(kept, float)
    share = counts / max(counts[0], 1)
    rows = ["input", *(names or tuple(f"layer {i}" for i in range(1, len(counts))))]
    y = [-i for i in range(len(counts))]
    fig = Sketch([_bars(share, counts, y, [style.baseline] + [style.certainty[2]] * (len(y) - 1), "x", "tokens computed")])
    if band is not None:
        fig.add_trace(_band(np.asarray(band[0], float), np.asarray(band[1], float), y, style))
    if compute is not None:
        spent = np.asarray(compute, float)
        fig.add_trace(_bars(spent, None, y[1:], [style.certainty[2]] * len(spent), "x2", "compute"))
    for trace in [t for t in fig.traces if t.type == "bar"]:
        fig.add_trace(_printed(trace, style))
    _axes(fig, rows, compute is not None, style)
    head, below = headline(funnel_finding(counts, compute, band), "Of the input tokens, those computed in each layer.")
    body = int(room.row(len(y) - 1, ROW) * (len(y) + 0.1)) + HEAD
    head, below = head if title is None else title, below if subtitle is None else subtitle
    layout.frame(fig, style, head, below, body=body, bottom=8, least=0 if compute is None else TWO)
    return fig.figure()


def funnel_finding(kept: ArrayLike, compute: ArrayLike | None = None, band: Band | None = None) -> str:
    """Tokens computed at the end, the layer that lost most, and the compute of the last layer."""
    counts = np.asarray(kept, float)
    lost = -np.diff(counts)
    said = f"{counts[-1]:,.0f} of {counts[0]:,.0f} tokens {verb(round(counts[-1]), 'is', 'are')} computed in the last layer"
    if lost.min() < 0:  # some come back
        said += f"; fewest in {_layers(counts[1:] == counts[1:].min())}, {counts[1:].min():,.0f}."
    elif lost.min() == lost.max() > 0 and len(lost) > 1:
        said += f"; each layer loses {lost[0]:,.0f}."
    else:
        most = lost == lost.max()
        said += f"; {_layers(most)} {verb(int(most.sum()), 'loses', 'lose')} most, {lost.max():,.0f}." if lost.max() > 0 else "."
    if band is not None:
        low, high = (percent(float(np.asarray(end)[-1])) for end in band)
        said += f" Of single texts it is {low} to {high} of the tokens, the outer tenths left out."
    if compute is not None:
        said += f" The last layer costs {percent(float(np.asarray(compute)[-1]))} of a plain one."
    return said


def _layers(which: NDArray[np.bool_]) -> str:
    """ "layer 2", or "layers 2, 4 and 6", where it is the same in several."""
    names = [str(i + 1) for i in np.flatnonzero(which)]
    return f"{verb(len(names), 'layer', 'layers')} {listing(names, len(names))}"


def funnel_table(kept: ArrayLike, compute: ArrayLike | None = None, names: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """One row per layer, the input first."""
    counts = np.asarray(kept, float)
    spent = [None, *np.asarray(compute, float).tolist()] if compute is not None else [None] * len(counts)
    rows = ["input", *(names or tuple(f"layer {i}" for i in range(1, len(counts))))]
    return [
        {"layer": name, "tokens": float(n), "share of tokens": float(n / max(counts[0], 1)), "compute": c}
        for name, n, c in zip(rows, counts, spent, strict=True)
    ]


def _bars(share: Values, counts: Values | None, y: list[int], fills: list[str], axis: str, name: str) -> go.Bar:
    texts = (
        [f"{n:,.0f} · {percent(float(s))}" for n, s in zip(counts, share, strict=True)]
        if counts is not None
        else [percent(float(s)) for s in share]
    )
    return go.Bar(
        x=share.round(4).tolist(),
        y=y,
        orientation="h",
        width=0.62,
        xaxis=axis,
        name=name,
        marker={"color": fills, "line": {"width": 0}},
        customdata=texts,
        hovertext=texts,
        hoverinfo="text",
    )


def _printed(bar: go.Bar, style: Style) -> go.Scatter:
    return go.Scatter(
        x=[1.03] * len(bar.y),
        y=bar.y,
        text=bar.customdata,
        mode="text",
        textposition="middle right",
        xaxis=bar.xaxis,
        hoverinfo="skip",
        textfont={"size": 13, "color": style.ink},
        cliponaxis=False,
        name=f"{bar.name}, printed",
    )


def _band(low: Values, high: Values, y: list[int], style: Style) -> go.Scatter:
    middle = (low + high) / 2
    error = {
        "type": "data",
        "array": (high - middle).tolist(),
        "arrayminus": (middle - low).tolist(),
        "color": style.ink,
        "thickness": 2,
        "width": 7,
    }
    return go.Scatter(
        x=middle.tolist(),
        y=y,
        mode="markers",
        marker={"opacity": 0, "size": 8},
        error_x=error,
        name="10 to 90 %",
        hoverinfo="text",
        hovertext=[f"10th to 90th percentile: {percent(float(a))} to {percent(float(b))}" for a, b in zip(low, high, strict=True)],
    )


def _axes(fig: Sketch, rows: list[str], two: bool, style: Style) -> None:
    hidden = {"visible": False, "fixedrange": True, "range": [0, 1.42]}
    row = room.row(len(rows) - 1, ROW)
    side, top = room.rows(rows, [-i for i in range(len(rows))], row, style, 13), 0.5 + HEAD / row
    fig.update_layout(
        xaxis={**hidden, "domain": [0, 0.58 if two else 1]},
        xaxis2={**hidden, "domain": [0.64, 1]},
        yaxis=layout.axis(style, **side, range=[-len(rows) + 0.4, top]),
    )
    fig.update_yaxes(tickfont={"color": style.muted}, ticklabelstandoff=6)
    fig.add_annotation(layout.note(0, top, "tokens computed", style, xanchor="left", yanchor="top"))
    if two:
        fig.add_annotation(layout.note(0, top, "compute, % of plain", style, xref="x2", xanchor="left", yanchor="top"))
