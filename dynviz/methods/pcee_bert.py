r"""The sentence exits once several layers in a row are each confident, whichever class they name.

Source: Zhang, Zhu, Zhang, Wang, Jin, Chung, PCEE-BERT: Accelerating BERT Inference via Patient and Confident Early Exiting, Findings of
NAACL 2022. Code: michael-wzhu/PCEE-BERT.

Rule: As in PABEE, all layers share one pooler, and each has a linear classifier of its own. The uncertainty after layer $i$ is the entropy
of its class probabilities over the largest there can be, $U_i = H(p_i) / \ln C$. A counter goes up by one where $U_i < \tau$, else back to
zero. The sentence exits when the counter reaches $t$, and the classifier of that layer answers.

Classes are not compared. PABEE counts layers that agree, however unsure they are; this rule counts confident layers, and two that name
different classes count all the same. With $t = 1$ it is the entropy rule.

(inferred) The paper itself was not at hand, only its abstract: the rule is that of the authors' code.

Knob: The uncertainty $\tau$ below which a layer is confident. Larger exits earlier, 0 never.

The patience $t$, in confident layers. Larger exits later, and $t$ layers are the least. 0 is off, as in the authors' code: all layers run.

Training: Nothing new. The loss of the authors' scripts, $\sum_i i\,\text{CE}_i / \sum_i i$, is PABEE's, and so is the network: the rule is
read off PABEE's model.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from dynviz.core.method import Deviation, Knob, Knobs, Moment, Plan, Published, Reading
from dynviz.methods.pabee import Pabee
from dynviz.records import Bools, Floats, Sentences
from dynviz.records.card import Comparison

_SCRIPT = "comments in the authors' train.sh"


class PceeBert(Pabee):
    """PABEE's shared pooler and classifiers, and a counter of confident layers."""

    title: ClassVar[str] = "PCEE-BERT"
    venue: ClassVar[str] = "Zhang et al., Findings of NAACL 2022"
    readings: ClassVar[tuple[Reading, ...]] = (Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", side="below"),)
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("entropy", "a layer is confident below uncertainty", 0.0, 1.0, 0.001, 0.2, 0.0, "up", "0: all layers, always"),
        Knob("patience", "confident layers in a row", 1, 3, 1, 2, 0, "down", "1: the first confident layer is enough"),
    )
    published: ClassVar[tuple[Published, ...]] = tuple(
        Published("MRPC dev", "BERT, 12 layers", f"{score} accuracy by the classifier of layer {layer}", "no exits", _SCRIPT)
        for layer, score in ((4, 75.5), (6, 82.4), (9, 84.3), (12, 84.1))
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The code's default answers with the mean over the confident layers (and one before them); the scripts switch that off.",
            "The layer where the sentence exits answers.",
            "The setting that the authors ran.",
        ),
        Deviation(
            "The whole model is tuned, 8 or 15 epochs, and the epoch kept whose layers are best on average.",
            "PABEE's model as it stands, whose encoder was tuned by low-rank updates.",
            "The network and the loss are the same, so that the two rules are compared on the same classifiers.",
        ),
        Deviation(
            'The line "Speed Up" prints the share of layers saved, 1 - mean / L.',
            "The share of FLOPs, with the pooler and a classifier after every layer.",
            "The pooler after each layer is not free.",
        ),
        Deviation(
            "Evaluation runs one sentence at a time.",
            "Any number together, each with a counter of its own.",
            "A sentence must not wait for its neighbours.",
        ),
    )

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if knobs["patience"] < 1:
            return plan
        confident = readings["uncertainty"][1 : layer + 1] < knobs["entropy"]
        return plan.stop(plan.live & (runs(confident)[-1] >= knobs["patience"]), sentences)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        label = self.readings[0].label
        return patiently("uncertainty", label, readings["uncertainty"], "confident layers", knobs["entropy"], knobs["patience"])


def runs(held: Bools) -> Floats:
    """(n, ...) -> (n, ...): after each layer, for how many layers in a row up to it something has held."""
    counts = np.zeros(held.shape)
    for n, now in enumerate(held):
        counts[n] = np.where(now, counts[n - 1] + 1, 0)  # before the first row stands the last, still 0
    return counts


def patiently(reading: str, label: str, values: Floats, counted: str, limit: float, patience: float) -> tuple[Comparison, Comparison]:
    """Values (L+1,) below a limit, and for how many layers in a row they have been: both conditions must hold together."""
    counts = np.where(np.isnan(values), np.nan, runs(values < limit))
    limits = np.full((len(values), 2), (limit, patience) if patience >= 1 else np.nan).T
    return (
        Comparison(reading, label, values, limits[0], "below", "patient"),
        Comparison("patience", f"patience counter ({counted} in a row)", counts, limits[1], "at least", "patient"),
    )
