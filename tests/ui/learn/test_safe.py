"""Lesson 5: bets that can be checked in the head, and what is said of them."""

from dataclasses import replace

import numpy as np
import pytest

from dynviz.records import Trace
from dynviz.records.pair import Pair
from dynviz.ui.learn import settings
from dynviz.ui.learn.layered import Layered
from dynviz.ui.learn.lesson import Solution
from dynviz.ui.learn.lessons import safe
from dynviz.ui.learn.lessons.safe import LESSON, Bet, Shown
from tests.figures import build

NAN = [np.nan, np.nan]


def trace(positive: tuple[float, float, float], depth: int) -> Trace:
    """Three layers that are so sure of "positive"; the text stops after `depth`."""
    probs = np.array([NAN, *([1 - p, p] for p in positive)])[:, None]
    probs[depth + 1 :] = np.nan
    return build.trace(["so", "so"], [depth] * 4, unit="sentence", kind="exit", labels=("negative", "positive"), probs=probs)


def bet(right: str, positive: tuple[float, float, float], depth: int, patient: int = 3, known: bool = True) -> Bet:
    full = trace(positive, 3)
    quick = Pair(trace(positive, depth), full)
    return Bet(quick, Pair(trace(positive, patient), full), quick.trace, right, known)


SOON, LONG = bet("positive", (0.02, 0.4, 0.8), 1), bet("negative", (0.1, 0.3, 0.9), 1)
MANY = Layered(np.array([[0.95, 0.6, 0.9], [0.8, 0.8, 0.8]]), np.array([[True, False, True], [True, True, False]]))
STORY = Shown((SOON, LONG), MANY, "quick")


def test_the_story_is_too_soon_and_too_long() -> None:
    assert LESSON.story(STORY)
    assert not LESSON.story(replace(STORY, bets=(LONG, SOON))), "the other way round it is another story"
    assert not LESSON.story(replace(STORY, bets=(replace(SOON, patient=None), LONG))), "without a patient rule half of it is missing"
    assert not LESSON.story(replace(STORY, bets=(replace(SOON, known=False), LONG))), "nobody said what is right"


def test_the_guesses_are_of_the_first_and_the_last_layer() -> None:
    agrees, last_right = LESSON.asks
    assert "98 % sure: *negative*" in agrees.question(STORY)
    assert agrees.truth(STORY) == (2, 3)
    assert agrees.grade(STORY, (2,)) == agrees.grade(STORY, (3,)) == "exact"
    assert agrees.grade(STORY, (0,)) == "far"
    assert last_right.truth(STORY) == (2, 3), "the last layer says positive, right is negative"
    assert last_right.truth(replace(STORY, bets=(LONG, SOON))) == (0, 1)


def test_the_sentences_hold_what_happened() -> None:
    soon, long, often = LESSON.reveal(STORY)
    assert "98 % sure after layer 1, stopped, and was wrong. With all layers it says *positive*." in soon
    assert "waited until layer 3: right, at 100 % of the work" in soon
    assert "the last one says *positive*, 90 % sure. The patient rule waited until layer 3: wrong" in long
    assert "In 33\\.3 of a hundred sentences the first layer is wrong and the last one right. In 33\\.3 an earlier layer" in often
    assert "at least 90 % sure (67 % of texts), it is right 100 times in a hundred" in often
    assert safe.often(replace(STORY, many=None)) == safe.UNCOUNTED


def test_other_endings_are_told_as_they_are() -> None:
    late = replace(STORY, bets=(bet("positive", (0.02, 0.4, 0.8), 3), LONG))
    assert "stopped after layer 3: *positive*, 80 % sure, right." in LESSON.otherwise(late)[0]
    assert LESSON.finding(STORY) == safe.SWAPPED
    assert LESSON.finding(late) == safe.BOTH
    assert LESSON.finding(replace(STORY, bets=(SOON, SOON))) == safe.NEITHER
    assert LESSON.finding(replace(STORY, bets=(SOON, bet("positive", (0.9, 0.8, 0.9), 1)))) == safe.ONCE
    guessed = replace(SOON, known=False, right="positive")
    assert LESSON.finding(replace(STORY, bets=(guessed, guessed))) == safe.UNLIKE
    assert "unlike the last" in LESSON.otherwise(replace(STORY, bets=(guessed, LONG)))[0]
    assert safe.NO_ANSWER in LESSON.otherwise(replace(STORY, bets=(guessed, LONG)))[0]


@pytest.mark.parametrize(
    ("found", "solution", "said"),
    [
        (((True, False), (False, True)), Solution(1), "None of its 2 settings gets both right: 1 settings get the first text right, 1"),
        (((True, False), (True, True)), Solution(0, 0.5), "1 of its 2 settings get both right"),
    ],
)
def test_the_check_is_graded_on_all_settings(
    found: tuple[tuple[bool, bool], ...], solution: Solution, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "all_right", lambda *_: found)
    monkeypatch.setattr(settings, "places", lambda _: (0.1, 0.5))
    check = LESSON.check
    assert check.solve(STORY) == solution
    assert check.right(STORY, 1) is (solution.answer == 1)
    assert said in check.reply(STORY, 1)


def test_a_setting_is_right_where_both_answers_are() -> None:
    both = replace(STORY, bets=(replace(SOON, turned=SOON.quick.full), LONG))
    assert LESSON.check.right(both, 0)
    assert LESSON.check.reply(both, 0) == "At this setting both answers are right."
    assert not LESSON.check.right(STORY, 0)
    assert LESSON.check.reply(STORY, 0) == "Here the first answer is wrong and the second right."


def test_where_nobody_said_what_is_right_nothing_is_called_right() -> None:
    unknown = replace(STORY, bets=(SOON, replace(LONG, known=False, right="positive")))
    ask, check = LESSON.asks[1], LESSON.check
    assert check.options is not None
    assert "Will the last layer agree?" in ask.question(unknown)
    assert ask.said(unknown) == "no: it did not agree"
    assert ask.said(STORY) == "no: it was wrong"
    assert check.question(STORY) == safe.QUESTION
    assert "the second the answer of the last layer" in check.question(unknown)
    assert check.options(unknown)[0] == "Both are as asked here"
    there = replace(unknown, bets=tuple(replace(bet, turned=bet.quick.full) for bet in unknown.bets))
    assert check.reply(there, 0) == "At this setting both answers are as asked."
    assert "nobody said" in LESSON.how_to(unknown)
