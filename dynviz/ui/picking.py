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
    if len(cols) <= WIDE:
        return 0, len(cols)
    count = -(-len(cols) // WIDE)
    bounds = [len(cols) * i // count for i in range(count + 1)]
    chosen = st.segmented_control(
        text.PARTS[kind],
        range(count),
        default=0,
        required=True,
        format_func=lambda i: f"{bounds[i] + 1}\N{EN DASH}{bounds[i + 1]}",
        key=f"{kind}-{len(cols)}",
    )
    part = chosen or 0
    return bounds[part], bounds[part + 1]


def picked(trace: Trace, full: Trace | None, shown: tuple[int, int]) -> int:
    """The column looked at: the visitor's, or, in a text not looked at before, the word that is hardest."""
    if st.session_state.get("word-of", trace.text) != trace.text:
        st.session_state.pop("word", None)
    st.session_state["word-of"] = trace.text
    chosen = st.session_state.get("word")
    if not (isinstance(chosen, int) and shown[0] <= chosen < shown[1]):
        first = words.first_pick(full or trace)
        chosen = first if shown[0] <= first < shown[1] else shown[0]
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
