"""Lesson 8: its sentences hold what the toy model does, its check is graded where the threshold stands, its picture follows the slider."""

import pytest
from streamlit.testing.v1 import AppTest

from dynviz.measure import toy
from dynviz.ui.learn.lesson import Setting
from dynviz.ui.learn.lessons import by_hand
from dynviz.ui.learn.lessons.by_hand import LESSON, Shown, easy, gather, marks, safest, trap
from tests.ui.conftest import Open
from tests.ui.look import charts, drawn, well, words

START = gather(Setting())


def test_the_text_that_stops_too_soon_is_asked_for() -> None:
    guess = LESSON.asks[0]
    right = guess.stops(START).index("it's not bad")
    assert guess.truth(START) == (right,)
    assert guess.said(START) == "“it's not bad”"
    assert [guess.grade(START, (i,)) for i in range(4)].count("exact") == 1
    assert guess.grade(START, (right,)) == "exact"


def test_the_trap_is_surer_than_the_surest_right_answer() -> None:
    assert (trap(), easy()) == ("it's not bad", "it's so good")
    assert LESSON.story(START)
    assert LESSON.reveal(START) == LESSON.otherwise(START)


def test_the_sentences_hold_the_models_numbers() -> None:
    said = " ".join(LESSON.reveal(START)).replace("\\", "")
    for part in ("wrong answer (doubt 0.23)", "(0.44)", "101 % of the work", "becomes *positive*"):
        assert part in said
    assert LESSON.finding(START).replace("\\", "") == "“it's not bad”: 94 % sure, and wrong after one layer"


@pytest.mark.parametrize(("knob", "threshold"), [(None, 0.5), (0.2, 0.2), (-3.0, 0.0), (7.0, 0.69), (0.333, 0.33)])
def test_a_threshold_from_the_address_is_one_the_slider_has(knob: float | None, threshold: float) -> None:
    assert gather(Setting(knob=knob)).threshold == threshold


@pytest.mark.parametrize(
    ("threshold", "answer", "right"),
    [
        (0.5, 63.3, False),
        (0.2, 101.3, True),
        (0.2, 100.5, True),
        (0.2, 100.2, False),
        (0.2, 50.6, False),
        (0.22, 102, True),
        (0.23, 101, False),
    ],
)
def test_the_check_wants_all_right_and_their_cost(threshold: float, answer: float, right: bool) -> None:
    assert LESSON.check.right(Shown(threshold), answer) is right
    assert LESSON.check.reply(Shown(threshold), answer)


def test_tell_me_puts_the_line_where_the_answer_is_right() -> None:
    found = LESSON.check.solve(START)
    assert found is not None
    assert found.knob == 0.22 == safest().threshold
    assert LESSON.check.right(gather(Setting(knob=found.knob)), found.answer)


def test_replies_say_what_to_do_next() -> None:
    assert "3 of 4 are right" in LESSON.check.reply(Shown(0.5), 50)
    assert "All are right" in LESSON.check.reply(Shown(0.1), 50)
    assert "101 %" in LESSON.check.reply(Shown(0.1), 101).replace("\\", "")


def test_each_text_says_what_comes_of_it() -> None:
    assert {mark.text: mark.said for mark in marks(START)} == {
        "it's so good": "stops: positive, right",
        "it's not good": "goes on: negative, right",
        "it's not bad": "stops: negative, wrong",
        "it's so bad": "stops: negative, right",
    }
    assert [mark.right for mark in marks(START)] == [True, False, False, True], "after layer 1"


def lesson(opened: Open, **parameters: str) -> AppTest:
    """The lesson after the guess."""
    at = opened(page="learn", **{"lesson": "8", "step": "seen", **parameters})
    well(at)
    return at


def pictures(at: AppTest) -> str:
    return "\n".join(map(drawn, charts(at)))


def test_the_picture_follows_slider_and_text(opened: Open) -> None:
    at = lesson(opened)
    assert "**stopped here: 51 % of the work**" in words(at)
    assert "doubt 0.23 &lt; 0.50: stop" in pictures(at)
    at.slider(key=by_hand.SLIDER).set_value(0.2).run()
    assert "doubt 0.23 ≥ 0.20: go on" in pictures(at)
    assert "**all layers, both exits: 101 % of the work**" in words(at)
    at.segmented_control(key="toy").set_value("3").run()
    well(at)
    assert "doubt 0.44 ≥ 0.20: go on" in pictures(at)


def test_the_address_restores_text_and_threshold(opened: Open) -> None:
    at = lesson(opened, toy="0", knob="0.66")
    assert "doubt 0.44 &lt; 0.66: stop" in pictures(at)
    assert "**2 of 4 right**" in words(at)


def test_nonsense_in_the_address_is_passed_over(opened: Open) -> None:
    at = lesson(opened, toy="9", knob="nan", guess="77")
    assert "doubt 0.23 &lt; 0.50: stop" in pictures(at)


def test_every_text_is_one_the_model_knows() -> None:
    assert tuple(toy.TRUTH) == by_hand.TEXTS
