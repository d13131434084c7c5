"""Which words are shown, and which one is looked at: by a click on a picture, or by its twin for the keyboard."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dynviz import figures
from dynviz.figures.columns import By, Column, columns
from dynviz.figures.wording import shorten
from dynviz.records import Trace
from dynviz.ui.parts import show, words
from dynviz.ui.parts.panels import bare, style
from dynviz.ui.shell import address, text

WIDE = 28  # words that fit side by side
LEGIBLE = 820  # px that the widest pictures need; below, they are scrolled


def cut(count: int) -> list[tuple[int, int]]:
    """The parts (start, stop) of so many words, each fit for one picture."""
    cuts = -(-count // WIDE)
    return [(count * i // cuts, count * (i + 1) // cuts) for i in range(cuts)]


def overview(trace: Trace, by: By, parts: list[tuple[int, int]]) -> tuple[int, int]:
    """The part of a long text that all pictures show: chosen in a strip of the whole, or by its twin for the keyboard."""
    if len(parts) == 1:
        return parts[0]
    with st.container(key="overview", gap="xsmall"):
        above = st.container()  # drawn last: it shows what is chosen below it
        shown = part(parts, "words", label_visibility="collapsed")
        with above:
            figure, finding = figures.strip(trace, by, shown, style()), figures.strip_finding(trace, by, shown)
            bare("strip", figure, finding, lambda: _turn(parts, f"words-{parts[-1][1]}"))
    return shown


def _turn(parts: list[tuple[int, int]], key: str) -> None:
    """A click in the strip turns to the part of its word. What the browser sends is checked."""
    at = next(iter(show.clicked("strip")), None)
    found = next((i for i, (start, stop) in enumerate(parts, 1) if isinstance(at, int) and start <= at < stop), None)
    if found is not None:
        st.session_state[key] = str(found)


def window(count: int, kind: str = "words", key: str = "", place: int = 0) -> tuple[int, int]:
    """Of so many words those shown: all of them, or a part chosen where there are too many for one picture, first that of `place`."""
    return part(cut(count), kind, key, place)


def part(parts: list[tuple[int, int]], kind: str, key: str = "", place: int = 0, **more: Any) -> tuple[int, int]:
    """One of the parts (start, stop) of a long text, as chosen; first that of `place`. key: of the panel, where several have parts."""
    if len(parts) == 1:
        return parts[0]
    names = {str(i): f"{start + 1}\N{EN DASH}{stop}" for i, (start, stop) in enumerate(parts, 1)}
    first = next((i for i, (start, stop) in enumerate(parts, 1) if start <= place < stop), 1)
    return parts[int(show.one_of(text.PARTS[kind], names, str(first), f"{key or kind}-{parts[-1][1]}", **more)) - 1]


def picked(trace: Trace, full: Trace | None, shown: tuple[int, int], by: By = "word") -> int:
    """The column looked at: the visitor's, that of the link, or, in a text not looked at before, the word that is hardest."""
    if st.session_state.get("word-of", trace.text) != trace.text:
        st.session_state.pop("word", None)
    if asked := address.numbers(address.opened("word")):
        st.session_state["word"] = asked[0]
    st.session_state["word-of"] = trace.text
    chosen = _same_word(trace, st.session_state.get("word"), by)
    first = words.first_pick(full or trace, shown, by)
    if not (isinstance(chosen, int) and shown[0] <= chosen < shown[1]):
        chosen = first
    st.session_state["word"] = chosen
    address.write("word", "" if chosen == first else str(chosen))
    return chosen


def _same_word(trace: Trace, chosen: object, by: By) -> object:
    """The number of the column, after columns became pieces, or words again."""
    before, st.session_state["word-by"] = st.session_state.get("word-by", by), by
    if before == by or not isinstance(chosen, int):
        return chosen
    old, new = columns(trace, before), columns(trace, by)
    return next((i for i, col in enumerate(new) if chosen < len(old) and old[chosen].pieces[0] in col.pieces), None)


def picker(trace: Trace, shown: tuple[int, int], by: By = "word") -> None:
    """The keyboard's way to pick a word."""
    cols = columns(trace, by)
    st.selectbox(text.WORD, range(*shown), format_func=lambda i: named(cols, i), key="word", width=170, label_visibility="collapsed")


def named(cols: Sequence[Column], i: int) -> str:
    """A word in a menu; with its number where it occurs more than once."""
    label = shorten(cols[i].label, 24) or "\N{MIDDLE DOT}"
    return f"{label} ({i})" if sum(c.label == cols[i].label for c in cols) > 1 else label


def click() -> None:
    """A click on the staircase picks its column. What the browser sends is checked."""
    data = show.clicked("staircase")
    if data and isinstance(data[0], int | float) and not isinstance(data[0], bool):
        st.session_state["word"] = int(data[0])
