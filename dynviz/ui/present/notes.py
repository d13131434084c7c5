"""What the one who speaks may say at each step: for them, shown on request."""

import streamlit as st

from dynviz.figures.wording import count
from dynviz.ui.present import text
from dynviz.ui.present.acts import Place
from dynviz.ui.present.cast import Cast
from dynviz.ui.present.idea import in_words, number


def say(cast: Cast, place: Place) -> str:
    """The words for a step; "" while they are hidden."""
    if "notes" not in st.query_params:
        return ""
    cheap, dear = cast.cheap.trace, cast.dear.trace
    more = in_words(max(len(dear.text.split()) - len(cheap.text.split()), 0), "word")
    holes = {
        "cheap": count(cheap.exit_layer, "layer"),
        "dear": in_words(dear.exit_layer, "layer"),
        "n_more": f"{more[:1].upper()}{more[1:]} more",
    }
    return text.SAY[place.act, place.step].format(**holes | ({"cheap": number(cheap.exit_layer)} if place.step == 3 else {}))
