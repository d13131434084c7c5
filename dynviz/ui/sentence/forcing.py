"""Interventions: words kept, dropped or stopped by hand, answers given after a chosen layer; the text really runs again."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures.columns import Column, State, columns, layer_names, states
from dynviz.figures.wording import shorten
from dynviz.records import Interventions, Trace
from dynviz.records.schema import to_json
from dynviz.ui.parts import picking, show, sources, words
from dynviz.ui.parts.panels import draw, style
from dynviz.ui.sentence import beside, see, text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import address, cache
from dynviz.ui.shell.shown import plain

EXIT, KEEP, STOP, LAYER, ALL = "force-exit", "force-keep", "force-stop", "force-layer", "force-all"


def section(result: Result) -> None:
    """Menus that overrule the method, and the run that follows from them."""
    st.caption(text.FORCE)
    _restore(result)
    forced = _controls(result)
    if not forced:
        st.caption(text.FORCE_NOTHING)
        return
    after = cache.intervened(result.name, result.typed, result.settings, forced)
    beside.panel("forced", result, after)
    _whole(result, after)


def _restore(result: Result) -> None:
    """Another text or model begins anew; a link says what was forced."""
    of = (result.name, result.typed, result.by)
    if st.session_state.get("force-of", of) != of:
        _reset()
    st.session_state["force-of"] = of
    for key, name in ((KEEP, "keep"), (STOP, "stop")):
        if found := address.numbers(address.opened(name)):
            st.session_state[key] = found
    for key, name in ((EXIT, "exit"), (LAYER, "from")):
        if found := address.numbers(address.opened(name)):
            st.session_state[key] = found[0]
    if address.opened("all") == "1":
        st.session_state[ALL] = True


def _controls(result: Result) -> Interventions:
    trace, cols = result.trace, columns(result.trace, result.by)
    token, names = trace.unit == "token", layer_names(trace.layers)
    ends = _ends(result)
    stopped = _stopped(trace, cols)
    exit_, keep, stop, together = 0, list[int](), list[int](), False
    first = 1
    grid = st.grid(2, min_column_width=300)
    if len(ends) > 1:
        with grid.cell():
            exit_ = _exit(ends, names, text.FORCE_EXIT_TAGS if token else text.FORCE_EXIT)
    if stopped or st.session_state.get(KEEP):
        with grid.cell():
            keep = _words(_keeping(trace), KEEP, sorted({*stopped, *_valid(KEEP, cols)}), cols)
    free = [i for i, col in enumerate(cols) if i not in keep and (not col.special if token else 0 not in col.pieces)]
    if not token or len(ends) > 1:
        with grid.cell():
            left, right = st.columns([3, 2])
            with left:
                stop = _words(text.FORCE_HALT if token else text.FORCE_DROP, STOP, free, cols)
            with right:
                first = _layer(ends[:-1] if token else list(range(1, len(names) + 1)), names, token)
    with st.container(horizontal=True, vertical_alignment="center"):
        if result.settled is not None if token else stopped:
            together = st.toggle(text.FORCE_SETTLED if token else text.FORCE_ALL, key=ALL)
        st.button(text.FORCE_RESET, on_click=_reset, icon=":material/undo:")
    for name, value in (
        ("exit", str(exit_ or "")),
        ("keep", _dotted(keep)),
        ("stop", _dotted(stop)),
        ("from", str(first if stop else "")),
        ("all", "1" if together else ""),
    ):
        address.write(name, value)
    kept, gone = _pieces(cols, keep), _pieces(cols, stop)
    if not token:
        kept = [t for t in range(len(trace.tokens)) if t not in gone] if together else kept
        return Interventions(exit_, tuple((t, 1) for t in kept), tuple((t, first) for t in gone))
    halts = {**(_settling(result) if together else {}), **dict.fromkeys(gone, first)}
    return Interventions(exit_, tuple((t, 1) for t in kept), (), tuple(sorted((t, at) for t, at in halts.items() if t not in kept)))


def _keeping(trace: Trace) -> str:
    """What words are kept from, as the label of the field."""
    if trace.unit == "token":
        return text.FORCE_KEEP_TAGS
    if trace.merged_into is not None:
        return text.FORCE_KEEP_MERGED
    passed = trace.skipped.any() and not trace.dropped_at.any()
    return text.FORCE_KEEP_SKIPPED if passed else text.FORCE_KEEP


def _ends(result: Result) -> list[int]:
    """The layers after which an answer can be given."""
    read = np.asarray(~np.isnan((result.full or result.trace).probs).any(-1))
    return [layer for layer in range(1, len(read)) if read[layer].any()]


def _stopped(trace: Trace, cols: Sequence[Column]) -> list[int]:
    """The columns that did not go all the way, other than because the whole sentence had its answer."""
    state = states(trace, tuple(cols))
    if trace.unit == "token":
        deepest = (state == State.COMPUTED).sum(0)
        return [i for i, col in enumerate(cols) if not col.special and deepest[i] < len(trace.layers)]
    stopped = (State.DROPPED, State.GONE, State.MERGED, State.HELD, State.FROZEN, State.SKIPPED)
    state = np.delete(state, [layer - 1 for layer in trace.skipped_layers], 0)  # no word can be kept where the sentence does not go
    return [i for i in range(len(cols)) if np.isin(state[:, i], stopped).any()]


def _exit(ends: list[int], names: tuple[str, ...], label: str) -> int:
    options = [0, *ends]
    if st.session_state.get(EXIT) not in options:
        st.session_state[EXIT] = 0

    def name(end: int) -> str:
        return text.FORCE_RULE if not end else text.FORCE_FULL.format(name=names[end - 1]) if end == ends[-1] else names[end - 1]

    return int(st.selectbox(label, options, format_func=name, key=EXIT))


def _words(label: str, key: str, options: list[int], cols: Sequence[Column]) -> list[int]:
    st.session_state[key] = [i for i in _valid(key, cols) if i in options]
    chosen = st.multiselect(label, options, format_func=lambda i: picking.named(cols, i), key=key, placeholder=text.FORCE_NONE)
    return sorted(chosen)


def _valid(key: str, cols: Sequence[Column]) -> list[int]:
    return [i for i in st.session_state.get(key) or [] if isinstance(i, int) and 0 <= i < len(cols)]


def _layer(options: list[int], names: tuple[str, ...], token: bool) -> int:
    if st.session_state.get(LAYER) not in options:
        st.session_state[LAYER] = options[0]
    label = text.FORCE_AFTER if token else text.FORCE_FROM
    return int(st.selectbox(label, options, format_func=lambda layer: names[layer - 1], key=LAYER))


def _pieces(cols: Sequence[Column], chosen: list[int]) -> list[int]:
    return [piece for i in chosen for piece in cols[i].pieces]


def _settling(result: Result) -> dict[int, int]:
    """Each piece of a word, and the layer from which the word's tag never changes, where that is not the last."""
    assert result.settled is not None
    layers = result.settled.layers
    pairs = [(piece, int(layers[col.pieces[0]])) for col in columns(result.trace) for piece in col.pieces]
    return {piece: layer for piece, layer in pairs if 0 < layer < len(result.trace.layers)}


def _dotted(chosen: list[int]) -> str:
    return ".".join(map(str, chosen))


def _reset() -> None:
    st.session_state[EXIT], st.session_state[ALL] = 0, False
    st.session_state[KEEP], st.session_state[STOP] = [], []


def clicked(key: str, trace: Trace, by: Any) -> None:
    """A click on a word that left keeps it; on one that is there to the end, drops it from that layer on. What the browser sends is
    checked."""
    data, cols = show.clicked(key), columns(trace, by)
    if not data or not all(isinstance(x, int) and not isinstance(x, bool) and x >= 0 for x in data) or data[0] >= len(cols):
        return
    place, layer = data[0], data[1] if len(data) > 1 else 0
    word = plain(shorten(cols[place].label, 20))
    if place in _stopped(trace, cols):
        st.session_state[KEEP] = sorted({*_valid(KEEP, cols), place})
        said = text.FORCE_CLICKED.format(word=word)
    elif trace.unit == "sentence" and 0 not in cols[place].pieces and 1 <= layer <= len(trace.layers):
        st.session_state[STOP], st.session_state[LAYER] = sorted({*_valid(STOP, cols), place}), layer
        said = text.FORCE_DROPPED.format(word=word, layer=layer_names(trace.layers)[layer - 1])
    else:
        return
    see.show("force")
    st.toast(said, icon=":material/info:")


def _whole(result: Result, after: Trace) -> None:
    """The staircase of the run, and its record."""
    with st.container(horizontal=True, vertical_alignment="center"):
        icon = ":material/download:"
        st.download_button(
            text.FORCE_SAVE, to_json(after, 1), "trace-forced.json", "application/json", key="save-forced", on_click="ignore", icon=icon
        )
    opened = st.expander(text.FORCE_WHOLE, icon=":material/stairs:", key="forced-whole", on_change="rerun")
    if opened.open:
        with opened:
            cols = columns(after, result.by)
            shown = picking.window(len(cols), "words", "forced-staircase")
            figure = figures.staircase(after, result.full, None, style(), result.by, shown, "", "")
            key = f"{words.cells_key(after, result.full)} {text.FORCED_KEY}"
            finding = figures.staircase_finding(after, result.full)
            panel = result.panel("staircase", figure, finding, lambda: figures.staircase_table(after, result.full, result.by))
            least = 640 if len(cols) > 12 else 0
            draw(replace(panel, name="forced-staircase", key=key, least=least, source=sources.runs(after)))
