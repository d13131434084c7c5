r"""Classifiers trained on a frozen encoder, one after each layer; the sentence leaves once one of them is sure.

Source: Xin, Tang, Lee, Yu, Lin, DeeBERT: Dynamic Early Exiting for Accelerating BERT Inference, ACL 2020. Code: castorini/DeeBERT.

Rule: After each layer but the last stands a classifier, the off-ramp, with a pooler of its own. The sentence exits after layer $i$ when
the entropy $H(p_i) = -\sum_c p_{ic} \ln p_{ic}$ of the ramp's probabilities, divided by $\ln C$, is strictly below the knob. After the
last layer the plain model's own head answers.

The authors' code also asks an untrained ramp after the last layer; we do not.

Knob: The entropy divided by $\ln C$, so that it reads alike for any number of classes; the paper's $S$ is the knob times $\ln C$. Larger
stops earlier, 0 never stops.

Training: In two stages. The plain model is tuned on its last layer. Then the encoder is frozen (with dropout on, as the authors do), and
the ramps are trained by the unweighted sum of their cross-entropies, $\sum_{i < L} \text{CE}_i$.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from dynviz.core.heads import Head
from dynviz.core.method import Batch, Deviation, Moment, Phase, Pooling, Published, Result, Shape, View, reported
from dynviz.methods._entropy import EntropyRule
from dynviz.methods._ramps import cross_entropy, uncertainty
from dynviz.records import Bools
from dynviz.records.card import Kind

_FROZEN = "The encoder is tuned for the last layer alone and then frozen: what its lower layers know of the answer hangs on the base."


class DeeBert(EntropyRule):
    """Off-ramps on a frozen, fully tuned encoder.

    as_authors: the authors' quirk, for parity tests: a ramp (`last_ramp`, which their recipe never trains) is asked after the last layer
    too, and answers there if its uncertainty is below this number. Its cost is not counted.
    """

    title: ClassVar[str] = "DeeBERT"
    kind: ClassVar[Kind] = "exit"
    fits_frozen: ClassVar[bool] = True
    venue: ClassVar[str] = "Xin et al., ACL 2020"
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("ramps", "heads", epochs=1),)
    published: ClassVar[tuple[Published, ...]] = (
        *(
            reported(
                "SST-2 test",
                backbone,
                Result("sst2", "test", score, full, "running time", saved=saved, why=_FROZEN),
                "Xin et al., ACL 2020, which prints the differences",
            )
            for backbone, score, full, saved in (
                ("BERT-base", 93.4, 93.6, 21),
                ("BERT-base", 93.0, 93.6, 40),
                ("BERT-base", 91.5, 93.6, 47),
                ("RoBERTa-base", 94.3, 94.3, 33),
            )
        ),
        reported(
            "SST-2 test",
            "BERT-base",
            Result("sst2", "test", 90.2, 93.5, fewer=2.00, why=_FROZEN),
            "COSEE, AAAI 2025, Table 2",
        ),
        reported(
            "SST-2 dev",
            "BERT-base",
            Result("sst2", "dev", 81.7, 92.9, after=(6, 12), why=_FROZEN),
            "RomeBERT, arXiv 2101.09755, a figure of exits alone, read off to 0.2",
        ),
        Published("QNLI test", "BERT-base", "85.6 accuracy (90.5 without exits)", "2.09x fewer layers", "COSEE, AAAI 2025, Table 2"),
        Published("MNLI test", "BERT-base", "74.4 accuracy (84.6 without exits)", "1.87x fewer layers", "COSEE, AAAI 2025, Table 2"),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "A ramp after the last layer, which the recipe never trains, is asked too, and answers where it happens to be sure.",
            "The last layer is answered by the plain model's own head.",
            "An untrained ramp answers at random.",
        ),
        Deviation(
            "Entropy is p ln p without a bound: not a number once a probability is 0, and the sentence goes on.",
            "It is 0 there, and the sentence exits.",
            "A probability of 0 is as sure as can be.",
        ),
        Deviation(
            "The threshold is in nats, so that its range depends on the number of classes.",
            "Entropy is divided by ln C.",
            "The knob reads alike for every task.",
        ),
        Deviation(
            "What the code calls the expected saving is the share of layers that were run, ramps not counted.",
            "Compute is counted in FLOPs, ramps included.",
            "A share that is spent is no saving, and ramps are not free.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "cls", hidden: bool = True, as_authors: float | None = None) -> None:
        super().__init__(shape, pooling, hidden)
        self.as_authors = as_authors
        self.last_ramp = None if as_authors is None else Head(shape.widths[-1], shape.classes, hidden)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        own = super().read(moment, layer, asked, view)
        if self.as_authors is None or self.last_ramp is None or layer < self.shape.layers:
            return own
        probs = self.last_ramp(self.vectors(asked["probs"], view)).softmax(-1)
        unsure = uncertainty(probs)
        return {"probs": torch.where((unsure < self.as_authors)[:, None], probs, own["probs"]), "uncertainty": unsure}

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        with torch.no_grad():
            states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        ramps = range(1, self.shape.layers)
        return torch.stack([cross_entropy(self.logits(batch, states, i), batch.labels) for i in ramps]).sum()
