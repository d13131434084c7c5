r"""One gate after a low layer deletes tokens, once and for good, by a rate that a controller holds; MrT5's gate on an encoder for words.

Source: The delete gate of Kallini, Murty, Manning, Potts, Csordas, MrT5: Dynamic Token Merging for Efficient Byte-level Language Models,
ICLR 2025, arXiv 2410.20771. Code: jkallini/mrt5.

Rule: After layer $g$ each token has $s = \sigma(w \cdot \text{LN}(x) + b)$, from its state $x$; $\sigma$ is the sigmoid and $\text{LN}$ a
layer normalisation of the gate's own. The tokens with $s < \tau$ are deleted; the layers above never see them. [CLS] stays.

So a token's depth is $g$ or that of the whole model, and how many are deleted depends on the sentence.

Knob: The score $\tau$ below which a token is deleted. Larger deletes more, 0.5 is the trained point, 0 deletes nothing. The score is read
once, so only the layers above the gate differ between settings.

Training: From the plain model. In the soft stage $G = k (1 - s)$ is added to the attention logits of the token as a key in every layer
above the gate, with $k = -10$. The loss is the cross-entropy plus $a$ times the mean of $G$, where $a$ follows a proportional and integral
controller, so that the share of tokens with $s < 0.5$ comes to a target. A short stage with real removal follows, the gate fixed.

(inferred) The gate stands after layer 2 of 6, as MrT5's stands after layer 3 of its encoder. Of layers 1, 2 and 3 it was the best on the
calibration rows: at about two thirds of compute it alone lost nothing there. Readings of the other two ship.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from dynviz.core.attention import hidden_keys
from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._ramps import cross_entropy
from dynviz.methods._tokens import TokenDropper
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Kind

STEEP = -10.0  # k: what is added to the logits of a token deleted for certain
PROPORTIONAL, INTEGRAL, MEMORY = 0.5, 1e-3, 0.9  # of the controller


class DeleteGate(TokenDropper):
    """One gate. after: the layer it stands after; target: the share of tokens that it is to delete."""

    title: ClassVar[str] = "Delete gate (MrT5's)"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "the gate of Kallini et al., ICLR 2025"
    stops: ClassVar[str] = "tokens are deleted, once"
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("keep", "token", "score of the gate (1 keep, 0 delete)", side="below"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("tau", "a token is deleted below a score of", 0.0, 1.0, 0.01, 0.5, 0.0, "up", "0 deletes nothing; 0.5 is the trained point"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99)
    recipe: ClassVar[tuple[Phase, ...]] = (
        Phase("soft", "lora", epochs=0.25, lr=5e-4, head_lr=2e-4, whole=0.6),
        Phase("hard", "lora", epochs=0.15, lr=3e-4, head_lr=2e-4, whole=0.6),
    )
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "span corruption, XNLI and others, bytes", "ByT5 Small", "nearly the accuracy of ByT5",
            "sequences up to 75 % shorter", "Kallini et al., ICLR 2025, abstract",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "A sequence of bytes, read by a model that was pre-trained with the gate or goes on pre-training.",
            "Word pieces, and a gate that learns while the model is tuned for a task.",
            "Bytes are many and poor; what is asked here is what the gate does to words.",
        ),
        Deviation(
            "[CLS] is a token like others, and the code stops where all would be deleted.",
            "[CLS] has no gate.",
            "A sentence could be left without any token to be read.",
        ),
        Deviation(
            "Attention is divided by one more than its sum (softmax1), and k is -30, in the commands of the README.",
            "The plain softmax, and -10, as in the default configuration of their model.",
            "With nothing deleted the model must be the plain one.",
        ),
        Deviation(
            "The controller's integral part grows by 0.00001 times the missing rate in a step.",
            "By 0.001 times.",
            "Ours trains for hundreds of steps, not for many thousands.",
        ),
        Deviation(
            "Hard deletion can be drawn by chance for some batches of training; by default it is not.",
            "A stage of its own, with the gate fixed.",
            "The model sees what it will be given, and the controller is not disturbed.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, after: int = 2, target: float = 0.5) -> None:
        super().__init__(shape, pooling, hidden)
        if after < 1:
            raise ValueError(f"'after' is {after}, and layers count from 1")
        self.after, self.target = min(after, shape.layers - 1), target
        self.norm = nn.LayerNorm(shape.widths[0])
        self.gate = nn.Linear(shape.widths[0], 1)
        nn.init.constant_(self.gate.bias, 1.0)
        self.register_buffer("controller", torch.zeros(3))  # p, i, and the share deleted in the last batch

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """The gate learns at its own rate in the soft stage, and not at all in the hard one."""
        return dict.fromkeys((*self.norm.parameters(), *self.gate.parameters()), 2e-3 if phase.name == "soft" else 0.0)

    def after_step(self, phase: Phase) -> None:
        """The controller: more weight on deletion while too few are deleted."""
        p, i, rate = self._controller().tolist()
        missing = self.target - rate
        self._controller()[:2] = torch.tensor([MEMORY * p + (1 - MEMORY) * PROPORTIONAL * missing, i + INTEGRAL * missing])

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if layer == self.after:
            return {"keep": plan.visible & ~sentences.first}
        return self.answer_asks(moment, layer, plan, sentences)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if layer != self.after:
            return super().read(moment, layer, asked, view)
        return {"keep": self._score(view.of(asked["keep"]))}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.drop(readings["keep"][layer] < knobs["tau"]) if layer == self.after else plan

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return asked.units["keep"] * 2 * self.shape.widths[0] if layer == self.after else self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        encoder, hard = batch.encoders[0], phase.name == "hard"
        state, seen = encoder.embed(batch.ids, batch.positions, batch.types), batch.real
        bias, kept, penalty = hidden_keys(seen), batch.real.float(), state.new_zeros((), dtype=torch.float32)
        for number, layer in enumerate(encoder.layers, start=1):
            context, _ = layer.attend_padded(state, bias, weights=False)
            state = layer.norm(layer.sums(layer.attended(state, context)))
            if number != self.after:
                continue
            score = self._score(state).float().masked_fill(batch.first, 1.0)
            kept = torch.where(seen, score, 0.0) if not hard else (seen & (score >= 0.5)).float()
            push = STEEP * (1 - score)
            rate = (seen & (score < 0.5)).sum() / seen.sum()
            self._controller()[2] = rate.detach()
            penalty = (push * seen).sum() / seen.sum()
            bias = hidden_keys(kept > 0) if hard else push.masked_fill(~seen, -torch.inf)[:, None, None, :]
        task = cross_entropy(self.answer_logits(batch, state, kept), batch.labels)
        return task if hard else task + self._controller()[:2].sum().clamp_min(0).detach() * penalty

    def _score(self, states: Tensor) -> Tensor:
        out: Tensor = self.gate(self.norm(states))[..., 0].sigmoid()
        return out

    def _controller(self) -> Tensor:
        found = self.controller
        assert isinstance(found, Tensor)
        return found
