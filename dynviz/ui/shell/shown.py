"""What any page shows safely: text as typed, and a mistake as its sentence."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dynviz.errors import InputError, unpanicked
from dynviz.ui.shell import text

log = logging.getLogger("dynviz.ui")
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$:~^=&'\"])")
FORMULA = re.compile(r"(?<!\\)(\$(?:\\[^$]|[^$\\])+\$)")


def plain(words: str) -> str:
    """Any text so that markdown shows it as typed, on one line."""
    return _as_typed(_one_line(words))


def marked(words: str) -> str:
    r"""Text so that markdown shows it as typed, on one line, but draws the formulas between `$` and `$`; `\$` is a dollar."""
    parts = FORMULA.split(_one_line(words))  # prose, formula, prose, ...
    return "".join(part if i % 2 else _as_typed(part.replace(r"\$", "$")) for i, part in enumerate(parts))


def unbroken(words: str) -> str:
    """A text in which no number is parted from its percent sign at the end of a line; what `plain` and `marked` give, not what they get."""
    return re.sub(r"(?<=\d) (?=%)", "\N{NO-BREAK SPACE}", words)


def _one_line(words: str) -> str:
    return " ".join(words.replace("\0", "\N{REPLACEMENT CHARACTER}").split())


def _as_typed(words: str) -> str:
    return _MARKUP.sub(r"\\\1", words)


@contextmanager
def guarded() -> Iterator[None]:
    """A user's mistake is shown as its sentence; anything else is logged and shown as one. What is drawn already stays."""
    try:
        with unpanicked():
            yield
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except Exception:
        log.exception("a panel failed")
        st.error(text.FAILED, icon=":material/error:")
