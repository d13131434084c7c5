"""What the page keeps, bounded: what the doctor says of the folders looked at."""

import streamlit as st

from dynviz import api
from dynviz.records.checks import Step
from dynviz.ui.shell import cache
from dynviz.ui.yours import text


@st.cache_resource(max_entries=16, ttl=600, show_spinner=text.LOOKING)
def checked(folder: str) -> tuple[Step, ...]:
    """What the doctor says of a folder; the model is let go of afterwards."""
    cache.warmed()
    with cache.turn():
        return tuple(api.examine(folder))
