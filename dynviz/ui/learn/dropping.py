"""What a text's answer becomes when one word is taken away from a layer on."""

import streamlit as st

from dynviz import api
from dynviz.figures.columns import Column, columns
from dynviz.records import Interventions, Trace
from dynviz.ui.shell import cache, state

Answer = tuple[str, float]  # and how sure


def words(trace: Trace) -> tuple[Column, ...]:
    """The words that can be taken away; signs that are no words are left out."""
    return tuple(col for col in columns(trace) if not col.special and any(c.isalnum() for c in col.label))


@st.cache_resource(max_entries=64, show_spinner=False)
def without(model: str, text: str, layer: int) -> tuple[Answer, ...]:
    """The answer without each of the words, gone from this layer on; really run."""
    found, settings = cache.analysis(model, text), state.defaults(cache.checkpoint(model), cache.card(model))
    with cache.turn():
        traces = [
            api.intervene(found, settings, Interventions(drop=tuple((piece, layer) for piece in col.pieces)))
            for col in words(found.full)
        ]  # fmt: skip
    return tuple((trace.predicted[0], float(trace.answer[0].max())) for trace in traces)


def turns(model: str, trace: Trace, layer: int) -> list[int]:
    """Which of the words turn the answer of this run."""
    return [i for i, (answer, _) in enumerate(without(model, trace.text, layer)) if answer != trace.predicted[0]]
