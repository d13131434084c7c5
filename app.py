"""DynViz: see how adaptive-compute language models spend their compute. Page config, navigation and the shared sidebar."""

import streamlit as st

from dynviz.ui import shell

st.set_page_config(page_title="DynViz", page_icon=shell.ICON, layout="wide", initial_sidebar_state="auto")
page = st.navigation(shell.pages(), position="top")
st.session_state["page"] = page.url_path
shell.sidebar()
page.run()
