"""All settings of a model's first knob, and which of them give some texts their right answers."""

from collections.abc import Sequence

import streamlit as st

from dynviz.ui.learn import runs
from dynviz.ui.shell import cache, state


def places(model: str) -> Sequence[float]:
    """All places of the slider under a check."""
    knob, shipped = runs.first_knob(model), runs.shipped(model)
    return () if knob is None or shipped is None else state.positions(knob, shipped)


@st.cache_resource(max_entries=32, show_spinner=False)
def all_right(model: str, texts: tuple[str, ...], rights: tuple[str, ...]) -> tuple[tuple[bool, ...], ...]:
    """For every place of the slider, which of the texts get their right answer there."""
    every = [cache.analysis(model, text) for text in texts]
    first, own = runs.first_knob(model), state.defaults(cache.checkpoint(model), cache.card(model))
    assert first is not None
    with cache.turn():
        return tuple(
            tuple(one.at({**own, first.name: place}).predicted[0] == right for one, right in zip(every, rights, strict=True))
            for place in places(model)
        )
