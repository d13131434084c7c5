"""The Learn page: lessons on live models, tests before and after, a sheet for teachers. All of it from the address."""

import streamlit as st

from dynviz.ui.learn import classes, quiz, rail, sheet, start
from dynviz.ui.learn.place import here
from dynviz.ui.learn.registry import lesson_of
from dynviz.ui.shell.shown import guarded

WIDE = 1120  # px: a line of text is still read with ease

said = st.query_params
with st.container(horizontal_alignment="center", key="learn"), st.container(width=WIDE), guarded():
    at, tested = here(), said.get("test") in ("before", "after")
    lesson = lesson_of(at.lesson)
    if said.get("sheet") == "1" and not tested:
        sheet.show()
    else:
        classes.bar()
        if tested:
            quiz.show()
        elif lesson is None:
            start.show(at)
        else:
            rail.show(lesson, at)
