"""Numbers and names of a trace put into the holes of a text. Nothing else brings a number into a lesson."""

from dynviz.ui.shell.shown import plain


def fill(words: str, /, **holes: object) -> str:
    """The text with its {holes} filled; what is filled in shows as typed, whatever markdown would make of it."""
    return words.format(**{name: plain(str(value)) for name, value in holes.items()})
