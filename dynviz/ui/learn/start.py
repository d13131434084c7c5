"""The list of lessons, the tests before and after, and what a teacher needs."""

from importlib import import_module
from importlib.util import find_spec

import streamlit as st

from dynviz.ui.learn import classes, place, text
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import AnyLesson
from dynviz.ui.learn.place import Place
from dynviz.ui.learn.registry import all_lessons


def show(at: Place) -> None:
    """All there is to learn here."""
    st.title(text.TITLE, anchor=False)
    st.caption(text.INTRO)
    if at.lesson:
        st.info(fill(text.NO_SUCH, n=at.lesson))
    for lesson in all_lessons():
        _line(lesson, lesson.number in at.done)
    with st.container(horizontal=True):
        for label, when in ((text.BEFORE, "before"), (text.AFTER, "after")):
            st.button(label, key=f"test-{when}", on_click=place.go, kwargs={"test": when}, help=text.TESTS)
        st.button(text.SHEET, key="sheet", type="tertiary", icon=":material/print:", on_click=place.go, kwargs={"sheet": "1"})
    classes.entrance()


def _line(lesson: AnyLesson, done: bool) -> None:
    number, title, minutes, button = st.columns([1, 12, 3, 3], vertical_alignment="center")
    number.markdown(":material/check_circle:" if done else f"**{lesson.number}**", help=text.DONE if done else None)
    title.markdown(f"**{lesson.title}**  \n{lesson.goal}")
    minutes.caption(text.MINUTE_SHORT.format(n=lesson.minutes))
    button.button(
        text.AGAIN if done else text.OPEN, key=f"lesson-{lesson.number}", on_click=place.open_lesson, args=(lesson.number,), width="stretch"
    )


def part(name: str) -> bool:
    """Show a part of its own, `quiz` or `sheet`, where it is there."""
    module = f"dynviz.ui.learn.{name}"
    if find_spec(module) is None:
        return False
    import_module(module).show()
    return True
