"""Scores of tokens against the layer's threshold: who is kept, and by how much."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.columns import Column, clipped, columns, layer_names
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, on
from dynviz.figures.told import by_layer, leaving, read_in
from dynviz.figures.wording import SUBTITLE_CHARS, count, headline, number, pack, safe, shorten, span
from dynviz.records import Floats, Trace
from dynviz.records.card import Comparison

ROW = 36  # px of a layer, where there are few
STEPS = (8, 4, 2, 1)  # score over threshold at which the fill gets one step lighter


def scores(
    trace: Trace,
    read: Comparison,
    style: Style = LIGHT,
    window: tuple[int, int] | None = None,
    title: str | None = None,
    subtitle: str | None = None,
) -> go.Figure:
    """Draw piece x layer; blank where the score was not read; a click returns customdata [piece, layer from 1].

    read: one score per token, (L+1, T), and the limit of each row below which a token is dropped.
    """
    (values, limits), aligned = values_of(trace, read), by_layer(trace, read)
    cols = columns(trace, "piece")
    shown = clipped(window, len(cols))
    places = [(layer, c) for layer in range(len(limits)) for c in shown]
    ratio = [_ratio(values[layer, c], limits[layer]) for layer, c in places]
    fills = [_fill(r, style) for r in ratio]
    left = leaving(trace)
    edges = [style.grid if np.isnan(r) else style.dropped if left[p] else style.edge for r, p in zip(ratio, places, strict=True)]
    texts = [] if len(shown) > 24 else ["" if np.isnan(r) else f"{times(r)}×" for r in ratio]
    fig = Sketch(
        [
            layout.bars(
                [c for _, c in places],
                [layer + 1 for layer, _ in places],
                0.88,
                layout.CELL,
                fills,
                edges,
                name="scores",
                hoverinfo="text",
                customdata=[[c, layer + 1] for layer, c in places],
                insidetextfont={"size": 12, "color": [style.dropped if left[p] else on(f) for p, f in zip(places, fills, strict=True)]},
                hovertext=[hover(trace, aligned, layer + 1, cols[c]) for layer, c in places],
                text=texts or None,
            )
        ]
    )
    fig.update_layout(barmode="overlay", uniformtext={"mode": "hide", "minsize": 7})
    score_axes(fig, trace, shown, [cols[c].label for c in shown], style)
    _limits(fig, shown, np.where(np.isnan(values).all(1), np.nan, limits), style)
    head, below = headline(scores_finding(trace, read), _key(style, bool(np.isnan(ratio).any())))
    body = int(room.row(len(limits), ROW) * len(limits)) + 10
    layout.frame(fig, style, head if title is None else title, below if subtitle is None else subtitle, body=body, right=110)
    return fig.figure()


def scores_finding(trace: Trace, read: Comparison) -> str:
    """How many scores fell below their threshold, and the closest call among those kept."""
    values, limits = values_of(trace, read)
    ratio = np.array([[_ratio(v, t) for v in row] for row, t in zip(values, limits, strict=True)])
    scored, below = int((~np.isnan(ratio)).sum()), int((ratio < 1).sum())
    said = f"{below} of {count(scored, 'score')} {'is' if below == 1 else 'are'} below the layer's threshold."
    if ((ratio < 1) & ~leaving(trace))[:, 0].any():
        said += f" {trace.tokens[0]} stays whatever its score."
    kept = np.where(ratio >= 1, ratio, np.inf)
    if np.isfinite(kept).any():
        layer, token = np.unravel_index(int(kept.argmin()), kept.shape)
        who, where = shorten(trace.tokens[token], 20), layer_names(trace.layers)[layer]
        said += f" Closest call: “{who}” in {where}, at {times(float(kept.min()))} times it."
    return said


def times(ratio: float) -> str:
    """Score over threshold, with as many digits as tell on which side of the threshold it lies: "2.5", "1.03", "0.998"."""
    if ratio >= 10 or np.isnan(ratio):
        return f"{ratio:.0f}"
    return next((said for digits in range(1, 5) if float(said := f"{ratio:.{digits}f}") != 1), "1") if ratio != 1 else "1"


def scores_table(trace: Trace, read: Comparison) -> list[dict[str, Any]]:
    """One row per layer and piece whose score was read."""
    values, limits = values_of(trace, read)
    return [
        {
            "layer": name,
            "piece": c,
            "token": trace.tokens[c],
            "score": float(row[c]),
            "threshold": float(limit),
            "kept": bool(row[c] >= limit),
        }
        for name, row, limit in zip(layer_names(trace.layers), values, limits, strict=True)
        for c in np.flatnonzero(~np.isnan(row))
    ]


def values_of(trace: Trace, read: Comparison) -> tuple[Floats, Floats]:
    """(L, T) the values that decided about each layer, and (L,) the limits they were held against."""
    if read.values.shape != (len(trace.layers) + 1, len(trace.tokens)):
        raise ValueError(f"the reading {read.reading!r} has the shape {read.values.shape}, not one value per layer and token")
    found = by_layer(trace, read)
    return found.values[1:], found.limits[1:]


def _ratio(value: float, limit: float) -> float:
    return float(value / limit) if limit > 0 else float("nan") if np.isnan(value) else float("inf")


def _fill(ratio: float, style: Style) -> str:
    if np.isnan(ratio) or ratio < 1:
        return style.paper
    return style.certainty[next(i for i, step in enumerate(STEPS) if ratio >= step)]


def hover(trace: Trace, read: Comparison, layer: int, col: Column) -> str:
    """What a pointer reads of a piece in a layer (from 1). read: as `by_layer` has it."""
    head = f"<b>{safe(col.label[:80])}</b>, {safe(layer_names(trace.layers)[layer - 1])}"
    return "<br>".join([head, *(read_in(trace, [read], layer, col) or ["not read"])])


def score_axes(fig: Sketch, trace: Trace, shown: range, labels: list[str], style: Style) -> None:
    """Pieces below, layers at the left."""
    layers = len(trace.layers)
    angle: dict[str, Any] = {"autotickangles": [0, -45, -90]} if len(shown) <= 24 else {"tickangle": -90}
    ticks = [safe(shorten(label)) for label in labels]
    fig.update_xaxes(layout.axis(style, tickvals=list(shown), ticktext=ticks, range=[shown[0] - 0.6, shown[-1] + 0.6]), **angle)
    side = room.rows(layer_names(trace.layers), range(1, layers + 1), room.row(layers, ROW), style)
    fig.update_yaxes(layout.axis(style, **side, range=[0.4, layers + 0.6]))


def _limits(fig: Sketch, shown: range, limits: Floats, style: Style) -> None:
    """Beside each layer what its scores are held against, where some were read."""
    there = np.flatnonzero(np.isfinite(limits))
    fig.add_trace(
        go.Scatter(
            x=[shown[-1] + 0.55] * len(there),
            y=(there + 1).tolist(),
            text=[f"at least {number(float(limits[i]))}" for i in there],
            mode="text",
            textposition="middle right",
            textfont={"size": 12, "color": style.muted},
            hoverinfo="skip",
            cliponaxis=False,
            name="thresholds",
        )
    )


def _key(style: Style, blanks: bool) -> str:
    ramp = "".join(span("■", c) for c in style.certainty[:4])
    key = [("xxxx cell: score over the threshold, dark = far above", f"{ramp} cell: score over the layer's threshold, dark = far above")]
    key.append(("below 1x, framed: dropped there", f"{span('below 1×', style.dropped)}, framed: dropped there"))
    if blanks:
        key.append(("blank: not read", "□ blank: not read"))
    return pack(key, SUBTITLE_CHARS)
