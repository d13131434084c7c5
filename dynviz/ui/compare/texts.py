"""Two texts under one model."""

import streamlit as st

from dynviz import api
from dynviz.records.pair import Pair
from dynviz.ui.compare import lanes, said, text
from dynviz.ui.compare.lanes import Side
from dynviz.ui.parts import heading, inputs
from dynviz.ui.parts.panels import waiting
from dynviz.ui.shell import cache, state
from dynviz.ui.shell import text as shared
from dynviz.ui.shell.operator import allowed


def section(chosen: state.Choice) -> None:
    """Both texts, and why one costs more."""
    st.caption(text.INTRO_TEXTS)
    task = chosen.checkpoint.task.name
    left, right = st.columns(2)
    with left:
        first = inputs.text_and_examples(task)
    with right:
        second = _second(task)
    easy, hard = api.first_texts(task)
    if not first.strip() and not second.strip():
        st.caption(text.STORED)
    elif not first.strip() or not second.strip():
        st.caption(text.ONE_STORED.format(which=text.THE_OTHER if first.strip() else text.THE_FIRST))
    with waiting():
        pairs = [
            _pair(chosen, first or easy, 0 if not first.strip() else None),
            _pair(chosen, second or hard, 1 if not second.strip() else None),
        ]
    sides = [Side(label, pair) for label, pair in zip((text.FIRST, text.OTHER), pairs, strict=True)]
    a, b = (side.pair.trace for side in sides)
    heading.title(said.of_texts(a, b))
    with st.popover(shared.MATHS, type="tertiary", icon=":material/function:"):
        st.markdown(text.MATHS)
    lanes.side_by_side(sides, text.TEXT_COLUMN)
    lanes.run_race(sides, text.REFERENCE_TEXTS, float(a.plain_flops))
    lanes.depths(sides)
    lanes.staircases(sides)


def _second(task: str) -> str:
    examples = cache.examples(task)
    typed = st.text_area(
        text.SECOND, key="text2", bind="query-params", placeholder=text.SECOND_HINT, height=80,
        max_chars=allowed().characters or None, label_visibility="collapsed",
    )  # fmt: skip
    st.selectbox(
        text.SECOND_EXAMPLE, list(examples), None, lambda i: inputs.label(examples[i]), f"example2-{task}", on_change=_take, args=(task,),
        placeholder=text.SECOND_EXAMPLE, label_visibility="collapsed",
    )  # fmt: skip
    return typed or ""


def _take(task: str) -> None:
    chosen = st.session_state.get(f"example2-{task}")
    if chosen in cache.examples(task):
        st.session_state["text2"] = cache.examples(task)[chosen].text


def _pair(chosen: state.Choice, words: str, stored: int | None) -> Pair:
    """The text at the sidebar's settings; stored: the place among the stored pairs, where nothing was typed."""
    name = chosen.checkpoint.name
    pairs = cache.stored_pairs(name)
    if stored is not None and chosen.untouched and stored < len(pairs):
        return pairs[stored]
    return Pair(cache.trace(name, words, cache.key(chosen.settings)), cache.trace(name, words, cache.key(chosen.off)))
