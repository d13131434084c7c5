"""The quantities a rule tests against their thresholds, layer by layer: a panel for each quantity of a sentence, a grid for one of its
tokens."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.columns import clipped, columns, layer_names
from dynviz.figures.conditions import bound, name_of, short
from dynviz.figures.reach import Reach, reach
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha, on
from dynviz.figures.wording import count, headline, listing, safe, shorten, wrap
from dynviz.records import Trace
from dynviz.records.card import Comparison, alternatives, together

PANEL, GAP = 170, 0.1  # px of a panel; share of the height between two
ROW, LEFT, RIGHT = 36, 60, 120  # px of a layer of tokens, where there are few; beside the panels
SIDE = 23  # letters on a line beside a panel
PRINTED = 24  # columns beyond which a number in a cell would be too small to read


def rule(trace: Trace, compared: Sequence[Comparison], style: Style = LIGHT, title: str | None = None, subtitle: str | None = None) -> Any:
    """Draw the tested quantities of a run with their thresholds. compared: all of a sentence (L+1,), a panel for each, or a single one of
    its tokens (L+1, T)."""
    fig, least = Sketch(), 0
    if compared[0].values.ndim == 2:
        _cells(fig, trace, compared[0], style)
        body = int(room.row(len(trace.layers), ROW) * len(trace.layers)) + 10
        key = "Number: the value after the layer. Framed: the condition of the rule holds. Blank: not read."
    else:
        along = _along(trace, compared)
        for number_, comparison in enumerate(compared):
            _panel(fig, trace, comparison, number_, len(compared), along, style)
        least, body, key = along.least, PANEL * len(compared), "Tinted: where the condition holds. Ring: the first layer at which it does."
    head, below = headline(rule_finding(trace, compared), key)
    layout.frame(
        fig, style, head if title is None else title, below if subtitle is None else subtitle, body=body, right=RIGHT, left=LEFT, bottom=40,
        least=least,
    )  # fmt: skip
    return fig.figure()


def rule_groups(compared: Sequence[Comparison]) -> list[list[Comparison]]:
    """What belongs into one picture: all quantities of the sentence, and each quantity of its tokens."""
    of_sentence = [c for c in compared if c.values.ndim == 1]
    return [*([of_sentence] if of_sentence else []), *([c] for c in compared if c.values.ndim == 2)]


def rule_finding(trace: Trace, compared: Sequence[Comparison]) -> str:
    """Where each condition first held, and what must hold together, or is enough by itself."""
    return " ".join([*(_found(trace, c) for c in compared), *_joined(trace, compared)])


def rule_table(trace: Trace, compared: Sequence[Comparison]) -> list[dict[str, Any]]:
    """One row per layer (and token): every value that was read, the side of its limit, and whether the condition held."""
    names = ["input", *layer_names(trace.layers)]
    rows = []
    for comparison in compared:
        held = comparison.held
        for place in zip(*np.nonzero(~np.isnan(comparison.values)), strict=True):
            limit = comparison.limits[place[0]]
            token = {"token": trace.tokens[place[1]]} if len(place) == 2 else {}
            rows.append(
                {
                    "layer": names[place[0]], **token, "compared": comparison.label, "value": float(comparison.values[place]),
                    "side": comparison.side, "limit": None if np.isnan(limit) else float(limit), "holds": bool(held[place]),
                }
            )  # fmt: skip
    return rows


def _found(trace: Trace, c: Comparison) -> str:
    label, names, held = c.label[:1].upper() + c.label[1:], ["input", *layer_names(trace.layers)], c.held
    if c.values.ndim == 2:
        words = ~trace.special
        tokens = held[:, words].any(0)
        said = f"{label}: {tokens.sum()} of {count(int(words.sum()), 'token')} met the rule's condition"
        return said + (f", the first after {names[int(np.argmax(held[:, words].any(1)))]}." if tokens.any() else ".")
    if not held.any():
        return f"{label}: never {bound(c)}." if c.decides else f"{label}: for comparison only."
    layer = int(np.argmax(held))
    return f"{label}: {short(c.values[layer])} after {names[layer]} is {c.side} {short(c.limits[layer])}."


def _joined(trace: Trace, compared: Sequence[Comparison]) -> list[str]:
    """How the conditions of a sentence make one rule; nothing where there is one."""
    groups = alternatives([c for c in compared if c.values.ndim == 1])
    said = [_together(trace, group) for group in groups if len(group) > 1]
    return said + ([f"{'Either' if len(groups) == 2 else 'Each'} is enough."] if len(groups) > 1 else [])


def _together(trace: Trace, group: Sequence[Comparison]) -> str:
    both, held = listing([name_of(c) for c in group], len(group)), together(group)
    names = ["input", *layer_names(trace.layers)]
    end = f"they first do after {names[int(np.argmax(held))]}" if held.any() else "they never do"
    return f"{both[:1].upper()}{both[1:]} must hold together: {end}."


def _along(trace: Trace, compared: Sequence[Comparison]) -> room.Along:
    said = [short(v) for c in compared for v in c.values[1:] if not np.isnan(v)]
    return room.Along(layer_names(trace.layers), LEFT + RIGHT, room.widest(said))


def _panel(fig: Sketch, trace: Trace, c: Comparison, place: int, panels: int, along: room.Along, style: Style) -> None:
    """One quantity over the layers, its limit dotted, the side on which its condition holds tinted."""
    layers, letter = len(trace.layers), "" if place == 0 else str(place + 1)
    x = np.flatnonzero(~np.isnan(c.values[1:])) + 1
    names = ["", *layer_names(trace.layers)]
    found = reach(c.values[1:], c.limits[1:])
    fig.add_trace(
        go.Scatter(
            x=x, y=found.at(c.values[x]), mode="lines+markers+text", yaxis=f"y{letter}", name=safe(c.label),
            text=_above(c, along),
            textposition="top center", textfont={"size": 12, "color": style.ink}, cliponaxis=False, line={"color": style.ink, "width": 2},
            marker={"size": 7, "color": style.ink}, hoverinfo="text",
            hovertext=[f"{safe(names[i])}: {safe(c.label)} {short(c.values[i])}" for i in x],
        )
    )  # fmt: skip
    _limit(fig, c, layers, letter, found, style)
    high = 1 - place * (1 / panels)
    domain = [high - 1 / panels + (GAP if place < panels - 1 else 0), high - 0.04]
    title = layout.title_of(wrap(shorten(c.label.split(" (")[0], 2 * SIDE), SIDE), style)
    fig.update_layout(**{f"yaxis{letter}": layout.axis(style, grid=True, domain=domain, title=title, **found.axis(style))})
    fig.update_layout(xaxis=layout.axis(style, **along.ticks(style, 13), range=[0.3, layers + 0.3], anchor=f"y{letter}"))


def _above(c: Comparison, along: room.Along) -> list[str]:
    """Of those that were read, the values over their points where there is room; a line higher where the ring is."""
    said = along.told(["" if np.isnan(v) else short(v) for v in c.values[1:]])
    first = int(np.argmax(c.held)) if c.held.any() else 0
    return [text + ("<br> " if text and i == first else "") for i, text in enumerate(said, 1) if not np.isnan(c.values[i])]


def _limit(fig: Sketch, c: Comparison, layers: int, letter: str, found: Reach, style: Style) -> None:
    known = np.flatnonzero(~np.isnan(c.limits[1:])) + 1
    if not len(known):
        return
    colour = style.text(style.dropped)
    x = np.repeat(known, 2) + np.tile([-0.5, 0.5], len(known))
    y = np.asarray(found.at(np.repeat(c.limits[known], 2)))
    y = np.where((y >= found.low) & (y <= found.high), y, np.nan)  # off the scale there is no line, and all or nothing is tinted
    line = {"color": colour, "width": 1.5, "dash": "dot"}
    fig.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, yaxis=f"y{letter}", hoverinfo="skip", name="limit"))
    for i in known:
        edge = found.low if c.stops == "below" else found.high
        tint: dict[str, Any] = {"fillcolor": alpha(style.dropped, 0.08), "line": {"width": 0}, "layer": "below"}
        limit = float(np.clip(found.at(c.limits[i]), found.low, found.high))
        fig.add_shape(type="rect", x0=i - 0.5, x1=i + 0.5, y0=limit, y1=edge, yref=f"y{letter}", **tint)
    last = known[-1]
    text = f"{c.side} {short(c.limits[last])}"
    if found.holds(c.limits[last]):
        font = {"size": 13, "color": colour}
        end = layers + 0.3, float(found.at(c.limits[last]))
        fig.add_annotation(layout.note(*end, text, style, yref=f"y{letter}", xanchor="left", font=font))
    held = c.held
    if held.any():
        at = int(np.argmax(held))
        ring = {"symbol": "circle-open", "size": 17, "color": style.ink, "line": {"width": 2.5}}
        point = {"x": [at], "y": [float(found.at(c.values[at]))], "yaxis": f"y{letter}", "name": "crossing"}
        fig.add_trace(go.Scatter(**point, mode="markers", marker=ring, hoverinfo="skip", cliponaxis=False))


def _cells(fig: Sketch, trace: Trace, c: Comparison, style: Style) -> None:
    """Tokens x layers: dark where far on the side on which the condition holds; framed where it does."""
    cols = columns(trace, "piece")
    shown, held, layers = clipped(None, len(cols)), c.held, len(trace.layers)
    places = [(layer, t) for layer in range(1, layers + 1) for t in shown]
    values = [float(c.values[p]) for p in places]
    known = [v for v in values if not np.isnan(v)] or [0.0]
    low, high = min(known), max(known)
    steps = len(style.certainty)

    def fill(value: float) -> str:
        if np.isnan(value):
            return style.paper
        part = (value - low) / max(high - low, 1e-12)
        part = part if c.stops == "above" else 1 - part
        return style.certainty[::-1][min(int(part * steps), steps - 1)]

    fills = [fill(v) for v in values]
    edges = [style.dropped if held[p] else style.grid if np.isnan(c.values[p]) else style.edge for p in places]
    names = layer_names(trace.layers)
    fig.add_trace(
        layout.bars(
            [t for _, t in places], [layer for layer, _ in places], 0.88, layout.CELL, fills, edges, name="values", hoverinfo="text",
            marker={"line": {"color": edges, "width": [2.5 if held[p] else 1 for p in places]}},
            text=["" if np.isnan(v) else f"{v:.2f}" for v in values] if len(shown) <= PRINTED else None,
            insidetextfont={"size": 12, "color": [on(f) for f in fills]},
            hovertext=[
                f"<b>{safe(cols[t].label[:80])}</b>, {safe(names[layer - 1])}<br>{safe(c.label)} {'not read' if np.isnan(v) else short(v)}"
                for (layer, t), v in zip(places, values, strict=True)
            ],
        )
    )  # fmt: skip
    angle: dict[str, Any] = {"autotickangles": [0, -45, -90]} if len(shown) <= PRINTED else {"tickangle": -90}
    ticks = [safe(shorten(cols[t].label)) for t in shown]
    fig.update_layout(barmode="overlay", uniformtext={"mode": "hide", "minsize": 7})
    fig.update_xaxes(layout.axis(style, tickvals=list(shown), ticktext=ticks, range=[shown[0] - 0.6, shown[-1] + 0.6]), **angle)
    fig.update_yaxes(layout.axis(style, **room.rows(names, range(1, layers + 1), room.row(layers, ROW), style), range=[0.4, layers + 0.6]))
    limits = c.limits[1:]
    words = ["" if np.isnan(x) else f"{c.side} {short(x)}" for x in limits]
    side = {"mode": "text", "textposition": "middle right", "textfont": {"size": 12, "color": style.muted}, "hoverinfo": "skip"}
    fig.add_trace(
        go.Scatter(x=[shown[-1] + 0.55] * layers, y=list(range(1, layers + 1)), text=words, cliponaxis=False, name="limits", **side)
    )
