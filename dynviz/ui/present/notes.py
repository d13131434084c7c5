"""What the one who speaks may say at each step: for them, shown on request."""

import streamlit as st

from dynviz.figures.wording import count
from dynviz.ui.present import evidence, idea, text
from dynviz.ui.present.acts import Place
from dynviz.ui.present.cast import Cast


def say(cast: Cast, place: Place) -> str:
    """The words for a step, as true of this model as those on the screen; "" while they are hidden."""
    if "notes" not in st.query_params:
        return ""
    holes = {
        "noun": cast.checkpoint.task.text,
        "cheap": count(cast.cheap.trace.exit_layer, "layer"),
        "title": idea.title(cast),
        "rivals": text.SAY_RIVALS if evidence.rival(cast) else "",
        "dearer": text.SAY_DEARER if evidence.part_dearer(cast.sweep, cast.point) else "",
    }
    return text.SAY[place.act, place.step].format(**holes)
