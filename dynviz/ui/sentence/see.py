"""The sections of the page by the names that the address gives them, and how a click elsewhere opens one."""

import streamlit as st


def key(name: str) -> str:
    """The key of a section's widget, and its name in the address."""
    return f"see.{name}"


def is_open(name: str) -> bool:
    """Whether a section is open, also before it is drawn: on a page just opened the address says it."""
    return bool(st.session_state.get(key(name), st.query_params.get(key(name)) == "true"))


def show(name: str) -> None:
    """Open a section. Call it in a widget's callback."""
    st.session_state[key(name)] = True
