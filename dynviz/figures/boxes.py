"""A row of boxes, one for each layer of a sentence: run, skipped or not reached; between them, what was read on the way."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.columns import layer_names
from dynviz.figures.conditions import bound, name_of, short
from dynviz.figures.depths import skips
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha, depth_colours, on
from dynviz.figures.wording import count, headline, safe, shorten, wrap
from dynviz.records import Trace
from dynviz.records.card import Comparison
from dynviz.records.tasks import noun

WIDE, TALL, LINE = 0.62, 0.9, 1.15  # of a box, in layers and in lines; from line to line
PX, SIDE, BOX = 46, 18, 36  # px of a line; letters of a label beside one; px that a box has with the gap beside it
KEY = "Filled: run. Dashed: skipped. Pale: not reached. A number stands where it was read; bold: the condition of the rule holds."


def boxes(
    trace: Trace, compared: Sequence[Comparison] = (), style: Style = LIGHT, title: str | None = None, subtitle: str | None = None
) -> go.Figure:
    """Draw the boxes, the first layer on the left. compared: of the sentence, (L+1,) each; a line of numbers above the boxes for each."""
    layers, ran = len(trace.layers), _ran(trace)
    fills = [depth_colours(layers)[i] for i in ran]
    fig = Sketch([_row(ran, fills, trace)])
    for layer in range(1, layers + 1):
        fig.add_annotation(_name(trace, layer, fills[ran.index(layer)] if layer in ran else "", style))
        if layer not in ran:
            fig.add_shape(_frame(layer, layer <= trace.exit_layer, style))
    for line, comparison in enumerate(compared, start=1):
        fig.add_trace(_numbers(comparison, line, style))
    along = _along(trace, compared)
    _axes(fig, layers, compared, style)
    head, below = headline(boxes_finding(trace), KEY)
    body = PX * (len(compared) + 1) + 20
    head, below = head if title is None else title, below if subtitle is None else subtitle
    layout.frame(fig, style, head, below, body=body, bottom=10, least=along.least)
    return fig.figure()


def _along(trace: Trace, compared: Sequence[Comparison]) -> room.Along:
    """All numbers are printed: they are what it shows."""
    said = [f"{short(v)}m" for c in compared for v in c.values[np.isfinite(c.values)]]  # some are bold, hence wider
    labels = 7.5 * SIDE if compared else 50
    return room.Along(layer_names(trace.layers), labels, max(room.widest(said, 13), BOX), np.inf)


def boxes_finding(trace: Trace) -> str:
    """Which layers were skipped, and where it ended."""
    layers = len(trace.layers)
    if trace.skipped_layers:
        return f"The {noun(trace.task)} {skips(trace)}."
    return f"The {noun(trace.task)} skipped nothing and ran {trace.layers_run} of {count(layers, 'layer')}."


def boxes_table(trace: Trace, compared: Sequence[Comparison] = ()) -> list[dict[str, Any]]:
    """One row per layer, the input first: what became of it, and what was read after it (or before the next), None where nothing was."""
    names = ["input", *layer_names(trace.layers)]
    return [
        {"layer": name, "state": _state(trace, i) if i else "", **{c.label: _value(c, i) for c in compared}} for i, name in enumerate(names)
    ]


def _value(c: Comparison, row: int) -> float | None:
    return float(c.values[row]) if np.isfinite(c.values[row]) else None


def _ran(trace: Trace) -> list[int]:
    return (np.flatnonzero(trace.attending.any(1)) + 1).tolist()


def _state(trace: Trace, layer: int) -> str:
    if layer > trace.exit_layer:
        return "not reached"
    return "skipped" if layer in trace.skipped_layers else "run"


def _row(ran: list[int], fills: list[str], trace: Trace) -> go.Bar:
    names = layer_names(trace.layers)
    said = [f"{safe(names[i - 1])}: {_state(trace, i)}" for i in ran]
    return layout.bars(ran, [0] * len(ran), TALL, WIDE, fills, fills, name="layers run", hoverinfo="text", hovertext=said)


def _frame(layer: int, skipped: bool, style: Style) -> dict[str, Any]:
    """Of a layer that did not run: dashed where it was skipped."""
    edges = {"x0": layer - WIDE / 2, "x1": layer + WIDE / 2, "y0": -TALL / 2, "y1": TALL / 2}
    line = {"color": style.muted if skipped else style.grid, "width": 1.5, "dash": "dash" if skipped else "solid"}
    return {"type": "rect", **edges, "line": line, "fillcolor": alpha(style.ink, 0)}


def _name(trace: Trace, layer: int, fill: str, style: Style) -> dict[str, Any]:
    """The layer's number, with the sign of what is skipped."""
    sign = "" if fill or layer > trace.exit_layer else "↷ "
    return layout.note(layer, 0, f"{sign}{layer}", style, font={"size": 15, "color": on(fill) if fill else style.muted})


def _numbers(c: Comparison, line: int, style: Style) -> go.Scatter:
    """The values of one reading: after layer l stands between the boxes of l and l + 1."""
    rows = np.flatnonzero(np.isfinite(c.values))
    said = [short(c.values[i]) for i in rows]
    return go.Scatter(
        x=(rows + 0.5).tolist(), y=[LINE * line - 0.2] * len(rows), mode="text", name=safe(c.label), hoverinfo="skip", cliponaxis=False,
        text=[f"<b>{text}</b>" if c.held[i] else text for i, text in zip(rows, said, strict=True)],
        textfont={"size": 13, "color": style.ink},
    )  # fmt: skip


def _axes(fig: Sketch, layers: int, compared: Sequence[Comparison], style: Style) -> None:
    labels = [f"{name_of(c)}{f', {bound(c)}' if c.decides else ''}" for c in compared]
    ticks = ["layer", *(wrap(shorten(label, 4 * SIDE), SIDE) for label in labels)]
    at = [0.0, *(LINE * line - 0.2 for line in range(1, len(compared) + 1))]
    fig.update_xaxes(layout.axis(style, showticklabels=False, range=[0.3, layers + 0.8]))
    fig.update_yaxes(layout.axis(style, tickvals=at, ticktext=ticks, range=[-0.7, LINE * (len(compared) + 0.5)]))
    fig.update_yaxes(tickfont={"size": 13, "color": style.muted}, ticklabelstandoff=6)
    fig.update_layout(barmode="overlay")
