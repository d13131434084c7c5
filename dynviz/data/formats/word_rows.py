"""A table with a word in each row, as sets of named entities are published: its rows are joined to sentences."""

import re
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any

from dynviz.data.formats.tagsets import parts, spans
from dynviz.data.formats.treebank import MOST_WORDS
from dynviz.data.names import TAGS, TOKENS, bare
from dynviz.data.tables import Table
from dynviz.errors import InputError

_WORDS = (*TOKENS, "word", "form", "surface")
_SENTENCE = re.compile(r"(sent|sentence|seq|sequence|utterance)s?[ _-]?(#|no\.?|nr\.?|num(ber)?|ids?|idx|index)?")
_DIGIT = re.compile(r"\d")
_SEEN = 1000  # rows


def sentences(table: Table) -> Table:
    """The table with a row for each sentence, where it has a word in each row; else as it is. An InputError where nothing says where
    the sentences end."""
    word = next((n for n in table.columns if bare(n) in _WORDS and _single(table.columns[n])), None)
    if word is None:
        return table
    number = next((n for n in table.columns if n != word and _SENTENCE.fullmatch(bare(n))), None)
    keys, tags = _filled(table.columns[number]) if number is not None else [], _has_tags(table, word)
    if _repeated(keys) and (tags or all(map(_DIGIT.search, map(str, keys)))):
        return _joined(table, word, number, keys)
    if not tags:
        return table
    blank = _by_lines(table)
    if _repeated(blank) and blank[0] != blank[-1]:
        return _joined(table, word, None, blank)
    what, do = f"{table.name} has a word in each row", "Number the sentences in a column 'sentence_id'"
    raise InputError(what, "neither a column nor blank lines say where a sentence ends", do)


def _single(values: list[Any]) -> bool:
    """Whether the cells are single words."""
    seen = values[:_SEEN]
    return all(isinstance(v, str | int | float) for v in seen) and sum(" " not in str(v).strip() for v in seen) >= 0.9 * len(seen)


def _has_tags(table: Table, word: str) -> bool:
    """Whether a column is called like tags and holds such."""
    found = (list(map(str, values)) for n, values in table.columns.items() if n != word and bare(n) in TAGS)
    return any(spans(tags) or parts(tags) for tags in found)


def _filled(values: list[Any]) -> list[Any]:
    """Sentence by sentence: an empty cell goes on with what stands above it."""
    out: list[Any] = []
    for value in values:
        out.append(value if str(value).strip() or not out else out[-1])
    return out


def _repeated(keys: list[Any]) -> bool:
    return any(a == b for a, b in pairwise(keys))


def _by_lines(table: Table) -> list[int]:
    """A number for each row, which grows where lines were blank."""
    left_out, out, number = {place for place, _ in table.skipped}, list[int](), 0
    for before, place in zip([table.places[0], *table.places], table.places, strict=False):
        number += any(line not in left_out for line in range(before + 1, place))
        out.append(number)
    return out


def _joined(table: Table, word: str, number: str | None, keys: list[Any]) -> Table:
    kept = {n: "tokens" if n == word else n for n in table.columns if n != number}
    columns: dict[str, list[Any]] = {name: [] for name in kept.values()}
    places: list[int] = []
    for _, group in groupby(range(len(keys)), lambda i: (type(keys[i]), keys[i])):
        rows = list(group)
        if len(rows) > MOST_WORDS:
            what = f"{table.name}, line {table.places[rows[0]]}: a sentence of more than {MOST_WORDS:,} words"
            raise InputError(what, "the numbers of sentences may be missing", "Number the sentences")
        places.append(table.places[rows[0]])
        for name, own in kept.items():
            columns[own].append([_cell(table.columns[name][i]) for i in rows])
    how = f"by column {number[:40]!r}" if number is not None else "up to each blank line"
    note = f"Each sentence is a row: its words, one in each row of the file, were joined {how}."
    return replace(table, columns=columns, places=places, notes=[*table.notes, note], header=None)


def _cell(value: Any) -> Any:
    return value if isinstance(value, str | int) else str(value)
