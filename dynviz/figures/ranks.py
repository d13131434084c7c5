"""Ranks of tokens, layer by layer: the place of each among those read with it, and who left."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dynviz.figures import layout, room
from dynviz.figures.columns import clipped, columns, layer_names
from dynviz.figures.conditions import name_of
from dynviz.figures.scores import ROW, hover, score_axes, values_of
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, on
from dynviz.figures.told import by_layer, cut_by_first, leaving, places
from dynviz.figures.wording import SUBTITLE_CHARS, count, headline, pack, shorten, span
from dynviz.records import Bools, Ints, Trace
from dynviz.records.card import Comparison

PRINTED = 40  # columns up to which the places are printed


def ranks(
    trace: Trace,
    read: Comparison,
    style: Style = LIGHT,
    window: tuple[int, int] | None = None,
    title: str | None = None,
    subtitle: str | None = None,
) -> go.Figure:
    """Draw piece x layer, the place of each printed; blank where it was not read; a click returns customdata [piece, layer from 1].

    read: one value per token, (L+1, T), that the rule ranks; the largest has place 1.
    """
    place, left = _places(trace, read), _left(trace, read)
    cols, aligned = columns(trace, "piece"), by_layer(trace, read)
    shown = clipped(window, len(cols))
    spots = [(layer, c) for layer in range(len(place)) for c in shown]
    fills = [_fill(place[layer], c, bool(left[layer, c]), style) for layer, c in spots]
    texts = ["" if len(shown) > PRINTED or not place[s] else str(place[s]) for s in spots]
    fig = Sketch(
        [
            layout.bars(
                [c for _, c in spots], [layer + 1 for layer, _ in spots], 0.88, layout.CELL, fills,
                [style.grid if not place[s] else style.dropped if left[s] else style.edge for s in spots],
                name="ranks", hoverinfo="text", customdata=[[c, layer + 1] for layer, c in spots], text=texts,
                insidetextfont={"size": 12, "color": [style.dropped if left[s] else on(f) for s, f in zip(spots, fills, strict=True)]},
                hovertext=[hover(trace, aligned, layer + 1, cols[c]) for layer, c in spots],
            )
        ]
    )  # fmt: skip
    fig.update_layout(barmode="overlay", uniformtext={"mode": "hide", "minsize": 7})
    score_axes(fig, trace, shown, [cols[c].label for c in shown], style)
    head, below = headline(ranks_finding(trace, read), _key(style))
    body = int(room.row(len(place), ROW) * len(place)) + 10
    layout.frame(fig, style, head if title is None else title, below if subtitle is None else subtitle, body=body)
    return fig.figure()


def ranks_finding(trace: Trace, read: Comparison) -> str:
    """What is ranked, in which layers, and who of those that left stood highest."""
    place, left = _places(trace, read), _left(trace, read)
    layers = int((place > 0).any(1).sum())
    where = "every layer" if layers == len(place) else f"{layers} of {count(len(place), 'layer')}"
    said = f"Tokens are ranked by {name_of(read)} in {where}."
    best = np.where(left & (place > 0), place, np.inf)
    if not np.isfinite(best).any():
        return f"{said} None leaves."
    layer, token = np.unravel_index(int(best.argmin()), best.shape)
    if (place[left] <= (place > 0).sum(1)[np.nonzero(left)[0]] / 2).mean() > 0.5:
        return f"{said} Those of the first places leave."
    who, of = shorten(trace.tokens[token], 20), int((place[layer] > 0).sum())
    go = "pass by" if trace.skipped[layer, token] else "leave"
    why = cut_by_first(trace, values_of(trace, read)[0][layer], int(layer) + 1, int(token))
    where = layer_names(trace.layers)[layer]
    return f"{said} Of those that {go}, “{who}” stood highest: place {place[layer, token]} of {of} in {where}{why}."


def ranks_table(trace: Trace, read: Comparison) -> list[dict[str, Any]]:
    """One row per layer and piece that was ranked."""
    values, place, left = values_of(trace, read)[0], _places(trace, read), _left(trace, read)
    return [
        {
            "layer": name, "piece": c, "token": trace.tokens[c], "value": float(values[i, c]), "place": int(place[i, c]),
            "left": bool(left[i, c]),
        }
        for i, name in enumerate(layer_names(trace.layers))
        for c in np.flatnonzero(place[i])
    ]  # fmt: skip


def _places(trace: Trace, read: Comparison) -> Ints:
    """(L, T) places, 0 where a token was not ranked."""
    return np.stack([places(row) for row in values_of(trace, read)[0]])


def _left(trace: Trace, read: Comparison) -> Bools:
    """(L, T) ranked, and dropped, merged or passed by in that layer."""
    return leaving(trace) & (_places(trace, read) > 0)


def _fill(place: NDArray[np.int64], c: int, left: bool, style: Style) -> str:
    """Five steps from the first place to the last; the page where a token was not ranked, or left."""
    if left or not place[c]:
        return style.paper
    return style.certainty[min(int((place[c] - 1) * len(style.certainty) / place.max()), len(style.certainty) - 1)]


def _key(style: Style) -> str:
    ramp = "".join(span("■", c) for c in style.certainty)
    key = [("xxxxx number: the place, 1 the largest", f"{ramp} number: the place, 1 the largest")]
    key += [("12 framed: left there", f"{span('12', style.dropped)} framed: left there"), ("blank: not ranked", "□ blank: not ranked")]
    return pack(key, SUBTITLE_CHARS)
