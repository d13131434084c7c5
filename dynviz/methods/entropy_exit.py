"""Early exit by entropy on a jointly trained model: the sentence leaves once a layer's classifier is sure.

The rule is DeeBERT's (Xin et al., ACL 2020): after layer i the sentence exits when the entropy of its class probabilities is below the
knob. The training is not: encoder and all classifiers are tuned together, classifier i weighted by i (the loss of PABEE, Zhou
et al., NeurIPS 2020), which makes the lower classifiers much stronger than DeeBERT's, trained on a frozen encoder. The knob is the
entropy divided by ln C; larger stops earlier, 0 never stops. One run serves every setting.
"""

from typing import ClassVar

from torch import Tensor

from dynviz.core.method import Batch, Deviation, Phase
from dynviz.methods._entropy import EntropyRule


class EntropyExit(EntropyRule):
    """A classifier after every layer, all trained together with the encoder."""

    title: ClassVar[str] = "Entropy exit, joint training"
    venue: ClassVar[str] = "the rule of DeeBERT (ACL 2020) on a jointly trained model"
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("joint", "all", epochs=2),)
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "DeeBERT freezes the encoder while its ramps are trained.",
            "Encoder and classifiers are trained together, classifier i weighted by i.",
            "The lower classifiers become much stronger; DeeBERT's own training is shown beside it.",
        ),
        Deviation(
            "PABEE, whose loss this is, shares one pooler among all layers.",
            "Each classifier has a hidden layer of its own, as DeeBERT's ramps have.",
            "Heads of that shape are what other methods start from.",
        ),
    )

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        return self.joint_loss(batch, batch.encoders[0].padded(batch.ids, batch.real))
