"""Plain text: an example on each line."""

import re
from collections.abc import Iterator

from dynviz.data.decode import Text
from dynviz.data.tables import Gathered, Table

_FASTTEXT = re.compile(r"__label__(\S+)\s+(\S.*)")
FASTTEXT = "The labels were read from the words that begin with __label__."


def lines(text: Text, lenient: bool) -> Table:
    """A row for each line that is not blank, in the column "text"; where every line ends in a tab and a label, or begins with a label
    as fastText writes it, also in "label"."""
    into, notes = Gathered(text.name, lenient), list(text.notes)
    if all("\t" in line for _, line in _filled(text)):
        into.name_columns(["text", "label"])
        for place, line in _filled(text):
            before, _, label = line.rpartition("\t")
            into.add(place, [before.strip(), label.strip()])
    elif all(_FASTTEXT.match(line[:1000]) for _, line in _filled(text)):
        into.name_columns(["text", "label"])
        notes.append(FASTTEXT)
        for place, line in _filled(text):
            label, words = line.removeprefix("__label__").split(None, 1)
            into.add(place, [words, label])
    else:
        into.name_columns(["text"])
        for place, line in _filled(text):
            into.add(place, [line])
    return into.table(notes)


def _filled(text: Text) -> Iterator[tuple[int, str]]:
    return ((place, line.strip()) for place, line in enumerate(text.lines(), start=1) if line.strip())
