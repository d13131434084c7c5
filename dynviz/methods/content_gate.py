r"""A small gate looks at each token before each layer and drops those it closes on. Our variant beside Gate-BERT, not the paper's.

Source: An extension by DynViz of Gate-BERT (Jeong, Kwak, arXiv 2102.09727, 2021).

Rule: Before each layer the gate of a token is $g = \sigma(v \cdot x + b)$, computed from its state $x$, with a $v$ and a $b$ of the
layer's own; $\sigma$ is the sigmoid. In Gate-BERT it is learned for a rank instead. The token stays where its gate is at least the knob
$\tau$, and a dropped token never comes back. [CLS] has no gate.

So how many tokens stay reacts to the sentence, and one checkpoint gives a whole curve.

Knob: $\tau$, the gate below which a token is dropped. Larger drops more, 0 drops nothing. Each setting is a run of its own, because later
gates depend on earlier removals.

Training: As Gate-BERT's: the cross-entropy plus $\lambda$ times the sum over layers of the mean over tokens of $g + \mu g (1 - g)$, where
$\mu$ rises from 0. Then comes a stage with the gates' parameters fixed and real removal.

Measured on the calibration split of SST-2 at $\lambda = 0.1$: 0.865 at 69 % of the compute ($\tau = 0.2$), 0.869 at full depth, the plain
model 0.880. Near the middle ($\tau = 0.5$, 60 %) it falls off: the last stage is short.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from dynviz.core.method import Asked, Batch, Knob, Knobs, Moment, Phase, Plan, Pooling, Reading, Shape, View
from dynviz.methods._gates import RECIPE, bimodal, gate_bias
from dynviz.methods._ramps import cross_entropy
from dynviz.methods._tokens import TokenDropper, gated_layer
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Kind


class ContentGate(TokenDropper):
    """A linear gate before every layer. weight: lambda; mu: final strength of the bi-modal term."""

    title: ClassVar[str] = "Content gate (ours)"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "a variant of Gate-BERT by DynViz"
    stops: ClassVar[str] = "tokens are dropped"
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "after"})
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("gate", "token", "gate (1 open, 0 closed)", side="below"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("tau", "a token stays at a gate of at least", 0.0, 1.0, 0.01, 0.5, 0.0, "up", "0 drops nothing"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (
        0.02, 0.04, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.87, 0.9, 0.92, 0.93, 0.95, 0.98,
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = RECIPE

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, weight: float = 0.1, mu: float = 1.0) -> None:
        super().__init__(shape, pooling, hidden)
        self.weight, self.mu = weight, mu
        self.gates = nn.ModuleList(nn.Linear(shape.widths[0], 1) for _ in range(shape.layers))
        for gate in self.gates:
            assert isinstance(gate, nn.Linear)
            nn.init.constant_(gate.bias, 3.0)

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Gates learn at their own rate, and are fixed while hardening."""
        return dict.fromkeys(self.gates.parameters(), 2e-3 if phase.name == "gates" else 0.0)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment == "before":
            return {"gate": plan.visible & ~sentences.first}
        return self.answer_asks(moment, layer, plan, sentences)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "after":
            return super().read(moment, layer, asked, view)
        states = view.of(asked["gate"])
        return {"gate": self.gates[layer - 1](states)[:, 0].sigmoid()}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.drop(readings["gate"][layer - 1] < knobs["tau"]) if moment == "before" else plan

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        if moment == "before":
            return asked.units["gate"] * 2 * self.shape.widths[0]
        return self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        encoder, hard = batch.encoders[0], phase.name == "harden"
        state = encoder.embed(batch.ids, batch.positions, batch.types)
        open_share, penalty, mu = batch.real.float(), state.new_zeros((), dtype=torch.float32), self.mu * min(1.0, 1.5 * batch.progress)
        for i, layer in enumerate(encoder.layers):
            gate = self.gates[i](state)[..., 0].float().sigmoid()
            gate = (gate >= 0.5).float() if hard else gate
            gate = gate.masked_fill(batch.first, 1.0)
            penalty = penalty + (bimodal(gate, mu) * batch.real).sum(1).div(batch.real.sum(1)).mean()
            open_share = open_share * gate
            state, _ = gated_layer(layer, state * gate[..., None].to(state.dtype), gate_bias(open_share, batch.real))
        task = cross_entropy(self.answer_logits(batch, state, open_share), batch.labels)
        return task if hard else task + self.weight * penalty
