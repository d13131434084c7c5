"""The Sentence page: one text, one model, what it computed and why it stopped."""

from dataclasses import replace

import streamlit as st

from dynviz.ui.parts import inputs
from dynviz.ui.parts.panels import waiting
from dynviz.ui.sentence import badges, first, pictures, text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import cache, state
from dynviz.ui.shell.shown import guarded

chosen = state.choice()
name, task = chosen.checkpoint.name, chosen.checkpoint.task
typed = inputs.text_and_examples(task.name)

with guarded():
    given = inputs.uploaded()
    if given is not None:
        st.info(text.UPLOADED, icon=":material/upload_file:")
        shown = Result(given)
        place = pictures.headline(shown)
        pictures.time_metric(place, None)
        pictures.panels(replace(shown, by=badges.section(shown, task.name)))
    elif not typed.strip():
        first.screen(chosen)
        cache.warm_up()
    else:
        with waiting():
            trace = cache.trace(name, typed, cache.key(chosen.settings))
            full = cache.trace(name, typed, cache.key(chosen.off))
        compared = cache.analysis(name, typed).compared(trace)
        settled, settings = cache.settled(name, typed), cache.key(chosen.settings)
        shown = Result(trace, full, compared, chosen.card, task.legend, name, typed, settings, settled)
        place = pictures.headline(shown)
        pictures.panels(replace(shown, by=badges.section(shown, task.name)))
        plan, whole = pictures.plan_key(trace), pictures.plan_key(full)
        here = cache.milliseconds(name, typed, plan, cache.key(chosen.settings))
        there = here if plan == whole else cache.milliseconds(name, typed, whole, cache.key(chosen.off))
        pictures.time_metric(place, (here, there))
