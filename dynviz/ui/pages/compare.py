"""The Compare page: one text under several models, or two texts under one."""

import streamlit as st

from dynviz.ui.compare import models, text, texts
from dynviz.ui.shell import state
from dynviz.ui.shell.shown import guarded

if "mode" not in st.session_state:  # the URL holds names, the control shows titles: so it is tied to the URL here, not by `bind`
    asked = st.query_params.get("compare", "")
    st.session_state["mode"] = asked if asked in text.MODES else "models"
mode = st.segmented_control(
    text.MODE, list(text.MODES), format_func=lambda m: text.MODES[m], key="mode", required=True, label_visibility="collapsed"
)
st.query_params["compare"] = mode or "models"
with guarded():
    (texts if mode == "texts" else models).section(state.choice())
