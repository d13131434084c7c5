"""As many tokens as a method drops, drawn by lot: what a choice of tokens is worth, with the number of them left as it was."""

from collections.abc import Mapping

import numpy as np

from dynviz.core.intervene import MOMENTS, Wrapped
from dynviz.core.method import Knobs, Method, Moment, Plan
from dynviz.records import Floats, Ints, Run, Sentences


class ByLot(Wrapped):
    """A method that keeps as many tokens of every sentence in every layer as it did in a run of its own, but which ones is drawn by lot.

    [CLS] stays; all others have the same chance. One lot a token holds for all layers, so that what is gone stays gone wherever the method
    only takes away. The run is of the same sentences; nothing in it may be merged.
    """

    def __init__(self, method: Method, own: Run, rng: np.random.Generator) -> None:
        super().__init__(method)
        self.moments = MOMENTS  # type: ignore[misc]
        self.many = {"before": own.sentences.count(own.attending), "between": own.kept}
        self.place = places(own.sentences, rng)

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        """Drop whoever stands behind the number that stay."""
        if moment == "after":
            return plan
        return plan.drop(self.place >= self.many[moment][layer - 1][sentences.owner])


def places(sentences: Sentences, rng: np.random.Generator) -> Ints:
    """(N,) the place of each token in a random order of its sentence's, [CLS] the first."""
    lots = np.where(sentences.first, -1.0, rng.random(len(sentences.special)))
    order = np.lexsort((lots, sentences.owner))
    out = np.empty(len(order), np.int64)
    out[order] = np.arange(len(order)) - sentences.starts[sentences.owner]
    return out
