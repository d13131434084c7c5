"""Where the sentences of two runs stop, side by side, as shares of each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import depth, percent, safe, shorten, span
from dynviz.records import Floats

BESIDE, MOST, APART = 72, 1100, 0.4  # px beside the bars; that it asks for at most; from one bar of a pair to the other, of a layer


def beside(
    one: ArrayLike,
    other: ArrayLike,
    layers: Sequence[str],
    names: tuple[str, str],
    style: Style = LIGHT,
    title: str = "",
    subtitle: str = "",
) -> go.Figure:
    """Grouped bars: share of each run's sentences that stop after each layer. one, other: last layer of each sentence, from 1."""
    x = np.arange(1, len(layers) + 1)
    fig = Sketch()
    colours = (style.series_at(0), style.series_at(1))
    shares = [_shares(exits, len(layers)) for exits in (one, other)]
    printed = [[percent(float(v)) if v else "" for v in share] for share in shares]
    along = room.Along(layers, BESIDE, room.widest([*printed[0], *printed[1]]) / APART, MOST)
    for i, (share, name, colour) in enumerate(zip(shares, names, colours, strict=True)):
        fig.add_trace(
            go.Bar(
                x=(x + (APART if i else -APART) / 2).round(2).tolist(), y=share.round(4).tolist(), width=0.38, name=safe(name),
                text=printed[i] if along.each >= along.need else None, textposition="outside", cliponaxis=False, constraintext="none",
                textfont={"size": 12, "color": style.ink}, hoverinfo="text",
                hovertext=[f"{safe(shorten(name, 40))}: {percent(float(v))} after {safe(n)}" for v, n in zip(share, layers, strict=True)],
                marker={
                    "color": colour, "line": {"color": style.paper, "width": 1},
                    "pattern": {
                        "shape": "/" if i else "", "fillmode": "overlay", "fgcolor": style.paper, "fgopacity": 0.8, "size": 7,
                        "solidity": 0.25,
                    },
                },
            )
        )  # fmt: skip
    fig.update_layout(
        xaxis=layout.axis(style, **along.ticks(style), range=[0.4, len(layers) + 0.6]),
        yaxis=layout.axis(style, grid=True, range=[0, float(max(s.max(initial=0.1) for s in shares)) * 1.18], tickformat=".0%", nticks=5),
        barmode="overlay",
    )
    fig.update_yaxes(title=layout.title_of("texts", style))
    key = " · ".join(
        span(f"{sign} {safe(shorten(name, 40))}", style.text(colour)) for sign, name, colour in zip("■▨", names, colours, strict=True)
    )
    layout.frame(fig, style, title, subtitle or key, body=260, bottom=40, least=along.least)
    return fig.figure()


def beside_finding(one: ArrayLike, other: ArrayLike, layers: Sequence[str], names: tuple[str, str]) -> str:
    """Which run's sentences go deeper, and where the two differ most."""
    first, second = (_shares(exits, len(layers)) for exits in (one, other))
    means = [float((share * np.arange(1, len(layers) + 1)).sum()) for share in (first, second)]
    gap = second - first
    at = int(np.abs(gap).argmax())
    if abs(gap[at]) < 0.005:
        return f"The texts of both stop alike: after {depth(means[0])} of {len(layers)} layers on average."
    deeper = "deeper" if means[1] > means[0] else "earlier"
    said = f"“{shorten(names[1], 40)}” stops {deeper} on average: {depth(means[1])} of {len(layers)} layers, against {depth(means[0])}."
    return f"{said} They differ most after {layers[at]}: {percent(float(second[at]))} against {percent(float(first[at]))}."


def beside_table(one: ArrayLike, other: ArrayLike, layers: Sequence[str], names: tuple[str, str]) -> list[dict[str, Any]]:
    """One row per layer: share of each run's sentences."""
    first, second = (_shares(exits, len(layers)) for exits in (one, other))
    a, b = (names[0], names[1] if names[1] != names[0] else f"{names[1]} (second)")
    return [{"layer": n, a: float(x), b: float(y)} for n, x, y in zip(layers, first, second, strict=True)]


def _shares(exits: ArrayLike, layers: int) -> Floats:
    last = np.asarray(exits, np.int64)
    counts: Floats = np.bincount(last, minlength=layers + 1)[1 : layers + 1] / max(len(last), 1)
    return counts
