"""What the visitor gives the Sentence page: a text, an example, a trace from a file."""

from typing import Any

import streamlit as st

from dynviz import api
from dynviz.errors import InputError
from dynviz.figures.wording import in_line, shorten
from dynviz.records import Trace
from dynviz.records.schema import from_json
from dynviz.records.tasks import Task
from dynviz.ui.shell import cache, text
from dynviz.ui.shell.operator import allowed
from dynviz.ui.shell.shown import plain

MEGABYTES = 5
MENU_CHARS = 240  # every bundled sentence whole


def text_and_examples(of: Task) -> str:
    """The text box with its buttons and the example menu; the text as typed. Of a task of pairs it takes two texts, a line each."""
    task, examples = of.name, cache.examples(of.name)
    label_, hint = (text.PAIR, text.PAIR_HINT) if of.pair else (text.TEXT, text.TEXT_HINT.format(noun=of.text))
    seen: Any = {"help": text.PAIR_HELP, "height": 92} if of.pair else {"label_visibility": "collapsed", "height": 68}
    _from_other_page()
    with st.container(horizontal=True, vertical_alignment="center", key="input"):
        st.text_area(label_, key="text", bind="query-params", placeholder=hint, max_chars=allowed().characters or None, **seen)
        st.button(text.RUN, type="primary")
        st.button(text.CLEAR, on_click=_set_text, args=("",))
        st.selectbox(
            text.EXAMPLES, list(examples), None, lambda i: label(examples[i]), f"example-{task}", on_change=_take, args=(task,),
            placeholder=text.EXAMPLES_HINT, label_visibility="collapsed", width=200,
        )  # fmt: skip
    typed = str(st.session_state.get("text") or "")
    st.session_state["typed"], st.session_state["typed_on"] = typed, st.session_state.get("page")
    shown = next((e for e in examples.values() if e.text == typed), None)
    if shown is not None and shown.look_for:
        st.caption(plain(text.LOOK_FOR.format(line=shown.look_for)))
    return typed


def _from_other_page() -> None:
    """What was typed on another page: there it was another widget, whose text this one would not take over."""
    typed, page = st.session_state.get("typed", ""), st.session_state.get("page")
    if typed and st.session_state.get("typed_on", page) != page and "text" not in st.query_params:
        st.session_state["text"] = st.query_params["text"] = typed


def label(example: api.Example) -> str:
    """An example as its menu shows it: kind and text, a long one by its beginning."""
    return f"{', '.join(example.tags[:2]).replace('-', ' ')}: {shorten(in_line(example.text), MENU_CHARS)}"


def _take(task: str) -> None:
    chosen = st.session_state.get(f"example-{task}")
    if chosen in cache.examples(task):
        _set_text(cache.examples(task)[chosen].text)


def _set_text(words: str) -> None:
    st.session_state["text"] = words


def uploaded() -> Trace | None:
    """A place in the sidebar for a file; the trace in it, or None; an InputError where it cannot be read."""
    if not allowed().files:
        st.sidebar.caption(text.NO_UPLOADS.format(characters=allowed().characters))
        return None
    with st.sidebar, st.expander(text.UPLOAD, icon=":material/upload_file:"):
        file = st.file_uploader(
            text.UPLOAD, "json", key="upload", help=text.UPLOAD_HELP, max_upload_size=MEGABYTES, label_visibility="collapsed"
        )
    if file is None:
        return None
    if file.size > MEGABYTES << 20:  # the browser's bound is only a courtesy
        raise InputError(text.UNREADABLE, text.TOO_BIG.format(megabytes=MEGABYTES), text.SHORTER)
    try:
        return from_json(file.getvalue().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(text.UNREADABLE, text.NOT_TEXT, text.AGAIN) from None
