"""Words with their tags, a word on each line and a blank line after each sentence: CoNLL-U, and CoNLL-2003 and its kin."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from dynviz.data.decode import Text
from dynviz.data.formats.tagsets import BIO, UNIVERSAL, tagged
from dynviz.data.tables import Gathered, Table, names_of
from dynviz.errors import InputError

SAMPLE = 400  # lines from which it is seen
_LONGEST = 10_000  # characters of a word and its tags
MOST_WORDS = 20_000  # in a sentence
_UNIVERSAL = {1: "tokens", 3: "upos", 4: "xpos", 7: "deprel"}  # the columns of CoNLL-U that are read
_UPPER = re.compile(r"[A-Z][A-Z0-9$_|+*/:.-]*\$?|[^\w\s]+")  # a part of speech, in a file that is named as a treebank: NOUN, NNP$, -LRB-, "
_NUMBER = re.compile(r"\d{1,6}")
_BESIDE = re.compile(r"\d+[-.]\d+\t")  # CoNLL-U: a range of words written as one, or a word that is not there
NOTE = "Each sentence is a row: a word on each line, a blank line between."


@dataclass(frozen=True)
class Columns:
    """width: columns in each line; read: what those that are read are called, the words first."""

    width: int
    read: Mapping[int, str]


def tabbed(text: Text) -> Text:
    """The same lines with tabs for their commas, if the first of them are words with tags then; else the text as it is."""
    first = [line[:_LONGEST] for line in islice(text.lines(), SAMPLE)]
    if "," not in "".join(first[:1]) or columns_of(replace(text, data=_tabs(first))) is None:
        return text
    return replace(text, data=_tabs(text.lines()))


def _tabs(lines: Iterable[str]) -> bytes:
    short = (line[:_LONGEST].rstrip("\r\n") for line in lines)
    rows = (next(csv.reader([line]), []) if '"' in line else line.split(",") for line in short)
    return "\n".join("\t".join(cells).strip("\t") for cells in rows).encode()


def columns_of(text: Text, named: bool = False) -> Columns | None:
    """The columns, where the first lines are words with tags: nearly all have as many, no blanks in them, and the last of them tags
    beyond doubt; what is doubtful is no treebank.

    named: the file's name says so, and whatever stands in several columns is a tag.
    """
    lines = list(islice(text.lines(), SAMPLE))
    width = next((len(_cut(line)) for line in lines if line.strip() and line[0] != "#" and not _document(line)), 0)
    words = [_cut(line) for line in lines if line.strip() and not _beside(line, width)]
    fits = [w for w in words if len(w) == width and not any(" " in c for c in w)]
    if not 2 <= width <= 20 or len(fits) < max(2, (0.5 if named else 0.9) * len(words)):
        return None
    if width == 10 and all(_NUMBER.fullmatch(w[0]) and w[3] in UNIVERSAL for w in fits):
        return Columns(width, _UNIVERSAL)
    return Columns(width, _names(fits)) if named or tagged([w[-1] for w in fits], _grouped(lines)) else None


def _grouped(lines: Sequence[str]) -> bool:
    """Whether blank lines stand between groups of lines, some of them of several."""
    filled = [bool(line.strip()) for line in lines]
    return any(a and b for a, b in pairwise(filled)) and any(a < b for a, b in pairwise(filled[filled.index(True) :]))


def treebank(text: Text, columns: Columns, lenient: bool) -> Table:
    """A row for each sentence: its words, and its tags for each column that has some."""
    into = Gathered(text.name, lenient)
    into.name_columns(columns.read.values())
    for place, words in _sentences(text, columns.width):
        wrong = _wrong(text.name, place, words, columns.width)
        if wrong:
            into.leave_out(place, wrong, sum(map(len, words)))
        else:
            into.add(place, [[w[i] for w in words] for i in columns.read])
    for name in [n for n, column in into.columns.items() if n != "tokens" and all(tag == "_" for tags in column for tag in tags)]:
        del into.columns[name]
    return into.table([*text.notes, NOTE])


def _wrong(name: str, place: int, words: list[list[str]], width: int) -> InputError | None:
    if len(words) > MOST_WORDS:
        what = f"{name}, line {place}: a sentence of more than {MOST_WORDS:,} words"
        return InputError(what, "the blank lines between sentences may be missing", "Put one after each sentence")
    other = next((len(w) for w in words if len(w) != width), width)
    what = f"{name}, line {place}: a sentence with a line of {other} columns"
    return None if other == width else InputError(what, f"the first line has {width}", "Give every word as many tags")


def _sentences(text: Text, width: int) -> Iterator[tuple[int, list[list[str]]]]:
    """The line of each sentence's first word, and the cells of all of its words."""
    first, words = 0, list[list[str]]()
    for place, line in enumerate(text.lines(), start=1):
        if not line.strip():
            if words:
                yield first, words
            words = []
        elif len(words) <= MOST_WORDS and not _beside(line, width):
            first = first if words else place
            words.append(_cut(line))
    if words:
        yield first, words


def _beside(line: str, width: int) -> bool:
    """Comments, marks between documents, and what CoNLL-U has beside the words of a sentence."""
    if line[0] in "#-" or not line[0].isdigit():
        return _document(line) or (line[0] == "#" and len(_cut(line)) != width)
    return width == 10 and bool(_BESIDE.match(line))


def _document(line: str) -> bool:
    return line.startswith("-DOCSTART-")


def _cut(line: str) -> list[str]:
    return [c.strip() for c in line.strip("\r\n").split("\t", 99)] if "\t" in line else line.split(None, 99)


def _names(words: list[list[str]]) -> dict[int, str]:
    """The columns that are read, by what stands in them; a first one that counts the words of a sentence is not."""
    columns = list(zip(*words, strict=True))
    token = 1 if len(columns) > 2 and all(map(_NUMBER.fullmatch, columns[0])) else 0
    tags = range(token + 1, len(columns))
    names, _ = names_of([_called(columns[i], i + 1) for i in tags])
    return {token: "tokens", **dict(zip(tags, names, strict=True))}


def _called(tags: Sequence[str], place: int) -> str:
    """What a column of tags is called, by what stands in it."""
    kinds = {tag[2:] for tag in tags if tag != "O"}
    if all(map(BIO.fullmatch, tags)):
        return "chunk" if {"NP", "VP", "PP"} & kinds else "ner"
    if all(map(_UPPER.fullmatch, tags)):
        return "upos" if set(tags) <= UNIVERSAL else "pos"
    return f"column {place}"
