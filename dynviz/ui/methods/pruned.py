"""Whether the tokens that methods drop matter: the stored numbers of one task, a picture and what it says."""

from dataclasses import replace
from functools import partial

import streamlit as st

from dynviz import figures
from dynviz.figures.wording import listing
from dynviz.records.pruned import TaskPruned
from dynviz.ui.methods import text_pruned as text
from dynviz.ui.parts import heading, naming, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.parts.show import one_of
from dynviz.ui.shell import cache

LEAST = 760  # px


def section(name: str) -> None:
    """Nothing where the task has no numbers."""
    found = cache.pruned().get(name)
    if found is None:
        return
    task = naming.pruned(found)
    heading.section(text.HEAD)
    st.markdown(" ".join(filter(None, [text.INTRO.format(n=task.sentences, split=task.split, tagger=task.tagger), _left_out(task)])))
    finding = figures.pruned_finding(task)
    if not task.droppers:
        st.info(finding, icon=":material/info:")
        return
    fig = figures.pruned(task, style(), subtitle="")
    said = text.SETTINGS.format(draws=task.draws, n=len(task.droppers), tagger=task.tagger)
    source = sources.pruned(task, said)
    table = partial(figures.pruned_table, task)
    draw(Panel("pruned", fig, finding, table, text.HOW, text.LIMITS, key=figures.pruned_key(task), headed=True, least=LEAST, source=source))
    _funnel(task)


def _funnel(task: TaskPruned) -> None:
    """Which sorts of tokens one of the models drops, layer by layer."""
    heading.section(text.FUNNEL_HEAD)
    titles = {d.model: d.title for d in task.droppers}
    with st.container(horizontal=True):
        model = one_of(text.MODEL, titles, next(iter(titles)), "pruned.model", menu=True)
        by = one_of(text.BY, text.BYS, next(iter(text.BYS)), "pruned.by")
    one = next(d for d in task.droppers if d.model == model)
    found = one.funnels[by]
    finding = figures.pruned_groups_finding(one.title, one.kept[1], found, by)
    if not found:
        st.info(finding, icon=":material/info:")
        return
    fig = figures.pruned_groups(found, style(), subtitle="")
    said = text.FUNNEL_SETTINGS.format(setting=naming.setting(one.model, one.knobs), tagger=task.tagger)
    source = sources.pruned(replace(task, droppers=(one,)), said)
    table, key = partial(figures.pruned_groups_table, found, by), figures.pruned_groups_key()
    draw(Panel("pruned-groups", fig, finding, table, text.FUNNEL_HOW, text.FUNNEL_LIMITS, key=key, headed=True, least=430, source=source))


def _left_out(task: TaskPruned) -> str:
    names = [f"`{name}` ({text.LEFT[why]})" for name, why in task.left_out.items()]
    return text.LEFT_OUT.format(models=listing(names, len(names))) if names else ""
