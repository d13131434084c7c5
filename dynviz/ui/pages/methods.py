"""The Methods page: what each method does, in its own words."""

import streamlit as st

from dynviz.ui import cache

for card in {c.config.method: cache.card(c.name) for c in cache.catalogue()[0]}.values():
    st.subheader(card.title)
    st.markdown(card.about)
