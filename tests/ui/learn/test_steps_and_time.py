"""Lesson 7: steps and time in numbers that can be checked in the head."""

from dataclasses import replace

from dynviz.figures.pairs import Timed
from dynviz.ui.learn.lessons.steps_and_time import LESSON, Shown
from dynviz.ui.learn.timed import Measured

STOPS, DROPS, RANKS = Timed("Stops", 0.35, 0.37, 0.41), Timed("Drops", 0.75, 0.99, 0.88), Timed("Ranks", 0.8, 1.2, 0.9)
FOUND = Measured(
    (STOPS, DROPS, RANKS), ("a", "b", "c"), "plain", (6.85, 2.86), 6, (2.1, 6.0, 6.0), 872, "A processor", "today", False, 0.07
)
SHOWN = Shown(FOUND)


def test_the_story_is_time_that_does_not_follow_steps() -> None:
    assert LESSON.story(SHOWN)
    follows = Shown(replace(FOUND, bars=(STOPS, replace(DROPS, alone=0.8))))
    assert not LESSON.story(follows)
    assert LESSON.finding(SHOWN) == "Drops: 75 % of the steps, but 99 % of the time"
    assert LESSON.finding(follows) == "Drops: 75 % of the steps, 80 % of the time"
    assert "Here its time follows its steps" in LESSON.otherwise(follows)[1]


def test_the_guesses_ask_for_the_share_of_time() -> None:
    first, second = LESSON.asks
    assert first.stops(SHOWN)[first.truth(SHOWN)[0]] == "40 %"
    assert (first.said(SHOWN), second.said(SHOWN)) == ("37 %", "99 %")
    assert second.grade(SHOWN, (second.stops(SHOWN).index("90 %"),)) == "near"
    assert second.grade(SHOWN, (0,)) == "far"


def test_the_sentences_hold_the_measured_numbers() -> None:
    stopping, dropping, batch = LESSON.reveal(SHOWN)
    assert stopping.endswith("(Stops): 35 % of the steps, 37 % of the time.** A layer that is not called costs nothing.")
    assert "What stays" in LESSON.reveal(Shown(replace(FOUND, bars=(replace(STOPS, alone=0.45), DROPS))))[0]
    assert "All 6 layers are still called" in dropping
    assert "5\\.5 of 6 layers" in LESSON.reveal(Shown(replace(FOUND, called=(2.0, 5.5, 6.0))))[1]
    assert batch.startswith("**32 at once: 41 % and 88 %.**")


def test_the_measurement_is_the_truth_of_the_check() -> None:
    check = LESSON.check
    assert check.options is not None
    assert check.options(SHOWN) == ("Stops", "Drops", "Ranks")
    assert [check.right(SHOWN, i) for i in range(3)] == [True, False, False]
    found = check.solve(SHOWN)
    assert found is not None
    assert check.right(SHOWN, found.answer)
    assert check.reply(SHOWN, 1).startswith("On the machine of the bars Drops takes 99 % of the plain model's time. Look for the shortest")
    assert check.right(Shown(replace(FOUND, bars=(STOPS, replace(DROPS, alone=0.2)))), 1), "another machine, another answer"
    assert "the machine of the bars: A processor, today" in check.question(SHOWN), "nothing was measured here: no word of this machine"
    here = Shown(replace(FOUND, here=True))
    assert "Press Measure" not in check.question(here)
    assert check.reply(here, 0) == "On this machine Stops takes 37 % of the plain model's time, with 35 % of its steps."
