"""A page with every docstring that a card shows, for the browser to draw its formulas: `streamlit run tests/browser/formulas.py`."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))
from dynviz import api
from dynviz.ui.methods import docstring

for name, about in {**api.registered(), **{name: card.about for name, card in api.policies().items()}}.items():
    said = docstring.of(about)
    with st.container(key=f"method-{name}"):
        st.markdown("\n\n".join((*said.source, *said.rule, *said.knob, *said.training)))
