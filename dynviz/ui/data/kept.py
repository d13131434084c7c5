"""What of the page stands in its address without `bind`: the runs, and choices whose menus show counts or texts beside the names.

Also kept in the session, because the way to another page empties the address. Not in it: pasted lines, files, and their columns. They are
in the run, which has a link of its own.
"""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from dynviz.ui.shell import address

MEMORY = "data.kept"
T = TypeVar("T")


def said(name: str) -> str:
    """What the address says, or, back from another page, what it said before; "" for nothing."""
    return str(st.query_params.get(name, "") or st.session_state.get(MEMORY, {}).get(name, ""))


def write(name: str, value: str) -> None:
    """Put a value into the address, or take it out where it is ""."""
    memory: dict[str, str] = st.session_state.setdefault(MEMORY, {})
    memory[name] = value
    address.write(name, value)


def forget() -> None:
    """Take everything out again."""
    for name in list(st.session_state.get(MEMORY, {})):
        write(name, "")


def choice(key: str, name: str, options: Mapping[str, T], default: T) -> T:
    """What the menu of this key will stand at: where the visitor left it, else where the address says, else at the default.

    Call it before the menu is drawn, and give the menu no default. options: what can be chosen, by its name in the address.
    """
    if key not in st.session_state or st.session_state[key] not in (*options.values(), default):
        st.session_state[key] = options.get(said(name), default)
    chosen: T = st.session_state[key]
    write(name, "" if chosen == default else next(n for n, option in options.items() if option == chosen))
    return chosen
