r"""The sentence exits once several layers in a row have given the same answer.

Source: Zhou, Xu, Ge, McAuley, Xu, Wei, BERT Loses Patience: Fast and Robust Inference with Early Exit, NeurIPS 2020. Code:
JetRunner/PABEE.

Rule: All layers share one pooler, and each has a linear classifier of its own. A counter goes up by one when the class of the largest
logit is the same as the layer's before, else back to zero. The sentence exits when the counter reaches the patience, and the classifier
of that layer answers. How sure it is plays no part.

Knob: The patience $t$, in layers. Larger exits later, and $t + 1$ layers are the least. A patience of $L$ or more is never reached, and
one of $L - 1$ saves nothing. 0 is off, as in the authors' code: all layers run, and the last answers.

Training: The cross-entropies of all layers, weighted by layer: $\sum_i i\,\text{CE}_i / \sum_i i$, with dropout on the pooled vector.

(inferred) Ours goes on from the jointly trained model by low-rank updates; the shared pooler starts as its last classifier's.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from torch import Tensor

from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Published, Reading, Result, View, reported
from dynviz.methods._pooler import SharedPooler
from dynviz.methods._ramps import uncertainty
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind

_README = "the authors' README of the example in transformers"
_STEPS = "Patience comes in whole layers: few settings lie near a given cost. All weights are tuned there, for five epochs."


class Pabee(SharedPooler):
    """A shared pooler, a classifier after every layer, and a counter of agreements."""

    title: ClassVar[str] = "PABEE"
    kind: ClassVar[Kind] = "exit"
    fits_frozen: ClassVar[bool] = True
    fits_tuned: ClassVar[bool] = True
    venue: ClassVar[str] = "Zhou et al., NeurIPS 2020"
    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),)
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("patience", "layers that must agree with the one before", 1, 12, 1, 2, 0, "down", "1: two equal answers in a row are enough"),
    )
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("joint", "lora", epochs=0.5, lr=5e-4, head_lr=1e-3),)
    published: ClassVar[tuple[Published, ...]] = (
        *(
            reported(
                "SST-2 dev",
                backbone,
                Result("sst2", "dev", score, full, fewer=fewer, why=_STEPS),
                _README,
                f"one figure for {tasks} tasks",
            )
            for backbone, score, full, fewer, tasks in (
                ("BERT-base", 92.0, 92.1, 1.62, "three"),
                ("ALBERT-base", 93.0, 92.8, 1.57, "eight"),
                ("ALBERT-large", 95.2, 94.9, 2.42, "three"),
            )
        ),
        reported("SST-2 test", "BERT-base", Result("sst2", "test", 89.3, 93.5, fewer=1.95, why=_STEPS), "COSEE, AAAI 2025, Table 2"),
        reported("SST-2 test", "ALBERT-base", Result("sst2", "test", 92.4, 93.3, fewer=1.95, why=_STEPS), "COSEE, AAAI 2025"),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The counter goes up only if every sentence of the batch repeats its class; evaluation runs one sentence at a time.",
            "Every sentence has a counter of its own.",
            "A sentence must not wait for its neighbours.",
        ),
        Deviation(
            'The line "Speed Up" prints the share of layers saved, 1 - mean / L, though the README gives factors.',
            "The share of FLOPs, with the pooler and a classifier after every layer.",
            "The pooler after each layer is not free.",
        ),
        Deviation(
            "All weights are tuned from the pre-trained model, 5 epochs.",
            "Low-rank updates of a model trained by the same weights of the loss, half an epoch.",
            "A whole encoder more is not stored; what is new is the shared pooler.",
        ),
        Deviation(
            "For regression, two layers agree when their outputs differ by less than a threshold.",
            "Classes only.",
            "None of the tasks here is a regression.",
        ),
    )

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        probs = self.head(layer).out(self.pool(self.vectors(asked["probs"], view))).softmax(-1)
        return {"probs": probs, "uncertainty": uncertainty(probs)}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if knobs["patience"] < 1:
            return plan
        return plan.stop(plan.live & (agreements(readings["probs"][1 : layer + 1])[-1] >= knobs["patience"]), sentences)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        probs = readings["probs"][1:]
        counted = np.where(np.isnan(probs).any(-1), np.nan, agreements(probs))[:, 0]
        patience = knobs["patience"] if knobs["patience"] >= 1 else np.nan
        label = "patience counter (layers in a row that agreed with the one before)"
        return (Comparison("patience", label, np.concatenate([[np.nan], counted]), np.full(len(counted) + 1, patience), "at least"),)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return asked.units["probs"] * 2 * (self.pooler.weight.numel() + self.head(layer).out.weight.numel())

    def logits(self, batch: Batch, states: list[Tensor], layer: int) -> Tensor:
        out: Tensor = self.head(layer).out(self.pooled(batch, states, layer))
        return out.float()

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        return self.joint_loss(batch, batch.encoders[0].padded(batch.ids, batch.real, batch.types))


def agreements(probs: Floats) -> Floats:
    """(n, S, C) -> (n, S): after each layer, how many layers in a row have given the class of the layer before them; ties by position."""
    labels = probs.argmax(-1)
    counts = np.zeros(labels.shape)
    for n in range(1, len(labels)):
        counts[n] = np.where(labels[n] == labels[n - 1], counts[n - 1] + 1, 0)
    return counts
