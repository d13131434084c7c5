"""The words of the glossary that each lesson is the first to need: shown there, folded away."""

import streamlit as st

from dynviz.ui.learn import text
from dynviz.ui.shell import glossary

FIRST = {
    1: ("layer", "exit", "step (FLOP)"),
    2: ("piece", "plain model", "compute share"),
    3: ("depth", "knob"),
    4: ("frozen", "dropped"),
    5: ("threshold", "patience"),
    6: ("interval",),
    7: ("cascade",),
    8: ("doubt (entropy)",),
}  # lesson: its words


def popover(lesson: int) -> None:
    """The new words of a lesson, one short sentence each."""
    if lesson in FIRST:
        with st.popover(text.WORDS, type="tertiary", icon=":material/menu_book:"):
            st.markdown(glossary.terms(FIRST[lesson]))
