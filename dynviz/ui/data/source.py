"""Where the rows come from, which column is what, and the start of a run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dynviz import api
from dynviz.api import Examples
from dynviz.data import MAX_ROWS, Skip, Table, guess, meaning, with_header, written
from dynviz.errors import InputError
from dynviz.figures.text import count, listing, shorten
from dynviz.tasks import Task
from dynviz.ui import cache as shared
from dynviz.ui import state
from dynviz.ui import text_data as text
from dynviz.ui.data import cache, kept, rows
from dynviz.ui.operator import allowed
from dynviz.ui.panels import guarded
from dynviz.ui.tradeoff.view import setting
from dynviz.ui.words import plain

MEGABYTES = 20
MOST_LABELS = 12
SHOWN = 5
JOB = "job"


@dataclass(frozen=True)
class Given:
    """A table, what it is called, and what tells it from others."""

    ident: str
    title: str
    table: Table


def form() -> None:
    """Choose rows, confirm their columns, run."""
    choice = state.choice()
    options: dict[str, Any] = {"default": "bundled", "key": "rows", "bind": "query-params", "required": True}
    sources = list(text.SOURCES) if allowed().files else ["bundled", "paste"]
    kind = st.segmented_control(text.SOURCE, sources, format_func=text.SOURCES.__getitem__, **options)
    if not allowed().files:
        st.caption(text.NO_FILES.format(rows=allowed().rows))
    with guarded():
        if kind == "bundled":
            examples = api.bundled(choice.checkpoint.config.task)
            st.caption(text.BUNDLED_NOTE.format(n=len(examples)))
            _run(choice, text.BUNDLED, examples, ())
            return
        given = {"paste": _pasted, "file": _file, "hub": _hub}[kind or "paste"]()
        if given is not None:
            examples, skipped = _columns(given, choice.checkpoint.task)
            _left_out(skipped)
            _run(choice, given.title, examples, skipped)


def _pasted() -> Given | None:
    pasted = st.text_area(
        text.PASTE, key="data.paste", height=180, help=text.PASTE_HINT, persist_state="session", max_chars=allowed().pasted
    )
    if not pasted or not pasted.strip():
        st.info(text.PASTE_EMPTY, icon=":material/content_paste:")
        return None
    found = cache.lines(pasted)
    return Given(f"paste-{hash(pasted)}", text.PASTED, found)


def _file() -> Given | None:
    types = ["csv", "tsv", "tab", "jsonl", "ndjson", "json", "parquet", "pq", "txt"]
    note = text.FILE_HELP.format(megabytes=MEGABYTES, rows=MAX_ROWS)
    file = st.file_uploader(text.FILE, types, key="data.file", help=note, max_upload_size=MEGABYTES)
    if file is None:
        st.info(text.FILE_EMPTY, icon=":material/upload_file:")
        return None
    return Given(file.file_id, file.name, cache.file_table(file.file_id, file.name, file.getvalue))


def _hub() -> Given | None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(text.HUB, key="hub", placeholder=text.HUB_HINT, help=text.HUB_HELP, bind="query-params", width=420)
        if st.button(text.HUB_LOAD, key="data.fetch"):
            st.session_state["data.fetched"] = (name or "").strip()
    fetched = st.session_state.get("data.fetched")
    if not fetched or fetched != (name or "").strip():
        st.info(text.HUB_EMPTY, icon=":material/cloud_download:")
        return None
    return Given(f"hub-{fetched}", fetched, cache.hub(fetched))


def _columns(given: Given, task: Task) -> tuple[Examples, tuple[Skip, ...]]:
    """The columns as guessed, for the visitor to correct, and the rows as they will be read."""
    table = with_header(given.table, task)
    names = list(table.columns)
    if task.unit == "sentence" or len(names) > 1 or given.ident.startswith("hub"):
        column, label = _menus(given.ident, names, table, task)
    else:
        column, label = names[0], ""
    meanings = _meanings(given.ident, table.columns[label], label, task) if label and task.unit == "sentence" else {}
    if label and task.unit == "token":
        _unknown_tags(table.columns[label], task)
    pairs = tuple(sorted(meanings.items()))
    examples, skipped = cache.examples(given.ident, task.name + ",".join(task.labels), column, label, pairs, table, task)
    labels = text.WITHOUT_LABELS if examples.labels is None else text.WITH_LABELS
    st.markdown(f"**{text.ROWS_READ.format(n=len(examples), labels=labels)}**" + (f"  \n{plain(examples.note)}" if examples.note else ""))
    shown = [
        {
            text.COLUMNS["row"]: examples.ids[i],
            text.COLUMNS["text"]: shorten(_joined(examples.texts[i]), 300),
            **({} if examples.labels is None else {text.COLUMNS["label"]: shorten(_joined(examples.labels[i]), 80)}),
        }
        for i in range(min(SHOWN, len(examples)))
    ]
    st.dataframe(shown, hide_index=True, key=f"preview-{given.ident}", width="stretch", alt=text.PREVIEW)
    return examples, skipped


def _joined(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _menus(ident: str, names: list[str], table: Table, task: Task) -> tuple[str, str]:
    try:
        column, label = guess(table, task)
    except InputError:
        column, label = names[0], None
    left, right = st.columns(2)
    asked: dict[str, Any] = {"format_func": _short}
    chosen = left.selectbox(text.TEXT_COLUMN, names, names.index(column), key=f"data.text.{ident}", **asked) or column
    others = ["", *(n for n in names if n != chosen)]
    place = others.index(label) if label in others else 0
    answer = right.selectbox(text.LABEL_COLUMN, others, place, key=f"data.label.{ident}.{chosen}", help=text.LABEL_HELP, **asked)
    return chosen, answer or ""


def _short(name: str) -> str:
    return shorten(name, 60) if name else text.NO_LABELS


def _meanings(ident: str, values: list[Any], column: str, task: Task) -> dict[str, str]:
    """What each label means, asked where a name is not the task's."""
    counts = Counter(word for word in map(written, values) if word)
    unknown = [word for word in counts if meaning(task, word) is None]
    if not unknown:
        return {}
    if len(counts) > MOST_LABELS:
        what, why, do = text.MANY_LABELS
        raise InputError(what.format(column=shorten(column, 40), n=len(counts), title=task.title, known=len(task.labels)), why, do)
    st.markdown(text.MAPPING)
    grid = st.grid(min(len(counts), 4), min_column_width=180)
    out = {}
    options = [*task.labels, ""]
    for word, n in counts.most_common():
        start = options.index(_likely(word, task))
        key = f"data.means.{ident}.{column}.{word}"
        label = f"{plain(shorten(word, 40))} ({n:,})"
        out[word] = grid.selectbox(label, options, start, format_func=lambda o: o or text.LEAVE_OUT, key=key) or ""
    return out


def _likely(word: str, task: Task) -> str:
    """What a label most likely means: "pos" is positive; "" where nothing fits."""
    known = meaning(task, word)
    if known is not None:
        return known
    low = word.lower()
    fitting = [label for label in task.labels if len(low) > 1 and (label.lower().startswith(low) or low.startswith(label.lower()))]
    return fitting[0] if len(fitting) == 1 else ""


def _unknown_tags(values: list[Any], task: Task) -> None:
    """Say which tags of the first rows are not of the task."""
    seen = Counter(str(tag) for value in values[:2000] for tag in (value if isinstance(value, list) else str(value).split()))
    unknown = [tag for tag, _ in seen.most_common() if meaning(task, tag) is None]
    if unknown and not any(str(v).startswith("[") for v in values[:10]):
        st.warning(plain(text.UNKNOWN_TAGS.format(tags=listing([shorten(t, 20) for t in unknown], 6))), icon=":material/sell:")


def _left_out(skipped: tuple[Skip, ...]) -> None:
    if skipped:
        with st.expander(text.LEFT_OUT.format(n=count(len(skipped), "row")), icon=":material/rule:"):
            listed(skipped)


def listed(skipped: tuple[Skip, ...], total: int = 0) -> None:
    """The rows left out, each with its reason."""
    rows = [{text.SKIPPED_LINE: place, text.SKIPPED_WHY: why} for place, why in skipped[:1000]]
    st.dataframe(rows, hide_index=True, key=f"skipped-{len(skipped)}", width="stretch")
    if max(total, len(skipped)) > len(rows):
        st.caption(text.LEFT_OUT_MORE.format(n=len(rows)))


def _run(choice: state.Choice, title: str, examples: Examples, skipped: tuple[Skip, ...]) -> None:
    known = setting(choice.settings) or "no knob"
    if st.button(text.RUN.format(rows=f"{len(examples):,} rows"), type="primary", key="data.run", icon=":material/play_arrow:"):
        begin(choice, title, examples, skipped)
    note = text.RUN_NOTE.format(model=plain(choice.checkpoint.config.title), setting=plain(known))
    st.caption(note)


def begin(choice: state.Choice, title: str, examples: Examples, skipped: tuple[Skip, ...]) -> None:
    """Start a job and show it."""
    allowed().run(len(examples))
    model = shared.model(choice.checkpoint.name)
    registry = cache.registry()
    job = registry.create(model, title, examples, dict(choice.settings), list(skipped))
    try:
        registry.start(job, model)
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
    return {id: title for id, title in of.items() if cache.registry().find(id) is not None}
