"""The first screen: an easy and a hard sentence side by side, from stored results, or run where the knob was turned."""

import streamlit as st

from dynviz import api, figures
from dynviz.records.pair import Pair
from dynviz.ui.parts import heading, sources, words
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.sentence import text as own
from dynviz.ui.shell import cache, state, text
from dynviz.ui.shell.shown import plain


def screen(chosen: state.Choice) -> None:
    """Two sentences, what they cost, and a way to open each."""
    name = chosen.checkpoint.name
    stored = cache.stored_pairs(name)[:2]
    use_stored = bool(stored) and chosen.untouched
    texts = [p.trace.text for p in stored] or list(api.first_texts(chosen.checkpoint.config.task))
    pairs = stored if use_stored else tuple(_run(name, words_, chosen) for words_ in texts)
    heading.title(own.FIRST_TITLE)
    easy, hard = (words.side(p.trace) for p in pairs)
    st.markdown(plain(own.FIRST_FINDING.format(easy=easy, hard=hard)))
    grid = st.grid(2, min_column_width=460)
    for i, pair in enumerate(pairs):
        with grid.cell():
            _one(pair, i)
    st.caption(plain((own.FIRST_STORED if use_stored else own.FIRST_RUN).format(name=chosen.checkpoint.config.title)))


def _run(name: str, words_: str, chosen: state.Choice) -> Pair:
    return Pair(cache.trace(name, words_, cache.key(chosen.settings)), cache.trace(name, words_, cache.key(chosen.off)))


def _one(pair: Pair, place: int) -> None:
    finding = figures.staircase_finding(pair.trace, pair.full)
    figure = figures.staircase(pair.trace, pair.full, style=style(), title="", subtitle="")
    draw(
        Panel(
            f"first-{place}",
            figure,
            finding,
            lambda: figures.staircase_table(pair.trace, pair.full),
            text.HOW_TO["staircase"],
            text.DOES_NOT_SHOW["staircase"],
            text.MATHS_DEPTH,
            words.cells_key(pair.trace, pair.full),
            headed=True,
            source=sources.runs(pair.trace),
        )
    )
    st.button(own.OPEN_THIS, key=f"open-{place}", on_click=_open, args=(pair.trace.text,))


def _open(words_: str) -> None:
    st.session_state["text"] = words_
