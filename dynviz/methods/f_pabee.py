r"""The sentence exits once the class probabilities of neighbouring layers have been alike for several layers in a row.

Source: Gao, Zhu, Gao, Yin, F-PABEE: Flexible-Patience-Based Early Exiting for Single-Label and Multi-Label Text Classification Tasks,
ICASSP 2023, read in the earlier submission that lies beside the code. Code: JerryYin777/F-PABEE.

Rule: As in PABEE, all layers share one pooler, and each has a linear classifier of its own. PABEE asks whether neighbouring layers name the
same class; here it is asked how far apart their probabilities are, $s_i = D(p_{i-1}, p_i)$ from layer 2 on. A counter goes up by one where
$s_i < \tau$, else back to zero. The sentence exits when the counter reaches $P$, and the classifier of that layer answers.

The distance is chosen by an option. "alike", the paper's best: the Jensen-Shannon divergence in nats, which with the mean
$m_i = (p_{i-1} + p_i) / 2$ and the entropy $H$ is $H(m_i) - (H(p_{i-1}) + H(p_i)) / 2$. It lies between 0 and $\ln 2$.

"sure", what the authors' code computes in its place: $H(m_i)$ alone. It is the divergence and, added to it, the mean entropy of the two
layers, so it is small only where both are sure and alike.

Alike is not sure: two layers can agree on not knowing, and the divergence is then as small as between two that agree on the answer.

Knob: The distance $\tau$ below which two layers are alike, on a scale of powers of ten. Larger exits earlier, 0 never.

The patience $P$, in pairs of alike layers. Larger exits later, and $P + 1$ layers are the least. 0 is off: all layers run.

Training: Nothing new. The loss, $\sum_i i\,\text{CE}_i / \sum_i i$, is PABEE's, and so is the network: the rule is read off PABEE's model.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from dynviz.core.method import Deviation, Knob, Knobs, Moment, Plan, Pooling, Published, Result, Shape, reported
from dynviz.methods.pabee import Pabee
from dynviz.methods.pcee_bert import patiently, runs
from dynviz.records import Floats, Sentences
from dynviz.records.card import Comparison

Distance = Literal["alike", "sure"]
LABELS: dict[Distance, str] = {
    "alike": "distance to the layer before (Jensen-Shannon divergence)",
    "sure": "entropy of the mean with the layer before (nats)",
}
_PAPER = "the authors' submission, Table 1; GLUE split not named, and their code differs from the paper"
_GAIN = "It beats its own full depth there, which lies below that of the other tables; its code compares other layers than the paper says."


class FPabee(Pabee):
    """PABEE's shared pooler and classifiers, and a counter of alike neighbours. distance: "alike", as the paper says, or "sure", as the
    authors' code has it."""

    title: ClassVar[str] = "F-PABEE"
    venue: ClassVar[str] = "Gao et al., ICASSP 2023"
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob(
            "distance", "two layers are alike below distance", 1e-5, 0.7, 0.025, 0.01, 0.0, "up",
            "0: all layers, always; 0.7: the fewest layers", scale="log",
        ),
        Knob("patience", "pairs of alike layers in a row", 1, 3, 1, 1, 0, "down", "1: the first two alike layers are enough"),
    )  # fmt: skip
    published: ClassVar[tuple[Published, ...]] = (
        reported("SST-2", "BERT-base", Result("sst2", "", 92.3, 91.3, saved=48, why=_GAIN), _PAPER),
        reported("SST-2", "BERT-base", Result("sst2", "", 92.4, 91.3, saved=25, why=_GAIN), _PAPER),
        *(
            Published(
                data, "BERT-base", f"{score} by the task's measure in GLUE ({full} without exits)", f"{saved} % of layers saved", _PAPER
            )
            for data, score, full, saved in (
                ("MNLI", 83.9, 83.1, 53),
                ("QNLI", 88.6, 89.8, 54),
                ("CoLA", 13.6, 54.2, 52),
                ("CoLA", 62.8, 54.2, 25),
            )
        ),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            'What the code calls the divergence is the entropy of the mean, for want of the terms "p ln p".',
            'Both are offered: the paper\'s divergence by default, the code\'s as the option "sure".',
            "The figures they print come from the code, the argument from the paper.",
        ),
        Deviation(
            "The code compares a layer with a second stream that starts at the embeddings, leaves out layer 1, and is not counted as work.",
            "A layer is compared with the one before it.",
            "The rule of the paper; the second stream would run twice the layers.",
        ),
        Deviation(
            "Kullback-Leibler divergences, one way, the other and summed, are offered too.",
            "The Jensen-Shannon divergence only.",
            "It is the paper's best, and finite where a probability is 0.",
        ),
        Deviation(
            "Tasks of several labels sum the distance over the labels.",
            "One label a sentence.",
            "None of the tasks here has several.",
        ),
        Deviation(
            "The whole model is tuned from the pre-trained one.",
            "PABEE's model as it stands, whose encoder was tuned by low-rank updates.",
            "The network and the loss are the same, so that the two rules are compared on the same classifiers.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", distance: Distance = "alike") -> None:
        super().__init__(shape, pooling)
        self.distance = distance

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if knobs["patience"] < 1:
            return plan
        alike = distances(readings["probs"][: layer + 1], self.distance) < knobs["distance"]
        return plan.stop(plan.live & (runs(alike)[-1] >= knobs["patience"]), sentences)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        values = distances(readings["probs"], self.distance)[:, 0]
        return patiently("distance", LABELS[self.distance], values, "alike pairs of layers", knobs["distance"], knobs["patience"])


def distances(probs: Floats, distance: Distance) -> Floats:
    """(L+1, S, C) with row 0 not read -> (L+1, S) from each layer to the one before; NaN where either is not read, so after layer 1."""
    before, after = probs[:-1], probs[1:]
    mixed = entropy((before + after) / 2)
    between = mixed if distance == "sure" else mixed - (entropy(before) + entropy(after)) / 2
    return np.concatenate([np.full_like(between, np.nan, shape=(1, *between.shape[1:])), between])


def entropy(probs: Floats) -> Floats:
    """(..., C) -> (...) in nats; zero probabilities are harmless."""
    return np.asarray(-(probs * np.log(np.maximum(probs, np.finfo(probs.dtype).tiny))).sum(-1))
