"""Every lesson walked on tiny models, without a browser: guess, picture, sentences, a wrong answer, the right one, the next lesson."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dynviz.errors import InputError
from dynviz.ui.learn import pick, text
from dynviz.ui.learn.lesson import AnyLesson, Setting
from dynviz.ui.learn.registry import all_lessons
from dynviz.ui.shell.shown import unbroken
from tests.ui.conftest import APP
from tests.ui.look import charts, verdict, well, words

PAGE = "dynviz/ui/pages/learn.py"
LESSONS = all_lessons()
each = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


@pytest.fixture(autouse=True)
def tiny(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(checkpoints))
    monkeypatch.delenv("DYNVIZ_MODELS", raising=False)


@pytest.fixture(autouse=True, scope="module")
def fresh() -> Iterator[None]:
    """One server for the module."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def learn(**parameters: str) -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.switch_page(PAGE)
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def asked(at: AppTest, name: str) -> str:
    """A parameter of the address, "" where it is not there."""
    found = at.query_params.get(name, "")
    return found[0] if isinstance(found, list) else str(found)


def shown(lesson: AnyLesson) -> Any:
    """What the lesson shows here; None where it cannot be shown: no model fits, or what it needs is not stored."""
    try:
        model = pick.model_for(lesson, "")
        return lesson.gather(Setting(model, lesson.texts)) if model or lesson.models is None else None
    except InputError:
        return None


def guess(at: AppTest, lesson: AnyLesson, about: Any) -> AppTest:
    """Guess the first stops there are."""
    for ask in lesson.asks:
        if ask.rows:
            for i in range(ask.size(about)):
                at.selectbox(key=f"ask-{ask.id}-{i}").select_index(0)
        else:
            at.pills(key=f"ask-{ask.id}").set_value(0 if ask.picks == 1 else list(range(ask.picks)))
    return at.button(key="guess").click().run()


def test_the_start_lists_all_lessons_and_ticks_those_that_are_done() -> None:
    at = learn(done="1.77.x")
    assert verdict(at) == text.TITLE
    for lesson in LESSONS:
        assert lesson.title in words(at)
        assert at.button(key=f"lesson-{lesson.number}").label == (text.AGAIN if lesson.number == 1 else text.OPEN).format(n=lesson.minutes)
    at.button(key=f"lesson-{LESSONS[0].number}").click().run()
    assert asked(at, "lesson") == str(LESSONS[0].number)


def test_a_lesson_that_is_not_there_is_said() -> None:
    at = learn(lesson="77")
    assert text.NO_SUCH.format(n=77) in words(at)


@each
def test_a_lesson_is_walked_from_guess_to_check(lesson: AnyLesson) -> None:
    about = shown(lesson)
    at = learn(lesson=str(lesson.number))
    assert verdict(at) == lesson.title
    if about is None:
        assert at.error or text.NOTHING_FITS in words(at), "why not is said"
        return
    assert bool(charts(at)) == (lesson.before is not None), "nothing is given away before the guess"
    guess(at, lesson, about)
    well(at)
    assert asked(at, "step") == "seen"
    assert asked(at, "guess").count(".") == sum(ask.size(about) for ask in lesson.asks) - 1
    assert verdict(at) == lesson.finding(about).replace("\\", "")
    assert words(at).count(text.YOURS) == len(lesson.asks)
    for sentence in lesson.reveal(about) if lesson.story(about) else lesson.otherwise(about):
        assert unbroken(sentence) in [part.value for part in at.markdown]
    at.button(key="check").click().run()
    well(at)
    assert asked(at, "step") == "check"
    graded(at, lesson, about)
    at.button(key="next").click().run()
    assert str(lesson.number) in asked(at, "done").split(".")
    assert asked(at, "step") == asked(at, "guess") == ""


def graded(at: AppTest, lesson: AnyLesson, about: Any) -> None:
    """A wrong answer, then the right one, which is told."""
    check, key = lesson.check, f"check-answer-{lesson.name}"
    if check.options:
        wrong: float | None = next((i for i in range(len(check.options(about))) if not check.right(about, i)), None)
        at.pills(key=key).set_value(int(wrong or 0)).run()
    else:
        wrong = -5.0
        at.number_input(key=key).set_value(wrong).run()
    assert not at.exception
    if wrong is None:  # a small model may see no difference
        assert any(text.RIGHT in found.value for found in at.success)
        return
    assert any(text.WRONG in info.value for info in at.info)
    if check.solve(about) is None:
        return
    at.button(key="tell-me").click().run()
    well(at)
    assert any(text.RIGHT in found.value for found in at.success)
    assert str(lesson.number) in asked(at, "done").split(".")


@each
def test_show_me_asks_for_no_guess(lesson: AnyLesson) -> None:
    if shown(lesson) is None:
        return
    at = learn(lesson=str(lesson.number))
    at.button(key="show-me").click().run()
    well(at)
    assert text.YOURS not in words(at)
    assert asked(at, "guess") == ""


def test_an_empty_guess_is_nudged_once_and_then_let_through() -> None:
    at = learn(lesson="2")
    at.button(key="guess").click().run()
    assert text.NUDGE in words(at)
    at.button(key="guess").click().run()
    assert asked(at, "step") == "seen"


NONSENSE = {"step": "x", "guess": "9.9.9.9", "model": "none", "knob": "nan", "done": "z", "text": ""}


@each
def test_nonsense_in_the_address_falls_back(lesson: AnyLesson) -> None:
    if shown(lesson) is None:
        return
    at = learn(lesson=str(lesson.number), **NONSENSE)
    assert not at.error
    assert verdict(at) == lesson.title
    at = learn(lesson=str(lesson.number), step="seen", guess="99.99", knob="1e999", model="sst2-plain")
    assert not at.error
    assert text.YOURS not in words(at)


def test_the_address_restores_texts_guess_and_knob() -> None:
    """A link opens where its sender was."""
    at = learn(lesson="1", step="check", guess="0.1", text="A fine film.", text2="A dull film.", knob="0.9")
    well(at)
    assert "“A fine film.”" in words(at)
    assert words(at).count(text.YOURS) == 2
    slider = next(s for s in at.select_slider if "ships at" in s.label)
    assert float(str(slider.value)) == pytest.approx(0.9, abs=0.01)
    at.button(key="own").click().run()
    assert asked(at, "text") == asked(at, "text2") == ""
    assert LESSONS[0].texts[0] in words(at)


def test_sentences_of_ones_own_are_run() -> None:
    at = learn(lesson="2", step="seen")
    at.text_input(key=f"{LESSONS[1].name}-text2").set_value("It is.").run()
    well(at)
    assert asked(at, "text2") == "It is."
    assert "“It is.”" in words(at)


def test_a_text_without_a_word_is_shown() -> None:
    at = learn(lesson="3", step="check", text="...!?")
    well(at)
    assert charts(at)


def test_a_guess_about_other_sentences_is_not_graded() -> None:
    at = learn(lesson="2", step="seen", guess="1.1")
    assert text.YOURS in words(at)
    at.text_input(key=f"{LESSONS[1].name}-text2").set_value("It is.").run()
    assert asked(at, "guess") == ""
    assert text.YOURS not in words(at)


def test_a_text_too_long_to_be_read_whole_and_markdown_in_it_do_no_harm() -> None:
    at = learn(lesson="2", step="seen", text="**no** {holes} `code` $x$ <b>", text2="word " * 300)
    well(at)
    assert "“**no** {holes} `code` $x$ <b>”" in words(at)


def test_what_was_chosen_in_the_sidebar_waits_while_one_learns() -> None:
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.query_params["model"] = "sst2-joint"
    at.run()
    at.switch_page(PAGE)
    at.query_params.clear()
    at.run()
    assert not at.sidebar.selectbox
    at.switch_page("dynviz/ui/pages/sentence.py").run()
    assert at.selectbox(key="model").value == "sst2-joint"


def test_without_models_a_lesson_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(tmp_path))
    st.cache_resource.clear()
    at = learn(lesson="1")
    assert text.NOTHING_FITS in words(at)
    st.cache_resource.clear()
