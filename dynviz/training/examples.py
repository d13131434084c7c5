"""Labelled training examples from the data folder, tokenized, and drawn in batches of similar length."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from dynviz.data.cutting import cut_for, two_lines
from dynviz.data.pieces import Pieces
from dynviz.errors import InputError
from dynviz.records import Bools, Ints
from dynviz.records.tasks import HELD_OUT, Task

HELD_SEED = 0  # of the rows kept out of training


@dataclass(frozen=True, eq=False)
class Split:
    """One split of a task, tokenized. labels: (S,) classes, or (N,) with -100 on pieces without an answer. digest: SHA-256 of
    the file, twelve digits. hard: (S,) examples held to be difficult; none unless somebody judged them. unseen: (S, L, C) what exits
    trained on other rows say of each; (S, 0, 0) unless somebody asked."""

    name: str
    pieces: Pieces
    labels: Ints
    digest: str
    hard: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.bool))
    unseen: Tensor = field(default_factory=lambda: torch.zeros(0, 0, 0))

    def __post_init__(self) -> None:
        if not len(self.hard):
            object.__setattr__(self, "hard", torch.zeros(len(self), dtype=torch.bool))
        if not len(self.unseen):
            object.__setattr__(self, "unseen", torch.zeros(len(self), 0, 0))

    def __len__(self) -> int:
        return len(self.pieces.texts)

    def only(self, rows: Ints) -> "Split":
        """The same for some rows, in the order given."""
        by_word = len(self.labels) != len(self)
        labels = self.labels[self.pieces.sentences.places(rows) if by_word else rows]
        at = torch.from_numpy(rows)
        return Split(self.name, self.pieces.only(rows), labels, self.digest, self.hard[at], self.unseen[at])

    def padded(self, rows: Ints) -> tuple[Tensor, Tensor, Tensor]:
        """ids (B, T), real (B, T) and labels (B,) or (B, T) of some rows, as long as the longest of them."""
        layout = self.pieces.sentences
        lengths, starts = layout.lengths[rows], layout.starts[rows]
        real = np.arange(lengths.max())[None] < lengths[:, None]
        at = np.where(real, starts[:, None] + np.arange(lengths.max())[None], 0)
        ids = np.where(real, self.pieces.ids[at], 0)
        by_word = len(self.labels) != len(self)
        labels = np.where(real, self.labels[at], -100) if by_word else self.labels[rows]
        return torch.from_numpy(ids), torch.from_numpy(real), torch.from_numpy(labels)

    def types(self, rows: Ints) -> Tensor | None:
        """(B, T) which of two texts the pieces of some rows are of, 0 on padding; None where each row is one text."""
        layout = self.pieces.sentences
        if layout.segment is None:
            return None
        parts = [torch.from_numpy(layout.segment[layout.span(row)].copy()) for row in rows.tolist()]
        return torch.nn.utils.rnn.pad_sequence(parts, batch_first=True)


def load_split(data: Path, task: Task, purpose: str, tokenizer: Any, limit: int | None = None, seed: int = 0) -> Split:
    """The split that serves a purpose ("train", "calibration", "report") of a task, from `data`/<folder>/<split>.parquet.

    limit: at most so many rows, drawn by the seed.
    """
    name = task.splits.get(purpose, purpose)
    file = file_of(data, task, purpose)
    frame = rows_of(data, task, purpose)
    if limit is not None and limit < len(frame):
        frame = frame.sample(limit, random_state=seed)
    sha = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    if task.unit == "token":
        texts: list[Any] = [list(map(str, tokens)) for tokens in frame["tokens"]]
        pieces = cut_for(task, tokenizer, texts, task.max_length)
        labels = np.full(len(pieces.ids), -100)
        tags = frame["tags"].tolist()
        layout = pieces.sentences
        for i in np.flatnonzero(layout.leads):
            labels[i] = task.labels.index(tags[layout.owner[i]][layout.word[i]])
        return Split(name, pieces, labels, sha)
    pieces = cut_for(task, tokenizer, texts_of(task, frame), task.max_length)
    return Split(name, pieces, classes(task, frame["label"]), sha)


def texts_of(task: Task, frame: pd.DataFrame) -> list[str]:
    """The texts of some rows of a task of sentences; of a task of pairs, both in two lines."""
    if not task.pair:
        return list(frame["text"])
    return [two_lines(first, second) for first, second in zip(frame["text_a"], frame["text_b"], strict=True)]


def file_of(data: Path, task: Task, purpose: str) -> Path:
    """Where the rows of a split lie."""
    file = data / task.folder / f"{task.file(purpose)}.parquet"
    if not file.exists():
        raise InputError(f"{file} is missing", f"the task {task.name} needs it", "Give the folder of the data sets with --data")
    return file


def rows_of(data: Path, task: Task, purpose: str) -> pd.DataFrame:
    """The rows that serve a purpose, each under its row number in its file."""
    frame = pd.read_parquet(file_of(data, task, purpose))
    if not task.held_out or task.file(purpose) != task.splits["train"]:
        return frame
    kept = held_out(frame["label"].to_numpy(), task.held_out)
    return frame[kept if task.splits[purpose] == HELD_OUT else ~kept]


def held_out(labels: NDArray[Any], count: int) -> Bools:
    """(S,) `count` of the rows, drawn: every so-manieth of them in the order of their labels, and by lot where these are equal.

    So each label has its share, to within one row.
    """
    order = np.random.default_rng(HELD_SEED).permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    out = np.zeros(len(labels), bool)
    out[order[np.arange(count) * len(labels) // count]] = True
    return out


def classes(task: Task, labels: "pd.Series[Any]") -> Ints:
    """(S,) class numbers of a column that holds them, or names of classes."""
    if pd.api.types.is_numeric_dtype(labels):
        return np.array(labels, np.int64)
    return np.array([task.labels.index(name) for name in labels], np.int64)


def batches(lengths: Ints, rng: np.random.Generator, tokens: int, most: int = 128) -> Iterator[NDArray[np.int64]]:
    """One epoch of row numbers in batches of about `tokens` tokens, similar lengths together, in random order."""
    jitter = lengths + rng.uniform(-0.5, 0.5, len(lengths)) * (1 + lengths / 8)
    order = np.argsort(jitter, kind="stable")
    out, start = [], 0
    while start < len(order):
        size = int(np.clip(tokens // lengths[order[start]], 4, most))
        batch = order[start : start + size]
        size = int(np.clip(tokens // lengths[batch].max(), 4, most))
        out.append(order[start : start + size])
        start += size
    for i in rng.permutation(len(out)):
        yield out[i]
