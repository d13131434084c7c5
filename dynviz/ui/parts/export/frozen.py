"""The frozen card's button: the file is made when it is asked for."""

import streamlit as st

from dynviz.ui.parts.export import text
from dynviz.ui.shell import cache


def offer(name: str, typed: str, settings: cache.Knobs) -> None:
    """A popover with the card of a text under the model of this name, which opens at these settings."""
    opened = st.popover(text.CARD, icon=":material/web_asset:", key="card", on_change="rerun")
    if not opened.open:
        return
    with opened:
        page = cache.frozen_card(name, typed, settings)
        st.caption(text.CARD_ABOUT)
        label = text.CARD_SAVE.format(size=len(page.encode()) // 1000)
        st.download_button(label, page, "card.html", "text/html", key="save-card", on_click="ignore", icon=":material/download:")
