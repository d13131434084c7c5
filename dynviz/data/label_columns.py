"""Which column of a table holds the labels, by its name and by what its labels mean for the task."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain
from typing import Any

from dynviz.data.columns import blank, find_text, numbers, sample, scores
from dynviz.data.label_names import by_name
from dynviz.data.labels import MARKS, Codebook, codebook, words_in, written
from dynviz.data.lists import words_of
from dynviz.data.names import LABEL, OF_PAIRS, TAGS, TRUTH, bare, headless, like_labels, of_opinions, parts, predicted
from dynviz.data.tables import Table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

_KEYS = ("id", "idx", "index")
_FEW = 100  # different values, at most, in a column of labels whose name does not say so, or as many as the task has
_CHARACTERS = 200_000  # of lists, at most, among the rows looked at
_COLUMNS = 500  # looked at
MAX_WORDS = 1_000_000  # in all rows, of a word-level task


def guess(table: Table, task: Task) -> tuple[str, str | None]:
    """The columns of text and label, by their names or contents; None where no column looks like labels."""
    column = find_text(table, task)
    return column, find_label(table, task, column)


def cut_cells(table: Table, values: Sequence[Any]) -> list[tuple[str, ...]]:
    """The words, or tags, of each cell; an InputError where there are too many in all."""
    out, total = [], 0
    for value in values:
        out.append(words_of(value))
        total += len(out[-1])
        if total > MAX_WORDS:
            raise InputError(f"{table.name} has more than {MAX_WORDS:,} words", "that many would take hours", "Take fewer rows")
    return out


def book_of(table: Table, task: Task, column: str, told: Mapping[str, str] | None = None) -> Codebook:
    """What the labels in a column mean; of words' tags, all of them together."""
    found = by_name(table, task, column, told)
    return codebook(task, counted(table, task, found.values), told, column, found.numbers)


def counted(table: Table, task: Task, values: Sequence[Any]) -> Counter[str]:
    """The different labels, or tags, in a column, and how often each stands there."""
    return Counter(chain.from_iterable(cut_cells(table, values))) if task.unit == "token" else words_in(values)


def find_label(table: Table, task: Task, text: str) -> str | None:
    """The column of labels beside that of texts; None where there is none."""
    return next(iter(label_columns(table, task, text)), None)


def label_columns(table: Table, task: Task, text: str) -> list[str]:
    """The columns that may be the labels: the one that fits the task best, and others that fit as well.

    Columns called like labels come first; of another name it must hold labels of the task only.
    """
    others = [n for n in list(table.columns)[:_COLUMNS] if n != text and table.columns[n] != table.columns[text] and not predicted(n)]
    if task.unit == "token":
        fits = {n: fit for n in others if (fit := _tagged(table, task, n, text))}
        return _best(fits)[: None if any(fit[0] for fit in fits.values()) else 1]
    found = {n: _fit(table, task, n) for n in others if like_labels(n) or _of_pairs(task, n)}
    called = {n: fit for n, fit in found.items() if fit is not None and (fit or bare(n) in LABEL)}
    ranked = _best({n: (fit, not numbers(sample(table.columns[n])), *_rank(n)) for n, fit in called.items()})
    if ranked and called[ranked[0]]:
        return ranked
    return _best({n: (level,) for n in others if n not in called and (level := _unnamed(table, task, n, bool(ranked)))}) or ranked


def _of_pairs(task: Task, column: str) -> bool:
    """Whether a column is called like what is said of two texts: is_duplicate; "Quality", as MRPC writes it."""
    return task.pair and bare(column) in OF_PAIRS


def _rank(column: str) -> tuple[int, bool]:
    """What orders columns of labels that fit alike: how common the name is, then whether it says truth."""
    return -LABEL.index(bare(column)) if bare(column) in LABEL else -len(LABEL), not TRUTH.isdisjoint(parts(column))


def _best(fits: Mapping[str, tuple[float, ...]]) -> list[str]:
    """The columns of the best fit, the best first; what comes after the fit only orders them."""
    ordered = sorted(fits, key=lambda n: fits[n], reverse=True)
    return [n for n in ordered if fits[n][0] == fits[ordered[0]][0]]


def _fit(table: Table, task: Task, column: str) -> int | None:
    """3: the labels are names of the task; 2: they are read by custom; 1: proposed; 0: unknown; None: no labels at all."""
    if scores(sample(table.columns[column])):
        return None
    found = by_name(table, task, column)
    book = codebook(task, words_in(sample(found.values)), None, column, found.numbers)
    if not book.answers:
        return None
    return 0 if book.unknown else 1 if book.proposed else 2 if book.assumed else 3


def _unnamed(table: Table, task: Task, column: str, rival: bool) -> int:
    """The fit of a column whose name says nothing; 0 where it is not to be taken. rival: another is called like labels."""
    values = table.columns[column]
    if bare(column) in _KEYS or _rows_counted(values) or len(set(map(str, sample(values)))) > _few(task):
        return 0
    fit = _fit(table, task, column) or 0
    marks = numbers(sample(values)) or (not of_opinions(column) and MARKS.issuperset(written(v).lower() for v in sample(values)))
    return fit if fit > (2 if rival else 1 if marks and not headless(column) else 0) else 0


def _few(task: Task) -> int:
    return max(_FEW, len(task.labels))


def may_be(table: Table, task: Task, column: str) -> bool:
    """Whether a column that is not called like labels holds some, surely or likely: few different values, of which all have a meaning."""
    values = sample(table.columns[column])
    if bare(column) in _KEYS or _rows_counted(table.columns[column]) or any(isinstance(v, list) for v in values):
        return False
    return len(set(map(str, values))) <= min(_few(task), len(values) // 2) and bool(_fit(table, task, column))


def tagging(table: Table, text: str, column: str) -> bool:
    """Whether a column holds a tag for each word of the texts."""
    values, texts = sample(table.columns[column]), sample(table.columns[text])
    known = bare(column) in TAGS or any(isinstance(v, list) for v in values)
    pairs = [(a, b) for a, b in zip(_short(values), _short(texts), strict=False) if not blank(a)] if known else []
    return bool(pairs) and all(len(words_of(a)) == len(words_of(b)) for a, b in pairs) and any(len(words_of(b)) > 1 for _, b in pairs)


def _tagged(table: Table, task: Task, column: str, text: str) -> tuple[float, ...] | None:
    """How well a column of tags fits: the share of tags that are the task's; then by its name. None where it holds no tags."""
    name, values = bare(column), sample(by_name(table, task, column).values)
    texts = sample(table.columns[text])
    first = next((i for i, v in enumerate(values) if not blank(v)), None)
    if name in LABEL and first is not None and not _aligned(values, texts):
        return None
    if name not in TAGS and not (first is not None and isinstance(values[first], list) and _aligned(values[first:], texts[first:])):
        return None
    counts = counted(table, task, _short(values))
    book = codebook(task, counts)
    share = sum(counts[tag] for tag, label in book.known.items() if label) / max(1, counts.total())
    entities = any(label.startswith("B-") for label in task.labels)
    return share, name.startswith(("ner", "chunk")) == entities, -TAGS.index(name) if name in TAGS else -len(TAGS)


def _short(cells: Sequence[Any]) -> Sequence[Any]:
    """The first cells, as far as they are not too long to be looked at."""
    lengths = accumulate(len(v) if isinstance(v, str | list) else 0 for v in cells)
    return [v for v, length in zip(cells, lengths, strict=True) if length <= _CHARACTERS]


def _aligned(tags: Sequence[Any], texts: Sequence[Any]) -> bool:
    """Whether there are as many tags as words in any of these rows."""
    pairs = zip(_short(tags), _short(texts), strict=False)
    return any(len(words_of(a)) == len(words_of(b)) for a, b in pairs if not blank(a))


def _rows_counted(values: Sequence[Any]) -> bool:
    """Whether a column counts the rows, from 0 or from 1."""
    first = written(values[0]) if values else ""
    return first in ("0", "1") and all(written(v) == str(i) for i, v in enumerate(values[:1000], start=int(first)))
