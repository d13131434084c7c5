"""Which method: by its name, or first its kind and then its name. The URL holds the name alone."""

from collections.abc import Collection, Mapping

import streamlit as st

from dynviz.records.card import KINDS, Card
from dynviz.records.elsewhere import Elsewhere
from dynviz.ui.methods import text
from dynviz.ui.shell import state

KIND, METHOD, FIND = "methods.kind", "method", "methods.find"
POLICY, ELSEWHERE = "policy", "elsewhere"
WIDE = 400  # px of the menu of all names


def menu(methods: Mapping[str, Card], policies: Mapping[str, Card], elsewhere: Mapping[str, Elsewhere]) -> str:
    """The name of the method, of the policy, or of the method told of, to show."""
    shelves = shelved(methods, {POLICY: policies, ELSEWHERE: elsewhere})
    kinds = {name: kind for kind, names in shelves.items() for name in names}
    if (
        st.session_state.get(METHOD) not in kinds
    ):  # the URL holds names, the menu shows titles: so it is tied to the URL here, not by `bind`
        asked = st.query_params.get(METHOD, "")
        here = asked if asked in kinds else state.choice().checkpoint.config.method
        st.session_state[METHOD] = here if here in kinds else next(iter(kinds))
    st.session_state[FIND] = st.session_state[METHOD]
    st.session_state[KIND] = kinds[st.session_state[METHOD]]
    titles = {name: card.title for cards in (methods, policies, elsewhere) for name, card in cards.items()}

    def turn() -> None:
        go(shelves[st.session_state[KIND]][0])

    by_name = sorted(kinds, key=lambda name: titles[name].lower())
    st.selectbox(text.FIND, by_name, format_func=lambda n: titles[n], key=FIND, on_change=lambda: go(st.session_state[FIND]), width=WIDE)
    st.segmented_control(
        text.KIND, list(shelves), format_func=lambda k: f"{text.KINDS[k]} ({len(shelves[k])})", key=KIND, on_change=turn, required=True
    )
    names = shelves[st.session_state[KIND]]
    chosen = st.pills(text.METHOD, names, format_func=lambda n: titles[n], key=METHOD, required=True) or names[0]
    st.query_params[METHOD] = chosen
    return chosen


def go(name: str) -> None:
    """Turn to a method: for what a click on a widget calls."""
    st.session_state[METHOD] = name


def shelved(methods: Mapping[str, Card], others: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """The names of each kind, by title; kinds without any are left out. others: what is no method that is run, by its kind."""
    found: dict[str, list[str]] = {
        kind: sorted((n for n, c in methods.items() if c.kind == kind), key=lambda n: methods[n].title.lower()) for kind in KINDS
    }
    return {kind: names for kind, names in {**found, **{kind: list(names) for kind, names in others.items()}}.items() if names}
