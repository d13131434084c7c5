r"""The model learns to foresee its own mistakes, and the sentence leaves once a mistake is unlikely.

Source: Xin, Tang, Yu, Lin, BERxiT: Early Exiting for BERT with Better Fine-Tuning and Extension to Regression, EACL 2021. Code:
castorini/berxit.

Rule: There is a classifier after each layer, as in DeeBERT, and one linear layer $w, b$ shared by all of them ("learning to exit", LTE).
With $p_i$ the vector that the classifier of layer $i$ is given, after its tanh layer, $u_i = \sigma(w \cdot p_i + b)$ is the predicted
chance that layer $i$ is wrong; $\sigma$ is the sigmoid.

The sentence exits after layer $i < L$ when $u_i$ is strictly below the knob. As in the authors' code $u_i$ is a doubt, not a certainty.
$u_L$ is never asked.

Knob: The chance of a mistake that is tolerated. Larger stops earlier, 0 never.

A second knob is the other rule that the paper compares it with, on the same weights: exit when the entropy, divided by $\ln C$, is below
it. It is 0 by default, which leaves it out; where both are set, either is enough.

Training: Two losses alternate, as in the authors' code. Even steps take $l_L + m$, odd steps $\sum_{i < L} l_i + m$, where $l_i$ is the
cross-entropy of classifier $i$ and $m$ the mean of $(u_i - t_i)^2$ over layers and sentences. The target $t_i$ is 1 if layer $i$'s answer
is wrong and 0 if it is right. All parameters learn in both steps, and $m$ reaches the encoder too. $u_L$ takes part in $m$.

Whether an answer is wrong is taken from exits that were not trained on the example: two models, each trained on one half of the
sentences, judge the other half. The model's own answers on rows it has memorised are nearly all right; trained on those, the doubt told
right from wrong hardly better than chance: AUROC .64 .57 .38 .53 .71 after layers 1 to 5 of the calibration split, and .74 .74 .79 .80 .82
now.

(inferred) The doubt reads the plain classifier's own tanh layer, where the authors' last ramp has one that nothing else uses. Steps are
optimizer steps. Ours goes on from the jointly trained model by low-rank updates; the authors start from the pre-trained one.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.method import (
    Asked,
    Batch,
    Deviation,
    Knob,
    Knobs,
    Moment,
    Phase,
    Plan,
    Pooling,
    Published,
    Reading,
    Result,
    Shape,
    View,
    reported,
)
from dynviz.methods._ramps import Ramps, cross_entropy, uncertainty
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind

_COSEE = "COSEE, AAAI 2025, Table 2, quoting the paper"
_DOUBT = "Three epochs of all weights there, one of low-rank updates here; here the doubt learns from exits that have not seen the row."


class Berxit(Ramps):
    """A classifier after every layer, and one linear layer that foresees their mistakes."""

    title: ClassVar[str] = "BERxiT"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "Xin et al., EACL 2021"
    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    asks_unseen: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("doubt", "sentence", "predicted chance of being wrong", side="below"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)"),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("doubt", "exit below chance of being wrong", 0.0, 0.4, 0.002, 0.02, 0.0, "up", "0: all layers, always; larger: earlier"),
        Knob(
            "entropy",
            "or exit below uncertainty",
            0.0,
            1.0,
            0.001,
            0.0,
            0.0,
            "up",
            "0: not used; with the other at 0: the entropy rule",
        ),
    )
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("alternating", "lora", epochs=1, lr=5e-4, head_lr=5e-3),)
    published: ClassVar[tuple[Published, ...]] = (
        reported("SST-2 test", "BERT-base", Result("sst2", "test", 91.6, 93.5, fewer=2.86, why=_DOUBT), _COSEE),
        *(
            Published(f"{data} test", "BERT-base", score, f"{cost}x fewer layers", _COSEE)
            for data, score, cost in (
                ("QNLI", "89.6 accuracy", "1.72"),
                ("MNLI", "82.1 accuracy", "2.33"),
                ("RTE", "65.7 accuracy", "2.17"),
                ("MRPC", "86.2 F1", "2.27"),
                ("QQP", "70.5 F1", "2.27"),
            )
        ),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "After the last layer two classifiers exist: a ramp, whose tanh layer the doubt reads, and the plain head, which answers.",
            "One head, which answers and whose tanh layer the doubt reads.",
            "The ramp is asked nothing, and learns only from the doubt's own loss.",
        ),
        Deviation(
            "The doubt is computed after the last layer too.",
            "It is not asked there.",
            "Nothing is left to decide.",
        ),
        Deviation(
            "Losses alternate by the number of the batch: gradients accumulated over an even number of them mix both.",
            "By the number of the optimizer step.",
            "The losses are to alternate from update to update.",
        ),
        Deviation(
            "A model is run by the entropy rule or by the learned one, and the entropy rule is shown on a model trained without the doubt.",
            "Both rules on one model, trained with the doubt.",
            "They differ in the rule alone then.",
        ),
        Deviation(
            "Thresholds may differ from layer to layer.",
            "One threshold for all layers.",
            "One knob can be turned and understood.",
        ),
        Deviation(
            "The doubt learns from the model's own answers on the rows it is trained on.",
            "From the answers of exits that were not trained on the row, two models on one half of the sentences each.",
            "A model that starts out trained has memorised its rows: hardly a mistake is left there to learn from.",
        ),
        Deviation(
            "Three epochs from the pre-trained model.",
            "One epoch from the jointly trained one, by low-rank updates.",
            "All methods here start from the same model, so that what differs is the method.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True) -> None:
        super().__init__(shape, pooling, hidden)
        self.lte = nn.Linear(shape.widths[0], 1)

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """The doubt's one layer starts at random, beside classifiers that are trained already."""
        return dict.fromkeys(self.lte.parameters(), 1e-2)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        asked = super().asks(moment, layer, readings, sentences, plan, knobs)
        return asked if layer < self.shape.layers else {name: units for name, units in asked.items() if name != "doubt"}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        features = self.head(layer).features(self.vectors(asked["probs"], view))
        probs = self.head(layer).out(features).softmax(-1)
        own = {"probs": probs, "uncertainty": uncertainty(probs)}
        return {**own, "doubt": self.lte(features)[:, 0].sigmoid()} if "doubt" in asked else own

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        trusted = readings["doubt"][layer] < knobs["doubt"]
        sure = readings["uncertainty"][layer] < knobs["entropy"]
        return plan.stop(plan.live & (trusted | sure), sentences)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        pairs = zip(self.readings, ("doubt", "entropy"), strict=True)
        limits = [(r, knobs[name] if knobs[name] > 0 else np.nan) for r, name in pairs]
        return tuple(Comparison(r.name, r.label, readings[r.name], np.full(self.shape.layers + 1, t), "below") for r, t in limits)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        heads = asked.units["probs"] * self.head(layer).flops
        return heads + asked.units["doubt"] * 2 * self.lte.in_features if "doubt" in asked.units else heads

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        features = [self.head(i).features(batch.pooled(states[i], self.pooling)) for i in self.layers_read()]
        logits = [self.head(i).out(x).float() for i, x in enumerate(features, start=1)]
        wrong = mistakes(logits, batch).float()
        doubts = torch.stack([self.lte(x)[:, 0] for x in features]).float().sigmoid()
        chosen = logits[-1:] if batch.step % 2 == 0 else logits[:-1]
        return torch.stack([cross_entropy(z, batch.labels) for z in chosen]).sum() + F.mse_loss(doubts, wrong)


def mistakes(logits: Sequence[Tensor], batch: Batch) -> Tensor:
    """(L, B) whether each layer's answer is wrong: that of exits which have not seen the example; without those, the model's own."""
    answers = batch.unseen.argmax(-1).T if batch.unseen.numel() else torch.stack([z.argmax(-1) for z in logits])
    return answers != batch.labels
