"""Which words are shown, and which one is looked at: by a click on a picture, or by its twin for the keyboard."""

import streamlit as st

from dynviz.figures.columns import By, columns
from dynviz.figures.wording import shorten
from dynviz.records import Trace
from dynviz.ui.parts import show, words
from dynviz.ui.shell import address, text
from dynviz.ui.shell.shown import plain

WIDE = 28  # words that fit side by side


def window(count: int, kind: str = "words", key: str = "", place: int = 0) -> tuple[int, int]:
    """Of so many words those shown: all of them, or a part chosen where there are too many for one picture, first that of `place`."""
    cuts = -(-count // WIDE)
    return part([(count * i // cuts, count * (i + 1) // cuts) for i in range(cuts)], kind, key, place)


def part(parts: list[tuple[int, int]], kind: str, key: str = "", place: int = 0) -> tuple[int, int]:
    """One of the parts (start, stop) of a long text, as chosen; first that of `place`. key: of the panel, where several have parts."""
    if len(parts) == 1:
        return parts[0]
    names = {str(i): f"{start + 1}\N{EN DASH}{stop}" for i, (start, stop) in enumerate(parts, 1)}
    first = next((i for i, (start, stop) in enumerate(parts, 1) if start <= place < stop), 1)
    return parts[int(show.one_of(text.PARTS[kind], names, str(first), f"{key or kind}-{parts[-1][1]}")) - 1]


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

    def label(i: int) -> str:
        return plain(shorten(cols[i].label, 16)) or "\N{MIDDLE DOT}"

    st.pills(text.WORD, range(*shown), required=True, format_func=label, key="word", help=text.WORD_HELP)


def click() -> None:
    """A click on the staircase picks its column. What the browser sends is checked."""
    data = show.clicked("staircase")
    if data and isinstance(data[0], int | float) and not isinstance(data[0], bool):
        st.session_state["word"] = int(data[0])
