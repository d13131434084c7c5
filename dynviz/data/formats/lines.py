"""Plain text: an example on each line."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice

from dynviz.data.decode import Text
from dynviz.data.tables import MAX_ROWS, Gathered, Table, names_of

_LABEL = re.compile(r"[+-]?\d|neg(ative)?|neu(tral)?|pos(itive)?|label_\d+", re.IGNORECASE)  # what is certainly a label
_LETTER = re.compile(r"[^\W\d_]")
_FASTTEXT = re.compile(r"(?<!\S)__label__(\S+)")  # a label, wherever it stands in its line
_MOST = 20  # labels of a line
FASTTEXT = "The labels were read from the words that begin with __label__."


def lines(text: Text, lenient: bool) -> Table:
    """A row for each line that is not blank, in the column "text"; where every line has a label, which a mark sets off, or which stands
    as fastText writes it, also in "label"."""
    into, notes = Gathered(text.name, lenient), list(text.notes)
    if (mark := next(filter(partial(_sets_off, text), "\t,;|"), "")) or all("\t" in line for _, line in _filled(text)):
        into.name_columns(["text", "label"])
        notes += [f"The label of each line was read from beside its {mark!r}."] if mark not in ("", "\t") else []
        for place, line in _filled(text):
            into.add(place, [*_apart(line, mark or "\t")])
    elif all(_FASTTEXT.search(line[:1000]) for _, line in _filled(text)):
        first = islice(_filled(text), MAX_ROWS + 1)  # one more is too many, which is said below
        rows = [(place, _FASTTEXT.sub("", line).strip(), _FASTTEXT.findall(line)[:_MOST]) for place, line in first]
        most = max(len(labels) for _, _, labels in rows)
        into.name_columns(["text", *names_of(["label"] * most)[0]])
        notes += [FASTTEXT, *([f"A line has up to {most} labels, each in a column of its own."] if most > 1 else [])]
        for place, words, labels in rows:
            into.add(place, [words, *labels, *[""] * (most - len(labels))])
    else:
        into.name_columns(["text"])
        for place, line in _filled(text):
            into.add(place, [line])
    return into.table(notes)


def _sets_off(text: Text, mark: str) -> bool:
    """Whether a mark sets off what is certainly a label, of several kinds, on one side of every line."""
    if not all(mark in line for _, line in _filled(text)):
        return False
    found: set[str] = set()
    for _, line in _filled(text):
        before, label = _apart(line, mark)
        if not _LABEL.fullmatch(label) or not _LETTER.search(before):
            return False
        found.add(label)
    return len(found) > 1


def _apart(line: str, mark: str) -> tuple[str, str]:
    """The text of a line and its label: the last of its parts, or the first where that alone is certainly one."""
    before, _, last = map(str.strip, line.rpartition(mark))
    first, _, behind = map(str.strip, line.partition(mark))
    found, label = (behind, first) if _LABEL.fullmatch(first) and not _LABEL.fullmatch(last) else (before, last)
    enclosed = mark != "\t" and len(found) > 1 and found[0] == found[-1] == '"'
    return found[1:-1].replace('""', '"') if enclosed else found, label


def _filled(text: Text) -> Iterator[tuple[int, str]]:
    return ((place, line.strip()) for place, line in enumerate(text.lines(), start=1) if line.strip())
