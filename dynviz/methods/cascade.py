r"""Two complete models: a small one answers first, a big one reads the text anew only when the small one is unsure.

Source: Li, Lin, Chen, Ren, Li, Zhou, Sun, CascadeBERT: Accelerating Inference of Pre-trained Language Models via Calibrated Complete
Models Cascade, Findings of EMNLP 2021. Code: lancopku/CascadeBERT.

Rule: The sentence has its answer when $\max_c p_c$, the small model's largest class probability, is strictly above the knob. The big
model answers the rest, starting from the embeddings. Cost is cumulative: what goes on pays for both.

Knob: The confidence that is asked for. Smaller stops more, 1 passes everything on.

Training: The big model is the plain one. The small one is complete in itself: it was distilled from MiniLM on unlabelled text at its own
depth, not cut from the big one, which is what the paper argues for.

The small model's loss is the cross-entropy plus $w$ times a difficulty-aware margin. For each easy example of a batch a hard one is
drawn, and $\max(0, m - (c_e - c_h))$ is the pair's loss, $c_e$ and $c_h$ being their largest class probabilities. As in the authors'
script $m = 0.5$ and $w = 0.5$.

(inferred) An example is hard when a small model trained on the other half of the data gets it wrong; on SST-2 that is 11.4 % of the rows.

Measured on SST-2 with the same training, the distilled small model against one cut from the first two layers of MiniLM: alone +0.011
[-0.008, 0.030] on the calibration split and +0.003 [-0.016, 0.022] on dev, and no clear sign at higher compute. At this size the paper's
claim is neither confirmed nor refuted.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from dynviz.core.method import Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._ramps import Ramps, cross_entropy
from dynviz.records import Bools, Floats, Sentences
from dynviz.records.card import Kind


class Cascade(Ramps):
    """A small and a big encoder, each with its classifier. margin, weight: of the difficulty-aware term."""

    title: ClassVar[str] = "CascadeBERT"
    kind: ClassVar[Kind] = "cascade"
    venue: ClassVar[str] = "Li et al., Findings of EMNLP 2021"
    stops: ClassVar[str] = "the sentence is answered by the small model, or moves on to the big one"
    stages: ClassVar[int] = 2
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (Reading("confidence", "sentence", "largest class probability", side="above"),)
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("confidence", "the small model answers above confidence", 0.5, 1.0, 0.001, 0.9, 1.0, "down", "1: always both models"),
    )
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("calibrated", "all", epochs=1, lr=1e-4),)
    published: ClassVar[tuple[Published, ...]] = (
        *(
            Published(
                "MRPC dev", "BERT of 2 and of 12 layers", f"{score} accuracy", f"{speed}x fewer layers", "runs saved in the authors' code"
            )
            for score, speed in (("80.9", "4.12"), ("81.6", "3.21"), ("82.6", "2.63"), ("84.3", "2.12"))
        ),
        Published("six tasks", "BERT", "15 % above dynamic early exit", "4x faster", "Li et al., EMNLP Findings 2021, abstract"),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "In evaluation both models run on every text, and the exits are simulated afterwards.",
            "The big model reads only what the small one passes on.",
            "What is claimed must be what is spent.",
        ),
        Deviation(
            "Cost is counted in layers; embeddings, poolers and classifiers are free.",
            "FLOPs, classifiers included.",
            "The layers of the two models need not be of one size, and classifiers are not free.",
        ),
        Deviation(
            "A text is hard or easy by models trained with five seeds.",
            "By one small model, trained on the half of the data that does not hold it.",
            "A model judges fairly only what it has not seen; two trainings are enough for that.",
        ),
        Deviation(
            "Both models are tuned in one run, by the sum of their losses.",
            "The big one is the plain model; the small one is tuned alone.",
            "They share no weights, and the big one then is the same that others are compared with.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, margin: float = 0.5, weight: float = 0.5) -> None:
        super().__init__(shape, pooling, hidden)
        self.margin, self.weight = margin, weight

    def layers_read(self) -> list[int]:
        return [int(layer) for layer in np.cumsum(self.shape.depths)]

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        probs = self.head(layer)(self.vectors(asked["probs"], view)).softmax(-1)
        return {"probs": probs, "confidence": probs.amax(-1)}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.stop(plan.live & (readings["confidence"][layer] > knobs["confidence"]), sentences)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        """Of the small model; the big one is the plain model, tuned before."""
        states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        logits = self.logits(batch, states, self.shape.depths[0])
        loss = cross_entropy(logits, batch.labels)
        easy, hard = (~batch.hard).nonzero()[:, 0], batch.hard.nonzero()[:, 0]
        if len(easy) and len(hard) and self.weight:
            confidence = logits.softmax(-1).amax(-1)
            drawn = hard[torch.randint(len(hard), (len(easy),))]
            loss = loss + self.weight * (self.margin - (confidence[easy] - confidence[drawn])).clamp_min(0).mean()
        return loss
