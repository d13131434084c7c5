"""In how many sentences one kind of word goes deeper than another, as deep, or less deep: a bar for each model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, on
from dynviz.figures.wording import SUBTITLE_CHARS, headline, listing, percent, safe, wrap

LANE, LEAST = 46, 0.08  # px of a bar; share below which its number has no room


@dataclass(frozen=True)
class Sides:
    """A model, and in how many sentences the first kind of word goes deeper than the second, as deep, less deep."""

    label: str
    deeper: int
    equal: int
    less: int

    @property
    def sentences(self) -> int:
        """How many in all."""
        return self.deeper + self.equal + self.less

    @property
    def shares(self) -> tuple[float, float, float]:
        """Of all sentences: deeper, as deep, less deep."""
        return self.deeper / self.sentences, self.equal / self.sentences, self.less / self.sentences


def share_of_sentences(
    rows: Sequence[Sides], first: str, second: str, style: Style = LIGHT, title: str | None = None, subtitle: str | None = None
) -> go.Figure:
    """Draw a bar for each model. first, second: the two kinds of word, in words ("adjectives", "words such as the")."""
    fills = (style.series[0], style.unread, style.series[1])
    fig = Sketch([_part(rows, i, name, fill, style) for i, (name, fill) in enumerate(zip(_names(), fills, strict=True))])
    names = [safe(row.label) for row in rows]
    fig.update_yaxes(
        layout.axis(style, tickvals=list(range(len(rows))), ticktext=names, range=[len(rows) - 0.5, -0.5], ticklabelstandoff=8)
    )
    fig.update_xaxes(layout.axis(style, range=[0, 1], **layout.HALVES))
    head, below = headline(share_of_sentences_finding(rows, first, second), "")
    key = wrap(share_of_sentences_key(first, second), SUBTITLE_CHARS)
    layout.frame(
        fig, style, head if title is None else title, "<br>".join(filter(None, (below, key))) if subtitle is None else subtitle,
        body=LANE * len(rows), right=32,
    )  # fmt: skip
    fig.update_layout(barmode="stack", bargap=0.35)
    return fig.figure()


def share_of_sentences_key(first: str, second: str) -> str:
    """How to read the bars."""
    return f"Share of sentences in which {first} go deeper than {second} (left), as deep (middle), less deep (right)."


def share_of_sentences_finding(rows: Sequence[Sides], first: str, second: str) -> str:
    """How often the first kind goes deeper, for each model."""
    said = [f"{percent(row.shares[0])} for {row.label}" for row in rows]
    return f"{first[:1].upper()}{first[1:]} go deeper than {second} in so many of {least(rows)} sentences: {listing(said, 9)}."


def least(rows: Sequence[Sides]) -> str:
    """How many sentences each bar stands for: "31", or "29 to 31" where the models cut words in different ways."""
    low, high = min(row.sentences for row in rows), max(row.sentences for row in rows)
    return str(low) if low == high else f"{low} to {high}"


def share_of_sentences_table(rows: Sequence[Sides]) -> list[dict[str, Any]]:
    """One row per model."""
    return [
        {"model": row.label, "sentences": row.sentences, "deeper": row.deeper, "as deep": row.equal, "less deep": row.less} for row in rows
    ]


def _names() -> tuple[str, str, str]:
    return "deeper", "as deep", "less deep"


def _part(rows: Sequence[Sides], i: int, name: str, fill: str, style: Style) -> go.Bar:
    shares = [row.shares[i] for row in rows]
    return go.Bar(
        orientation="h", x=shares, y=list(range(len(rows))), name=name, marker={"color": fill, "line": {"color": style.muted, "width": 1}},
        text=[percent(share) if share >= LEAST else "" for share in shares], textposition="inside", insidetextanchor="middle", textangle=0,
        insidetextfont={"color": on(fill), "size": 14}, hoverinfo="text",
        hovertext=[f"{safe(row.label)}: {name} in {(row.deeper, row.equal, row.less)[i]} of {row.sentences} sentences" for row in rows],
    )  # fmt: skip
