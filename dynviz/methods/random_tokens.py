r"""Tokens are dropped at random, as many per layer as the attention baseline drops: what a choice by attention is worth.

Source: A baseline; no paper.

Rule: As the untrained attention top-k, with the same counts: of $n$ tokens $\lceil n\,k^l \rceil$ stay in layer $l$. But the score is a
fixed pseudo-random number of the token's position and the sentence's length, so that a run can be repeated.

Knob: The share $k$ of tokens kept from one layer to the next. Smaller drops more, 1 drops nothing.

Training: None; it shares the plain model's weights.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from dynviz.core.method import Moment, Reading, View
from dynviz.methods import attention_topk
from dynviz.records import Bools, Floats, Sentences, Unit
from dynviz.records.card import Kind


class RandomTokens(attention_topk.AttentionTopK):
    """The plain model; tokens leave by lot."""

    title: ClassVar[str] = "Random tokens"
    kind: ClassVar[Kind] = "baseline"
    serves: ClassVar[tuple[Unit, ...]] = ("sentence", "token")
    untrained: ClassVar[Mapping[str, Any] | None] = {}
    needs_attention: ClassVar[bool] = False
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("received", "token", "lot drawn (no meaning)"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "after":
            return super().read(moment, layer, asked, view)
        return {"received": torch.from_numpy(self.scores(view.sentences)[asked["received"]])}

    def scores(self, sentences: Sentences) -> Floats:
        """(N,) a number in [0, 1) for each token, from its position and its sentence's length alone."""
        mixed = np.sin(sentences.position * 12.9898 + sentences.lengths[sentences.owner] * 78.233) * 43758.5453
        return np.asarray(mixed - np.floor(mixed))
