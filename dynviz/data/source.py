"""Where examples come from: a file, an upload's bytes, a Hugging Face data set, or lines pasted in."""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dynviz.data.build import examples_of
from dynviz.data.examples import Examples
from dynviz.data.formats.choose import SUFFIXES, pasted, table
from dynviz.data.given_table import described
from dynviz.data.hub import hub_table
from dynviz.data.tables import MAX_BYTES, Table, written
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS, Task

MAX_PATH = 200  # characters shown
_HUB = re.compile(r"[\w.-]+(?:/[\w.-]+){0,2}(?::[\w.\[\]%:-]+)?")


def read(
    source: str | Path | bytes,
    task: Task | str,
    name: str = "",
    text: str | None = None,
    label: str | None = None,
    meanings: Mapping[str, str] | None = None,
    pair: str | None = None,
) -> Examples:
    """Examples of a file, of the bytes of one (then `name` says what it was called), or of a Hub data set "owner/name:split".

    task: a model's own (`model.task`), or the name of one of ours ("sst2", "pos", "imdb").
    text, label: the columns; by default found by their names or contents. meanings: what labels mean whose names do not say it, as
    {"1": "negative", "2": "positive"}; "" leaves a label's rows out. pair: the column of second texts, for
    pairs. Raises InputError, one sentence, for anything that does not fit. What was assumed or left out stands in the `note` of the result.
    """
    for what, column in (("text", text), ("label", label), ("pair", pair)):
        if not isinstance(column, str | None):
            raise InputError(f"The {what} column was given as {described(column)}", "columns have names", "Pass its name")
    if not isinstance(meanings, Mapping | None):
        raise InputError(f"The meanings were given as {described(meanings)}", "each label has its own", "Pass {'1': 'negative', ...}")
    return examples_of(open_table(source, name), _task(task), text, label, meanings, pair=pair)


def _task(given: Any) -> Task:
    if isinstance(given, Task):
        return given
    if isinstance(given, str) and given in TASKS:
        return TASKS[given]
    shown = repr(given[:40]) if isinstance(given, str) else described(given)
    why = f"there are {', '.join(TASKS)}, and every model's own"
    raise InputError(f"No task is {shown}", why, "Pass model.task, or one of these names")


def open_table(source: str | Path | bytes, name: str = "", lenient: bool = False) -> Table:
    """The table of a file, of the bytes of one, or of a Hub data set.

    lenient: rows that cannot be read are listed in the table's `skipped`; by default the first is an InputError.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return table(bytes(source), written(name or "the file"), lenient)
    if not isinstance(source, str | os.PathLike):
        raise InputError("There is no file", f"{described(source)} was given", "Pass a path, or the bytes of a file and its name")
    path = Path(source)
    shown = written(path, MAX_PATH)
    try:
        about = os.stat(path)
        if stat.S_ISREG(about.st_mode):
            return table(_bytes(path, about.st_size, shown), written(path.name), lenient)
    except (FileNotFoundError, NotADirectoryError):
        if path.suffix.lower() in SUFFIXES or not _HUB.fullmatch(str(source)):
            raise InputError(f"{shown} is missing", "there is no such file", "Check the path") from None
        return hub_table(str(source))
    except OSError as error:
        why = error.strerror or "the system refuses it"
        raise InputError(f"{shown} cannot be read", why, "Check the path and its permissions") from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{shown} is missing", "no file can be called so", "Check the path") from None
    if stat.S_ISDIR(about.st_mode):
        raise InputError(f"{shown} is a folder", "a file of examples is needed", "Name a CSV, TSV, JSONL or Parquet file in it")
    raise InputError(f"{shown} is no regular file", "a pipe or a device may never end", "Save its content as a file and name that")


def _bytes(path: Path, size: int, shown: str) -> bytes:
    """A file's bytes, no more than the bound even where it grows meanwhile."""
    if size <= MAX_BYTES:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) <= MAX_BYTES:
            return data
    what = f"{shown} is larger than {MAX_BYTES // 1_000_000} MB"
    raise InputError(what, "it would not be read in reasonable time", "Take a part of it")


def lines_table(text: str, name: str = "The pasted text") -> Table:
    """A row for each line that is not blank, in the column "text"; where every line ends in a tab and a label, also in "label"."""
    if not text.strip():
        raise InputError("There are no lines", "the pasted text is blank", "Paste one example on each line")
    return pasted(text, name)
