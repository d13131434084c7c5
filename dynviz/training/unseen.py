"""What exits say of rows they were not trained on: two models, each trained on one half of the rows, read the other half.

A signal that is to foresee mistakes learns nothing from rows whose answers its model has memorised: there are none left. The halves
keep the phrases of one sentence together, else a phrase would be judged by a model that has read its sentence. The models are trained
by the loss of the jointly trained exits, from the pre-trained start, for as many epochs as that model.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dynviz.checkpoint.encoders import trainable_copy
from dynviz.core.encoder import Encoder
from dynviz.core.method import Batch, Phase, Shape
from dynviz.methods.entropy_exit import EntropyExit
from dynviz.records import Bools, Ints
from dynviz.training.examples import Split
from dynviz.training.loop import Trainee, train_phase

FOLD = Phase("joint", "all", epochs=2)
TOGETHER = 256  # rows read at once


def with_unseen(split: Split, start: Encoder, classes: int, folder: Path, seed: int, limit_steps: int | None = None) -> Split:
    """The split with `unseen` filled in: the probabilities after every layer of a copy of `start` trained on the other half."""
    file = folder / f"unseen-{split.name}-{split.digest}-{seed}.npy"
    if not file.exists():
        np.save(file, _read(split, start, classes, folder, seed, limit_steps))
    return replace(split, unseen=torch.from_numpy(np.load(file)))


def halves(texts: tuple[str, ...], seed: int) -> Bools:
    """(S,) which of two halves each row belongs to; a phrase lies in the half of the first, longest text that holds it.

    >>> list(halves(("a good film", "good film", "a good film"), 0)) in ([True] * 3, [False] * 3)
    True
    """
    words = [text.split() for text in texts]
    owner: dict[tuple[str, ...], int] = {}
    group = np.zeros(len(texts), int)
    for row in sorted(range(len(texts)), key=lambda i: (-len(words[i]), i)):
        whole = tuple(words[row])
        if whole not in owner:
            spans = {whole[a:b] for a in range(len(whole)) for b in range(a + 1, len(whole) + 1)} | {whole}
            for span in spans:
                owner.setdefault(span, row)
        group[row] = owner[whole]
    return np.random.default_rng(seed).random(len(texts))[group] < 0.5


def _read(split: Split, start: Encoder, classes: int, folder: Path, seed: int, limit_steps: int | None) -> NDArray[np.float32]:
    first = halves(tuple(map(str, split.pieces.texts)), seed)
    out = np.zeros((len(split), len(start.layers), classes), np.float32)
    for number, own in enumerate((first, ~first), start=1):
        torch.manual_seed(seed + number)
        encoder = trainable_copy(start)
        method = EntropyExit(Shape((encoder.width,), (len(encoder.layers),), classes), pooling="mean")
        device = next(start.model.parameters()).device
        trainee = Trainee((encoder,), method.to(device), device)
        train_phase(trainee, replace(FOLD, name=f"unseen-{number}"), split.only(np.flatnonzero(own)), seed, folder, limit_steps=limit_steps)
        other = np.flatnonzero(~own)
        out[other] = answers(encoder, method, split, other)
    return out


def answers(encoder: Encoder, method: EntropyExit, split: Split, rows: Ints) -> NDArray[np.float32]:
    """(R, L, C) what the exits say of the rows, padded, in batches of similar length."""
    order = np.argsort(split.pieces.sentences.lengths[rows], kind="stable")
    device = next(method.parameters()).device
    out = np.zeros((len(rows), len(encoder.layers), method.shape.classes), np.float32)
    with torch.inference_mode():
        for begin in range(0, len(order), TOGETHER):
            part = order[begin : begin + TOGETHER]
            ids, real, labels = (x.to(device) for x in split.padded(rows[part]))
            batch = Batch(ids, real, labels, torch.zeros(len(part)), 0.0, (encoder,))
            states = encoder.padded(ids, real, split.types(rows[part]))
            probs = torch.stack([method.logits(batch, states, i).softmax(-1) for i in method.layers_read()], 1)
            out[part] = probs.cpu().numpy()
    return out
