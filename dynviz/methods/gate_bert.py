r"""Learned gates say how many tokens, ranked by the attention they received, may enter each layer.

Source: Jeong, Kwak, Learning Dynamic BERT via Trainable Gate Variables and a Bi-modal Regularizer, arXiv 2102.09727, 2021. No code is
known.

Rule: Gates act on the input vectors of each layer. Tokens are sorted, and each is matched with the gate $g$ of its rank; it stays where
$g$ is at least the knob. So which tokens enter a layer depends on the sentence, how many depends on its length alone: never a depth
chosen for each input.

(inferred, no code or full text being at hand) Gates belong to bins of relative rank, so that short sentences do not always sit in the
first gates. Tokens are sorted by the attention that they received from others in the layer before; layer 1 takes all. A removed token
never comes back. [CLS] has rank 0 and an open gate.

Knob: $\tau$, 0.5 in the middle of the two modes; 0 removes nothing. It is nearly flat by design: the real knob is $\lambda$, set in
training, so the checkpoints form a family.

Training: From the plain model by low-rank updates. The loss is the cross-entropy plus $\lambda$ times the sum over layers of the mean
over gates of $g + \mu g (1 - g)$: a regularizer with two modes, which pushes the gates to 0 or 1. $\mu$ rises from 0, since $\mu > 1$
from the start would hold every gate at 1. Gates are clipped to $[0, 1]$ after each step. A gate multiplies the input, and its logarithm
is added to the key's attention logits.

(inferred) Then comes a short stage with the gates fixed at 0 or 1 and real removal.

Measured at $\lambda = 0.1$: with $\mu$ risen in two thirds of the stage 92 % of the gates stayed open. When it rises with the square of
progress, 71 % stayed open at a final $\mu$ of 3, but 41 % of the gates ended between 0.1 and 0.9; at 5, as here, 76 % and 19 %.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Picture, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._gates import RECIPE, bimodal, gate_bias
from dynviz.methods._ramps import cross_entropy
from dynviz.methods._tokens import TokenDropper, attention, gated_layer, ranks, received
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Kind, Learned


class GateBert(TokenDropper):
    """Rank gates before layers 2..L. weight: lambda; mu: final strength of the bi-modal term; bins of relative rank."""

    title: ClassVar[str] = "Gate-BERT"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "Jeong, Kwak, arXiv 2021"
    stops: ClassVar[str] = "tokens are dropped, a learned number per layer"
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "between", "after"})
    needs_attention: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("received", "token", "attention received from others"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("tau", "a gate is open at or above", 0.0, 1.0, 0.05, 0.5, 0.0, "up", "0 removes nothing; flat in between by design"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (0.05, 0.25, 0.3, 0.35, 0.5, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
    pictures: ClassVar[tuple[Picture, ...]] = (
        Picture(
            "gates", "gates", ("gates",),
            "The learned gates are the same for every sentence: what differs is which token has which rank, and how many there are. "
            "Layer 1 takes every token.",
        ),
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = RECIPE
    published: ClassVar[tuple[Published, ...]] = (
        Published("GLUE", "BERT", "minimal drop", "reduced computational cost", "Jeong & Kwak, arXiv 2102.09727, abstract"),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "Sorted tokens are matched with the gates of a layer; by what they are sorted, and gates of what length, could not be read.",
            "They are sorted by the attention received in the layer before; gates belong to 16 bins of relative rank.",
            "With gates by absolute rank short sentences would always meet the first ones.",
        ),
        Deviation(
            "Gates act on the input vectors.",
            "Their logarithm is added to the attention logits of the same tokens as well.",
            "A vector times 0 is still a key that takes attention; so training agrees with removal.",
        ),
        Deviation(
            "One stage.",
            "A short second one, with the gates fixed at 0 or 1 and real removal.",
            "Some gates end in between, and the model should have seen what it will be given.",
        ),
    )

    def __init__(
        self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, weight: float = 0.1, mu: float = 5.0, bins: int = 16
    ) -> None:
        super().__init__(shape, pooling, hidden)
        self.weight, self.mu = weight, mu
        self.gates = nn.Parameter(torch.ones(shape.layers - 1, bins))

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """Layer 1, which has no gates, is open."""
        gates = tensors.get("gates")
        return None if gates is None else Learned(np.vstack([np.ones(gates.shape[1]), gates]))

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Gates learn at their own rate, without decay, and are fixed while hardening."""
        return {self.gates: 1e-2 if phase.name == "gates" else 0.0}

    def after_step(self, phase: Phase) -> None:
        """Clip the parameter itself: clipping in the forward pass would leave dead gates that never come back."""
        with torch.no_grad():
            self.gates.clamp_(0, 1)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment == "between":
            return {"received": plan.attending} if layer < self.shape.layers else {}
        return self.answer_asks(moment, layer, plan, sentences)

    def of_attention(self, weights: Tensor) -> Tensor:
        """What each token received from others."""
        return received(weights, own=False)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        return {"received": attention(view)} if moment == "between" else super().read(moment, layer, asked, view)

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment != "before" or layer == 1:
            return plan
        gates = self.gates.detach().double().numpy()[layer - 2]
        rank = ranks(readings["received"][layer - 1], plan.visible, sentences)
        lengths = sentences.lengths[sentences.owner]
        gate = gates[np.minimum(np.maximum(rank, 0) * len(gates) // lengths, len(gates) - 1)]
        return plan.drop((gate < knobs["tau"]) & ~sentences.first)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        encoder, hard = batch.encoders[0], phase.name == "harden"
        gates = (self.gates >= 0.5).float().detach() if hard else self.gates
        state = encoder.embed(batch.ids, batch.positions, batch.types)
        open_share = batch.real.float()  # product of the gates a token has passed
        scores = open_share
        for i, layer in enumerate(encoder.layers):
            if i:
                gate = self._matched(gates[i - 1], scores, open_share, batch)
                open_share = open_share * gate
                state = state * gate[..., None].to(state.dtype)
            state, weights = gated_layer(layer, state, gate_bias(open_share, batch.real))
            others = weights.float() * (1 - torch.eye(weights.shape[-1], device=weights.device))
            scores = (others.mean(1).detach() * open_share.detach()[..., None]).sum(1)
        task = cross_entropy(self.answer_logits(batch, state, open_share), batch.labels)
        if hard:
            return task
        mu = self.mu * batch.progress**2
        return task + self.weight * torch.stack([bimodal(row, mu).mean() for row in self.gates]).sum()

    def _matched(self, gates: Tensor, scores: Tensor, open_share: Tensor, batch: Batch) -> Tensor:
        """(B, T) the gate each token is matched with by rank; [CLS] open, closed and padded tokens last."""
        real, first = batch.real, batch.first
        order = torch.where(real & (open_share > 0.5), scores, scores - 1e3).masked_fill(~real, -1e6)
        order = order.masked_fill(first, 1e6)
        rank = order.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
        bins = (rank * gates.shape[0] // real.sum(1, keepdim=True)).clamp_max(gates.shape[0] - 1)
        return gates[bins].masked_fill(first, 1.0)
