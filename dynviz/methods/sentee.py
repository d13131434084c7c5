r"""A sentence whose words are tagged stops as a whole, once its most doubtful word is sure.

Source: Li, Shao, Sun, Yan, Qiu, Huang, Accelerating BERT Inference for Sequence Labeling via Early-Exit, ACL 2021: the plainer of the
paper's two rules (the other, TOKEE, lets each word stop by itself). Code: LeeSureman/Sequence-Labeling-Early-Exit.

Rule: A tag classifier after every layer $i$ reads the first piece of each word $j$; $u_{ij}$ is the entropy of its tag probabilities,
divided by $\ln C$. The sentence exits after the first layer with $\max_j u_{ij} < \delta$, and every word takes that layer's tag.

One hard word holds the whole sentence back, the longer the likelier: that is what TOKEE was made for. Nothing is copied, and no word sees
a halted one.

With the option "reduce" at "mean" the mean over the words is compared instead, as the authors' code permits. (inferred) A sentence in
which there is no word at all goes through all layers.

Knob: $\delta$, the uncertainty below which a sentence exits. Larger stops earlier, 0 never stops.

Training: The paper's first stage alone: $\sum_i i\,\text{CE}_i / \sum_i i$, encoder and classifiers together.

(inferred) Ours goes on from the encoder and the classifiers of the tagger behind TOKEE by low-rank updates, for part of an epoch; the
authors tune the pre-trained model for 20 epochs.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from torch import Tensor

from dynviz.core.method import Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Shape
from dynviz.methods._ramps import Ramps
from dynviz.records import Floats, Ints, Sentences, Unit
from dynviz.records.card import Comparison, Kind

Reduce = Literal["max", "mean"]


class Sentee(Ramps):
    """A tag classifier after every layer, and sentences that exit as a whole. reduce: what stands for the sentence's words."""

    title: ClassVar[str] = "SENTEE"
    kind: ClassVar[Kind] = "exit"
    fits_frozen: ClassVar[bool] = True
    fits_tuned: ClassVar[bool] = True
    venue: ClassVar[str] = "Li et al., ACL 2021"
    stops: ClassVar[str] = "the sentence exits, with the tags of all its words"
    serves: ClassVar[tuple[Unit, ...]] = ("token",)
    replayable: ClassVar[bool] = True
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob(
            "delta", "exit when every word is below uncertainty", 0.0, 1.0, 0.01, 0.3, 0.0, "up", "0: all layers, always; 1: one layer"
        ),
    )
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("joint", "lora", epochs=0.7, lr=5e-4, head_lr=5e-4),)
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "tagging, named entities, word segmentation", "BERT", '"minimal" loss', "66-75 % of the inference cost saved",
            "Li et al., ACL 2021, abstract, of both rules together",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The hook that counts FLOPs charges the attention products for one head only.",
            "All heads are counted, and every classifier.",
            "The count must be of what is computed.",
        ),
        Deviation(
            "All weights are tuned from the pre-trained model, 20 epochs, the encoder frozen for the first two.",
            "Low-rank updates of the tagger trained for TOKEE, part of an epoch.",
            "The tagger was trained by the same loss first; a whole encoder more is not stored.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = False, reduce: Reduce = "max") -> None:
        super().__init__(shape, pooling, hidden)
        self.reduce = reduce

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        leads = np.flatnonzero(sentences.leads & plan.live[sentences.owner])
        doubt = self.of_sentences(readings["uncertainty"][layer, leads], sentences.owner[leads], len(sentences.lengths))
        return plan.stop(plan.live & (doubt < knobs["delta"]), sentences)

    def of_sentences(self, unsure: Floats, owner: Ints, count: int) -> Floats:
        """(count,) the largest (or mean) uncertainty of each sentence's words, from theirs (W,); infinite where there is none."""
        words = np.bincount(owner, minlength=count)
        if self.reduce == "mean":
            total = np.bincount(owner, weights=unsure, minlength=count)
            return np.where(words > 0, total / np.maximum(words, 1), np.inf)
        worst = np.full(count, -np.inf)
        np.maximum.at(worst, owner, unsure)
        return np.where(words > 0, worst, np.inf)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        doubt = np.full(self.shape.layers + 1, np.nan)
        for layer, unsure in enumerate(readings["uncertainty"]):
            words = unsure[~np.isnan(unsure)]
            if len(words):
                doubt[layer] = self.of_sentences(words, np.zeros(len(words), np.int64), 1)[0]
        label = f"{'largest' if self.reduce == 'max' else 'mean'} uncertainty of the words (entropy / ln C)"
        return (Comparison("doubt", label, doubt, np.full(len(doubt), knobs["delta"]), "below"),)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        return self.joint_loss(batch, batch.encoders[0].padded(batch.ids, batch.real, batch.types))
