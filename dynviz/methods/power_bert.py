r"""After each layer's attention a fixed number of tokens stay, those that receive most attention; the numbers were searched by training.

Source: Goyal, Choudhury, Raje, Chakaravarthy, Sabharwal, Verma, PoWER-BERT: Accelerating BERT Inference via Progressive Word-vector
Elimination, ICML 2020. Code: IBM/PoWER-BERT.

Rule: The significance of a token in layer $l$ is the attention that it receives from others there, a mean over heads. [CLS] and the
$n_l - 1$ other tokens of most significance stay; the rest leave between the layer's attention and its feed-forward block. The list of
$n_l$ never rises, and it is the same for all sentences.

So which tokens stay depends on the sentence, how many does not: a sentence of at most $n_l$ tokens loses none in layer $l$. The authors
pad all sentences to one length and count against that; nothing is padded here, and a short sentence is no cheaper than its own tokens.

Knob: The factor $c$ that multiplies the list: $\lfloor c\,n_l \rfloor$ tokens stay, at least one. 1 is the list that was searched and
that the weights are tuned for, the only setting of the paper; smaller keeps fewer, 3.05 keeps all. The paper's knob is $\lambda$ below,
one training for each value.

Training: From the plain model, in two stages; with the plain model's own they are the paper's three. In the search the token of rank $k$
by significance is multiplied by $r_{l,k}$ after the attention's LayerNorm, $r$ starting at 1 and held in $[0, 1]$. The loss is the
cross-entropy plus $\lambda \sum_l l \sum_k r_{l,k}$, and $r$ learns at a rate of its own. Then $n_l$ is read off: the whole part of
$\sum_k r_{l,k}$, at least 1, and never more than in the layer before. In the last stage the tokens really leave.

(inferred) The classifier reads the mean over the tokens left, in the search weighted by the product of their multipliers. Ranks beyond
the last entry of $r$ share it. $\lambda$ is 0.001, on SST-2 five times the paper's: the weights of 6 layers add up to 21, those of 12 to
78, and the search is short.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

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
from dynviz.methods._ramps import cross_entropy
from dynviz.methods._tokens import TokenDropper, attention, ranks, received
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Kind, Learned

README = "IBM/PoWER-BERT, README"
ALL = 3.05  # the knob at which every token stays
FAINT = 1e-6  # least weight of a sentence's tokens together
_PADDING = "All weights are tuned there, 3 to 5 epochs in each of three runs."


class PowerBert(TokenDropper):
    """A list of counts, one a layer. weight: lambda; longest: tokens of the longest sentence that has ranks of its own;
    rate: at which the multipliers learn."""

    title: ClassVar[str] = "PoWER-BERT"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "Goyal et al., ICML 2020"
    stops: ClassVar[str] = "tokens are dropped, down to a fixed number per layer"
    moments: ClassVar[frozenset[Moment]] = frozenset({"between", "after"})
    needs_attention: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("received", "token", "attention received from others"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("scale", "tokens kept, times", 0.1, 3.0, 0.05, 1.0, ALL, "down", "1 is the list it was trained for; 3.05 keeps all"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
    pictures: ClassVar[tuple[Picture, ...]] = (
        Picture(
            "kept", "counts", ("counts",),
            "The list is the same for every sentence: what differs is which tokens stay. A sentence with fewer tokens loses none there.",
        ),
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = (
        Phase("search", "lora", epochs=0.4, lr=3e-4, head_lr=2e-4, whole=0.6),
        Phase("hard", "lora", epochs=0.4, lr=3e-4, head_lr=2e-4, whole=0.6),
    )
    published: ClassVar[tuple[Published, ...]] = (
        reported(
            "SST-2 test",
            "BERT-base",
            Result("sst2", "test", 92.1, 93.0, "running time", fewer=2.4, padded=64, why=_PADDING),
            README,
            "on a K80",
        ),
        Published("MNLI-m test", "BERT-base", "83.8 accuracy (84.6 without)", "2.6x faster on a K80, padded to 128", README),
        Published("QQP test", "BERT-base", "70.2 F1 (71.2 without)", "4.5x faster on a K80, padded to 128", README),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "All sentences are padded to one length, for the model and for the baseline that it is compared with.",
            "No padding is computed; counts stay absolute.",
            "Most of the published gain on short sentences would be had by leaving the padding out.",
        ),
        Deviation(
            "Padding takes part in the column sums as tokens that attend.",
            "It is masked on both sides.",
            "Long padding would flatten the scores, and a sentence's tokens would depend on its neighbours' lengths.",
        ),
        Deviation(
            "The whole model is tuned, for 3 to 5 epochs in each of three runs.",
            "Low-rank updates of the plain model, less than half an epoch in each of the last two.",
            "A whole encoder more is not stored, and everything here is trained on one CPU.",
        ),
        Deviation(
            "The multipliers learn at 3 to 75 times the rate of the weights.",
            "At 33 times (on long texts at 100), so that within a short search those that nothing needs get from 1 to 0.",
            "Adam moves a number by no more than the sum of its rates.",
        ),
    )

    def __init__(
        self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, weight: float = 1e-3, longest: int = 64, rate: float = 1e-2
    ) -> None:
        super().__init__(shape, pooling, hidden)
        self.weight, self.rate = weight, rate
        self.retention = nn.Parameter(torch.ones(shape.layers, longest))  # r, of the search only
        self.counts: Tensor
        self.register_buffer("counts", torch.full((shape.layers,), float(longest)))

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """The list, layer by layer."""
        counts = tensors.get("counts")
        if counts is None:
            return None
        said = f"At most {counts[0]:.0f} tokens stay in layer 1, and {counts[-1]:.0f} in layer {len(counts)}."
        return Learned(counts[None], ("tokens that stay, at most",), said)

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """The multipliers learn at their own rate in the search, and not at all afterwards."""
        return {self.retention: self.rate if phase.name == "search" else 0.0}

    def after_step(self, phase: Phase) -> None:
        """The multipliers stay in [0, 1]."""
        with torch.no_grad():
            self.retention.clamp_(0, 1)

    def after_phase(self, phase: Phase) -> None:
        """After the search: read the list off."""
        if phase.name == "search":
            mass = self.retention.detach().sum(1).floor().clamp_min(1)
            self.counts.copy_(mass.cummin(0).values)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        return {"received": plan.attending} if moment == "between" else self.answer_asks(moment, layer, plan, sentences)

    def of_attention(self, weights: Tensor) -> Tensor:
        """What each token received from others."""
        return received(weights, own=False)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        return {"received": attention(view)} if moment == "between" else super().read(moment, layer, asked, view)

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment != "between" or knobs["scale"] >= ALL:
            return plan
        many = max(1, int(self.counts.tolist()[layer - 1] * knobs["scale"] + 1e-9))
        return plan.drop(ranks(readings["received"][layer], plan.visible, sentences) >= many)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        soft, encoder = phase.name == "search", batch.encoders[0]
        state = encoder.embed(batch.ids, batch.positions, batch.types)
        alive, kept = batch.real, batch.real.float()
        for i, layer in enumerate(encoder.layers):
            context, weights = layer.attend_padded(state, hidden_keys(alive), weights=True)
            assert weights is not None
            score = significance(weights, alive)
            state = layer.attended(state, context)
            if soft:  # [CLS] has a rank like any other, as in the authors' code
                rank = score.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
                keep = self.retention[i][rank.clamp_max(self.retention.shape[1] - 1)]
                state, kept = state * keep[..., None].to(state.dtype), kept * keep
            else:
                rank = score.masked_fill(batch.first, torch.inf).argsort(dim=1, descending=True, stable=True).argsort(dim=1)
                alive = alive & (rank < self.counts[i])
                kept = alive.float()
            state = layer.norm(layer.sums(state))
        pooled = state[:, 0] if self.pooling == "cls" else (state * kept[..., None]).sum(1) / kept.sum(1, keepdim=True).clamp_min(FAINT)
        task = cross_entropy(self.head(self.shape.layers)(pooled).float(), batch.labels)
        return task + self.weight * self.mass() if soft else task

    def mass(self) -> Tensor:
        """What is kept, the multipliers of layer l counting l times."""
        depth = torch.arange(1, self.shape.layers + 1, device=self.retention.device)
        return (depth * self.retention.sum(1)).sum()


def significance(weights: Tensor, alive: Tensor) -> Tensor:
    """(B, T) attention that each token receives from the others alive: mean over heads of (B, H, T, T); -inf where none is to be ranked."""
    mean = weights.detach().float().mean(1)
    columns = (mean * alive[..., None]).sum(1) - mean.diagonal(dim1=1, dim2=2)
    return columns.masked_fill(~alive, -torch.inf)
