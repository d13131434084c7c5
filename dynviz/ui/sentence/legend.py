"""What the task's labels mean, those of the text first."""

import streamlit as st

from dynviz.ui.sentence import text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell.shown import plain


def section(result: Result) -> None:
    """Two lists, the labels with their meanings."""
    here = {label for label in result.trace.predicted if label}
    for title, chosen in ((text.TAGS_HERE, True), (text.TAGS_OTHER, False)):
        lines = [f"**{plain(tag)}** {plain(meaning)}" for tag, meaning in result.legend.items() if (tag in here) is chosen]
        if lines:
            st.caption(title)
            st.markdown("  \n".join(lines))
