r"""The first tokens stay, as many per layer as the attention baseline keeps: what a choice is worth against cutting the text short.

Source: A baseline; no paper.

Rule: As the untrained attention top-k, with the same counts: of $n$ tokens $\lceil n\,k^l \rceil$ stay in layer $l$. But it is the first
ones of the text that stay.

Knob: The share $k$ of tokens kept from one layer to the next. Smaller drops more, 1 drops nothing.

Training: None; it shares the plain model's weights.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from dynviz.core.method import Reading
from dynviz.methods import random_tokens
from dynviz.records import Floats, Sentences, Unit
from dynviz.records.card import Kind


class FirstTokens(random_tokens.RandomTokens):
    """The plain model; tokens leave from the end of the text."""

    title: ClassVar[str] = "First tokens"
    kind: ClassVar[Kind] = "baseline"
    serves: ClassVar[tuple[Unit, ...]] = ("sentence", "token")
    untrained: ClassVar[Mapping[str, Any] | None] = {}
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("received", "token", "share of the text from here on"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )

    def scores(self, sentences: Sentences) -> Floats:
        lengths = sentences.lengths[sentences.owner]
        return np.asarray((lengths - sentences.position) / lengths)
