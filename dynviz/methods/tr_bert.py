r"""Two small policies, trained by reward, choose which tokens go on past layer 1 and past the middle of the model.

Source: Ye, Lin, Huang, Sun, TR-BERT: Dynamic Token Reduction for Accelerating BERT Inference, NAACL 2021. Code: thunlp/TR-BERT.

Rule: Before layer 2 and before layer $L / 2 + 1$ a policy of 32 units gives each token a probability $p$ of staying. The tokens with $p$
below the knob leave, before the layer's attention, for good. [CLS] always stays. So a token's depth is 1, $L / 2$ or $L$.

Both which tokens stay and how many depend on the sentence. In tagging a dropped word comes back for the answer, with the state of the
last layer that it went through.

Knob: The probability below which a token leaves, 0.5 in training. Larger drops more, 0 drops nothing. Each setting is a run of its own,
because the second policy looks at what the first has left.

(inferred) The authors keep 0.5 and train one model for each point, by $\alpha$.

Training: From the plain model, in two phases; in both each sentence is passed with $K$ draws of its actions, stay or leave, by $p$. The
reward of a draw is $R = -\text{CE} - \alpha\,k$, where $k$ is the mean over both points of the share of tokens kept. The loss is
$(R - \bar{R}) \cdot \sum_i -\log \pi(a_i) / n$ for the $n$ tokens asked, where $\bar{R}$ is the mean reward of the sentence's draws and
$\pi(a_i)$ the probability of the action (REINFORCE).

In the first phase the policies learn alone. For half of it one of the draws is replaced by an imitation: the tokens with the largest
guide stay, as many as $\sum p$. The guide is the plain model's saliency.

In the second phase all weights learn, by low-rank updates: to the policies' loss is added the cross-entropy to the plain model's own
probabilities (distillation), which also stands for CE in the reward.

(inferred) The authors divide what is kept by the padded length of 512 pieces, about twice the length of their reviews. It is divided by
the sentence's own here, and $\alpha$ is half of theirs for IMDB.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.attention import hidden_keys
from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._tokens import TokenDropper, scorer, scorer_flops
from dynviz.records import Bools, Floats, Ints, Sentences, Unit
from dynviz.records.card import Kind

IMITATED = 0.5  # share of the first phase in which one draw is the guide's


class TrBert(TokenDropper):
    """A policy before layer 2 and one before the second half. alpha: what it costs to keep every token; draws: K, for each sentence."""

    title: ClassVar[str] = "TR-BERT"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "Ye et al., NAACL 2021"
    stops: ClassVar[str] = "tokens are dropped"
    serves: ClassVar[tuple[Unit, ...]] = ("sentence", "token")
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "after"})
    asks_teacher: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("stay", "token", "probability of staying", side="below"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("stay", "a token stays at a probability of at least", 0.0, 1.0, 0.01, 0.5, 0.0, "up", "0 drops nothing; 0.5: the paper's"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
    recipe: ClassVar[tuple[Phase, ...]] = (
        Phase("policy", "heads", epochs=0.15, head_lr=1e-3, whole=0.6),
        Phase("joint", "lora", epochs=0.15, lr=5e-4, head_lr=2e-4, whole=0.6),
    )
    published: ClassVar[tuple[Published, ...]] = (
        Published("several tasks", "BERT-base", "satisfying various performance demands", "2-5x faster", "Ye et al., NAACL 2021, abstract"),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "Eight draws of each sentence, three epochs in each phase, all weights tuned.",
            "Four draws and a fraction of an epoch in each phase; low-rank updates.",
            "Draws multiply the time of a step, and a whole encoder more is not stored.",
        ),
        Deviation(
            "[CLS] is always taken, yet the probability that its policy gives stays in the loss.",
            "It is not asked.",
            "A forced action teaches nothing.",
        ),
        Deviation(
            "The share kept is that of the padded length.",
            "It is that of the sentence's own length.",
            "A short sentence would be free to keep everything.",
        ),
        Deviation(
            "The guide is how much what the layers above each point add to a token's state matters to the loss, by its gradient.",
            "It is gradient times input at the embeddings, the same for both points.",
            "One saliency serves all methods here, and the guide only warms the policies up.",
        ),
        Deviation(
            "In a batch every sentence is filled up to the longest selection with tokens that its policy rejected, and these are seen.",
            "Tokens that leave are neither computed nor seen, alone or in a batch.",
            "A sentence must not answer otherwise because its neighbours are longer.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, alpha: float = 0.5, draws: int = 4) -> None:
        super().__init__(shape, pooling, hidden)
        self.alpha, self.draws = alpha, draws
        self.policies = nn.ModuleDict({str(i): scorer(shape.widths[0]) for i in self.points()})

    def points(self) -> list[int]:
        """The layers (from 1) before which tokens are chosen."""
        return sorted({min(2, self.shape.layers), self.shape.layers // 2 + 1})

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Policies, which begin at random, learn faster than the classifier, and alone at first."""
        heads = dict.fromkeys(self.heads.parameters(), 0.0) if phase.name == "policy" else {}
        return {**dict.fromkeys(self.policies.parameters(), 2e-3), **heads}

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment == "before":
            return {"stay": plan.visible & ~sentences.first} if layer in self.points() else {}
        return self.answer_asks(moment, layer, plan, sentences)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "after":
            return super().read(moment, layer, asked, view)
        states = view.of(asked["stay"])
        return {"stay": self.policies[str(layer)](states)[:, 0].sigmoid()}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.drop(readings["stay"][layer - 1] < knobs["stay"]) if moment == "before" else plan

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        if moment == "before":
            return asked.units["stay"] * scorer_flops(self.shape.widths[0])
        return self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        assert batch.teacher is not None
        alone = phase.name == "policy"
        guide = batch.teacher.saliency(batch) if alone and batch.progress < IMITATED else None
        logits, surprise, kept = self.drawn(batch, guide)
        said = F.one_hot(batch.labels.clamp_min(0), self.shape.classes).float() if alone else batch.teacher.logits(batch).softmax(-1)
        mistakes = mistakes_of(logits, said, batch.labels)  # (K, B)
        reward = -(mistakes + self.alpha * kept).detach()
        policies = ((reward - reward.mean(0)) * surprise).mean()
        return policies if alone else mistakes.mean() + policies

    def drawn(self, batch: Batch, guide: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """K draws of each sentence, the first by the guide where there is one: logits (K, B, C) or (K, B, T, C), and (K, B) the surprise
        -log pi of the actions, the mean over tokens, summed over points, and the share of tokens kept, the mean over points."""
        encoder, real, lengths, copies = batch.encoders[0], batch.real, batch.real.sum(1).repeat(self.draws), self.draws
        state, places = encoder.embed(batch.ids, batch.positions, batch.types), batch.positions
        last, surprise, kept = state, torch.zeros_like(lengths, dtype=torch.float32), torch.zeros_like(lengths, dtype=torch.float32)
        for number, layer in enumerate(encoder.layers, start=1):
            if number in self.points():
                if number == self.points()[0]:  # all draws have the layers below in common
                    state, real, places = (x.repeat(copies, *[1] * (x.dim() - 1)) for x in (state, real, places))
                    last = state
                last = put_back(last, state, places, real)
                scores = self.policies[str(number)](state)[..., 0].float()
                chosen = self.choose(scores.detach(), real, None if guide is None else guide.repeat(copies, 1).gather(1, places))
                surprise = surprise + surprise_of(scores, chosen, real & (places > 0))
                kept = kept + chosen.sum(1) / lengths / len(self.points())
                order, real = narrowed(chosen)
                state, places = taken(state, order), places.gather(1, order)
            context, _ = layer.attend_padded(state, hidden_keys(real), weights=False)
            state = layer.norm(layer.sums(layer.attended(state, context)))
        read = put_back(last, state, places, real) if self.unit == "token" else state
        logits = self.answer_logits(batch, read, real.float())
        logits, surprise, kept = (x.reshape(copies, -1, *x.shape[1:]) for x in (logits, surprise, kept))
        return logits, surprise, kept

    def choose(self, scores: Tensor, real: Tensor, guide: Tensor | None) -> Tensor:
        """(K * B, T) which tokens stay, [CLS] first among them: drawn by their probability, in the first of the K by the guide."""
        chance = scores.sigmoid() * real
        chosen = torch.bernoulli(chance).bool()
        if guide is not None:
            of_first = len(guide) // self.draws
            guided, many = guide[:of_first].masked_fill(~real[:of_first], -1.0), chance[:of_first, 1:].sum(1, keepdim=True).round()
            rank = guided[:, 1:].argsort(dim=1, descending=True, stable=True).argsort(dim=1)
            chosen[:of_first, 1:] = (rank < many) & real[:of_first, 1:]
        chosen[:, 0] = True
        return chosen


def mistakes_of(logits: Tensor, said: Tensor, labels: Tensor) -> Tensor:
    """(K, B) the cross-entropy of each draw of each sentence to the probabilities said (B, C); of a tagged one, the mean over its words."""
    loss = -(said * logits.log_softmax(-1)).sum(-1)
    if labels.dim() == 1:
        return loss
    told = (labels >= 0).float()
    return (loss * told).sum(-1) / told.sum(-1).clamp_min(1)


def surprise_of(scores: Tensor, chosen: Tensor, asked: Tensor) -> Tensor:
    """(B,) -log of the probability, by their scores (B, T), of what was done to the tokens asked; the mean over these."""
    each = F.binary_cross_entropy_with_logits(scores, chosen.float(), reduction="none")
    return (each * asked).sum(1) / asked.sum(1).clamp_min(1)


def narrowed(chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Of tokens chosen (B, T): their places, in order, as many as the most that any sentence has (B, T'), and which of these are chosen."""
    many = chosen.sum(1, keepdim=True)
    order = (~chosen).int().argsort(dim=1, stable=True)[:, : int(many.max())]
    return order, torch.arange(order.shape[1], device=chosen.device) < many


def taken(state: Tensor, order: Tensor) -> Tensor:
    """(B, T', D) the states (B, T, D) at these places (B, T')."""
    return state.gather(1, order[..., None].expand(-1, -1, state.shape[-1]))


def put_back(last: Tensor, state: Tensor, places: Tensor, real: Tensor) -> Tensor:
    """(B, T, D) last states, with those (B, T', D) of tokens that are still there (real) at their places (B, T')."""
    new = torch.where(real[..., None], state, taken(last, places))
    return last.scatter(1, places[..., None].expand_as(new), new)
