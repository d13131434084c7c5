"""Files that others may have made, read so that nothing in them can block, fill the memory or raise anything but an InputError."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dynviz.errors import InputError

MAX_JSON = 10_000_000  # bytes
MAX_DEPTH = 64
MAX_DIGITS = 40  # of a whole number; turning digits into a number takes time that grows with their square
MAX_SHOWN = 500  # characters
_DEEPER = (str, dict, list)


def exists(path: Path) -> bool:
    """Whether something is there; a name that no file can have (too long, with a NUL, half a surrogate pair) is not."""
    try:
        os.stat(path)
    except (OSError, ValueError):
        return False
    return True


def as_path(given: object) -> Path:
    """What a program names a file or a folder by: a path, or the words of one; else an InputError."""
    if not isinstance(given, str | Path):
        raise InputError("No file or folder is named", f"a {type(given).__name__} was given", "Pass a path")
    return Path(given)


def printable(words: str, most: int = MAX_SHOWN) -> str:
    """Words that a terminal, a log and a page can show on one line: what has no picture of its own is written as its code."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words[:most])
    return shown + ("..." if len(words) > most else "")


def of_schema(raw: object, schema: str) -> None:
    """Raise ValueError unless what a JSON file holds is an object that names this schema."""
    if not isinstance(raw, dict) or raw.get("schema") != schema:
        held = printable(str(raw.get("schema")), 80) if isinstance(raw, dict) else "none"
        raise ValueError(f"it is of another version ({held}, not {schema})")


def why_not(error: Exception) -> str:
    """What an exception says, on one line; of pydantic's, where and why the first thing does not fit."""
    if isinstance(error, ValidationError):
        return ": ".join(fault(error))
    return printable(str(error) or type(error).__name__)


def fault(error: ValidationError) -> tuple[str, str]:
    """(where, why) of the first thing that does not fit a record."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(x) for x in first["loc"]) or "(top level)"
    return printable(where, 100), printable(first["msg"][:1].lower() + first["msg"][1:])


@contextmanager
def opened(file: Path, limit: int) -> Iterator[BufferedReader]:
    """A regular file of at most so many bytes, open for reading; an InputError for all else.

    It is looked at before it is opened, since a FIFO would be waited for and a device may act on it; and again once open.
    """
    _check(file, limit, _status(file))
    try:
        number = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise _unreadable(file, error) from None
    with open(number, "rb") as found:
        _check(file, limit, os.fstat(number))
        yield found


def check(file: Path, limit: int) -> None:
    """An InputError unless this is a regular file of at most so many bytes: for what a library will open."""
    _check(file, limit, _status(file))


def _status(file: Path) -> os.stat_result:
    try:
        return os.stat(file)
    except FileNotFoundError:
        raise InputError(f"{file} is missing", "there is no such file", "Check the path") from None
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from None


def _check(file: Path, limit: int, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe, a socket or a device"
        raise InputError(f"{file} cannot be read", f"it is {kind}, not a file", "Put the file itself there")
    if found.st_size > limit:
        raise _too_large(file, limit)


def _too_large(file: Path, limit: int) -> InputError:
    most = f"{limit / 1e6:g} MB" if limit < 10**9 else f"{limit / 1e9:g} GB"
    return InputError(f"{file} is larger than {most}", "no such file needs that", "Check that it is the right file")


def _unreadable(file: Path, error: Exception) -> InputError:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return InputError(f"{file} cannot be read", why, "Check the file and its permissions")


def read_bytes(file: Path, limit: int = MAX_JSON) -> bytes:
    """All of a regular file of at most so many bytes, or an InputError."""
    with opened(file, limit) as found:
        try:
            content = found.read((os.fstat(found.fileno()).st_size or limit) + 1)  # room is made for what is asked for
        except OSError as error:
            raise _unreadable(file, error) from None
    if len(content) > limit:
        raise _too_large(file, limit)
    return content


def read_json(file: Path, limit: int = MAX_JSON) -> Any:
    """What a JSON file holds, or an InputError that names the file; see `parse`."""
    raw = read_bytes(file, limit)
    try:
        return parse(raw)
    except ValueError as error:
        raise InputError(f"{file} is not JSON", str(error), "Restore the file, or write it again") from None


def parse(raw: bytes | str) -> Any:
    """JSON text of finite numbers, whole characters, keys given once, and at most 64 levels; a ValueError that says what does not fit."""
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
        found = json.loads(text, parse_int=_whole, parse_float=_finite, parse_constant=_finite, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError(f"it is more than {MAX_DEPTH} levels deep") from None
    _sound(found)
    return found


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has {len(digits):,} digits; {MAX_DIGITS} are read")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if value - value != 0:  # NaN, Infinity, and what is too large for a number
        raise ValueError(f"{digits[:20]} is not a finite number")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:60]!r} is given twice")
    return found


def _encodes(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a text holds half of a surrogate pair, which no character is") from None


def _sound(found: Any) -> None:
    """ValueError where it is too deep or a text is not whole; level by level, so that no depth is too much for us."""
    level = [found] if isinstance(found, _DEEPER) else []
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                _encodes(value)
            elif isinstance(value, dict):
                below += value
                below += [v for v in value.values() if isinstance(v, _DEEPER)]
            else:
                below += [v for v in value if isinstance(v, _DEEPER)]
        level, above = below, level
    if any(not isinstance(value, str) for value in above):
        raise ValueError(f"it is more than {MAX_DEPTH} levels deep")
