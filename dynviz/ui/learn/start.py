"""The list of lessons, the tests before and after, and what a teacher needs."""

from typing import Literal

import streamlit as st

from dynviz.ui.learn import classes, place, text
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import AnyLesson
from dynviz.ui.learn.place import Place
from dynviz.ui.learn.registry import all_lessons
from dynviz.ui.parts import heading


def show(at: Place) -> None:
    """All there is to learn here."""
    heading.title(text.TITLE, tell=False)
    st.caption(text.INTRO)
    if at.lesson:
        st.info(fill(text.NO_SUCH, n=at.lesson))
    following = next((lesson.number for lesson in all_lessons() if lesson.number not in at.done), 0)
    grid = st.grid(2, min_column_width=360)
    for lesson in all_lessons():
        with grid.cell():
            _card(lesson, lesson.number in at.done, lesson.number == following)
    st.caption(text.TESTS)
    with st.container(horizontal=True):
        for label, when in ((text.BEFORE, "before"), (text.AFTER, "after")):
            st.button(label, key=f"test-{when}", on_click=place.go, kwargs={"test": when})
        st.button(text.SHEET, key="sheet", type="tertiary", icon=":material/print:", on_click=place.go, kwargs={"sheet": "1"})
    classes.entrance()


def _card(lesson: AnyLesson, done: bool, following: bool) -> None:
    """A lesson: its question, what one can do afterwards, and the way in."""
    with st.container(border=True, height="stretch"):
        heading.card(f"{f'{text.TICK} ' if done else ''}{lesson.number} · {lesson.title}")
        st.caption(text.GOAL.format(goal=lesson.goal))
        label = (text.AGAIN if done else text.OPEN).format(n=lesson.minutes)
        kind: Literal["secondary", "primary"] = "primary" if following else "secondary"
        st.button(label, key=f"lesson-{lesson.number}", type=kind, on_click=place.open_lesson, args=(lesson.number,))
