"""The rhythm of every lesson: a question, a guess, the picture, three short sentences, a check, one thing to try."""

from typing import Any

import streamlit as st

from dynviz.errors import InputError
from dynviz.ui.learn import check, guess, place, terms, text
from dynviz.ui.learn.facts import facts
from dynviz.ui.learn.fill import as_typed, fill
from dynviz.ui.learn.lesson import AnyLesson, Setting
from dynviz.ui.learn.pick import fitting, model_for
from dynviz.ui.learn.place import Place
from dynviz.ui.learn.registry import all_lessons
from dynviz.ui.parts import heading, naming
from dynviz.ui.shell.operator import allowed
from dynviz.ui.shell.shown import guarded, unbroken

RAIL = "rail"


def show(lesson: AnyLesson, at: Place) -> None:
    """One lesson, where the learner is in it."""
    _progress(lesson, at)
    model = model_for(lesson, at.model)
    if lesson.models is not None and not model:
        heading.title(lesson.title)
        st.info(text.NOTHING_FITS)
        return
    own = tuple(typed or given for typed, given in zip(at.texts, lesson.texts, strict=False)) if lesson.boxes else ()
    turned = lesson.models is None or (lesson.check.turns and at.step == "check")
    setting = Setting(model, own + lesson.texts[len(own) :], at.knob if turned else None)
    try:
        shown = lesson.gather(setting)
    except InputError:
        heading.title(lesson.title)
        raise
    if at.step == "ask":
        _ask(lesson, shown)
    else:
        _seen(lesson, shown, at)
        _after(lesson, shown, at, setting)
    _foot(lesson, setting)


def _progress(lesson: AnyLesson, at: Place) -> None:
    """Which of the lessons this is, a tick on those that are done, and the way to any other."""
    there = [one.number for one in all_lessons()]
    st.session_state[RAIL] = lesson.number
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(text.ALL, type="tertiary", icon=":material/arrow_back:", key="all", on_click=place.open_lesson, args=(0,))
        st.segmented_control(
            text.LESSON, there, format_func=lambda n: f"{n} {text.TICK}" if n in at.done else str(n), key=RAIL, required=True,
            on_change=_jump, label_visibility="collapsed",
        )  # fmt: skip
        st.caption(fill(text.PLACE, i=there.index(lesson.number) + 1, n=len(there), minutes=lesson.minutes), width="content")
        with st.popover(text.LINK, type="tertiary", icon=":material/link:", help=text.LINK_HELP):
            st.code(place.link(), language=None, wrap_lines=True)


def _jump() -> None:
    place.open_lesson(st.session_state[RAIL])


def _ask(lesson: AnyLesson, shown: Any) -> None:
    heading.title(lesson.title)
    st.caption(text.GOAL.format(goal=lesson.goal))
    st.markdown(lesson.opening(shown))
    if lesson.before:
        lesson.before(shown)
    guess.ask(lesson, shown)
    guess.coming(lesson, shown)


def _seen(lesson: AnyLesson, shown: Any, at: Place) -> None:
    """The finding, the guess beside the truth, the picture and why it is so."""
    heading.title(as_typed(lesson.finding(shown)))
    st.caption(lesson.how_to(shown))
    guess.answer(lesson, shown, at.guess)
    lesson.draw(shown)
    sentences = lesson.reveal(shown) if lesson.story(shown) else lesson.otherwise(shown)
    grid = st.grid(len(sentences), min_column_width=280)
    for sentence in sentences:
        with grid.cell():
            st.markdown(unbroken(sentence))
    if lesson.more:
        lesson.more(shown)


def _after(lesson: AnyLesson, shown: Any, at: Place, setting: Setting) -> None:
    """The check, the learner's own sentences, and the next lesson."""
    if at.step == "check":
        with guarded():
            check.ask(lesson, shown, setting)
    with st.container(horizontal=True):
        if at.step != "check":
            st.button(text.CHECK, type="primary", key="check", on_click=place.go, kwargs={"step": "check"})
        following = next((one.number for one in all_lessons() if one.number > lesson.number), 0)
        st.button(text.NEXT if following else text.ALL, key="next", on_click=_on, args=(lesson.number, following))
    if lesson.boxes or lesson.tries:
        with st.expander(text.TRY, icon=":material/edit:", expanded=any(at.texts)):
            _own(lesson, at)


def _on(number: int, following: int) -> None:
    place.finish(number)
    place.open_lesson(following)


def _own(lesson: AnyLesson, at: Place) -> None:
    """Boxes for the learner's own texts, and some to begin with."""
    for box, label, typed, given in zip(place.BOXES, lesson.boxes, at.texts, lesson.texts, strict=False):
        key = _box(lesson, box)
        st.session_state.setdefault(key, typed or given)
        st.text_input(label, key=key, max_chars=allowed().characters or None, on_change=_typed, args=(lesson, box))
    with st.container(horizontal=True):
        for i, idea in enumerate(lesson.tries):
            st.button(idea.label, key=f"try-{i}", on_click=_put, args=(lesson, idea.texts))
        if any(at.texts):
            st.button(text.OWN, key="own", type="tertiary", on_click=_put, args=(lesson, ("",) * len(lesson.boxes)))


def _box(lesson: AnyLesson, box: str) -> str:
    return f"{lesson.name}-{box}"


def _typed(lesson: AnyLesson, box: str) -> None:
    _anew(lesson)
    place.go(**{box: st.session_state[_box(lesson, box)].strip()})


def _put(lesson: AnyLesson, texts: tuple[str, ...]) -> None:
    _anew(lesson)
    for box, words, given in zip(place.BOXES, texts, lesson.texts, strict=False):
        st.session_state[_box(lesson, box)] = words or given
        place.go(**{box: words})


def _foot(lesson: AnyLesson, setting: Setting) -> None:
    """What is thought wrongly, what the picture does not show, and which model this is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for title, words in ((text.MISCONCEPTION, lesson.misconception), (text.NOT_SHOWN, lesson.not_shown)):
            with st.popover(title, type="tertiary"):
                st.markdown(words)
        terms.popover(lesson.number)
        if lesson.models is not None:
            _models(lesson, setting.model)
    shown_with = facts(setting.model) if setting.model else None
    if shown_with:
        st.caption(fill(text.SHOWN_WITH, title=naming.with_layers(shown_with.title, shown_with.layers)))


def _models(lesson: AnyLesson, model: str) -> None:
    """Any other model that can do what the lesson needs."""
    assert lesson.models is not None
    titles = {found.name: found.title for found in fitting(lesson.models)}
    key = f"model-{lesson.name}"
    st.session_state[key] = model
    with st.popover(text.OTHER_MODEL, type="tertiary", icon=":material/swap_horiz:"):
        st.selectbox(
            text.OTHER_MODEL, list(titles), format_func=lambda name: titles[name], key=key, on_change=_take, args=(lesson, key),
            label_visibility="collapsed",
        )  # fmt: skip


def _take(lesson: AnyLesson, key: str) -> None:
    _anew(lesson)
    taken = st.session_state[key]
    place.go(model="" if taken == model_for(lesson, "") else taken, knob="")


def _anew(lesson: AnyLesson) -> None:
    """Forget what was guessed and answered: it was about what is no longer on screen."""
    check.forget(lesson.name)
    place.go(guess="")
