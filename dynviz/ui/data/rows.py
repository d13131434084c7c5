"""The rows: filtered, in pages, each to be opened on the Sentence page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dynviz.figures.wording import count, shorten
from dynviz.records import Bools, Ints
from dynviz.ui.data import kept, text
from dynviz.ui.data.view import DataView
from dynviz.ui.parts import heading, show
from dynviz.ui.parts import text as shared
from dynviz.ui.shell import state
from dynviz.ui.shell.navigation import PAGES
from dynviz.ui.shell.shown import plain

EXIT, OUTCOME, KIND, FIND, SORT, PAGE, OPEN = "exit", "outcome", "kind", "find", "order", "rows-page", "data.open"
TAGGED = ("words", "differ", "wrong", "wrong_full")  # columns of a sentence of words
FILTERS = (EXIT, OUTCOME, KIND, FIND, SORT, PAGE)
PER_PAGE, SHOWN_CHARACTERS = 100, 400


@dataclass(frozen=True, eq=False)
class Selection:
    """Rows that another part of the page asks for. name: in words, "" where it asks for an order only; order: key of text.SORTS."""

    name: str
    rows: Ints | None
    order: str = ""


def section(view: DataView, chosen: Selection | None) -> None:
    """Filters, a page of the table, and the way to the Sentence page."""
    if chosen is not None and chosen.rows is not None and not len(chosen.rows):
        return  # there are none, and that has been said
    heading.section(text.ROWS_TITLE, "rows")
    keep, found = _filters(view)
    if chosen is not None and chosen.rows is not None:
        inside = np.zeros(view.n, bool)
        inside[chosen.rows] = True
        keep &= inside
        if chosen.name:
            st.caption(plain(text.IN_GROUP.format(name=chosen.name)))
    order = found if found != "given" or chosen is None or not chosen.order else chosen.order
    places = sort(view, np.flatnonzero(keep), order)
    if not len(places):
        st.info(text.NO_ROWS, icon=":material/filter_alt_off:")
        return
    _page(view, places)


def _filters(view: DataView) -> tuple[Bools, str]:
    """Which rows pass, and the order asked for."""
    keep = np.ones(view.n, bool)
    outcomes = [k for k in text.OUTCOMES if view.labelled or k in ("all", "differs")]
    options: dict[str, Any] = {"bind": "query-params"}
    grid = st.grid(4, min_column_width=170)
    layer = grid.selectbox(text.EXIT, [text.ALL, *view.layers], key=EXIT, **options)
    outcome = grid.selectbox(text.OUTCOME, outcomes, format_func=text.OUTCOMES.__getitem__, key=OUTCOME, **options)
    kind = grid.selectbox(text.KIND, [text.ANY_KIND, *view.kinds], key=KIND, **options)
    order = grid.selectbox(text.SORT, list(text.SORTS), format_func=text.SORTS.__getitem__, key=SORT, **options)
    words = st.text_input(text.FIND, key=FIND, max_chars=200, bind="query-params")
    if layer in view.layers:
        keep &= view.sweep.exits[1] == view.layers.index(layer) + 1
    keep &= _outcome(view, outcome or "all")
    if kind and kind != text.ANY_KIND:
        keep &= view.sweep.rows.tagged(kind)
    if words:
        keep &= view.job.store.holding(words)[: view.n]
    return keep, order or "given"


def _outcome(view: DataView, outcome: str) -> Bools:
    found = {"differs": view.differs, "worse": view.worse, "avoided": view.avoided, "wrong": ~view.good, "right": view.good}
    return found.get(outcome, np.ones(view.n, bool))


def sort(view: DataView, places: Ints, order: str) -> Ints:
    """These rows in an order."""
    values = {"surest": -view.sure, "unsure": view.sure, "deep": -view.sweep.depth[1], "long": -view.sweep.rows.lengths}
    return places if order not in values else places[np.argsort(values[order][places], kind="stable")]


def _page(view: DataView, places: Ints) -> None:
    pages = -(-len(places) // PER_PAGE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        page = 1
        if pages > 1:
            if int(st.session_state.get(PAGE) or 1) > pages:
                st.session_state[PAGE] = pages
            page = int(st.number_input(text.PAGE, 1, pages, key=PAGE, bind="query-params", width=140) or 1)
        first = (page - 1) * PER_PAGE
        here = places[first : first + PER_PAGE]
        st.caption(text.PAGE_OF.format(first=first + 1, last=first + len(here), n=count(len(places), "row")))
    texts = view.job.store.texts(here.tolist())
    table = [row(view, int(i), shorten(words, SHOWN_CHARACTERS)) for i, words in zip(here, texts, strict=True)]
    columns = {text.ROW_COLUMNS[k]: show.PERCENT for k in ("share", "sure", "kept")} | {
        text.ROW_COLUMNS["text"]: st.column_config.TextColumn(width=300)
    }
    picked = partial(_picked, here.tolist())
    st.dataframe(
        table, hide_index=True, key="data-rows", width="stretch", column_config=columns, on_select=picked, selection_mode="single-row",
        alt=text.ROWS_TITLE,
    )  # fmt: skip
    _opener(view, here.tolist(), texts)


def _picked(here: Sequence[int]) -> None:
    """A row ticked in the table is the row to open."""
    rows = (st.session_state.get("data-rows") or {}).get("selection", {}).get("rows", [])
    if rows and 0 <= rows[0] < len(here):
        st.session_state[OPEN] = here[rows[0]]


def _opener(view: DataView, here: list[int], texts: list[str]) -> None:
    """The keyboard's way to pick a row, and the button that opens it."""
    at = kept.choice(OPEN, "row", {str(i + 1): i for i in here}, here[0])
    names = {i: f"{view.sweep.rows.ids[i]}: {shorten(words, 80)}" for i, words in zip(here, texts, strict=True)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(text.OPEN_ROW, here, format_func=names.__getitem__, key=OPEN, help=text.OPEN_HINT, width=520)
        words = texts[here.index(at)]
        st.button(shared.OPEN_ROW, key="data.go", type="primary", icon=":material/segment:", on_click=_take, args=(view, words))


def _take(view: DataView, words: str) -> None:
    """The Sentence page with this text, model and knob, all of them in its address."""
    state.bring(words)
    if view.checkpoint is not None:
        state.travel(PAGES / "sentence.py", view.about.checkpoint, view.knobs)
    else:
        st.switch_page(PAGES / "sentence.py", query_params={})  # without, bound parameters of this page would forbid it


def row(view: DataView, i: int, words: str) -> dict[str, Any]:
    """A row of the table."""
    sweep, labels = view.sweep, view.about.labels
    units = np.flatnonzero(sweep.rows.owner == i) if view.tags else np.array([i])
    here, full, right = sweep.predicted[1, units], sweep.predicted[0, units], sweep.rows.labels[units]
    values: dict[str, Any] = {"row": sweep.rows.ids[i], "text": words}
    if view.tags:
        values |= {"words": len(units), "differ": int((here != full).sum())}
        if view.labelled:
            values |= {"wrong": int((here != right).sum()), "wrong_full": int((full != right).sum())}
    else:
        if view.labelled:
            values["right"] = labels[right[0]]
        values |= {"here": labels[here[0]], "full": labels[full[0]], "outcome": text.ROW_OUTCOMES[outcome(view, i)]}
    sure = float(view.sure[i])
    values |= {
        "sure": None if np.isnan(sure) else round(sure * 100, 1), **_stop(view, i),
        **({"layers": round(float(sweep.depth[1, i]), 2)} if view.within else {}),
        "share": round(float(sweep.flops[1, i] / sweep.plain_flops[i]) * 100, 1),
        "length": int(sweep.rows.lengths[i]), "kinds": ", ".join(sweep.rows.tags[i]),
    }  # fmt: skip
    return {text.ROW_COLUMNS[k]: v for k, v in values.items()}


def _stop(view: DataView, i: int) -> dict[str, Any]:
    """After which layer the text stopped, or, where all go through every one, what of it was computed in the last."""
    if view.to_the_end is None:
        return {"exit": view.layers[int(view.sweep.exits[1, i]) - 1]}
    return {"kept": round(float(view.to_the_end[i]) * 100, 1)}


def outcome(view: DataView, i: int) -> str:
    """What became of a sentence's answer, as a key of text.ROW_OUTCOMES."""
    if not view.labelled:
        return "differs" if view.differs[i] else "same"
    if view.worse[i] or view.avoided[i]:
        return "worse" if view.worse[i] else "avoided"
    return "right" if view.good[i] else "wrong"


def said(rows: int) -> str:
    """ "1 text", "12,000 texts"."""
    return count(rows, "text")
