"""Lesson 4: four outlines by hand, what is said of each, and the word that is taken away."""

from dataclasses import replace

import pytest
import streamlit as st

from dynviz.records import Trace
from dynviz.records.pair import Pair
from dynviz.ui.learn import dropping
from dynviz.ui.learn.lesson import Setting, Solution
from dynviz.ui.learn.lessons import families
from dynviz.ui.learn.lessons.families import LESSON, Member, Shown
from tests.figures import build
from tests.ui.learn.test_frame import SHIPPED

WORDS = ["good", "food", "."]


def trace(depth: list[int], kind: str) -> Trace:
    readings = {} if kind == "exit" else None
    return build.trace(WORDS, depth, unit="sentence", kind=kind, labels=("negative", "positive"), readings=readings)


PLAIN, WHOLE = Member("plain", "Plain", trace([3] * 5, "exit")), Member("whole", "Whole", trace([1] * 5, "exit"))
HALTS, DROPS = Member("words", "Halts", trace([3, 1, 3, 1, 3], "freeze")), Member("drops", "Drops", trace([3, 1, 3, 1, 1], "drop"))
SHOWN = Shown((HALTS, PLAIN, DROPS, WHOLE), "drops", "plain")


def test_four_outlines_are_the_story() -> None:
    assert LESSON.story(SHOWN)
    assert not LESSON.story(Shown(SHOWN.members[:3], "drops", "plain"))
    late = replace(WHOLE, trace=PLAIN.trace)
    assert not LESSON.story(Shown((HALTS, PLAIN, DROPS, late), "drops", "plain"))


def test_each_outline_is_described_as_it_is() -> None:
    whole, words, drops = LESSON.reveal(SHOWN)
    assert "Whole stopped after layer 1 of 3" in whole
    assert "stay in sight as strips" in words
    assert "The last layer reads 2 of 5 pieces" in drops
    flat = Shown((replace(HALTS, trace=PLAIN.trace), replace(DROPS, trace=PLAIN.trace)), "drops", "")
    whole, words, drops = LESSON.otherwise(flat)
    assert whole == "**One family is missing here.** No model of this task stops a text as a whole."
    assert words.startswith("**All towers are equally high.**")
    assert drops.startswith("**No word is gone.**")


def test_pictures_are_matched_with_the_names_that_are_there() -> None:
    match, skips = LESSON.asks
    assert match.rows is not None
    assert match.rows(SHOWN) == ("Picture A", "Picture B", "Picture C", "Picture D")
    truth = match.truth(SHOWN)
    assert [match.stops(SHOWN)[i].split(" ")[0] for i in truth] == ["Lets", "Plain:", "Drops", "Stops"]
    assert match.grade(SHOWN, truth) == "exact"
    assert match.grade(SHOWN, (truth[0], truth[1], truth[3], truth[2])) == "near"
    assert match.grade(SHOWN, (truth[1], truth[0], truth[3], truth[2])) == "far"
    fewer = Shown((PLAIN, DROPS), "drops", "plain")
    assert match.truth(fewer) == (0, 1)
    assert skips.grade(SHOWN, (0,)) == "exact"


def test_depths_are_means_of_each_sentence() -> None:
    found = build.trace(["one", "two", "three"], [3, 1, 2, 3, 3], unit="sentence", kind="drop")
    assert families.depths(found, ("one two", "three")) == (1.5, 3.0)


TURNS = {1: (("negative", 0.8), ("positive", 0.9)), 2: (("positive", 0.7), ("positive", 0.6)), 3: (("positive", 0.7),) * 2}


@pytest.fixture
def game(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without "good" from layer 1 on the answer turns; later, and without "food", it does not."""
    monkeypatch.setattr(dropping, "without", lambda _m, _t, layer: TURNS[layer])
    monkeypatch.setattr(st, "session_state", {})


@pytest.mark.usefixtures("game")
def test_the_check_takes_a_word_away() -> None:
    check, shown = LESSON.check, replace(SHOWN, members=(replace(DROPS, trace=replace(DROPS.trace, answer=[[0.1, 0.9]])),))
    assert check.options is not None
    assert check.options(shown) == ("good", "food", families.NO_WORD)
    assert [check.right(shown, i) for i in range(3)] == [True, False, False]
    assert check.solve(shown) == Solution(0)
    assert check.reply(shown, 0) == "Without *good* from layer 1 on it says *negative*, 80 % sure."
    assert check.reply(shown, 1) == "Without *food* from layer 1 on it still says *positive*, 90 % sure."
    assert check.reply(shown, 2) == "There is such a word, if it goes early enough: from layer 1 on."
    st.session_state[families.LAYER] = 3
    assert not check.right(shown, 0)
    assert check.solve(shown) == Solution(0, tools={families.LAYER: 1}), "the slider is turned, too"
    assert check.reply(shown, 0).endswith("From layer 1 on it would turn.")
    assert check.reply(shown, 0).startswith("Too late: by layer 3 others have read *good*.")


@pytest.mark.usefixtures("game")
def test_where_no_word_turns_the_answer_that_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropping, "without", lambda _m, _t, _l: (("positive", 0.7),) * 2)
    shown = replace(SHOWN, members=(replace(DROPS, trace=replace(DROPS.trace, answer=[[0.1, 0.9]])),))
    assert LESSON.check.solve(shown) == Solution(2)
    assert LESSON.check.right(shown, 2)
    assert "the answer stays *positive*" in LESSON.check.reply(shown, 2)


def test_a_text_too_long_for_the_check_leaves_it_to_the_lessons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = build.trace(["w"] * (families.READ + 1), unit="sentence", kind="drop", labels=("negative", "positive"), readings={})
    monkeypatch.setattr(families, "facts", lambda name: replace(SHIPPED, name=name, title=name))
    monkeypatch.setattr(families, "beside", lambda *_: None)
    monkeypatch.setattr(families.runs, "pair", lambda _, text: Pair(DROPS.trace if text == families.TEXTS[0] else asked, asked))
    shown = LESSON.gather(Setting("drops", ("w " * 50,)))
    assert shown.game is DROPS.trace
    assert "of “good food .” (the text above is too long for this)" in LESSON.check.question(shown).replace("\\", "")
    short = LESSON.gather(Setting("drops", families.TEXTS))
    assert short.spare is None
    assert "too long" not in LESSON.check.question(short)
