r"""Each exit sees what all layers so far made of the sentence, and imagines what the layers to come would make of it.

Source: Liao, Zhang, Ren, Su, Sun, He, A Global Past-Future Early Exit Method for Accelerating Inference of Pre-trained Language Models,
NAACL 2021. Code: lancopku/Early-Exit.

Rule: Every layer $j$ has a pooler, whose tanh gives $c_j$, and an imitation, which guesses $c_j$ from an earlier $c_i$:
$\tanh(A_j c_i + a_j)$. Every layer also has logits $l_j$ and gate inputs $g_j$, both linear in $c_j$.

At exit $i$ the past is $P = \sum_{j \le i} l_j$, and the future $F = \sum_{j > i} l_j$ is computed from the imagined $c_j$. With
$w = \sigma(G \tanh(\frac{1}{i} \sum_{j \le i} g_j))$, one weight for each class and $\sigma$ the sigmoid, the logits are
$2 w P + 2 (1 - w) F$.

The sentence leaves when the entropy of their softmax, divided by $\ln C$, is strictly below the knob. The sums of $l_j$ and $g_j$ are
carried along, so that each product is computed once; what an exit costs falls from layer to layer, as less is left to imagine.

Knob: The entropy divided by $\ln C$; the paper's $S$ is the knob times $\ln C$. Larger stops earlier, 0 never stops.

Training: In one stage. One half of the loss is $\sum_i i\,\text{CE}_i / \sum_i i$, the other the mean over exits of
$1 - \cos(\hat{c}_j, c_j)$, where $\hat{c}_j$ is imagined and the true $c_j$ held fixed. Exit $i$ trains only $c_i$, not the $c_j$ before
it.

Lower layers are protected: the states after each of the first $k$ layers pass no gradient back with probability $1 - s$, where $s$ is the
share of the training that is done. (inferred) The paper's 2 of 12 layers become 1 of 6.

(inferred) Poolers and logits start as the classifiers of the jointly trained model, whose encoder is tuned on by low-rank updates.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.attention import hidden_keys
from dynviz.core.method import Asked, Batch, Deviation, Moment, Phase, Pooling, Published, Reading, Result, Shape, View, reported
from dynviz.methods._entropy import EntropyRule
from dynviz.methods._ramps import cross_entropy, uncertainty
from dynviz.records import Bools, Ints
from dynviz.records.card import Kind

_COSEE = "COSEE, AAAI 2025, Table 2, quoting the paper"
_IMAGINED = "Exits imagine the layers to come, at a cost that is not counted there; all weights are tuned there, for three epochs."


class PastFuture(EntropyRule):
    """Poolers, imitations and one gated classifier. protected: F, how many lower layers are seldom trained at first."""

    title: ClassVar[str] = "Past-Future"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "Liao et al., NAACL 2021"
    readings: ClassVar[tuple[Reading, ...]] = (
        *EntropyRule.readings,
        Reading("past", "sentence", "weight of the layers seen against those imagined", compared=False),
    )
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("imagine", "lora", epochs=0.5, lr=5e-4, head_lr=5e-4),)
    published: ClassVar[tuple[Published, ...]] = (
        reported("SST-2 test", "BERT-base", Result("sst2", "test", 92.8, 93.5, fewer=2.02, why=_IMAGINED), _COSEE),
        Published("QNLI test", "BERT-base", "89.8 accuracy (90.5 without exits)", "1.97x fewer layers", _COSEE),
        Published("MNLI test", "BERT-base", "83.3 accuracy (84.6 without exits)", "1.96x fewer layers", _COSEE),
        Published("RTE test", "BERT-base", "64.5 accuracy (66.4 without exits)", "2.04x fewer layers", _COSEE),
        Published("MRPC test", "BERT-base", "87.0 F1 (88.9 without exits)", "1.98x fewer layers", _COSEE),
        Published("QQP test", "BERT-base", "71.2 F1 (71.2 without exits)", "2.18x fewer layers", _COSEE),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "Every exit imagines all L layers, the past ones too, and computes the logits of all past layers again.",
            "Only the layers to come are imagined, and the sums over the past are carried along.",
            "The numbers are the same; what is not used is not computed.",
        ),
        Deviation(
            "A batch exits when all its sentences are below the threshold.",
            "Every sentence exits for itself.",
            "A sentence must not wait for its neighbours.",
        ),
        Deviation(
            "The entropy is not a number where a probability is 0, so the surest sentences never exit.",
            "Probabilities are clamped before the logarithm.",
            "0 times log 0 is 0.",
        ),
        Deviation(
            "The protection of lower layers counts forward passes against a total of optimizer steps: with four batches to a step "
            "(MNLI, QQP) it ends after a quarter of the training.",
            "It ends with the training.",
            "That is the schedule on all their other data sets.",
        ),
        Deviation(
            "Two of twelve layers are protected on SST-2.",
            "One of six.",
            "The same share of the depth.",
        ),
        Deviation(
            "Dropout on all pooled and imagined vectors.",
            "None outside the encoder.",
            "As for all exits here.",
        ),
        Deviation(
            'The line "Speed Up" prints the share of layers saved, and no product of the exits is counted.',
            "The share of FLOPs, with poolers, imitations, classifiers and gate.",
            "Imagining costs most in the first layers, where most sentences leave.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", protected: int = 1) -> None:
        super().__init__(shape, pooling)
        self.protected = protected
        width, classes = shape.widths[0], shape.classes
        self.gate_inputs = nn.ModuleDict({str(i): nn.Linear(width, classes) for i in self.layers_read()})
        self.imitations = nn.ModuleDict({str(i): nn.Linear(width, width) for i in self.layers_read()[1:]})
        self.gate = nn.Linear(classes, classes)

    def own(self, layer: int, vectors: Tensor) -> Tensor:
        """(..., D) -> (..., D) what the layer's pooler makes of its states: c_i."""
        pooler = self.head(layer).hidden
        assert pooler is not None
        pooled: Tensor = pooler(vectors).tanh()
        return pooled

    def imagined(self, layer: int, own: Tensor) -> list[Tensor]:
        """What the poolers of the later layers are imagined to make of the sentence, (..., D) each."""
        return [self.imitations[str(j)](own).tanh() for j in range(layer + 1, self.shape.layers + 1)]

    def mixed(self, layer: int, past: Tensor, gates: Tensor, imagined: list[Tensor]) -> tuple[Tensor, Tensor]:
        """(..., C) logits of an exit and (..., C) weights of the past, from the sums of l_j and g_j over the layers so far."""
        weights = self.gate((gates / layer).tanh()).sigmoid()
        later = [self.head(j).out(guess) for j, guess in enumerate(imagined, start=layer + 1)]
        future = torch.stack(later).sum(0) if later else torch.zeros_like(past)
        return 2 * weights * past + 2 * (1 - weights) * future, weights

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        which = asked["probs"]
        here = torch.from_numpy(np.flatnonzero(which))
        own = self.own(layer, self.vectors(which, view))
        sums = view.memory.setdefault("sums", own.new_zeros(2, len(which), self.shape.classes))
        sums[0, here] += self.head(layer).out(own)
        sums[1, here] += self.gate_inputs[str(layer)](own)
        logits, weights = self.mixed(layer, sums[0, here], sums[1, here], self.imagined(layer, own))
        probs = logits.softmax(-1)
        return {"probs": probs, "uncertainty": uncertainty(probs), "past": weights.mean(-1)}

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        width, classes = self.shape.widths[0], self.shape.classes
        seen = width * (width + 2 * classes)
        imagined = (self.shape.layers - layer) * width * (width + classes)
        return asked.units["probs"] * 2 * (seen + imagined + classes * classes)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        states = self._protected_states(batch)
        owns = [self.own(i, batch.pooled(states[i], self.pooling)) for i in self.layers_read()]
        past = gates = states[0].new_zeros(len(batch.labels), self.shape.classes, dtype=torch.float32)  # sums stay in full precision
        wrong, missed = [], []
        for i, own in enumerate(owns, start=1):
            logit, gate, imagined = self.head(i).out, self.gate_inputs[str(i)], self.imagined(i, own)
            logits, _ = self.mixed(i, past + logit(own), gates + gate(own), imagined)
            wrong.append(i * cross_entropy(logits.float(), batch.labels))
            if imagined:
                true = torch.stack(owns[i:]).detach().float()
                missed.append((1 - F.cosine_similarity(torch.stack(imagined).float(), true, dim=-1)).mean())
            past, gates = past + logit(own.detach()), gates + gate(own.detach())
        return (torch.stack(wrong).sum() / sum(self.layers_read()) + torch.stack(missed).mean()) / 2

    def _protected_states(self, batch: Batch) -> list[Tensor]:
        """The states after 0..L layers; those after a protected layer pass no gradient back, ever more seldom."""
        encoder, bias = batch.encoders[0], hidden_keys(batch.real)
        states = [encoder.embed(batch.ids, batch.positions, batch.types)]
        for i, layer in enumerate(encoder.layers, start=1):
            context, _ = layer.attend_padded(states[-1], bias, weights=False)
            new = layer.norm(layer.sums(layer.attended(states[-1], context)))
            closed = i <= self.protected and float(torch.rand(())) >= batch.progress
            states.append(new.detach() if closed else new)
        return states
