"""A second run beside the first: where its sentences stop, how right they are, what they cost."""

import re
from functools import partial
from math import sqrt
from typing import Any

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures.wording import count
from dynviz.jobs import groups
from dynviz.jobs.groups import Measure
from dynviz.ui.data import cache, kept, source, text
from dynviz.ui.data.view import DataView, look
from dynviz.ui.parts import show, sources
from dynviz.ui.parts.naming import setting
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import state
from dynviz.ui.shell.shown import plain

CHART, OTHER = "data-beside", "other"
_LINKED = re.compile(r"(?:.*[?&]job=)?([A-Za-z0-9_-]{22})(?:[&#].*)?")


def section(view: DataView) -> None:
    """Choose the other run; then the picture and the table of differences."""
    other = _other(view)
    if other is None:
        return
    names = called(view, other)
    layers = view.layers if len(view.layers) >= len(other.layers) else other.layers
    if view.layers != other.layers:
        layers = tuple(f"layer {i}" for i in range(1, len(layers) + 1))
    ends = (view.sweep.exits[1], other.sweep.exits[1])
    fig = figures.beside(*ends, layers, names, style())
    finding = figures.beside_finding(*ends, layers, names)
    table, source = partial(figures.beside_table, *ends, layers, names), sources.sweeps([view.sweep, other.sweep])
    draw(Panel(CHART, fig, finding, table, text.BESIDE_HOW, text.BESIDE_LIMITS, headed=True, source=source))
    show.open_table("data-two", rows(view, other))
    own, others = view.checkpoint, other.checkpoint
    if own and others and own.backbone != others.backbone:
        st.caption(text.BESIDE_BACKBONES)
    there = setting(other.about.checkpoint, other.knobs) or "full depth"
    st.caption(plain(text.BESIDE_NOTE.format(other=names[1][:1].upper() + names[1][1:], setting=there)))


def called(view: DataView, other: DataView) -> tuple[str, str]:
    """Names for two runs, from what differs between them: rows, model or setting."""
    told = [(v.about.title, v.model, setting(v.about.checkpoint, v.knobs)) for v in (view, other)]
    apart = [i for i in range(3) if told[0][i] != told[1][i]]
    one, two = (", ".join(parts[i] for i in apart if parts[i] and (i < 2 or 1 not in apart)) for parts in told)
    return (one, two) if one and two else text.BESIDE_NAMES


def _other(view: DataView) -> DataView | None:
    mine = {id: title for id, title in source.titles(st.session_state.get("data.mine", {})).items() if id != view.job.id}
    linked = kept.said(OTHER)
    if linked in mine and "data.other" not in st.session_state:
        st.session_state["data.other"] = linked
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            text.OTHER_RUN, list(mine), None, format_func=lambda id: _name(id, mine), key="data.other", placeholder=text.OTHER_RUN_NONE,
            on_change=_choose, width=420,
        )  # fmt: skip
        st.text_input(text.OTHER_LINK, key="data.other-link", on_change=_paste, width=320, max_chars=2000)
    found = cache.registry().find(linked or chosen or "")
    if found is None or found.id == view.job.id:
        st.info(text.OTHER_SAME if found else text.OTHER_GONE if linked else text.OTHER_EMPTY, icon=":material/info:")
        return None
    shown = look(found, cache.registry().status(found).parts, state.choice())
    if shown is None:
        st.info(text.NOTHING_YET, icon=":material/hourglass:")
    return shown


def _name(id: str, mine: dict[str, str]) -> str:
    job = cache.registry().find(id)
    about = job.about if job else None
    if not about:
        return mine[id]
    return f"{mine[id]} · {about.checkpoint} · {setting(about.checkpoint, about.knobs)} · {count(about.total, 'row')}"


def _choose() -> None:
    kept.write(OTHER, st.session_state.get("data.other") or "")


def _paste() -> None:
    found = _LINKED.fullmatch((st.session_state.get("data.other-link") or "").strip())
    kept.write(OTHER, found[1] if found else "no such run")


def rows(view: DataView, other: DataView) -> list[dict[str, Any]]:
    """Each measure of both runs, and their difference with its interval."""
    out: list[dict[str, Any]] = []
    names: list[Measure] = [*(["right"] if view.labelled and other.labelled else []), "same", "compute", "layers"]  # type: ignore[list-item]
    for name in names:
        one, two = (groups.totals(v.outcome, name).over(np.arange(v.n)) for v in (view, other))
        scale, digits = (1, 2) if name == "layers" else (100, 1)
        label = text.BESIDE_ROWS[name] + ("" if name == "layers" else ", %")
        told = (_with(one, scale, digits), _with(two, scale, digits), _with(between(one, two), scale, digits, "+"))
        out.append(dict(zip(text.BESIDE_COLUMNS.values(), (label, *told), strict=True)))
    counts = {"what": text.BESIDE_ROWS["n"], "one": f"{view.n:,}", "other": f"{other.n:,}", "difference": ""}
    return [{text.BESIDE_COLUMNS[k]: v for k, v in counts.items()}, *out]


def _with(found: tuple[float, float, float], scale: int, digits: int, sign: str = "") -> str:
    mean, low, high = (f"{v * scale:{sign}.{digits}f}" for v in found)
    return f"{mean} [{low}, {high}]"


def between(one: tuple[float, float, float], two: tuple[float, float, float]) -> tuple[float, float, float]:
    """The other minus this, with Newcombe's interval from the intervals of each."""
    (a, low_a, high_a), (b, low_b, high_b) = one, two
    difference = b - a
    return difference, difference - sqrt((b - low_b) ** 2 + (high_a - a) ** 2), difference + sqrt((high_b - b) ** 2 + (a - low_a) ** 2)
