"""The names of a column's class numbers: from the source, from another column that names them row by row, or from one-hot columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dynviz.data.columns import blank, numbers, sample
from dynviz.data.labels import MARKS, codebook, written
from dynviz.data.names import LABEL, TEXT, TITLES, bare, like_labels, parts, predicted
from dynviz.data.tables import Table
from dynviz.records.tasks import Task

_FEW = 100  # different names, at most
_COLUMNS = 500  # looked at
_NAMING = frozenset({*LABEL, "text", "name", "names", "str", "string", "word", "title", "desc", "description", "meaning", "emotion"})
_FILLING = frozenset({"is", "has", "label", "class", "sentiment", "flag", "y"})  # beside a label's name: is_positive


@dataclass(frozen=True)
class Named:
    """A column's labels by name. values: a label for each row; numbers: the name of each class number; note: where they come from."""

    values: Sequence[Any]
    numbers: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def by_name(table: Table, task: Task, column: str, told: Mapping[str, str] | None = None) -> Named:
    """A column's labels, class numbers by their names where the file says them. told: numbers whose meaning the user says."""
    values = table.columns[column]
    if classes := table.classes.get(column):
        return _by({str(i): name for i, name in enumerate(classes)}, values, told)
    if task.unit == "token":
        return Named(values)
    if not told and (found := _one_hot(table, task, column)):
        return found
    if not like_labels(column) or not numbers(sample(values)):
        return Named(values)
    for other in list(table.columns)[:_COLUMNS]:
        if other != column and (names := _beside(table, task, column, other)):
            return _by(names, values, told, f"The numbers of column {column[:40]!r} were named by column {other[:40]!r}.")
    return Named(values)


def _by(names: Mapping[str, str], values: Sequence[Any], told: Mapping[str, str] | None, note: str = "") -> Named:
    """Numbers by their names, but those that the user says a meaning of."""
    kept = {number: name for number, name in names.items() if number not in (told or {})}

    texts = {v for value in values for v in (value if isinstance(value, list) else [value]) if isinstance(v, str) and v.strip()}
    by_names = texts <= set(names.values())  # else its texts are numbers

    def name(value: Any) -> Any:
        return value if by_names and isinstance(value, str) else kept.get(written(value), value)

    found = [[name(v) for v in value] if isinstance(value, list) else name(value) for value in values]
    return Named(found, kept, note)


def _beside(table: Table, task: Task, column: str, other: str) -> dict[str, str]:
    """What another column calls each number; empty where it does not name them: one name for a number, and names of labels by its own."""
    if predicted(other) or bare(other) in (*TEXT, *TITLES) or not _naming(task, column, other, table.columns[other]):
        return {}
    names: dict[str, str] = {}
    for number, word in zip(table.columns[column], table.columns[other], strict=True):
        if not blank(number) and not blank(word) and names.setdefault(written(number), written(word)) != written(word):
            return {}
    return names


def _naming(task: Task, column: str, other: str, values: Sequence[Any]) -> bool:
    """Whether a column holds a few words that are names of the task's labels, or is called like names of the numbers."""
    words = {written(v) for v in sample(values) if not blank(v)}
    if not words or len(words) > _FEW or numbers(sample(values)) or any(isinstance(v, list | dict) for v in sample(values)):
        return False
    if set(parts(other)) <= {*parts(column), *_NAMING} and words.isdisjoint(MARKS):
        return True
    book = codebook(task, dict.fromkeys(words, 1))
    return words.isdisjoint(MARKS) and not book.open and book.answers


# A column for each label, with a 1 where it is the row's


def _one_hot(table: Table, task: Task, column: str) -> Named | None:
    """The labels that a column called after one marks with 1; None where it is not called so, or holds anything else."""
    label = _marked(task, table, column)
    if label is None:
        return None
    marks = {column: label}
    for other in list(table.columns)[:_COLUMNS]:
        if other != column and (also := _marked(task, table, other)) and also not in marks.values():
            marks[other] = also
    if len(marks) > 1:
        rows = zip(*(table.columns[n] for n in marks), strict=True)
        return Named([_only(list(marks.values()), row) for row in rows], note=f"A 1 in {_and(list(marks))} was read as that label.")
    rest = [x for x in task.labels if x != label]
    no = rest[0] if len(rest) == 1 else f"not {label}"
    means = {True: label, False: no, None: ""}
    note = f"In column {column[:40]!r} 1 was read as {label}, 0 as {no}."
    return Named([means[mark] for mark in map(_mark, table.columns[column])], note=note)


def _marked(task: Task, table: Table, column: str) -> str | None:
    """The label that a column of marks is called after."""
    names = (column.strip(), " ".join(w for w in parts(column) if w not in _FILLING))
    found = (codebook(task, {name: 1}).known.get(name) for name in names if name.lower() not in MARKS and not name.isdigit())
    label = next(filter(None, found), None)
    seen = [v for v in sample(table.columns[column]) if not blank(v)] if label else []
    return label if seen and all(_mark(v) is not None for v in seen) else None


def _mark(value: Any) -> bool | None:
    return {"1": True, "true": True, "0": False, "false": False}.get(written(value).lower())


def _only(labels: Sequence[str], row: Sequence[Any]) -> str:
    """The one label that a row marks; two joined, which then are no label; "" where it marks none."""
    return " and ".join(label for label, value in zip(labels, row, strict=True) if _mark(value))


def _and(columns: Sequence[str]) -> str:
    quoted = [repr(n[:40]) for n in columns[:12]]
    return f"columns {', '.join(quoted[:-1])} or {quoted[-1]}"
