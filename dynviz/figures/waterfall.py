"""A batch, lane by lane: each sentence until its exit, where the finished wait for the slowest, and where they leave. x is time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, depth_colours
from dynviz.figures.wording import count, headline, number, percent, safe
from dynviz.records import Floats
from dynviz.records.times import Flow

PANELS = {"waiting": (0.52, 0.95, "y"), "leaving": (0.0, 0.43, "y2")}  # name -> from, to, axis
TITLES = {"waiting": "The finished wait", "leaving": "The finished leave"}
LANE, LEAST = 7, 110  # px of a lane; of a panel, at least


def waterfall(
    flow: Flow, names: Sequence[str], layers: Sequence[str], style: Style = LIGHT, title: str | None = None, subtitle: str | None = None
) -> go.Figure:
    """Draw the batch twice on one time axis. names: of the sentences; layers: of the layers. Lanes are sorted by exit layer."""
    order = np.argsort(flow.exits, kind="stable")
    colours = depth_colours(len(layers))
    fig = Sketch()
    for panel in PANELS:
        for trace in _panel(flow, panel, order, names, layers, colours, style):
            fig.add_trace(trace)
    _axes(fig, flow, style)
    head, below = headline(waterfall_finding(flow), waterfall_key(len(layers)))
    height = 2 * max(LANE * len(flow.exits), LEAST) + 60
    fig.update_layout(barmode="overlay")
    layout.frame(fig, style, head if title is None else title, below if subtitle is None else subtitle, body=height, bottom=64)
    return fig.figure()


def waterfall_finding(flow: Flow) -> str:
    """What waiting costs this batch, and what leaving saves."""
    wait, leave = flow.totals
    n, slowest = len(flow.exits), int(flow.exits.max())
    late = int((flow.exits == slowest).sum())
    full = f"Full depth would take {_ms(flow.whole)}."
    if late == n:
        everyone = "The text leaves" if n == 1 else f"All {n} texts leave"
        return f"{everyone} after layer {slowest}: nobody waits, and the batch takes {_ms(leave)} either way. {full}"
    needs = f"{late} of {count(n, 'text')} {'needs' if late == 1 else 'need'} {slowest} layers"
    both = f"if the others wait, it takes {_ms(wait)}; if they leave, {_ms(leave)}."
    return f"Leaving saves {percent(flow.saved)} of the batch's time. {needs}: {both} {full}"


def waterfall_table(flow: Flow, names: Sequence[str]) -> list[dict[str, Any]]:
    """One row per sentence: its exit, and when it has its answer and is free, both ways."""
    return [
        {
            "text": name, "exit layer": int(layer), "answer, waiting (ms)": float(flow.waiting[layer]),
            "free, waiting (ms)": float(flow.waiting[-1]), "answer and free, leaving (ms)": float(flow.leaving[layer]),
        }
        for name, layer in zip(names, flow.exits, strict=True)
    ]  # fmt: skip


def _ms(value: float) -> str:
    return f"{number(value)} ms"


def _panel(
    flow: Flow, panel: str, order: Any, names: Sequence[str], layers: Sequence[str], colours: Sequence[str], style: Style
) -> list[go.Bar]:
    ends: Floats = flow.waiting if panel == "waiting" else flow.leaving
    axis, lanes = PANELS[panel][2], np.arange(len(order))
    exits = flow.exits[order]
    common = {"orientation": "h", "width": 0.86, "yaxis": axis, "hoverinfo": "text"}
    out = [
        go.Bar(
            x=[float(ends[0])] * len(lanes), base=[0.0] * len(lanes), y=lanes.tolist(), name=f"{panel}: before the layers", **common,
            marker={"color": style.grid, "line": {"width": 0}}, hovertext=["outside the layers: embedding, book-keeping"] * len(lanes),
        )
    ]  # fmt: skip
    for i, name in enumerate(layers, start=1):
        here = lanes[exits >= i]
        if not len(here):
            break
        hover = [f"<b>{safe(names[order[lane]])}</b><br>{safe(name)}, done at {_ms(float(ends[i]))}" for lane in here]
        out.append(
            go.Bar(
                x=[float(ends[i] - ends[i - 1])] * len(here), base=[float(ends[i - 1])] * len(here), y=here.tolist(),
                name=f"{panel}: {name}", hovertext=hover, marker={"color": colours[i], "line": {"color": style.paper, "width": 0.5}},
                **common,
            )
        )  # fmt: skip
    if panel == "waiting":
        idle = lanes[exits < exits.max()]
        free = [float(ends[exits[lane]]) for lane in idle]
        out.append(
            go.Bar(
                x=[float(ends[-1]) - at for at in free], base=free, y=idle.tolist(), name="waiting: finished", **common,
                hovertext=[f"<b>{safe(names[order[lane]])}</b><br>has its answer, waits until {_ms(float(ends[-1]))}" for lane in idle],
                marker={
                    "color": style.paper, "line": {"width": 0},
                    "pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": style.hatch, "size": 6, "solidity": 0.2},
                },
            )
        )  # fmt: skip
    return out


def _axes(fig: Sketch, flow: Flow, style: Style) -> None:
    far = max(flow.whole, *flow.totals)
    lanes = len(flow.exits)
    y = {"range": [lanes - 0.4, -0.6], "showticklabels": False, "title": layout.title_of("texts", style)}
    fig.update_layout(
        xaxis=layout.axis(style, grid=True, range=[0, far * 1.03], ticksuffix=" ms", nticks=8, anchor="y2"),
        yaxis=layout.axis(style, domain=list(PANELS["waiting"][:2])) | y,
        yaxis2=layout.axis(style, domain=list(PANELS["leaving"][:2])) | y,
    )
    fig.update_xaxes(title=layout.title_of("time since the batch began", style))
    fig.add_shape(
        type="line", x0=flow.whole, x1=flow.whole, y0=0, y1=1, yref="paper", line={"color": style.baseline, "width": 1.5, "dash": "dash"}
    )  # fmt: skip
    for (name, (_, top, _)), total in zip(PANELS.items(), flow.totals, strict=True):
        fig.add_annotation(
            x=0, xref="paper", xanchor="left", y=top, yref="paper", yanchor="bottom", showarrow=False,
            text=f"<b>{TITLES[name]}</b>: {_ms(total)}", font={"size": 14, "color": style.ink},
        )  # fmt: skip


def waterfall_key(layers: int) -> str:
    """How to read its marks."""
    return (
        f"A lane is a text, earliest exit first; a step of colour is a layer, 1 (light) to {layers} (dark). Hatched: finished, but "
        "waiting. Dashed: the batch at full depth."
    )
