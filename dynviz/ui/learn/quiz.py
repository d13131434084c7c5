"""The tests before and after the lessons: answers in the address, in an order of this visit; no score is kept."""

import random
import secrets

import streamlit as st

from dynviz.ui.learn import classes, place
from dynviz.ui.learn import text_quiz as text
from dynviz.ui.learn.registry import lesson_of
from dynviz.ui.learn.text import ALL
from dynviz.ui.learn.text_quiz import QUESTIONS, Question
from dynviz.ui.shell.shown import plain

OWN = ("mix", "given")  # the parameters: the number from which the order is made; a sign a question, the place of its answer or "-"
NONE = "-"
OPTIONS = range(4)


def show() -> None:
    """The test that the address names."""
    when = "after" if st.query_params.get("test") == "after" else "before"
    seed, given = mix(), answers(st.query_params.get("given", ""))
    st.button(ALL, type="tertiary", icon=":material/arrow_back:", key="all", on_click=_leave, args=(0,))
    st.title(text.TITLES[when], anchor=False)
    st.caption(text.INTRO[when])
    for i, question in enumerate(QUESTIONS):
        with st.container(border=True, key=f"question-{i + 1}"):
            _question(question, i, when, seed, given[i])
    if None not in given:
        st.success(text.DONE[when], icon=":material/check:")
    st.button(text.AGAIN, type="tertiary", key="again", on_click=_again, args=(when,))


def mix() -> int:
    """The number from which the order of this visit is made, in the address."""
    said = st.query_params.get("mix", "")
    if not (said.isdecimal() and len(said) <= 4):
        said = str(secrets.randbelow(10_000))
        place.go(mix=said)
    return int(said)


def answers(said: str) -> list[int | None]:
    """The answers in the address; all are open where it makes no sense."""
    signs = {NONE: None, **{str(i): i for i in OPTIONS}}
    if len(said) != len(QUESTIONS) or not set(said) <= signs.keys():
        return [None] * len(QUESTIONS)
    return [signs[sign] for sign in said]


def order(seed: str) -> list[int]:
    """The options in the order that this seed makes."""
    return random.Random(seed).sample(OPTIONS, len(OPTIONS))


def _question(question: Question, i: int, when: str, seed: int, given: int | None) -> None:
    key = f"quiz-{when}-{i}"
    if st.session_state.get(key) != given:
        st.session_state[key] = given
    st.markdown(f"**{i + 1}.** {question.ask}")
    st.radio(
        text.ANSWER.format(n=i + 1), order(f"{seed} {i}"), None, lambda k: plain(question.options[k].words), key=key,
        on_change=_answered, args=(key, when, i), label_visibility="collapsed",
    )  # fmt: skip
    if given is not None:
        _reply(question, given, when)
        _class(question, i, when)


def _reply(question: Question, given: int, when: str) -> None:
    tells = plain(question.options[given].tells)
    if given == 0:
        st.success(f"{text.RIGHT} {tells}", icon=":material/check:")
        return
    st.info(f"{text.WRONG} {tells}", icon=":material/lightbulb:")
    if when == "after" and lesson_of(question.lesson):
        st.button(
            text.SHOWS.format(n=question.lesson), key=f"lesson-of-{question.label}", type="tertiary",
            icon=":material/arrow_forward:", on_click=_leave, args=(question.lesson,),
        )  # fmt: skip


def _class(question: Question, i: int, when: str) -> None:
    """What a class said, after one's own answer: in one order for all, which does not give the right one away by its place."""
    shared = order(question.label)
    classes.histogram(counted(when, i), [question.options[k].words for k in shared], (shared.index(0),))


def counted(when: str, i: int) -> str:
    """The name under which a class counts a question."""
    return f"{when}-{i + 1}"


def _answered(key: str, when: str, i: int) -> None:
    given, chosen = answers(st.query_params.get("given", "")), st.session_state[key]
    given[i] = chosen
    place.go(given="".join(NONE if one is None else str(one) for one in given))
    if chosen is not None:
        classes.guessed(counted(when, i), order(QUESTIONS[i].label).index(chosen))


def _again(when: str) -> None:
    for i in range(len(QUESTIONS)):
        st.session_state.pop(f"quiz-{when}-{i}", None)
    place.go(**dict.fromkeys(OWN, ""))


def _leave(lesson: int) -> None:
    place.go(**dict.fromkeys(OWN, ""))
    place.open_lesson(lesson)
