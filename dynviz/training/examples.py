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

from dynviz.data.pieces import Pieces, cut
from dynviz.errors import InputError
from dynviz.records import Ints
from dynviz.records.tasks import Task


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


def load_split(data: Path, task: Task, purpose: str, tokenizer: Any, limit: int | None = None, seed: int = 0) -> Split:
    """The split that serves a purpose ("train", "calibration", "report") of a task, from `data`/<folder>/<split>.parquet.

    limit: at most so many rows, drawn by the seed.
    """
    name = task.splits.get(purpose, purpose)
    file = data / task.folder / f"{name}.parquet"
    if not file.exists():
        raise InputError(f"{file} is missing", f"the task {task.name} needs it", "Give the folder of the data sets with --data")
    frame = pd.read_parquet(file)
    if limit is not None and limit < len(frame):
        frame = frame.sample(limit, random_state=seed)
    sha = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    if task.unit == "token":
        texts: list[Any] = [list(map(str, tokens)) for tokens in frame["tokens"]]
        pieces = cut(tokenizer, texts, task.max_length, by_word=True)
        labels = np.full(len(pieces.ids), -100)
        tags = frame["tags"].tolist()
        layout = pieces.sentences
        for i in np.flatnonzero(layout.leads):
            labels[i] = task.labels.index(tags[layout.owner[i]][layout.word[i]])
        return Split(name, pieces, labels, sha)
    pieces = cut(tokenizer, frame["text"].tolist(), task.max_length)
    return Split(name, pieces, frame["label"].to_numpy(np.int64, copy=True), sha)


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
