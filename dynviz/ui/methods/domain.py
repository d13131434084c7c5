"""Another domain: the models of a task on texts they were not trained for, at the settings they ship with."""

from functools import partial

import streamlit as st

from dynviz import figures
from dynviz.figures import captions
from dynviz.records.tasks import TASKS
from dynviz.ui.methods import text
from dynviz.ui.parts import heading
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import plain

LEAST = 600  # px


def section(task: str) -> None:
    """What moving does to compute and accuracy, where it was measured for this task."""
    found = cache.domain()
    if found is None or task not in (found.home, found.away):
        return
    heading.section(text.DOMAIN)
    home, away = (plain(TASKS[name].title) for name in (found.home, found.away))
    st.markdown(text.DOMAIN_INTRO.format(home=home, away=away, n=f"{found.sentences:,}", split=found.split, pieces=found.pieces))
    finding, key = figures.domain_finding(found), figures.domain_key(found)
    source = partial(captions.of_domain, found)
    rows = partial(figures.domain_table, found)
    how, limits = text.DOMAIN_HOW, text.DOMAIN_LIMITS
    draw(Panel("domain", figures.domain(found, style()), finding, rows, how, limits, key=key, headed=True, least=LEAST, source=source))
