r"""In every second layer a router chooses the tokens that enter; the others pass by unchanged, and may enter again later.

Source: Raposo, Ritter, Richards, Lillicrap, Humphreys, Santoro, Mixture-of-Depths: Dynamically allocating compute in transformer-based
language models, arXiv 2404.02258, 2024. No code of the authors is known.

Rule: Before each routed layer a token has the weight $r = w \cdot x$, from its state $x$ and a $w$ of the layer's own. The
$\lceil c\,n \rceil$ tokens of largest $r$ in a sentence of $n$ enter: they attend to each other alone, and are transformed. The others
keep their states, unseen. [CLS] always enters. In the layers between, every token is computed, and the classifier reads all tokens, those
that passed the last layer by among them.

So which tokens enter depends on the sentence, and how many on its length alone. A token's depth is the number of layers it entered,
not the last one: there may be gaps.

Knob: The capacity $c$, the share of tokens that enter a routed layer. Smaller skips more, 1 skips nothing. Each setting is a run of its
own. (inferred) The paper trains for one capacity; near it others can be set.

Training: From the plain model. $c$ falls in a straight line from 1 to the trained capacity over the first half, and stays. The loss is the
cross-entropy plus the divergence from the plain model's answers. The update of a token that enters is multiplied by
$\sigma(r) / \text{sg}(\sigma(r))$, where $\sigma$ is the sigmoid and $\text{sg}$ takes no gradient: a factor of 1, through which the
router learns.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.attention import hidden_keys
from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._ramps import cross_entropy
from dynviz.methods._tokens import TokenDropper, ranks
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Kind


class MixtureOfDepths(TokenDropper):
    """Routers before layers 2, 4, 6, ... capacity: the share of tokens that enter, at the end of training."""

    title: ClassVar[str] = "Mixture-of-Depths routing"
    kind: ClassVar[Kind] = "depth"
    venue: ClassVar[str] = "the routing of Raposo et al., arXiv 2024"
    stops: ClassVar[str] = "tokens skip layers, and come back"
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "after"})
    asks_teacher: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("router", "token", "router weight"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob(
            "capacity", "share of tokens that enter a routed layer", 0.0, 1.0, 0.05, 0.5, 1.0, "down",
            "1 skips nothing; 0: [CLS] alone enters",
        ),
    )  # fmt: skip
    measured_at: ClassVar[tuple[float, ...]] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("route", "lora", epochs=0.5, lr=5e-4, head_lr=2e-4, whole=0.6),)
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "language modelling", "decoders", "the baseline's loss at equal training FLOPs", "up to 50 % faster steps when sampling",
            "Raposo et al., arXiv 2404.02258, abstract",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "A decoder, trained from scratch, in which every second block is routed.",
            "The plain model's encoder, tuned on by low-rank updates, with the plain model as a teacher.",
            "A trained encoder is what all methods here start from; choosing the best of a whole sentence needs no second predictor in it.",
        ),
        Deviation(
            "The best capacity is 12.5 %.",
            "50 %, reached in a straight line from 100 %.",
            "A model of six layers that was trained whole loses too much at an eighth.",
        ),
        Deviation(
            "A block's output is multiplied by the router's weight.",
            "Times 1, through which the gradient of the weight's sigmoid flows.",
            "With nothing skipped the model must be the plain one; LayerNorms stand after the block here, not before it.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, capacity: float = 0.5) -> None:
        super().__init__(shape, pooling, hidden)
        self.capacity = capacity
        self.routers = nn.ParameterDict({str(i): nn.Parameter(torch.zeros(shape.widths[0])) for i in range(2, shape.layers + 1, 2)})
        for router in self.routers.values():
            nn.init.normal_(router, std=0.02)

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Routers learn at a rate of their own, without decay."""
        return dict.fromkeys(self.routers.parameters(), 2e-3)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment == "before":
            return {"router": plan.visible} if str(layer) in self.routers else {}
        return self.answer_asks(moment, layer, plan, sentences)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "after":
            return super().read(moment, layer, asked, view.with_left())  # who passed the last layer by is back for the answer
        states = view.of(asked["router"])
        return {"router": F.linear(states, self.routers[str(layer)][None])[:, 0]}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if str(layer) not in self.routers:
            return plan
        if moment == "after":
            return Plan.everything(sentences, plan.live)
        many = np.ceil(sentences.lengths * knobs["capacity"] - 1e-9).clip(1)
        return plan.drop(ranks(readings["router"][layer - 1], plan.visible, sentences) >= many[sentences.owner])

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        if moment == "before":
            return asked.units["router"] * 2 * self.shape.widths[0]
        return self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        encoder = batch.encoders[0]
        capacity = 1 - (1 - self.capacity) * min(1.0, 2 * batch.progress)
        state, real = encoder.embed(batch.ids, batch.positions, batch.types), batch.real
        for number, layer in enumerate(encoder.layers, start=1):
            enters, factor = real, torch.ones_like(real, dtype=torch.float32)
            if str(number) in self.routers:
                weight = F.linear(state, self.routers[str(number)][None])[..., 0].float()
                enters = best(weight, real, capacity)
                factor = weight.sigmoid() / weight.sigmoid().detach()
            context, _ = layer.attend_padded(state, hidden_keys(enters), weights=False)
            new = layer.norm(layer.sums(layer.attended(state, context)))
            state = state + (new - state) * (factor * enters)[..., None].to(state.dtype)
        logits = self.head(self.shape.layers)(batch.pooled(state, self.pooling)).float()
        assert batch.teacher is not None
        target = batch.teacher.logits(batch).log_softmax(-1)
        apart = F.kl_div(logits.log_softmax(-1), target, reduction="batchmean", log_target=True)
        return cross_entropy(logits, batch.labels) + apart


def best(weight: Tensor, real: Tensor, capacity: float) -> Tensor:
    """(B, T) the ceil(capacity n) real tokens of largest weight in each sentence, [CLS] among them; at least it alone."""
    many = (real.sum(1) * capacity - 1e-9).ceil().clamp_min(1)
    order = weight.detach().masked_fill(~real, -torch.inf)
    order[:, 0] = torch.inf
    rank = order.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    return real & (rank < many[:, None])
