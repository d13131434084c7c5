"""After which layer sentences have their answer, right and wrong ones apart, and how many are done by then."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import SUBTITLE_CHARS, alike, count, depth, headline, pack, percent, span
from dynviz.records import Floats

Counts = NDArray[np.int64]
BESIDE = 84  # px beside the bars


def exit_distribution(
    exits: ArrayLike,
    correct: ArrayLike,
    layers: int | tuple[str, ...],
    selected: int | None = None,
    style: Style = LIGHT,
    title: str | None = None,
    subtitle: str | None = None,
    words: tuple[str, str] = ("right", "wrong"),
    noun: str = "sentence",
) -> go.Figure:
    """Bars per layer, and the share done by each layer in a panel below; a click on a bar returns customdata [layer, "right" or "wrong"].

    exits: (S,) last layer computed, from 1. correct: (S,) bool. layers: how many, or their names. selected: a layer to frame.
    words: what `correct` says, where it is not right and wrong. noun: what a text is called.
    """
    names = _names(layers)
    right, wrong = _counts(exits, correct, len(names))
    x = list(range(1, len(names) + 1))
    good, bad = ((word, noun) for word in words)
    fig = Sketch([_bar(x, right, good, style.correct, "", style), _bar(x, wrong, bad, style.incorrect, "/", style)])
    total = right + wrong
    done = np.cumsum(total) / max(int(total.sum()), 1)
    counts, shares = [str(n) if n else "" for n in total], [percent(float(d)) for d in done]
    along = room.Along(names, BESIDE, max(room.widest(counts, 13), room.widest(shares)))
    fig.add_trace(
        go.Scatter(
            x=x,
            y=total.tolist(),
            text=along.told(counts, room.widest(counts, 13)),
            mode="text",
            textposition="top center",
            hoverinfo="skip",
            textfont={"size": 13, "color": style.ink},
            cliponaxis=False,
            name=f"{noun}s",
        )
    )
    fig.add_trace(_cumulative(x, done, along.told(shares), style))
    if selected is not None:
        fig.add_shape(layout.outline(selected - 0.45, selected + 0.45, 0, float(total.max(initial=1)) * 1.16, style))
    _axes(fig, along, total, noun, style)
    head, below = headline(exit_finding(exits, correct, layers, words, noun), _key(style, words, noun))
    layout.frame(fig, style, head if title is None else title, below if subtitle is None else subtitle, body=350, least=along.least)
    fig.update_layout(barmode="stack")
    return fig.figure()


def exit_finding(
    exits: ArrayLike, correct: ArrayLike, layers: int | tuple[str, ...], words: tuple[str, str] = ("right", "wrong"), noun: str = "sentence"
) -> str:
    """The layer most sentences leave after, the mean, and whether early answers are better than late ones. noun: what a text is called."""
    names = _names(layers)
    right, wrong = _counts(exits, correct, len(names))
    total = right + wrong
    n = int(total.sum())
    if not n:
        return f"No {noun} has been read yet."
    mode = int(total.argmax())
    mean = float((np.arange(1, len(names) + 1) * total).sum() / n)
    if n == 1:
        return f"The only {noun} stops after {names[mode]}: {words[0] if right[mode] else words[1]}."
    said = f"{percent(total[mode] / n)} of {count(n, noun)} stop after {names[mode]}. The mean exit is {depth(mean)} of {len(names)}."
    used = np.flatnonzero(total)
    if len(used) > 1:
        first, last = used[0], used[-1]
        early, late = right[first] / total[first], right[last] / total[last]
        said += f" {words[0].capitalize()} after {names[first]}: {percent(early)}; after {names[last]}: {percent(late)}."
    return said


def exit_table(
    exits: ArrayLike, correct: ArrayLike, layers: int | tuple[str, ...], words: tuple[str, str] = ("right", "wrong")
) -> list[dict[str, Any]]:
    """One row per layer: sentences that stop after it, how many of them right and wrong, the share done by then."""
    names = _names(layers)
    right, wrong = _counts(exits, correct, len(names))
    done = np.cumsum(right + wrong) / max(int((right + wrong).sum()), 1)
    return [
        {"layer": name, "texts": int(r + w), words[0]: int(r), words[1]: int(w), "done by then": float(d)}
        for name, r, w, d in zip(names, right, wrong, done, strict=True)
    ]


def _names(layers: int | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"layer {i}" for i in range(1, layers + 1)) if isinstance(layers, int) else layers


def _counts(exits: ArrayLike, correct: ArrayLike, layers: int) -> tuple[Counts, Counts]:
    """(L,) right and (L,) wrong sentences by exit layer."""
    last, good = np.asarray(exits, np.int64), np.asarray(correct, bool)
    if last.shape != good.shape:
        raise ValueError(f"exits has shape {last.shape}, correct {good.shape}: one of each per sentence")
    right, wrong = (np.bincount(last[which], minlength=layers + 1)[1 : layers + 1] for which in (good, ~good))
    return right.astype(np.int64), wrong.astype(np.int64)


def _bar(x: list[int], counts: Counts, named: tuple[str, str], colour: str, pattern: str, style: Style) -> go.Bar:
    name, noun = named
    return go.Bar(
        x=x,
        y=counts.tolist(),
        width=0.8,
        name=name,
        customdata=[[i, name] for i in x],
        hoverinfo="text",
        hovertext=[f"{count(int(n), noun)} {name}" for n in counts],
        marker={
            "color": colour,
            "line": {"color": style.paper, "width": 1},
            "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": style.paper, "fgopacity": 0.8, "size": 7, "solidity": 0.25},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _cumulative(x: list[int], done: Floats, said: list[str], style: Style) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=done.round(4).tolist(),
        mode="lines+markers+text",
        yaxis="y2",
        name="done by then",
        line={"color": style.ink, "width": 2},
        marker={"size": 7, "color": style.ink},
        text=said,
        textposition="bottom center",
        cliponaxis=False,
        textfont={"size": 12, "color": style.muted},
        hoverinfo="skip",
    )


def _axes(fig: Sketch, along: room.Along, total: Counts, noun: str, style: Style) -> None:
    fig.update_layout(
        xaxis=layout.axis(style, **along.ticks(style), range=[0.4, len(along.names) + 0.6], anchor="y2"),
        yaxis=layout.axis(style, grid=True, range=[0, float(total.max(initial=1)) * 1.18], domain=[0.4, 1], nticks=5),
        yaxis2=layout.axis(style, grid=True, range=[-0.28, 1.1], domain=[0, 0.33], **layout.HALVES),
    )
    fig.update_layout(yaxis={"title": layout.title_of(f"{noun}s", style)}, yaxis2={"title": layout.title_of("done by then", style)})


def _key(style: Style, words: tuple[str, str], noun: str) -> str:
    right, wrong = span("■", style.correct), span("▨", style.incorrect)
    key = [(f"■ ✓ {words[0]}", f"{right} ✓ {words[0]}"), (f"▨ ✗ {words[1]}", f"{wrong} ✗ {words[1]}, hatched")]
    return pack([*key, alike(f"line: share of {noun}s done")], SUBTITLE_CHARS)
