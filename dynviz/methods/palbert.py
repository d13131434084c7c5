r"""Each layer adds to the probability that the sentence has left; it leaves once more than half of it is spent.

Source: Balagansky, Gavrilov, PALBERT: Teaching ALBERT to Ponder, NeurIPS 2022; PonderNet (Banino et al., 2021) on a text encoder. Code:
tinkoff-ai/palbert.

Rule: One pooler and one classifier serve all layers: $e_i = \tanh(W h_i + b)$. A halting head reads $e_i$ beside $e_{i-1}$ (zeros before
layer 1) through three hidden layers of twice the width. It gives $\lambda_i$, the probability of leaving now for those still there.

So $p_i = \lambda_i \prod_{j < i} (1 - \lambda_j)$ is the probability of leaving after layer $i$, and
$p_1 + \dots + p_i = 1 - \prod_{j \le i} (1 - \lambda_j)$ that of having left by then. Q-exit: the sentence leaves after the first layer
where this sum is above $q$; PonderNet would throw dice.

The halting head costs as much as one more token in every layer.

Knob: $q$, 0.5 in the paper, the median of the distribution. Larger stops later, 1 never stops.

Training: The loss is $\sum_i p_i\,\text{CE}_i + \beta\,\text{KL}(g \,\|\, p)$, in this direction as in the authors' code, with
$\beta = 0.5$. The prior $g_i = \lambda_p (1 - \lambda_p)^{i-1}$ is geometric, and the last layer takes the rest. The paper's
$\lambda_p = 0.1$ puts the mean at 7.2 of 12 layers. (inferred) Ours is 0.2 on 6, a mean of 3.7, the same share.

(inferred) The halting head starts at the prior, its last weights zero. ALBERT repeats one layer and our layers differ, so the shared
pooler is told which it reads: a learned vector for each layer, zero at first, is added to its input. Pooler and classifier start as the
last ones of the jointly trained model, whose encoder is tuned on by low-rank updates.
"""

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.heads import Head
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
from dynviz.methods._ramps import Ramps
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind

_COSEE = "COSEE, AAAI 2025, quoting others' tables"
_QUOTED = "The table quotes others' runs and names no setting; the halting head, which is not counted there, is counted here in FLOPs."


class Palbert(Ramps):
    """A classifier and a halting head, shared by all layers. lambda_p: of the prior; beta: weight of the prior in training; places: what
    the layers' vectors are added to, the "pooler"'s input or, as the authors' code may, only what the "halting" head reads."""

    title: ClassVar[str] = "PALBERT"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "Balagansky & Gavrilov, NeurIPS 2022"
    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (Reading("lambda", "sentence", "probability of leaving now (lambda)", compared=False),)
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("q", "exit once the probability spent is", 0.0, 1.0, 0.01, 0.5, 1.0, "down", "0.5: the paper's; 0: one layer; 1: all layers"),
    )
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("ponder", "lora", epochs=0.5, lr=5e-4, head_lr=5e-4),)
    published: ClassVar[tuple[Published, ...]] = (
        reported("SST-2 test", "BERT-base", Result("sst2", "test", 91.8, 93.5, fewer=1.48, why=_QUOTED), _COSEE),
        Published("QNLI test", "BERT-base", "89.1 accuracy", "1.48x fewer layers", _COSEE),
        Published("MNLI test", "BERT-base", "83.0 accuracy", "1.48x fewer layers", _COSEE),
        Published("RTE test", "BERT-base", "64.3 accuracy", "1.48x fewer layers", _COSEE),
        reported("SST-2 test", "ALBERT-base", Result("sst2", "test", 91.4, 93.3, fewer=1.21, why=_QUOTED), _COSEE),
        Published("QNLI test", "ALBERT-base", "90.9 accuracy", "1.21x fewer layers", _COSEE),
        Published("MNLI test", "ALBERT-base", "83.2 accuracy", "1.21x fewer layers", _COSEE),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "In training p does not sum to 1: what is left after the last layer is dropped, and once a sentence has spent 0.95, "
            "its later layers get 0.05 / L each.",
            "Lambda is 1 after the last layer, which takes what is left.",
            "Where the halting head never fires, the loss of the sentence would be lost, and the prior compared with no distribution.",
        ),
        Deviation(
            "The prior has lambda_p 0.1 on 12 layers.",
            "0.2 on 6 layers; 0.1 on 12.",
            "The mean of the prior stays at 60 % of the depth; with 0.1 on 6 layers 59 % of it would lie on the last one.",
        ),
        Deviation(
            "An embedding of the layer may be added after the pooler, for the halting head alone; it is off by default.",
            "It is added before the pooler, and always.",
            "ALBERT's layers share their weights, ours do not: the shared classifier has to know which layer it reads.",
        ),
        Deviation(
            "The threshold 0 means all layers.",
            "q = 0 exits after the first layer, q = 1 never.",
            "The knob follows the rule down to its ends.",
        ),
        Deviation(
            "The halting head is asked after the last layer too, and neither head is counted: the speed-up is in layers.",
            "It is not asked there, and both heads are counted in FLOPs wherever they are asked.",
            "After the last layer there is nothing to decide.",
        ),
        Deviation(
            "Sampled exits and an average of all layers may be chosen; the average weighs the last layer by 1 - p_L.",
            "Q-exit only.",
            "It is what the paper proposes; and the weight left for the last layer is 1 - cdf, not 1 - p_L.",
        ),
    )

    def __init__(
        self,
        shape: Shape,
        pooling: Pooling = "mean",
        lambda_p: float = 0.2,
        beta: float = 0.5,
        places: Literal["pooler", "halting"] = "pooler",
    ) -> None:
        super().__init__(shape, pooling)
        self.lambda_p, self.beta, self.told = lambda_p, beta, places
        width, last = shape.widths[0], str(shape.layers)
        self.heads = nn.ModuleDict({last: self.heads[last]})
        self.places = nn.Parameter(torch.zeros(shape.layers, width))
        hidden = [part for _ in range(3) for part in (nn.Linear(2 * width, 2 * width), nn.Tanh())]
        leave = nn.Linear(2 * width, 1)
        nn.init.zeros_(leave.weight)
        nn.init.constant_(leave.bias, math.log(lambda_p / (1 - lambda_p)))
        self.halt = nn.Sequential(*hidden, leave)

    def head(self, layer: int) -> Head:
        return super().head(self.shape.layers)

    def shared(self, layer: int, vectors: Tensor) -> Tensor:
        """(..., D) -> (..., D) the shared pooler's output, what classifier and halting head read."""
        pooler = self.head(layer).hidden
        assert pooler is not None
        pooled: Tensor = pooler(vectors + self.places[layer - 1] if self.told == "pooler" else vectors).tanh()
        return pooled

    def weighed(self, layer: int, pooled: Tensor) -> Tensor:
        """(..., D) what the halting head reads of the pooler's output."""
        return pooled + self.places[layer - 1] if self.told == "halting" else pooled

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        """After the last layer nobody stays: the halting head is not asked."""
        asked = super().asks(moment, layer, readings, sentences, plan, knobs)
        return {k: v for k, v in asked.items() if k == "probs" or layer < self.shape.layers}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        which = asked["probs"]
        pooled = self.shared(layer, self.vectors(which, view))
        found = {"probs": self.head(layer).out(pooled).softmax(-1)}
        if "lambda" in asked:
            before = view.memory.setdefault("before", pooled.new_zeros(len(which), pooled.shape[1]))
            here = torch.from_numpy(np.flatnonzero(which))
            own = self.weighed(layer, pooled)
            found["lambda"] = self.halt(torch.cat([own, before[here]], -1))[:, 0].sigmoid()
            before[here] = own
        return found

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.stop(plan.live & (spent(readings["lambda"][1 : layer + 1])[-1] > knobs["q"]), sentences)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        values = np.concatenate([[np.nan], spent(readings["lambda"][1:])])
        values[-1] = np.where(np.isnan(readings["probs"][-1, 0, 0]), np.nan, 1.0)
        limits = np.full(len(values), knobs["q"])
        return (Comparison("cdf", "probability spent (cumulative)", values, limits, "above"),)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        halting = 2 * sum(part.weight.numel() for part in self.halt if isinstance(part, nn.Linear)) if "lambda" in asked.units else 0
        return asked.units["probs"] * (self.head(layer).flops + halting)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        stays, before, total = states[0].new_zeros(len(batch.labels), dtype=torch.float32), torch.zeros_like(states[0][:, 0]), []
        for i, share in enumerate(prior(self.shape.layers, self.lambda_p), start=1):
            pooled = self.shared(i, batch.pooled(states[i], self.pooling))
            wrong = F.cross_entropy(self.head(i).out(pooled).float(), batch.labels, reduction="none")
            leaves = stays  # log p_i; the last layer takes whatever is left
            if i < self.shape.layers:
                own = self.weighed(i, pooled)
                logit = self.halt(torch.cat([own, before], -1))[:, 0].float()
                leaves, stays, before = stays + F.logsigmoid(logit), stays + F.logsigmoid(-logit), own
            total.append(leaves.exp() * wrong + self.beta * share * (math.log(share) - leaves))
        return torch.stack(total).sum(0).mean()


def spent(lambdas: Floats) -> Floats:
    """(n, ...) lambda of the layers so far -> (n, ...) probability of having left; never above 1, so that q = 1 stops nobody."""
    return np.asarray(1 - np.cumprod(1 - lambdas, axis=0))


def prior(layers: int, lambda_p: float) -> list[float]:
    """The geometric distribution over layers; what lies beyond the last falls on it."""
    stays = [(1 - lambda_p) ** i for i in range(layers)]
    return [*(lambda_p * s for s in stays[:-1]), stays[-1]]
