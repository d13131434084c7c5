"""Numbers and names of a trace put into the holes of a text. Nothing else brings a number into a lesson."""

import re

from dynviz.ui.shell.shown import plain


def fill(words: str, /, **holes: object) -> str:
    """The text with its {holes} filled; what is filled in shows as typed, whatever markdown would make of it."""
    return words.format(**{name: plain(str(value)) for name, value in holes.items()})


def as_typed(filled: str) -> str:
    """A filled text without emphasis, for where there is no markdown."""
    return re.sub(r"\\(.)", r"\1", filled)
