"""Whether confidence can be trusted, exit by exit."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures.wording import percent
from dynviz.measure.calibration import Reliability, auroc, reliability
from dynviz.ui.data import kept, text
from dynviz.ui.data.rows import Selection
from dynviz.ui.data.view import DataView
from dynviz.ui.parts import show, sources
from dynviz.ui.parts.panels import Panel, draw, style

AT, BARS, LAYERS, BIN = "confidence", "data-reliability", "data-foresight", "data.bin"


def section(view: DataView) -> Selection | None:
    """Draw reliability at one exit, and accuracy, calibration error and AUROC at every exit."""
    if not view.labelled:
        st.caption(text.TRUST_BLIND)
    read = readable(view)
    if not read:
        st.caption(text.NO_TRUST)
    names = [text.GIVEN, *(view.layers[i] for i in read)]
    if st.session_state.get(AT, text.GIVEN) not in names:  # a layer of another model
        del st.session_state[AT]
    at = st.selectbox(text.TRUST_AT, names, key=AT, bind="query-params", width=320) or text.GIVEN
    sure, right = _answers(view, at)
    grid = st.grid(2, min_column_width=420)
    with grid.cell():
        picked = _reliability(view, at, sure, right)
    if read:
        with grid.cell():
            _foresight(view, at)
    return picked


def _source(view: DataView) -> sources.Provenance:
    return sources.sweeps([view.sweep], 1)


def readable(view: DataView) -> list[int]:
    """The layers at which any answer was read."""
    return [i for i in range(len(view.layers)) if bool((view.gathered.layer_answer[i] >= 0).any())]


def _answers(view: DataView, at: str) -> tuple[Any, Any]:
    """(U,) how sure, and whether right (without right answers: as full depth): of the answers given, or as if all stopped at a layer."""
    sweep = view.sweep
    truth = sweep.rows.labels if view.labelled else sweep.predicted[0]
    if at == text.GIVEN:
        return view.outcome.sure[1].astype(np.float64), sweep.predicted[1] == truth
    layer = view.layers.index(at)
    return view.gathered.layer_sure[layer].astype(np.float64), view.gathered.layer_answer[layer] == truth


def _reliability(view: DataView, at: str, sure: Any, right: Any) -> Selection | None:
    found = reliability(sure, right)
    read = ~np.isnan(sure)
    bins = [int(i) for i in np.flatnonzero(found.counts)]
    key = f"{BIN}.{at}"
    at_bin = kept.choice(key, "bin", {str(i + 1): i for i in bins}, None)
    fig = figures.reliability(found.edges, found.counts, found.accuracy, found.low, found.high, at_bin, style())
    mean, accuracy = (float(np.mean(v[read])) if read.any() else 0.0 for v in (sure, right))
    where = "the exits taken" if at == text.GIVEN else at
    finding = figures.reliability_finding(found.ece, mean, accuracy, where, int(read.sum()))
    args = (found.edges, found.counts, found.confidence, found.accuracy, found.low, found.high)
    table = partial(figures.reliability_table, *args)
    draw(
        Panel(BARS, fig, finding, table, text.TRUST_HOW, text.TRUST_LIMITS, text.TRUST_MATHS, headed=True, source=_source(view)),
        partial(_bin, key),
    )
    names = {i: f"{percent(found.edges[i])} to {percent(found.edges[i + 1])}" for i in bins}
    st.selectbox(text.GROUP, bins, None, format_func=names.__getitem__, key=key, placeholder=text.GROUP_NONE, width=420)
    if at_bin is None:
        return None
    inside = _inside(found, sure, at_bin)
    return Selection(f"confidence {names[at_bin]}", np.unique(view.sweep.rows.owner[inside]))


def _inside(found: Reliability, sure: Any, at: int) -> Any:
    low, high = found.edges[at], found.edges[at + 1]
    with np.errstate(invalid="ignore"):
        return ((sure > low) | ((at == 0) & (sure == 0))) & (sure <= high)


def _bin(key: str) -> None:
    data = show.clicked(BARS)
    if data and isinstance(data[0], int | float):
        st.session_state[key] = int(data[0])


def by_layer(view: DataView) -> tuple[Any, Any, Any, list[int]]:
    """(L,) accuracy, ECE and AUROC as if all stopped there, NaN where nothing was read; and how many answers were read."""
    accuracy, error, foresight = (np.full(len(view.layers), np.nan) for _ in range(3))
    answers = [0] * len(view.layers)
    for i in readable(view):
        sure, right = _answers(view, view.layers[i])
        read = ~np.isnan(sure)
        answers[i] = int(read.sum())
        accuracy[i], error[i], foresight[i] = right[read].mean(), reliability(sure, right).ece, auroc(sure, right)
    return accuracy, error, foresight, answers


def _foresight(view: DataView, at: str) -> None:
    accuracy, error, foresight, answers = by_layer(view)
    selected = view.layers.index(at) + 1 if at in view.layers else None
    fig = figures.foresight(view.layers, accuracy, error, foresight, selected, style())
    finding = figures.foresight_finding(view.layers, accuracy, error, foresight)
    table = partial(figures.foresight_table, view.layers, answers, accuracy, error, foresight)
    panel = Panel(LAYERS, fig, finding, table, text.TRUST_HOW, text.TRUST_LIMITS, text.TRUST_MATHS, headed=True, source=_source(view))
    draw(panel, partial(_layer, view.layers))


def _layer(names: tuple[str, ...]) -> None:
    if found := show.layer_clicked(LAYERS, names):
        st.session_state[AT] = found
