"""How far each token came: one bar per token, as high as the layers it went through."""

from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.columns import By, State, clipped, columns, layer_names, states
from dynviz.figures.depths import depth_sentences
from dynviz.figures.style import LIGHT, Style, depth_colours
from dynviz.figures.text import safe, shorten, span
from dynviz.records import Trace


def survival(
    trace: Trace,
    selected: int | None = None,
    style: Style = LIGHT,
    by: By = "piece",
    window: tuple[int, int] | None = None,
    title: str | None = None,
    subtitle: str | None = None,
) -> go.Figure:
    """Draw the bars in reading order; a click returns customdata [column, depth]."""
    cols = columns(trace, by)
    shown = clipped(window, len(cols))
    state = states(trace, cols)
    depth = [int((state[:, c] == State.COMPUTED).sum()) for c in shown]
    gone = [bool((state[:, c] == State.DROPPED).any()) for c in shown]
    layers, palette = len(trace.layers), depth_colours(len(trace.layers))
    fig = go.Figure(
        go.Bar(
            x=list(shown),
            y=depth,
            width=layout.CELL,
            marker={"color": [palette[d] for d in depth], "line": {"color": style.muted, "width": 1}},
            customdata=[[c, d] for c, d in zip(shown, depth, strict=True)],
            hoverinfo="text",
            name="depth",
            hovertext=[f"<b>{safe(cols[c].label[:80])}</b><br>depth {d} of {layers}" for c, d in zip(shown, depth, strict=True)],
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    )
    fig.add_trace(
        go.Scatter(
            x=list(shown),
            y=depth,
            text=[f"{d}{' ×' if g else ''}" for d, g in zip(depth, gone, strict=True)],
            mode="text",
            textposition="top center",
            textfont={"size": 13 if len(shown) <= 30 else 10, "color": [style.dropped if g else style.ink for g in gone]},
            hoverinfo="skip",
            cliponaxis=False,
            name="printed depth",
        )
    )
    if selected is not None and selected in shown:
        fig.add_shape(layout.outline(selected - 0.5, selected + 0.5, 0, layers + 0.8, style))
    labels = [
        span(f"<s>{t}</s>", style.dropped) if g else t for t, g in zip((safe(shorten(cols[c].label)) for c in shown), gone, strict=True)
    ]
    angle: dict[str, Any] = {"autotickangles": [0, -45, -90]} if len(shown) <= 24 else {"tickangle": -90}
    fig.update_xaxes(layout.axis(style, tickvals=list(shown), ticktext=labels, range=[shown[0] - 0.6, shown[-1] + 0.6]), **angle)
    names = [safe(name) for name in layer_names(trace.layers)]
    fig.update_yaxes(layout.axis(style, grid=True, tickvals=list(range(1, layers + 1)), ticktext=names, range=[0, layers + 0.9]))
    key = "Height: layers the token went through" + (f"; {span('× <s>struck</s>', style.dropped)}: dropped." if any(gone) else ".")
    head = survival_finding(trace) if title is None else title
    return layout.frame(fig, style, head, key if subtitle is None else subtitle, body=min(60 + 26 * layers, 380))


def survival_finding(trace: Trace) -> str:
    """What the picture shows, in plain sentences."""
    return " ".join(depth_sentences(trace)[:2])


def survival_table(trace: Trace, by: By = "piece") -> list[dict[str, Any]]:
    """One row per column: its text, its depth, whether it was dropped."""
    cols = columns(trace, by)
    state = states(trace, cols)
    return [
        {
            "column": i,
            "token": c.label,
            "depth": int((state[:, i] == State.COMPUTED).sum()),
            "dropped": bool((state[:, i] == State.DROPPED).any()),
        }
        for i, c in enumerate(cols)
    ]
