"""Accuracy against compute: one curve per method, the baselines it must beat, and the operating point in use."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.curves import (
    Curve,
    Unit,
    Values,
    curve_of,
    dominated,
    drawn_metric,
    front,
    point_text,
    tradeoff_finding,
    tradeoff_table,
    view,
)
from dynviz.figures.labels import Area, Box, Label, Point, Rect, corner, path, place
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha
from dynviz.figures.wording import RING, SUBTITLE_CHARS, count, safe, wrap

__all__ = ["Curve", "curve_of", "tradeoff", "tradeoff_finding", "tradeoff_table"]

NAMED = 10  # px more above the plot, for the budget's name
BODY, NARROW, WIDE = 380, 350, 830  # px of the plot area: its height, and the widths for which labels are placed
SIGNS = {"seed": "─ ", "static": "■ ", "random": "╌ ", "oracle": "╌ ", "full": "★ "}  # before the names of baselines, whose greys are alike
UNITS: dict[Unit, tuple[str, str]] = {
    "share": ("compute, % of the plain model", " %"),
    "layers": ("mean depth of all tokens, layers", ""),
    "ms": ("milliseconds per text", " ms"),
    "energy": ("relative energy by EdgeBERT's model, % of full depth", " %"),
}


def tradeoff(
    curves: Sequence[Curve],
    operating: tuple[str, int] | None = None,
    x_title: str | None = None,
    y_title: str | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    style: Style = LIGHT,
    zoom: bool = True,
    unit: Unit = "share",
    n: int | None = None,
    budget: float | None = None,
) -> go.Figure:
    """Draw the curves; a click on a point returns customdata [curve name, point].

    operating: (curve name, point) to ring; its curve gets the band. n: examples, named in the subtitle. zoom: y on what matters,
    the full range in an inset. title, subtitle: None for the finding and the key, "" for nothing. budget: at most this share of compute,
    a line with what is dearer in the shade; on the axis of compute only.
    """
    scaled = [_percent(c, unit) for c in curves]
    chosen = next((c for c in scaled if operating is not None and c.name == operating[0]), None)
    limit = round(budget * 100, 3) if budget is not None and unit == "share" else None
    box = Box(_holding(view(scaled, chosen, zoom), limit), NARROW, BODY)
    cloud = [p for c in scaled for p in path(box, *_way(c))]
    fig = Sketch()
    if chosen is not None and chosen.low is not None:
        fig.add_trace(_band(chosen, colour(scaled, chosen, style)))
    fig.add_trace(_front(scaled, style))
    for curve in sorted(scaled, key=lambda c: c.kind != "seed"):  # thin, under the others
        fig.add_trace(_seed(curve, scaled, style) if curve.kind == "seed" else _line(curve, scaled, style, unit))
    cloud += _corners(scaled, box)
    texts = _texts(scaled, chosen, box, style)
    if limit is not None:
        cloud += _limit(fig, limit, box, style)
    if chosen is not None and operating is not None:
        cloud += _ring(fig, chosen, operating[1], box, style)
        at = (float(chosen.x[operating[1]]), float(chosen.accuracy[operating[1]]))
        texts.insert(0, (f"<b>{safe(point_text(curves, operating, unit)).replace(', ', ',<br>', 1)}</b>", style.ink, [at], [box.px(*at)]))
    inset = corner(box, cloud) if zoom and cloud else None
    if inset is not None:
        _inset(fig, scaled, box, inset, style)
    for note in place(box, texts, cloud, [] if inset is None else [inset], WIDE):
        fig.add_annotation(**note, bgcolor=alpha(style.paper, 0.85))
    _axes(fig, box, style, x_title or UNITS[unit][0], y_title or f"{drawn_metric(curves)}, %", UNITS[unit][1])
    head = tradeoff_finding(curves, operating, unit) if title is None else title
    layout.frame(fig, style, head, _key(scaled, chosen, n, inset, limit) if subtitle is None else subtitle, body=BODY, bottom=64)
    if limit is not None:
        fig.update_layout(margin={"t": fig.layout["margin"]["t"] + NAMED}, height=fig.layout["height"] + NAMED)
    return fig.figure()


def _percent(curve: Curve, unit: Unit) -> Curve:
    def times(values: Values | None) -> Values | None:
        return None if values is None else values * 100

    x = curve.x * 100 if unit in ("share", "energy") else curve.x
    return replace(curve, x=x, accuracy=curve.accuracy * 100, low=times(curve.low), high=times(curve.high))


def _rank(curves: Sequence[Curve], curve: Curve) -> int:
    if curve.kind != "method" or curve.rank is not None:
        return curve.rank or 0
    return [c.name for c in curves if c.kind == "method"].index(curve.name)


def colour(curves: Sequence[Curve], curve: Curve, style: Style) -> str:
    """A method's own colour; grey for baselines, ink for the oracle and the plain model."""
    if curve.kind == "seed":
        return style.series_at(curve.rank or 0)
    fixed = {"static": style.baseline, "random": style.baseline, "oracle": style.ink, "full": style.ink}
    return fixed.get(curve.kind) or style.series_at(_rank(curves, curve))


def _line(curve: Curve, curves: Sequence[Curve], style: Style, unit: Unit) -> go.Scatter:
    order = np.argsort(curve.x, kind="stable")
    own, hollow = colour(curves, curve, style), dominated(curve, curves)[order]
    dash = {"static": "dot", "random": "dash", "oracle": "dash"}.get(curve.kind, "dash" if curve.dashed else "solid")
    symbol, size = {"static": ("square", 9), "full": ("star", 18), "random": ("circle", 5), "oracle": ("circle", 5)}.get(
        curve.kind, ("circle", 9)
    )
    knobs, metric = [curve.knobs[i] if i < len(curve.knobs) else "" for i in order], drawn_metric(curves)
    hover = [
        "<br>".join(
            filter(
                None, [f"<b>{safe(curve.name)}</b>", safe(knob), f"{curve.x[i]:.3g}{UNITS[unit][1]}", f"{metric} {curve.accuracy[i]:.1f} %"]
            )
        )
        for i, knob in zip(order, knobs, strict=True)
    ]
    return go.Scatter(
        x=curve.x[order].round(3).tolist(),
        y=curve.accuracy[order].round(3).tolist(),
        mode="lines+markers",
        name=safe(curve.name),
        line={"color": own, "width": 2.5 if curve.kind == "method" else 1.5, "dash": dash, "shape": "hv" if curve.stepped else "linear"},
        marker={
            "symbol": symbol,
            "size": size,
            "opacity": 1,
            "color": [style.paper if h else own for h in hollow],
            "line": {"color": own, "width": 2},
        },
        customdata=[[curve.name, int(i)] for i in order],
        hovertext=hover,
        hoverinfo="text",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _seed(curve: Curve, curves: Sequence[Curve], style: Style) -> go.Scatter:
    """A training with another seed: a thin line, or a small ring where it is one point; it cannot be clicked."""
    order, own = np.argsort(curve.x, kind="stable"), colour(curves, curve, style)
    return go.Scatter(
        x=curve.x[order].round(3).tolist(),
        y=curve.accuracy[order].round(3).tolist(),
        mode="lines" if len(order) > 1 else "markers",
        name=safe(curve.name),
        line={"color": own, "width": 1},
        marker={"symbol": "circle-open", "size": 7, "color": own},
        hoverinfo="name",
    )


def _band(curve: Curve, colour: str) -> go.Scatter:
    assert curve.low is not None
    assert curve.high is not None
    order = np.argsort(curve.x, kind="stable")
    x, low, high = curve.x[order], curve.low[order], curve.high[order]
    return go.Scatter(
        x=np.concatenate([x, x[::-1]]).round(3).tolist(),
        y=np.concatenate([high, low[::-1]]).round(3).tolist(),
        mode="lines",
        fill="toself",
        fillcolor=alpha(colour, 0.16),
        line={"width": 0},
        hoverinfo="skip",
        name="95 % band",
    )


def _front(curves: Sequence[Curve], style: Style) -> go.Scatter:
    x, y = front(curves)
    return go.Scatter(
        x=x.round(3).tolist(),
        y=y.round(3).tolist(),
        mode="lines",
        hoverinfo="skip",
        name="Pareto front",
        line={"color": alpha(style.ink, 0.55), "width": 1, "shape": "hv"},
    )


def _texts(curves: Sequence[Curve], chosen: Curve | None, box: Box, style: Style) -> list[Label]:
    """The label of each curve, the one in use first, with the places it may stand at: its points and their midpoints, where in view."""
    out, named = [], set()
    for c in sorted(curves, key=lambda curve: curve is not chosen):
        if c.kind == "seed" and c.name in named:  # one label for all of them
            continue
        named.add(c.name)
        order = np.argsort(c.x, kind="stable")
        ends = list(zip(c.x[order], c.accuracy[order], strict=True))
        middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in itertools.pairwise(ends)]
        spots = [(float(x), float(y)) for x, y in ends + middles if box.holds(float(x), float(y))]
        if spots:
            out.append(
                (
                    (SIGNS.get(c.kind, "") if len(c.x) > 1 or c.kind == "full" else "") + safe(c.name),
                    style.text(colour(curves, c, style)),
                    spots,
                    path(box, *_way(c)),
                )
            )
    return out


def _way(curve: Curve) -> tuple[Values, Values]:
    """The places the drawn line runs through, the corners of a stepped one included."""
    order = np.argsort(curve.x, kind="stable")
    x, y = curve.x[order], curve.accuracy[order]
    return (np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]) if curve.stepped else (x, y)


def _corners(curves: Sequence[Curve], box: Box) -> list[Point]:
    """Px the stepped front runs through."""
    x, y = front(curves)
    steps = [path(box, x[i : i + 2], np.array([y[i], y[i]])) for i in range(len(x) - 1)]
    rises = [path(box, np.array([x[i], x[i] + 1e-9]), y[i - 1 : i + 1]) for i in range(1, len(x))]
    return [p for part in steps + rises for p in part]


def _ring(fig: Sketch, curve: Curve, point: int, box: Box, style: Style) -> list[tuple[float, float]]:
    """Ring the point, drop lines to both axes; returns the px the lines run through."""
    x, y = float(curve.x[point]), float(curve.accuracy[point])
    left, _, low, _ = box.area
    fig.add_trace(
        go.Scatter(
            x=[left, x, x],
            y=[y, y, low],
            mode="lines",
            line={"color": style.ink, "width": 1, "dash": "dot"},
            hoverinfo="skip",
            name="drop lines",
        )
    )
    ring = {"symbol": "circle-open", "size": 20, "color": style.ink, "line": {"width": 2.5}}
    fig.add_trace(go.Scatter(x=[x], y=[y], mode="markers", marker=ring, hoverinfo="skip", name="operating point"))
    return path(box, np.array([left, x]), np.array([y, y])) + path(box, np.array([x, x + 1e-9]), np.array([low, y]))


def _holding(area: Area, limit: float | None) -> Area:
    """The area, wide enough for the budget's line."""
    if limit is None:
        return area
    left, right, low, high = area
    room = (right - left) * 0.04
    return min(left, limit - room), max(right, limit + room), low, high


def _limit(fig: Sketch, limit: float, box: Box, style: Style) -> list[Point]:
    """The budget's line with its name above it, and a shade over what is dearer; returns the px the line runs through."""
    _, right, low, high = box.area
    shade = {"fillcolor": alpha(style.muted, 0.12), "line": {"width": 0}, "layer": "below", "name": "dearer"}
    fig.add_shape({"type": "rect", "x0": limit, "x1": right, "y0": low, "y1": high, **shade})
    line = {"color": style.ink, "width": 1.5, "dash": "dash"}
    fig.add_trace(go.Scatter(x=[limit, limit], y=[low, high], mode="lines", line=line, hoverinfo="skip", name="budget"))
    fig.add_annotation(layout.note(limit, 1, f"at most {limit:.3g} %", style, yref="paper", yanchor="bottom"))
    return path(box, np.array([limit, limit + 1e-9]), np.array([low, high]))


def _inset(fig: Sketch, curves: Sequence[Curve], box: Box, rect: Rect, style: Style) -> None:
    """The same lines on the full range of accuracy, small, where the least is covered."""
    for c in (c for c in curves if c.kind != "seed"):
        order = np.argsort(c.x, kind="stable")
        line = {"color": colour(curves, c, style), "width": 1.2, "dash": "dot" if c.kind == "static" else "solid"}
        mode = "markers" if len(order) == 1 else "lines"
        fig.add_trace(
            go.Scatter(
                x=c.x[order].round(2).tolist(),
                y=c.accuracy[order].round(2).tolist(),
                mode=mode,
                line=line,
                xaxis="x2",
                yaxis="y2",
                hoverinfo="skip",
                marker={"symbol": "star", "size": 6, "color": style.ink},
                name=f"{safe(c.name)}, full range",
            )
        )
    x0, x1, y0, y1 = box.fractions(rect)
    small = {"size": 10, "color": style.muted}
    shared = {
        "zeroline": False,
        "showgrid": False,
        "ticks": "",
        "fixedrange": True,
        "tickfont": small,
        "linecolor": style.muted,
        "mirror": True,
        "showline": True,
    }
    fig.update_layout(
        xaxis2={**shared, "domain": [x0, x1], "anchor": "y2", "range": list(box.area[:2]), "showticklabels": False},
        yaxis2={**shared, "domain": [y0, y1], "anchor": "x2", "range": [0, 103], "tickvals": [0, 100], "ticktext": ["0 %", "100 %"]},
    )
    fig.add_shape(
        type="rect",
        xref="x2",
        yref="y2",
        x0=box.area[0],
        x1=box.area[1],
        y0=box.area[2],
        y1=box.area[3],
        line={"width": 0},
        fillcolor=alpha(style.muted, 0.2),
    )


def _axes(fig: Sketch, box: Box, style: Style, x_title: str, y_title: str, suffix: str) -> None:
    x0, x1, y0, y1 = box.area
    fig.update_layout(
        xaxis=layout.axis(style, grid=True, title=layout.title_of(x_title, style), range=[x0, x1], ticksuffix=suffix, nticks=10),
        yaxis=layout.axis(style, grid=True, title=layout.title_of(y_title, style), range=[y0, y1], nticks=8),
    )


def _key(curves: Sequence[Curve], chosen: Curve | None, n: int | None, inset: Rect | None, limit: float | None) -> str:
    said = []
    if chosen is not None and chosen.low is not None:
        said.append("Band: 95 % paired bootstrap of the difference to full depth" + (f", n = {n}." if n else "."))
    elif n:
        said.append(f"{count(n, 'example')}.")
    if any(dominated(c, curves).any() for c in curves):
        said.append("○: another point is cheaper or better.")
    if any(c.kind == "method" for c in curves):
        said.append("Thin steps: the best reached at each cost.")
    if chosen is not None:
        said.append(RING)
    if limit is not None:
        said.append("Dashed: the budget; in the shade, what is dearer.")
    if inset is not None:
        said.append("Small frame: the full range.")
    return wrap(" ".join(said), SUBTITLE_CHARS)
