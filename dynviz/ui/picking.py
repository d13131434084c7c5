"""Which words are shown, and which one is looked at: by a click on a picture, or by its twin for the keyboard."""

import streamlit as st

from dynviz.figures.columns import Column, columns
from dynviz.figures.text import shorten
from dynviz.records import Trace
from dynviz.ui import show, text, words
from dynviz.ui.words import plain

WIDE = 28  # words that fit side by side


def window(cols: tuple[Column, ...], kind: str = "words") -> tuple[int, int]:
    """The words shown: all of them, or a part chosen where there are too many for one picture."""
    count = -(-len(cols) // WIDE)
    return part([(len(cols) * i // count, len(cols) * (i + 1) // count) for i in range(count)], kind)


def part(parts: list[tuple[int, int]], kind: str) -> tuple[int, int]:
    """One of the parts (start, stop) of a long text, as chosen."""
    if len(parts) == 1:
        return parts[0]
    names = [f"{start + 1}\N{EN DASH}{stop}" for start, stop in parts]
    key = f"{kind}-{parts[-1][1]}"
    chosen = st.segmented_control(text.PARTS[kind], range(len(parts)), default=0, required=True, format_func=lambda i: names[i], key=key)
    return parts[chosen or 0]


def picked(trace: Trace, full: Trace | None, shown: tuple[int, int]) -> int:
    """The column looked at: the visitor's, or, in a text not looked at before, the word that is hardest."""
    if st.session_state.get("word-of", trace.text) != trace.text:
        st.session_state.pop("word", None)
    st.session_state["word-of"] = trace.text
    chosen = st.session_state.get("word")
    if not (isinstance(chosen, int) and shown[0] <= chosen < shown[1]):
        chosen = words.first_pick(full or trace, shown)
        st.session_state["word"] = chosen
    return chosen


def picker(trace: Trace, shown: tuple[int, int]) -> None:
    """The keyboard's way to pick a word."""
    cols = columns(trace)

    def label(i: int) -> str:
        return plain(shorten(cols[i].label, 16)) or "\N{MIDDLE DOT}"

    st.pills(text.WORD, range(*shown), required=True, format_func=label, key="word", help=text.WORD_HELP)


def click() -> None:
    """A click on the staircase picks its column. What the browser sends is checked."""
    data = show.clicked("staircase")
    if data and isinstance(data[0], int | float) and not isinstance(data[0], bool):
        st.session_state["word"] = int(data[0])
