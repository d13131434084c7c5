"""The sentences whose answer changes when the model stops early: where that hurts, and where it helps."""

import numpy as np
import streamlit as st

from dynviz.ui.data import kept, text
from dynviz.ui.data.rows import Selection, said
from dynviz.ui.data.view import DataView


def section(view: DataView) -> Selection | None:
    """How many there are of each, and which to list below."""
    found = {"worse": view.worse, "avoided": view.avoided, "differs": view.differs}
    if not view.differs.any():
        st.markdown(text.INBOX_NONE)
        return Selection("", np.empty(0, np.int64))
    if not view.labelled:
        st.markdown(text.INBOX_BLIND.format(differs=said(int(view.differs.sum()))))
        return Selection(text.INBOX["differs"], np.flatnonzero(view.differs), "surest")
    st.markdown(text.INBOX_LINE.format(worse=said(int(view.worse.sum())), avoided=f"{int(view.avoided.sum()):,}"))
    start = next(name for name, which in found.items() if which.any())
    chosen = kept.choice("data.inbox", "inbox", {name: name for name in text.INBOX}, start)
    st.segmented_control(
        text.INBOX_PICK, list(text.INBOX), format_func=lambda k: f"{text.INBOX[k]} ({int(found[k].sum()):,})", key="data.inbox",
        help=text.INBOX_HELP, required=True,
    )  # fmt: skip
    return Selection(text.INBOX[chosen], np.flatnonzero(found[chosen]), "surest")
