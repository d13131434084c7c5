"""Two marks in each row, hollow and filled: the same of two sides, beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import Style
from dynviz.records.zoo import Interval

SIGNS = ("○", "●")
_MARKS = (("circle-open", 0.14), ("circle", -0.14))  # a symbol, and how far above its row


def two_marks(
    fig: Sketch,
    rows: Sequence[tuple[Interval, Interval]],
    hover: Sequence[tuple[str, str]],
    names: tuple[str, str],
    style: Style,
) -> None:
    """A mark for each side of each row, from the lowest up, with its interval, on an axis of percent or points. names: of the sides."""
    own = style.series_at(0)
    for i, ((symbol, shift), name) in enumerate(zip(_MARKS, names, strict=True)):
        side = [row[i] for row in rows]
        marker = {"symbol": symbol, "size": 10, "color": own, "line": {"width": 2, "color": own}}
        fig.add_trace(
            go.Scatter(
                x=[layout.percent(value[0]) for value in side], y=[y + shift for y in range(len(rows))], mode="markers", marker=marker,
                error_x=layout.errors(side, style), hoverinfo="text", name=name, hovertext=[both[i] for both in hover],
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Span:
    """Two ends in the row y, from the hollow mark to the filled one. sure: whether they surely differ."""

    y: int
    ends: tuple[float, float]
    sure: bool
    hover: str


def spans(fig: Sketch, found: Sequence[Span], axis: str, style: Style) -> None:
    """Both marks of each row in line: thick between them where they surely differ, thin where that cannot be told. axis: "" or the number
    of the x axis."""
    own = style.series_at(0)
    marker = {"symbol": "circle", "size": 10, "color": [style.paper, own], "line": {"width": 2, "color": own}, "opacity": 1}
    for one in found:
        line = {"color": own, "width": 4} if one.sure else {"color": style.muted, "width": 1}
        fig.add_trace(
            go.Scatter(
                x=[layout.percent(end) for end in one.ends], y=[one.y, one.y], xaxis=f"x{axis}", mode="lines+markers", line=line,
                marker=marker, hovertext=[one.hover] * 2, hoverinfo="text", cliponaxis=False,
                name="surely" if one.sure else "cannot be told",
            )
        )  # fmt: skip
