r"""Lower classifiers learn from the last one, and where their gradients and its own pull apart, the conflict is taken out.

Source: Geng, Gao, Fu, Zhang, RomeBERT: Robust Training of Multi-Exit BERT, arXiv 2101.09755, 2021. Code: romebert/RomeBERT.

Rule: DeeBERT's: the sentence exits after layer $i$ when the entropy of its class probabilities, divided by $\ln C$, is strictly below the
knob. What is new is the training.

Knob: The entropy divided by $\ln C$. Larger stops earlier, 0 never stops.

Training: In one stage, of the encoder and the classifiers with logits $z_1$ to $z_L$ together. The last one learns from the labels,
$l_L = \text{CE}(y, z_L)$. The lower ones learn from the labels, $M = \sum_{i < L} (1 - \gamma)\,\text{CE}(y, z_i)$, and from the last
one, $D = \sum_{i < L} \gamma\,T^2\,\text{KL}(q_L \,\|\, q_i)$, a fixed target there (self-distillation). Here
$q_i = \text{softmax}(z_i / T)$, $\gamma = 0.9$ and $T = 3$.

Gradient regularisation: on the weight matrices of all layers but the last (no biases, no LayerNorm) the gradients $g_a$ of an anchor and
$g_b$ of the other part are taken apart as two flat vectors. Where $g_a \cdot g_b < 0$, $g_b$ loses its component along $g_a$, and the
step follows $g_a + g_b$. All other parameters follow the plain sum.

As in the authors' code, the anchor is $M + D$ on every task but the two largest (MNLI, QQP), so also on SST-2. Their KL is PyTorch's
"mean", which divides by the number of classes too: the distillation weighs $\gamma\,T^2 / C$ for each sentence.

(inferred) With low-rank updates the shared weights are the low-rank matrices, and the projection acts on their gradients, not on those of
the full matrices. The start is the jointly trained model, not the pre-trained one.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.method import Batch, Deviation, Phase, Pooling, Published, Result, Shape, reported
from dynviz.methods._entropy import EntropyRule
from dynviz.methods._ramps import cross_entropy
from dynviz.records.card import Kind

SHARE, TEMPERATURE = 0.9, 3.0  # gamma and T of the authors
_TOGETHER = "All weights learn for three epochs there; here low-rank updates for half of one, on top of a jointly trained model."


class RomeBert(EntropyRule):
    """A classifier after every layer, the lower ones distilled from the last. anchor: the part whose gradient is never changed."""

    title: ClassVar[str] = "RomeBERT"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "Geng et al., arXiv 2021"
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("rome", "lora", epochs=0.5, lr=5e-4, head_lr=5e-4),)
    published: ClassVar[tuple[Published, ...]] = (
        reported(
            "SST-2 dev", "BERT-base", Result("sst2", "dev", 89.7, 92.1, after=(6, 12), why=_TOGETHER),
            "Geng et al., arXiv 2101.09755, a figure of exits alone, read off to 0.2",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The projection acts on the gradients of the full weight matrices.",
            "It acts on those of the low-rank updates that are trained.",
            "Only these are trained here; trained in full, the projection is the authors'.",
        ),
        Deviation(
            "The layer left out of the projection is always the twelfth, by its number in the code, also where there are 24.",
            "The last layer is left out, whatever the depth.",
            "It is the one layer that the lower classifiers do not share.",
        ),
        Deviation(
            "A further classifier after the last layer, which the loss never trains, may answer there.",
            "After the last layer the last classifier answers.",
            "An untrained classifier has no answer to give.",
        ),
        Deviation(
            "Three epochs from the pre-trained model.",
            "Half an epoch from the jointly trained one, after its two.",
            "All methods here start from the same model, so that what differs is the method.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, anchor: Literal["exits", "last"] = "exits") -> None:
        super().__init__(shape, pooling, hidden)
        self.anchor = anchor

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        """(2,) the anchor and the other part."""
        states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        last = self.logits(batch, states, self.shape.layers)
        lower = [self.logits(batch, states, i) for i in range(1, self.shape.layers)]
        exits = torch.stack([taught(z, last.detach(), batch.labels) for z in lower]).sum()
        own = cross_entropy(last, batch.labels)
        return torch.stack([exits, own] if self.anchor == "exits" else [own, exits])

    def backward(self, loss: Tensor, shared: Mapping[str, nn.Parameter]) -> None:
        both = [p for name, p in shared.items() if p.dim() > 1 and f".layer.{self.shape.layers - 1}." not in name]
        trained = [*both, *(set(shared.values()) - set(both)), *(p for p in self.parameters() if p.requires_grad)]
        anchor = torch.autograd.grad(loss[0], trained, retain_graph=True, materialize_grads=True)
        other = torch.autograd.grad(loss[1], trained, materialize_grads=True)
        conflict = overlap(anchor[: len(both)], other[: len(both)])
        for place, (p, a, o) in enumerate(zip(trained, anchor, other, strict=True)):
            step = a + o - (conflict * a if place < len(both) else 0.0)
            p.grad = step if p.grad is None else p.grad + step


def taught(logits: Tensor, teacher: Tensor, labels: Tensor) -> Tensor:
    """A lower classifier's loss: from the labels, and from the last classifier's logits (detached)."""
    soft = F.kl_div((logits / TEMPERATURE).log_softmax(-1), (teacher / TEMPERATURE).softmax(-1), reduction="batchmean") / logits.shape[-1]
    return (1 - SHARE) * cross_entropy(logits, labels) + SHARE * TEMPERATURE**2 * soft


def overlap(anchor: Sequence[Tensor], other: Sequence[Tensor]) -> float:
    """Of two gradients, each taken as one flat vector: <a, o> / <a, a> where that is negative, else 0."""
    inner, square = (float(sum((a * x).sum() for a, x in zip(anchor, y, strict=True))) for y in (other, anchor))
    return min(inner / square, 0.0) if square else 0.0
