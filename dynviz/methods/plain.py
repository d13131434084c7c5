"""The ordinary model: every token goes through every layer, and one classifier answers at the end.

Source: A baseline; no paper.

Rule: Nothing stops. It is the yardstick: all compute is counted against it.

The option "depth" cuts the encoder. The model of the first $k$ layers, fine-tuned at that depth, is the static line that every adaptive
method has to beat.

Knob: None: it always computes everything.

Training: Cross-entropy on the last layer.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor

from dynviz.core.method import Batch, Phase
from dynviz.methods._ramps import Ramps, cross_entropy
from dynviz.records import Unit
from dynviz.records.card import Kind, Reading


class Plain(Ramps):
    """One classifier on the pooled last state."""

    title: ClassVar[str] = "Plain model"
    kind: ClassVar[Kind] = "baseline"
    venue: ClassVar[str] = "baseline"
    stops: ClassVar[str] = "nothing stops"
    serves: ClassVar[tuple[Unit, ...]] = ("sentence", "token")
    untrained: ClassVar[Mapping[str, Any] | None] = {}
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),)
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("tune", "all", epochs=2),)

    def layers_read(self) -> list[int]:
        return [self.shape.layers]

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        return cross_entropy(self.logits(batch, states, self.shape.layers), batch.labels)
