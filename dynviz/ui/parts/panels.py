"""A picture with everything that belongs to it: its finding, how to read it, its table and CSV. And errors, as sentences."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dynviz import api
from dynviz.data.spreadsheet import to_csv
from dynviz.figures import DARK, LIGHT, Style, captions
from dynviz.ui.parts import export, heading
from dynviz.ui.parts.export import text as text_export
from dynviz.ui.shell import loads, text
from dynviz.ui.shell.shown import marked, plain, unbroken

log = logging.getLogger("dynviz.ui")
Rows = Sequence[Mapping[str, Any]]
TALL = 640  # px
CONFIG = {"displayModeBar": False, "showSendToCloud": False, "plotlyServerURL": ""}


@dataclass(frozen=True)
class Panel:
    """One picture. name: its key. finding: what it shows, in sentences: its accessible name, and, where headed, its heading.
    key: how to read its marks, on one line. how, limits, maths: the longer texts, folded away.
    least: px below which the picture is scrolled and not squeezed, where its words need more than its layers, which it says itself
    (`meta`). source: for the caption, what the picture comes from (`sources`). head: what of the finding is its heading, where that is not
    its first sentence."""

    name: str
    figure: Any
    finding: str
    table: Callable[[], Rows]
    how: str = ""
    limits: str = ""
    maths: str = ""
    key: str = ""
    headed: bool = False
    least: int = 0
    source: Callable[[], str] | None = None
    head: str = ""


def style() -> Style:
    """The figures' colours for the visitor's theme."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def draw(panel: Panel, on_select: Callable[[], None] | None = None) -> None:
    """The finding, the picture, and under it how to read it and its table."""
    select: dict[str, Any] = {"on_select": on_select, "selection_mode": "points"} if on_select else {}
    with st.container(border=True, key=f"panel-{panel.name}"):
        if panel.headed:
            _heading(panel)
        least = max(panel.least, (panel.figure.layout.meta or {}).get("least", 0))
        with st.grid(1, wrap=False, min_column_width=least, key=f"wide-{panel.name}") if least else st.container():
            st.plotly_chart(panel.figure, key=panel.name, theme=None, alt=panel.finding, config=CONFIG, **select)
        with st.container(horizontal=True, gap="small"):
            if panel.how or panel.limits or panel.maths:
                with st.popover(text.HOW, type="tertiary", icon=":material/help:"):
                    about(panel)
            table(panel.name, panel.table)
            _export(panel)


def bare(name: str, figure: Any, finding: str, on_select: Callable[[], None]) -> None:
    """A picture that leads to others, whose numbers stand in their tables."""
    st.plotly_chart(figure, key=name, theme=None, alt=finding, config=CONFIG, on_select=on_select, selection_mode="points")


def _export(panel: Panel) -> None:
    """Its files and caption, made when asked for."""
    key = f"export-{panel.name}"
    opened = st.popover(text_export.EXPORT, type="tertiary", icon=":material/download:", key=key, on_change="rerun")
    if opened.open:
        source = captions.caption("", panel.source() if panel.source else "", api.versions())
        words = export.Words(*parted(panel), panel.key, source, f"{panel.finding} {source}")
        with opened:
            export.offer(panel.name, f"panel-{panel.name}", words, to_csv(panel.table()))


def _heading(panel: Panel) -> None:
    title, said = parted(panel)
    heading.card(title)
    if said or panel.key:
        st.caption("  \n".join(unbroken(plain(line)) for line in (said, panel.key) if line))


def parted(panel: Panel) -> tuple[str, str]:
    """The heading of a panel, and the rest of its finding."""
    return (panel.head, panel.finding.removeprefix(panel.head).strip()) if panel.head else split(panel.finding)


def split(finding: str) -> tuple[str, str]:
    """The first sentence, and the others."""
    first, *rest = re.split(r"(?<=[.!?]) (?=[A-Z0-9“])", finding, maxsplit=1)
    return first, " ".join(rest)


def about(panel: Panel) -> None:
    """Draw the popovers: how to read a picture, what it does not show, and the maths."""
    for title, words in ((text.HOW, panel.how), (text.LIMITS, panel.limits), (text.MATHS, panel.maths)):
        if words:
            st.markdown(f"**{title}**")
            st.markdown("\n\n".join(unbroken(marked(part)) for part in words.split("\n\n")))


def table(name: str, rows: Callable[[], Rows], label: str = text.TABLE) -> None:
    """The numbers behind a picture, drawn when asked for, and as CSV."""
    opened = st.popover(label, type="tertiary", icon=":material/table_rows:", key=f"table-{name}", on_change="rerun")
    if opened.open:
        with opened:
            st.dataframe(list(rows()), hide_index=True, key=f"rows-{name}")
            st.download_button(text.CSV, lambda: to_csv(rows()), f"{name}.csv", "text/csv", key=f"csv-{name}", on_click="ignore")


@contextmanager
def waiting() -> Iterator[None]:
    """Where a page has nothing to show yet, a skeleton as tall as what will come; later, what is drawn stays until it is replaced. Above it
    stands how far a load is."""
    page = st.session_state.get("page")
    with loads.told_in(st.empty()):
        if st.session_state.get("drawn") == page:
            st.empty()  # the place of the skeleton: nothing below it moves
            yield
            return
        with st.skeleton(height=TALL):
            yield
    st.session_state["drawn"] = page
