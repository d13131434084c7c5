"""Which training examples are hard: a small model trained on one half of them judges the other half.

CascadeBERT asks for difficulty labels of the training data and does not say how they were made. An example that was held
out and is answered wrongly counts as hard. The halves are drawn row by row, so phrases of one sentence may lie in both: hard is rarer than
it would be.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dynviz.checkpoint.encoders import trainable_copy
from dynviz.core.encoder import Encoder
from dynviz.core.method import Method, Phase, Shape
from dynviz.methods.plain import Plain
from dynviz.training.examples import Split
from dynviz.training.loop import Trainee, train_phase

FOLD = Phase("fold", "all", epochs=1, lr=1e-4)


def judged(split: Split, small: Encoder, classes: int, folder: Path, seed: int, limit_steps: int | None = None) -> Split:
    """The split with `hard` filled in: wrong in the eyes of a copy of `small` trained on the other half."""
    halves = np.array_split(np.random.default_rng(seed).permutation(len(split)), 2)
    hard = np.zeros(len(split), bool)
    for number, (own, other) in enumerate([(halves[0], halves[1]), (halves[1], halves[0])]):
        torch.manual_seed(seed + number)
        encoder = trainable_copy(small)
        method = Plain(Shape((encoder.width,), (len(encoder.layers),), classes), pooling="mean")
        device = next(small.model.parameters()).device
        trainee = Trainee((encoder,), method.to(device), device)
        stage = replace(FOLD, name=f"fold-{number + 1}")
        train_phase(trainee, stage, split.only(np.sort(own)), seed, folder, limit_steps=limit_steps)
        hard[other] = ~right(encoder, method, split, other)
    return replace(split, hard=torch.from_numpy(hard))


def right(encoder: Encoder, method: Method, split: Split, rows: np.ndarray) -> np.ndarray:
    """(R,) whether the rows are answered rightly, padded, in batches of similar length."""
    order = rows[np.argsort(split.pieces.sentences.lengths[rows], kind="stable")]
    answers: dict[int, bool] = {}
    head = method.get_submodule(f"heads.{len(encoder.layers)}")
    device = next(method.parameters()).device
    with torch.inference_mode():
        for begin in range(0, len(order), 256):
            part = order[begin : begin + 256]
            ids, real, labels = (x.to(device) for x in split.padded(part))
            state = encoder.padded(ids, real, split.types(part))[-1]
            weight = real.to(state.dtype)[..., None]
            logits: Tensor = head((state * weight).sum(1) / weight.sum(1))
            answers |= dict(zip(part.tolist(), (logits.argmax(-1) == labels).tolist(), strict=True))
    return np.array([answers[int(r)] for r in rows], bool)
