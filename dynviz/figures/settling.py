"""When each word of a text settles, by several questions side by side: a row a word, a block of layers a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, depth_colours, on
from dynviz.figures.wording import count, headline, listing, safe, shorten
from dynviz.records.alignment import is_word

ROW = 26  # px
BETWEEN = 0.2  # of a block's width, between two blocks
INSIDE = 0.8  # of a block's width, from which on a number stands in its bar, since beside it there is no room
NAME = 16  # letters of a word that are shown
KEY = "Bar and number: the layers it took, dark = late. Empty frame: never. Dotted frame: not asked."


@dataclass(frozen=True)
class Question:
    """What was asked of every word, a block of the picture.

    title: two words. subject: what settles, as a sentence begins. layers: how many there are. settled: of each word the layer (from 1),
    0 where it never did, None where it was not asked. told: of each word what was read, for a pointer. never: how it is said that it
    did not.
    """

    title: str
    subject: str
    layers: int
    settled: tuple[int | None, ...]
    told: tuple[str, ...]
    never: str = "never"


def settling(
    words: Sequence[str], questions: Sequence[Question], style: Style = LIGHT, title: str | None = None, subtitle: str | None = None
) -> go.Figure:
    """Draw a row for each word and a block for each question; each block as wide, however many layers it has."""
    fig = Sketch()
    for b, question in enumerate(questions):
        left, asked = b * (1 + BETWEEN), [w for w, at in enumerate(question.settled) if at is not None]
        for w in range(len(words)):
            dash = "solid" if w in asked else "dot"
            frame = {"color": style.grid, "width": 1, "dash": dash}
            fig.add_shape(type="rect", x0=left, x1=left + 1, y0=-w - 0.36, y1=-w + 0.36, line=frame, layer="below")
        fig.add_trace(_bars(question, left, words, style))
        fig.add_trace(_numbers(question, left, style))
        fig.add_annotation(
            x=left, y=0.62, text=f"<b>{safe(question.title)}</b>", showarrow=False, xanchor="left", yanchor="bottom",
            font={"size": 13, "color": style.ink},
        )  # fmt: skip
    wide = len(questions) * (1 + BETWEEN) - BETWEEN
    marks = [(b * (1 + BETWEEN) + (n - 0.5) / q.layers, n) for b, q in enumerate(questions) for n in _marked(q.layers)]
    ticks = {"tickvals": [x for x, _ in marks], "ticktext": [str(n) for _, n in marks], "range": [-0.01, wide + 0.01]}
    fig.update_xaxes(layout.axis(style, **ticks, title=layout.title_of("layer", style)))  # type: ignore[arg-type]
    names = {"tickvals": [-w for w in range(len(words))], "ticktext": [safe(shorten(word, NAME)) for word in words]}
    fig.update_yaxes(layout.axis(style, **names, range=[-len(words) + 0.4, 1.6]))  # type: ignore[arg-type]
    head, below = headline(settling_finding(words, questions), KEY)
    body = ROW * (len(words) + 1) + 16
    layout.frame(fig, style, head if title is None else title, below if subtitle is None else subtitle, body=body, bottom=56)
    fig.update_layout(barmode="overlay")
    return fig.figure()


def _marked(layers: int) -> tuple[int, ...]:
    """The layers that have a number below a block."""
    return tuple(dict.fromkeys((1, -(-layers // 2), layers)))


def _bars(question: Question, left: float, words: Sequence[str], style: Style) -> go.Bar:
    """A bar from the first layer to that in which each word settled, for a pointer all of those that were asked."""
    places = [(w, at) for w, at in enumerate(question.settled) if at is not None]
    colours = depth_colours(question.layers)
    return go.Bar(
        orientation="h", y=[-w for w, _ in places], x=[at / question.layers for _, at in places], base=[left] * len(places), width=0.72,
        marker={"color": [colours[at] for _, at in places], "line": {"color": style.edge, "width": [int(at > 0) for _, at in places]}},
        hoverinfo="text", name=question.title,
        hovertext=[f"<b>{safe(words[w][:80])}</b>, {safe(question.title)}<br>{safe(question.told[w])}" for w, _ in places],
    )  # fmt: skip


def _numbers(question: Question, left: float, style: Style) -> go.Scatter:
    """The layer, at the end of each bar: in it where beside it is no room; the word for never where there is none."""
    places = [(w, at) for w, at in enumerate(question.settled) if at is not None]
    colours = depth_colours(question.layers)
    inside = [at / question.layers > INSIDE for _, at in places]
    return go.Scatter(
        x=[left + at / question.layers for _, at in places], y=[-w for w, _ in places], mode="text", hoverinfo="skip",
        text=[f"{at} " if fits else f" {at or question.never}" for (_, at), fits in zip(places, inside, strict=True)],
        textposition=["middle left" if fits else "middle right" for fits in inside], cliponaxis=False,
        textfont={"size": 12, "color": [_ink(colours[at], fits, at, style) for (_, at), fits in zip(places, inside, strict=True)]},
        name=f"{question.title}: layer",
    )  # fmt: skip


def _ink(fill: str, inside: bool, at: int, style: Style) -> str:
    return on(fill) if inside else style.ink if at else style.muted


def settling_finding(words: Sequence[str], questions: Sequence[Question]) -> str:
    """Of each question, the first and the last word to settle, and how many never do."""
    return " ".join(_found(words, question) for question in questions)


def _found(words: Sequence[str], question: Question) -> str:
    there = [(word, at) for word, at in zip(words, question.settled, strict=True) if at is not None]
    real = [one for one in there if is_word(one[0])] or there
    if not real:
        return f"{question.subject}: not asked yet."
    done, never = [one for one in real if one[1]], [one for one in real if not one[1]]
    missed = f"{len(never)} of {count(len(real), 'word')} {question.never}"
    if not done:
        return f"{question.subject}: {missed}."
    low, high = min(at for _, at in done), max(at for _, at in done)
    said = f"first {_named(done, low)}, last {_named(done, high)}" if high > low else _named(done, low)
    return f"{question.subject}: {said}{f'; {missed}' if never else ''}."


def _named(done: Sequence[tuple[str, int]], layer: int) -> str:
    names = list(dict.fromkeys(f"“{shorten(word, NAME)}”" for word, at in done if at == layer))
    return f"{listing(names, 3)} (layer {layer})"


def settling_table(words: Sequence[str], questions: Sequence[Question]) -> list[dict[str, Any]]:
    """A row a word: the layer by each question, and what was read."""
    rows = []
    for w, word in enumerate(words):
        row: dict[str, Any] = {"word": word}
        for question in questions:
            at = question.settled[w]
            row |= {question.title: "not asked" if at is None else at or question.never, f"{question.title}: read": question.told[w]}
        rows.append(row)
    return rows
