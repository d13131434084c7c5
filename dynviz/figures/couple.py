"""Two words beside each other: what the rule reads of both, layer by layer, held against its limit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.columns import Column, layer_names
from dynviz.figures.conditions import against, bound, name_of, of_token, short, stops
from dynviz.figures.reach import Reach, reach
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha
from dynviz.figures.wording import count, safe, shorten, wrap
from dynviz.records import Floats, Trace
from dynviz.records.card import Comparison

PANEL, GAP, SIDE = 230, 0.1, 23  # px of a panel; share of the height between two; letters on a line beside one
LEFT, RIGHT = 60, 150  # px beside the panels
SIGNS = ("diamond", "circle")


def couple(
    trace: Trace, pair: tuple[Column, Column], compared: Sequence[Comparison], style: Style = LIGHT, title: str = "", subtitle: str = ""
) -> go.Figure:
    """Draw a panel for each quantity, with a line for each word. compared: of the tokens, (L+1, T) each. title, subtitle: as `frame`."""
    fig = Sketch()
    for place, comparison in enumerate(compared):
        _panel(fig, trace, pair, comparison, place, len(compared), style)
    layers = len(trace.layers)
    along = room.Along(layer_names(trace.layers), LEFT + RIGHT)
    lowest = f"y{len(compared)}" if len(compared) > 1 else "y"
    fig.update_layout(xaxis=layout.axis(style, **along.ticks(style, 13), range=[0.7, layers + 0.3], anchor=lowest))
    layout.frame(fig, style, title, subtitle, body=PANEL * len(compared), right=RIGHT, left=LEFT, bottom=40)
    return fig.figure()


def couple_finding(trace: Trace, pair: tuple[Column, Column], compared: Sequence[Comparison]) -> str:
    """Where each of the two stopped, and what its readings were there."""
    deep = [_depth(trace, col) for col in pair]
    words = [f"“{shorten(col.label, 20)}”" for col in pair]
    if deep[0] == deep[1]:
        head = f"{words[0]} and {words[1]} both went through {count(deep[0], 'layer')}."
    else:
        (less, few), (more, many) = sorted(zip(words, deep, strict=True), key=lambda item: item[1])
        head = f"{less} went through {count(few, 'layer')}, {more} through {many}."
    return " ".join([head, *(_reason(word, col, trace, compared) for word, col in zip(words, pair, strict=True))])


def couple_table(trace: Trace, pair: tuple[Column, Column], compared: Sequence[Comparison]) -> list[dict[str, Any]]:
    """One row per word, quantity and layer: its value, the limit, whether the condition held."""
    names = ["input", *layer_names(trace.layers)]
    return [
        {
            "word": col.label, "layer": names[i], "compared": c.label, "value": float(c.values[i]), "side": c.side,
            "limit": None if np.isnan(c.limits[i]) else float(c.limits[i]), "holds": bool(c.held[i]),
        }
        for col in pair
        for c in _of(compared, col)
        for i in np.flatnonzero(~np.isnan(c.values))
    ]  # fmt: skip


def _of(compared: Sequence[Comparison], col: Column) -> list[Comparison]:
    return of_token(compared, col.pieces[0])


def _depth(trace: Trace, col: Column) -> int:
    return int(trace.depth[list(col.pieces)].max())


def _reason(word: str, col: Column, trace: Trace, compared: Sequence[Comparison]) -> str:
    """What was read of a word where it stopped, or that its condition never held."""
    own = _of(compared, col)
    said, names = stops(own), ["input", *layer_names(trace.layers)]
    held = np.flatnonzero(said == 1)
    if not len(held):
        return f"Of {word}, " + ", and ".join(f"{name_of(c)} was never {bound(c)}" for c in own if not c.held.any()) + "."
    layer = int(held[-1])
    return f"Of {word}, " + ", and ".join(
        f"{name_of(c)} was {against(c, float(c.values[layer]), layer)} after {names[layer]}" for c in own if c.held[layer]
    ) + "."


def _panel(
    fig: Sketch, trace: Trace, pair: tuple[Column, Column], compared: Comparison, place: int, panels: int, style: Style
) -> None:
    both = [_of([compared], col)[0] for col in pair]
    found = reach(np.concatenate([c.values[1:] for c in both]), compared.limits[1:])
    letter = "" if place == 0 else str(place + 1)
    _limit(fig, both[0], found, letter, style)
    ends = [_end(c.values) for c in both]
    spots = layout.spread([float(found.at(y)) for _, y in ends], 0.1 * (found.high - found.low), found.low, found.high)
    for col, c, sign, colour, (x, _), spot in zip(pair, both, SIGNS, (style.baseline, style.ink), ends, spots, strict=True):
        _line(fig, trace, col, c, found, letter, sign, colour)
        text, font = f"<b>{safe(shorten(col.label, 16))}</b>", {"size": 14, "color": style.text(colour)}
        fig.add_annotation(layout.note(x, spot, text, style, yref=f"y{letter}", xanchor="left", xshift=14, font=font))
    high = 1 - place / panels
    domain = [high - 1 / panels + (GAP if place < panels - 1 else 0), high - 0.02]
    title = layout.title_of(wrap(shorten(name_of(compared), 2 * SIDE), SIDE), style)
    fig.update_layout(**{f"yaxis{letter}": layout.axis(style, grid=True, domain=domain, title=title, **found.axis(style))})


def _line(fig: Sketch, trace: Trace, col: Column, c: Comparison, found: Reach, letter: str, sign: str, colour: str) -> None:
    x = np.flatnonzero(~np.isnan(c.values[1:])) + 1
    names = ["", *layer_names(trace.layers)]
    y = found.at(c.values[x])
    fig.add_trace(
        go.Scatter(
            x=x, y=y, mode="lines+markers", yaxis=f"y{letter}", name=safe(col.label), cliponaxis=False, hoverinfo="text",
            line={"color": colour, "width": 2.5}, marker={"symbol": sign, "size": 9, "color": colour},
            hovertext=[f"<b>{safe(col.label[:80])}</b>, {safe(names[i])}<br>{safe(c.label)} {short(c.values[i])}" for i in x],
        )
    )  # fmt: skip
    last = x[-1] if len(x) else 0
    if c.held[last]:
        ring = {"symbol": "circle-open", "size": 19, "color": colour, "line": {"width": 2.5}}
        point = {"x": [last], "y": [float(found.at(c.values[last]))], "yaxis": f"y{letter}", "name": "held"}
        fig.add_trace(go.Scatter(**point, mode="markers", marker=ring, hoverinfo="skip", cliponaxis=False))


def _end(values: Floats) -> tuple[int, float]:
    known = np.flatnonzero(~np.isnan(values))
    return (int(known[-1]), float(values[known[-1]])) if len(known) else (1, 1.0)


def _limit(fig: Sketch, c: Comparison, found: Reach, letter: str, style: Style) -> None:
    """The limit dotted, layer by layer; the side tinted on which the condition holds."""
    known = [i for i in range(1, len(c.limits)) if not np.isnan(c.limits[i]) and found.holds(c.limits[i])]
    colour = style.text(style.dropped)
    x = [edge for i in known for edge in (i - 0.5, i + 0.5)]
    y = [float(found.at(c.limits[i])) for i in known for _ in (0, 1)]
    line = {"color": colour, "width": 1.5, "dash": "dot"}
    fig.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, yaxis=f"y{letter}", hoverinfo="skip", name="limit"))
    for i in known:
        edge = found.low if c.stops == "below" else found.high
        tint: dict[str, Any] = {"fillcolor": alpha(style.dropped, 0.08), "line": {"width": 0}, "layer": "below"}
        fig.add_shape(type="rect", x0=i - 0.5, x1=i + 0.5, y0=float(found.at(c.limits[i])), y1=edge, yref=f"y{letter}", **tint)
