"""Tokens dropped per layer as a strike-through ladder: one line of text per layer, positions never move."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dynviz.figures import layout
from dynviz.figures.columns import By, Column, State, clipped, columns, layer_names, one_decision, states
from dynviz.figures.depths import depth_sentences
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.text import SUBTITLE_CHARS, pack, safe, shorten, span, wrap
from dynviz.records import Trace

GAP, TEXT = 1.8, 0.84  # characters between tokens; share of the width that holds the text
ROW = 32


@dataclass(frozen=True, eq=False)
class Lines:
    """What is drawn: columns shown, where each stands (characters from the left), its states (L, C), its font size."""

    trace: Trace
    cols: tuple[Column, ...]
    shown: range
    state: NDArray[np.int8]
    at: NDArray[np.float64]
    end: float
    size: float
    style: Style


def windows(trace: Trace, by: By = "piece", width: int = 720) -> list[tuple[int, int]]:
    """Columns (start, stop) cut so that each part is legible on that many px (at 11 px letters)."""
    room = (width - 110) * TEXT / (11 * 0.62)
    out, start, used = [], 0, 0.0
    cols = columns(trace, by)
    for i, need in enumerate(_widths(cols)):
        if used + need > room and i > start:
            out.append((start, i))
            start, used = i, 0.0
        used += need
    return [*out, (start, len(cols))]


def ladder(
    trace: Trace, selected: int | None = None, style: Style = LIGHT, by: By = "piece", window: tuple[int, int] | None = None, width: int = 720,
    title: str | None = None, subtitle: str | None = None,
) -> go.Figure:  # fmt: skip
    """Draw the ladder; a click on a token returns customdata [column, layer from 0, the input].

    window: columns (start, stop); see `windows`. width: the narrowest px it will be shown at, which sets the letters' size.
    title, subtitle: None for the finding and the key, "" for nothing.
    """
    lines = _lines(trace, by, window, style, width)
    fig = go.Figure([_text(lines), _kept(lines)])
    if selected is not None and selected in lines.shown:
        x, half = float(lines.at[selected - lines.shown[0]]), _widths((lines.cols[selected],))[0] / 2
        fig.add_shape(layout.outline(x - half, x + half, -len(trace.layers) - 0.5, 0.5, style))
    _axes(fig, lines)
    said = depth_sentences(trace)
    layout.frame(
        fig, style, said[0] if title is None else title, _key(lines) if subtitle is None else subtitle, body=ROW * (len(trace.layers) + 2), bottom=6,
    )  # fmt: skip
    return fig


def ladder_finding(trace: Trace) -> str:
    """What the picture shows, in plain sentences."""
    kept = " ".join(f"{name} {n}" for name, n in zip(layer_names(trace.layers), trace.kept, strict=True))
    return f"{depth_sentences(trace)[0]} Tokens computed of {len(trace.tokens)}: {kept.replace(' layer', ', layer')}."


def ladder_table(trace: Trace, by: By = "piece") -> list[dict[str, Any]]:
    """One row per column: its text, the layer it was dropped in (0: never), and its state in each layer."""
    cols = columns(trace, by)
    state = states(trace, cols)
    names = layer_names(trace.layers)
    rows = []
    for i, col in enumerate(cols):
        gone = np.flatnonzero(state[:, i] == State.DROPPED)
        row: dict[str, Any] = {"column": i, "token": col.label, "dropped at": int(gone[0]) + 1 if len(gone) else 0}
        rows.append(row | {name: State(int(s)).name.lower() for name, s in zip(names, state[:, i], strict=True)})
    return rows


def _widths(cols: tuple[Column, ...]) -> list[float]:
    return [max(len(shorten(c.label, 18)), 2) + GAP for c in cols]


def _lines(trace: Trace, by: By, window: tuple[int, int] | None, style: Style, width: int) -> Lines:
    cols = columns(trace, by)
    shown = clipped(window, len(cols))
    need = np.array(_widths(tuple(cols[c] for c in shown)))
    ends = np.cumsum(need)
    room = (width - 110) * TEXT
    size = float(np.clip(room / ends[-1] / 0.6, 7, 15))
    end = max(float(ends[-1]), room / (15 * 0.75))  # a short sentence keeps its words together instead of spreading out
    return Lines(trace, cols, shown, states(trace, cols), ends - need / 2, end, round(size, 1), style)


def _text(lines: Lines) -> go.Scatter:
    """Every token of every line, as one trace."""
    count = len(lines.trace.layers)
    cells = [(layer, k, c) for layer in range(count + 1) for k, c in enumerate(lines.shown)]
    drawn = [_drawn(lines, layer, c) for layer, _, c in cells]
    kept = [(cell, d) for cell, d in zip(cells, drawn, strict=True) if d[0]]
    return go.Scatter(
        x=[round(float(lines.at[k]), 2) for (_, k, _), _ in kept], y=[-layer for (layer, _, _), _ in kept], mode="markers+text", name="tokens",
        text=[d[0] for _, d in kept], textfont={"size": lines.size, "color": [d[1] for _, d in kept]},
        marker={"symbol": "square", "size": 16, "opacity": 0}, customdata=[[c, layer] for (layer, _, c), _ in kept],
        hovertext=[_hover(lines, layer, c) for (layer, _, c), _ in kept], hoverinfo="text",
        selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}, "textfont": {}},
    )  # fmt: skip


def _drawn(lines: Lines, layer: int, c: int) -> tuple[str, str]:
    """What stands for a column on a line (0: the input), and its colour."""
    style, text = lines.style, safe(shorten(lines.cols[c].label, 18))
    state = State.COMPUTED if layer == 0 else State(int(lines.state[layer - 1, c]))
    return {
        State.COMPUTED: (text, style.ink), State.DROPPED: (f"<s>{text}</s>", style.dropped), State.FROZEN: (f"<i>{text}</i>", style.muted),
        State.SKIPPED: ("↷", style.muted), State.GONE: ("·", style.faint), State.AFTER: ("", style.muted),
    }[state]  # fmt: skip


def _hover(lines: Lines, layer: int, c: int) -> str:
    word = f"<b>{safe(lines.cols[c].label[:80])}</b>"
    if layer == 0:
        return f"{word}, input"
    name = layer_names(lines.trace.layers)[layer - 1]
    return f"{word}, {safe(name)}<br>{State(int(lines.state[layer - 1, c])).name.lower()}"


def _kept(lines: Lines) -> go.Bar:
    """Bars of tokens computed in each layer, with their counts; always of the whole text, whatever the window."""
    counts = [len(lines.trace.tokens), *(int(n) for n in lines.trace.kept)]
    style = lines.style
    fills = [style.baseline] + [style.certainty[1]] * (len(counts) - 1)
    return go.Bar(
        x=counts, y=[-i for i in range(len(counts))], orientation="h", xaxis="x2", width=0.6, marker={"color": fills, "line": {"width": 0}},
        text=[str(n) if n else "" for n in counts], textposition="outside", textfont={"size": 14, "color": style.ink}, cliponaxis=False,
        hoverinfo="skip", name="tokens kept", selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip


def _axes(fig: go.Figure, lines: Lines) -> None:
    trace, style = lines.trace, lines.style
    count = len(trace.layers)
    names = ["input", *map(safe, layer_names(trace.layers))]
    hidden = {"visible": False, "fixedrange": True}
    fig.update_layout(
        xaxis={**hidden, "domain": [0, TEXT], "range": [0, lines.end]},
        xaxis2={**hidden, "domain": [TEXT + 0.02, 1], "range": [0, len(trace.tokens) * 1.4]},
        yaxis=layout.axis(style, tickvals=[-i for i in range(count + 1)], ticktext=names, range=[-count - 0.6, 1.2]),
    )
    fig.update_yaxes(tickfont={"size": 13, "color": style.muted}, ticklabelstandoff=6)
    fig.add_annotation(layout.note(0, 0.85, "tokens kept", style, xref="x2", xanchor="left"))
    if trace.exit_layer < count:
        middle = -(trace.exit_layer + 1 + count) / 2
        fig.add_annotation(layout.note(0, middle, "not computed: the sentence had its answer", style, xanchor="left"))


def _key(lines: Lines) -> str:
    state, style = lines.state[:, list(lines.shown)], lines.style
    key = []
    if one_decision(lines.trace):
        key.append(("no token is dropped: one decision for the whole sentence", "no token is dropped: one decision for the whole sentence"))
    if (state == State.DROPPED).any():
        key.append(("struck where dropped, a dot where gone", f"{span('<s>struck</s>', style.dropped)} where dropped, a dot where gone"))
    if (state == State.FROZEN).any():
        key.append(("slanted: frozen, still seen", "<i>slanted</i>: frozen, still seen, not computed"))
    if (state == State.SKIPPED).any():
        key.append(("↷ skipped, comes back", "↷ skipped, comes back"))
    key.append(("bars: tokens computed in each layer", "bars: tokens computed in each layer"))
    if len(lines.shown) < len(lines.cols):
        part = f"columns {lines.shown[0] + 1} to {lines.shown[-1] + 1} of {len(lines.cols)}"
        key.append((part, part))
    return pack(key, SUBTITLE_CHARS) or wrap("", 1)
