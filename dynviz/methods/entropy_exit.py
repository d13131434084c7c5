r"""Early exit by entropy on a jointly trained model: the sentence leaves once a layer's classifier is sure.

Source: The rule is DeeBERT's (Xin et al., ACL 2020), the loss PABEE's (Zhou et al., NeurIPS 2020).

Rule: The sentence exits after layer $i$ when the entropy $H(p_i)$ of its class probabilities, divided by $\ln C$, is strictly below the
knob.

Knob: The entropy divided by $\ln C$, so that it reads alike for any number of classes. Larger stops earlier, 0 never stops.

Training: Encoder and all classifiers are tuned together by $\sum_i i\,\text{CE}_i / \sum_i i$. This makes the lower classifiers much
stronger than DeeBERT's, which are trained on a frozen encoder.
"""

from typing import ClassVar

from torch import Tensor

from dynviz.core.method import Batch, Deviation, Phase
from dynviz.methods._entropy import EntropyRule
from dynviz.records.card import Kind


class EntropyExit(EntropyRule):
    """A classifier after every layer, all trained together with the encoder."""

    title: ClassVar[str] = "Entropy exit, joint training"
    kind: ClassVar[Kind] = "exit"
    fits_tuned: ClassVar[bool] = True
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
        return self.joint_loss(batch, batch.encoders[0].padded(batch.ids, batch.real, batch.types))
