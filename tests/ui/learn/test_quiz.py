"""The tests before and after: right answers first in the data, shuffled on screen, each wrong one answered, all of it in the address."""

import pytest
from streamlit.testing.v1 import AppTest

from dynviz.ui.learn import classes, quiz, rail
from dynviz.ui.learn.quiz import answers, order
from dynviz.ui.learn.text_quiz import QUESTIONS
from tests.ui.conftest import Open
from tests.ui.look import words


def test_eight_questions_of_four_answers_that_all_say_something_of_their_own() -> None:
    assert len(QUESTIONS) == 8
    said = [part for q in QUESTIONS for o in q.options for part in (o.words, o.tells)]
    assert len(set(said)) == len(said) == 8 * 4 * 2
    assert len({q.label for q in QUESTIONS}) == 8
    assert {q.lesson for q in QUESTIONS} <= set(range(1, 9))


def test_no_place_on_screen_gives_the_right_answer_away() -> None:
    for order_of in (lambda q, i: order(f"7 {i}"), lambda q, i: order(q.label)):
        places = [order_of(q, i).index(0) for i, q in enumerate(QUESTIONS)]
        assert len(set(places)) > 1
    assert order("7 1") == order("7 1")
    assert len({tuple(order(f"{mix} 0")) for mix in range(200)}) == 24, "every order comes"


@pytest.mark.parametrize(("said", "open_"), [("", 8), ("0------3", 6), ("01230123", 0), ("4-------", 8), ("0", 8), ("²-------", 8)])
def test_nonsense_in_the_address_leaves_all_open(said: str, open_: int) -> None:
    assert answers(said).count(None) == open_


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What a class is told."""
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(classes, "guessed", lambda question, stop: told.append((question, stop)))
    return told


def test(opened: Open, **parameters: str) -> AppTest:
    at = opened(page="learn", **parameters)
    assert not at.exception
    assert not at.error
    return at


test.__test__ = False  # type: ignore[attr-defined]


def test_an_answer_is_replied_to_and_counted(opened: Open, counts: list[tuple[str, int]]) -> None:
    at = test(opened, test="before", mix="7")
    assert not at.success
    assert at.radio(key="quiz-before-1").options == [QUESTIONS[1].options[k].words for k in order("7 1")]
    at.radio(key="quiz-before-1").set_value(2).run()
    assert QUESTIONS[1].options[2].tells in words(at)
    at.radio(key="quiz-before-1").set_value(0).run()
    assert QUESTIONS[1].options[2].tells not in words(at)
    assert QUESTIONS[1].options[0].tells in at.success[0].value.replace("\\", "")
    shared = order(QUESTIONS[1].label)
    assert counts == [("before-2", shared.index(2)), ("before-2", shared.index(0))], "the room keeps the first"


def test_the_address_restores_answers_and_order(opened: Open) -> None:
    at = test(opened, test="after", mix="12", given="0123---1")
    assert [at.radio(key=f"quiz-after-{i}").value for i in range(8)] == [0, 1, 2, 3, None, None, None, 1]
    assert len(at.success) == 1
    assert len(at.info) == 4
    assert at.title[0].value == "After the lessons"


def test_the_end_is_said_and_no_score(opened: Open) -> None:
    at = test(opened, test="before", mix="1", given="00000001")
    assert quiz.text.DONE["before"] in [s.value for s in at.success]
    assert "7 of 8" not in words(at)
    at.button(key="again").click().run()
    assert [r.value for r in at.radio] == [None] * 8


def test_a_wrong_answer_afterwards_leads_to_its_lesson(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rail, "show", lambda *_: None)  # which need not run here
    at = test(opened, test="after", mix="1", given="-1------")
    at.button(key=f"lesson-of-{QUESTIONS[1].label}").click().run()
    assert not at.exception
    assert at.query_params["lesson"] == str(QUESTIONS[1].lesson)
    assert "test" not in at.query_params
    assert "given" not in at.query_params


def test_a_class_sees_its_answers_once_they_are_given(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, list[str], tuple[int, ...]]] = []
    monkeypatch.setattr(classes, "histogram", lambda question, stops, truth: asked.append((question, stops, truth)))
    test(opened, test="after", mix="1", given="3-------")
    ((name, stops, (right,)),) = asked
    assert name == "after-1"
    assert stops[right] == QUESTIONS[0].options[0].words
    assert sorted(stops) == sorted(option.words for option in QUESTIONS[0].options)
