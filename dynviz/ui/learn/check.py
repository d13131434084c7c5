"""The check of a lesson: one question, graded on what is on screen, with a way to be told."""

from functools import partial
from typing import Any

import streamlit as st

from dynviz.ui.learn import place, runs, text
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import AnyLesson, Check, Setting, Solution
from dynviz.ui.parts import heading
from dynviz.ui.shell import state
from dynviz.ui.shell.shown import plain

ANSWER, KNOB = "check-answer", "check-knob"


def ask(lesson: AnyLesson, shown: Any, setting: Setting) -> None:
    """The question, what is needed to answer it, and the reply."""
    check: Check[Any] = lesson.check
    heading.section(text.CHECK_TITLE)
    st.markdown(check.question(shown))
    if check.turns:
        _slider(setting)
    if check.tools:
        check.tools(shown)
    given = _answer(check, shown, f"{ANSWER}-{lesson.name}")
    if given is None:
        return
    if check.right(shown, given):
        place.finish(lesson.number)
        st.success(f"{text.RIGHT} {check.reply(shown, given)}", icon=":material/check:")
        return
    st.info(f"{text.WRONG} {check.reply(shown, given)}", icon=":material/lightbulb:")
    if (found := check.solve(shown)) is not None:
        answer = int(found.answer) if check.options else found.answer
        st.button(text.TELL_ME, key="tell-me", on_click=partial(_tell, lesson.name, setting, answer, found))


def forget(name: str) -> None:
    """Take back the answer to a lesson's check."""
    st.session_state.pop(f"{ANSWER}-{name}", None)


def _answer(check: Check[Any], shown: Any, key: str) -> float | None:
    """What is answered so far: the place of an option, or a number."""
    if check.options is None:
        return st.number_input(f"{text.ANSWER} ({check.unit})" if check.unit else text.ANSWER, value=None, key=key, width=240)
    options = check.options(shown)
    return st.pills(text.ANSWER, range(len(options)), format_func=lambda i: plain(options[i]), key=key)


def _tell(name: str, setting: Setting, answer: float, found: Solution) -> None:
    st.session_state[f"{ANSWER}-{name}"] = answer
    st.session_state.update(found.tools)
    if found.knob is not None:
        st.session_state[f"{KNOB}-{setting.model}"] = found.knob
        place.go(knob=f"{found.knob:g}")


def _slider(setting: Setting) -> None:
    """The model's first knob, if it has one."""
    knob, shipped = runs.first_knob(setting.model), runs.shipped(setting.model)
    if knob is None or shipped is None:
        return
    places, key = state.positions(knob, shipped), f"{KNOB}-{setting.model}"
    if st.session_state.get(key) not in places:
        wanted = shipped if setting.knob is None else setting.knob
        st.session_state[key] = min(places, key=lambda at: abs(at - wanted))
    label = knob.label[:1].upper() + knob.label[1:]
    st.select_slider(
        fill(text.KNOB, label=label, shipped=f"{shipped:g}"), places, format_func="{:g}".format, key=key, on_change=_turned, args=(key,)
    )


def _turned(key: str) -> None:
    place.go(knob=f"{st.session_state[key]:g}")
