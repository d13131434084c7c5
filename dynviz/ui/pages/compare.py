"""The Compare page: one text under several models, two texts under one, or two under it and the plain model."""

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
SECTIONS = {"models": models.section, "texts": texts.section, "square": texts.square_section}
with guarded():
    SECTIONS[mode or "models"](state.choice())
