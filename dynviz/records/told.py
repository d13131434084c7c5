"""How a fault in a file is told: values and names in a few words that a terminal and a page can show."""

import re
from typing import Any

from dynviz.records.shapes import COUNT

_SHOWN = 40  # characters of a name
_UNFIT = re.compile('[\0-\x1f\x7f-\x9f"\\\\\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]')


class Fault(ValueError):
    """What is wrong first."""


def quoted(name: str) -> str:
    """A name between quotes, its beginning where it is long, without what would leave the line."""
    return f'"{_UNFIT.sub("?", name[:_SHOWN])}{"..." if len(name) > _SHOWN else ""}"'


def described(value: Any) -> str:
    """A value in a word: a number as far as it can be read, of all else what it is.

    >>> [described(v) for v in (None, True, "a", [1], {}, 3, 0.25, 1e20)]
    ['null', 'true', 'text', 'a list', 'an object', '3', '0.25', 'a number of 16 digits or more']
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int | float):
        if abs(value) >= COUNT:
            return "a number of 16 digits or more"
        return str(int(value)) if value == int(value) else f"{value:.4f}".rstrip("0").rstrip(".")
    return "text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"


def entries(count: int) -> str:
    """So many entries of a list."""
    return "1 entry" if count == 1 else f"{count} entries"
