"""Low-rank updates of somebody's encoder, trained together with the classifiers: what `--tune` adds to exits on a frozen one."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dynviz.checkpoint.config import LoraConfig
from dynviz.checkpoint.standing import STAGE
from dynviz.core import lora
from dynviz.core.encoder import Encoder
from dynviz.core.method import Phase
from dynviz.errors import InputError
from dynviz.fitting.base import Base
from dynviz.fitting.rows import Part
from dynviz.methods._ramps import Ramps
from dynviz.records import Ints, Unit
from dynviz.runtime import Progress
from dynviz.training.examples import Split
from dynviz.training.loop import Trainee, train_phase

RANK = LoraConfig(rank=8, alpha=16.0)
NO_ANSWER = -100  # the class of a piece that none is asked of, as the losses know it
RATE, HEAD_RATE = 5e-4, 2e-4  # of the updates, as of the bundled models; of classifiers that are fitted already


def check(base: Base) -> None:
    """InputError where updates cannot stand beside this encoder's layers, or its layers cannot be trained here."""
    model = base.ground.encoder.model
    if not (hasattr(model, "encoder") and hasattr(model, "embeddings") and lora.shapes(model, RANK.rank)):
        why = "its layers are built in another way than BERT's, beside which low-rank updates are trained"
        raise InputError(f"{base.where} ({model.config.model_type}) cannot be tuned", why, "Fit without tuning: the model stays as it is")


@dataclass(frozen=True, eq=False)
class Tuned:
    """The encoder with the updates merged into it, the updates by name as they are stored, and how training went."""

    encoder: Encoder
    updates: dict[str, Tensor]
    told: dict[str, float | str]


def tuned(base: Base, method: Ramps, part: Part, epochs: float, work: Path, seed: int, tell: Progress) -> Tuned:
    """Train low-rank updates of the model's encoder, which changes, together with the method's classifiers, the last one among them.

    Trained by the method's own loss over the rows to fit on, for so many epochs.
    """
    model = base.ground.encoder.model
    torch.manual_seed(seed)
    lora.add(model, RANK.rank, RANK.alpha)
    encoder = Encoder(model, STAGE)
    method.requires_grad_(True)
    trainee = Trainee((encoder,), method, torch.device("cpu"), own=False)
    phase = Phase("joint", "lora", epochs, lr=RATE, head_lr=HEAD_RATE)
    split = Split("fit", part.pieces, _labels(part, method.unit), "")
    told = train_phase(trainee, phase, split, seed, work, progress=tell)
    method.requires_grad_(False)
    updates = {name: tensor.half() for name, tensor in lora.tensors(model).items()}
    for name, tensor in lora.tensors(model).items():
        tensor.copy_(updates[name])
    return Tuned(Encoder(lora.folded(model), STAGE), updates, told)



def _labels(part: Part, unit: Unit) -> Ints:
    """The classes as training takes them: of words, one for each piece, of which only the first of a word has an answer."""
    if unit == "sentence":
        return part.labels
    of_pieces = np.full(len(part.pieces.ids), NO_ANSWER)
    of_pieces[part.pieces.sentences.leads] = part.labels
    return of_pieces
