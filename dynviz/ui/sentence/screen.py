"""What a result shows in one screen: the answer and what it took, the picture, and four numbers."""

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures.columns import columns, one_decision
from dynviz.figures.depths import agreement, mean_depth, mean_of
from dynviz.figures.wording import depth, percent
from dynviz.records import Trace
from dynviz.ui.parts import heading, picking, words
from dynviz.ui.parts.panels import draw, style
from dynviz.ui.parts.picking import LEGIBLE
from dynviz.ui.sentence import badges, said, share, text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import plain

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def head(result: Result, task: str) -> "tuple[Result, DeltaGenerator]":
    """The verdict, how it compares with full depth, and the ways to share it; the result with what a column is, and the place of a menu."""
    heading.title(words.verdict(result.trace, result.full))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            found = replace(result, by=badges.section(result, task))
            place = st.container(width="content")
        share.section(found)
    if result.trace.note:
        st.info(plain(result.trace.note), icon=":material/content_cut:")
    return found, place


def picture(result: Result, picked: int | None, shown: tuple[int, int], layer: int | None) -> None:
    """Word by word, layer by layer. picked: the word looked at, None where none can be; layer: the layer looked at."""
    trace, full, by = result.trace, result.full, result.by
    settled = None if result.settled is None else result.settled.layers
    figure = figures.staircase(trace, full, picked, style(), by, shown, "", "", settled, layer, told=result.told)
    finding = figures.staircase_finding(trace, full)
    least = min(110 + (24 if picked is None else 38) * (shown[1] - shown[0]), LEGIBLE)
    panel = result.panel("staircase", figure, finding, lambda: figures.staircase_table(trace, full, by), least)
    if settled is not None:
        panel = replace(panel, key=f"{panel.key} {text.SETTLED_KEY}")
    draw(panel, picking.click if picked is not None else None)


def chosen(result: Result, shown: tuple[int, int], place: "DeltaGenerator") -> int | None:
    """The word looked at, by its menu in that place; None where the sentence is decided as one."""
    if one_decision(result.trace):
        return None
    found = picking.picked(result.trace, result.full, shown, result.by)
    with place:
        picking.picker(result.trace, shown, result.by)
    return found


def pager(result: Result) -> tuple[int, int]:
    """The columns that all pictures show: all, or in a long text the part chosen, under a strip of the whole."""
    count = len(columns(result.trace, result.by))
    parts = figures.windows(result.trace, result.by) if result.loses else picking.cut(count)
    return picking.overview(result.trace, result.by, parts)


def numbers(result: Result) -> "DeltaGenerator":
    """The numbers, and from where on the answer was certain; returns the place of the measured time: measuring takes longest."""
    trace = result.trace
    whole = one_decision(trace)
    used = str(trace.layers_run) if whole else depth(mean_depth(trace))
    label, note = (text.LAYERS, None) if whole else (text.MEAN_DEPTH.format(of=mean_of(trace)), text.DEPTH_HELP)
    with st.container(key="numbers"):
        grid = st.grid(4, min_column_width=150)
        grid.metric(label, text.OF.format(some=used, all=len(trace.layers)), help=note, border=True, height="stretch")
        grid.metric(text.SHARE, percent(trace.share), help=text.SHARE_HELP, border=True, height="stretch")
        place = grid.container()
        grid.metric(text.SAME, _same(trace, result.full), help=text.SAME_HELP, border=True, height="stretch")
    if result.settled is not None:
        st.caption(plain(said.settled(trace, result.settled)))
    if result.name and result.off and dict(result.settings) == dict(result.off):
        st.caption(" ".join([text.KNOBS_OFF, *_ships_off(result)]))
    return place


def _ships_off(result: Result) -> list[str]:
    """Why it is off, where that is how the model ships."""
    checkpoint = cache.checkpoint(result.name)
    if checkpoint.config.trained.get("metrics", {}).get("knobs_by") != "off":
        return []
    return [text.SHIPS_OFF.format(split=checkpoint.task.splits["calibration"])]


def _same(trace: Trace, full: Trace | None) -> str:
    if full is None:
        return text.UNKNOWN
    same, total = agreement(trace, full)
    if trace.unit == "token" and total:
        return text.OF.format(some=same, all=total)
    return text.YES if same == total else f"{text.NO}, {full.predicted[0]}"


def measured(place: "DeltaGenerator", result: Result) -> None:
    """The measured time at these settings, of full depth's; not of a trace from a file."""
    time = text.TIME_NONE
    if result.name and result.full is not None:
        plan, whole = _plan(result.trace), _plan(result.full)
        here = cache.milliseconds(result.name, result.typed, plan, result.settings)
        full = here if plan == whole else cache.milliseconds(result.name, result.typed, whole, result.off)
        time = text.OF.format(some=words.milliseconds(here).removesuffix(" ms"), all=words.milliseconds(full))
    place.metric(text.TIME, time, help=text.TIME_HELP, border=True, height="stretch")


def _plan(trace: Trace) -> str:
    """What was computed, in short: traces with the same key take the same time."""
    masks = np.packbits(np.stack([trace.attending, trace.visible, trace.transformed]))
    return hashlib.sha256(masks.tobytes() + str(trace.extra_flops.tolist()).encode()).hexdigest()
