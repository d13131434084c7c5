"""Every lesson on every bundled model that can show it: what it says there, and which model is taken. Run with -s to read them."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
import streamlit as st

from dynviz.checkpoint.golden import LESSONS
from dynviz.data import lesson_texts
from dynviz.records.pair import Pair
from dynviz.ui.learn import pick, runs
from dynviz.ui.learn.lesson import AnyLesson, Setting
from dynviz.ui.learn.registry import all_lessons

each = pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)


@pytest.fixture(autouse=True, scope="module")
def fresh() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@each
def test_a_lesson_holds_on_every_model_that_can_show_it(lesson: AnyLesson) -> None:
    names = [one.name for one in pick.fitting(lesson.models)] if lesson.models else [""]
    stories = {name: _told(lesson, name) for name in names}
    assert any(stories.values()), "no bundled model shows what the lesson is about"


def _told(lesson: AnyLesson, name: str) -> bool:
    """Whether the story is true of a model; what is said of it is whole, and its questions have answers."""
    setting = Setting(name, lesson.texts)
    shown = lesson.gather(setting)
    happened = lesson.story(shown)
    said = [lesson.finding(shown), lesson.opening(shown), *(lesson.reveal if happened else lesson.otherwise)(shown)]
    print(f"\n{lesson.number} {name or 'no model'}: {'story' if happened else 'no story'}\n  " + "\n  ".join(said).replace("\\", ""))
    assert not [text for text in said if not text.strip() or "{" in text or "nan" in text.split()]
    for ask in lesson.asks:
        truth = ask.truth(shown)
        assert truth
        assert ask.said(shown)
        assert ask.rows is not None or all(0 <= i < len(ask.stops(shown)) for i in truth)
        assert ask.grade(shown, truth[: ask.size(shown)]) == "exact" or len(truth) < ask.size(shown)
    found = lesson.check.solve(shown)
    assert found is not None or not happened
    if found is not None:
        there = lesson.gather(Setting(name, lesson.texts, found.knob)) if found.knob is not None else shown
        with patch.object(st, "session_state", dict(found.tools)):
            assert lesson.check.right(there, found.answer), lesson.check.reply(there, found.answer)
        assert not lesson.check.right(there, -7.0 if lesson.check.options is None else _wrong(lesson, there, found.answer))
    return happened


def _wrong(lesson: AnyLesson, shown: object, right: float) -> float:
    """An option that is not the right one; -1 where every one is."""
    assert lesson.check.options is not None
    places = range(len(lesson.check.options(shown)))
    return next((i for i in places if not lesson.check.right(shown, i)), -1)


def test_the_model_a_lesson_takes_has_its_traces_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the first picture waits for no torch."""
    asked: set[tuple[str, str]] = set()
    as_ever = runs.stored

    def noted(name: str, text: str) -> Pair | None:
        asked.add((name, text))
        return as_ever(name, text)

    texts = {text: id for id, text in lesson_texts().items()}
    missing = []
    for lesson in all_lessons():
        model = pick.model_for(lesson, "")
        with monkeypatch.context() as patch:
            patch.setattr(runs, "stored", noted)
            asked.clear()
            lesson.gather(Setting(model, lesson.texts))
        lacking = [one for one in sorted(asked) if as_ever(*one) is None and texts.get(one[1]) not in LESSONS.get(one[0], ())]
        missing += [(lesson.number, *one) for one in lacking]
    assert not missing
