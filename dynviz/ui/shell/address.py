"""What of a page stands in its address and is no plain widget value: read once when the page is opened, then written at each run."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st


def opened(name: str) -> str:
    """What the address says when the page is opened; "" later, when the session knows better."""
    seen: set[str] = st.session_state.setdefault("link-read", set())
    if name in seen:
        return ""
    seen.add(name)
    return str(st.query_params.get(name, ""))


def write(name: str, value: str) -> None:
    """Put a value into the address, or take it out where it is ""."""
    if value:
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def numbers(text: str) -> list[int]:
    """ "2.5.7" as numbers; nonsense is passed over."""
    return [int(part) for part in text.split(".") if part.isdecimal() and len(part) < 5]


def to(url: str, parameters: Mapping[str, str]) -> str:
    """An address of this page with these parameters and no others."""
    return f"{url.split('?', 1)[0]}?{urlencode(parameters)}" if parameters else url.split("?", 1)[0]
