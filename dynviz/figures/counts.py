"""A list of counts, one a layer, as a staircase: layers bottom to top, each as long as tokens go on in it."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, on

ROW = 32  # px of a layer, where there are few


def counts(kept: ArrayLike, style: Style = LIGHT) -> go.Figure:
    """Draw how many tokens go on at most (L,), each bar with its number."""
    many = np.asarray(kept, float)
    at, fill, high = list(range(1, len(many) + 1)), style.certainty[0], room.row(len(many), ROW)
    fig = Sketch()
    fig.add_trace(
        go.Bar(
            x=many, y=at, orientation="h", width=layout.CELL, marker={"color": fill, "line": {"width": 0}}, name="counts",
            text=[f"{n:.0f}" for n in many], textposition="auto", insidetextfont={"size": 13, "color": on(fill)},
            outsidetextfont={"size": 13, "color": style.ink}, hoverinfo="text",
            hovertext=[f"layer {i}: at most {n:.0f} tokens" for i, n in zip(at, many, strict=True)],
        )
    )  # fmt: skip
    fig.update_xaxes(layout.axis(style, range=[0, float(many.max()) * 1.05]), title=layout.title_of("tokens that go on, at most", style))
    fig.update_yaxes(layout.axis(style, range=[0.4, len(at) + 0.6], **room.rows([f"layer {i}" for i in at], at, high, style)))
    fig.update_layout(uniformtext={"mode": "show", "minsize": 7})
    layout.frame(fig, style, "", "", body=int(high * len(at)) + 10, bottom=60)
    return fig.figure()


def counts_table(kept: ArrayLike) -> list[dict[str, Any]]:
    """One row per layer."""
    return [{"layer": i, "tokens at most": int(n)} for i, n in enumerate(np.asarray(kept), start=1)]
