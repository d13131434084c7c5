"""What any page shows safely: text as typed, and a mistake as its sentence."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dynviz.errors import InputError
from dynviz.ui.shell import text

log = logging.getLogger("dynviz.ui")
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$:~^=&'\"])")


def plain(words: str) -> str:
    """Any text so that markdown shows it as typed, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(words.replace("\0", "\N{REPLACEMENT CHARACTER}").split()))


@contextmanager
def guarded() -> Iterator[None]:
    """A user's mistake is shown as its sentence; anything else is logged and shown as one. What is drawn already stays."""
    try:
        yield
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except Exception:
        log.exception("a panel failed")
        st.error(text.FAILED, icon=":material/error:")
