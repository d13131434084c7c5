"""The Sentence page: one text, one model, what it computed and why it stopped."""

import streamlit as st

from dynviz.ui.parts import inputs
from dynviz.ui.parts.panels import waiting
from dynviz.ui.sentence import first, page, text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import cache, state
from dynviz.ui.shell.shown import guarded

chosen = state.choice()
name, task = chosen.checkpoint.name, chosen.checkpoint.task
typed = inputs.text_and_examples(task)

with guarded():
    given = inputs.uploaded()
    if given is not None:
        st.info(text.UPLOADED, icon=":material/upload_file:")
        page.show(Result(given), task.name)
    elif not typed.strip():
        first.screen(chosen)
        cache.warm_up()
    else:
        settings = cache.key(chosen.settings)
        with waiting():
            trace = cache.trace(name, typed, settings)
            full = cache.trace(name, typed, cache.key(chosen.off))
        compared, settled = cache.analysis(name, typed).compared(trace), cache.settled(name, typed)
        page.show(Result(trace, full, compared, chosen.card, task.legend, name, typed, settings, cache.key(chosen.off), settled), task.name)
