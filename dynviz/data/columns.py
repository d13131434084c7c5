"""Which column of a table is the text and which the label, by their names or what they hold."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from dynviz.data.labels import meaning
from dynviz.data.tables import Table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

TEXT = ("text", "sentence", "review", "content", "comment", "utterance", "tweet", "phrase", "document", "body", "title")
TOKENS = ("tokens", "words", "token")
LABEL = ("label", "labels", "sentiment", "class", "category", "target", "gold", "polarity", "y")
TAGS = ("tags", "upos", "pos", "pos_tags", "upos_tags", "tag", "ner_tags", "labels", "label")
_SENTENCE = re.compile(r"\S\s+\S.*[.!?\u2026]['\")\u201d]?$|(\S+\s+){5}\S")  # words up to a full stop, or six of them


def guess(table: Table, task: Task) -> tuple[str, str | None]:
    """The columns of text and label, by their names or contents; None where no column looks like labels."""
    column = find_text(table, task)
    return column, find_label(table, task, column)


def with_header(table: Table, task: Task) -> Table:
    """The table itself, or with its first row made a row again where that was no header but an example."""
    if any(n.lower() in {*TEXT, *TOKENS, *LABEL, *TAGS} for n in table.columns) or not _example(list(table.columns), task):
        return table
    columns = {f"column {i + 1}": [n, *values] for i, (n, values) in enumerate(table.columns.items())}
    notes = [*table.notes, "The file has no header; its first line was read as an example."]
    return Table(table.name, columns, [1, *table.places], notes, table.skipped)


def _example(names: list[str], task: Task) -> bool:
    """Whether the names of columns look like an example: one sentence, or several cells of which one is a label."""
    if len(names) == 1:
        return bool(_SENTENCE.search(names[0]))
    return task.unit == "sentence" and any(meaning(task, n) is not None for n in names)


def named(table: Table, wanted: str | None, what: str) -> str | None:
    """The column asked for, in any case; None where none was; an InputError where there is no such column. what: "text" or "label"."""
    if wanted is None or wanted in table.columns:
        return wanted
    same = [n for n in table.columns if n.lower() == wanted.strip().lower()]
    if same:
        return same[0]
    raise InputError(f"{table.name} has no column {wanted!r}", f"its columns are: {_list(table)}", f"Name the {what} column")


def _list(table: Table) -> str:
    return ", ".join(n[:40] for n in list(table.columns)[:20])


def find_text(table: Table, task: Task) -> str:
    """The column of texts: by its name, else the one with the longest texts; an InputError where none has any."""
    for name in (*TOKENS, *TEXT) if task.unit == "token" else (*TEXT, *TOKENS):
        for column in table.columns:
            if column.strip().lower() == name:
                return column
    words = {
        n: sum(len(v) for v in values if isinstance(v, str)) / len(table) for n, values in table.columns.items() if not _numbers(values)
    }
    best = max(words, key=lambda n: words[n], default=None)
    if best is None or words[best] < 3:
        raise InputError(f"{table.name} has no column of texts", f"its columns are: {_list(table)}", "Call one 'text', or name it")
    return best


def find_label(table: Table, task: Task, text: str) -> str | None:
    """The column of labels beside that of texts: by its name, else one that holds labels of the task only; None where there is none."""
    names = [n for n in table.columns if n != text]
    for known in TAGS if task.unit == "token" else LABEL:
        for column in names:
            if column.strip().lower() == known:
                return column
    if task.unit == "token":
        return None
    fitting = [
        n for n in names if n.lower() not in ("id", "idx", "index") and _all(table.columns[n], lambda v: meaning(task, v) is not None)
    ]
    return fitting[0] if fitting else None


def _all(values: Sequence[Any], test: Callable[[Any], bool]) -> bool:
    filled = [v for v in values if not blank(v)]
    return bool(filled) and all(test(v) for v in filled)


def _numbers(values: Sequence[Any]) -> bool:
    return _all(values, lambda v: isinstance(v, int | float) or bool(re.fullmatch(r"\s*[-+]?\d+([.,]\d+)?\s*", str(v))))


def cut_already(values: Sequence[Any], column: str, tagged: bool) -> bool:
    """Whether the cells of a word-level task are words already: tagged, called "tokens", or lists; else texts still to be cut."""
    return tagged or column.strip().lower() in TOKENS or any(isinstance(v, list | tuple) for v in values)


def blank(value: Any) -> bool:
    """Whether a cell holds nothing."""
    return (isinstance(value, str) and not value.strip()) or (isinstance(value, list) and not value)
