"""What a class guessed: a bar a stop, one's own framed, the answer in colour and ticked."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import count, listing, percent, safe, verb, wrap

NARROW, LINE = 6, 26  # characters in a line under a bar that stands, and beside one that lies
BARS, LINE_PX, SIDES = 70, 18, 40  # px: the height of standing bars, and of a line of text; px beside standing bars


def guesses(
    counts: Sequence[int],
    stops: Sequence[str],
    own: int | None = None,
    truth: Sequence[int] = (),
    style: Style = LIGHT,
) -> go.Figure:
    """Bars side by side; one below the other where the stops are long.

    counts: guesses at each stop. own: the stop that the reader chose. truth: those that are right, none before it may be seen.
    """
    shared = _shared(stops)
    parts, places = [stop.removeprefix(shared) for stop in stops], list(range(len(stops)))
    upright = all(len(word) <= NARROW for part in parts for word in part.split()) and max(map(len, parts), default=0) <= 2 * NARROW
    shown = _shown(parts, {*truth, *([own] if own is not None else [])}) if upright else set(places)
    names = [_name(part, NARROW if upright else LINE, i in truth, i == own) if i in shown else "" for i, part in enumerate(parts)]
    lines = [name.count("<br>") + 1 for name in names]
    body, bottom = (BARS, LINE_PX * max(lines) + 8 + (22 if shared else 0)) if upright else (LINE_PX * sum(lines) + 8 * len(names), 4)
    fig = Sketch([_bars(places, counts, upright, own, truth, style)])
    layout.frame(fig, style, "", "", body, bottom)
    along = layout.axis(style, tickvals=places, ticktext=names, tickfont={"size": 13, "color": style.ink}, range=[-0.6, len(stops) - 0.4])
    across = layout.axis(style, range=[0, max(1, *counts) * 1.25], showticklabels=False)
    x, y = (along | {"tickangle": 0}, across) if upright else (across, along | {"range": along["range"][::-1]})
    fig.update_layout(xaxis=x, yaxis=y)
    if shared:
        (fig.update_xaxes if upright else fig.update_yaxes)(title=layout.title_of(safe(shared.strip()), style))
    return fig.figure()


def _bars(places: list[int], counts: Sequence[int], upright: bool, own: int | None, truth: Sequence[int], style: Style) -> go.Bar:
    along, across = ("x", "y") if upright else ("y", "x")
    return go.Bar(
        {along: places, across: list(counts)},
        orientation="v" if upright else "h",
        width=0.7,
        text=[str(n) if n else "" for n in counts],
        textposition="outside",
        textfont={"size": 13, "color": style.ink},
        cliponaxis=False,
        hoverinfo="skip",
        marker={
            "color": [style.correct if i in truth else style.baseline for i in places],
            "line": {"color": style.ink, "width": [2.5 if i == own else 0 for i in places]},
        },
    )


def guesses_finding(counts: Sequence[int], stops: Sequence[str], truth: Sequence[int] = ()) -> str:
    """How many guessed, what most said, and how many were right."""
    n, most = sum(counts), max(counts, default=0)
    if not n:
        return "No guess yet."
    often = [f"“{stop}”" for stop, times in zip(stops, counts, strict=True) if times == most]
    said = f"{count(n, 'guess', 'guesses')}. Most said {listing(often)} ({most}{' each' if len(often) > 1 else ''})"
    right = sum(counts[i] for i in truth)
    return said + (f"; {right} {verb(right, 'was', 'were')} right ({percent(right / n)})." if truth else ".")


def guesses_table(counts: Sequence[int], stops: Sequence[str], own: int | None = None, truth: Sequence[int] = ()) -> list[dict[str, Any]]:
    """One row per stop: guesses, whether it is the answer and one's own."""
    return [
        {"stop": stop, "guesses": times} | ({"answer": i in truth} if truth else {}) | ({} if own is None else {"yours": i == own})
        for i, (stop, times) in enumerate(zip(stops, counts, strict=True))
    ]


def _shared(stops: Sequence[str]) -> str:
    """The word with which all begin: it is said once."""
    first = {"".join(stop.partition(" ")[:2]) for stop in stops}
    return next(iter(first)) if len(first) == 1 and len(stops) > 1 else ""


def _shown(parts: Sequence[str], told: set[int]) -> set[int]:
    """Which bars are named: all where there is room, else those told apart and, no nearer to these, every second, third ..."""
    each, need = (room.PHONE - SIDES) / len(parts), room.widest([word for part in parts for word in part.split()], 13)
    return told | {i for i in room.some(len(parts), each, need) if all(abs(i - k) * each >= need for k in told - {i})}


def _name(part: str, width: int, right: bool, yours: bool) -> str:
    return "<br>".join([wrap(part, width) or safe(part), *(["✓"] if right else []), *(["you"] if yours else [])])
