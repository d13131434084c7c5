"""Texts on a line of doubt: who stops below the threshold, and whether what is said there is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha
from dynviz.figures.wording import listing, safe, verb

ROW = 54  # px
FAR = 0.72  # just beyond ln 2, the most that two classes can be doubted


@dataclass(frozen=True)
class Doubt:
    """A text after a layer. doubt: the entropy there. right: whether the answer there is. said: what comes of it in the end, in words."""

    text: str
    doubt: float
    right: bool
    said: str


def doubts(marks: Sequence[Doubt], threshold: float, style: Style = LIGHT) -> go.Figure:
    """Draw a row for each text: a dot where it is right, a ring where it is not; those left of the threshold stop."""
    fig = Sketch([_dots(marks, threshold, style)])
    for r, mark in enumerate(marks):
        fig.add_shape(type="line", x0=0, x1=FAR, y0=-r, y1=-r, line={"color": style.grid, "width": 1}, layer="below")
        said = f"<b>{safe(mark.text)}</b>: {safe(mark.said)}"
        fig.add_annotation(x=0, y=-r + 0.45, text=said, showarrow=False, xanchor="left", font={"size": 14, "color": style.ink})
    top, bottom = 1.25, -len(marks) + 0.5
    fig.add_shape(
        type="rect", x0=0, x1=threshold, y0=bottom, y1=0.75, fillcolor=alpha(style.certainty[2], 0.13), line={"width": 0}, layer="below"
    )
    fig.add_shape(type="line", x0=threshold, x1=threshold, y0=bottom, y1=top, line={"color": style.ink, "width": 2.5})
    for text, anchor, shift in (("← stop", "right", -8), ("go on →", "left", 8)):
        fig.add_annotation(
            x=threshold, y=top, yanchor="top", xanchor=anchor, xshift=shift, showarrow=False, text=text,
            font={"size": 13, "color": style.muted},
        )  # fmt: skip
    fig.update_xaxes(
        layout.axis(
            style, range=[-0.012, FAR], tickvals=[i / 10 for i in range(8)], tickformat=".1f", title=layout.title_of("doubt", style)
        )
    )
    fig.update_yaxes(layout.axis(style, showticklabels=False, range=[bottom, top]))
    layout.frame(fig, style, "", "", body=ROW * len(marks) + 30, bottom=52, left=4, right=10)
    return fig.figure()


def doubts_finding(marks: Sequence[Doubt], threshold: float) -> str:
    """Who stops at this threshold, and who of them is wrong."""
    stops = [mark for mark in marks if mark.doubt < threshold]
    if not stops:
        return f"At {threshold:.2f} nobody stops."
    wrong = [mark.text for mark in stops if not mark.right]
    said = f"At {threshold:.2f} {listing([m.text for m in stops], 4)} {verb(len(stops), 'stops', 'stop')}"
    return f"{said}; {listing(wrong, 4)} {verb(len(wrong), 'is', 'are')} wrong." if wrong else f"{said}, and all that is said is right."


def doubts_table(marks: Sequence[Doubt], threshold: float) -> list[dict[str, Any]]:
    """One row a text."""
    return [{"text": m.text, "doubt": m.doubt, "right": m.right, "stops": m.doubt < threshold, "in the end": m.said} for m in marks]


def _dots(marks: Sequence[Doubt], threshold: float, style: Style) -> go.Scatter:
    colours = [style.correct if mark.right else style.incorrect for mark in marks]
    fills = [colour if mark.right else style.paper for mark, colour in zip(marks, colours, strict=True)]
    return go.Scatter(
        x=[mark.doubt for mark in marks], y=[-r for r in range(len(marks))], mode="markers", name="texts", cliponaxis=False,
        hoverinfo="text",
        marker={"size": 17, "color": fills, "line": {"color": colours, "width": 3.5}},
        hovertext=[f"<b>{safe(m.text)}</b><br>doubt {m.doubt:.2f}, {'stops' if m.doubt < threshold else 'goes on'}" for m in marks],
    )  # fmt: skip
