"""Which reader a file needs: its content decides, and its name where the content may be several things."""

from dataclasses import replace
from pathlib import PurePath

from dynviz.data.decode import Text, decode
from dynviz.data.formats.evidence import begins_json, holds_json
from dynviz.data.formats.lines import lines
from dynviz.data.formats.objects import objects
from dynviz.data.formats.packed import GZIP, refuse, unpacked
from dynviz.data.formats.parquet import parquet
from dynviz.data.formats.separated import is_prose, parted, separated
from dynviz.data.formats.treebank import columns_of, tabbed, treebank
from dynviz.data.formats.word_rows import sentences
from dynviz.data.formats.workbook import ZIP, workbook
from dynviz.data.tables import MAX_BYTES, Table
from dynviz.errors import InputError

_PLAIN, _JSON, _PARQUET = (".txt", ".text"), (".json", ".jsonl", ".ndjson"), (".parquet", ".pq")
_TREEBANK = (".conllu", ".conll", ".iob", ".iob2", ".bio")
_SEPARATED = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv"}
PROSE = "Each line was read as a text: its commas are those of a sentence."
JSON = "It holds JSON, which its name does not say."
SUFFIXES = (*_SEPARATED, *_JSON, *_PARQUET, ".xlsx", *_TREEBANK, *_PLAIN, ".gz")  # what is read


def table(data: bytes, name: str, lenient: bool = False) -> Table:
    """The table in a file's bytes; an InputError, one sentence, where there is none or it is too large.

    lenient: a row that cannot be read is left out and listed in `skipped`; by default it is an InputError.
    """
    if len(data) > MAX_BYTES:
        what = f"{name} is larger than {MAX_BYTES // 1_000_000} MB"
        raise InputError(what, "it would not be read in reasonable time", "Take a part of it")
    path = PurePath(name.lower())
    if data.startswith(GZIP):
        data, path = unpacked(data, name), path.with_suffix("") if path.suffix == ".gz" else path
        if data.startswith(GZIP):
            raise InputError(f"{name} is packed twice", "gzip holds gzip", "Unpack it and give that")
    if not data.strip():
        raise InputError(f"{name} is empty", "it has no content", "Give a file with a header and examples")
    if data.startswith(b"PAR1") or path.suffix in _PARQUET:
        return sentences(parquet(data, name, lenient))
    refuse(data, name, path.suffix)
    if data.startswith(ZIP):
        return sentences(workbook(data, name, lenient))
    return sentences(_text(decode(data, name), path.suffix, lenient))


def _text(text: Text, suffix: str, lenient: bool) -> Table:
    noted, (mark, headed) = suffix in (*_SEPARATED, *_PLAIN, *_TREEBANK), parted(text)
    if holds_json(text) or (suffix in _JSON and not mark) or (begins_json(text) and not noted):
        return objects(replace(text, notes=[*text.notes, JSON]) if noted else text, lenient)
    text = tabbed(text) if suffix in _SEPARATED else text
    if columns := columns_of(text, named=suffix in _TREEBANK):
        return treebank(text, columns, lenient)
    if suffix in _TREEBANK:
        why = "a word and its tags on each line, as many columns in each, were expected"
        raise InputError(f"{text.name} is not CoNLL", why, "Call it .txt if each line is an example")
    if suffix in _SEPARATED and is_prose(text):
        return lines(replace(text, notes=[*text.notes, PROSE]), lenient)
    return lines(text, lenient) if suffix in _PLAIN and not headed else separated(text, _SEPARATED.get(suffix, ""), lenient)


def pasted(written: str, name: str) -> Table:
    """The table of a text that was pasted, as of a file of plain text: a line is an example, unless it is plainly something else."""
    return _text(Text(name, written.replace("\0", "").encode("utf-8", "replace"), []), ".txt", lenient=False)
