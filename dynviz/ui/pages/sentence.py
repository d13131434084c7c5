"""The Sentence page: one text, one model, what it computed and why it stopped."""

import streamlit as st

from dynviz import figures
from dynviz.ui import cache, state

chosen = state.choice()
pairs = cache.stored_pairs(chosen.checkpoint.name)
for column, pair in zip(st.columns(2), pairs[:2], strict=False):
    column.plotly_chart(figures.staircase(pair.trace, pair.full), key=pair.trace.text, alt=figures.staircase_finding(pair.trace, pair.full))
