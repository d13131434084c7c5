"""What goes with a high or low value: means of groups of sentences with their intervals, binned or named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import count, percent, safe, shorten

BODY, ROW = 260, 30
LITTLE = {True: "5 points", False: "1 layer"}  # within which a measure hardly changes; the key: whether it is a share


@dataclass(frozen=True)
class Group:
    """Some sentences. n: how many; mean, low, high: of the measure, with its 95 % interval (NaN: too few to tell)."""

    name: str
    n: int
    mean: float
    low: float
    high: float


def difficulty(
    groups: Sequence[Group],
    overall: float,
    by: str,
    measure: str,
    share: bool = False,
    binned: bool = False,
    selected: int | None = None,
    style: Style = LIGHT,
    title: str | None = None,
    subtitle: str | None = None,
) -> go.Figure:
    """Dots with intervals; a click on one returns customdata [group].

    by: what the groups are of; measure: what is averaged; share: it is a share, drawn in percent; binned: the groups are steps of a
    number, drawn from left to right, else names, drawn from top to bottom. overall: the mean over everything, as a line.
    """
    scale = 100.0 if share else 1.0
    places = list(range(len(groups)))
    means = [round(g.mean * scale, 4) for g in groups]
    fig = Sketch([_dots(groups, places, means, scale, binned, measure, share, style)])
    level = overall * scale
    line = {"color": style.muted, "width": 1, "dash": "dash"}
    fig.add_shape({"type": "line", "line": line, **_span(level, len(groups), binned)})
    if selected is not None:
        fig.add_shape(layout.outline(*_frame(selected, _range(groups, level, scale), binned), style))
    _axes(fig, groups, level, scale, by, measure, share, binned, style)
    head = difficulty_finding(groups, overall, by, measure, share, binned) if title is None else title
    note = f"Dot and line: mean and 95 % interval. Dashed: all, {_value(overall, share)}." if subtitle is None else subtitle
    body = BODY if binned else max(ROW * len(groups), 90)
    layout.frame(fig, style, head, note, body=body, bottom=84 if binned else 52, right=24)
    return fig.figure()


def _dots(
    groups: Sequence[Group], places: list[int], means: list[float], scale: float, binned: bool, measure: str, share: bool, style: Style
) -> go.Scatter:
    up = [0.0 if g.high != g.high else round((g.high - g.mean) * scale, 4) for g in groups]
    down = [0.0 if g.low != g.low else round((g.mean - g.low) * scale, 4) for g in groups]
    error = {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "color": style.correct, "thickness": 2, "width": 5}
    said = [
        f"<b>{safe(g.name)}</b><br>{safe(measure)} {_value(g.mean, share)} {_interval(g, share)}<br>{count(g.n, 'text')}"
        for g in groups
    ]
    marker = {"size": 13, "color": style.correct, "line": {"color": style.paper, "width": 1.5}, "opacity": 1}
    return go.Scatter(
        x=places if binned else means,
        y=means if binned else places,
        mode="markers",
        marker=marker,
        customdata=[[i] for i in places],
        hoverinfo="text",
        hovertext=said,
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
        name=measure,
        **{"error_y" if binned else "error_x": error},
    )


def _span(level: float, groups: int, binned: bool) -> dict[str, float]:
    ends = {"from": -0.5, "to": groups - 0.5}
    if binned:
        return {"x0": ends["from"], "x1": ends["to"], "y0": level, "y1": level}
    return {"x0": level, "x1": level, "y0": ends["from"], "y1": ends["to"]}


def _frame(selected: int, bounds: tuple[float, float], binned: bool) -> tuple[float, float, float, float]:
    return (selected - 0.45, selected + 0.45, *bounds) if binned else (*bounds, selected - 0.45, selected + 0.45)


def _range(groups: Sequence[Group], level: float, scale: float) -> tuple[float, float]:
    """What is drawn of the measure: all intervals, with some air."""
    ends = [v * scale for g in groups for v in (g.low, g.high, g.mean) if v == v] + [level]
    low, high = min(ends), max(ends)
    air = max((high - low) * 0.12, 0.02 * max(abs(high), 1e-9))
    return low - air, high + air


def _axes(
    fig: Sketch, groups: Sequence[Group], level: float, scale: float, by: str, measure: str, share: bool, binned: bool, style: Style
) -> None:
    names = [f"{safe(shorten(g.name, 26))}" for g in groups]
    lined = [f"{name}<br>n = {g.n:,}" if binned else f"{name}, n = {g.n:,}" for name, g in zip(names, groups, strict=True)]
    ticks: dict[str, Any] = {"tickvals": list(range(len(groups))), "ticktext": lined}
    bounds = list(_range(groups, level, scale))
    values = layout.axis(style, grid=True, range=bounds, nticks=6, ticksuffix=" %" if share else "")
    values["title"] = layout.title_of(measure, style)
    named = layout.axis(style, range=[-0.5, len(groups) - 0.5] if binned else [len(groups) - 0.5, -0.5], **ticks)
    named["tickfont"] = {"size": 13, "color": style.ink}
    if binned:
        named["title"] = layout.title_of(by, style)
        fig.update_layout(xaxis=named, yaxis=values)
    else:
        fig.update_layout(xaxis=values, yaxis=named)


def difficulty_finding(groups: Sequence[Group], overall: float, by: str, measure: str, share: bool = False, binned: bool = False) -> str:
    """Where the measure is highest and lowest, and whether their intervals keep apart."""
    known = [g for g in groups if g.mean == g.mean]
    if len(known) < 2:
        return f"All texts fall into one group by {by}: {measure} {_value(overall, share)}."
    if binned:
        first, last = known[0], known[-1]
        ends = f"{_value(first.mean, share)} at {first.name}, {_value(last.mean, share)} at {last.name}."
        if _apart(first, last):
            return f"{measure.capitalize()} {'rises' if last.mean > first.mean else 'falls'} with {by}: {ends}"
        if _close(first, last, share):
            return f"{measure.capitalize()} hardly changes with {by}: {ends} Their intervals overlap, and both lie within {LITTLE[share]}."
        some = count(sum(g.n for g in groups), "text")
        return f"Whether {measure} changes with {by}, these {some} cannot tell: {ends} Their intervals overlap."
    high, low = max(known, key=lambda g: g.mean), min(known, key=lambda g: g.mean)
    top, bottom = f"{high.name} ({_value(high.mean, share)})", f"{low.name} ({_value(low.mean, share)})"
    said = f"{measure.capitalize()} is highest for {top} and lowest for {bottom}."
    return said + _hint(_apart(low, high))


def _hint(apart: bool) -> str:
    return "" if apart else " Their intervals overlap: that may be chance."


def _apart(one: Group, other: Group) -> bool:
    return bool(one.high < other.low or other.high < one.low)


def _close(one: Group, other: Group, share: bool) -> bool:
    """Whether both intervals lie within so little that a difference would be slight; never where one is not known."""
    ends = np.array([one.low, one.high, other.low, other.high])
    return bool(np.ptp(ends) < (0.05 if share else 1))  # NaN is not


def _value(value: float, share: bool) -> str:
    return percent(value) if share else f"{value:.2f}"


def _interval(group: Group, share: bool) -> str:
    return "" if group.low != group.low else f"[{_value(group.low, share)}, {_value(group.high, share)}]"


def difficulty_table(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """One row per group."""
    return [{"group": g.name, "texts": g.n, "mean": g.mean, "low": g.low, "high": g.high} for g in groups]
