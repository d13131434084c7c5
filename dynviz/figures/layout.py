"""What all figures share: the page, the title block, axes, and cells drawn as one trace of bars."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures.sketch import Sketch
from dynviz.figures.style import FONT, Style, alpha
from dynviz.figures.wording import SUBTITLE_CHARS, TITLE_CHARS, span, wrap

CELL = 0.92  # of a column's or row's width
LEADING = 20  # px from line to line in the title block


def frame(
    fig: go.Figure | Sketch,
    style: Style,
    title: str,
    subtitle: str,
    body: int,
    bottom: int = 44,
    right: int = 16,
    left: int = 12,
    least: int = 0,
) -> go.Figure | Sketch:
    """Set page, fonts and the title block above a body of that many px; no width: the figure fills its container.

    least: px below which it is scrolled and not squeezed; whoever shows it reads that in `meta`.
    title: plain text, "" for none. subtitle: plain text, or drawn text if it holds a tag (then escaped and wrapped by the caller).
    """
    head = wrap(title, TITLE_CHARS)
    below = subtitle if "<" in subtitle else wrap(subtitle, SUBTITLE_CHARS)
    block = "<br>".join(
        filter(None, [head and f'<b><span style="font-size:18px">{head}</span></b>', below and small(span(below, style.muted))])
    )
    lines = block.count("<br>") + 1 if block else 0
    top = LEADING * lines + (24 if lines else 14)
    fig.update_layout(
        template="none",
        paper_bgcolor=style.paper,
        plot_bgcolor=style.paper,
        showlegend=False,
        hovermode="closest",
        dragmode=False,
        bargap=0,
        font={"family": FONT, "size": 14, "color": style.ink},
        title={
            "text": block,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"l": 12, "t": 19 if head else 14},
            "font": {"size": LEADING / 1.3, "color": style.ink, "weight": "normal"},
        },
        hoverlabel={
            "font": {"family": FONT, "size": 13, "color": style.ink},
            "bgcolor": style.paper,
            "bordercolor": style.muted,
            "align": "left",
        },
        height=top + body + bottom,
        meta={"least": least},
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
    )
    return fig


PERCENTS: dict[str, Any] = {"tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1], "ticktext": ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]}
HALVES: dict[str, Any] = {"tickvals": [0, 0.5, 1], "ticktext": ["0 %", "50 %", "100 %"]}


def small(text: str) -> str:
    """Text (already escaped) in the size of a subtitle."""
    return f'<span style="font-size:13px">{text}</span>'


def axis(style: Style, grid: bool = False, **more: Any) -> dict[str, Any]:
    """A quiet axis: no zero line, ticks or box; hairlines on request; room for its labels is made by itself."""
    return {
        "showgrid": grid,
        "gridcolor": style.grid,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
        "tickfont": {"size": 14, "color": style.ink},
        "title": {"font": {"size": 13, "color": style.muted}, "standoff": 10},
    } | more


def title_of(text: str, style: Style) -> dict[str, Any]:
    """An axis title."""
    return {"text": text, "font": {"size": 13, "color": style.muted}, "standoff": 10}


def percent(value: float) -> float:
    """A share as it is drawn on an axis of percent or points."""
    return round(100 * value, 3)


def errors(values: Sequence[tuple[float, float, float]], style: Style) -> dict[str, Any]:
    """Lines from the low end of each value (it, low, high) to the high one, on an axis of percent or points."""
    more, less = ([percent(abs(value[end] - value[0])) for value in values] for end in (2, 1))
    return {"type": "data", "symmetric": False, "array": more, "arrayminus": less, "color": style.muted, "thickness": 1.5, "width": 4}


def bars(
    x: Sequence[float], y: Sequence[float], height: float, width: float, fills: Sequence[str], edges: Sequence[str], **more: Any
) -> go.Bar:
    """Cells centred on (x, y) as one trace: unlike a heatmap's, each has an outline, can be hatched, and answers a click."""
    marker = {"color": fills, "line": {"color": edges, "width": 1}} | more.pop("marker", {})
    return go.Bar(
        x=list(x),
        y=[height] * len(x),
        base=[round(v - height / 2, 3) for v in y],
        width=width,
        marker=marker,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        cliponaxis=False,
        constraintext="both",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        **more,
    )


def note(x: float, y: float, text: str, style: Style, **more: Any) -> dict[str, Any]:
    """An annotation without an arrow, in muted text unless told otherwise."""
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": 13, "color": style.muted}} | more


def outline(x0: float, x1: float, y0: float, y1: float, style: Style) -> dict[str, Any]:
    """A frame around what is selected."""
    return {
        "type": "rect",
        "x0": x0,
        "x1": x1,
        "y0": y0,
        "y1": y1,
        "line": {"color": style.ink, "width": 2.5},
        "fillcolor": alpha(style.ink, 0),
    }


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions near the wanted ones, in the same order, at least `gap` apart and within the bounds where there is room."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed: list[float] = []
    for i in order:
        placed.append(max(wanted[i], placed[-1] + gap if placed else low))
    limit = high
    for k in range(len(placed) - 1, -1, -1):
        placed[k] = min(placed[k], limit)
        limit = placed[k] - gap
    out = [0.0] * len(wanted)
    for place, i in zip(placed, order, strict=True):
        out[i] = place
    return out
