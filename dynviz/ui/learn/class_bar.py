"""Above the lessons of a class: links and tools for the teacher, what is kept for a student; and the button that opens one."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dynviz.data.spreadsheet import to_csv
from dynviz.errors import InputError
from dynviz.figures.wording import count
from dynviz.ui.learn import text_class as text
from dynviz.ui.learn.class_visit import Visit, enter, leave, room, visit
from dynviz.ui.shell.operator import allowed
from dynviz.ui.shell.shown import guarded, plain

HIDE = "class-hide"
STOPS = "class-stops"  # of the questions that this teacher has opened
OPENED = "class-opened"  # by this session


def way_in() -> None:
    """The button that opens a class."""
    if st.button(text.OPEN, icon=":material/groups:", help=text.OPEN_HELP, key="class-open"):
        with guarded():
            _open()
            st.rerun()


def _open() -> None:
    if allowed().demo and st.session_state.get(OPENED):
        raise InputError(*text.ONE_EACH)
    name, key = room().open()
    st.session_state[OPENED] = True
    enter(Visit(name, key=key))


def head(found: Visit) -> None:
    """Which class this is, and what can be done with it."""
    with st.container(border=True, key="class-bar"):
        if not found.open:
            _line(text.UNKNOWN)
        elif found.key:
            _teacher(found)
        else:
            _line(f"**{plain(text.TAKING_PART.format(name=found.name))}**")
            if found.refused:
                st.warning(text.NO_KEY)
            st.caption(text.PRIVACY.format(hours=round(room().limits.seconds / 3600)))


def _line(words: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="stretch")
        st.button(text.LEAVE, on_click=leave, key="class-leave", type="tertiary")


def link(found: Visit, key: str = "") -> str:
    """The address of a class, for students or, with its key, for the teacher."""
    return f"{st.context.url or ''}?class={found.name}" + (f"&teacher={key}" if key else "")


def board() -> str:
    """The address that a teacher writes on the board; "" for who teaches no class."""
    found = visit()
    return link(found) if found and found.key and found.open else ""


def _teacher(found: Visit) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(text.TEACHING.format(name=found.name))}**", width="content")
        st.code(link(found), language=None, wrap_lines=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle(text.HIDE, key=HIDE, help=text.HIDE_HELP)
        _key(found)
        rows = partial(counts, found.name, st.session_state.setdefault(STOPS, {}))
        st.download_button(text.CSV, rows, "guesses.csv", "text/csv", key="class-csv", on_click="ignore", type="tertiary", icon=text.SAVE)
        st.button(text.CLOSE, on_click=_close, args=(found,), key="class-close", type="tertiary", help=text.CLOSE_HELP)
        st.caption(text.OPEN_FOR.format(time=count(room().minutes(found.name), "minute")), width="content")


def _key(found: Visit) -> None:
    """The teacher's link, which stands nowhere on the page before it is asked for."""
    private = st.popover(text.KEY, type="tertiary", icon=":material/key:", key="class-key", on_change="rerun")
    if private.open:
        with private:
            st.caption(text.KEY_HELP)
            st.code(link(found, found.key), language=None, wrap_lines=True)


def _close(found: Visit) -> None:
    room().close(found.name, found.key)
    leave()


def counts(name: str, seen: Mapping[str, tuple[str, ...]]) -> str:
    """All guesses of a class as CSV."""
    return to_csv(table(name, seen))


def table(name: str, seen: Mapping[str, tuple[str, ...]]) -> list[Mapping[str, Any]]:
    """All guesses of a class as rows. seen: the stops of the questions that the teacher has opened, by which theirs are named."""
    rows = [(q, stop + 1, seen[q][stop] if q in seen and stop < len(seen[q]) else "", n) for q, stop, n in room().table(name)]
    return [dict(zip(text.COLUMNS, row, strict=True)) for row in rows]
