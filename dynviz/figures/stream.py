"""A policy on a stream: how often it played each threshold, what it lost against the best fixed one, and what came of it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha
from dynviz.figures.wording import count, depth, number, percent
from dynviz.records import Stream

DRAWN = 200  # places of a stream that are drawn
Values = NDArray[np.float64]


def stream(streams: Sequence[Stream], style: Style = LIGHT, title: str = "", subtitle: str = "") -> go.Figure:
    """Four panels over the shuffles of one stream: plays of each threshold, cumulative regret, running accuracy, running mean exit
    layer. Lines: the mean over the shuffles; bands: from the least to the most. Dotted: the best fixed threshold."""
    first = streams[0]
    fig = Sketch([_plays(streams, style)])
    best = first.best
    total = first.fixed[best].cumsum()
    for axis, take, fixed in (
        ("2", lambda s: s.regret, np.zeros(len(total))),
        ("3", lambda s: 100 * s.accuracy, np.full(len(total), 100 * first.fixed_right[best])),
        ("4", lambda s: s.depth, np.full(len(total), first.fixed_exits[best])),
    ):
        for trace in _lines(streams, take, fixed, axis, style):
            fig.add_trace(trace)
    _axes(fig, first, style)
    layout.frame(fig, style, title, subtitle, body=560, bottom=56)
    return fig.figure()


def stream_finding(streams: Sequence[Stream]) -> str:
    """The threshold the policy settles on, its accuracy and mean exit, against the best fixed threshold."""
    first, n = streams[0], len(streams[0].arms)
    favourite = int(np.sum([s.counts for s in streams], axis=0).argmax())
    exits, right, regret = (np.array([getattr(s, name)[-1] for s in streams]) for name in ("depth", "accuracy", "regret"))
    best = first.best
    played, wanted = number(float(first.thresholds[favourite])), number(float(first.thresholds[best]))
    good = percent(float(right.mean())), percent(float(first.fixed_right[best]))
    return (
        f"Over {count(n, 'text')}, in {count(len(streams), 'order')}, it comes to play the threshold {played} most; the best fixed one "
        f"is {wanted}. It leaves after layer {depth(exits.mean())} of {first.layers} on average with {good[0]} right (the "
        f"best fixed one: {depth(first.fixed_exits[best])}, {good[1]}), and ends {_range(regret)} of reward "
        "behind it."
    )


def _range(values: Values) -> str:
    low, high = f"{values.min():.1f}", f"{values.max():.1f}"
    return low if low == high else f"{low} to {high}"


def stream_table(streams: Sequence[Stream]) -> list[dict[str, Any]]:
    """A row for each threshold: how often it was played, what it earned, and what it would have reached played throughout."""
    first = streams[0]
    plays = np.array([s.counts for s in streams])
    with np.errstate(invalid="ignore"):
        earned = np.sum([s.values * s.counts for s in streams], axis=0) / plays.sum(0)
    return [
        {
            "threshold": round(float(arm), 4), "plays, mean": float(plays[:, k].mean()), "plays, least": int(plays[:, k].min()),
            "plays, most": int(plays[:, k].max()), "mean reward when played": None if np.isnan(earned[k]) else float(earned[k]),
            "reward if always played": float(first.fixed[k].mean()), "accuracy if always played": float(first.fixed_right[k]),
            "exit layer if always played": float(first.fixed_exits[k]), "best": k == first.best,
        }
        for k, arm in enumerate(first.thresholds)
    ]  # fmt: skip


def _plays(streams: Sequence[Stream], style: Style) -> go.Bar:
    first = streams[0]
    plays = np.array([s.counts for s in streams]) / len(first.arms)
    mean, low, high = plays.mean(0), plays.min(0), plays.max(0)
    return go.Bar(
        x=[number(float(v)) for v in first.thresholds],
        y=mean.round(4).tolist(),
        width=0.8,
        name="plays",
        marker={"color": [style.ink if k == first.best else style.series_at(0) for k in range(len(mean))]},
        error_y={
            "type": "data", "symmetric": False, "array": (high - mean).round(4).tolist(), "arrayminus": (mean - low).round(4).tolist(),
            "color": style.muted, "thickness": 1.5, "width": 4,
        },
        hoverinfo="text",
        hovertext=[f"threshold {number(float(a))}: {percent(float(m))} of the plays" for a, m in zip(first.thresholds, mean, strict=True)],
    )  # fmt: skip


def _lines(streams: Sequence[Stream], take: Callable[[Stream], Values], fixed: Values, axis: str, style: Style) -> list[go.Scatter]:
    steps = len(streams[0].arms)
    at = np.unique(np.linspace(0, steps - 1, min(DRAWN, steps)).astype(int))
    values = np.array([take(s) for s in streams])[:, at]
    x = (at + 1).tolist()
    mean, low, high = (v.round(4).tolist() for v in (values.mean(0), values.min(0), values.max(0)))
    shared = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "mode": "lines", "hoverinfo": "skip"}
    blue = style.series_at(0)
    return [
        go.Scatter(
            **shared, x=x + x[::-1], y=high + low[::-1], fill="toself", fillcolor=alpha(blue, 0.2), line={"width": 0}, name="shuffles"
        ),
        go.Scatter(**shared, x=x, y=fixed[at].round(4).tolist(), line={"color": style.ink, "width": 1.5, "dash": "dot"}, name="best fixed"),
        go.Scatter(**{**shared, "hoverinfo": "y"}, x=x, y=mean, line={"color": blue, "width": 2.5}, name="learned"),
    ]


def _axes(fig: Sketch, first: Stream, style: Style) -> None:
    upper, lower, left, right = [0.58, 1], [0, 0.42], [0, 0.44], [0.56, 1]
    panels = (
        ("", left, upper, "share of the plays", "threshold"), ("2", right, upper, "regret so far", "texts so far"),
        ("3", left, lower, "right so far, %", "texts so far"), ("4", right, lower, "exit layer so far", "texts so far"),
    )  # fmt: skip
    for name, wide, high, said, below in panels:
        x = layout.axis(style, title=layout.title_of(below, style), domain=wide, anchor=f"y{name}", nticks=6)
        fig.update_layout(**{f"xaxis{name}": {**x, "type": "category"} if not name else x})
        y = layout.axis(style, grid=True, title=layout.title_of(said, style), domain=high, anchor=f"x{name}", nticks=6)
        fig.update_layout(**{f"yaxis{name}": {**y, "range": [0, 1.05], "tickformat": ".0%"} if not name else y})
    fig.update_layout(yaxis4={"range": [0.8, first.layers + 0.2]})
