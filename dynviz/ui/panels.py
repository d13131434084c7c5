"""A picture with everything that belongs to it: its finding, how to read it, its table and CSV. And errors, as sentences."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dynviz.errors import InputError
from dynviz.ui import show, text
from dynviz.ui.words import plain

log = logging.getLogger("dynviz.ui")


@dataclass(frozen=True)
class Panel:
    """One picture. name: its key. finding: what it shows, in sentences; the first is its title. key: how to read its marks, on one
    line. how, limits, maths: the longer texts, folded away."""

    name: str
    figure: Any
    finding: str
    table: Callable[[], show.Rows]
    key: str = ""
    how: str = ""
    limits: str = ""
    maths: str = ""


def draw(panel: Panel, on_select: Callable[[], None] | None = None) -> None:
    """The finding, the picture, and under it how to read it and its table."""
    title, said = split(panel.finding)
    with st.container(border=True, key=f"panel-{panel.name}"):
        if title:
            st.markdown(f"**{plain(title)}**")
        if said or panel.key:
            st.caption("  \n".join(plain(line) for line in (said, panel.key) if line))
        show.picture(panel.figure, panel.finding, panel.name, on_select)
        with st.container(horizontal=True, gap="small"):
            with st.popover(text.ABOUT, type="tertiary", icon=":material/help:"):
                about(panel)
            table(panel)


def split(finding: str) -> tuple[str, str]:
    """The first sentence, and the others."""
    first, *rest = re.split(r"(?<=[.!?]) (?=[A-Z0-9“])", finding, maxsplit=1)
    return first, " ".join(rest)


def about(panel: Panel) -> None:
    """How to read it, what it does not show, and the maths."""
    for title, words in ((text.HOW, panel.how), (text.LIMITS, panel.limits), (text.MATHS, panel.maths)):
        if words:
            st.markdown(f"**{title}**")
            st.markdown("\n\n".join(plain(part) for part in words.split("\n\n")))


def table(panel: Panel) -> None:
    """The numbers behind a picture, drawn when asked for, and as CSV."""
    opened = st.popover(text.TABLE, type="tertiary", icon=":material/table_rows:", key=f"open-{panel.name}", on_change="rerun")
    if opened.open:
        with opened:
            show.open_table(panel.table(), panel.name)


@contextmanager
def guarded() -> Iterator[None]:
    """A user's mistake is shown as its sentence; anything else is logged and shown as one. What is drawn already stays."""
    try:
        yield
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except Exception:
        log.exception("a panel failed")
        st.error(text.FAILED, icon=":material/error:")
