"""Where the rows come from, and the start of a run."""

import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from dynviz import api
from dynviz.api import Examples
from dynviz.data import MAX_ROWS, Skip
from dynviz.data.formats.choose import SUFFIXES
from dynviz.errors import InputError
from dynviz.figures.wording import count
from dynviz.records.tasks import Task
from dynviz.ui.data import cache, empty, kept, rows, text
from dynviz.ui.data.columns import Given, confirmed, preview
from dynviz.ui.parts.naming import setting
from dynviz.ui.shell import cache as shared
from dynviz.ui.shell import state
from dynviz.ui.shell.operator import allowed
from dynviz.ui.shell.shown import guarded, plain

MEGABYTES = 20
JOB = "job"
OWNER = "data.owner"  # a visitor's session, as the registry counts


def form() -> None:
    """Choose rows, confirm their columns, run."""
    choice = state.choice()
    task = choice.checkpoint.task.name
    options: dict[str, Any] = {"default": "bundled", "key": "rows", "bind": "query-params", "required": True}
    sources = list(text.SOURCES) if allowed().files else ["bundled", "paste"]
    kind = st.segmented_control(text.SOURCE, sources, format_func=text.SOURCES.__getitem__, **options)
    if not allowed().files:
        st.caption(text.NO_FILES.format(rows=allowed().rows))
    with guarded():
        if kind == "bundled":
            examples = api.offered(task)
            st.caption((text.BUNDLED_NOTE if examples.labels else text.BUNDLED_BLIND).format(n=len(examples)))
            preview(f"bundled-{task}", examples)
            _run(choice, text.BUNDLED, examples, ())
            return
        st.caption(text.PRIVATE)
        found = own_rows(kind or "paste", choice.checkpoint.task)
        if found is not None:
            _run(choice, *found)


def own_rows(
    kind: str, task: Task, say: Callable[[str, Task], None] = empty.say, unsaid: str = text.NO_MEANING
) -> tuple[str, Examples, tuple[Skip, ...]] | None:
    """Rows of the visitor's own from one of `text.SOURCES`: title, rows, rows left out; None until they are given and confirmed. say: says
    what to do while nothing is given; unsaid: the instruction while labels have no meaning."""
    hint = text.PASTE_PAIRS if task.pair else text.PASTE_HINT
    asks: dict[str, Callable[[], Given | None]] = {"paste": partial(_pasted, hint), "file": _file, "hub": _hub}
    given = asks[kind]()
    if given is None:
        say(kind, task)
        return None
    found = confirmed(given, task, unsaid)
    if found is None:
        return None
    _left_out(found[1])
    return given.title, *found


def _pasted(hint: str) -> Given | None:
    # No max_chars: the browser then leaves a longer paste out, and nobody is told.
    pasted = st.text_area(text.PASTE, key="data.paste", height=180, help=hint, persist_state="session")
    if pasted and len(pasted) > allowed().pasted:
        what, why, do = text.PASTE_LONG
        raise InputError(what.format(n=len(pasted)), why.format(most=allowed().pasted), do)
    return Given(f"paste-{hash(pasted)}", text.PASTED, cache.lines(pasted)) if pasted and pasted.strip() else None


def _file() -> Given | None:
    types = [suffix.removeprefix(".") for suffix in SUFFIXES]
    note = text.FILE_HELP.format(megabytes=MEGABYTES, rows=MAX_ROWS)
    file = st.file_uploader(text.FILE, types, key="data.file", help=note, max_upload_size=MEGABYTES)
    return Given(file.file_id, file.name, cache.file_table(file.file_id, file.name, file.getvalue)) if file is not None else None


def _hub() -> Given | None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(text.HUB, key="hub", placeholder=text.HUB_HINT, help=text.HUB_HELP, bind="query-params", width=420)
        if st.button(text.HUB_LOAD, key="data.fetch"):
            st.session_state["data.fetched"] = (name or "").strip()
    fetched = st.session_state.get("data.fetched")
    return Given(f"hub-{fetched}", fetched, cache.hub(fetched)) if fetched and fetched == (name or "").strip() else None


def _left_out(skipped: tuple[Skip, ...]) -> None:
    if skipped:
        with st.expander(text.LEFT_OUT.format(n=count(len(skipped), "row")), icon=":material/rule:"):
            listed(skipped)


def listed(skipped: tuple[Skip, ...], total: int = 0) -> None:
    """The rows left out, each with its reason."""
    shown = [{text.SKIPPED_LINE: place, text.SKIPPED_WHY: why} for place, why in skipped[:1000]]
    st.dataframe(shown, hide_index=True, key=f"skipped-{len(skipped)}", width="stretch")
    if max(total, len(skipped)) > len(shown):
        st.caption(text.LEFT_OUT_MORE.format(n=len(shown)))


def _run(choice: state.Choice, title: str, examples: Examples, skipped: tuple[Skip, ...]) -> None:
    known = setting(choice.checkpoint.name, choice.settings) or "no knob"
    if st.button(text.RUN.format(rows=count(len(examples), "row")), type="primary", key="data.run", icon=":material/play_arrow:"):
        begin(choice, title, examples, skipped)
    note = text.RUN_NOTE.format(model=plain(choice.checkpoint.config.title), setting=plain(known))
    st.caption(note)


def begin(choice: state.Choice, title: str, examples: Examples, skipped: tuple[Skip, ...]) -> None:
    """Start a job and show it."""
    allowed().run(examples.texts)
    name, registry = choice.checkpoint.name, cache.registry()
    mine = st.session_state.setdefault(OWNER, secrets.token_urlsafe(8))
    job = registry.create(shared.model(name), title, examples, dict(choice.settings), list(skipped), owner=mine)
    try:
        registry.start(job, cache.model(name))
    except InputError:
        registry.forget(job)
        raise
    show(job.id, title)
    st.rerun()


def show(id: str, title: str) -> None:
    """Make a job the one looked at, and remember it among the visitor's own."""
    mine: dict[str, str] = st.session_state.setdefault("data.mine", {})
    mine[id] = title
    kept.write(JOB, id)


def leave() -> None:
    """Back to the form: another run begins with all of its rows."""
    kept.write(JOB, "")
    kept.forget()
    for key in rows.FILTERS:
        st.session_state.pop(key, None)


def titles(of: Mapping[str, str]) -> dict[str, str]:
    """The visitor's own runs that are still kept, by id."""
    return {id: title for id, title in of.items() if cache.registry().kept(id)}
