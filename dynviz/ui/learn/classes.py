"""A class that guesses together, as the lessons see it. Outside a class everything here but the way in does nothing.

Students ask for nothing by themselves: only the teacher's bars are drawn anew every other second.
"""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dynviz.figures.guesses import guesses, guesses_finding, guesses_table
from dynviz.figures.wording import count
from dynviz.ui.learn import class_bar
from dynviz.ui.learn import text_class as text
from dynviz.ui.learn.class_visit import Visit, inside, room, visit
from dynviz.ui.parts import panels

EVERY = 2  # seconds between two looks at the guesses
Question = tuple[str, str, Sequence[str]]  # its name, what is guessed, the stops


def entrance() -> None:
    """On the list of lessons: open a class, or what there is to say of the one that is open."""
    found = visit()
    class_bar.way_in() if found is None else class_bar.head(found)


def bar(questions: Sequence[Question]) -> None:
    """Above a lesson: which class this is; for its teacher, the guesses at these questions as they come. None once the answer is out."""
    found = visit()
    if found is None:
        return
    class_bar.head(found)
    if found.open and found.key:
        for question, label, stops in questions:
            _noted(question, stops)
            st.markdown(f"**{label}**")
            _live(found, question, tuple(stops), ())


def guessed(question: str, stop: int) -> None:
    """Count a student's guess, a stop from 0; a second one at the same question changes nothing."""
    found = inside()
    if found and found.seat:
        room().guess(found.name, found.seat, question, stop)


def histogram(question: str, stops: Sequence[str], truth: Sequence[int]) -> None:
    """What the class guessed, drawn with the answer. Only a student who has guessed sees it.

    stops: what each is called. truth: those that are right.
    """
    found = inside()
    if not found:
        return
    if found.key:
        _noted(question, stops)
        _live(found, question, tuple(stops), tuple(truth))
    else:
        _once(found, question, tuple(stops), truth)


def _noted(question: str, stops: Sequence[str]) -> None:
    st.session_state.setdefault(class_bar.STOPS, {})[question] = tuple(stops)


def _once(found: Visit, question: str, stops: tuple[str, ...], truth: Sequence[int]) -> None:
    own = room().own(found.name, found.seat, question)
    if own is not None:
        _picture(room().counts(found.name, question, len(stops)), question, stops, own, truth)
    elif room().full(found.name, found.seat, question):
        st.caption(text.NO_SEAT)


@st.fragment(run_every=EVERY)
def _live(found: Visit, question: str, stops: tuple[str, ...], truth: tuple[int, ...]) -> None:
    counts = room().counts(found.name, question, len(stops))
    if not truth and st.session_state.get(class_bar.HIDE):
        st.markdown(text.WAITING.format(n=f"**{count(sum(counts), 'guess', 'guesses')}**"))
    else:
        _picture(counts, question, stops, None, truth)
    again = partial(room().reset, found.name, found.key, question)
    st.button(text.AGAIN, on_click=again, key=f"class-again-{question}", type="tertiary", help=text.AGAIN_HELP)


def _picture(counts: Sequence[int], question: str, stops: tuple[str, ...], own: int | None, truth: Sequence[int]) -> None:
    figure = guesses(counts, stops, own, truth, panels.style())
    table = partial(guesses_table, counts, stops, own, truth)
    panels.draw(panels.Panel(f"guesses-{question}", figure, guesses_finding(counts, stops, own, truth), table, headed=True))
