"""A table -> Examples: each row's text and what its label means, or what is wrong with the row."""

import ast
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dynviz.data.columns import blank, cut_already, find_label, find_text, named, with_header
from dynviz.data.examples import Examples
from dynviz.data.labels import Meaning, meaning_of, shown
from dynviz.data.tables import Skip, Table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

_LONE = re.compile("[\ud800-\udfff]")


def examples_of(
    table: Table,
    task: Task,
    text: str | None = None,
    label: str | None = None,
    meanings: Mapping[str, str] | None = None,
    skipped: list[Skip] | None = None,
) -> Examples:
    """The examples in a table, for a task. text, label: columns, found by their names or contents where not given; label "": none.

    Rows without text, and rows without a label where others have one, are left out and counted in the note. meanings: what a label
    written so means (`written`), where its own name does not say it. skipped: where given, rows that do not fit are listed there, each
    with its reason, and left out; else they are an InputError.
    """
    table = with_header(table, task)
    column = named(table, text, "text") or find_text(table, task)
    answer = None if label == "" else named(table, label, "label") or find_label(table, task, column)
    rows = _read(table, task, column, answer, meaning_of(task, meanings))
    if rows.wrong and skipped is None:
        raise _first(rows.wrong, table, task)
    if skipped is not None:
        skipped += [(place, f"no {what}") for place, what in rows.without]
        skipped += [(place, f"{error.what.split(': ', 1)[-1]}: {error.why}") for place, error in rows.wrong]
        skipped.sort()
    if not rows.texts:
        what = "text and label" if answer else "text"
        seen = f"; line {skipped[0][0]}: {skipped[0][1]}" if skipped else ""
        raise InputError(
            f"{table.name} holds no usable rows", f"no row has {what} (columns {column!r}, {answer!r}){seen}", "Name the right columns"
        )
    kept = list(rows.texts)
    notes = " ".join([*table.notes, *_left_out(rows.without)])
    found = tuple(rows.labels[i] for i in kept) if answer else None
    return Examples(_ids(table, kept), tuple(rows.texts.values()), found, _tags(table, task, kept, answer), note=notes)


@dataclass
class _Rows:
    """What the rows hold. texts, labels: by the row's number, where it fits. wrong, without: the other rows, by their place in the file."""

    texts: dict[int, Any] = field(default_factory=dict)
    labels: dict[int, Any] = field(default_factory=dict)
    wrong: list[tuple[int, InputError]] = field(default_factory=list)
    without: list[tuple[int, str]] = field(default_factory=list)


def _read(table: Table, task: Task, column: str, answer: str | None, means: Meaning) -> _Rows:
    values, raw, rows = table.columns[column], table.columns[answer] if answer else None, _Rows()
    read = _words if task.unit == "token" and cut_already(values, column, answer is not None) else _text
    for i, value in enumerate(values):
        words = read(value)
        problem = _unreadable(table, i, words)
        if raw is not None and problem is None:
            problem = "label" if blank(raw[i]) else _labelled(table, task, i, words, raw[i], means, rows.labels)
        if problem is None:
            rows.texts[i] = words
        elif isinstance(problem, InputError):
            rows.wrong.append((table.places[i], problem))
        else:
            rows.without.append((table.places[i], problem))
    return rows


def _unreadable(table: Table, i: int, words: Any) -> str | InputError | None:
    """What is wrong with a text: "text" where there is none."""
    joined = words if isinstance(words, str) else " ".join(words)
    if not joined.strip():
        return "text"
    where = f"{table.name}, line {table.places[i]}"
    if _LONE.search(joined):
        return InputError(f"{where}: not valid Unicode", "it holds half of a surrogate pair", "Write the file again as UTF-8")
    if not any(unicodedata.category(c)[0] in "LNPS" for c in joined):
        return InputError(f"{where}: nothing to read", "it has no letter, digit, mark or symbol", "Leave the row out")
    return None


def _labelled(table: Table, task: Task, i: int, words: Any, value: Any, means: Meaning, labels: dict[int, Any]) -> InputError | None:
    """Note what a row's label means, or say what is wrong with it."""
    place = table.places[i]
    if task.unit == "sentence":
        found: Any = means(value)
        unknown = [value] if found is None else []
    else:
        tags = _words(value)
        if isinstance(words, str) or len(words) != len(tags):
            have = "a text that is not cut into words" if isinstance(words, str) else f"{len(words)} words"
            what = f"{table.name}, line {place}: {have} and {len(tags)} tags"
            return InputError(what, "each word has one tag", "Give words and tags as lists, or between blanks")
        found = tuple(means(tag) for tag in tags)
        unknown = [tag for tag, m in zip(tags, found, strict=True) if m is None]
    if unknown:
        what = f"{table.name}, line {place}: the label {str(unknown[0])[:40]!r} is not of the task"
        return InputError(what, f"{task.title} knows {shown(task.labels)}", "Rename them, or name another label column")
    labels[i] = found
    return None


def _first(wrong: list[tuple[int, InputError]], table: Table, task: Task) -> InputError:
    """The first row's error; where it is an unknown label, with the count of rows like it."""
    unknown = [error for _, error in wrong if "is not of the task" in error.what]
    if wrong[0][1] not in unknown:
        return wrong[0][1]
    value = unknown[0].what.split("the label ", 1)[1].removesuffix(" is not of the task")
    are = "label is" if len(unknown) == 1 else "labels are"
    what = f"{table.name}: {len(unknown)} {are} not of the task, first {value} in line {wrong[0][0]}"
    return InputError(what, f"{task.title} knows {shown(task.labels)}", unknown[0].do)


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


def _left_out(without: list[tuple[int, str]]) -> list[str]:
    """A sentence on the rows without text, and one on those without label."""
    counts = Counter(what for _, what in without)
    rows = {what: f"{n} {'row' if n == 1 else 'rows'} without {what} {'was' if n == 1 else 'were'}" for what, n in counts.items()}
    return [f"{rows[what]} left out." for what in ("text", "label") if what in rows]
