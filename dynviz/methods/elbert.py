r"""One layer, run again and again, with one classifier: the sentence exits once sure, or once its last few answers agree.

Source: Xie, Lu, Wang, Wang, ELBERT: Fast ALBERT with Confidence-Window Based Early Exit, arXiv 2107.00175, 2021. Code: shakeley/ELBERT.

Rule: All layers share one set of weights, as ALBERT's do, and so do all exits: one pooler and one linear classifier.

First stage: the sentence exits after layer $i$ when $u_i = H(p_i) / \ln C < \delta$, with $H$ the entropy. Otherwise the second stage: it
exits when the last $N$ answers, of layers $i - N + 1$ to $i$, lie on one side, that is, have the same class strictly ahead. (inferred)
For more than two classes too "one side" means that the same class is ahead.

The option "variant" chooses the authors' stricter windows. "rising": the class ahead at the window's start never loses ground in it.
"steady": its probability keeps within the option "spread".

Knob: $\delta$, the uncertainty below which a sentence exits. Larger stops earlier, 0 never stops.

A second knob is the window $N$. Larger stops later; a window of more layers than there are never fills. Both together are off.

Training: The loss is $\sum_{i < L} w_i\,\text{CE}_i + w_L\,\text{CE}_L$. The weights $w_i = \sigma(v_i)$, with $\sigma$ the sigmoid, are
learned, each $v_i$ from 4 on, and $w_L = L - \sum_{i < L} w_i$: a weight taken from a bad exit goes to the last one. Dropout acts on the
pooled vector.

(inferred) Our one layer starts as the middle layer of the pre-trained model, which was not made to be repeated, and is tuned whole, at a
higher rate than layers that differ. It has a sixth of their weights and costs as much to run. What it loses at full depth against the
jointly trained model of six layers is the price of sharing without a pre-trained ALBERT, not of ELBERT's rule. Measured on SST-2's dev
set: 0.868, and 0.891 for six layers of their own.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.heads import Head
from dynviz.core.method import Batch, Deviation, Knob, Knobs, Moment, Phase, Picture, Plan, Pooling, Published, Shape
from dynviz.methods._ramps import Ramps, cross_entropy
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind, Learned

Variant = Literal["side", "rising", "steady"]
DROPOUT = 0.1  # on the pooled vector, in training only
NEVER = 129  # no encoder has so many layers


class Elbert(Ramps):
    """One classifier for all depths of an encoder of one layer. rate: of the loss weights; variant, spread: of the window."""

    title: ClassVar[str] = "ELBERT"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "Xie et al., 2021"
    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("delta", "exit below uncertainty", 0.0, 1.0, 0.001, 0.3, 0.0, "up", "0: never by this; 1: one layer"),
        Knob("window", "or equal answers in a row", 2, 12, 1, 4, NEVER, "down", "more than there are layers: never by this"),
    )
    pictures: ClassVar[tuple[Picture, ...]] = (
        Picture(
            "weights", "numbers", ("trust",),
            "How much each layer's loss weighed at the end of training; the weights were learned with the rest.",
        ),
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("all", "all", epochs=2, lr=2e-4, head_lr=1e-3),)
    published: ClassVar[tuple[Published, ...]] = (
        Published("RTE dev", "ALBERT-large", "81.2 accuracy", "58.8 % of the layers", "the authors' README, delta 0.4 and N 8"),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The backbone is a pre-trained ALBERT, whose layers were shared from the start.",
            "A layer of MiniLM is repeated and tuned.",
            "No pre-trained ALBERT of that size is at hand; every method here reads the same tokens and embeddings.",
        ),
        Deviation(
            "The loss weights step at a fixed rate of 0.01: neither does the rate decay, nor are their gradients ever cleared.",
            "They step at 0.001, which decays with the other rates, and their gradients are cleared.",
            "Adam moves a lone number by about its rate. In the 234 steps of the authors' example that is little; in the 3,300 of ours "
            "the weights of the early exits would go to nothing.",
        ),
        Deviation(
            "Entropy is p ln p without a bound: not a number once a probability is 0, and the sentence goes on.",
            "It is 0 there, and the sentence exits.",
            "A probability of 0 is as sure as can be.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", variant: Variant = "side", spread: float = 0.1, rate: float = 1e-3) -> None:
        super().__init__(shape, pooling)
        self.variant, self.spread, self.rate = variant, spread, rate
        last = str(shape.layers)
        self.heads = nn.ModuleDict({last: self.heads[last]})
        self.trust = nn.Parameter(torch.full((shape.layers - 1,), 4.0))

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """The weight that training itself gave to each layer's loss."""
        if "trust" not in tensors:
            return None
        early = 1 / (1 + np.exp(-tensors["trust"]))
        layers = len(early) + 1
        weights = np.append(early, layers - early.sum())
        said = f"The last layer's loss weighs {weights[-1]:.3g}, the first one's {weights[0]:.3g}; together {layers}."
        return Learned(weights[None], ("weight of the loss",), said)

    def head(self, layer: int) -> Head:
        return super().head(self.shape.layers)

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        return {self.trust: self.rate}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        done, window = readings["uncertainty"][layer] < knobs["delta"], int(knobs["window"])
        if layer >= window:
            done |= self.one_sided(readings["probs"][layer + 1 - window : layer + 1])
        return plan.stop(plan.live & done, sentences)

    def one_sided(self, window: Floats) -> Bools:
        """(N, S, C) -> (S,) whether the answers of a window lie on one side, as the variant asks."""
        ordered, first = np.sort(window, -1), window[0].argmax(-1)
        same = ((window.argmax(-1) == first) & (ordered[..., -1] > ordered[..., -2])).all(0)
        own = np.take_along_axis(window, first[None, :, None], -1)[..., 0]
        if self.variant == "rising":
            same &= (np.diff(own, axis=0) >= 0).all(0)
        if self.variant == "steady":
            same &= own.max(0) - own.min(0) <= self.spread
        return np.asarray(same)

    def agreeing(self, probs: Floats) -> Ints:
        """(n, S, C) -> (n, S): the widest window that lies on one side and ends after each layer; 0 where none does."""
        widest = np.zeros(probs.shape[:2], np.int64)
        for end in range(1, len(probs) + 1):
            for size in range(1, end + 1):
                widest[end - 1] = np.where(self.one_sided(probs[end - size : end]), size, widest[end - 1])
        return widest

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        probs = readings["probs"][1:]
        counted = np.where(np.isnan(probs).any(-1), np.nan, self.agreeing(probs))[:, 0]
        window = Comparison(
            "agreeing",
            "count of answers in a row that agree",
            np.concatenate([[np.nan], counted]),
            np.full(len(counted) + 1, knobs["window"]),
            "at least",
        )
        return (*super().compares(readings, knobs), window)

    def logits(self, batch: Batch, states: list[Tensor], layer: int) -> Tensor:
        head = self.head(layer)
        assert head.hidden is not None
        pooled = torch.tanh(head.hidden(batch.pooled(states[layer], self.pooling)))
        out: Tensor = head.out(F.dropout(pooled, DROPOUT, self.training))
        return out.float()

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        losses = torch.stack([cross_entropy(self.logits(batch, states, i), batch.labels) for i in self.layers_read()])
        early = self.trust.float().sigmoid()
        return (early * losses[:-1]).sum() + (self.shape.layers - early.sum()) * losses[-1]
