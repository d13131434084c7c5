"""Depths of the same words in several runs: one row for each run, words under each other, one scale for all."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, depth_colours, on
from dynviz.figures.wording import bracketed, depth, headline, listing, safe, shorten
from dynviz.records.alignment import is_word

NAME = 22  # letters of a line of a run's name
PRINTED = 34  # columns beyond which a word above its cell would be too small to read


@dataclass(frozen=True)
class Row:
    """A run. words and depths: one for each column, None where the run's text has no such word. layers: how many there are."""

    label: str
    words: tuple[str | None, ...]
    depths: tuple[int | None, ...]
    layers: int


def aligned(rows: Sequence[Row], style: Style = LIGHT, title: str | None = None, subtitle: str | None = None) -> go.Figure:
    """Draw the rows; a cell holds the depth, framed where it is not the first row's."""
    count = len(rows[0].depths)
    scale = max(row.layers for row in rows)
    colours = depth_colours(scale)
    places = [(r, c) for r, row in enumerate(rows) for c in range(count) if row.depths[c] is not None]
    depths = {(r, c): int(rows[r].depths[c] or 0) for r, c in places}
    fills = [colours[round(depths[p] * scale / rows[p[0]].layers)] for p in places]
    apart = [differs(rows, r, c) for r, c in places]
    fig = Sketch()
    fig.add_trace(
        layout.bars(
            [c for _, c in places], [-r for r, _ in places], 0.72, layout.CELL, fills, [style.ink if a else style.muted for a in apart],
            marker={"line": {"color": [style.ink if a else style.muted for a in apart], "width": [3 if a else 0.5 for a in apart]}},
            text=[str(depths[p]) for p in places], insidetextfont={"size": 14, "color": [on(f) for f in fills]}, name="depths",
            hoverinfo="text",
            hovertext=[
                f"<b>{safe(str(rows[r].words[c])[:80])}</b>, {safe(rows[r].label)}<br>depth {depths[r, c]} of {rows[r].layers}"
                for r, c in places
            ],
        )
    )  # fmt: skip
    same = all(len({row.words[c] for row in rows if row.words[c] is not None}) < 2 for c in range(count))
    if not same and count <= PRINTED:
        fig.add_trace(_words(rows, places, style))
    shared = [next((row.words[c] for row in rows if row.words[c] is not None), "") for c in range(count)]
    ticks = [safe(shorten(str(word))) for word in shared] if same else [""] * count
    angle: dict[str, Any] = {"autotickangles": [0, -45, -90]} if count <= 24 else {"tickangle": -90}
    fig.update_xaxes(layout.axis(style, tickvals=list(range(count)), ticktext=ticks, range=[-0.6, count - 0.4]), **angle)
    names = [_name(row.label) for row in rows]
    fig.update_yaxes(layout.axis(style, tickvals=[-r for r in range(len(rows))], ticktext=names, range=[-len(rows) + 0.45, 0.75]))
    head, below = headline(
        aligned_finding(rows), "Number: layers the word went through, light = few. Framed: not the depth of the first row."
    )
    body = (46 if same else 64) * len(rows) + 16
    layout.frame(fig, style, head if title is None else title, below if subtitle is None else subtitle, body=body)
    fig.update_layout(barmode="overlay")
    return fig.figure()


def _name(label: str) -> str:
    """A run's name on two lines: cut on one, models that differ by their layers alone would be called the same."""
    return "<br>".join(safe(line) for line in textwrap.wrap(label, NAME, max_lines=2, placeholder="…"))


def differs(rows: Sequence[Row], row: int, column: int) -> bool:
    """Whether a cell's depth is another than the first row's."""
    return rows[0].depths[column] is not None and rows[row].depths[column] != rows[0].depths[column]


def aligned_finding(rows: Sequence[Row]) -> str:
    """How deep each run goes on average, and the word on which they differ most."""
    means = [f"{bracketed(row.label)} {depth(_mean(row))} of {row.layers}" for row in rows]
    said = f"Mean depth of the words: {listing(means, 4)}."
    both = [c for c in range(len(rows[0].depths)) if all(row.depths[c] is not None for row in rows)]
    if len(rows) < 2 or not both:
        return said
    shares = np.array([[float(row.depths[c] or 0) / row.layers for c in both] for row in rows])
    apart = np.ptp(shares, axis=0)
    if not apart.any():
        return f"{said} Every word has the same depth in all."
    c = both[int(apart.argmax())]
    words = " / ".join(dict.fromkeys(f"“{shorten(str(row.words[c]), 20)}”" for row in rows))
    return f"{said} Furthest apart on {words}: {listing([str(row.depths[c]) for row in rows], 4)} layers."


def aligned_table(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One row per column: the word and the depth in each run."""
    out = []
    for c in range(len(rows[0].depths)):
        row: dict[str, Any] = {"column": c}
        for r in rows:
            row |= {f"{r.label}: word": r.words[c], f"{r.label}: depth": r.depths[c]}
        out.append(row)
    return out


def _mean(row: Row) -> float:
    """Over the words; over the signs where there is nothing else."""
    known = [(str(word), deep) for word, deep in zip(row.words, row.depths, strict=True) if deep is not None]
    words = [deep for word, deep in known if is_word(word)] or [deep for _, deep in known]
    return float(np.mean(words)) if words else 0.0


def _words(rows: Sequence[Row], places: Sequence[tuple[int, int]], style: Style) -> go.Scatter:
    """Each word above its cell, where the texts differ."""
    return go.Scatter(
        x=[c for _, c in places], y=[0.5 - r for r, _ in places], mode="text", hoverinfo="skip", name="words",
        text=[safe(shorten(str(rows[r].words[c]), 10)) for r, c in places], textfont={"size": 12, "color": style.ink},
    )  # fmt: skip
