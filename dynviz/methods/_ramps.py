"""What exit methods share: a classifier after some layers, read for every sentence still without an answer."""

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.heads import Head
from dynviz.core.method import Asked, Batch, Knobs, Method, Moment, Plan, Pooling, Reading, Shape, View
from dynviz.records import Bools, Floats, Ints, Sentences


def uncertainty(probs: Tensor) -> Tensor:
    """(..., C) probabilities -> (...) entropy over ln C: 0 sure, 1 undecided. Zero probabilities are harmless."""
    entropy: Tensor = torch.special.entr(probs).sum(-1)
    return (entropy / math.log(probs.shape[-1])).clamp(0, 1)


class Ramps(Method):
    """Classifiers ("ramps") after the layers that `layers_read` names; readings: class probabilities and uncertainty.

    Reads a sentence's pooled state, or, for word-level tasks (unit "token"), the first piece of each word.
    """

    readings: ClassVar[tuple[Reading, ...]] = (Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", side="below"),)

    def __init__(self, shape: Shape, pooling: Pooling = "cls", hidden: bool = True) -> None:
        super().__init__(shape)
        self.pooling = pooling
        widths = np.repeat(shape.widths, shape.depths)
        self.heads = nn.ModuleDict({str(i): Head(int(widths[i - 1]), shape.classes, hidden) for i in self.layers_read()})
        if shape.last is not None:
            self.heads[str(shape.layers)] = shape.last.head(shape.widths[-1], shape.classes)

    def layers_read(self) -> list[int]:
        """The layers (from 1) after which a classifier is asked; the last one always."""
        return list(range(1, self.shape.layers + 1))

    def head(self, layer: int) -> Head:
        """The classifier after this layer."""
        found = self.heads[str(layer)]
        assert isinstance(found, Head)
        return found

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment != "after" or layer not in self.layers_read():
            return {}
        units = plan.live if self.unit == "sentence" else sentences.leads & plan.live[sentences.owner]
        return {"probs": units, **{r.name: units for r in self.readings}}

    def vectors(self, asked: Bools, view: View) -> Tensor:
        """(units asked, D) the states the classifier is given."""
        if self.unit == "token":
            return view.of(asked)
        return view.pooled(asked, self.pooling)

    def given(self, layer: int, vectors: Tensor) -> Tensor:
        """(n, D) -> (n, D) what the last linear layer of the classifier after a layer is given, of pooled states."""
        return self.head(layer).features(vectors)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        probs = self.head(layer)(self.vectors(asked["probs"], view)).softmax(-1)
        return {"probs": probs, "uncertainty": uncertainty(probs)}

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return asked.units["probs"] * self.head(layer).flops

    def plain_head(self, sentences: Sentences) -> Ints:
        units = np.ones_like(sentences.lengths) if self.unit == "sentence" else sentences.count(sentences.leads)
        return units * self.head(self.shape.layers).flops

    def logits(self, batch: Batch, states: list[Tensor], layer: int) -> Tensor:
        """(B, C), or (B, T, C) for word-level tasks: what the classifier after a layer says, for training."""
        h = states[layer] if self.unit == "token" else batch.pooled(states[layer], self.pooling)
        out: Tensor = self.head(layer)(h)
        return out.float()

    def joint_loss(self, batch: Batch, states: list[Tensor]) -> Tensor:
        """Cross-entropy of all classifiers, weighted by layer: sum of i * CE_i over sum of i (PABEE's and TOKEE's weights)."""
        layers = self.layers_read()
        losses = [i * cross_entropy(self.logits(batch, states, i), batch.labels) for i in layers]
        return torch.stack(losses).sum() / sum(layers)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy over the labelled units; -100 marks pieces without an answer."""
    return F.cross_entropy(logits.flatten(0, -2), labels.flatten(), ignore_index=-100)
