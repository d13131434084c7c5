"""A picture on the stage: large, without menus; its finding is its accessible name, its numbers can be saved under "More"."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dynviz.ui.parts.panels import CONFIG, Rows

STILL = {**CONFIG, "staticPlot": True}  # a stray click of the one who speaks changes nothing


@dataclass(frozen=True)
class Picture:
    """name: its key. finding: what it shows, in sentences. table: the numbers behind it."""

    name: str
    figure: Any
    finding: str
    table: Callable[[], Rows]


def show(picture: Picture) -> None:
    """Draw it."""
    name = f"stage-picture-{picture.name}"
    st.html(f"<style>.st-key-{name} {{--stage-height: {picture.figure.layout.height}px}}</style>")
    with st.container(key=name):
        st.plotly_chart(
            picture.figure, height=int(picture.figure.layout.height), key=picture.name, theme=None, alt=picture.finding, config=STILL
        )
