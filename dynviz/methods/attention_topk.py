r"""Tokens that receive least attention are dropped, a fixed share in each layer; nothing was trained for it.

Source: A baseline of ours, in the manner of PoWER-BERT (Goyal et al., ICML 2020) and the Length-Adaptive Transformer (Kim, Cho, ACL
2021).

Rule: Of a sentence of $n$ tokens, the $\lceil n\,k^l \rceil$ tokens that receive most attention in layer $l$ stay, where $k$ is the knob.
They are chosen between the layer's attention and its feed-forward block. [CLS] is always among them, and ties are broken by position.

Which tokens stay depends on the sentence; how many depends on its length alone. The classifier reads the mean over the tokens left.
In tagging, a dropped word is tagged from the state of the last layer that it went through.

Knob: The share $k$ of tokens kept from one layer to the next. Smaller drops more, 1 drops nothing.

Training: None; it shares the plain model's weights.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from torch import Tensor

from dynviz.core.method import Asked, Knob, Knobs, Moment, Plan, Reading, View
from dynviz.methods._tokens import TokenDropper, attention, ranks
from dynviz.records import Bools, Floats, Ints, Sentences, Unit
from dynviz.records.card import Kind


class AttentionTopK(TokenDropper):
    """The plain model; the least attended tokens leave."""

    title: ClassVar[str] = "Attention top-k, untrained"
    kind: ClassVar[Kind] = "baseline"
    venue: ClassVar[str] = "baseline"
    stops: ClassVar[str] = "tokens are dropped"
    serves: ClassVar[tuple[Unit, ...]] = ("sentence", "token")
    untrained: ClassVar[Mapping[str, Any] | None] = {}
    moments: ClassVar[frozenset[Moment]] = frozenset({"between", "after"})
    needs_attention: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("received", "token", "attention received"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("keep", "share of tokens kept per layer", 0.5, 1.0, 0.01, 0.9, 1.0, "down", "1 drops nothing"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        return {"received": plan.attending} if moment == "between" else self.answer_asks(moment, layer, plan, sentences)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        return {"received": attention(view)} if moment == "between" else super().read(moment, layer, asked, view)

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment != "between" or knobs["keep"] >= 1:
            return plan
        many = self.kept(sentences.lengths, layer, knobs)
        return plan.drop(ranks(readings["received"][layer], plan.visible, sentences) >= many[sentences.owner])

    def kept(self, lengths: Ints, layer: int, knobs: Knobs) -> Floats:
        """(S,) how many tokens of sentences of these lengths stay after a layer."""
        return np.asarray(np.ceil(lengths * knobs["keep"] ** layer - 1e-9))

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return self.answer_flops(layer, asked)
