r"""Before each layer a small predictor says what each token contributes to the answer; tokens far below the average share leave.

Source: Modarressi, Mohebbi, Pilehvar, AdapLeR: Speeding up Inference by Adaptive Length Reduction, ACL 2022. Code: amodaresi/AdapLeR.

Rule: Before layer $l$ a predictor of 32 units gives each of the $n$ tokens present a score; its softmax over them is their share
$S_l(i)$ of the answer. A token leaves where $S_l(i) < c\,\eta_l / n$, so where its multiple of the uniform share, $n\,S_l(i)$, is below
$c\,\eta_l$. Here $\eta_l$ is the layer's learned threshold and $c$ the knob. [CLS] always stays; [SEP] may leave.

It leaves before the layer's attention, for good. Which tokens stay and how many depend on the sentence, and as the shares were taught
to be those of gradient saliency, they are an explanation too.

Knob: The factor $c$ that multiplies all thresholds. 0 drops nothing, 1 is the trained point, larger drops more. Each setting is a run of
its own, because later shares depend on earlier removals.

(inferred) The authors train one model for each point, by $\phi$; their code also takes thresholds from outside.

Training: From the plain model, by low-rank updates, by two losses on one pass. The predictors and all weights learn from
$\text{CE} + \gamma \sum_l (L + 1 - l)\,\text{KL}(T_l \,\|\, S_l)$. The thresholds and $\theta$ learn from
$\text{CE} + \phi \sum_l n_l$ alone. No gradient of the lengths $n_l$ reaches the predictors, and none of the divergence the thresholds.

The target $T_l$ is the plain model's saliency: gradient times input of the right class at the embeddings, its norm over dimensions, as
shares of the tokens still there. From layer 2 on [CLS], which takes much of it and is never removed, counts $\theta_{l-1}$ times.
The lengths reach $\theta$ as if it multiplied the predicted share of [CLS].

In training a token is not removed: the number $m$ is added to its logits as a key, in this layer and all later ones. With
$\delta = \eta_l / n$ it is the least of $0$, $\frac{\lambda}{\delta}(S - \delta) - \frac{\beta}{\lambda}$ and
$\frac{\beta}{\lambda} \cdot \frac{S - 1}{1 - \delta}$, with $\beta = 0.1$. $e^m$ is what is left of the token, and $n_l$ is the sum of
that. $\lambda$ is 10 at first and grows tenfold after each fifth of the training, so that the ramp becomes a step.

(inferred) The classifier reads the mean over the tokens left, in training weighted by what is left of each. $\gamma$ and $\phi$ are the
authors' for SST-2, 0.005 and 0.0005, made larger as six layers sum to less than twelve: about 78/21 times,
0.02, and twice, 0.001. On IMDB $\phi$ is a tenth of that, since its texts are some ten times as long.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._ramps import cross_entropy
from dynviz.methods._tokens import TokenDropper, scorer, scorer_flops
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind

BETA = 0.1  # of the slope that a kept token still has
FLOOR = -1e4  # of what is added to a key's logits
GONE = 1e-6  # a token of which less is left changes no more
LEAST, MOST = 0.01, 1.0  # thresholds are held in between


class AdapLeR(TokenDropper):
    """A contribution predictor and a threshold before every layer.

    divergence, length: gamma and phi. as_authors: the share of [CLS] is multiplied by theta in use too, as their code can but, after
    training, does not; for parity tests.
    """

    title: ClassVar[str] = "AdapLeR"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "Modarressi et al., ACL 2022"
    stops: ClassVar[str] = "tokens are dropped"
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "after"})
    asks_teacher: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("share", "token", "predicted share (1 = uniform)"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("scale", "thresholds times", 0.0, 3.0, 0.05, 1.0, 0.0, "up", "0 drops nothing; 1 is the trained point"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (
        0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2.0, 2.5,
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("reduce", "lora", epochs=0.3, lr=5e-4, head_lr=2e-4, whole=0.6),)
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "several classification tasks", "BERT-base", "without much sacrifice", "up to 22x faster",
            "Modarressi et al., ACL 2022, abstract",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "Saliency is the mean over up to three checkpoints of the fine-tuned model, stored once.",
            "It is that of one, the plain model that the training starts from, computed for each batch.",
            "There is one plain model, and nothing has to be stored.",
        ),
        Deviation(
            "All weights are tuned, for 5 epochs.",
            "Low-rank updates of the plain model, for a third of an epoch; thresholds and predictors learn faster to make up for it.",
            "A whole encoder more is not stored.",
        ),
        Deviation(
            "One model is trained for each point, by the weight of the lengths.",
            "One model; the knob multiplies its thresholds.",
            "A curve from one checkpoint.",
        ),
        Deviation(
            "Several sentences at once are evaluated with masks, and the FLOPs that are reported come from a formula.",
            "Tokens that leave are not computed, alone or in a batch.",
            "A mask saves nothing.",
        ),
    )

    def __init__(
        self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, divergence: float = 0.02, length: float = 1e-3,
        as_authors: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(shape, pooling, hidden)
        self.divergence, self.length, self.as_authors = divergence, length, as_authors
        self.predictors = nn.ModuleList(scorer(shape.widths[0]) for _ in range(shape.layers))
        self.eta = nn.Parameter(torch.full((shape.layers,), 0.25))
        self.theta = nn.Parameter(torch.ones(shape.layers - 1))

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Thresholds and theta have an optimizer of their own; predictors, which begin at random, learn faster than the classifier."""
        return {self.eta: 5e-3, self.theta: 5e-3, **dict.fromkeys(self.predictors.parameters(), 1e-3)}

    def after_step(self, phase: Phase) -> None:
        """Thresholds between 1 % of the uniform share and all of it; theta stays positive."""
        with torch.no_grad():
            self.eta.clamp_(LEAST, MOST)
            self.theta.clamp_(min=1e-3)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        return {"share": plan.visible} if moment == "before" else self.answer_asks(moment, layer, plan, sentences)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "after":
            return super().read(moment, layer, asked, view)
        scores = self.predictors[layer - 1](view.of(asked["share"]))[:, 0]
        counts = view.sentences.count(asked["share"])
        return {"share": torch.cat([self._multiples(part, layer) for part in scores.split(counts[counts > 0].tolist())])}

    def _multiples(self, scores: Tensor, layer: int) -> Tensor:
        """(n,) scores of one sentence's tokens, [CLS] first -> (n,) their shares, as multiples of the uniform share."""
        shares = scores.softmax(0)
        if self.as_authors and layer > 1:
            shares[0] *= self.theta[layer - 2].clamp_min(1e-3)
            shares /= shares.sum()
        return shares * len(shares)

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment != "before":
            return plan
        threshold = self.eta.tolist()[layer - 1] * knobs["scale"]
        return plan.drop((readings["share"][layer - 1] < threshold) & ~sentences.first)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        limits = np.concatenate([self.eta.detach().double().numpy() * knobs["scale"], [np.nan]])  # row l - 1 is read before layer l
        return (Comparison("share", "predicted share (1 = uniform)", readings["share"], limits, "below"),)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        if moment == "before":
            return asked.units["share"] * scorer_flops(self.shape.widths[0])
        return self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        """(2,) what predictors and weights learn from, and what thresholds and theta do."""
        assert batch.teacher is not None
        saliency, layers = batch.teacher.saliency(batch), self.shape.layers
        encoder, left = batch.encoders[0], batch.real.float()  # of each token
        state, bias = encoder.embed(batch.ids, batch.positions, batch.types), FLOOR * (1 - left)
        divergence, lengths = left.new_zeros(()), left.new_zeros(())
        for i, layer in enumerate(encoder.layers):
            shares = weighed(self.predictors[i](state)[..., 0].float().softmax(-1), left)
            divergence = divergence + (layers - i) * kl(self._target(saliency, left, i), shares, left)
            added = soft_removal(self._drawn(shares, i), self.eta[i] / left.sum(1, keepdim=True), steepness(batch.progress))
            added = added * left.masked_fill(batch.first, 0.0)
            left = left * torch.where(left > GONE, added.exp(), 1.0)
            bias = (bias + added).clamp_min(FLOOR)
            lengths = lengths + left.sum(1).mean()
            context, _ = layer.attend_padded(state, bias[:, None, None, :], weights=False)
            state = layer.norm(layer.sums(layer.attended(state, context)))
        task = cross_entropy(self.answer_logits(batch, state, left), batch.labels)
        return torch.stack([task + self.divergence * divergence, task + self.length * lengths])

    def _target(self, saliency: Tensor, left: Tensor, i: int) -> Tensor:
        """(B, T) what the predictor before layer i (from 0) should say: the saliency of what is left, [CLS] counted theta times."""
        target = weighed(saliency, left)
        return target if i == 0 else weighed(target, first_times(self.theta[i - 1].detach(), left))

    def _drawn(self, shares: Tensor, i: int) -> Tensor:
        """(B, T) the shares again, with a gradient for theta as if it had multiplied that of [CLS]: the predictor has learned to do so."""
        if i == 0:
            return shares
        theta = self.theta[i - 1]
        return weighed(shares, first_times(1 + (theta - theta.detach()) / theta.detach(), shares))

    def backward(self, loss: Tensor, shared: Mapping[str, nn.Parameter]) -> None:
        own = [self.eta, self.theta]
        kept = {id(p) for p in own}
        weights = [p for p in (*shared.values(), *self.parameters()) if p.requires_grad and id(p) not in kept]
        for part, learning, last in ((loss[0], weights, False), (loss[1], own, True)):
            found = torch.autograd.grad(part, learning, retain_graph=not last, materialize_grads=True)
            for p, step in zip(learning, of_norm_one(found), strict=True):
                p.grad = step if p.grad is None else p.grad + step


def steepness(progress: float) -> float:
    """lambda: 10, 100, ... 100,000, one for each fifth of the training."""
    return 10.0 ** (1 + min(int(5 * progress), 4))


def soft_removal(shares: Tensor, threshold: Tensor, steep: float) -> Tensor:
    """(B, T) what is added to a key's logits: a ramp down to -10,000 below its sentence's threshold (B, 1), a faint slope above it."""
    below = steep / threshold * (shares - threshold) - BETA / steep
    above = BETA / steep * (shares - 1) / (1 - threshold + 1e-7)
    return torch.minimum(below, above).clamp(FLOOR, 0.0)


def weighed(shares: Tensor, weights: Tensor) -> Tensor:
    """(B, T) shares times weights, brought back to a sum of 1."""
    found = shares * weights
    return found / found.sum(1, keepdim=True).clamp_min(1e-15)


def first_times(factor: Tensor, like: Tensor) -> Tensor:
    """(B, T) ones, but the factor on [CLS]."""
    ones = torch.ones_like(like)
    return torch.cat([factor * ones[:, :1], ones[:, 1:]], 1)


def kl(target: Tensor, shares: Tensor, left: Tensor) -> Tensor:
    """The mean divergence of sentences; one of which all but [CLS] has left does not count."""
    target, shares = target.clamp_min(1e-7), shares.clamp_min(1e-7)
    return ((target * (target / shares).log()).sum(1) * left[:, 1:].amax(1).detach()).mean()


def of_norm_one(gradients: Sequence[Tensor]) -> list[Tensor]:
    """Scaled down to norm 1 together, where they are longer: each of the two optimizers clips its own."""
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients]))
    return [g / norm.clamp_min(1.0) for g in gradients]
