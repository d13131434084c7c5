"""What can be read off [CLS] and off the mean of all states, after each layer: of the pre-trained encoder and of the plain model's, frozen.

On each is taught a linear probe: logistic regression on standardised vectors, run until it has converged. It learns from rows of the
training split and answers the evaluation split, which nothing is chosen by.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from dynviz.checkpoint.backbones import by_backbone
from dynviz.checkpoint.base_config import is_base, read_base
from dynviz.checkpoint.catalogue import Checkpoint, checkpoints
from dynviz.checkpoint.config import StageConfig
from dynviz.checkpoint.encoders import load_encoder
from dynviz.checkpoint.model import load
from dynviz.core.encoder import Encoder
from dynviz.errors import InputError
from dynviz.measure.shipped import plain_of
from dynviz.records.layout import Bools, Ints
from dynviz.records.pooling import BackbonePooling, Pooling, Read, Tuning
from dynviz.records.redraw import simultaneous
from dynviz.records.tasks import TASKS
from dynviz.records.zoo import rounded
from dynviz.training.examples import Split, batches, file_of, load_split
from dynviz.training.start import pretrained

TASK, ROWS = "sst2", 4_000
TOKENS = 4_000  # of a batch
DECAY = 1e-3  # of the probe's weights


@dataclass(frozen=True)
class Vectors:
    """Of each layer, the [CLS] state and the mean over the tokens of every sentence: (L+1, S, D) each; row 0: the embeddings."""

    cls: Tensor
    mean: Tensor


def compute(root: Path, data: Path, rows: int = ROWS, base: str | None = None, say: Callable[[str], object] = print) -> Pooling:
    """Of every backbone of the task. rows: to learn from; base: where the pre-trained model of the first backbone lies, as for training."""
    found = by_backbone(c for c in checkpoints(root) if c.config.task == TASK)
    plain = {c.name: c for group in found.values() if (c := plain_of(group[0])) is not None and c.runnable}
    if not plain:
        raise InputError("There is nothing to read", f"{root} holds no plain model of the task {TASK}", "Train one")
    for purpose in ("train", "report"):
        file_of(data, TASKS[TASK], purpose)  # a missing file is told before minutes are spent
    done = [_backbone(c, data, rows, base, say) for c in plain.values()]
    split, asked = TASKS[TASK].splits["report"], done[0][1]
    chance = rounded(np.bincount(asked.labels).max() / len(asked))
    return Pooling(TASK, split, len(asked), min(rows, done[0][2]), chance, tuple(one for one, *_ in done))


def _backbone(
    plain: Checkpoint, data: Path, rows: int, base: str | None, say: Callable[[str], object]
) -> tuple[BackbonePooling, Split, int]:
    """What is read of one backbone, the sentences that were asked, and how many taught."""
    model = load(plain.folder)
    taught, asked = (load_split(data, TASKS[TASK], purpose, model.tokenizer, n) for purpose, n in (("train", rows), ("report", None)))
    reads = []
    for tuned in get_args(Tuning):
        say(f"{plain.name}: {tuned}")
        encoder = model.stages[0] if tuned == "tuned" else pretrained_of(plain, base)
        reads.append(read(tuned, encoder, taught, asked))
    return BackbonePooling(plain.backbone, plain.layers, plain.name, plain.digest, tuple(reads)), asked, len(taught)


def pretrained_of(plain: Checkpoint, base: str | None) -> Encoder:
    """The encoder that a plain model was tuned from: a base beside it, or the pre-trained model that training starts from."""
    folder = plain.folder.parent / plain.backbone
    if not is_base(folder):
        return Encoder(pretrained(base).eval())
    stage = StageConfig(name="model", encoder=folder.name, config=read_base(folder).config)
    return load_encoder(plain.folder, stage, {}, folder)


def read(tuned: Tuning, encoder: Encoder, taught: Split, asked: Split) -> Read:
    """What the probe gets right after each layer, off either vector."""
    lesson, exam = vectors(encoder, taught), vectors(encoder, asked)
    labels = torch.from_numpy(taught.labels)
    cls, mean = (
        np.stack([
            probe(states, labels, questions).numpy() == asked.labels
            for states, questions in zip(getattr(lesson, of)[1:], getattr(exam, of)[1:], strict=True)
        ])
        for of in ("cls", "mean")
    )  # fmt: skip
    return compared(tuned, cls, mean)


def compared(tuned: Tuning, cls: Bools, mean: Bools) -> Read:
    """Of which answers (L, S) were right off either vector; the intervals of all layers at once."""
    more = simultaneous(mean.astype(int) - cls, np.arange(cls.shape[1]), cls.shape[1])
    off_cls, off_mean = (tuple(rounded(value) for value in right.mean(1)) for right in (cls, mean))
    return Read(tuned, off_cls, off_mean, tuple((rounded(m), rounded(low), rounded(high)) for m, low, high in more))


@torch.inference_mode()
def vectors(encoder: Encoder, split: Split) -> Vectors:
    """Both of every sentence of a split."""
    found: list[tuple[NDArray[np.int64], Tensor, Tensor]] = []
    for rows in batches(split.pieces.sentences.lengths, np.random.default_rng(0), TOKENS):
        ids, real, _ = split.padded(rows)
        states = torch.stack(encoder.padded(ids, real, split.types(rows)))  # (L+1, B, T, D)
        weight = real[None, ..., None].to(states)
        found.append((rows, states[:, :, 0].clone(), (states * weight).sum(2) / weight.sum(2)))
    back: Ints = np.argsort(np.concatenate([rows for rows, _, _ in found]))
    cls, mean = (torch.cat([batch[i] for batch in found], 1)[:, torch.from_numpy(back)] for i in (1, 2))  # type: ignore[misc]
    return Vectors(cls, mean)


def probe(taught: Tensor, labels: Tensor, asked: Tensor) -> Tensor:
    """(S',) what a logistic regression taught on (S, D) and its labels says of (S', D)."""
    centre, spread = taught.mean(0), taught.std(0).clamp_min(1e-6)
    x, y = ((taught - centre) / spread).clone(), labels  # vectors made for inference alone could not be learned from
    layer = torch.nn.Linear(x.shape[1], int(labels.max()) + 1)
    torch.nn.init.zeros_(layer.weight)
    search = torch.optim.LBFGS(layer.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        search.zero_grad()
        out = F.cross_entropy(layer(x), y) + DECAY * layer.weight.square().sum()
        out.backward()  # type: ignore[no-untyped-call]
        return out

    search.step(loss)  # type: ignore[no-untyped-call]
    with torch.inference_mode():
        answer: Tensor = layer((asked - centre) / spread).argmax(-1)
    return answer
