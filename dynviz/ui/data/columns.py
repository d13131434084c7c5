"""Which column is what: guessed, for the visitor to correct; and the rows as they will be read."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dynviz.api import Examples
from dynviz.data import Skip, Table, find_label, guess, rivals, with_header
from dynviz.data.halves import find_halves, one_column
from dynviz.errors import InputError
from dynviz.figures.wording import count, listing, shorten
from dynviz.records.tasks import Task
from dynviz.ui.data import cache, text
from dynviz.ui.data.meanings import asked
from dynviz.ui.parts import show
from dynviz.ui.shell.shown import plain

SHOWN = 5


@dataclass(frozen=True)
class Given:
    """A table, what it is called, and what tells it from others."""

    ident: str
    title: str
    table: Table


def confirmed(given: Given, task: Task, unsaid: str) -> tuple[Examples, tuple[Skip, ...]] | None:
    """The columns as guessed, for the visitor to correct, and the rows as they will be read; None until the labels have a meaning,
    which `unsaid` asks for."""
    table = with_header(given.table, task)
    names = list(table.columns)
    column: str | tuple[str, str]
    if task.pair:
        column, label = _pair_menus(given.ident, names, table, task)
    elif task.unit == "sentence" or len(names) > 1 or given.ident.startswith("hub"):
        column, label = _menus(given.ident, names, table, task)
    else:
        column, label = names[0], ""
    meanings = asked(given.ident, table, label, task) if label else {}
    if meanings is None:
        st.info(unsaid, icon=":material/help:")
        return None
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
    show.lines(f"preview-{ident}", listed, wide, text.PREVIEW)


def joined(value: Any) -> str:
    """A text, or words between blanks."""
    return value if isinstance(value, str) else " ".join(value)


def _menus(ident: str, names: list[str], table: Table, task: Task) -> tuple[str, str]:
    try:
        column, label = guess(table, task)
    except InputError:
        column, label = names[0], None
    left, right = st.columns(2)
    chosen = left.selectbox(text.TEXT_COLUMN, names, names.index(column), key=f"data.text.{ident}", format_func=_short) or column
    if chosen != column:
        label = find_label(table, task, chosen)
    with right:
        answer = _label_menu(f"data.label.{ident}.{chosen}", [n for n in names if n != chosen], label)
    if answer and answer == label and (alike := rivals(table, task, chosen, answer)):
        st.caption(text.RIVALS.format(columns=plain(listing([_short(n) for n in alike], 3))))
    return chosen, answer


def _pair_menus(ident: str, names: list[str], table: Table, task: Task) -> tuple[tuple[str, str], str]:
    """The columns of both texts, which may be one whose cells hold both, and that of the labels."""
    try:
        first, second = find_halves(table)
    except InputError:
        first, second = names[0], names[min(1, len(names) - 1)]
    left, middle, right = st.columns(3)
    first = left.selectbox(text.FIRST_COLUMN, names, names.index(first), _short, f"data.text.{ident}") or first
    key = f"data.second.{ident}"
    second = middle.selectbox(text.SECOND_COLUMN, names, names.index(second), _short, key, text.SECOND_HELP) or second
    both, column = one_column(table, task, (first, second))
    with right:
        rest = [n for n in names if n not in (first, second)]
        return (first, second), _label_menu(f"data.label.{ident}.{first}.{second}", rest, find_label(both, task, column or first))


def _label_menu(key: str, names: list[str], label: str | None) -> str:
    """The menu of columns that may hold the labels; "" for none."""
    others = ["", *names]
    place = others.index(label) if label in others else 0
    return st.selectbox(text.LABEL_COLUMN, others, place, key=key, help=text.LABEL_HELP, format_func=_short) or ""


def _short(name: str) -> str:
    return shorten(name, 60) if name else text.NO_LABELS
