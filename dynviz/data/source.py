"""Where examples come from: a file, an upload's bytes, a Hugging Face data set, or lines pasted in."""

import re
from collections.abc import Mapping
from pathlib import Path

from dynviz.data.build import examples_of
from dynviz.data.decode import decode
from dynviz.data.examples import Examples
from dynviz.data.hub import hub_table
from dynviz.data.tables import MAX_BYTES, MAX_ROWS, Table, lines_of, table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

_KINDS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_HUB = re.compile(r"[\w.-]+(?:/[\w.-]+){0,2}(?::[\w.\[\]%:-]+)?")


def read(
    source: str | Path | bytes,
    task: Task,
    name: str = "",
    text: str | None = None,
    label: str | None = None,
    meanings: Mapping[str, str] | None = None,
) -> Examples:
    """Examples of a file, of the bytes of one (then `name` says what it was called), or of a Hub data set "owner/name:split".

    text, label: the columns; by default found by their names or contents. meanings: what labels mean whose names do not say it, as
    {"1": "negative", "2": "positive"}; "" leaves a label's rows out. Raises InputError, one sentence, for anything
    that does not fit. What was assumed or left out stands in the `note` of the result.
    """
    return examples_of(open_table(source, name), task, text, label, meanings)


def open_table(source: str | Path | bytes, name: str = "", lenient: bool = False) -> Table:
    """The table of a file, of the bytes of one, or of a Hub data set.

    lenient: rows that cannot be read are listed in the table's `skipped`; by default the first is an InputError.
    """
    if isinstance(source, bytes):
        return _from_bytes(source, name or "the file", lenient)
    path = Path(source)
    if path.is_file():
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"{path} is larger than {MAX_BYTES // 1_000_000} MB", "it would not be read in reasonable time", "Take a part of it"
            )
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path} cannot be read", str(error.strerror), "Check the file's permissions") from None
        return _from_bytes(data, path.name, lenient)
    if path.is_dir():
        raise InputError(f"{path} is a folder", "a file of examples is needed", "Name a CSV, TSV, JSONL or Parquet file in it")
    if path.suffix.lower() in _KINDS or not _HUB.fullmatch(str(source)):
        raise InputError(f"{path} is missing", "there is no such file", "Check the path")
    return hub_table(str(source))


def lines_table(pasted: str, name: str = "The pasted text") -> Table:
    """A row for each line that is not blank, in the column "text"; where every line ends in a tab and a label, also in "label"."""
    found = _lines(pasted, name, [])
    if not len(found):
        raise InputError("There are no lines", "the pasted text is blank", "Paste one example on each line")
    return found


def _from_bytes(data: bytes, name: str, lenient: bool) -> Table:
    if not data.strip():
        raise InputError(f"{name} is empty", "it has no content", "Give a file with a header and examples")
    suffix = Path(name).suffix.lower()
    if suffix in (".txt", ".text"):
        written, notes = decode(data, name)
        return _lines(written, name, notes)
    return table(data, name, _KINDS.get(suffix, ""), lenient)


def _lines(text: str, name: str, notes: list[str]) -> Table:
    numbered = [(i, line.strip()) for i, line in enumerate(lines_of(text.replace("\0", "")), start=1) if line.strip()]
    if len(numbered) > MAX_ROWS:
        raise InputError(f"{name} has more than {MAX_ROWS:,} lines", "that many would take hours", "Take fewer")
    places = [i for i, _ in numbered]
    pairs = [line.rsplit("\t", 1) for _, line in numbered]
    if numbered and all(len(pair) == 2 for pair in pairs):
        return Table(name, {"text": [a.strip() for a, _ in pairs], "label": [b.strip() for _, b in pairs]}, places, notes)
    return Table(name, {"text": [line for _, line in numbered]}, places, notes)
