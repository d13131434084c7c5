r"""Learned gates drop tokens by their rank in attention received, trained to save a share of the compute that is set in advance.

Source: Li, Zhang, Xu, Wang, Yan, Xia, Yang, Cao, Sun, Deng, Zhang, Yang, Constraint-aware and Ranking-distilled Token Pruning for
Efficient Transformer Inference (ToP), KDD 2023. Code: microsoft/Moonlit, folder ToP. Its rule and its loss at a fortieth of its
training: the numbers of the paper are not to be expected of it.

Rule: Before each layer but the first, the tokens still there are ranked by the attention that they received in the layer before, and cut
into bins of equal shares. Each bin has a gate of that layer; tokens whose gate is closed leave. [CLS] has neither rank nor gate. Which
tokens leave depends on the sentence; the share that leaves does not.

A token that has left keeps its last state, and the classifier reads the mean over all tokens, those that left among them.

Knob: The factor $c$ that multiplies the number of closed gates of each layer; those that were most open in training close last. 1 is the
trained point, 0 closes none, and there is none in the paper: its knob is the target share, one training for each value.

Training: From the plain model by low-rank updates, in two stages. A gate is $z = \min(1, \max(0, 1.2\,\sigma(x) - 0.1))$ with
$x = (\ln u - \ln(1 - u) + a) / T$, where $u$ is drawn anew for each step, $a$ is learned and $T$ is 2/3. It multiplies the token's input
vector. A switch of the same kind turns all gates of a layer on; at first the gates are open and the switches off.

The loss is the divergence from the plain model's answers at temperature 2, plus $\lambda_1 (s - t) + \lambda_2 (s - t)^2$, plus
$\beta$ times a ranking loss. $s$ is the share of compute that the gates are expected to save on the batch, $t$ the target, which rises
from 0 over the first half of the stage, while $\beta$ falls to a hundredth. Gates and weights descend, $\lambda_1$ and $\lambda_2$ ascend.

The ranking loss is the sum over pairs of tokens of $(y_i - y_j) \log_2(1 + e^{s_j - s_i})$, where $s_i$ is the attention received in
an early layer and $y_i > y_j$ are ranks by attention received in the plain model's last layer, among its first 20.

Then in each layer as many gates are closed as are expected to be, the least open first, and a stage with real removal follows.

(inferred) With 6 layers the early one is layer 2, a sixth and a third of the authors' 12 being layers 2 and 4; gates stand from layer 2
on, theirs from layer 3 or 4.

So short a training hardly moves the ranks: on SST-2 the attention received in layers 1 to 3 goes with that in the plain model's last layer
by 0.31 (Spearman's correlation, `python -m dynviz pruned`), and the plain model's own by 0.30.
"""

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.attention import hidden_keys
from dynviz.core.method import (
    Asked,
    Batch,
    Deviation,
    Knob,
    Knobs,
    Moment,
    Phase,
    Picture,
    Plan,
    Pooling,
    Published,
    Reading,
    Result,
    Shape,
    View,
    reported,
)
from dynviz.methods._tokens import TokenDropper, attention, gated_layer, ranks
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Kind, Learned
from dynviz.records.cost import LayerSize

README = "microsoft/Moonlit, ToP, README"
CONCRETE = 2 / 3  # temperature of a gate's draw
LOW, HIGH = -0.1, 1.1  # what a draw is stretched to before it is clipped to [0, 1]
LIMIT = math.log(100)  # of the size of a gate's parameter
AT_ZERO = CONCRETE * math.log(-LOW / HIGH)  # a gate is above 0 with the chance sigmoid(a - AT_ZERO)
SOFT = 2.0  # temperature of the answers that are learned from
FIRST = 20  # tokens whose order is learned
FAINT = 0.01  # least part of the ranking loss's weight
_LONG = "All weights and the gates are tuned for 40 epochs there, for one here; what the model reaches without them is not given."


class ToPGates(TokenDropper):
    """Rank gates before layers 2..L. target: share of the compute to save; bins of relative rank; order: beta, at first; rate: of gates."""

    title: ClassVar[str] = "ToP's rank gates, briefly trained"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "after Li et al., KDD 2023"
    stops: ClassVar[str] = "tokens are dropped, a learned share per layer"
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "between", "after"})
    needs_attention: ClassVar[bool] = True
    asks_teacher: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("received", "token", "attention received"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("closed", "closed gates, times", 0.0, 2.0, 0.05, 1.0, 0.0, "up", "0 drops nothing; 1 is the trained point"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
    pictures: ClassVar[tuple[Picture, ...]] = (
        Picture(
            "gates", "gates", ("openness", "switch"),
            "The chance that a gate is open, its layer's switch counted in. Gates are the same for every sentence: what differs is which "
            "token has which rank among those still there. Layer 1 takes every token.",
        ),
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = (
        Phase("gates", "lora", epochs=0.75, lr=3e-4, head_lr=2e-4, whole=0.6),
        Phase("tune", "lora", epochs=0.25, lr=3e-4, head_lr=2e-4, whole=0.6),
    )
    published: ClassVar[tuple[Published, ...]] = (
        reported(
            "SST-2 dev",
            "BERT-base",
            Result("sst2", "dev", 93.4, None, "FLOPs", fewer=4.66, padded=64, why=_LONG),
            README,
            "target 40 % without padding",
        ),
        Published("MNLI dev", "BERT-base", "83.4 accuracy", "6.68x fewer FLOPs, padded to 128 (target 50 % without padding)", README),
        Published("QQP dev", "BERT-base", "90.9 accuracy", "12.41x fewer FLOPs, padded to 128 (target 65 % without padding)", README),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The whole model and the gates are tuned for 40 epochs (SST-2).",
            "Low-rank updates and the gates, for 1 epoch on SST-2 and 0.35 over 8,000 reviews of IMDB; gates at 5 times the rate.",
            "Everything here is trained on one CPU; the title says so, and does not bear the method's name alone.",
        ),
        Deviation(
            "In training a closed token is multiplied by 0 and still seen; in evaluation it is masked.",
            "In training too it is seen by nobody; a half-open one is multiplied.",
            "A vector of zeros is still a key that takes attention.",
        ),
        Deviation(
            "Tuning after the gates are fixed is an option of the scripts, 20 epochs.",
            "A quarter of an epoch, always.",
            "The gates are drawn in training, and the model should have seen what it will be given.",
        ),
        Deviation(
            "Switches are rounded by themselves, each to on or off.",
            "A switch counts in the expected number of its layer's closed gates, which is rounded.",
            "After a short training many are neither, and rounding them would miss the target.",
        ),
        Deviation(
            "The expected compute takes the feed-forward block at the next layer's length.",
            "At the layer's own.",
            "Tokens leave before a layer, and its feed-forward block runs on what is left: so it is counted here.",
        ),
        Deviation(
            "Padding takes part in the scores as tokens that attend, and in the ranking loss as the tokens of least rank.",
            "It is masked in both.",
            "The order of a sentence's tokens must not depend on its neighbours' lengths.",
        ),
        Deviation(
            "There is no knob once gates are closed.",
            "The number of closed gates can be multiplied.",
            "So that one checkpoint shows more than one point; only 1 was trained for.",
        ),
    )

    def __init__(
        self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, target: float = 0.4, bins: int = 25, order: float = 1e-2,
        rate: float = 0.1,
    ) -> None:  # fmt: skip
        super().__init__(shape, pooling, hidden)
        self.target, self.order, self.rate = target, order, rate
        self.openness = nn.Parameter(torch.full((shape.layers - 1, bins), LIMIT))
        self.switch = nn.Parameter(torch.full((shape.layers - 1,), -LIMIT))
        self.multipliers = nn.Parameter(torch.zeros(2))
        self.closed: Tensor  # gates closed in each layer
        self.turn: Tensor  # the place of each gate among its layer's, the first to close 0
        self.register_buffer("closed", torch.zeros(shape.layers - 1))
        self.register_buffer("turn", torch.arange(bins).flip(0).float().repeat(shape.layers - 1, 1))

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """Layer 1, which has no gates, is open."""
        if "openness" not in tensors or "switch" not in tensors:
            return None
        opened, on = (1 / (1 + np.exp(AT_ZERO - tensors[name])) for name in ("openness", "switch"))
        return Learned(np.vstack([np.ones(opened.shape[1]), 1 - (1 - opened) * on[:, None]]))

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Gates, switches and multipliers learn at their own rate, and not at all in the last stage."""
        own = (self.openness, self.switch, self.multipliers)
        return dict.fromkeys(own, self.rate if phase.name == "gates" else 0.0)

    def after_step(self, phase: Phase) -> None:
        """Gates and switches keep where a draw can still change them, as in the authors' code."""
        with torch.no_grad():
            self.openness.clamp_(-LIMIT, LIMIT)
            self.switch.clamp_(-LIMIT, LIMIT)

    def after_phase(self, phase: Phase) -> None:
        """After the gates are learned: close as many in each layer as are expected to be closed, its switch counted in."""
        if phase.name == "gates":
            shut = (1 - chance(self.openness.detach())).sum(1) * chance(self.switch.detach())
            self.closed.copy_(shut.round())
            later_first = self.openness.detach().flip(1).argsort(dim=1, stable=True).argsort(dim=1).flip(1)
            self.turn.copy_(later_first)

    def backward(self, loss: Tensor, shared: Mapping[str, nn.Parameter]) -> None:
        """All descend but the multipliers, which ascend."""
        super().backward(loss, shared)
        if self.multipliers.grad is not None:
            self.multipliers.grad.neg_()

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment == "between":
            return {"received": plan.attending} if layer < self.shape.layers else {}
        return self.answer_asks(moment, layer, plan, sentences)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "between":
            return {"received": attention(view)}
        return super().read(moment, layer, asked, view.with_left())  # a token that left is read as it was

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment != "before" or layer == 1:
            return plan
        turn, closed = self.turn[layer - 2].double().numpy(), int(self.closed.tolist()[layer - 2] * knobs["closed"] + 0.5)
        ranked = ranks(readings["received"][layer - 1], plan.visible, sentences) - 1  # [CLS] has none
        others = (sentences.count(plan.visible) - 1).clip(1)[sentences.owner]
        bins = (ranked.clip(0) * len(turn) // others).clip(max=len(turn) - 1)
        return plan.drop((turn[bins] < closed) & ~sentences.first)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        assert batch.teacher is not None
        soft = phase.name == "gates"
        gates = self.drawn() if soft else (self.turn >= self.closed[:, None]).float()
        states, scores = self.gated(gates, batch)
        logits = self.head(self.shape.layers)(batch.pooled(states, self.pooling)).float()
        task = distilled(logits, batch.teacher.logits(batch))
        if not soft:
            return task
        done = min(1.0, 2 * batch.progress)
        missed = self.saved(batch.real.sum(1), batch.encoders[0].sizes()[0]) - self.target * done
        constraint = self.multipliers[0] * missed + self.multipliers[1] * missed**2
        wanted = columns(batch.teacher.attention(batch), batch.real)
        early = torch.stack([misordered(score, wanted, batch.real & ~batch.first) for score in scores[1 : max(2, self.shape.layers // 3)]])
        return task + constraint + self.order * max(FAINT, 1 - done) * early.sum()

    def drawn(self) -> Tensor:
        """(L-1, B) gates drawn for one step: 1 where the layer's switch is drawn off."""
        opened, on = hard_concrete(self.openness), hard_concrete(self.switch)
        on = (on > 0).float() - on.detach() + on  # on or off; its gradient is the draw's
        return 1 - (1 - opened) * on[:, None]

    def gated(self, gates: Tensor, batch: Batch) -> tuple[Tensor, list[Tensor]]:
        """(B, T, D) the last states, a token that left as it was, and (B, T) attention received in each layer."""
        state = batch.encoders[0].embed(batch.ids, batch.positions, batch.types)
        last, alive, scores = state, batch.real, list[Tensor]()
        for i, layer in enumerate(batch.encoders[0].layers):
            if i:
                gate = matched(gates[i - 1], scores[-1].detach(), alive, batch.first)
                alive = alive & (gate > 0)
                state = state * gate[..., None].to(state.dtype)
            state, weights = gated_layer(layer, state, hidden_keys(alive))
            scores.append(columns(weights, alive))
            last = torch.where(alive[..., None], state, last)
        return last, scores

    def saved(self, lengths: Tensor, size: LayerSize) -> Tensor:
        """() the share of compute that the gates are expected to save on sentences of these lengths (B,), by layers of a size."""
        share = 1 - (1 - chance(self.openness).mean(1)) * chance(self.switch)
        kept = torch.cat([share.new_ones(1), share]).cumprod(0)
        others = lengths[:, None] - 1.0
        run, full = (((2 * size.width + size.ffn) * n + n**2).sum(1) for n in (others * kept + 1, others * torch.ones_like(kept) + 1))
        return 1 - (run / full).mean()  # as `LayerSize.flops`, up to a factor


def chance(a: Tensor) -> Tensor:
    """The chance that a gate is drawn above 0."""
    return torch.sigmoid(a - AT_ZERO)


def hard_concrete(a: Tensor) -> Tensor:
    """Gates in [0, 1], many of them exactly 0 or 1, drawn anew (Louizos, Welling, Kingma, ICLR 2018)."""
    u = torch.rand_like(a).clamp(1e-6, 1 - 1e-6)
    return (torch.sigmoid((u.log() - (1 - u).log() + a) / CONCRETE) * (HIGH - LOW) + LOW).clamp(0, 1)


def matched(gates: Tensor, scores: Tensor, alive: Tensor, first: Tensor) -> Tensor:
    """(B, T) the gate of each token by the bin of its rank among those alive; 1 on [CLS], 0 on those that are not."""
    others = alive & ~first
    rank = scores.masked_fill(~others, -torch.inf).argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    bins = (rank * len(gates) // others.sum(1, keepdim=True).clamp_min(1)).clamp_max(len(gates) - 1)
    return (gates[bins] * others).masked_fill(first, 1.0)


def columns(weights: Tensor, alive: Tensor) -> Tensor:
    """(B, T) attention received from those alive: mean over heads and over them, of (B, H, T, T)."""
    return (weights.float().mean(1) * alive[..., None]).sum(1) / alive.sum(1, keepdim=True)


def distilled(logits: Tensor, teacher: Tensor) -> Tensor:
    """() divergence of answers (B, C) from the teacher's, both softened."""
    return F.kl_div((logits / SOFT).log_softmax(-1), (teacher / SOFT).softmax(-1), reduction="batchmean") * SOFT**2


def misordered(scores: Tensor, wanted: Tensor, ranked: Tensor) -> Tensor:
    """() how far scores (B, T) order tokens otherwise than `wanted` does, over the first ones by it: ARP loss 2 (Wang et al., CIKM 2018),
    per pair. ranked: the tokens that count."""
    many = min(FIRST, scores.shape[1])
    order = wanted.masked_fill(~ranked, -torch.inf).argsort(dim=1, descending=True, stable=True)[:, :many]  # the most relevant first
    s, there = scores.gather(1, order), ranked.gather(1, order)
    place = torch.arange(many, device=scores.device)
    ahead = (place[None, :] - place[:, None]).clamp_min(0)  # (i, j): by how many places i is to be before j
    pairs = F.softplus(s[:, None, :] - s[:, :, None]) / math.log(2) * ahead * (there[:, :, None] & there[:, None, :])
    return (pairs.sum((1, 2)) / there.sum(1).clamp_min(1) ** 2).mean()
