r"""The sentence exits once its state stops changing from one layer to the next; nothing is trained for it.

Source: A rule of ours, inspired by the measure of states in CALM (Schuster et al., NeurIPS 2022), which there stops a generated token.

Rule: Let $v_i$ be what the classifier reads after layer $i$: the state of [CLS], or the mean over all tokens. The sentence exits after
layer $i$ when the angle between $v_i$ and $v_{i-1}$, by which layer $i$ has turned it, is strictly below the knob. After the first layer
nothing exits: before it stand embeddings, not yet a text's state. The model's own classifier, made for the last layer, answers from $v_i$.

Knob: The angle in degrees below which a sentence exits. Larger stops earlier, 0 never stops. CALM compares cosines; near 1, where they
lie, an angle tells them apart. One run serves every setting.

Training: None. That is its strength, any classifier can be opened with it, and its weakness: a state that rests need not be one that
the last layer's classifier can read.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dynviz.core.heads import Head
from dynviz.core.method import Deviation, Knob, Knobs, Moment, Plan, Reading, View
from dynviz.methods._ramps import Ramps
from dynviz.records import Bools, Floats, Sentences, Unit
from dynviz.records.card import Kind


class StateSaturation(Ramps):
    """The plain model; its own classifier is asked after each layer, and believed once the state rests."""

    title: ClassVar[str] = "State saturation, untrained"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "inspired by CALM (NeurIPS 2022)"
    stops: ClassVar[str] = "the sentence exits"
    serves: ClassVar[tuple[Unit, ...]] = ("sentence",)
    replayable: ClassVar[bool] = True
    untrained: ClassVar[Mapping[str, Any] | None] = {}
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("turn", "answer", "turn (degrees from the state a layer before)", side="below"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("turn", "exit below a turn of, in degrees", 0.0, 180.0, 0.1, 5.0, 0.0, "up", "0: all layers, always; 180: two layers"),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "CALM measures the state of a token that a decoder generates.",
            "The vector that a sentence's classifier reads.",
            "The models here are encoders, and a sentence has one answer.",
        ),
        Deviation(
            "CALM trains the layers' answers together, and calibrates the threshold.",
            "The model stays as it is; a threshold can be calibrated here too.",
            "The rule is for models that came without exits.",
        ),
    )

    def layers_read(self) -> list[int]:
        """The last layer alone has a classifier; after the others it is the same one that is asked."""
        return [self.shape.layers]

    def head(self, layer: int) -> Head:
        return super().head(self.shape.layers)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        return dict.fromkeys(("probs", *(r.name for r in self.readings)), plan.live)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        return {**super().read(moment, layer, asked, view), "turn": self._turn(asked["turn"], view)}

    def _turn(self, asked: Bools, view: View) -> Tensor:
        """(n,) degrees from each sentence's vector a layer before; 180 where there was none. Those asked only become fewer."""
        vectors = self.vectors(asked, view)
        before = view.memory.get("before")
        view.memory["before"] = asked, vectors
        if before is None:
            return vectors.new_full((len(vectors),), 180.0)
        then, old = before
        return degrees(vectors, old[torch.from_numpy(np.flatnonzero(asked[then]))])

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.stop(plan.live & (readings["turn"][layer] < knobs["turn"]), sentences)


def degrees(a: Tensor, b: Tensor) -> Tensor:
    """(n, D), (n, D) -> (n,) the angle between two vectors, exact near 0 and 180, where the arc cosine loses half the digits."""
    a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
    return torch.rad2deg(2 * torch.atan2((a - b).norm(dim=-1), (a + b).norm(dim=-1)))
