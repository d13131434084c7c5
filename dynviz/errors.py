"""The one error a user's mistake may raise: what is wrong, why, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager


class InputError(ValueError):
    """A mistake in what the user gave (text, data, checkpoint, knob); its message is shown as it stands.

    The command line turns it into exit status 2, the app into a message in place; neither shows a stack trace.
    """

    def __init__(self, what: str, why: str, do: str) -> None:
        self.what, self.why, self.do = what, why, do
        super().__init__(f"{what}: {why}. {do}.")

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, str, str]]:
        """Survive pickling (caches and worker processes), which rebuilds an exception from its arguments."""
        return type(self), (self.what, self.why, self.do)


@contextmanager
def refusing(what: str, do: str) -> Iterator[None]:
    """Whatever a library throws at a file of somebody else becomes the one error, its first line the reason.

    To be put around the library's own calls alone: a mistake of ours must be seen.
    """
    try:
        yield
    except InputError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":  # Rust's panics are no Exceptions
            raise
        raise InputError(what, first_line(error), do) from None


def first_line(error: BaseException) -> str:
    """What an error says, as the middle of a sentence: its first line, not too long, without what a terminal would obey."""
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), "") or type(error).__name__
    return "".join(c if c.isprintable() else "?" for c in said)[:200].rstrip(".: ")
