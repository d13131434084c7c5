"""Which fit is looked at: in the address, and, back from another page, in the session."""

import streamlit as st

from dynviz.ui.shell import address

FIT, MEMORY = "fit", "yours.fit"


def looked_at() -> str:
    """The id of the fit that is looked at, "" for none."""
    found = str(st.query_params.get(FIT, "") or st.session_state.get(MEMORY, ""))
    look_at(found)
    return found


def look_at(id: str) -> None:
    """Look at this fit from here on; "" for none."""
    st.session_state[MEMORY] = id
    address.write(FIT, id)


def leave() -> None:
    """Back to the form."""
    look_at("")
