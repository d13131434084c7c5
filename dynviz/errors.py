"""The one error a user's mistake may raise: what is wrong, why, and what to do about it."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches

WORD, PART = 200, 900  # characters shown of a word without blanks, of a part
# What a terminal obeys, what turns the writing round, and what no file can hold:
_UNFIT = re.compile("[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class InputError(ValueError):
    """A mistake in what the user gave (text, data, checkpoint, knob); its message is shown as it stands.

    The command line turns it into exit status 2, the app into a message in place; neither shows a stack trace. Its parts often quote what
    was given, or the error of a library: so each is brought to one line that can be shown anywhere, and read.
    """

    def __init__(self, what: str, why: str, do: str) -> None:
        self.what, self.why, self.do = _line(what), _line(why) or "no reason is given", _line(do)
        super().__init__(f"{self.what}: {self.why}. {self.do}.")

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, str, str]]:
        """Survive pickling (caches and worker processes), which rebuilds an exception from its arguments."""
        return type(self), (self.what, self.why, self.do)


class NoMemory(InputError):
    """There is no room in memory for what was asked for: nothing that was given is wrong, and later it may fit."""

    def __init__(self, what: str, why: str = "the memory is full", do: str = "Close other programs, or choose a smaller model") -> None:
        super().__init__(what, why, do)


@contextmanager
def refusing(what: str, do: str) -> Iterator[None]:
    """Whatever a library throws at a file of somebody else becomes the one error, its first line the reason.

    To be put around the library's own calls alone: a mistake of ours must be seen.
    """
    try:
        with unpanicked():
            yield
    except InputError:
        raise
    except Exception as error:
        raise InputError(what, first_line(error), do) from None


@contextmanager
def unpanicked() -> Iterator[None]:
    """A panic of a library in Rust is raised as an Exception. It is none by itself, and so would pass all nets and end the thread."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise RuntimeError(first_line(error)) from error


def first_line(error: BaseException) -> str:
    """What an error says, as the middle of a sentence: its first line, not too long."""
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), "") or type(error).__name__
    return said[:200].rstrip(".: ")


def _line(part: str) -> str:
    """A part of a sentence on one line, control characters and half surrogates as escapes, the middle of what is too long left out."""
    line = " ".join(filter(None, map(str.strip, part.splitlines())))
    words = re.sub(rf"\S{{{WORD + 1},}}", lambda found: _cut(found[0], WORD), line)
    return _UNFIT.sub(lambda found: found[0].encode("unicode_escape").decode(), _cut(words, PART))


def _cut(text: str, most: int) -> str:
    """The text, or its two ends."""
    return text if len(text) <= most else f"{text[: most - 60]}…{text[-59:]}"


def nearest(name: str, known: Iterable[str], most: int = 8) -> str:
    """The names there are, or, where they are many, those most like this one: a sentence is read by people.

    >>> nearest("lpt", ["ltp", "plain"])
    'ltp, plain'
    >>> nearest("m19", [f"m{i}" for i in range(10, 40)], most=1)
    'm19 and 29 others'
    """
    names = list(known)
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(get_close_matches(name, names, most, 0.0))} and {len(names) - most} others"
