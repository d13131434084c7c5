"""A list of words, however it was written in a cell: as a list, as JSON, as Python or numpy print it, or between blanks."""

import json
import re
from typing import Any

_WORD = r"""'[^'\\]*+(?:\\.[^'\\]*+)*+'|"[^"\\]*+(?:\\.[^"\\]*+)*+"|(?:-?\d[\d.e+-]*+|None|nan|True|False)(?=[\s,]|$)"""
_ITEM, _LIST = re.compile(_WORD, re.DOTALL), re.compile(rf"\s*+(?:(?:{_WORD})\s*+,?+\s*+)*+", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r"}


def words_of(value: Any) -> tuple[str, ...]:
    """The words of a cell.

    >>> words_of("['The', 'cat']"), words_of("The cat")
    (('The', 'cat'), ('The', 'cat'))
    """
    if isinstance(value, list | tuple):
        return tuple(map(str, value))
    written = str(value).strip()
    if written.startswith("[") and written.endswith("]") and len(written) > 2:
        single = "" if '"' in written or "\\" in written else written.replace("'", '"')
        found = _json(written) or _json(single) or _printed(written[1:-1])
        if found is not None:
            return found
    return tuple(written.split())


def _json(written: str) -> tuple[str, ...] | None:
    """A JSON list of words or numbers."""
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return None
    plain = isinstance(found, list) and not any(isinstance(x, list | dict) for x in found)
    return tuple(map(str, found)) if plain else None


def _printed(inner: str) -> tuple[str, ...] | None:
    """What Python or numpy print between the brackets: words in quotes, or numbers, with commas or blanks between them."""
    if not _LIST.fullmatch(inner):
        return None
    words = [item[1:-1] if item[0] in "'\"" else item for item in _ITEM.findall(inner)]
    return tuple(map(_unescaped, words) if "\\" in inner else words)


def _unescaped(word: str) -> str:
    if "\\" not in word:
        return word
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _LETTERS.get(m[3], m[3]), word)
