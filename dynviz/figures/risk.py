"""The risk of each setting and its upper bound, from the safest to the boldest, and which settings were accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha
from dynviz.figures.wording import RING, count, fine, headline, percent, safe
from dynviz.records import Floats

BODY = 240
TICKS = 9  # settings named on the axis, at most
BEYOND = 3  # settings after the first that failed that stay in view


@dataclass(frozen=True, eq=False)
class Risks:
    """K settings of a knob, the safest first. names: as shown. risk, bound: (K,) observed, and what it is below with this confidence.
    accepted: how many, from the first. limit: risk tolerated. n: sentences. lost: what is counted, "answers differ from full depth"."""

    knob: str
    names: tuple[str, ...]
    risk: Floats
    bound: Floats
    accepted: int
    limit: float
    confidence: float
    n: int
    lost: str


def risk(found: Risks, in_use: int | None = None, style: Style = LIGHT, title: str | None = None, subtitle: str | None = None) -> go.Figure:
    """Draw the settings; a click on one returns customdata [its place]. in_use: the place of the setting to ring."""
    fig = Sketch()
    last = len(found.names)
    if found.accepted:
        fig.add_shape(
            type="rect", x0=-0.5, x1=found.accepted - 0.5, y0=0, y1=1, yref="paper", layer="below", line={"width": 0},
            fillcolor=alpha(style.correct, 0.12),
        )  # fmt: skip
    tested = min(found.accepted + 1, last)
    fig.add_trace(_points(found, range(tested), style.ink, style.ink, "tested"))
    fig.add_trace(_points(found, range(tested, last), style.muted, style.paper, "not tested"))
    limit = {"type": "line", "x0": 0, "x1": 1, "xref": "x domain", "y0": found.limit * 100, "y1": found.limit * 100, "yref": "y"}
    fig.add_shape(limit, line={"color": style.ink, "width": 1.5, "dash": "dot"})
    if in_use is not None:
        ring = {"symbol": "circle-open", "size": 20, "color": style.ink, "line": {"width": 2.5}}
        at = {"x": [in_use], "y": [float(found.risk[in_use]) * 100]}
        fig.add_trace(go.Scatter(**at, mode="markers", marker=ring, hoverinfo="skip", name="operating point"))
    _axes(fig, found, style)
    head, below = headline(risk_finding(found), risk_key(found, in_use))
    layout.frame(fig, style, head if title is None else title, below if subtitle is None else subtitle, body=BODY, bottom=64)
    return fig.figure()


def risk_finding(found: Risks) -> str:
    """How far the promise reaches, and what is observed there."""
    level, limit = percent(found.confidence), fine(found.limit)
    if not found.accepted:
        return (
            f"No setting passes: at {found.names[0]}, the safest tested, {found.lost} in {fine(found.risk[0])} of {found.n:,}, "
            f"and the upper bound ({fine(found.bound[0])}) lies above {limit}."
        )
    last = found.accepted - 1
    seen, bound = fine(found.risk[last]), fine(found.bound[last])
    return (
        f"{found.accepted} of {count(len(found.names), 'setting')} pass, up to {found.names[last]}. There {found.lost} in {seen} of "
        f"{found.n:,}; with {level} confidence in less than {bound}, which is within {limit}."
    )


def risk_table(found: Risks) -> list[dict[str, Any]]:
    """One row per setting, the safest first."""
    outcomes = ["passed"] * found.accepted + ["failed"] + ["not tested"] * len(found.names)
    return [
        {found.knob: name, "risk": float(r), "upper bound": float(b), "outcome": outcome}
        for name, r, b, outcome in zip(found.names, found.risk, found.bound, outcomes, strict=False)
    ]


def _points(found: Risks, places: Sequence[int], colour: str, fill: str, name: str) -> go.Scatter:
    at = list(places)
    seen, bound = found.risk[at] * 100, found.bound[at] * 100
    return go.Scatter(
        x=at, y=seen.round(3).tolist(), mode="markers", name=name, customdata=[[i] for i in at], hoverinfo="text",
        marker={"size": 8, "color": fill, "opacity": 1, "line": {"color": colour, "width": 2}},
        error_y={
            "type": "data", "symmetric": False, "array": (bound - seen).round(3).tolist(), "arrayminus": [0] * len(at), "color": colour,
            "thickness": 1.5, "width": 5,
        },
        hovertext=[
            f"<b>{safe(found.names[i])}</b><br>observed {s:.2f} %<br>upper bound {b:.2f} %<br>{name}"
            for i, s, b in zip(at, seen, bound, strict=True)
        ],
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )  # fmt: skip


def _axes(fig: Sketch, found: Risks, style: Style) -> None:
    last = len(found.names)
    seen = found.bound[: min(found.accepted + 1 + BEYOND, last)]
    failed = float(found.bound[min(found.accepted, last - 1)])  # the first that does, which the finding speaks of, is in view
    top = max(min(max(float(seen.max(initial=0.0)), 2 * found.limit), 8 * found.limit), failed) * 108
    ticks = np.unique(np.linspace(0, last - 1, min(last, TICKS)).round().astype(int)).tolist()
    fig.update_layout(
        xaxis=layout.axis(style, tickvals=ticks, ticktext=[safe(found.names[i]) for i in ticks], range=[-0.6, last - 0.4]),
        yaxis=layout.axis(style, grid=True, range=[-0.02 * top, top], ticksuffix=" %", nticks=6),
    )
    fig.update_xaxes(title=layout.title_of(f"{safe(found.knob)}, safe to bold", style))
    fig.update_yaxes(title=layout.title_of("risk", style))
    fig.add_annotation(
        x=1, xref="paper", xanchor="right", y=found.limit * 100, yanchor="bottom", showarrow=False, text=f"at most {fine(found.limit)}",
        font={"size": 13, "color": style.ink}, bgcolor=alpha(style.paper, 0.85),
    )  # fmt: skip


def risk_key(found: Risks, in_use: int | None = None) -> str:
    """How to read its marks."""
    said = [f"Dot: observed. Whisker: upper bound, {percent(found.confidence)} confidence. Dotted: the limit. Tinted: accepted."]
    if found.accepted + 1 < len(found.names):
        said.append("○: not tested, for after the first that fails nothing is.")
    if in_use is not None:
        said.append(RING)
    return " ".join(said)
