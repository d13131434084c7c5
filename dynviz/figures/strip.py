"""A long text as one thin strip: how deep each word went, and which part of it the other pictures show."""


import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.columns import By, columns
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, depth_colours
from dynviz.figures.wording import depth, safe
from dynviz.records import Trace

TALL = 56  # px


def strip(trace: Trace, by: By, shown: tuple[int, int], style: Style = LIGHT) -> go.Figure:
    """Draw a bar for each column, as high as it went and in the colour of its depth; a click returns customdata [column]."""
    cols, deep, layers = columns(trace, by), _depths(trace, by), len(trace.layers)
    fills = [depth_colours(layers)[d] for d in deep]
    fig = Sketch(
        [
            go.Bar(
                x=list(range(len(cols))), y=deep, width=1, marker={"color": fills, "line": {"width": 0}}, name="depth",
                customdata=[[i] for i in range(len(cols))], hoverinfo="text",
                hovertext=[f"<b>{safe(c.label[:80])}</b><br>depth {d}" for c, d in zip(cols, deep, strict=True)],
                selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
            )
        ]
    )  # fmt: skip
    fig.add_shape(layout.outline(shown[0] - 0.5, shown[1] - 0.5, -0.2, layers + 0.2, style))
    fig.update_xaxes(layout.axis(style, range=[-1, len(cols)], showticklabels=False))
    fig.update_yaxes(layout.axis(style, range=[-0.4, layers + 0.4], tickvals=[0, layers], tickfont={"size": 12, "color": style.muted}))
    layout.frame(fig, style, "", "", body=TALL, bottom=6)
    fig.update_layout(margin={"t": 6}, height=TALL + 12)
    return fig.figure()


def strip_finding(trace: Trace, by: By, shown: tuple[int, int]) -> str:
    """How many columns there are, which are shown, and how deep these and all go on average."""
    deep = _depths(trace, by)
    here = deep[slice(*shown)]
    means = f"their mean depth is {depth(sum(here) / len(here))}, that of all {depth(sum(deep) / len(deep))}"
    return f"{'Words' if by == 'word' else 'Pieces'} {shown[0] + 1} to {shown[1]} of {len(deep)} are shown; {means} of {len(trace.layers)}."


def _depths(trace: Trace, by: By) -> list[int]:
    return [int(trace.depth[list(c.pieces)].max()) for c in columns(trace, by)]
