"""What a program hands over in place of a text or of examples: taken as it is meant, or one sentence on what to pass instead."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from dynviz.data.build import examples_of
from dynviz.data.examples import Examples
from dynviz.data.source import read
from dynviz.data.tables import MAX_ROWS, Table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

Labelled: TypeAlias = Examples | str | Path | Sequence[Any] | Mapping[str, Any] | Any
"""Examples; a file's path or the name of a Hub data set; (text, label) pairs; columns by name; a data frame."""

_NAME = "The table given"
_CALLER = 4  # of `dynviz.sweep`, which calls `prepare`, which calls `examples_from`
_PASS = "Pass a path, (text, label) pairs, columns by name, a pandas DataFrame, or what dynviz.read returned"


def one_text(given: Any, by_word: bool) -> str | tuple[str, ...]:
    """The one text meant: a string, or for a model that answers word by word also a list of words; anything else is an InputError."""
    if isinstance(given, str):
        return given
    if isinstance(given, bytes | bytearray) or not isinstance(given, Sequence):
        raise InputError("There is no text", f"{_described(given)} was given", "Pass a string")
    others = [item for item in given if not isinstance(item, str)]
    if others:
        raise InputError("There is no text", f"the list given holds {_described(others[0])}", "Pass a string")
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
    if isinstance(given, str | bytes | bytearray | Mapping) or not hasattr(given, "__iter__"):
        one = isinstance(given, str)
        why = "one text was given" if one else f"{_described(given)} was given"
        raise InputError("Several texts are needed", why, "Pass a list of them" + (", or this one to dynviz.trace" if one else ""))
    return list(given)


def examples_from(given: Labelled, task: Task) -> Examples:
    """The examples meant, for a task; an InputError that says what to pass where it is none of `Labelled`.

    What was assumed on the way is a warning: whoever passes a path sees no `note`.
    """
    if isinstance(given, Examples):
        return given
    found = read(given, task) if isinstance(given, str | Path) else examples_of(_table(given), task)
    if found.note:
        warnings.warn(found.note, stacklevel=_CALLER)
    return found


def _table(given: Any) -> Table:
    if hasattr(given, "to_dict") and hasattr(given, "columns"):
        columns = {str(name): list(given[name]) for name in given.columns}
    elif isinstance(given, Mapping) and given and all(_listed(values) for values in given.values()):
        columns = {str(name): list(values) for name, values in given.items()}
    elif _listed(given) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in given):
        columns = {"text": [text for text, _ in given], "label": [label for _, label in given]}
    else:
        raise InputError("There are no labelled examples", f"{_described(given)} was given", _PASS)
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1:
        raise InputError("The columns differ in length", f"they have {', '.join(map(str, sorted(lengths)))} rows", "Pass as many of each")
    rows = lengths.pop()
    if not rows:
        raise InputError("There are no labelled examples", "what was given is empty", _PASS)
    if rows > MAX_ROWS:
        raise InputError(f"There are {rows:,} rows", "that many would take hours", f"Pass {MAX_ROWS:,} or fewer")
    return Table(_NAME, {name: [_cell(v) for v in values] for name, values in columns.items()}, list(range(1, rows + 1)), [])


def _listed(value: Any) -> bool:
    return hasattr(value, "__len__") and hasattr(value, "__iter__") and not isinstance(value, str | bytes | bytearray | Mapping)


def _cell(value: Any) -> Any:
    """A cell in Python's own types; nothing (None, NaN, NaT) as an empty one."""
    if hasattr(value, "tolist"):  # of numpy: a scalar, or an array of words
        value = value.tolist()
    return "" if value is None or (not isinstance(value, list | tuple) and value != value) else value


def _described(value: Any) -> str:
    if value is None:
        return "None"
    kind = type(value).__name__
    if isinstance(value, int | float):
        return f"the {'number' if not isinstance(value, bool) else 'value'} {value}"[:60]
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "\N{HORIZONTAL ELLIPSIS}")
