"""Two backbones of a task beside each other: what they reach for their work, the order of methods, and how early sentences leave."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.backbones import EARLY, OVERTHOUGHT
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.two_marks import SIGNS, Span, spans, two_marks
from dynviz.figures.wording import count, number, percent, percent1, points, safe, verb
from dynviz.figures.zoo import ROW, at_once, rows_of
from dynviz.records.backbones import Held, Order, Reached, TaskBackbones
from dynviz.records.tasks import noun
from dynviz.records.zoo import side

TALL = 300  # px
ASIDE = 0.06  # of an axis, beyond its ends: a mark there hides no name
PANELS = {"leave in the first third": (0.0, 0.47), "some exit right, the last wrong": (0.55, 1.0)}
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


def backbones_work(found: TaskBackbones, style: Style = LIGHT) -> go.Figure:
    """Accuracy over work, which is the same of both: a line for the plain models cut at each depth, dots for the settings of methods."""
    fig = Sketch()
    settings = [one for order in found.orders for one in order.methods]
    for i, (name, line, times) in enumerate(zip(_names(found), found.static, found.times, strict=True)):
        own = style.series_at(i)
        fill = (style.paper, own)[i]  # as in the other pictures: hollow for the shallower
        cuts = [("Plain model", *point) for point in line or ((times, found.plain[i]),)]
        marker = {"size": 10, "color": fill, "line": {"color": own, "width": 2}}
        fig.add_trace(_marks(cuts, times, name, mode="lines+markers", name=name, line={"color": own, "width": 2}, marker=marker))
        reached = [(one.method, one.share[i] * times, one.accuracy[i]) for one in settings]
        marker = {"size": 7, "symbol": "diamond", "color": fill, "line": {"color": own, "width": 1.5}}
        fig.add_trace(_marks(reached, times, name, mode="markers", name=f"methods on {name}", marker=marker))
        end = {"xanchor": "right", "yanchor": "bottom", "yshift": 8, "font": {"size": 13, "color": style.text(own)}}
        fig.add_annotation(layout.note(math.log10(cuts[-1][1]), layout.percent(cuts[-1][2]), name, style, **end))
    ticks = {"type": "log", "tickvals": list(TICKS), "ticktext": [number(t) for t in TICKS], "tickangle": 0}
    words = layout.title_of(f"work, that of the whole model of {found.layers[0]} layers being 1", style)
    fig.update_layout(xaxis=layout.axis(style, grid=True, title=words, **ticks), yaxis=layout.axis(style, grid=True, ticksuffix=" %"))
    layout.frame(fig, style, "", "", body=TALL, bottom=56)
    return fig.figure()


def _marks(found: Sequence[tuple[str, float, float]], times: float, backbone: str, **more: Any) -> go.Scatter:
    """Marks of (model, work, accuracy) on a backbone whose plain model takes so many times the unit."""
    words = [f"<b>{safe(model)}</b>, {backbone}<br>{_at(work, right, work / times)}" for model, work, right in found]
    x, y = [work for _, work, _ in found], [layout.percent(right) for _, _, right in found]
    return go.Scatter(x=x, y=y, hovertext=words, hoverinfo="text", **more)


def _at(work: float, right: float, share: float) -> str:
    return f"{percent1(right)} right at {number(work)} times the work, {percent(share)} of its own plain model's"


def backbones_work_key() -> str:
    """What the marks are."""
    return f"{SIGNS[0]} {SIGNS[1]} plain models, cut and tuned at each depth. ◇ ◆ methods at their settings within the budgets."


def backbones_work_table(found: TaskBackbones) -> list[dict[str, Any]]:
    """A row for each mark."""
    rows: list[tuple[str, str, float, float, float]] = []
    for i, (name, line, times) in enumerate(zip(_names(found), found.static, found.times, strict=True)):
        rows += [(name, "Plain model", work, work / times, right) for work, right in line]
        reached = [one for order in found.orders for one in order.methods]
        rows += [(name, one.method, one.share[i] * times, one.share[i], one.accuracy[i]) for one in reached]
    return [dict(zip(("backbone", "method", "work", "share of its plain model", "right"), row, strict=True)) for row in rows]


def backbones_order(found: TaskBackbones, order: Order, style: Style = LIGHT) -> go.Figure:
    """A row for each method: its points against its own plain model on either backbone; the best on the shallower on top."""
    rows = sorted(order.methods, key=lambda one: one.accuracy[0])
    fig = Sketch()
    few, many = _names(found)
    two_marks(fig, [one.lost for one in rows], [(_hover(one, 0, few), _hover(one, 1, many)) for one in rows], (few, many), style)
    rows_of(fig, [one.method for one in rows], [], style)
    title = layout.title_of("points against its own plain model", style)
    fig.update_layout(xaxis=layout.axis(style, grid=True, title=title, zeroline=True, zerolinecolor=style.ink, zerolinewidth=1))
    layout.frame(fig, style, "", "", body=ROW * len(rows) + 20, bottom=56)
    return fig.figure()


def _hover(one: Reached, i: int, name: str) -> str:
    lost = "{} [{}, {}]".format(*map(points, one.lost[i]))
    return f"<b>{safe(one.method)}</b>, {name}<br>{percent1(one.accuracy[i])} right at {percent(one.share[i])}, {lost} points"


def backbones_order_key(found: TaskBackbones) -> str:
    """Which mark is which backbone."""
    few, many = _names(found)
    said = "Lines: 95 % for all methods of a backbone within the budget at once."
    return f"{SIGNS[0]} {few}, {SIGNS[1]} {many}, each against its own plain model. {said}"


def backbones_order_finding(found: TaskBackbones, order: Order) -> str:
    """How many lose less on the deeper, and who gains most by it."""
    few, many = _names(found)
    gains = {one.method: one.lost[1][0] - one.lost[0][0] for one in order.methods}
    limit, less = f"Within {percent(order.budget)} of the compute", sum(gain > 0 for gain in gains.values())
    if not gains:
        return f"{limit} no method has a setting on both."
    n = count(len(gains), "method")
    nearer = f"{verb(max(less, 1), 'stands nearer to its', 'stand nearer to their')} own plain model on {many} than on {few}"
    said = f"{limit} {less or 'none'} of {n} {nearer}"
    most = max(order.methods, key=lambda one: gains[one.method])
    here, there = (points(value[0]) for value in most.lost)
    return said + (f": {most.method} moves most, from {here} points to {there}." if less else ".")


def backbones_order_table(found: TaskBackbones, order: Order) -> list[dict[str, Any]]:
    """A row for each method."""
    heads = ("compute", "right", "points", "from", "to")
    return [
        {
            "method": one.method,
            **{
                f"{name}: {head}": value
                for i, name in enumerate(_names(found))
                for head, value in zip(heads, (one.share[i], one.accuracy[i], *(100 * x for x in one.lost[i])), strict=True)
            },
        }
        for one in order.methods
    ]


def backbones_shares(found: TaskBackbones, style: Style = LIGHT) -> go.Figure:
    """Two columns, a row for each method: the share of sentences that leave in the first third of the layers, and of those that an exit has
    right and the last one wrong, from the shallower backbone to the deeper."""
    names = _methods(found)
    fig = Sketch()
    for i, (shares, (title, domain)) in enumerate(zip((found.early, found.overthought), PANELS.items(), strict=True)):
        axis = str(i + 1) if i else ""
        there = [Span(names.index(one.method), one.share, side(one.more) != "level", _moved(one, found)) for one in shares.methods]
        spans(fig, there, axis, style)
        shown = {"title": layout.title_of(title, style), "domain": list(domain), "nticks": 4, "tickangle": 0}
        far = layout.percent(max((end for one in there for end in one.ends), default=0.0)) or 1.0
        ends = [-ASIDE * far, (1 + ASIDE) * far]
        fig.update_layout(**{f"xaxis{axis}": layout.axis(style, grid=True, ticksuffix=" %", range=ends, **shown)})
    rows_of(fig, names, [], style)
    layout.frame(fig, style, "", "", body=ROW * len(names) + 20, bottom=56)
    return fig.figure()


def _methods(found: TaskBackbones) -> list[str]:
    """From the lowest row up: the more leave early on the deeper, the higher; those that are compared in the other way alone lowest."""
    early = {one.method: one.share[1] for one in found.early.methods}
    return sorted({*early, *(one.method for one in found.overthought.methods)}, key=lambda name: (early.get(name, -1.0), name))


def _moved(one: Held, found: TaskBackbones) -> str:
    (few, many), (here, there) = _names(found), map(percent1, one.share)
    mean, low, high = map(points, one.more)
    return f"<b>{safe(one.method)}</b><br>{few} {here}, {many} {there}<br>{mean} [{low}, {high}] points"


def backbones_shares_key(found: TaskBackbones) -> str:
    """Which mark is which backbone, and what the lines say."""
    few, many = _names(found)
    surely = at_once(len(_methods(found)), "method")
    return f"Share of {noun(found.task)}s: {SIGNS[0]} {few}, {SIGNS[1]} {many}. Thick: surely different ({surely}); thin: cannot be told."


def backbones_shares_finding(found: TaskBackbones) -> str:
    """In which methods either share moves most."""
    (few, many), texts, said = _names(found), f"{noun(found.task)}s", []
    for what, shares in ((EARLY, found.early), (OVERTHOUGHT, found.overthought)):
        if shares.methods:
            most = max(shares.methods, key=lambda one: abs(one.more[0]))
            here, there = map(percent1, most.share)
            said.append(f"The share of {texts} that {what} moves most in {most.method}: {here} with {few}, {there} with {many}.")
    return " ".join(said)


def backbones_shares_table(found: TaskBackbones) -> list[dict[str, Any]]:
    """A row for each method and share."""
    names = _names(found)
    return [
        {"share": what, "method": one.method, **dict(zip(names, one.share, strict=True)), **_ends(one)}
        for what, shares in ((EARLY, found.early), (OVERTHOUGHT, found.overthought))
        for one in shares.methods
    ]


def _ends(one: Held) -> dict[str, float]:
    return dict(zip(("difference", "from", "to"), one.more, strict=True))


def _names(found: TaskBackbones) -> tuple[str, str]:
    few, many = found.layers
    return f"{few} layers", f"{many} layers"
