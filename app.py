"""DynViz: see how adaptive-compute language models spend their compute. Page config, navigation and the shared sidebar."""

import streamlit as st

from dynviz.ui.shell import navigation, origins

origins.ask_nobody()
st.set_page_config(page_title="DynViz", page_icon=navigation.ICON, layout="wide", initial_sidebar_state="auto")
page = st.navigation(navigation.pages(), position="top")
st.session_state["page"] = page.url_path
navigation.sidebar()
page.run()
