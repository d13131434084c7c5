"""What a class guessed: a bar a stop, one's own guess framed, the answer in colour."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import count, listing, percent, safe, wrap

SHORT, LINE = 5, 26  # characters: of stops that stand side by side, and of a line of longer ones
ROW = 18  # px of a line


def guesses(
    counts: Sequence[int],
    stops: Sequence[str],
    own: int | None = None,
    truth: Sequence[int] = (),
    style: Style = LIGHT,
    title: str = "",
    subtitle: str = "",
) -> go.Figure:
    """Bars side by side; one below the other where the stops are long.

    counts: guesses at each stop. own: the stop that the reader chose. truth: those that are right, none before it may be seen.
    """
    upright = max(map(len, stops), default=0) <= SHORT
    names, places = [_name(stop, i, own, truth) for i, stop in enumerate(stops)], list(range(len(stops)))
    lines = sum(name.count("<br>") + 1 for name in names)
    fig = go.Figure(_bars(places, counts, upright, own, truth, style))
    layout.frame(fig, style, title, subtitle, body=110 if upright else ROW * lines + 12 * len(names), bottom=54 if upright else 8)
    along = layout.axis(style, tickvals=places, ticktext=names, tickfont={"size": 13, "color": style.ink}, range=[-0.6, len(stops) - 0.4])
    across = layout.axis(style, range=[0, max(1, *counts) * 1.25], showticklabels=False)
    down = along | {"range": along["range"][::-1]}
    fig.update_layout(xaxis=along if upright else across, yaxis=across if upright else down)
    return fig


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


def guesses_finding(counts: Sequence[int], stops: Sequence[str], own: int | None = None, truth: Sequence[int] = ()) -> str:
    """How many guessed, what most said, and how many were right."""
    n, most = sum(counts), max(counts, default=0)
    said = f"{count(n, 'guess', 'guesses')}."
    if n:
        often = [f"“{stop}”" for stop, times in zip(stops, counts, strict=True) if times == most]
        said += f" Most said {listing(often)} ({most}{' each' if len(often) > 1 else ''})."
    if truth:
        right = sum(counts[i] for i in truth)
        said += f" The answer is {listing([f'“{stops[i]}”' for i in truth])}: {right} said so{f' ({percent(right / n)})' if n else ''}."
    return said + (f" You said “{stops[own]}”." if own is not None else "")


def guesses_table(counts: Sequence[int], stops: Sequence[str], own: int | None = None, truth: Sequence[int] = ()) -> list[dict[str, Any]]:
    """One row per stop: guesses, whether it is the answer and one's own."""
    return [
        {"stop": stop, "guesses": times} | ({"answer": i in truth} if truth else {}) | ({} if own is None else {"yours": i == own})
        for i, (stop, times) in enumerate(zip(stops, counts, strict=True))
    ]


def _name(stop: str, place: int, own: int | None, truth: Sequence[int]) -> str:
    marks = [mark for mark, there in (("✓ answer", place in truth), ("you", place == own)) if there]
    return "<br>".join([wrap(stop, LINE) or safe(stop), *marks])
