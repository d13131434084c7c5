"""A table -> Examples: which column is the text and which the label, and what each label means."""

import ast
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from dynviz.data.examples import Examples
from dynviz.data.tables import Table
from dynviz.errors import InputError
from dynviz.tasks import Task

TEXT = ("text", "sentence", "review", "content", "comment", "utterance", "tweet", "phrase", "document", "body", "title")
TOKENS = ("tokens", "words", "token")
LABEL = ("label", "labels", "sentiment", "class", "category", "target", "gold", "polarity", "y")
TAGS = ("tags", "upos", "pos", "pos_tags", "upos_tags", "tag", "ner_tags", "labels", "label")


def examples_of(table: Table, task: Task, text: str | None = None, label: str | None = None) -> Examples:
    """The examples in a table, for a task. text, label: columns, found by their names or contents where not given.

    Rows without text, and rows without a label where others have one, are left out and counted in the note.
    """
    table = _with_header(table, task)
    column = _named(table, text, "text") or _find_text(table, task)
    answer = _named(table, label, "label") or _find_label(table, task, column)
    read = _words if task.unit == "token" and _cut_already(table.columns[column], column, answer is not None) else _text
    texts = [read(value) for value in table.columns[column]]
    raw = table.columns[answer] if answer else None
    kept = [i for i, t in enumerate(texts) if (t.strip() if isinstance(t, str) else any(w.strip() for w in t))]
    notes = [*table.notes, *_skipped(len(texts) - len(kept), "text")]
    if raw is not None:
        some = [i for i in kept if not _blank(raw[i])]
        notes += _skipped(len(kept) - len(some), "label")
        kept = some
    if not kept:
        what = "text and label" if answer else "text"
        raise InputError(
            f"{table.name} holds no usable rows", f"no row has {what} (columns {column!r}, {answer!r})", "Name the right columns"
        )
    labels = (
        None if raw is None else _labels(table, task, [raw[i] for i in kept], [texts[i] for i in kept], [table.places[i] for i in kept])
    )
    names, tags = _ids(table, kept), _tags(table, task, kept, answer)
    return Examples(names, tuple(texts[i] for i in kept), labels, tags, note=" ".join(notes))


# Columns


def _with_header(table: Table, task: Task) -> Table:
    """The table itself, or with its first row made a row again where that was no header but an example."""
    names = list(table.columns)
    known = {*TEXT, *TOKENS, *LABEL, *TAGS}
    if (
        task.unit == "token"
        or len(names) < 2
        or any(n.lower() in known for n in names)
        or not any(_means(task)(n) is not None for n in names)
    ):
        return table
    columns = {f"column {i + 1}": [n, *values] for i, (n, values) in enumerate(table.columns.items())}
    return Table(table.name, columns, [1, *table.places], [*table.notes, "The file has no header; its first line was read as an example."])


def _named(table: Table, wanted: str | None, what: str) -> str | None:
    if wanted is None or wanted in table.columns:
        return wanted
    same = [n for n in table.columns if n.lower() == wanted.strip().lower()]
    if same:
        return same[0]
    raise InputError(f"{table.name} has no column {wanted!r}", f"its columns are: {_list(table)}", f"Name the {what} column")


def _list(table: Table) -> str:
    return ", ".join(n[:40] for n in list(table.columns)[:20])


def _find_text(table: Table, task: Task) -> str:
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


def _find_label(table: Table, task: Task, text: str) -> str | None:
    names = [n for n in table.columns if n != text]
    for known in TAGS if task.unit == "token" else LABEL:
        for column in names:
            if column.strip().lower() == known:
                return column
    if task.unit == "token":
        return None
    means = _means(task)
    fitting = [n for n in names if n.lower() not in ("id", "idx", "index") and _all(table.columns[n], lambda v: means(v) is not None)]
    return fitting[0] if fitting else None


def _all(values: Sequence[Any], test: Callable[[Any], bool]) -> bool:
    filled = [v for v in values if not _blank(v)]
    return bool(filled) and all(test(v) for v in filled)


def _numbers(values: Sequence[Any]) -> bool:
    return _all(values, lambda v: isinstance(v, int | float) or bool(re.fullmatch(r"\s*[-+]?\d+([.,]\d+)?\s*", str(v))))


def _cut_already(values: Sequence[Any], column: str, tagged: bool) -> bool:
    """Whether the cells of a word-level task are words already: tagged, called "tokens", or lists; else texts still to be cut."""
    return tagged or column.strip().lower() in TOKENS or any(isinstance(v, list | tuple) for v in values)


def _blank(value: Any) -> bool:
    return (isinstance(value, str) and not value.strip()) or (isinstance(value, list) and not value)


# Cells


def _text(value: Any) -> str:
    return " ".join(str(x) for x in value) if isinstance(value, list | tuple) else str(value)


def _words(value: Any) -> tuple[str, ...]:
    """A list of words, however it was written: a list, "['a', 'b']", or words between blanks."""
    if isinstance(value, list | tuple):
        return tuple(str(x) for x in value)
    written = str(value).strip()
    if written.startswith("[") and written.endswith("]") and len(written) > 2:
        for parse in (json.loads, ast.literal_eval):
            try:
                found = parse(written)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if isinstance(found, list):
                return tuple(str(x) for x in found)
    return tuple(written.split())


def _ids(table: Table, kept: list[int]) -> tuple[str, ...]:
    for column in ("id", "idx", "index"):
        if column in table.columns:
            names = [str(table.columns[column][i]).strip() for i in kept]
            if all(names) and len(set(names)) == len(names):
                return tuple(names)
    return tuple(str(table.places[i]) for i in kept)


def _tags(table: Table, task: Task, kept: list[int], answer: str | None) -> tuple[tuple[str, ...], ...]:
    column = next((n for n in ("phenomena", "tags") if n in table.columns and n != answer), None)
    if column is None or (task.unit == "token" and column == "tags"):
        return ((),) * len(kept)
    cells = [table.columns[column][i] for i in kept]
    return tuple(tuple(map(str, c)) if isinstance(c, list) else tuple(x.strip() for x in str(c).split(";") if x.strip()) for c in cells)


# Labels


def _means(task: Task) -> Callable[[Any], str | None]:
    """What a written label means: a name of the task, in any case, or its number from 0; None for anything else."""
    names = {name.lower(): name for name in task.labels}

    def meaning(value: Any) -> str | None:
        written = str(int(value)) if isinstance(value, bool) else str(value).strip()
        if written.lower() in names:
            return names[written.lower()]
        place = int(float(written)) if re.fullmatch(r"\d{1,6}(\.0+)?", written) else -1
        return task.labels[place] if 0 <= place < len(task.labels) else None

    return meaning


def _labels(table: Table, task: Task, raw: list[Any], texts: list[Any], places: list[int]) -> tuple[Any, ...]:
    means = _means(task)
    if task.unit == "sentence":
        found: list[Any] = [means(value) for value in raw]
        wrong = [(p, v) for p, v, f in zip(places, raw, found, strict=True) if f is None]
    else:
        lists = [_words(value) for value in raw]
        _same_lengths(table, texts, lists, places)
        found = [tuple(means(tag) for tag in tags) for tags in lists]
        wrong = [(p, t) for p, tags, f in zip(places, lists, found, strict=True) for t, m in zip(tags, f, strict=True) if m is None]
    if wrong:
        place, value = wrong[0]
        why = f"{task.title} knows {_shown(task.labels)}"
        raise InputError(
            f"{table.name}: {len(wrong)} labels are not of the task, first {str(value)[:40]!r} in line {place}",
            why,
            "Rename them, or name another label column",
        )
    return tuple(found)


def _shown(labels: Sequence[str], most: int = 20) -> str:
    numbered = [f"{name} ({i})" for i, name in enumerate(labels[:most])]
    return ", ".join(numbered) + (f" and {len(labels) - most} more" if len(labels) > most else "")


def _same_lengths(table: Table, texts: list[Any], tags: list[tuple[str, ...]], places: list[int]) -> None:
    for place, words, marks in zip(places, texts, tags, strict=True):
        many = None if isinstance(words, str) else len(words)
        if many != len(marks):
            have = "a text that is not cut into words" if many is None else f"{many} words"
            raise InputError(
                f"{table.name}, line {place}: {have} and {len(marks)} tags",
                "each word has one tag",
                "Give words and tags as lists, or between blanks",
            )


def _skipped(count: int, what: str) -> list[str]:
    return [f"{count} {'row' if count == 1 else 'rows'} without {what} {'was' if count == 1 else 'were'} left out."] if count else []
