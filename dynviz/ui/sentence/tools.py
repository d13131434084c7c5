"""Under the picture, one at a time: the layers step by step, interventions, an edit side by side, the search for the smallest edit."""

import streamlit as st

from dynviz.ui.sentence import editing, forcing, searching, steps, text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import address
from dynviz.ui.shell.shown import guarded

FIRST = "steps"


def section(result: Result) -> int | None:
    """The tool chosen. Returns the layer looked at, None for all of them."""
    with st.container(border=True, key="tools"):
        chosen = _chosen()
        if chosen == "steps":
            return steps.section(result)
        if not result.name:
            st.caption(text.NEEDS_MODEL)
            return None
        with guarded():
            {"force": forcing.section, "edit": editing.section, "search": searching.section}[chosen](result)
    return None


def _chosen() -> str:
    """The menu of tools, tied to the address."""
    asked = address.opened("do")
    if st.session_state.get("do") not in text.TOOL:
        st.session_state["do"] = asked if asked in text.TOOL else FIRST
    chosen = str(st.segmented_control(text.TOOLS, list(text.TOOL), required=True, format_func=text.TOOL.__getitem__, key="do"))
    address.write("do", "" if chosen == FIRST else chosen)
    return chosen
