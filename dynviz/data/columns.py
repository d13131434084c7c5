"""Which column of a table is the text and which the label, by their names and what they hold; and what that leaves in doubt."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from dynviz.data.labels import Codebook, codebook, words_in, written
from dynviz.data.lists import words_of
from dynviz.data.tables import Table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

TEXT = ("text", "sentence", "review", "content", "comment", "utterance", "tweet", "phrase", "document", "body", "title")
TOKENS = ("tokens", "words", "token")
LABEL = ("label", "labels", "sentiment", "class", "category", "target", "gold", "polarity", "y", "rating", "stars")
TAGS = ("tags", "upos", "pos", "pos_tags", "upos_tags", "tag", "ner_tags", "ner", "xpos", "chunk", "chunk_tags", "labels", "label")
HALVES = (
    "premise", "hypothesis", "question", "answer", "query", "passage", "context", "response", "title", "headline", "summary", "description",
)  # fmt: skip
SCORES = (*LABEL, "score", "similarity", "similarity_score", "relatedness_score")
_KEYS = ("id", "idx", "index")
_SEEN = 1000  # rows that show what a column holds, where its name does not
_FEW = 100  # different values among them, at most, in a column of labels whose name does not say so
_NUMBER = re.compile(r"\s*[-+]?\d{1,300}([.,]\d{1,300})?\s*")


def guess(table: Table, task: Task) -> tuple[str, str | None]:
    """The columns of text and label, by their names or contents; None where no column looks like labels."""
    column = find_text(table, task)
    return column, find_label(table, task, column)


def with_header(table: Table, task: Task) -> Table:
    """The table itself, or with its first row made a row again where that was no header but an example."""
    if any(_bare(n) in {*TEXT, *TOKENS, *LABEL, *TAGS} for n in table.columns) or not _example(list(table.columns), task):
        return table
    columns = {f"column {i + 1}": [n, *values] for i, (n, values) in enumerate(table.columns.items())}
    notes = [*table.notes, "The file has no header; its first line was read as an example."]
    return Table(table.name, columns, [1, *table.places], notes, table.skipped)


def _example(names: list[str], task: Task) -> bool:
    """Whether the names of columns look like an example: one sentence, or several cells of which one is a label."""
    if len(names) == 1:
        return _sentence(names[0])
    short = {written(n): 1 for n in names if len(n) <= 100}
    numbers = [n for n in short if n.isdigit()]
    if task.unit == "token" or (numbers == [str(i) for i in range(len(numbers))] and len(numbers) > 1):  # pandas numbers columns so
        return False
    return any(codebook(task, {n: 1}).known.get(n) for n in short) or (bool(numbers) and any(map(_sentence, names)))


def _sentence(name: str) -> bool:
    """Whether it is words up to a full stop, or six of them."""
    words = name.split()
    return len(words) > 5 or (len(words) > 1 and words[-1].rstrip("'\")\u201d")[-1:] in tuple(".!?\u2026"))


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


def _bare(column: str) -> str:
    """A column's name to compare by; a second one of the same name, "label (2)", is called alike."""
    return re.sub(r" \(\d{1,3}\)$", "", column[:100].strip().lower())


# The texts


def find_text(table: Table, task: Task) -> str:
    """The column of texts: by its name, else the one with the longest texts; an InputError where none has any."""
    for name in (*TOKENS, *TEXT) if task.unit == "token" else (*TEXT, *TOKENS):
        for column in table.columns:
            if _bare(column) == name:
                return column
    words = {
        n: sum(len(v) for v in values if isinstance(v, str)) / len(table) for n, values in table.columns.items() if not _numbers(values)
    }
    best = max(words, key=lambda n: words[n], default=None)
    if best is None or words[best] < 3:
        raise InputError(f"{table.name} has no column of texts", f"its columns are: {_list(table)}", "Call one 'text', or name it")
    return next(n for n in table.columns if n == best or (n in words and _pair(n, best) and _wordy(table.columns[n])))


def _pair(one: str, other: str) -> bool:
    """Whether two columns are called like the halves of a pair: question1 and question2, text_a and text_b, premise and hypothesis."""
    one, other = _bare(one), _bare(other)
    if one in HALVES and other in HALVES:
        return one != other
    if one.startswith("column "):  # of a file without header
        return False
    apart = {frozenset(two) for two in zip(one, other, strict=False) if two[0] != two[1]}
    return len(one) == len(other) and len(apart) == 1 and apart <= {frozenset("12"), frozenset("ab")}


def unread(table: Table, task: Task, text: str, label: str | None) -> list[str]:
    """Other columns of texts, which are not read: a row has one text."""
    if task.unit == "token":
        return []
    others = [n for n in table.columns if n not in (text, label) and table.columns[n] != table.columns[text]]
    certain = _bare(text) in TEXT
    return [n for n in others if _pair(n, text) or ((not certain or _bare(n) in (*HALVES, *TEXT)) and _wordy(table.columns[n]))]


def _wordy(values: Sequence[Any]) -> bool:
    """Whether a column holds texts of several words, hardly two alike."""
    seen = [v for v in values[:_SEEN] if isinstance(v, str) and v.strip()]
    return bool(seen) and sum(v.count(" ", 0, 1000) for v in seen) >= 2 * len(seen) and 2 * len(set(seen)) > len(seen)


# The labels


def labels_in(table: Table, column: str) -> list[Any]:
    """A column's labels; class numbers by their names, where the source gives them."""
    values, classes = table.columns[column], table.classes.get(column)
    if not classes:
        return values
    names: dict[Any, str] = dict(enumerate(classes))
    return [[names.get(v, v) for v in value] if isinstance(value, list) else names.get(value, value) for value in values]


def book_of(table: Table, task: Task, column: str, told: Mapping[str, str] | None = None) -> Codebook:
    """What the labels in a column mean; of words' tags, all of them together."""
    values = labels_in(table, column)
    counts = tags_in(values) if task.unit == "token" else words_in(values)
    return codebook(task, counts, told, column, table.classes.get(column, ()))


def tags_in(values: Sequence[Any]) -> Counter[str]:
    """The different tags in a column, and how often each stands there."""
    return Counter(chain.from_iterable(map(words_of, values)))


def find_label(table: Table, task: Task, text: str) -> str | None:
    """The column of labels beside that of texts; None where there is none."""
    return next(iter(label_columns(table, task, text)), None)


def label_columns(table: Table, task: Task, text: str) -> list[str]:
    """The columns that may be the labels: the one that fits the task best, and others that fit as well.

    Columns called like labels come first; of another name it must hold labels of the task only.
    """
    others = [n for n in table.columns if n != text and table.columns[n] != table.columns[text]]
    if task.unit == "token":
        return _best({n: fit for n in others if (fit := _tagged(table, task, n, text))})
    called = {n: _fit(table, task, n) for n in others if _bare(n) in LABEL}
    ranked = _best({n: (fit, -LABEL.index(_bare(n))) for n, fit in called.items() if fit is not None})
    if ranked and called[ranked[0]]:
        return ranked
    return _best({n: (fit,) for n in others if n not in called and (fit := _unnamed(table, task, n, bool(ranked)))}) or ranked


def _best(fits: Mapping[str, tuple[float, ...]]) -> list[str]:
    """The columns of the best fit, the best first; what comes after the fit only orders them."""
    ordered = sorted(fits, key=lambda n: fits[n], reverse=True)
    return [n for n in ordered if fits[n][0] == fits[ordered[0]][0]]


def _fit(table: Table, task: Task, column: str) -> int | None:
    """3: the labels are names of the task; 2: they are read by custom; 1: proposed; 0: unknown; None: no labels at all."""
    values = table.columns[column]
    if scores(values):
        return None
    book = book_of(table, task, column)
    if not book.answers:
        return None
    return 0 if book.unknown else 1 if book.proposed else 2 if book.assumed else 3


def _unnamed(table: Table, task: Task, column: str, rival: bool) -> int:
    """The fit of a column whose name says nothing; 0 where it is not to be taken. rival: another is called like labels."""
    values = table.columns[column]
    if _bare(column) in _KEYS or len(set(map(str, values[:_SEEN]))) > _FEW or _counted(values):
        return 0
    fit = _fit(table, task, column) or 0
    headless = column.startswith("column ") or not _numbers(values)
    return fit if fit > (2 if rival else 0 if headless else 1) else 0


def _tagged(table: Table, task: Task, column: str, text: str) -> tuple[float, ...] | None:
    """How well a column of tags fits: the share of tags that are the task's; then by its name. None where it holds no tags."""
    name, values = _bare(column), labels_in(table, column)[:_SEEN]
    first = next((i for i, v in enumerate(values) if not blank(v)), None)
    if name in LABEL and first is not None and not _aligned(values, table.columns[text]):
        return None
    if name not in TAGS and (first is None or not isinstance(values[first], list) or len(values[first]) != len(table.columns[text][first])):
        return None
    counts = tags_in(values)
    book = codebook(task, counts)
    share = sum(counts[tag] for tag, label in book.known.items() if label) / max(1, counts.total())
    entities = any(label.startswith("B-") for label in task.labels)
    return share, name.startswith(("ner", "chunk")) == entities, -TAGS.index(name) if name in TAGS else -len(TAGS)


def _aligned(tags: Sequence[Any], texts: Sequence[Any]) -> bool:
    """Whether there are as many tags as words in any of these rows."""
    return any(len(words_of(a)) == len(words_of(b)) for a, b in zip(tags, texts, strict=False) if not blank(a))


def scores(values: Sequence[Any]) -> tuple[float, float] | None:
    """The smallest and the greatest number where a column holds numbers that are not all whole: scores, which are no classes."""
    if not _numbers(values):
        return None
    found = [float(str(v).replace(",", ".")) for v in values if not blank(v)]
    return None if all(n.is_integer() for n in found) else (min(found), max(found))


def _counted(values: Sequence[Any]) -> bool:
    """Whether a column counts the rows."""
    words = [written(v) for v in values[:_SEEN]]
    return words in ([str(i) for i in range(len(words))], [str(i + 1) for i in range(len(words))])


def _all(values: Sequence[Any], test: Callable[[Any], bool]) -> bool:
    filled = [v for v in values if not blank(v)]
    return bool(filled) and all(test(v) for v in filled)


def _numbers(values: Sequence[Any]) -> bool:
    return _all(values, lambda v: isinstance(v, float) or (not isinstance(v, bool) and bool(_NUMBER.fullmatch(str(v)))))


def cut_already(values: Sequence[Any], column: str, tagged: bool) -> bool:
    """Whether the cells of a word-level task are words already: tagged, called "tokens", or lists; else texts still to be cut."""
    return tagged or column.strip().lower() in TOKENS or any(isinstance(v, list | tuple) for v in values)


def blank(value: Any) -> bool:
    """Whether a cell holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, list) and not value)
