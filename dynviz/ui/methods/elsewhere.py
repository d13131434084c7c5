"""The card of a method that is told of and not run: the idea, what of it is public, why it is not run, and what comes nearest."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dynviz.records.card import Card
from dynviz.records.elsewhere import Elsewhere
from dynviz.ui.methods import facts, menu, text
from dynviz.ui.parts import heading
from dynviz.ui.shell.shown import plain


def show(told: Elsewhere, cards: Mapping[str, Card]) -> None:
    """The card. cards: of the methods that are run here."""
    with st.container(border=True, key="method-card"):
        heading.section(told.title)
        st.markdown(f"**{plain(told.caption)}**")
        st.caption(plain(told.venue))
        st.markdown(f":orange[{text.ELSEWHERE}]")
        _points(told.idea)
    heading.section(text.PUBLIC)
    parts = {what: getattr(told, key) for key, what in text.PUBLIC_PARTS.items()}
    facts.told(
        [{"what": what, "found": part.found, "source": part.source} for what, part in parts.items()], text.PUBLIC_COLUMNS, facts.LEAST
    )
    heading.section(text.WHY_NOT)
    _points(told.why)
    _nearest(told, cards)
    facts.reported(told.published)


def _points(words: Sequence[str]) -> None:
    facts.bullets([plain(one) for one in words])


def _nearest(told: Elsewhere, cards: Mapping[str, Card]) -> None:
    """What comes nearest, with a button to each that has a card."""
    heading.section(text.NEAREST)
    titles = {near.method: cards[near.method].title if near.method in cards else near.method for near in told.nearest}
    facts.bullets([f"**{plain(titles[near.method])}**: {plain(near.how)}" for near in told.nearest])
    with st.container(horizontal=True):
        for name in (name for name in titles if name in cards):
            label = text.OPEN_METHOD.format(title=plain(titles[name]))
            st.button(label, key=f"near-{name}", icon=":material/arrow_forward:", type="tertiary", on_click=menu.go, args=(name,))
