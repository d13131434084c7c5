"""What a model can do, read from its stored traces and its card: so a lesson chooses a model by what it shows, never by its name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dynviz.errors import InputError
from dynviz.figures.columns import one_decision
from dynviz.records import Floats
from dynviz.records.card import Kind
from dynviz.records.pair import Pair
from dynviz.ui.parts import rules
from dynviz.ui.shell import cache, state


@dataclass(frozen=True)
class Facts:
    """What a model can do.

    backbone: the pre-trained model it stands on; what is held against it stands on the same.
    tags: answers word by word. plain: has no knob, nothing ever stops. whole: the text stops as one, and skips nothing. per_word: tokens
    stop at different depths and stay in sight. drops: tokens are gone for good while the run goes on. asks: an answer is read after every
    layer. sure: it stops once its answer is probable enough. patient: it stops once it has counted enough layers that agree. lots: what it
    drops is drawn by lot. replays: any setting follows from one run. layers: how many. stages: how many models work one after the other.
    accuracy, share: on the calibration split at the settings it ships with; None where no such numbers are stored.
    """

    name: str
    title: str
    task: str
    backbone: str
    kind: Kind
    tags: bool
    plain: bool
    whole: bool
    per_word: bool
    drops: bool
    asks: bool
    sure: bool
    patient: bool
    lots: bool
    replays: bool
    layers: int
    stages: int
    accuracy: float | None
    share: float | None

    @property
    def ground(self) -> tuple[str, str]:
        """Task and backbone: what is held against this one stands on the same."""
        return self.task, self.backbone


def all_facts() -> tuple[Facts, ...]:
    """Of every model in the menu that has stored traces."""
    names = tuple(member.name for entry in state.entries().values() for member in entry.members)
    return tuple(found for name in names if (found := facts(name)) is not None)


@st.cache_resource(max_entries=128, show_spinner=False)
def facts(name: str) -> Facts | None:
    """Of the model of this name; None where it has no stored traces, compares two texts (those of lessons are single), or its files are
    broken: the lessons go on with the others."""
    try:
        pairs, card, checkpoint = cache.stored_pairs(name), cache.card(name), cache.checkpoint(name)
    except InputError:
        return None
    if not pairs or checkpoint.task.pair:
        return None
    full, plain = pairs[0].full, not card.knobs
    whole = not plain and card.kind != "layers" and all(one_decision(pair.trace) for pair in pairs)
    measured = checkpoint.config.trained.get("metrics", {}).get("calibration", {}).get("at_knobs", {})
    return Facts(
        name, checkpoint.config.title, checkpoint.config.task, checkpoint.backbone, card.kind, full.unit == "token", plain, whole,
        not plain and not whole and any(_freezes(pair) for pair in pairs), any(pair.trace.dropped_at.any() for pair in pairs),
        bool(np.isfinite(full.probs[1:]).all(-1).any(-1).all()), rules.sure(pairs), rules.patient(pairs), _lots(pairs), card.replayable,
        len(full.layers), len({size.stage for size in full.layers}),
        measured.get("accuracy"), measured.get("share"),
    )  # fmt: skip


def _freezes(pair: Pair) -> bool:
    """Whether a token was seen, but not computed, while the run went on."""
    return bool(pair.trace.frozen[: pair.trace.exit_layer].any())


def _lots(pairs: Sequence[Pair]) -> bool:
    """Whether tokens are dropped by numbers that stay the same in every layer, whatever the layers make of the text, and that tell nothing
    of a token's place either."""
    if not any(pair.trace.dropped_at.any() for pair in pairs):
        return False
    return all(any(v.ndim == 2 and _by_lot(v) for v in pair.full.readings.values()) for pair in pairs)


def _by_lot(values: Floats) -> bool:
    steps = np.diff(values[1])
    return bool((values[1:] == values[1]).all() and (steps > 0).any() and (steps < 0).any())
