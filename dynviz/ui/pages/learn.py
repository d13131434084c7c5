"""The Learn page: lessons on live models, tests before and after, a sheet for teachers. All of it from the address."""

import streamlit as st

from dynviz.ui.learn import classes, rail, start
from dynviz.ui.learn.place import here
from dynviz.ui.learn.registry import lesson_of
from dynviz.ui.shell.shown import guarded

WIDE = 1120  # px: a line of text is still read with ease

at, said = here(), st.query_params
with st.container(horizontal_alignment="center", key="learn"), st.container(width=WIDE), guarded():
    lesson = lesson_of(at.lesson)
    wanted = "quiz" if said.get("test") in ("before", "after") else "sheet" if said.get("sheet") == "1" else ""
    if wanted != "sheet":
        classes.bar()
    if not (wanted and start.part(wanted)):
        if lesson is None:
            start.show(at)
        else:
            rail.show(lesson, at)
