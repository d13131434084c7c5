"""The frozen card's button: the file is made when it is asked for."""

from functools import partial

import streamlit as st

from dynviz.ui.parts.export import text
from dynviz.ui.shell import cache


def offer(name: str, typed: str, settings: cache.Knobs) -> None:
    """Save the card of a text under the model of this name, which opens at these settings."""
    made = partial(cache.frozen_card, name, typed, settings)
    st.download_button(
        text.CARD, made, "card.html", "text/html", key="save-card", on_click="ignore", icon=":material/web_asset:", help=text.CARD_ABOUT
    )
