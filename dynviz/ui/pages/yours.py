"""The page "Your model": a classifier at hand, what the doctor says of it, exits fitted on it, and what came out."""

import streamlit as st

from dynviz.ui.data.cache import fits
from dynviz.ui.parts import heading
from dynviz.ui.shell.shown import guarded
from dynviz.ui.yours import form, hand, progress, result, text, visit

WIDE = 1120  # px: a line of text is still read with ease

with st.container(horizontal_alignment="center", key="yours"), st.container(width=WIDE):
    heading.title(text.TITLE, tell=False)
    fit = None
    with guarded():
        id = visit.looked_at()
        fit = fits().find(id) if id else None
        if id and fit is None:
            st.warning(text.GONE, icon=":material/delete_history:")
            visit.leave()
    with guarded():
        if fit is not None:
            (result.show if fit.state == "done" else progress.panel)(fit)
        else:
            st.caption(text.INTRO)
            found = hand.section()
            if found is not None and hand.as_it_is(found):
                form.section(found)
