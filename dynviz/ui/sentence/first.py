"""The first screen: two sentences side by side and what each costs, from stored results, or run where the knob was turned."""

from typing import Any

import streamlit as st

from dynviz import api, figures
from dynviz.figures.staircase import staircase_lines
from dynviz.records.pair import Pair
from dynviz.ui.parts import heading, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.sentence import introduced as words
from dynviz.ui.sentence import text_first as own
from dynviz.ui.shell import cache, state, text
from dynviz.ui.shell.shown import plain

CARD = 460  # px, at least, of a card where two stand side by side
LEAST = CARD - 40  # px of the picture in it: there its words are set level
EDGES = 34  # px of a card's border and padding


def screen(chosen: state.Choice) -> None:
    """What this app is, two sentences and what they cost, and a way to open each."""
    name, title = chosen.checkpoint.name, chosen.checkpoint.config.title
    stored = cache.golden(name)
    shown = stored.first.pairs if stored.first else stored.pairs[:2]
    use_stored = bool(shown) and chosen.untouched
    texts = [p.trace.text for p in shown] or list(api.first_texts(chosen.checkpoint.task.name))
    of = words.introduced(title, chosen.card, *(shown if use_stored else (_run(name, typed, chosen) for typed in texts)))
    st.caption(own.ABOUT)
    heading.title(words.title(of))
    st.markdown(plain(words.said(of, stored.first, chosen.untouched)))
    st.caption(plain(words.how(of)))
    pictures = _pictures(of)
    needed = max(picture.layout.meta["least"] for picture in pictures)
    grid = st.grid(2, min_column_width=max(CARD, needed + EDGES))  # below each other before one of them is scrolled
    for i, card in enumerate(zip((of.cheap, of.dear), pictures, of.texts, of.findings, strict=True)):
        with grid.cell():
            _one(*card, i)
    where = (own.STORED if use_stored else own.RUN).format(name=title, noun=of.noun)
    st.caption("  \n".join(plain(line) for line in (words.key(of), where)))


def _run(name: str, typed: str, chosen: state.Choice) -> Pair:
    return Pair(cache.trace(name, typed, cache.key(chosen.settings)), cache.trace(name, typed, cache.key(chosen.off)))


def _pictures(of: words.Introduced) -> list[Any]:
    """Of both, with room for as many lines of words, so that their layers are level."""
    lines = max(staircase_lines(trace, LEAST) for trace in of.traces)
    same: dict[str, Any] = {"style": style(), "title": "", "subtitle": "", "level": LEAST, "lines": lines}
    return [figures.staircase(pair.trace, pair.full, **same) for pair in (of.cheap, of.dear)]


def _one(pair: Pair, picture: Any, head: str, finding: str, place: int) -> None:
    """A card."""
    draw(
        Panel(
            f"first-{place}",
            picture,
            finding,
            lambda: figures.staircase_table(pair.trace, pair.full),
            text.HOW_TO["staircase"],
            text.DOES_NOT_SHOW["staircase"],
            text.MATHS_DEPTH,
            headed=True,
            head=head,
            least=LEAST,
            source=sources.runs(pair.trace),
        )
    )
    st.button(own.OPEN_THIS, key=f"open-{place}", on_click=_open, args=(pair.trace.text,))


def _open(typed: str) -> None:
    st.session_state["text"] = typed
