r"""A small network before each layer says of every token whether it is computed or skimmed: handed on to the end as it is.

Source: Guan, Li, Leng, Lin, Guo, Transkimmer: Transformer Learns to Layer-wise Skim, ACL 2022, arXiv 2205.07324. Code:
ChandlerGuan/Transkimmer.

Rule: Before layer $l$ a predictor reads the state $x$ of each token still processed and gives $p = \text{softmax}(f_l(x))$ over "skim" and
"keep", where $f_l$ is LayerNorm, a linear layer, LayerNorm, GELU, and a linear layer to two numbers. The token goes on where the
probability of "keep" is at least $\tau$. [CLS] has no predictor and always goes on.

A skimmed token is neither computed nor seen by later layers, but its last state is forwarded to the output. So the answer reads every
token, each as it was after the last layer it went through.

Knob: The probability $\tau$ that "keep" must have. 0.5 is the paper's rule (the likelier of the two), larger skims more, 0 skims nothing.
(inferred) The paper trains one model for each point; turning $\tau$ gives several from one. Each is a run of its own.

Training: From the plain model, with $m$ drawn by the Gumbel-softmax (straight-through, temperature 1) from the predictor's two logits, and
multiplied over the layers. Attention to a skimmed key is 0. The loss is the cross-entropy plus $\alpha$ times the mean over layers and
sentences of the share of tokens kept. The predictors start with a bias of $5$ for "keep" and $-5$ for "skim": at first all are kept.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.attention import hidden_keys
from dynviz.core.layer import Layer
from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._ramps import cross_entropy
from dynviz.methods._tokens import TokenDropper
from dynviz.records import Bools, Floats, Ints, Sentences, Unit
from dynviz.records.card import Kind


class Transkimmer(TokenDropper):
    """A skim predictor before every layer. alpha: the price of a token kept, in training."""

    title: ClassVar[str] = "Transkimmer"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "Guan et al., ACL 2022"
    serves: ClassVar[tuple[Unit, ...]] = ("sentence", "token")
    stops: ClassVar[str] = "tokens are skimmed: their state is handed on to the end"
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "after"})
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("keep", "token", "probability to keep", side="below"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob(
            "tau", "a token is kept at a probability of at least", 0.0, 1.0, 0.01, 0.5, 0.0, "up",
            "0 skims nothing; 0.5 is the paper's rule",
        ),
    )  # fmt: skip
    measured_at: ClassVar[tuple[float, ...]] = (0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99)
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("skim", "lora", epochs=0.6, lr=5e-4, head_lr=2e-4, whole=0.6),)
    published: ClassVar[tuple[Published, ...]] = (
        Published("GLUE", "BERT-base", "less than 1 point lost", "10.97x fewer FLOPs", "Guan et al., ACL 2022, abstract"),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "Gumbel noise is drawn in evaluation too, so a result changes from run to run.",
            "At inference the probability of the predictor is compared with the knob.",
            "A decision must be repeatable, and readable.",
        ),
        Deviation(
            "Attention is multiplied by the mask after the softmax, and its rows sum to less than 1 in training.",
            "They are divided by their sum again.",
            "At inference a skimmed token is not there, so the softmax is over the others: training should see the same.",
        ),
        Deviation(
            "The code masks; the batch computes every token.",
            "Skimmed tokens are not computed.",
            "A mask saves nothing.",
        ),
        Deviation(
            "The share of tokens kept is taken of the padded length; padding goes through the predictor.",
            "It is taken of the real tokens.",
            "Padding is no token that could be kept.",
        ),
        Deviation(
            "The whole model is tuned for three epochs.",
            "Low-rank updates of the plain model, about half an epoch.",
            "A whole encoder more is not stored.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, alpha: float = 0.5) -> None:
        super().__init__(shape, pooling, hidden)
        self.alpha = alpha
        self.predictors = nn.ModuleList(_predictor(shape.widths[0]) for _ in range(shape.layers))

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Predictors learn at a rate of their own, without decay."""
        return dict.fromkeys(self.predictors.parameters(), 5e-4)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment == "before":
            return {"keep": plan.visible > sentences.first}  # all but [CLS]
        return self.answer_asks(moment, layer, plan, sentences)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "before":
            states = view.of(asked["keep"])
            return {"keep": self.predictors[layer - 1](states).softmax(-1)[:, 1]}
        return super().read(moment, layer, asked, view.with_left())  # skimmed tokens have an output too

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.drop(readings["keep"][layer - 1] < knobs["tau"]) if moment == "before" else plan

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        if moment == "before":
            width = self.shape.widths[0]
            return asked.units["keep"] * 2 * (width * width + 2 * width)
        return self.answer_flops(layer, asked)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        encoder = batch.encoders[0]
        state = encoder.embed(batch.ids, batch.positions, batch.types)
        final, kept = state, batch.real.to(state.dtype)
        penalty: Tensor = state.new_zeros((), dtype=torch.float32)
        for layer, predictor in zip(encoder.layers, self.predictors, strict=True):
            drawn = F.gumbel_softmax(predictor(state).float(), hard=True)[..., 1]
            kept = kept * drawn.masked_fill(batch.first, 1.0).to(kept)
            state = skimming(layer, state, kept, batch.real)
            final = torch.lerp(final, state, kept[..., None])
            penalty += (kept * batch.real).float().sum(1).div(batch.real.sum(1)).mean()
        task = cross_entropy(self.answer_logits(batch, final, batch.real.to(final.dtype)), batch.labels)
        return task + self.alpha * penalty / self.shape.layers


def skimming(layer: Layer, states: Tensor, kept: Tensor, real: Tensor) -> Tensor:
    """(B, T, D) the states after a layer whose keys are multiplied by `kept` (B, T) after the softmax, rows summing to 1 again."""
    q, k, v, bias = layer.prepared(states, hidden_keys(real))
    logits = (q @ k.transpose(-1, -2)).float() / q.shape[-1] ** 0.5
    weights = (logits if bias is None else logits + bias).softmax(-1) * kept[:, None, None, :]
    weights = weights / weights.sum(-1, keepdim=True)
    context = (weights.to(v.dtype) @ v).transpose(1, 2).flatten(-2)
    return layer.norm(layer.sums(layer.attended(states, context)))


def _predictor(width: int) -> nn.Sequential:
    """As the authors' code has it; it starts by keeping everything."""
    out = nn.Linear(width, 2)
    nn.init.normal_(out.weight, std=0.02)
    nn.init.normal_(out.bias, std=0.02)
    with torch.no_grad():
        out.bias.add_(torch.tensor([-5.0, 5.0]))
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.LayerNorm(width), nn.GELU(), out)
