"""Under the verdict: how the answer compares with full depth's, and the true answer where known."""

import hashlib

import streamlit as st

from dynviz.figures.columns import By, columns
from dynviz.figures.wording import shorten
from dynviz.records import Trace
from dynviz.records.alignment import words_of
from dynviz.ui.sentence import said
from dynviz.ui.sentence import text as text_sentence
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import address, cache
from dynviz.ui.shell.shown import plain

REMEMBERED = 20  # texts of which a visitor's own labels are kept


def section(result: Result, task: str) -> By:
    """Badges, the menu for the true answer, and the switch for word pieces. Returns what a column is."""
    trace, full = result.trace, result.full
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        if full is not None:
            known = _known(trace, task)
            truth = known or _own(task, result.typed)
            for badge in said.badges(trace, full, truth):
                st.badge(badge.label, icon=badge.icon, color=badge.tone)
            _menu(result, task, bool(known), truth)
        return _pieces(trace)


def _known(trace: Trace, task: str) -> dict[int, str]:
    """The true answers of a bundled example, by the number of the word (0 for the sentence's); none for another text."""
    example = next((e for e in cache.examples(task).values() if e.text == trace.text), None)
    if example is None or (trace.unit == "token" and len(example.labels) < len(words_of(trace))):
        return {}
    return dict(enumerate(example.labels))


def _own(task: str, typed: str) -> dict[int, str]:
    """What the visitor gave as true for this text; for a sentence, what the address says."""
    found: dict[tuple[str, str], dict[int, str]] = st.session_state.setdefault("truths", {})
    if asked := address.opened("truth"):
        found[task, typed] = {0: asked}
    return found.get((task, typed), {})


def _menu(result: Result, task: str, known: bool, truth: dict[int, str]) -> None:
    trace = result.trace
    address.write("truth", "" if known or trace.unit == "token" else truth.get(0, ""))
    with st.popover(text_sentence.TRUTH, type="tertiary", icon=":material/flag:", help=text_sentence.TRUTH_HELP):
        if known:
            st.markdown(text_sentence.TRUTH_KNOWN)
            if trace.unit == "sentence":
                st.markdown(f"**{plain(truth[0])}**")
            return
        place, label = 0, text_sentence.TRUTH_LABEL
        if trace.unit == "token":
            words = words_of(trace)
            place = st.selectbox(text_sentence.WORD, range(len(words)), format_func=lambda i: f"{i + 1}: {words[i]}", key="truth-word") or 0
            place = min(place, len(words) - 1)
            label = text_sentence.TRUTH_TAG.format(word=shorten(words[place], 30))
        options = ["", *trace.labels]
        now = truth.get(place, "")
        key = "truth-" + hashlib.sha256(f"{task}\0{result.typed}\0{place}".encode("utf-8", "replace")).hexdigest()[:12]
        st.selectbox(
            plain(label), options, options.index(now) if now in options else 0, lambda v: v or text_sentence.UNKNOWN, key,
            on_change=_take, args=(key, task, result.typed, place),
        )  # fmt: skip


def _take(key: str, task: str, typed: str, place: int) -> None:
    found: dict[tuple[str, str], dict[int, str]] = st.session_state.setdefault("truths", {})
    own = {**found.pop((task, typed), {}), place: str(st.session_state.get(key) or "")}
    found[task, typed] = {k: v for k, v in own.items() if v}
    for old in list(found)[:-REMEMBERED]:
        del found[old]


def _pieces(trace: Trace) -> By:
    if len(columns(trace)) == len(trace.tokens):
        return "word"
    apart = st.toggle(text_sentence.PIECES, key="pieces", bind="query-params", help=text_sentence.PIECES_HELP)
    return "piece" if apart else "word"
