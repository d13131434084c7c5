"""The list of lessons, the tests before and after, and what a teacher needs."""

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
    for lesson in all_lessons():
        _line(lesson, lesson.number in at.done)
    st.caption(text.TESTS)
    with st.container(horizontal=True):
        for label, when in ((text.BEFORE, "before"), (text.AFTER, "after")):
            st.button(label, key=f"test-{when}", on_click=place.go, kwargs={"test": when})
        st.button(text.SHEET, key="sheet", type="tertiary", icon=":material/print:", on_click=place.go, kwargs={"sheet": "1"})
    classes.entrance()


def _line(lesson: AnyLesson, done: bool) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    tick = f"{text.TICK} " if done else ""
    left.markdown(f"**{tick}{lesson.number} · {lesson.title}**  \n{text.GOAL.format(goal=lesson.goal)}")
    label = (text.AGAIN if done else text.OPEN).format(n=lesson.minutes)
    right.button(label, key=f"lesson-{lesson.number}", on_click=place.open_lesson, args=(lesson.number,), width="stretch")
