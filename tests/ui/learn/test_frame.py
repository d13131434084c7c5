"""The frame of a lesson without a screen: guesses and how near they are, the model that is taken, the words that hold no numbers."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dynviz.errors import InputError
from dynviz.records.card import Comparison
from dynviz.records.pair import Pair
from dynviz.ui.learn import beside, facts, guess, lessons, pick
from dynviz.ui.learn.facts import Facts
from dynviz.ui.learn.fill import as_typed, fill
from dynviz.ui.learn.lesson import Guess, layers_near, matched, number, points_near, times_near, words
from dynviz.ui.learn.registry import all_lessons
from dynviz.ui.parts import rules
from dynviz.ui.shell.shown import unbroken
from tests.figures.build import trace

STOPS = (1, 2, 3, 4, 6, 8, 12, 16)
FILES = sorted(Path(lessons.__path__[0]).glob("*.py"))
SHIPPED = Facts(
    "a", "A", "sst2", "base", "exit", tags=False, plain=False, whole=True, per_word=False, drops=False, asks=True, sure=True, patient=False,
    lots=False, replays=True, layers=6, stages=1, accuracy=0.9, share=0.4,
)  # fmt: skip


def test_a_lot_is_the_same_in_every_layer_and_does_not_follow_the_place() -> None:
    lots, places, read = ([[np.nan] * 4, row, row] for row in ([0.3, 0.9, 0.1, 0.5], [1.0, 0.75, 0.5, 0.25], [0.3, 0.9, 0.1, 0.5]))
    read[2] = [0.9, 0.3, 0.1, 0.5]
    assert [facts._by_lot(np.array(values)) for values in (lots, places, read)] == [True, False, False]


@pytest.mark.parametrize(("guessed", "grade"), [(8, "exact"), (6, "far"), (4, "far"), (12, "far")])
def test_a_number_is_right_at_the_stop_nearest_to_it(guessed: int, grade: str) -> None:
    ask: Guess[None] = number("a", "times", lambda _: "?", lambda _: STOPS, lambda _: 8.4, "{:g} times".format, times_near)
    assert ask.grade(None, (STOPS.index(guessed),)) == grade
    assert ask.said(None) == "8.4 times"
    assert ask.truth(None) == (STOPS.index(8),)


def test_near_is_a_quarter_for_times_ten_for_points_one_for_layers() -> None:
    assert times_near(8, 6.5)
    assert times_near(6.5, 8)
    assert not times_near(8, 6)
    assert points_near(35, 45)
    assert not points_near(35, 46)
    assert layers_near(3, 4)
    assert not layers_near(3, 5)


def test_of_two_words_one_is_near() -> None:
    ask: Guess[None] = words("a", "words", lambda _: "?", lambda _: ("x", "y", "z", "w"), lambda _: (1, 2, 3), lambda _: "y, z", picks=2)
    assert [ask.grade(None, given) for given in ((1, 3), (0, 2), (0, 0))] == ["exact", "near", "far"]
    assert ask.fits(None, (0, 1))
    assert not ask.fits(None, (0,))
    assert not ask.fits(None, (0, 4))


def test_of_four_matches_two_are_near_and_a_class_counts_the_right_ones() -> None:
    ask: Guess[None] = matched(
        "a", "names", lambda _: "?", lambda _: ("1", "2", "3", "4"), lambda _: tuple("abcd"), lambda _: (3, 2, 1, 0), lambda _: "-"
    )
    givens = ((3, 2, 1, 0), (3, 2, 0, 1), (3, 0, 2, 1))
    assert [ask.grade(None, given) for given in givens] == ["exact", "near", "far"]
    assert [guess.counted(ask, None, given) for given in givens] == [4, 2, 1]
    assert guess.counted_stops(ask, None) == ("0", "1", "2", "3", "4")


def test_the_guess_in_the_address_is_parted_among_the_questions() -> None:
    (lesson,) = (lesson for lesson in all_lessons() if lesson.number == 2)
    assert guess.parted(lesson, None, (5, 2)) == ((5,), (2,))
    for nonsense in ((), (5,), (5, 2, 1), (5, 99)):
        assert guess.parted(lesson, None, nonsense) == (None, None)


def test_models_are_ranked_by_layers_then_accuracy_then_compute() -> None:
    deep = replace(SHIPPED, name="deep", layers=12, accuracy=0.5)
    cheap = replace(SHIPPED, name="cheap", accuracy=0.885, share=0.3)
    worse = replace(SHIPPED, name="worse", accuracy=0.87, share=0.1)
    unknown = replace(SHIPPED, name="unknown", accuracy=None, share=None)
    other = replace(SHIPPED, name="other", task="pos", accuracy=0.6, share=0.2)
    found = pick.ranked([unknown, worse, SHIPPED, cheap, other, deep])
    assert found[0].name == "deep", "most layers first"
    assert [one.name for one in found[1:]] == ["other", "cheap", "a", "worse", "unknown"]


def test_a_model_is_near_to_the_best_on_its_own_backbone() -> None:
    """A better one on another backbone does not make all of these equally bad, so that the cheapest would come first."""
    cheap, deep = replace(SHIPPED, name="cheap", accuracy=0.85, share=0.1), replace(SHIPPED, name="deep", layers=12, accuracy=0.93)
    assert [one.name for one in pick.ranked([cheap, SHIPPED, replace(deep, backbone="other")])] == ["deep", "a", "cheap"]


def test_what_is_held_against_a_model_stands_on_its_backbone(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = replace(SHIPPED, name="deep", backbone="other", layers=12)
    plain = [replace(one, name=f"{one.name}-plain", plain=True) for one in (SHIPPED, deep)]
    every = {one.name: one for one in (SHIPPED, deep, *plain)}
    monkeypatch.setattr(beside, "all_facts", lambda: tuple(every.values()))
    monkeypatch.setattr(beside, "facts", every.get)
    found = [beside.beside(name, lambda one: one.plain) for name in ("a", "deep", "nobody")]
    assert [one and one.name for one in found] == ["a-plain", "deep-plain", None]


def pair(confidence: list[float], compared: list[float], side: str = "above", more: tuple[Comparison, ...] = ()) -> Pair:
    probs = np.array([[[np.nan, np.nan]], *([[[p, 1 - p]] for p in confidence])])
    run = trace(["a"], kind="exit", unit="sentence", probs=probs)
    limits = np.full(4, 0.9)
    one = Comparison("x", "x", np.array([np.nan, *compared]), limits, side)  # type: ignore[arg-type]
    return Pair(run, run, (one, *more))


def test_a_rule_goes_by_how_sure_the_answer_is_if_it_never_turns_round() -> None:
    assert rules.sure([pair([0.6, 0.7, 0.9], [1, 2, 3])])
    assert rules.sure([pair([0.6, 0.7, 0.9], [3, 2, 1], "below")])
    assert not rules.sure([pair([0.6, 0.7, 0.9], [3, 2, 1])])
    assert not rules.sure([pair([0.6, 0.7, 0.9], [1, 3, 2])])
    two = pair([0.6, 0.7, 0.9], [1, 2, 3]).compared
    assert not rules.sure([pair([0.6, 0.7, 0.9], [1, 2, 3], more=two)]), "two conditions are not one"


def test_a_rule_is_patient_if_it_counts() -> None:
    assert rules.patient([pair([0.6] * 3, [0, 1, 2])])
    assert not rules.patient([pair([0.6] * 3, [0, 1, 1])]), "whole numbers, but nothing counted"
    assert not rules.patient([pair([0.6] * 3, [0, 1, 1.5])])


def test_what_is_filled_in_shows_as_typed_and_no_number_loses_its_percent() -> None:
    filled = fill("**{text}** at {share}", text="*_a_*", share="18 %")
    assert filled == r"**\*\_a\_\*** at 18 %"
    assert as_typed(filled) == "***_a_*** at 18 %"
    assert unbroken("18 % of 3 words") == "18\u00a0% of 3 words"


# the words of lessons


def texts(file: Path) -> Iterator[str]:
    """Every sentence in a file that is shown: no docstring, no name or key."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs and re.search(r"[a-z] ", node.value):
            yield node.value


NUMBER_WORDS = "two|three|four|five|six|seven|eight|nine|ten|twelve|half|third|twice"
TYPED = re.compile(rf"\d|\b({NUMBER_WORDS}) (layers|times|percent|points|steps|%)")
NO_MODELS = re.compile(r"\{[^}]*\}|\blayers? 1\b|\b0 is sure\b")


def typed(text: str) -> bool:
    """Whether a number stands in a text outside its {holes}."""
    return bool(TYPED.search(NO_MODELS.sub("", text)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_no_number_of_a_model_stands_in_a_text(file: Path) -> None:
    """Only a trace or a stored sweep fills numbers in; the first layer is every model's, and 0 of doubt every answer's."""
    for text in texts(file):
        assert not typed(text), text


def test_a_number_that_is_typed_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "lesson.py"
    file.write_text(
        '"""3 in a docstring."""\nA = "{n} of {all:.1f} words, layer 1"\nB = "it did 18 % of the work"\nC = "took six layers"\n'
    )
    assert [typed(text) for text in texts(file)] == [False, True, True]


def test_every_lesson_is_whole() -> None:
    found = all_lessons()
    assert [lesson.number for lesson in found] == sorted({lesson.number for lesson in found})
    assert len({lesson.name for lesson in found}) == len(found)
    ids = [ask.id for lesson in found for ask in lesson.asks]
    assert len(set(ids)) == len(ids) <= 14, "a class has room for so many questions"
    for lesson in found:
        assert lesson.title.endswith("?"), "a lesson is a question"
        assert 3 <= lesson.minutes <= 5
        assert len(lesson.boxes) <= 2
        assert all(len(idea.texts) == len(lesson.boxes) for idea in lesson.tries)


def test_a_guess_beyond_the_stops_is_right_only_near_the_last_one() -> None:
    far: Guess[None] = number("a", "times", lambda _: "?", lambda _: STOPS, lambda _: 0.3, "{:g} times".format, times_near)
    assert (far.truth(None), far.grade(None, (0,))) == ((), "far")
    close: Guess[None] = number("a", "times", lambda _: "?", lambda _: STOPS, lambda _: 18, "{:g} times".format, times_near)
    assert close.grade(None, (len(STOPS) - 1,)) == "exact"


def test_a_model_whose_files_are_broken_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise InputError("Its files cannot be read", "golden.json is broken", "Take another model.")

    facts.facts.clear()
    monkeypatch.setattr(facts.cache, "stored_pairs", broken)
    assert facts.facts("sst2-ltp") is None
    facts.facts.clear()
