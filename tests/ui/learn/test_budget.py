"""Lesson 6: a race of three by hand; who is chosen, reported, and right."""

from dataclasses import replace

import pytest

from dynviz.records.zoo import Budget, Chosen, Contender, Interval, TaskZoo
from dynviz.ui.learn import shop
from dynviz.ui.learn.lesson import Solution
from dynviz.ui.learn.lessons import budget
from dynviz.ui.learn.lessons.budget import LESSON, Shown, offers
from dynviz.ui.learn.shop import Cut, Shop
from dynviz.ui.shell import cache
from tests.ui.learn.test_frame import SHIPPED

LEVEL: Interval = (-0.01, -0.02, 0.01)


def chosen(name: str, there: tuple[float, float], here: tuple[float, float], leader: Interval = LEVEL) -> Chosen:
    """there, here: share and accuracy on the two splits."""
    return Chosen(name, name, {"tau": 0.5}, *there, *here, LEVEL, leader, True, LEVEL)


FIRST, LUCKY = chosen("first", (0.38, 0.88), (0.39, 0.87)), chosen("lucky", (0.39, 0.872), (0.40, 0.9))
WORDS, CHEAP = chosen("words", (0.36, 0.8), (0.36, 0.79)), chosen("cheap", (0.2, 0.82), (0.2, 0.81))
DEAR = chosen("dear", (0.65, 0.89), (0.66, 0.89))
KINDS = {"first": "exit", "lucky": "exit", "words": "tokens", "cheap": "exit", "dear": "exit"}
CONTENDERS = tuple(Contender(name, name.title(), "m", kind, (name,), ()) for name, kind in KINDS.items())
WITHIN = Budget(0.5, "first", (FIRST, LUCKY, WORDS, CHEAP), ())
TASK = TaskZoo(
    "sst2", "calibration", "dev", 100, 100, "plain", 0.888, (0.894,), ((0.3, 0.86), (1.0, 0.888)), (), {}, CONTENDERS,
    (WITHIN, Budget(0.7, "dear", (DEAR,), ())), (), (), (),
)  # fmt: skip
CUT = Cut(2, 0.333, 0.86, (0.01, -0.01, 0.03))
SHOP = Shop(TASK, WITHIN, FIRST, (-0.018, -0.03, 0.001), LUCKY, CUT, (), ("First", 0))
SHOWN = Shown(SHOP, WITHIN, offers(TASK, WITHIN))


def test_what_tempts_is_offered_with_what_is_right() -> None:
    assert [one.contender for one in SHOWN.offers] == ["cheap", "dear", "first", "lucky", "words"]


def test_right_is_who_was_best_on_the_choosing_set_within_the_budget() -> None:
    check = LESSON.check
    assert check.options is not None
    assert check.options(SHOWN) == ("Cheap", "Dear", "First", "Lucky", "Words")
    assert [check.right(SHOWN, i) for i in range(5)] == [False, False, True, False, False]
    assert check.solve(SHOWN) == Solution(2)
    near = replace(SHOWN, offers=(replace(LUCKY, calibration_accuracy=0.875), FIRST))
    assert check.right(near, 0), "half a point is no reason"


def test_replies_say_what_speaks_against_a_choice() -> None:
    said = [LESSON.check.reply(SHOWN, i).replace("\\", "") for i in range(5)]
    assert said[1] == "Dear spends 65 % on the choosing set: more than 50 %."
    assert said[3] == "Within the budget, First is 0.8 points better on the choosing set."
    assert said[2].startswith("On other sentences First spends 39 % and gets 87.0 right: -1.0 points [-2.0, +1.0]")


def test_the_sentences_hold_the_stored_numbers() -> None:
    choice, rival, luck = (one.replace("\\", "") for one in LESSON.reveal(SHOWN))
    assert "was First. On other sentences it spends 39 % and gets 87.0 right: -1.8 points [-3.0, +0.1] against" in choice
    assert "cut to 2 layers spends 33 % and gets 86.0 right. Against it: +1.0 points [-1.0, +3.0]. The interval holds zero" in rival
    assert "was Lucky: 87.2 right against 88.0. On other sentences: 90.0 against 87.0. Such a difference may be chance." in luck
    assert luck.endswith("moved it by 0.6 points.")
    assert LESSON.finding(SHOWN).replace("\\", "") == "Within 40 %: First, 87.0 right; the plain model cut to 2 layers, 86.0"


@pytest.mark.parametrize(("against", "said"), [((0.03, 0.01, 0.05), "A real gain."), ((-0.03, -0.05, -0.01), "worse than simply cutting")])
def test_a_rival_that_can_be_told_apart_is(against: Interval, said: str) -> None:
    shown = replace(SHOWN, shop=replace(SHOP, cut=replace(CUT, against=against)))
    assert said in LESSON.reveal(shown)[1].replace("\\", "")


def test_what_is_missing_is_said() -> None:
    bare = replace(SHOWN, shop=replace(SHOP, cut=None, next=None))
    assert LESSON.reveal(bare)[1:] == (budget.NO_RIVAL, budget.ALONE)
    assert LESSON.asks[1].question(bare) == budget.ASK_NO_CUT
    held = replace(SHOWN, shop=replace(SHOP, next=replace(LUCKY, leader=(0.03, 0.01, 0.05))))
    assert budget.HELD in LESSON.reveal(held)[2]


def test_guesses_are_right_answers_of_a_hundred() -> None:
    best, cut = LESSON.asks
    assert (best.said(SHOWN), cut.said(SHOWN)) == ("87", "86")
    assert best.grade(SHOWN, (best.stops(SHOWN).index("86"),)) == "exact", "the nearest stop; 88 is as near, the first counts"
    assert best.grade(SHOWN, (best.stops(SHOWN).index("88"),)) == "near"


def test_without_a_stored_comparison_no_model_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LESSON.models is not None
    monkeypatch.setattr(shop, "within", lambda _: (TASK, WITHIN))
    assert [LESSON.models(replace(SHIPPED, name=name)) for name in ("first", "lucky")] == [True, False]
    monkeypatch.undo()
    monkeypatch.setattr(cache, "zoo", dict)
    assert not LESSON.models(replace(SHIPPED, name="first"))


def test_a_choice_that_costs_more_elsewhere_or_is_no_clear_winner_is_told_so() -> None:
    over = replace(SHOWN, offers=(replace(FIRST, share=0.51), replace(LUCKY, calibration_accuracy=0.876)))
    assert "a little more than the budget" in LESSON.check.reply(over, 0)
    assert "First is 0.4 points better there" in LESSON.check.reply(over, 1).replace("\\", "")
    assert "budget" not in LESSON.check.reply(SHOWN, 2)
    assert "chosen" in LESSON.asks[0].question(SHOWN)
