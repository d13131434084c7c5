"""DynViz: see how adaptive-compute language models spend their compute. Page config, navigation and the shared sidebar; and the server."""

import streamlit as st
from starlette.middleware import Middleware

from dynviz.errors import unpanicked
from dynviz.figures import whole  # noqa: F401 (as libraries)
from dynviz.ui.data.serving import serving
from dynviz.ui.present import keys, stage
from dynviz.ui.shell import libraries, navigation, origins  # noqa: F401 (libraries: whole before a page needs them)
from dynviz.ui.shell.styled import Styled
from dynviz.ui.shell.uploads import Uploads

if __name__ == "__main__":  # a visitor's run of the script
    st.set_page_config(page_title="DynViz", page_icon=navigation.ICON, layout="wide", initial_sidebar_state="auto")
    pages = navigation.pages()
    page = st.navigation(pages, position="top")
    st.session_state["page"] = page.url_path
    if stage.shown(page.url_path):
        st.navigation(pages, position="hidden")
    with unpanicked():
        navigation.sidebar()
        st.set_page_config(page_title=navigation.titled(page))
        if not stage.shown(page.url_path):
            navigation.bar(pages)
        page.run()
        keys.beside(page.url_path)
else:  # `streamlit run` imports it and serves what it finds
    origins.ask_nobody()
    app = st.App(__file__, middleware=[Middleware(Uploads), Middleware(Styled)], lifespan=serving)
