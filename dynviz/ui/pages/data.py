"""The Data page: a model run over rows of the visitor's own; where it stops, where that hurts, and what those rows have in common."""

import streamlit as st

from dynviz.ui.data import board, cache, kept, source, text
from dynviz.ui.parts import heading
from dynviz.ui.shell import state
from dynviz.ui.shell.shown import guarded, plain

id = kept.said(source.JOB)
job = None
heading.title(text.TITLE, tell=False)
with guarded():
    job = cache.registry().find(id) if id else None
    if id and job is None:
        st.warning(text.GONE, icon=":material/delete_history:")
if job is None:
    if id:
        source.leave()
    st.caption(text.INTRO.format(model=plain(state.choice().checkpoint.config.title)))
    source.form()
else:
    source.show(job.id, job.about.title)
    with guarded():
        board.page(job)
