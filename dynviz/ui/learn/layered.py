"""How right and how sure a model is after each layer, over the sentences of its evaluation split; from stored readings."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dynviz import api
from dynviz.measure.calibration import Reliability, reliability
from dynviz.records import Bools, Floats
from dynviz.ui.shell import cache


@dataclass(frozen=True, eq=False)
class Layered:
    """sure, right: (L, S) how sure the answer after each layer is, and whether it is right."""

    sure: Floats
    right: Bools

    @property
    def sentences(self) -> int:
        """How many there are."""
        return len(self.right[0])

    @property
    def late(self) -> float:
        """The share of sentences where the first layer is wrong and the last one right."""
        return float((~self.right[0] & self.right[-1]).mean())

    @property
    def fooled(self) -> float:
        """The share of sentences where some earlier layer is right and the last one wrong."""
        return float((self.right[:-1].any(0) & ~self.right[-1]).mean())

    def first(self, least: float) -> tuple[float, float] | None:
        """Where the first layer is at least so sure: the share of sentences, and how often it is right there; None where it never is."""
        there = self.sure[0] >= least
        return (float(there.mean()), float(self.right[0, there].mean())) if there.any() else None

    def bins(self, layer: int) -> Reliability:
        """Accuracy by how sure the answer after this layer (from 0) is."""
        return reliability(self.sure[layer], self.right[layer])


@st.cache_resource(max_entries=32, show_spinner=False)
def layered(name: str) -> Layered | None:
    """Of the model of this name; None where no readings are stored, or not every layer was read."""
    with cache.files_of(name):
        found = api.stored_run(cache.checkpoint(name), "report")
    if found is None:
        return None
    recorded = found[0]
    probs = recorded.run.probs[1:]
    if np.isnan(probs).any() or probs.shape[1] != len(recorded.rows.labels):
        return None
    return Layered(probs.max(-1), np.asarray(probs.argmax(-1) == recorded.rows.labels))
