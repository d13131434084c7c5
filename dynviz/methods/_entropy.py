"""The entropy rule, shared by the exits that differ in training only."""

from collections.abc import Mapping
from typing import ClassVar

from dynviz.core.method import Knob, Knobs, Moment, Plan
from dynviz.methods._ramps import Ramps
from dynviz.records import Floats, Sentences


class EntropyRule(Ramps):
    """After each layer, sentences whose uncertainty is strictly below the knob have their answer."""

    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("entropy", "exit below uncertainty", 0.0, 1.0, 0.001, 0.3, 0.0, "up", "0: all layers, always; 1: one layer"),
    )

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.stop(plan.live & (readings["uncertainty"][layer] < knobs["entropy"]), sentences)
