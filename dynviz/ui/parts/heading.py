"""The headings of a page: its one title, whose finding is also told to those who do not see it, its sections, and its cards."""

from typing import Any

import streamlit as st

from dynviz.ui.shell.shown import plain, unbroken

# registered once: a name that is registered again is warned of. The element stays, its words change: that is what a screen reader tells
_told = st.components.v2.component(
    "dynviz_told",
    html='<p role="status"></p>',
    css="p { margin: 0; }",
    js="export default function ({ data, parentElement }) { const p = parentElement.querySelector('p');"
    " if (p.textContent !== data) p.textContent = data; }",
)


def title(words: str, tell: bool = True) -> None:
    """The heading of the first level, one on a page: its finding, or its name. tell: it is told when it changes."""
    st.title(plain(words), anchor=False)
    if tell:
        told(words)


def section(words: str, anchor: str = "") -> None:
    """The heading of a part of the page. anchor: its place in a link."""
    st.header(plain(words), anchor=anchor or False)


def card(words: str) -> None:
    """The heading of a picture or another card."""
    st.subheader(unbroken(plain(words)), anchor=False)


def told(words: str) -> None:
    """Tell a result to those who do not see it; once on a page."""
    data: Any = words
    _told(key="told", data=data)
