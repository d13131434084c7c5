"""What each label in a column means: proposed where it is likely, asked where it is not known."""

import re
from collections.abc import Mapping, Sequence

import streamlit as st

from dynviz.data import Codebook, Table
from dynviz.errors import InputError
from dynviz.figures.wording import listing, shorten
from dynviz.records.tasks import Task
from dynviz.ui.data import cache, text
from dynviz.ui.shell.shown import plain

MOST_LABELS = 12  # menus, or a few more than the task has labels, up to
MOST_MENUS = 40
_NUMBER = re.compile(r"-?\d{1,6}")


def asked(ident: str, table: Table, column: str, task: Task) -> dict[str, str] | None:
    """What the visitor says that labels mean; empty where their names say it, None where none of them means anything yet."""
    counts, book = cache.book(ident, task.name + ",".join(task.labels), column, table, task)
    words = _words(book, counts, task)
    if task.unit == "token":
        _unknown_tags([word for word in book.unknown if word not in words])
    if not words:
        return {}
    if len(words) > max(MOST_LABELS, min(MOST_MENUS, len(task.labels) + 3)):
        if not book.open:
            return {}
        what, why, do = text.MANY_LABELS
        raise InputError(what.format(column=shorten(column, 40), n=len(words), title=task.title, known=len(task.labels)), why, do)
    if book.open:
        st.markdown(plain(text.PROPOSED.format(guess=book.guess)) if book.proposed else text.MAPPING)
        chosen = _menus(f"{ident}.{column}", words, counts, book, task)
    else:
        with st.expander(text.ASSUMED, expanded=any(map(_NUMBER.fullmatch, words))):  # a number's meaning is easily the other way round
            chosen = _menus(f"{ident}.{column}", words, counts, book, task)
        if all(chosen[word] == book.known[word] for word in words):
            return {}  # the note on the rows then says what was assumed
    others = {label for word, label in book.known.items() if word not in chosen}
    return chosen if any(chosen.values()) or any(others) else None


def _words(book: Codebook, counts: Mapping[str, int], task: Task) -> list[str]:
    """The labels to ask about, numbers in order, words by frequency: all but the task's own; of tags, if some are known, only numbers."""
    certain = {word for word, label in book.known.items() if label and word not in book.assumed}
    if task.unit == "token":
        asked = [word for word in book.unknown if not certain or _NUMBER.fullmatch(word)]
    else:
        asked = [word for word in counts if word and word not in certain] if book.open or book.assumed else []
    return sorted(asked, key=lambda word: (0, int(word)) if _NUMBER.fullmatch(word) else (1, -counts[word]))


def _menus(key: str, words: Sequence[str], counts: Mapping[str, int], book: Codebook, task: Task) -> dict[str, str]:
    grid = st.grid(min(len(words), 4), min_column_width=180)
    options = [*task.labels, ""]
    out = {}
    for word in words:
        start = options.index(book.known.get(word) or book.proposed.get(word) or "")
        label = f"{plain(shorten(word, 40))} ({counts[word]:,})"
        out[word] = grid.selectbox(label, options, start, format_func=lambda o: o or text.LEAVE_OUT, key=f"data.means.{key}.{word}") or ""
    return out


def _unknown_tags(unknown: Sequence[str]) -> None:
    """Say which tags are not of the task."""
    if unknown:
        st.warning(plain(text.UNKNOWN_TAGS.format(tags=listing([shorten(tag, 20) for tag in unknown], 6))), icon=":material/sell:")
