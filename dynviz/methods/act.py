r"""Each token gathers halting values; when they add up it stops, and the answer is read from the mixture of its states.

Source: Graves, Adaptive Computation Time for Recurrent Neural Networks, arXiv 1603.08983, 2016; with one halting clock for each position
in Dehghani, Gouws, Vinyals, Uszkoreit, Kaiser, Universal Transformers, ICLR 2019. Code: tensor2tensor.

Rule: After layer $n$ a head that all layers share gives each token a halting value $h_n = \sigma(w \cdot s_n + b)$, computed from the
token's state $s_n$; $\sigma$ is the sigmoid. The token halts at the first layer $N$ where $h_1 + \dots + h_N$ reaches the knob. Its state
is then frozen: later layers skip it, and the other tokens still see it as key and value.

The final state of a token is $\sum_{n \le N} p_n s_n$. The weights are $p_n = h_n$ for $n < N$ and, for $n = N$, the remainder
$R = 1 - \sum_{n < N} h_n$; they never pass a sum of one. A token that still runs at the last layer gets its remainder there, so no
halting value is read after that layer.

The classifier reads the mixture, pooled over all tokens, once: where the sentence stops, or after the last layer.

[CLS] is never frozen: it runs, and adds to its mixture, as long as any other token runs. When all others have halted the sentence has its
answer and stops, and [CLS] gets its remainder there.

(inferred) Neither paper is about a BERT: here the steps are the encoder's own layers, each with its own weights.

Knob: The sum at which a token halts, $1 - \varepsilon$ in the paper, 0.99. Larger stops later. Each setting is a run of its own, because
a frozen token changes what the others see.

The papers set the operating point in training, by the weight $\tau$ of the ponder cost; so the checkpoints form a family.

Training: The loss is the cross-entropy plus $\tau$ times the mean of $N + R$ over all tokens but [CLS]. $N$ counts as a constant, and
only $R$ carries a gradient. Halted states are copied in training too, so that the model learns on what it will see.

(inferred) The encoder is the plain model's with low-rank updates, and the classifier starts as the plain model's. The halting head starts
at $w = 0$, $b = -2$, so that at first nothing halts, and learns at ten times the classifier's rate.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from dynviz.core.attention import hidden_keys
from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Reading, Shape, View
from dynviz.methods._ramps import cross_entropy, uncertainty
from dynviz.methods._tokens import TokenDropper
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind

TRAINED_AT = 0.99  # the sum at which a token halts in training: 1 - eps


class Act(TokenDropper):
    """One halting head for all layers, and one classifier on the mixture. tau: weight of the ponder cost in training."""

    title: ClassVar[str] = "ACT"
    kind: ClassVar[Kind] = "depth"
    venue: ClassVar[str] = "Graves, 2016; per position in the Universal Transformer, ICLR 2019"
    stops: ClassVar[str] = "tokens halt one by one; their states are frozen"
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "after"})
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("halt", "token", "halting value", compared=False),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("halt", "a token halts once its halting values sum to", 0.05, 1.0, 0.01, 0.99, 99.0, "down", "0.99: as trained"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("ponder", "lora", epochs=0.8, lr=5e-4, head_lr=5e-4),)
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "One block is used again and again, with an embedding of the step added before each.",
            "The steps are the encoder's own layers.",
            "It stands on a pre-trained BERT.",
        ),
        Deviation(
            "The Universal Transformer's code computes all positions until the last one has halted; the others see them move on.",
            "A halted token is skipped for good; the others see the state it halted with.",
            "Graves copies the state, and only what is not computed is saved.",
        ),
        Deviation(
            "That code reads the halting value of a step before its block has run.",
            "It is read from the state the layer has just made.",
            "In Graves's definition the value judges the state that it weighs.",
        ),
        Deviation(
            "By default, that code interpolates: each new state also shrinks the weights of all earlier ones.",
            "The final state is the weighted sum.",
            "Only then do the weights add up to one, as in the paper.",
        ),
        Deviation(
            "A position that never reaches the threshold gets no remainder there.",
            "It gets the remainder at the last layer.",
            "Its weights would not add up to one.",
        ),
        Deviation(
            "Every position halts, the first token too.",
            "[CLS] runs, and gathers, as long as any other token does.",
            "No method here drops or freezes [CLS].",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, tau: float = 0.02) -> None:
        super().__init__(shape, pooling, hidden)
        self.tau = tau
        self.halt = nn.Linear(shape.widths[0], 1)
        nn.init.zeros_(self.halt.weight)
        nn.init.constant_(self.halt.bias, -2.0)

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """The halting head starts flat and has far to go: ten times the classifier's rate."""
        return dict.fromkeys(self.halt.parameters(), 5e-3)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment == "after" and layer < self.shape.layers:
            return {"halt": plan.attending}
        done = plan.live if moment == "after" else settled(sentences, plan)
        return {"probs": done, "uncertainty": done}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        states, memory = view.states, view.memory
        mixed = memory.setdefault("mixed", torch.zeros_like(states))  # (N, D) sum of p_n s_n so far
        left = memory.setdefault("left", states.new_ones(len(states)))  # (N,) weight left to later layers
        if "halt" in asked:
            rows = torch.from_numpy(np.flatnonzero(asked["halt"]))
            values = self.halt(states[rows])[:, 0].sigmoid()
            share = torch.minimum(values, left[rows])
            mixed[rows] += share[:, None] * states[rows]
            left[rows] -= share
            return {"halt": values}
        whole = replace(view, states=mixed + left[:, None] * states)  # a frozen token's state is still that of the layer where it halted
        probs = self.head(self.shape.layers)(whole.pooled(asked["probs"], self.pooling)).softmax(-1)
        return {"probs": probs, "uncertainty": uncertainty(probs)}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment == "before":
            return plan.stop(settled(sentences, plan), sentences)
        gathered = np.nansum(readings["halt"], axis=0)
        return plan.freeze((gathered >= knobs["halt"]) & ~sentences.first)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        gathered = np.where(np.isnan(readings["halt"]), np.nan, np.nancumsum(readings["halt"], axis=0))
        limits = np.full(self.shape.layers + 1, knobs["halt"])
        return (Comparison("halt", "sum of halting values", gathered, limits, "at least"),)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        if "halt" in asked.units:
            return asked.units["halt"] * 2 * self.shape.widths[0]
        return asked.units["probs"] * self.head(self.shape.layers).flops

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        states, ponder = self.mixture(batch)
        pooled = batch.pooled(states, self.pooling)
        others = (batch.real & ~batch.first).float()
        cost = (ponder * others).sum() / others.sum().clamp_min(1)
        return cross_entropy(self.head(self.shape.layers)(pooled).float(), batch.labels) + self.tau * cost

    def mixture(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """(B, T, D) the tokens' final states in a pass that freezes what halts, and (B, T) their ponder N + R."""
        encoder, bias = batch.encoders[0], hidden_keys(batch.real)
        state = encoder.embed(batch.ids, batch.positions, batch.types)
        mixed, running, left = torch.zeros_like(state), batch.real, batch.real.float()
        steps, rest = torch.zeros_like(left), left
        for i, layer in enumerate(encoder.layers, start=1):
            context, _ = layer.attend_padded(state, bias, weights=False)
            state = torch.where(running[..., None], layer.norm(layer.sums(layer.attended(state, context))), state)
            steps, rest = steps + running, torch.where(running, left, rest)
            if i == len(encoder.layers):
                break
            share = torch.minimum(self.halt(state)[..., 0].float().sigmoid(), left) * running
            mixed, left = mixed + share[..., None] * state, left - share
            others = running & ~batch.first & (1 - left < TRAINED_AT)
            running = torch.where(batch.first, others.any(1, keepdim=True), others)
        return mixed + left[..., None] * state, steps + rest


def settled(sentences: Sentences, plan: Plan) -> Bools:
    """(S,) the live sentences in which every token but [CLS] has halted."""
    halted, running = plan.visible & ~plan.attending, plan.attending & ~sentences.first
    return plan.live & sentences.any(halted) & ~sentences.any(running)
