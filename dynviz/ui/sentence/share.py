"""The ways to pass a result on: its link, a card that works by itself, and its files."""

import streamlit as st

from dynviz.records.schema import to_json
from dynviz.ui.parts.export import frozen, link
from dynviz.ui.sentence import text
from dynviz.ui.sentence.result import Result


def section(result: Result) -> None:
    """Three buttons in a row. A trace from a file has no address, and no model to make a card with."""
    with st.container(horizontal=True, gap="small", width="content", key="share"):
        if result.name:
            link.copy()
            frozen.offer(result.name, result.typed, result.settings)
        opened = st.popover(text.SAVE, icon=":material/download:", key="save", on_change="rerun")
        if opened.open:
            with opened:
                _files(result)


def _files(result: Result) -> None:
    st.caption(text.SAVE_ABOUT)
    for label, trace, name in ((text.SAVE_TRACE, result.trace, "trace"), (text.SAVE_FULL, result.full, "trace-full")):
        if trace is not None:
            data = to_json(trace, 1)  # made now: what is made on the click is lost when the page reruns in that instant
            st.download_button(label, data, f"{name}.json", "application/json", key=name, on_click="ignore", icon=":material/download:")
