"""Which column of a table holds the texts, by its name and by what it holds; and whether the first row is a header."""

import re
from collections.abc import Sequence
from typing import Any

from dynviz.data.labels import codebook, written
from dynviz.data.names import HALVES, LABEL, TAGS, TEXT, TITLES, TOKENS, bare, headless, parts
from dynviz.data.tables import Table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

_SEEN = 1000  # rows that show what a column holds, where its name does not, spread over all of them
_TEXTS = frozenset({*TEXT, *TITLES, *TOKENS})  # names of columns of texts
_USUAL = _TEXTS.union(LABEL, TAGS)  # of any
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_NUMBER = re.compile(r"\s*[-+]?\d{1,300}([.,]\d{1,300})?\s*")


def with_header(table: Table, task: Task) -> Table:
    """The table itself, or with its first row made a row again where that was no header but an example."""
    top, known = table.header, any(bare(n) in _USUAL for n in table.columns)
    if top is None or not (_labelled(table, task, digits=False) if known else _example(table, task) or _like_the_others(table)):
        return table
    columns = {f"column {i}": [n, *v] for i, (n, v) in enumerate(zip(top.cells, table.columns.values(), strict=True), start=1)}
    notes = [*table.notes, "The file has no header; its first line was read as an example."]
    return Table(table.name, columns, [top.place, *table.places], notes, table.skipped)


def _example(table: Table, task: Task) -> bool:
    """Whether the names of columns look like an example: one sentence, or several cells of which one is a label."""
    names = list(table.columns)
    if len(names) == 1:
        return _sentence(names[0])
    short = {written(n): 1 for n in names[:100] if len(n) <= 100}
    digits = [n for n in short if n.isdigit()]
    if len(digits) > 1 and digits == [str(i) for i in range(len(digits))]:  # as pandas calls columns without names
        return False
    label = task.unit == "sentence" and any(codebook(task, {n: 1}).known.get(n) for n in short)
    return ((label or bool(digits)) and any(map(_sentence, names))) or _labelled(table, task, digits=True)


def _labelled(table: Table, task: Task, digits: bool) -> bool:
    """Whether the name of a column is a label, and labels stand below it; a header that is repeated among the rows stays one."""
    if task.unit == "token":
        return False
    below = {n: {written(v) for v in sample(table.columns[n]) if not blank(v)} for n in list(table.columns)[:100] if len(n) <= 100}
    if all(written(n) in below[n] for n in below):
        return False
    labels = [n for n in below if (digits or not written(n).isdigit()) and _means(task, n, likely=written(n) in below[n])]
    alike = {n: sum(_alike(task, n, value) for value in below[n]) for n in labels}
    return any(2 * many > len(below[n]) if bare(n) in _TEXTS else many for n, many in alike.items())


def _alike(task: Task, name: str, value: str) -> bool:
    """Whether a value is a label of the kind that a name is: a number as well, or a word as well; surely one, where the name is that
    of a column of texts, which may begin as labels do ("text" is an intent, too)."""
    kind = written(name).isdigit() == value.isdigit()
    return len(value) <= 100 and kind and _means(task, value, likely=bare(name) not in _TEXTS)


def _means(task: Task, word: str, likely: bool) -> bool:
    """Whether a word surely means a label, or likely."""
    book = codebook(task, {written(word): 1})
    return any(book.known.values()) or (likely and any(book.proposed.values()))


def _like_the_others(table: Table) -> bool:
    """Whether the only column is called by several words, none of which says what stands in it, much as its rows have: an example."""
    name, *more = table.columns
    cells = list(map(str, sample(table.columns[name])))
    words, rows = name.split(), sorted(len(cell.split()) for cell in cells)
    said = {w for word in words for w in (bare(word), bare(word).removesuffix("s"))} & {*TEXT, *TOKENS, *LABEL, *TAGS, *HALVES, *TITLES}
    ended = 2 * sum(map(_sentence, cells)) > len(cells)  # as sentences are, which the name is not
    return not more and len(words) > 1 and not said and not ended and rows[len(rows) // 2] <= 2 * len(words)


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


# The texts


def find_text(table: Table, task: Task) -> str:
    """The column of texts: by its name, else the one with the longest texts; an InputError where none has any."""
    columns = list(table.columns)
    called = [n for name in ((*TOKENS, *TEXT) if task.unit == "token" else (*TEXT, *TOKENS)) for n in columns if bare(n) == name]
    if task.unit == "sentence" and called and numbers(sample(table.columns[called[0]])):  # review: 5, review_text: the words
        called = [n for n in called if prose(table.columns[n])] or ([] if any(map(prose, table.columns.values())) else called)
    if called:
        return _once(table, called[0])
    seen = {n: sample(values) for n, values in table.columns.items()}
    words = {n: sum(len(v) for v in values if isinstance(v, str)) / len(values) for n, values in seen.items() if not numbers(values)}
    best = max(words, key=lambda n: (prose(seen[n]), words[n]), default=None)
    if best is None or words[best] < 3:
        raise InputError(f"{table.name} has no column of texts", f"its columns are: {_list(table)}", "Call one 'text', or name it")
    return next(n for n in table.columns if n == best or (n in words and halves_of_a_pair(n, best) and prose(table.columns[n])))


def _once(table: Table, column: str) -> str:
    """A column of texts that was found by its name; an InputError where another has the same."""
    if table.columns.get(f"{column} (2)", table.columns[column]) == table.columns[column]:
        return column
    do = f"Name one of them: {column[:40]!r}, or {f'{column[:40]} (2)'!r} for the later"
    raise InputError(f"{table.name} has two columns called {column[:40]!r}", "it is unclear which is meant", do)


def halves_of_a_pair(one: str, other: str) -> bool:
    """Whether two columns are called like the halves of a pair: question1 and question2, text_a and text_b, premise and hypothesis."""
    one, other = bare(one), bare(other)
    if one in HALVES and other in HALVES:
        return one != other
    if headless(one):
        return False
    apart = {frozenset(two) for two in zip(one, other, strict=False) if two[0] != two[1]}
    return len(one) == len(other) and len(apart) == 1 and apart <= {frozenset("12"), frozenset("ab")}


def unread(table: Table, task: Task, text: str, label: str | None) -> list[str]:
    """Other columns of texts, which are not read: a row has one text."""
    if task.unit == "token":
        return []
    others = [n for n in table.columns if n not in (text, label) and table.columns[n] != table.columns[text]]
    return [n for n in others if _title(n) or prose(table.columns[n], 1 if headless(n) else 2)]


def _title(column: str) -> bool:
    """Whether a column is called like a title, or the title of something: review_title."""
    return not headless(column) and parts(column)[-1:] != () and parts(column)[-1] in TITLES


def prose(values: Sequence[Any], blanks: float = 2) -> bool:
    """Whether a column holds texts of several words, hardly two alike, and no dates or numbers. blanks: between words, on average."""
    seen = [v[:1000] for v in sample(values) if isinstance(v, str) and v.strip()]
    if not seen or 2 * len(set(seen)) <= len(seen) or sum(map(_blanks, seen)) < blanks * len(seen):
        return False
    return 2 * sum(c.isalpha() for v in seen for c in v) > sum(not c.isspace() for v in seen for c in v)


def _blanks(text: str) -> float:
    """Blanks in a text; in a script without them, a word has about two characters."""
    return text.count(" ") + len(_UNSPACED.findall(text)) / 2


# What cells hold


def sample(values: Sequence[Any]) -> Sequence[Any]:
    """Some rows of a column, spread over all of it; the same rows of every column."""
    return values[:: max(1, len(values) // _SEEN)]


def scores(values: Sequence[Any]) -> tuple[float, float] | None:
    """The smallest and the greatest number where a column holds numbers that are not all whole: scores, which are no classes."""
    if not numbers(values):
        return None
    found = [float(str(v).replace(",", ".")) for v in values if not blank(v)]
    return None if all(n.is_integer() for n in found) else (min(found), max(found))


def numbers(values: Sequence[Any]) -> bool:
    """Whether a column holds numbers only."""
    filled = [v for v in values if not blank(v)]
    return bool(filled) and all(isinstance(v, float) or (not isinstance(v, bool) and _NUMBER.fullmatch(str(v))) for v in filled)


def cut_already(values: Sequence[Any], column: str, tagged: bool) -> bool:
    """Whether the cells of a word-level task are words already: tagged, called "tokens", or lists; else texts still to be cut."""
    return tagged or column.strip().lower() in TOKENS or any(isinstance(v, list | tuple) for v in values)


def blank(value: Any) -> bool:
    """Whether a cell holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, list | tuple) and not value)
