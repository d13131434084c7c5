"""The values of a JSON text, one at a time: none is parsed before it is known to be of bounded length."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

from dynviz.data.decode import Text
from dynviz.data.tables import MAX_ROW, MAX_ROWS

_BLANK = re.compile(r"\s*")
_CHUNK = 1 << 16  # characters read at first; twice as many each time a value needs more
MAX_INNER = 100_000  # lists and objects in one value: each takes as long to make as a long text
MAX_VALUES = 2 * MAX_ROWS  # rows, and what is none
_LONG = f"it holds a value of more than {MAX_ROW:,} characters, or one that does not end"
Place = tuple[int, Any]


def _number(digits: str) -> int | str:
    """A whole number; one of very many digits stays text, since to make a number of it takes their square."""
    return int(digits) if len(digits) < 20 else digits


_DECODER = json.JSONDecoder(parse_int=_number)


class NotJson(ValueError):
    """What is wrong with a JSON text."""


def parse(text: str) -> Any:
    """The value of a short text; NotJson where it is none."""
    _bounded(text)
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise NotJson(_why(error)) from None


def values(text: Text, in_array: bool) -> Iterator[Place]:
    """The values that stand one after the other, or in one array, each with its number; NotJson where something else does."""
    window = _Window(text)
    count = 0
    if in_array:
        window.take("[")
    while not window.ended("]" if in_array else ""):
        if in_array and count:
            window.take(",")
        count += 1
        if count > MAX_VALUES:
            raise NotJson(f"it holds more than {MAX_VALUES:,} values")
        yield count, window.value()


class _Window:
    """The part of a text that is being parsed."""

    def __init__(self, text: Text) -> None:
        self.source = io.TextIOWrapper(io.BytesIO(text.data), "utf-8")
        self.text, self.at, self.done = "", 0, False

    def _more(self) -> bool:
        """Read on; False at the end of the text."""
        left = self.text[self.at :]
        more = self.source.read(max(_CHUNK, len(left)))
        self.text, self.at = left + more, 0
        self.done = self.done or not more
        return bool(more)

    def _next(self) -> str:
        """The next character that is not blank; "" at the end."""
        while True:
            self.at = _BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more():
                return ""

    def take(self, mark: str) -> None:
        """Step over a mark."""
        if self._next() != mark:
            raise NotJson(f"{mark!r} is missing before {self.text[self.at : self.at + 20]!r}")
        self.at += 1

    def ended(self, mark: str) -> bool:
        """Whether the values have ended: at a mark after which nothing follows, or at the end of the text."""
        found = self._next()
        if found != mark:
            return False
        if mark:
            self.at += 1
            if self._next():
                raise NotJson(f"something follows its end: {self.text[self.at : self.at + 20]!r}")
        return True

    def value(self) -> Any:
        """The next value."""
        self._next()
        while True:
            try:
                found, self.at = _DECODER.raw_decode(self.text, self.at)
                return found
            except (ValueError, RecursionError) as error:
                _bounded(self.text[self.at :])
                if isinstance(error, RecursionError) or not self._more():
                    raise NotJson(_why(error)) from None


def _bounded(value: str) -> None:
    """NotJson where a value, or as much of it as has been read, is beyond the bounds."""
    if len(value) > MAX_ROW:
        raise NotJson(_LONG)
    if value.count("[") + value.count("{") > MAX_INNER:
        raise NotJson(f"it holds a value of more than {MAX_INNER:,} lists and objects")


def _why(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
