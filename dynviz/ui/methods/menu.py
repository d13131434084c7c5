"""Which method: first its kind, then its name. The URL holds the name alone."""

from collections.abc import Mapping

import streamlit as st

from dynviz.records.card import KINDS, Card
from dynviz.ui.methods import text
from dynviz.ui.shell import state

KIND, METHOD = "methods.kind", "method"
POLICY = "policy"


def menu(methods: Mapping[str, Card], policies: Mapping[str, Card]) -> str:
    """The name of the method, or policy, to show."""
    shelves = shelved(methods, policies)
    kinds = {name: kind for kind, names in shelves.items() for name in names}
    if (
        st.session_state.get(METHOD) not in kinds
    ):  # the URL holds names, the menu shows titles: so it is tied to the URL here, not by `bind`
        asked = st.query_params.get(METHOD, "")
        here = asked if asked in kinds else state.choice().checkpoint.config.method
        st.session_state[METHOD] = here if here in kinds else next(iter(kinds))
    st.session_state[KIND] = kinds[st.session_state[METHOD]]
    cards = {**methods, **policies}

    def turn() -> None:
        st.session_state[METHOD] = shelves[st.session_state[KIND]][0]

    st.segmented_control(
        text.KIND, list(shelves), format_func=lambda k: f"{text.KINDS[k]} ({len(shelves[k])})", key=KIND, on_change=turn, required=True
    )
    names = shelves[st.session_state[KIND]]
    chosen = st.pills(text.METHOD, names, format_func=lambda name: cards[name].title, key=METHOD, required=True) or names[0]
    st.query_params[METHOD] = chosen
    return chosen


def shelved(methods: Mapping[str, Card], policies: Mapping[str, Card]) -> dict[str, list[str]]:
    """The names of each kind, by title; kinds without any are left out."""
    found: dict[str, list[str]] = {
        kind: sorted((n for n, c in methods.items() if c.kind == kind), key=lambda n: methods[n].title.lower()) for kind in KINDS
    }
    return {kind: names for kind, names in {**found, POLICY: list(policies)}.items() if names}
