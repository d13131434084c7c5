r"""A layer is trusted when its classifier is sure and the sentence lies near the class it names: entropy and distance, combined.

Source: He, Zhang, Ding, Miao, Zhao, Hu, Cao, DE3-BERT: Distance-Enhanced Early Exiting for BERT based on Prototypical Networks, arXiv
2402.05948, 2024. No code of the authors is public.

Rule: Beside its classifier each layer but the last has a prototypical network: a linear map into a small metric space, and in it one
prototype for each class.

With $r_1$ the distance to the prototype of the class that the classifier names, and $r_2$ the distance to the nearest other, the distance
ratio is $\text{DR} = \frac{1}{2} \left(1 + \frac{r_1 - r_2}{\max(r_1, r_2)}\right)$. It is 0 on the prototype, 0.5 between two, and above
0.5 nearer to another class.

With $H$ the entropy divided by $\ln C$, the sentence leaves after the first layer with $\text{EDR} < \tau$, where
$\text{EDR} = \frac{w + 1}{w / \text{DR} + 1 / H}$. This is a weighted harmonic mean, in which the smaller of the two rules.

Knob: $\tau$, the uncertainty with distance below which a sentence leaves. Larger stops earlier, 0 never stops.

A second knob is $w$, the paper's $\lambda$: 0 is entropy alone, larger lets the distance count more.

Training: The cross-entropy of the classifier plus $\alpha$ times a distance-aware regularisation, over all layers. A prototype is a
moving average: $(1 - \gamma)$ times its old self plus $\gamma$ times the mean of its class in the batch. Without the authors' code the
training could be read in reviews of the paper only.

(inferred) The regularisation is the cross-entropy of $\text{softmax}(-r)$, $r$ being the distances to all prototypes. Layer $i$ weighs
$i / \sum_j j$. The space has 128 dimensions, $\alpha$ is 1 and $\gamma$ 0.1. Distances are Euclidean, not squared; $r_1$ and $r_2$ are as
above; $H$ is divided by $\ln C$.

(inferred) Classifiers start as the jointly trained model's, whose encoder is tuned on by low-rank updates.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Reading, Shape, View
from dynviz.methods._ramps import Ramps, uncertainty
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind

TINY = 1e-12  # a distance ratio or an entropy of 0 would leave the harmonic mean undefined


class De3Bert(Ramps):
    """Classifiers and class prototypes. space: dimensions of the metric space; alpha: weight of the distances in training; gamma:
    how fast prototypes move."""

    title: ClassVar[str] = "DE3-BERT"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "He et al., arXiv 2024"
    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("uncertainty", "sentence", "uncertainty (entropy / ln C)", compared=False),
        Reading("ratio", "sentence", "distance ratio (0 on its prototype, 0.5 between two)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("tau", "exit below uncertainty with distance", 0.0, 1.0, 0.001, 0.2, 0.0, "up", "0: all layers, always"),
        Knob("weight", "weight of the distance", 0.0, 5.0, 0.1, 1.0, 1.0, "down", "0: entropy alone; 1: both alike"),
    )
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("prototypes", "lora", epochs=0.5, lr=5e-4, head_lr=5e-4),)
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The paper's regularisation, dimensions and rates could not be read, and no code of the authors was found.",
            "A linear map into 128 dimensions and softmax(-distance), as prototypical networks are usually trained.",
            "Results of this version say little about the authors' own.",
        ),
        Deviation(
            "A ratio or an entropy of 0 leaves the harmonic mean undefined.",
            "Both are held at or above 1e-12.",
            "A sentence on its prototype, or with a one-hot answer, is simply sure.",
        ),
    )
    prototypes: Tensor

    def __init__(
        self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, space: int = 128, alpha: float = 1.0, gamma: float = 0.1
    ) -> None:
        super().__init__(shape, pooling, hidden)
        self.alpha, self.gamma = alpha, gamma
        self.maps = nn.ModuleDict({str(i): nn.Linear(shape.widths[0], space) for i in self.layers_read()[:-1]})
        self.register_buffer("prototypes", torch.randn(shape.layers - 1, shape.classes, space) / 10)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        """After the last layer nothing is decided: no distance is asked."""
        asked = super().asks(moment, layer, readings, sentences, plan, knobs)
        return {k: v for k, v in asked.items() if k != "ratio" or layer < self.shape.layers}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        pooled = self.vectors(asked["probs"], view)
        probs = self.head(layer)(pooled).softmax(-1)
        found = {"probs": probs, "uncertainty": uncertainty(probs)}
        if "ratio" in asked:
            found["ratio"] = ratio(distances(self.maps[str(layer)](pooled), self.prototypes[layer - 1]), probs.argmax(-1))
        return found

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        value = combined(readings["ratio"][layer], readings["uncertainty"][layer], knobs["weight"])
        return plan.stop(plan.live & (value < knobs["tau"]), sentences)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        values = combined(readings["ratio"], readings["uncertainty"], knobs["weight"])
        return (Comparison("edr", "uncertainty with distance (EDR)", values, np.full(len(values), knobs["tau"]), "below"),)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        mapped = 2 * self.shape.widths[0] * self.prototypes.shape[-1] if "ratio" in asked.units else 0
        return asked.units["probs"] * (self.head(layer).flops + mapped)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        total = [self.joint_loss(batch, states)]
        for i in self.layers_read()[:-1]:
            mapped = self.maps[str(i)](batch.pooled(states[i], self.pooling)).float()
            self._move(self.prototypes[i - 1], mapped.detach(), batch)
            near = F.cross_entropy(-distances(mapped, self.prototypes[i - 1].clone()), batch.labels)
            total.append(self.alpha * i / sum(self.layers_read()) * near)
        return torch.stack(total).sum()

    def _move(self, prototypes: Tensor, mapped: Tensor, batch: Batch) -> None:
        """Move the prototypes (C, P) towards the means of the classes in the batch; in the first step, onto them."""
        for label in range(self.shape.classes):
            own = mapped[batch.labels == label]
            if len(own):
                prototypes[label].lerp_(own.mean(0).to(prototypes), self.gamma if batch.step else 1.0)


def distances(mapped: Tensor, prototypes: Tensor) -> Tensor:
    """(S, P) points and (C, P) prototypes -> (S, C) Euclidean distances."""
    far: Tensor = torch.linalg.vector_norm(mapped[:, None] - prototypes, dim=-1)
    return far


def ratio(far: Tensor, named: Tensor) -> Tensor:
    """(S, C) distances and (S,) the classes the classifier names -> (S,) DR: how far that prototype is beside the nearest other."""
    own = far.gather(1, named[:, None])[:, 0]
    other = far.scatter(1, named[:, None], torch.inf).amin(-1)
    return 0.5 * (1 + (own - other) / torch.maximum(own, other).clamp_min(TINY))


def combined(ratios: Floats, entropies: Floats, weight: float) -> Floats:
    """EDR: the weighted harmonic mean of distance ratio and entropy."""
    return np.asarray((weight + 1) / (weight / np.maximum(ratios, TINY) + 1 / np.maximum(entropies, TINY)))
