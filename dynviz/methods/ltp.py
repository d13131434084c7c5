r"""Tokens that receive little attention are dropped for good, by a threshold learned for each layer.

Source: Kim, Shen, Thorsley, Gholami, Kwon, Hassoun, Keutzer, Learned Token Pruning for Transformers, KDD 2022. Code: kssteven418/LTP.

Rule: The score $s_l$ of a token in layer $l$ is the attention it receives, the mean over heads and over the $n$ tokens present. The
tokens with $s_l < c\,\theta_l$ leave between the layer's attention and its feed-forward block, where $\theta_l$ is the layer's threshold
and $c$ the knob. [CLS] always stays; the authors' code does not protect it.

Both which tokens stay and how many depend on the sentence.

Knob: The factor $c$ that multiplies all thresholds. 0 drops nothing, 1 is the trained point, larger drops more. Each setting is a run of
its own, because later scores depend on earlier removals.

Training: From the plain model, by low-rank updates. In a soft stage each layer's output is multiplied by
$M_l = \sigma((s_l - \theta_l) / T)$, with $\sigma$ the sigmoid, and the loss is the cross-entropy plus $\lambda$ times the sum over
layers of the mean of $M_l$ over tokens. A hard stage with thresholds frozen and real removal follows.

(inferred) The classifier reads the mean over the tokens left, in the soft stage weighted by the product of the multipliers. Scores are
$1 / n$ on average, so batches are at least half whole sentences.

(inferred, the paper tags nothing) In tagging a dropped word is tagged from the state of the last layer that it went through; in the soft
stage from a running mixture, each layer's state entering with the product of the multipliers.

The thresholds start on a line from 0 to 0.03: on the plain model that alone drops to two thirds of the compute. Learned, they rose to
0.001, 0.012, 0.015, 0.025, 0.028, 0.035 (SST-2, six layers). On the calibration split the trained point then costs 0.010
[-0.003, 0.022] at 58 % of the compute, and $c = 0.8$ costs 0.002 at 63 %.
Full depth gave 0.873 against the plain model's 0.880: the price of the updates.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from dynviz.core.attention import hidden_keys
from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._ramps import cross_entropy
from dynviz.methods._tokens import TokenDropper, attention
from dynviz.records import Bools, Floats, Ints, Sentences, Unit
from dynviz.records.card import Comparison, Kind


class Ltp(TokenDropper):
    """A learned attention threshold in each layer.

    weight: lambda of the soft stage; temperature: T; final: the last layer's initial threshold, the others rising to it linearly from 0.
    as_authors: the authors' quirks (scores divided by the full length, [CLS] unprotected, a floor of 1e-5), for parity tests.
    """

    title: ClassVar[str] = "LTP"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "Kim et al., KDD 2022"
    stops: ClassVar[str] = "tokens are dropped"
    serves: ClassVar[tuple[Unit, ...]] = ("sentence", "token")
    moments: ClassVar[frozenset[Moment]] = frozenset({"between", "after"})
    needs_attention: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("received", "token", "attention received"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("scale", "thresholds times", 0.0, 3.0, 0.05, 1.0, 0.0, "up", "0 drops nothing; 1 is the trained point"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (
        0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0,
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = (
        Phase("soft", "lora", epochs=0.5, lr=5e-4, head_lr=2e-4, whole=0.6),
        Phase("hard", "lora", epochs=0.7, lr=5e-4, head_lr=2e-4, whole=0.6),
    )
    published: ClassVar[tuple[Published, ...]] = (
        Published("GLUE", "RoBERTa-base", "less than 1 point lost", "up to 2.1x fewer FLOPs", "Kim et al., KDD 2022, abstract"),
        Published("GLUE", "RoBERTa-base", "up to 2.5 points above earlier token pruning", "equal FLOPs", "Kim et al., KDD 2022, abstract"),
        Published(
            "GLUE", "RoBERTa-base", "less than 1 point lost", "up to 1.9x the throughput on a Haswell CPU, 2.0x on a V100",
            "Kim et al., KDD 2022, abstract",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "Attention received is summed and divided by the length of the padded batch.",
            "It is divided by the number of tokens still present.",
            "A sentence must not lose more tokens because its neighbours are longer.",
        ),
        Deviation(
            "[CLS] is not protected; it survives because it receives much attention.",
            "It always stays.",
            "A sentence could be left without any token to be read.",
        ),
        Deviation(
            "Thresholds have a floor of 0.00001, in the first layer too.",
            "They have none.",
            "With all thresholds at 0 nothing may be dropped.",
        ),
        Deviation(
            "Pruned tokens are masked, and their rows of the attention are zeroed in place, before these are used.",
            "Pruned tokens are not computed, and the attention that was used is left as it is.",
            "A mask saves nothing.",
        ),
        Deviation(
            "The whole model is tuned in both stages, the hard one for 5 epochs.",
            "Low-rank updates of the plain model, about one epoch in all.",
            "A whole encoder more is not stored.",
        ),
    )

    def __init__(
        self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, weight: float = 0.1, temperature: float = 2e-3,
        final: float = 0.02, as_authors: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(shape, pooling, hidden)
        self.weight, self.temperature, self.final, self.as_authors = weight, temperature, final, as_authors
        self.thresholds = nn.Parameter(final * torch.arange(shape.layers) / shape.layers)

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Thresholds learn at their own rate in the soft stage, and not at all in the hard one."""
        return {self.thresholds: self.final / 300 if phase.name == "soft" else 0.0}

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        return {"received": plan.attending} if moment == "between" else self.answer_asks(moment, layer, plan, sentences)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "after":
            return super().read(moment, layer, asked, view)
        scores = attention(view)
        if self.as_authors:
            alive = view.sentences.count(view.plan.attending) / view.sentences.lengths
            scores = scores * torch.from_numpy(alive[view.sentences.owner[view.plan.attending]])
        return {"received": scores}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment != "between":
            return plan
        threshold = self.thresholds.tolist()[layer - 1] * knobs["scale"]
        if self.as_authors:
            return plan.drop(readings["received"][layer] < max(1e-5, threshold))
        return plan.drop((readings["received"][layer] < threshold) & ~sentences.first)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        limits = np.concatenate([[np.nan], self.thresholds.detach().double().numpy() * knobs["scale"]])
        return (Comparison("received", "attention received", readings["received"], limits, "below"),)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        soft = phase.name == "soft"
        encoder = batch.encoders[0]
        state = encoder.embed(batch.ids, batch.positions, batch.types)
        alive, kept, penalty = batch.real, batch.real.float(), state.new_zeros((), dtype=torch.float32)
        last = state  # of each token, from the last layer that it went through
        for i, layer in enumerate(encoder.layers):
            context, weights = layer.attend_padded(state, hidden_keys(alive), weights=True)
            assert weights is not None
            score = (weights.mean(1) * alive[..., None]).sum(1) / alive.sum(1, keepdim=True)  # (B, T)
            new = state = layer.norm(layer.sums(layer.attended(state, context)))
            if soft:
                keep = torch.sigmoid((score - self.thresholds[i]) / self.temperature).masked_fill(batch.first, 1.0)
                state = state * keep[..., None].to(state.dtype)
                penalty = penalty + (keep * alive).sum(1).div(alive.sum(1)).mean()
                kept = kept * keep
            else:
                alive = alive & ((score >= self.thresholds[i]) | batch.first)
                kept = alive.float()
            last = last + kept[..., None].to(state.dtype) * (new - last)
        task = cross_entropy(self.answer_logits(batch, last if self.unit == "token" else state, kept), batch.labels)
        return task + self.weight * penalty
