"""The stage: three acts of a minute from stored results, in big type; or, with `handout` in the address, their printed page."""

from functools import partial

import streamlit as st

from dynviz.figures.wording import count
from dynviz.ui.parts.panels import style
from dynviz.ui.present import cast, evidence, handout, html, idea, keys, more, notes, savings, stage, text
from dynviz.ui.shell.shown import guarded

ACTS = (idea, evidence, savings)

html.dress(style())
with guarded():
    asked = st.query_params.get("model", "")
    found = None if (passing := stage.on_the_way()) else cast.chosen(asked)
    place = stage.place()
    if passing:
        pass
    elif found is None:
        unread = cast.nobody()
        st.info(text.NOBODY_READ.format(models=count(unread, "model")) if unread else text.NOBODY, icon=":material/info:")
    elif "handout" in st.query_params:
        with st.container(key="stage"):
            handout.page(found)
    elif place.own is not None:  # opened by its address: the view is a page of its own
        stage.go(place)
    else:
        told = stage.notice(asked, found, place)
        with st.container(key="stage"):
            pictures = ACTS[place.act - 1].act(found, place.step)
        own, source = stage.own_titles(), ACTS[place.act - 1].source(found)
        keys.foot(place, own, source, notes.say(found, place), partial(more.menu, found, pictures), told)
