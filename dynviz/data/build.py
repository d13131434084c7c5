"""A table -> Examples: which column is the text and which the label, and what each label means."""

import ast
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dynviz.data.examples import Examples
from dynviz.data.tables import Skip, Table
from dynviz.errors import InputError
from dynviz.tasks import Task

TEXT = ("text", "sentence", "review", "content", "comment", "utterance", "tweet", "phrase", "document", "body", "title")
TOKENS = ("tokens", "words", "token")
LABEL = ("label", "labels", "sentiment", "class", "category", "target", "gold", "polarity", "y")
TAGS = ("tags", "upos", "pos", "pos_tags", "upos_tags", "tag", "ner_tags", "labels", "label")

Meaning = Callable[[Any], str | None]
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
    column = _named(table, text, "text") or _find_text(table, task)
    answer = None if label == "" else _named(table, label, "label") or _find_label(table, task, column)
    values = table.columns[column]
    read = _words if task.unit == "token" and _cut_already(values, column, answer is not None) else _text
    raw = table.columns[answer] if answer else None
    texts: dict[int, Any] = {}
    labels: dict[int, Any] = {}
    wrong: list[tuple[int, InputError]] = []
    lost = {"text": 0, "label": 0}
    means = _means(task, meanings)
    for i, value in enumerate(values):
        words = read(value)
        problem = _unreadable(table, i, words)
        if raw is not None and problem is None:
            problem = "label" if _blank(raw[i]) else _labelled(table, task, i, words, raw[i], means, labels)
        if problem is None:
            texts[i] = words
        elif isinstance(problem, InputError):
            wrong.append((table.places[i], problem))
        else:
            lost[problem] += 1
            if skipped is not None:
                skipped.append((table.places[i], f"no {problem}"))
    if wrong and skipped is None:
        raise _first(wrong, table, task)
    if skipped is not None:
        skipped += [(place, f"{error.what.split(': ', 1)[-1]}: {error.why}") for place, error in wrong]
        skipped.sort()
    if not texts:
        what = "text and label" if answer else "text"
        seen = f"; line {skipped[0][0]}: {skipped[0][1]}" if skipped else ""
        raise InputError(
            f"{table.name} holds no usable rows", f"no row has {what} (columns {column!r}, {answer!r}){seen}", "Name the right columns"
        )
    kept = list(texts)
    notes = [*table.notes, *_skipped(lost["text"], "text"), *_skipped(lost["label"], "label")]
    names, tags = _ids(table, kept), _tags(table, task, kept, answer)
    found = None if raw is None else tuple(labels[i] for i in kept)
    return Examples(names, tuple(texts.values()), found, tags, note=" ".join(notes))


def guess(table: Table, task: Task) -> tuple[str, str | None]:
    """The columns of text and label, by their names or contents; None where no column looks like labels."""
    column = _find_text(table, task)
    return column, _find_label(table, task, column)


def written(value: Any) -> str:
    """A label as it was written, without blanks around it."""
    return str(int(value)) if isinstance(value, bool) else str(value).strip()


def meaning(task: Task, value: Any) -> str | None:
    """The task's label that a written one means: its name in any case, or its number from 0; None for anything else."""
    return _means(task, None)(value)


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
        return InputError(what, f"{task.title} knows {_shown(task.labels)}", "Rename them, or name another label column")
    labels[i] = found
    return None


def _first(wrong: list[tuple[int, InputError]], table: Table, task: Task) -> InputError:
    """The first row's error; where it is an unknown label, with the count of rows like it."""
    unknown = [error for _, error in wrong if "is not of the task" in error.what]
    if wrong[0][1] not in unknown:
        return wrong[0][1]
    value = unknown[0].what.split("the label ", 1)[1].removesuffix(" is not of the task")
    what = f"{table.name}: {len(unknown)} labels are not of the task, first {value} in line {wrong[0][0]}"
    return InputError(what, f"{task.title} knows {_shown(task.labels)}", unknown[0].do)


# Columns


def with_header(table: Table, task: Task) -> Table:
    """The table itself, or with its first row made a row again where that was no header but an example."""
    names = list(table.columns)
    known = {*TEXT, *TOKENS, *LABEL, *TAGS}
    if (
        task.unit == "token"
        or len(names) < 2
        or any(n.lower() in known for n in names)
        or not any(meaning(task, n) is not None for n in names)
    ):
        return table
    columns = {f"column {i + 1}": [n, *values] for i, (n, values) in enumerate(table.columns.items())}
    notes = [*table.notes, "The file has no header; its first line was read as an example."]
    return Table(table.name, columns, [1, *table.places], notes, table.skipped)


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
    fitting = [
        n for n in names if n.lower() not in ("id", "idx", "index") and _all(table.columns[n], lambda v: meaning(task, v) is not None)
    ]
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


def _means(task: Task, meanings: Mapping[str, str] | None) -> Meaning:
    """What a written label means: as told, else a name of the task, in any case, or its number from 0; None for anything else."""
    names = {name.lower(): name for name in task.labels}

    def found(value: Any) -> str | None:
        word = written(value)
        if meanings is not None and word in meanings:
            return meanings[word] or None
        if word.lower() in names:
            return names[word.lower()]
        place = int(float(word)) if re.fullmatch(r"\d{1,6}(\.0+)?", word) else -1
        return task.labels[place] if 0 <= place < len(task.labels) else None

    return found


def _shown(labels: Sequence[str], most: int = 20) -> str:
    numbered = [f"{name} ({i})" for i, name in enumerate(labels[:most])]
    return ", ".join(numbered) + (f" and {len(labels) - most} more" if len(labels) > most else "")


def _skipped(count: int, what: str) -> list[str]:
    return [f"{count} {'row' if count == 1 else 'rows'} without {what} {'was' if count == 1 else 'were'} left out."] if count else []
