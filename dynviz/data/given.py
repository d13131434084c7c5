"""What a program hands over in place of a text or of examples: taken as it is meant, or one sentence on what to pass instead."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from dynviz.data.build import examples_of
from dynviz.data.examples import Examples
from dynviz.data.given_table import as_list, described, table_given
from dynviz.data.source import read
from dynviz.data.tables import MAX_ROWS
from dynviz.errors import InputError
from dynviz.records.tasks import Task

Labelled: TypeAlias = Examples | str | Path | Sequence[Any] | Mapping[str, Any] | Any
"""Examples; a file's path or the name of a Hub data set; (text, label) pairs; records; columns by name; a data frame; a data set."""

_CALLER = 4  # of `dynviz.sweep`, which calls `prepare`, which calls `examples_from`


def one_text(given: Any, by_word: bool) -> str | tuple[str, ...]:
    """The one text meant: a string, or for a model that answers word by word also a list of words; anything else is an InputError."""
    if isinstance(given, str):
        return given
    given = as_list(given)
    if isinstance(given, bytes | bytearray) or not isinstance(given, Sequence):
        raise InputError("There is no text", f"{described(given)} was given", "Pass a string")
    others = [item for item in given if not isinstance(item, str)]
    if others:
        raise InputError("There is no text", f"the list given holds {described(others[0])}", "Pass a string")
    if not by_word and any(map(str.strip, given)):
        why = f"a list of {len(given)} was given, and this model reads one text at a time"
        raise InputError("One text is needed", why, "Pass a string, or several to dynviz.traces")
    spaced = next((word for word in given if word.strip() and len(word.split()) > 1), None)
    if spaced is not None:
        why = f"the list given should hold one text's words, and {_short(spaced)} is more than one"
        raise InputError("One text is needed", why, "Pass a string, a list of words, or several texts to dynviz.traces")
    return tuple(given)


def several_texts(given: Any) -> list[Any]:
    """The texts of a list, a column or any other series of them; an InputError for a single text or for anything else."""
    given = as_list(given)
    if not isinstance(given, list | tuple):
        one = isinstance(given, str)
        why = "one text was given" if one else f"{described(given)} was given"
        raise InputError("Several texts are needed", why, "Pass a list of them" + (", or this one to dynviz.trace" if one else ""))
    if len(given) > MAX_ROWS:
        raise InputError(f"There are more than {MAX_ROWS:,} texts", "that many would take hours", f"Pass {MAX_ROWS:,} or fewer")
    return list(given)


def examples_from(given: Labelled, task: Task) -> Examples:
    """The examples meant, for a task; an InputError that says what to pass where it is none of `Labelled`.

    What was assumed on the way is a warning: whoever passes a path sees no `note`.
    """
    if isinstance(given, Examples):
        return given
    found = read(given, task) if isinstance(given, str | Path) else examples_of(table_given(given), task)
    if found.note:
        warnings.warn(found.note, stacklevel=_CALLER)
    return found


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "\N{HORIZONTAL ELLIPSIS}")
