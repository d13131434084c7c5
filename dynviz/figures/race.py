"""A race at true relative cost: one lane for each run, a segment for each layer, as long as the compute it took; behind each lane a pale
bar, what the plain model takes for that text."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.style import LIGHT, Style, alpha, depth_colours
from dynviz.figures.wording import headline, listing, number, percent, safe, shorten
from dynviz.records import Floats

FRAMES = 30
LABEL = 40  # letters of a lane's name
LETTERS, BESIDE = 14, 32  # px of its letters; of the margins
SECONDS = 4.0  # a race lasts
KEY = "Each segment is a layer, as long as the compute it took. Pale: the plain model on the same text, which each % is of."


@dataclass(frozen=True, eq=False)
class Lane:
    """A run. spent: (L,) compute up to and with each layer. layers: their names. answer: what it said. plain: compute of the plain model
    on the same text. All of one unit, millions of steps."""

    label: str
    spent: Floats
    layers: tuple[str, ...]
    answer: str
    plain: float

    @property
    def total(self) -> float:
        """Compute of the whole run."""
        return float(self.spent[-1])

    @property
    def share(self) -> float:
        """The part of the plain model's compute on the same text."""
        return self.total / self.plain

    @property
    def used(self) -> int:
        """Layers in which something was spent."""
        return int((np.diff(self.spent, prepend=0.0) > 0).sum())


def race(
    lanes: Sequence[Lane], spent: float | None = None, style: Style = LIGHT, title: str | None = None, subtitle: str | None = None
) -> go.Figure:
    """Draw the lanes; with a button that plays the race. spent: where the race stands, at the end by default."""
    far = max(lane.total for lane in lanes)
    now = far if spent is None else min(spent, far)
    depth = max(len(lane.layers) for lane in lanes)
    colours = depth_colours(depth)
    fig = go.Figure([_plain(lanes, style), *_bars(lanes, now, depth, colours, style), _names(lanes, now, style)])
    fig.frames = [
        go.Frame(data=[*_bars(lanes, t, depth, colours, style), _names(lanes, t, style)], traces=list(range(1, depth + 2)), name=f"{i}")
        for i, t in enumerate(np.linspace(0, far, FRAMES + 1))
    ]
    fig.update_yaxes(layout.axis(style, showticklabels=False, range=[len(lanes) - 0.65, -0.75]))
    end = max(far, *(lane.plain for lane in lanes))
    words = "compute, millions of steps (MFLOPs)"
    fig.update_xaxes(layout.axis(style, grid=True, range=[0, end * 1.02], title=layout.title_of(words, style)))
    head, below = headline(race_finding(lanes), KEY)
    layout.frame(
        fig, style, head if title is None else title, below if subtitle is None else subtitle, body=60 * len(lanes) + 20, bottom=96,
        least=math.ceil(room.widest([_said(lane) for lane in lanes], LETTERS)) + BESIDE,
    )  # fmt: skip
    fig.update_layout(barmode="overlay", updatemenus=[_play(style)])
    return fig


def race_finding(lanes: Sequence[Lane]) -> str:
    """Who had its answer first, who last, and by how much."""
    ordered = sorted(lanes, key=lambda lane: lane.total)
    first, last = ordered[0], ordered[-1]
    names = listing([lane.label for lane in lanes], 4)
    if len(lanes) == 1 or np.isclose(first.total, last.total, rtol=1e-6):
        return f"{names} took {number(first.total)} million steps, {percent(first.share)} of the plain model."
    times = last.total / first.total
    return (
        f"{first.label} had its answer first, after {number(first.total)} million steps ({percent(first.share)} of the plain model); "
        f"{last.label} took {times:.1f} times as many, {number(last.total)} ({percent(last.share)})."
    )


def race_table(lanes: Sequence[Lane]) -> list[dict[str, Any]]:
    """One row per lane and layer that was run: compute so far, in millions of steps."""
    return [
        {"run": lane.label, "layer": name, "compute so far": float(at), "of which this layer": float(step), "plain model": lane.plain}
        for lane in lanes
        for name, at, step in zip(lane.layers, lane.spent, np.diff(lane.spent, prepend=0.0), strict=True)
        if step > 0
    ]


def _plain(lanes: Sequence[Lane], style: Style) -> go.Bar:
    """Behind each lane, what the plain model takes for the same text."""
    said = [f"the plain model on this text: {number(lane.plain)} million steps" for lane in lanes]
    marker = {"color": alpha(style.baseline, 0.22), "line": {"color": style.baseline, "width": 1}}
    return go.Bar(
        x=[lane.plain for lane in lanes], y=list(range(len(lanes))), orientation="h", width=0.56, name="plain", marker=marker,
        hovertext=said, hoverinfo="text",
    )  # fmt: skip


def _bars(lanes: Sequence[Lane], now: float, depth: int, colours: Sequence[str], style: Style) -> list[go.Bar]:
    """One trace for each layer, over all lanes, as far as the race has come."""
    out = []
    for i in range(depth):
        starts = [float(lane.spent[i - 1]) if i and i < len(lane.spent) else 0.0 for lane in lanes]
        stops = [float(lane.spent[i]) if i < len(lane.spent) else 0.0 for lane in lanes]
        widths = [max(min(stop, now) - start, 0.0) for start, stop in zip(starts, stops, strict=True)]
        names = [lane.layers[i] if i < len(lane.layers) else "" for lane in lanes]
        hover = [
            f"{safe(lane.label)}<br>{safe(name)}: {number(stop - start)} million steps"
            for lane, name, start, stop in zip(lanes, names, starts, stops, strict=True)
        ]
        out.append(
            go.Bar(
                x=widths, base=starts, y=list(range(len(lanes))), orientation="h", width=0.4, name=f"layer {i + 1}", hoverinfo="text",
                hovertext=hover, marker={"color": colours[i + 1], "line": {"color": style.paper, "width": 1.5}},
            )
        )  # fmt: skip
    return out


def _names(lanes: Sequence[Lane], now: float, style: Style) -> go.Scatter:
    """Above each lane whose it is and, once it is through, what it said and what it took."""
    return go.Scatter(
        x=[0] * len(lanes), y=[i - 0.42 for i in range(len(lanes))], mode="text", hoverinfo="skip", cliponaxis=False, name="names",
        text=[_name(lane, lane.total <= now * (1 + 1e-9)) for lane in lanes], textposition="middle right",
        textfont={"size": LETTERS, "color": style.ink},
    )  # fmt: skip


def _said(lane: Lane) -> str:
    """All that stands above a lane in the end, as plain text."""
    return f"{shorten(lane.label, LABEL)}: {shorten(lane.answer, 14)}, {percent(lane.share)}"


def _name(lane: Lane, done: bool) -> str:
    name = safe(shorten(lane.label, LABEL))
    return f"{name}: <b>{safe(shorten(lane.answer, 14))}</b>, {percent(lane.share)}" if done else name


def _play(style: Style) -> dict[str, Any]:
    frame = {"duration": 1000 * SECONDS / FRAMES, "redraw": True}
    arguments = [None, {"frame": frame, "transition": {"duration": 0}, "fromcurrent": False, "mode": "immediate"}]
    button = {"label": "▶ Race", "method": "animate", "args": arguments}
    return {
        "type": "buttons", "buttons": [button], "x": 0, "xanchor": "left", "y": 0, "yanchor": "top", "pad": {"t": 52}, "showactive": False,
        "bgcolor": style.paper, "bordercolor": style.muted, "font": {"color": style.ink, "size": 13},
    }  # fmt: skip
