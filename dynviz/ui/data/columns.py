"""Which column is what and which label means what: guessed, for the visitor to correct; and the rows as they will be read."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dynviz.api import Examples
from dynviz.data import Skip, Table, guess, meaning, with_header, written
from dynviz.errors import InputError
from dynviz.figures.wording import count, listing, shorten
from dynviz.records.tasks import Task
from dynviz.ui.data import cache, text
from dynviz.ui.shell.shown import plain

MOST_LABELS = 12
SHOWN = 5


@dataclass(frozen=True)
class Given:
    """A table, what it is called, and what tells it from others."""

    ident: str
    title: str
    table: Table


def confirmed(given: Given, task: Task) -> tuple[Examples, tuple[Skip, ...]]:
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
    read = text.ROWS_READ.format(n=count(len(examples), "row"), labels=labels)
    st.markdown(f"**{read}**" + (f"  \n{plain(examples.note)}" if examples.note else ""))
    preview(given.ident, examples)
    return examples, skipped


def preview(ident: str, examples: Examples) -> None:
    """The first rows."""
    listed = []
    for i in range(min(SHOWN, len(examples))):
        row = {"row": examples.ids[i], "text": shorten(joined(examples.texts[i]), 300)}
        if examples.labels is not None:
            row["label"] = shorten(joined(examples.labels[i]), 80)
        if any(examples.tags):
            row["kinds"] = ", ".join(examples.tags[i])
        listed.append({text.COLUMNS[k]: v for k, v in row.items()})
    wide = {text.COLUMNS["text"]: st.column_config.TextColumn(width=320)}
    st.dataframe(listed, hide_index=True, key=f"preview-{ident}", width="stretch", column_config=wide, alt=text.PREVIEW)


def joined(value: Any) -> str:
    """A text, or words between blanks."""
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
