"""An edit beside the text: both run, words aligned, depth by depth."""

import streamlit as st

from dynviz.ui.sentence import beside, see, text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import address, cache
from dynviz.ui.shell.operator import allowed


def section(result: Result) -> None:
    """A box with the text to change, and the two side by side."""
    st.caption(text.EDIT)
    _restore(result.typed)
    edited = str(st.text_area(text.EDIT_LABEL, key="edit", height=80, max_chars=allowed().characters or None))
    changed = edited.strip() and edited != result.typed
    address.write("edit", edited if changed else "")
    with st.container(horizontal=True):
        st.button(text.EDIT_OPEN, on_click=_open, args=(edited,), disabled=not changed, icon=":material/zoom_in:")
        st.button(text.EDIT_RESET, on_click=_reset, args=(result.typed,), disabled=edited == result.typed, icon=":material/undo:")
    if not changed:
        st.caption(text.EDIT_BLANK if not edited.strip() else text.EDIT_SAME)
        return
    beside.panel("edited", result, cache.trace(result.name, edited, result.settings))


def _restore(typed: str) -> None:
    asked = address.opened("edit")
    if st.session_state.get("edit-of") != typed or "edit" not in st.session_state:
        kept = st.session_state.get("edit-kept", "") if st.session_state.get("edit-of") == typed else ""
        st.session_state["edit"] = asked or kept or typed
    st.session_state["edit-of"], st.session_state["edit-kept"] = typed, st.session_state["edit"]


def show(typed: str, edited: str) -> None:
    """Open the tool with an edit of a text. Call it in a widget's callback."""
    st.session_state.update({"edit": edited, "edit-of": typed})
    see.show("edit")


def _open(edited: str) -> None:
    st.session_state["text"] = edited


def _reset(typed: str) -> None:
    st.session_state["edit"] = typed
