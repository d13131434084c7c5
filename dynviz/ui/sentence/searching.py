"""The search for the smallest one-word edit that moves the stop or changes the answer: bounded, with progress and a way out."""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dynviz import api
from dynviz.data import edits
from dynviz.data.edits import Edit, Effect
from dynviz.errors import InputError
from dynviz.figures.wording import count
from dynviz.records import Trace
from dynviz.ui.parts import show
from dynviz.ui.parts.panels import table
from dynviz.ui.sentence import editing, said, text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import plain

TOGETHER = 16  # edits run as one batch: after each, the search can be stopped
SHOWN = 40  # rows of the table on the page; all are in its CSV
FOUND = "search-found"
LAYERS = st.column_config.NumberColumn(format="%+.2f")


@dataclass
class Found:
    """The edits a search has tried so far, and their effects."""

    of: tuple[Any, ...]
    total: int
    done: int = 0
    effects: list[Effect] = field(default_factory=list)


def section(result: Result) -> None:
    """What it does, the button, and the edits found."""
    tried = edits.candidates(result.typed)
    st.caption(text.SEARCH.format(total=count(len(tried), "edit"), budget=count(edits.BUDGET, "run")))
    of = (result.name, result.typed, result.settings)
    place = st.empty()
    found = st.session_state.get(FOUND)
    found = found if isinstance(found, Found) and found.of == of else None
    if place.button(text.SEARCH_RUN, key="search-run", icon=":material/search:", disabled=not tried):
        found = _search(result, tried, of, place)
        place.button(text.SEARCH_RUN, key="search-again", icon=":material/search:")
    if found is not None and found.done:
        _show(result, found)


def _search(result: Result, tried: list[Edit], of: tuple[Any, ...], place: Any) -> Found:
    """Run the edits, batch by batch. Any click elsewhere ends it; what was found by then stays."""
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, text.SEARCH_RUNNING.format(done=0, total=count(len(tried), "edit")))
        st.button(text.SEARCH_CANCEL, key="search-cancel", icon=":material/close:")
    found = Found(of, len(tried))
    st.session_state[FOUND] = found
    model, before, knobs = cache.model(result.name), result.trace, dict(result.settings)
    for start in range(0, len(tried), TOGETHER):
        batch = tried[start : start + TOGETHER]
        with cache.turn():
            pairs = _run(model, batch, knobs)
        found.effects += [edits.effect(edit, before, after) for edit, after in pairs]
        found.done += len(batch)
        bar.progress(found.done / len(tried), text.SEARCH_RUNNING.format(done=found.done, total=count(len(tried), "edit")))
    place.empty()
    return found


def _run(model: Any, batch: list[Edit], knobs: dict[str, float]) -> list[tuple[Edit, Trace]]:
    """The traces of edits; one of which nothing is left to read is passed over."""
    try:
        return list(zip(batch, api.traces(model, [edit.text for edit in batch], knobs), strict=True))
    except InputError:
        return [pair for edit in batch for pair in _run(model, [edit], knobs)] if len(batch) > 1 else []


def _show(result: Result, found: Found) -> None:
    token = result.trace.unit == "token"
    ranked, best = edits.ranked(found.effects), edits.smallest(found.effects)
    if found.done < found.total:
        st.caption(text.SEARCH_STOPPED.format(done=found.done, total=count(found.total, "edit")))
    if best is None:
        st.markdown(text.SEARCH_NONE.format(done=count(found.done, "edit")))
        return
    flips = sum(bool(e.flips) for e in ranked)
    line = text.SEARCH_FOUND_TAGS if token else text.SEARCH_FOUND
    tried, words = count(found.done, "edit"), said.edited(best.edit)
    st.markdown(f"**{plain(line.format(done=tried, flips=flips, moved=len(ranked) - flips, edit=words))}**")
    shown = ranked[:SHOWN]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            text.SEARCH_OPEN, range(len(shown)), shown.index(best) if best in shown else 0, lambda i: said.edited(shown[i].edit),
            "search-pick", width=420,
        )  # fmt: skip
        st.button(text.SEARCH_OPEN_BUTTON, on_click=_open_picked, args=(result.typed, shown), icon=":material/compare:")
    st.caption(text.SEARCH_ROW)
    names = text.COLUMNS
    columns = {names["depth"]: LAYERS, names["share"]: show.POINTS, names["edit"]: st.column_config.TextColumn(width="medium")}
    st.dataframe(
        [_row(e, token) for e in shown], key="search-rows", hide_index=True, on_select=lambda: _open_row(result.typed, shown),
        selection_mode="single-row", height=min(38 + 35 * len(shown), 320), column_config=columns,
    )  # fmt: skip
    table("search", lambda: [_row(e, token) for e in ranked])


def _row(effect: Effect, token: bool) -> dict[str, Any]:
    names, edit = text.COLUMNS, effect.edit
    answer = effect.after if effect.flips or token else effect.before
    changed = answer if token or not effect.flips else f"{effect.before} → {effect.after}"
    return {
        names["edit"]: said.edited(edit), names["kind"]: text.KINDS[edit.kind], names["tags" if token else "answer"]: changed,
        names["depth"]: round(effect.depth, 2), names["share"]: round(effect.share * 100, 1), names["size"]: edit.size,
    }  # fmt: skip


def _open_row(typed: str, shown: list[Effect]) -> None:
    rows = (st.session_state.get("search-rows") or {}).get("selection", {}).get("rows", [])
    if rows and isinstance(rows[0], int) and 0 <= rows[0] < len(shown):
        editing.show(typed, shown[rows[0]].edit.text)


def _open_picked(typed: str, shown: list[Effect]) -> None:
    place = st.session_state.get("search-pick")
    if isinstance(place, int) and 0 <= place < len(shown):
        editing.show(typed, shown[place].edit.text)
