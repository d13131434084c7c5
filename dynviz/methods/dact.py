r"""Every layer adds a vote, and the sentence leaves when no later layer could change the outcome.

Source: Eyzaguirre, del Rio, Araujo, Soto, DACT-BERT: Differentiable Adaptive Computation Time for an Efficient BERT Inference, NLP Power!
workshop at ACL 2022; the mechanism is DACT's, CVPR 2020. No code of DACT-BERT was found.

Rule: After layer $n$ a head gives class probabilities $y_n$ and a halting value $h_n$. The weight left to later layers is
$p_n = h_n\,p_{n-1}$, with $p_0 = 1$, and the answer so far is $a_n = y_n\,p_{n-1} + a_{n-1} (1 - p_{n-1})$.

With $d$ layers to go, the leading class $c$ cannot end below $a_n[c]\,(1 - p_n)^d$, and the runner-up $r$ cannot end above
$a_n[r] + p_n d$. The sentence exits when the first bound is at least the second. Nothing is lost: the answer equals full depth's.

Knob: None in the paper, where the operating point is set in training by $\tau$; so the checkpoints form a family. (inferred) The slack on
screen, 0 by default, lets a sentence exit that much before the proof is complete, and gives the guarantee up.

Training: The loss is the negative log-likelihood of $a_N$ plus $\tau \sum_n p_n$, over all $N$ layers.

(inferred) Each layer has a linear halting head, which starts at 0.9 and learns at ten times the classifiers' rate. The encoder gets
low-rank updates of the jointly trained model, whose classifiers it starts from.

Measured on the calibration split of SST-2: $\tau = 0.03$ gives 69 % of the compute and 0.879 (at the classifiers' rate 73 % and 0.877),
$\tau = 0.1$ 66 % and 0.877, $\tau = 0.3$ 31 % and 0.834. Jointly trained full depth is 0.875.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Picture, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._ramps import Ramps
from dynviz.records import Bools, Floats, Ints, Sentences, Trace
from dynviz.records.card import Comparison, Kind


class Dact(Ramps):
    """A classifier and a halting head after every layer. tau: weight of the remaining-weight penalty in training."""

    title: ClassVar[str] = "DACT-BERT"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "Eyzaguirre et al., NLP Power! at ACL 2022"
    stops: ClassVar[str] = "the sentence exits, provably without changing its answer"
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (Reading("halt", "sentence", "halting value", compared=False),)
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob(
            "slack", "exit before the proof by", 0.0, 2.0, 0.05, 0.0, -2.0, "up", "0: the paper's rule, lossless; above: no guarantee"
        ),
    )
    pictures: ClassVar[tuple[Picture, ...]] = (Picture("halting", "outlook"),)
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("mix", "lora", epochs=0.45, lr=5e-4, head_lr=5e-4),)
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "GLUE", "BERT-base, RoBERTa-base", "better than the baselines at low compute, competitive elsewhere", "not in the abstract",
            "Eyzaguirre et al., 2022, abstract",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "There is no knob: a sentence exits when its answer is proven.",
            "A slack, 0 by default, lets it exit that much before.",
            "It shows what the proof costs; at 0 the rule is the paper's.",
        ),
        Deviation(
            "The mechanism's paper penalizes the sum of the weights left to later layers; no code of DACT-BERT is at hand.",
            "Ours is that sum, with a linear halting head after each layer that starts at 0.9.",
            "Neither could be read for text; weights near 1 at first let every layer learn.",
        ),
        Deviation(
            "A pre-trained encoder is tuned whole.",
            "Low-rank updates of the jointly trained model.",
            "Its classifiers are good at every layer from the start, and a whole encoder for each tau is not stored.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, tau: float = 0.01) -> None:
        super().__init__(shape, pooling, hidden)
        self.tau = tau
        self.halts = nn.ModuleDict({str(i): nn.Linear(shape.widths[0], 1) for i in self.layers_read()})
        for halt in self.halts.values():
            assert isinstance(halt, nn.Linear)
            nn.init.zeros_(halt.weight)
            nn.init.constant_(halt.bias, float(np.log(9.0)))

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Halting heads start flat and have far to go: ten times the classifiers' rate."""
        return dict.fromkeys(self.halts.parameters(), 5e-3)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        pooled = self.vectors(asked["probs"], view)
        return {"probs": self.head(layer)(pooled).softmax(-1), "halt": self.halts[str(layer)](pooled)[:, 0].sigmoid()}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        votes, left = mixture(readings["probs"][1 : layer + 1], readings["halt"][1 : layer + 1])
        lower, upper = bounds(votes[-1], left[-1], self.shape.layers - layer)
        return plan.stop(plan.live & (lower - upper >= -knobs["slack"]), sentences)

    @classmethod
    def outlook(cls, trace: Trace) -> tuple[Floats, Floats, Floats] | None:
        if "halt" not in trace.readings or trace.readings["halt"].ndim != 1 or trace.probs.shape[1] != 1:
            return None
        ran, layers = trace.exit_layer, len(trace.layers)
        answers, left = mixture(trace.probs[1 : ran + 1], np.asarray(trace.readings["halt"])[1 : ran + 1, None])
        pairs = [bounds(a, p, layers - i) for i, (a, p) in enumerate(zip(answers, left, strict=True), start=1)]
        out = np.full((3, layers), np.nan)
        out[0, :ran], out[1, :ran], out[2, :ran] = left[:, 0], [low[0] for low, _ in pairs], [high[0] for _, high in pairs]
        return out[0], out[1], out[2]

    def answer(self, readings: Mapping[str, Floats], depth: Ints) -> Floats:
        votes, _ = mixture(readings["probs"][1:], readings["halt"][1:])
        return votes[depth - 1, np.arange(len(depth))]

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        votes, left = mixture(readings["probs"][1:], readings["halt"][1:, None])
        gaps = [np.subtract(*bounds(v, p, self.shape.layers - i)) for i, (v, p) in enumerate(zip(votes, left, strict=True), start=1)]
        values = np.concatenate([[np.nan], np.array(gaps)[:, 0]])
        label = "guaranteed lead (least of the leading class, less the most of the next)"
        return (Comparison("lead", label, values, np.full(len(values), 0.0 - knobs["slack"]), "at least"),)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return asked.units["probs"] * (self.head(layer).flops + 2 * self.shape.widths[0])

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        device = batch.labels.device
        answer, left, penalty = None, torch.ones(len(batch.labels), device=device), torch.zeros((), device=device)
        for i in self.layers_read():
            pooled = batch.pooled(states[i], self.pooling)
            vote = self.head(i)(pooled).float().softmax(-1)
            answer = vote if answer is None else vote * left[:, None] + answer * (1 - left[:, None])
            left = left * self.halts[str(i)](pooled)[:, 0].float().sigmoid()
            penalty = penalty + left.mean()
        assert answer is not None
        right = answer.gather(1, batch.labels[:, None]).clamp_min(1e-9)
        loss: Tensor = self.tau * penalty - right.log().mean()
        return loss


def mixture(votes: Floats, halts: Floats) -> tuple[Floats, Floats]:
    """From votes y (n, S, C) and halting values h (n, S): the answers so far a (n, S, C) and the weights left p (n, S)."""
    answers, left = np.empty_like(votes), np.empty_like(halts)
    answer, p = votes[0], np.ones(votes.shape[1])
    for n in range(len(votes)):
        answer = votes[n] * p[:, None] + answer * (1 - p[:, None])
        p = halts[n] * p
        answers[n], left[n] = answer, p
    return answers, left


def bounds(answer: Floats, left: Floats, layers_to_go: int) -> tuple[Floats, Floats]:
    """(S,) least the best class can end with, and most the runner-up can, from a (S, C) and p (S,)."""
    ordered = np.sort(answer, axis=-1)
    return ordered[:, -1] * (1 - left) ** layers_to_go, ordered[:, -2] + left * layers_to_go
