"""Which fit is looked at: in the address, and, back from another page, in the session."""

import streamlit as st

from dynviz.ui.shell import address

FIT, MEMORY = "fit", "yours.fit"
CLASSIFIER = "classifier"  # which one the form has


def looked_at() -> str:
    """The id of the fit that is looked at, "" for none.

    An address that says something of this page and names no fit is the form's, to which Back leads; one that says nothing is that of the
    navigation, and the fit is looked at further.
    """
    kept = "" if CLASSIFIER in st.query_params else st.session_state.get(MEMORY, "")
    found = str(st.query_params.get(FIT, "") or kept)
    look_at(found)
    return found


def look_at(id: str) -> None:
    """Look at this fit from here on; "" for none."""
    st.session_state[MEMORY] = id
    address.write(FIT, id)


def leave() -> None:
    """Back to the form."""
    look_at("")
