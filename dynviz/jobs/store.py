"""The folder of one job: what it is (JSON), its rows as given (Parquet), and the numbers of each part that was read (Parquet).

A file that is torn, or not what it should be, is an InputError; a part that is torn counts as not read.
"""

import errno
import json
import logging
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import TypeAdapter, ValidationError

from dynviz.data import Examples, Skip
from dynviz.errors import InputError
from dynviz.jobs.shelf import ABOUT
from dynviz.records.files import read_json

log = logging.getLogger("dynviz.jobs")
GROUP = 1024  # rows that are read from the texts at once
MAX_CHARACTERS = 25_000_000
MAX_SKIPPED = 1000  # rows left out that are listed one by one
TEXTS, STOPPED = "texts.parquet", "stopped"
_PART = re.compile(r"part-(\d{6})-(\d{6})\.parquet")


@dataclass(frozen=True)
class About:
    """What a job is. title: what the rows are called; knobs: the setting chosen; labelled: whether the right answers are known;
    skipped: rows left out, each with its reason (the first thousand); left_out: how many."""

    id: str
    title: str
    checkpoint: str
    digest: str
    task: str
    unit: str
    labels: tuple[str, ...]
    knobs: Mapping[str, float]
    labelled: bool
    total: int
    made: float
    note: str = ""
    skipped: tuple[Skip, ...] = ()
    left_out: int = 0
    moves: bool = False  # the knob can be moved afterwards
    options: Mapping[str, Any] = field(default_factory=dict)
    method: str = ""
    identity: str = ""  # of all that the model computes with


_ABOUT = TypeAdapter(About)


@contextmanager
def damaged() -> Iterator[None]:
    """Whatever reading a torn file throws is one sentence, and the cause stands in the log."""
    try:
        yield
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
        log.warning("the files of a run are damaged", exc_info=True)
        raise InputError("This run cannot be read", "its files on the server are damaged", "Start it anew") from None


@contextmanager
def writing() -> Iterator[None]:
    """A disk that takes nothing is one sentence."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk of this server is full" if full else "the disk of this server takes no file"
        raise InputError("The run cannot be kept", why, "Try again later") from None


class Store:
    """The files of one job."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, about: About, examples: Examples) -> None:
        """Begin: what it is, and its rows."""
        shown = [t if isinstance(t, str) else " ".join(t) for t in examples.texts]
        if sum(map(len, shown)) > MAX_CHARACTERS:
            what = f"{about.title} has more than {MAX_CHARACTERS // 1_000_000} million characters"
            raise InputError(what, "that much would take hours", "Take a part of it")
        words = [None if isinstance(t, str) else list(t) for t in examples.texts]
        labels = [None] * len(examples) if examples.labels is None else [x if isinstance(x, str) else list(x) for x in examples.labels]
        inner = pa.list_(pa.string()) if about.unit == "token" else pa.string()
        table = pa.table(
            {
                "id": pa.array(examples.ids, pa.string()),
                "text": pa.array(shown, pa.string()),
                "words": pa.array(words, pa.list_(pa.string())),
                "label": pa.array(labels, inner),
                "tags": pa.array([list(t) for t in examples.tags], pa.list_(pa.string())),
            }
        )
        with writing():
            self.folder.mkdir(mode=0o700, parents=True)
            pq.write_table(table, self.folder / TEXTS, row_group_size=GROUP, compression="zstd")
            _replace(self.folder / ABOUT, json.dumps(asdict(about)).encode())

    def about(self) -> About:
        """What the job is."""
        with damaged():
            try:
                found = _ABOUT.validate_python(read_json(self.folder / ABOUT))
            except (InputError, ValidationError) as error:  # which name the path
                raise ValueError(ABOUT) from error
            _regular(self.folder / TEXTS)
            texts = pq.read_metadata(self.folder / TEXTS)
            finite = all(map(isfinite, found.knobs.values()))
            if found.id != self.folder.name or found.total < 1 or texts.num_rows != found.total or not finite:
                raise ValueError(found.id)
            return found

    def rows(self, start: int, stop: int) -> Examples:
        """The rows start..stop-1, as they were given."""
        with damaged():
            groups = list(range(start // GROUP, -(-stop // GROUP)))
            with pq.ParquetFile(self.folder / TEXTS) as file:
                columns = file.read_row_groups(groups).slice(start - groups[0] * GROUP, stop - start).to_pydict()
            texts = tuple(t if w is None else tuple(w) for t, w in zip(columns["text"], columns["words"], strict=True))
            labels = None
            if columns["label"] and columns["label"][0] is not None:
                labels = tuple(x if isinstance(x, str) else tuple(x) for x in columns["label"])
            return Examples(tuple(columns["id"]), texts, labels, tuple(tuple(t) for t in columns["tags"]))

    def texts(self, places: Sequence[int]) -> list[str]:
        """The texts of these rows, for reading."""
        with damaged():
            return [str(t) for t in self._column("text").take(pa.array(places, pa.int64())).to_pylist()]

    def words(self, place: int) -> tuple[str, ...] | None:
        """The words of a row that was given as words."""
        with damaged():
            given: Any = self._column("words")[place].as_py()
        return None if given is None else tuple(given)

    def holding(self, words: str) -> Any:
        """(S,) bool, which texts hold these words, in any case."""
        with damaged():
            found = pc.match_substring(self._column("text"), words, ignore_case=True)
            return found.combine_chunks().to_numpy(zero_copy_only=False)

    def characters(self) -> Any:
        """(S,) length of each text."""
        with damaged():
            return pc.utf8_length(self._column("text")).to_numpy()

    def _column(self, name: str) -> Any:
        return pq.read_table(self.folder / TEXTS, columns=[name]).column(name)

    def add(self, start: int, table: Any) -> None:
        """Keep the numbers of the rows from start on."""
        out = self.folder / f"part-{start:06d}-{start + table.num_rows:06d}.parquet"
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        with writing():
            _replace(out, sink.getvalue().to_pybytes())

    def parts(self) -> list[tuple[int, int, Path]]:
        """First row, row after the last, and file of each part, from the first row on without a gap."""
        found = sorted((int(m[1]), int(m[2]), file) for file in self.folder.glob("part-*") if (m := _PART.fullmatch(file.name)))
        out: list[tuple[int, int, Path]] = []
        for start, stop, file in found:
            if start == (out[-1][1] if out else 0) and _holds(file, stop - start):
                out.append((start, stop, file))
        return out

    @property
    def stopped(self) -> bool:
        """Whether it was stopped on purpose, or by a failure; one that was not goes on by itself."""
        return (self.folder / STOPPED).exists()

    def stop(self, stopped: bool) -> None:
        """Remember that it was, for the next server too."""
        with suppress(OSError):  # the disk is full, or the job deleted
            (self.folder / STOPPED).touch() if stopped else (self.folder / STOPPED).unlink(missing_ok=True)


def _regular(file: Path) -> int:
    """Bytes of a file that ends; a ValueError for pipes, devices and links."""
    found = file.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(file.name)
    return found.st_size


def _holds(file: Path, rows: int) -> bool:
    """Whether a part is whole."""
    try:
        return _regular(file) > 0 and rows > 0 and pq.read_metadata(file).num_rows == rows
    except (pa.ArrowException, OSError, ValueError):
        return False


def _replace(file: Path, data: bytes) -> None:
    """Written whole or not at all."""
    beside = file.with_suffix(".new")
    try:
        beside.write_bytes(data)
        os.replace(beside, file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
