"""Which reader a file needs: its content decides, and its name where the content may be several things."""

from pathlib import PurePath

from dynviz.data.decode import Text, decode
from dynviz.data.formats.lines import lines
from dynviz.data.formats.objects import objects
from dynviz.data.formats.packed import GZIP, refuse, unpacked
from dynviz.data.formats.parquet import parquet
from dynviz.data.formats.separated import separated
from dynviz.data.formats.treebank import columns_of, treebank
from dynviz.data.formats.workbook import ZIP, workbook
from dynviz.data.tables import MAX_BYTES, Table
from dynviz.errors import InputError

_PLAIN, _JSON, _PARQUET = (".txt", ".text"), (".json", ".jsonl", ".ndjson"), (".parquet", ".pq")
_TREEBANK = (".conllu", ".conll", ".iob", ".iob2", ".bio")
_SEPARATED = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv"}
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
        return parquet(data, name, lenient)
    refuse(data, name, path.suffix)
    return workbook(data, name, lenient) if data.startswith(ZIP) else _text(decode(data, name), path.suffix, lenient)


def _text(text: Text, suffix: str, lenient: bool) -> Table:
    begins = text.data[:1000].lstrip()[:1]
    if suffix in _JSON or (suffix not in (*_SEPARATED, *_PLAIN, *_TREEBANK) and begins in (b"{", b"[")):
        return objects(text, lenient)
    if columns := columns_of(text, named=suffix in _TREEBANK):
        return treebank(text, columns, lenient)
    if suffix in _TREEBANK:
        why = "a word and its tags on each line, as many columns in each, were expected"
        raise InputError(f"{text.name} is not CoNLL", why, "Call it .txt if each line is an example")
    return lines(text, lenient) if suffix in _PLAIN else separated(text, _SEPARATED.get(suffix, ""), lenient)


def pasted(written: str, name: str) -> Table:
    """The table of a text that was pasted: a line is an example, or a word with its tags."""
    text = Text(name, written.replace("\0", "").encode("utf-8", "replace"), [])
    columns = columns_of(text)
    return treebank(text, columns, lenient=False) if columns else lines(text, lenient=False)
