"""A table -> Examples: each row's text and what its label means, or what is wrong with the row."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dynviz.data.columns import blank, cut_already, find_text, named, scores, with_header
from dynviz.data.cutting import both
from dynviz.data.doubts import assumed, doubt, doubts, told_by
from dynviz.data.examples import Examples
from dynviz.data.halves import Text, one_column
from dynviz.data.label_columns import counted, cut_cells, find_label
from dynviz.data.label_names import Named, by_name
from dynviz.data.labels import Codebook, codebook, no_answer, said, shown, written
from dynviz.data.tables import Skip, Table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

LABELLED = "labelled "  # as what means no answer
_MOST_TAGS = 20  # kinds named in a row
_LONE = re.compile("[\ud800-\udfff]")
_LETTER = re.compile(r"[^\W_]")


def examples_of(
    table: Table,
    task: Task,
    text: Text = None,
    label: str | None = None,
    meanings: Mapping[str, str] | None = None,
    skipped: list[Skip] | None = None,
) -> Examples:
    """The examples in a table, for a task. text, label: columns, found by their names or contents where not given; label "": none.

    Rows without text, and rows without a label where others have one, are left out and counted in the note. meanings: what a label
    written so means, where its own name does not say it ("": leave its rows out). For a task of pairs, text: the two columns, or one
    whose cells hold both texts in two lines. skipped: where given, rows that do not fit are
    listed there, each with its reason, and left out; else they are an InputError, and so are labels whose meaning is not certain.
    """
    table, asked = one_column(with_header(table, task), task, text)
    column = named(table, asked, "text") or find_text(table, task)
    answer = None if label == "" else _scored(table, named(table, label, "label")) or find_label(table, task, column)
    found = by_name(table, task, answer, meanings) if answer else Named([])
    raw = _labels(table, task, found.values) if answer else None
    book = codebook(task, counted(table, task, raw), meanings, answer or "", found.numbers, bool(label)) if raw else Codebook()
    if skipped is None and answer and (error := doubt(table, task, answer, book)):
        raise error
    rows = _read(table, task, column, raw, book)
    if rows.wrong and skipped is None:
        raise _first(rows.wrong, table, task, book, raw or [])
    if skipped is not None:
        skipped += [(place, what if what.startswith(LABELLED) else f"no {what}") for place, what in rows.without]
        skipped += [(place, f"{error.what.split(': ', 1)[-1]}: {error.why}") for place, error in rows.wrong]
        skipped.sort()
    if not rows.texts:
        what = "text and label" if answer else "text"
        seen = f"; line {skipped[0][0]}: {skipped[0][1]}" if skipped else ""
        raise InputError(
            f"{table.name} holds no usable rows", f"no row has {what} (columns {column!r}, {answer!r}){seen}", "Name the right columns"
        )
    kept = list(rows.texts)
    said_of = [*doubts(table, task, column, answer, label is None), *filter(None, [found.note]), *assumed(book)]
    notes = " ".join([*table.notes, *said_of, *_left_out(rows.without)])
    labels = tuple(rows.labels[i] for i in kept) if answer else None
    return Examples(_ids(table, kept), tuple(rows.texts.values()), labels, _tags(table, task, kept, answer), note=notes)


def _scored(table: Table, column: str | None) -> str | None:
    """The column that was named for the labels; an InputError where it holds scores."""
    if column is not None and (ends := scores(table.columns[column])):
        what = f"Column {column[:40]!r} of {table.name} holds no labels"
        raise InputError(what, f"its numbers, {ends[0]:g} to {ends[1]:g}, are scores and not all whole", "Name another label column")
    return column


@dataclass
class _Rows:
    """What the rows hold. texts, labels: by the row's number, where it fits. wrong, without: the other rows, by their place in the file."""

    texts: dict[int, Any] = field(default_factory=dict)
    labels: dict[int, Any] = field(default_factory=dict)
    wrong: list[tuple[int, InputError]] = field(default_factory=list)
    without: list[tuple[int, str]] = field(default_factory=list)


def _labels(table: Table, task: Task, values: Sequence[Any]) -> Sequence[Any]:
    """The labels in a column; of words, as lists of tags."""
    return values if task.unit == "sentence" else cut_cells(table, values)


def _read(table: Table, task: Task, column: str, raw: Sequence[Any] | None, book: Codebook) -> _Rows:
    values, rows = table.columns[column], _Rows()
    by_word = task.unit == "token" and cut_already(values, column, raw is not None)
    for i, words in enumerate(cut_cells(table, values) if by_word else map(_text, values)):
        problem = _unreadable(table, task, i, words)
        if raw is not None and problem is None:
            problem = "label" if blank(raw[i]) else _labelled(table, task, i, words, raw[i], book.known, rows.labels)
        if problem is None:
            rows.texts[i] = words
        elif isinstance(problem, InputError):
            rows.wrong.append((table.places[i], problem))
        else:
            rows.without.append((table.places[i], problem))
    return rows


def _unreadable(table: Table, task: Task, i: int, words: Any) -> str | InputError | None:
    """What is wrong with a text: "text" where there is none."""
    joined = words if isinstance(words, str) else " ".join(words)
    if not joined.strip():
        return "text"
    where = f"{table.name}, line {table.places[i]}"
    if _LONE.search(joined):
        return InputError(f"{where}: not valid Unicode", "it holds half of a surrogate pair", "Write the file again as UTF-8")
    try:
        parts = both(joined) if task.pair else (joined,)
    except InputError as error:
        return InputError(f"{where}: not two texts", error.why, "Leave the row out")
    if not all(map(_something, parts)):
        return InputError(f"{where}: nothing to read", "it has no letter, digit, mark or symbol", "Leave the row out")
    return None


def _something(text: str) -> bool:
    """Whether anything in a text can be read."""
    return bool(_LETTER.search(text)) or any(unicodedata.category(c)[0] in "LNPS" for c in set(text))


def _labelled(
    table: Table, task: Task, i: int, words: Any, value: Any, means: Mapping[str, str], labels: dict[int, Any]
) -> str | InputError | None:
    """Note what a row's label means, or say what is wrong with it; "label" where it marks that there is none."""
    place = table.places[i]
    tags: Sequence[str] = value if task.unit == "token" else (written(value),)
    if task.unit == "token" and (isinstance(words, str) or len(words) != len(tags)):
        have = "a text that is not cut into words" if isinstance(words, str) else f"{len(words)} words"
        what = f"{table.name}, line {place}: {have} and {len(tags)} tags"
        return InputError(what, "each word has one tag", "Give words and tags as lists, or between blanks")
    found = tuple(map(means.get, tags))
    if None in found:
        what = f"{table.name}, line {place}: the label {tags[found.index(None)][:40]!r:.60} is not of the task"
        return InputError(what, f"the task's labels are {shown(task)}", "Rename it, or say what it means")
    if "" in found:
        mark = tags[found.index("")]
        return f"{LABELLED}{said(mark)}{' (no answer)' if no_answer(mark) else ''}"
    labels[i] = found if task.unit == "token" else found[0]
    return None


def _first(wrong: list[tuple[int, InputError]], table: Table, task: Task, book: Codebook, raw: Sequence[Any]) -> InputError:
    """The first row's error; where it is an unknown label, with the count of labels, or tags, like it, and how to say what they mean."""
    unknown = [error for _, error in wrong if "is not of the task" in error.what]
    if wrong[0][1] not in unknown:
        return wrong[0][1]
    value = unknown[0].what.split("the label ", 1)[1].removesuffix(" is not of the task")
    counts = counted(table, task, raw)
    n, kind = (len(unknown), "label") if task.unit == "sentence" else (sum(counts[word] for word in book.unknown), "tag")
    kinds = f" ({len(book.unknown)} different)" if kind == "tag" and len(book.unknown) < n else ""
    what = f"{table.name}: {n:,} {kind}{' is' if n == 1 else 's are'} not of the task{kinds}, first {value} in line {wrong[0][0]}"
    do = f"Rename them, say what they mean with {told_by(dict.fromkeys(book.unknown, '...'))}, or name another label column"
    return InputError(what, f"the task's labels are {shown(task)}", do)


def _text(value: Any) -> str:
    return " ".join(str(x) for x in value) if isinstance(value, list | tuple) else str(value)


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
    return tuple(tuple(map(str, c[:_MOST_TAGS])) if isinstance(c, list) else _kinds(str(c)) for c in cells)


def _kinds(cell: str) -> tuple[str, ...]:
    return tuple(x.strip() for x in cell.split(";", _MOST_TAGS)[:_MOST_TAGS] if x.strip())


def _left_out(without: list[tuple[int, str]]) -> list[str]:
    """A sentence on the rows without text, one on those without label, and one on each label that means no answer."""
    counts = Counter(what for _, what in without)
    named = {"text": "without text", "label": "without label", **{what: what for what in counts if what.startswith(LABELLED)}}
    rows = [(counts[what], name) for what, name in named.items() if what in counts]
    return [f"{n:,} {'row' if n == 1 else 'rows'} {name} {'was' if n == 1 else 'were'} left out." for n, name in rows]
