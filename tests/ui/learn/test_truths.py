"""What lessons 1 to 3 say of texts nobody thought of: in either order, of one length, of one word, of none."""

import pytest

from dynviz import api
from dynviz.checkpoint import golden
from dynviz.records import Trace
from dynviz.records.pair import Pair
from dynviz.ui.learn.lessons import easy_and_hard, stopping, word_depth
from tests.figures import build

FULL = 6


def pair(words: str, depth: int | list[int], unit: str = "token") -> Pair:
    """A text of six layers; its words, and both marks, stop after `depth` layers."""
    named = words.split()
    count = len(named) + 2
    depths = [depth] * count if isinstance(depth, int) else [1, *depth, 1]
    kind = "exit" if unit == "sentence" else "freeze"
    labels = ("negative", "positive")
    full = build.trace(named, None, FULL, unit, kind, labels)
    return Pair(build.trace(named, depths, FULL, unit, kind, labels), full)


def costs(first: Pair, second: Pair) -> str:
    """What lesson 2 says, escapes taken out."""
    shown = easy_and_hard.Shown(first, second, None)
    lesson = easy_and_hard.LESSON
    return " ".join((lesson.reveal if lesson.story(shown) else lesson.otherwise)(shown)).replace("\\", "")


SHORT, LONG = "a b", "a b c d e f g h i j"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (pair(SHORT, 1), pair(LONG, 6), easy_and_hard.MORE),
        (pair(LONG, 6), pair(SHORT, 1), easy_and_hard.LESS),
        (pair(LONG, 1), pair(SHORT, 6), easy_and_hard.AGAINST[False]),
        (pair(SHORT, 6), pair(LONG, 1), easy_and_hard.AGAINST[True]),
        (pair(SHORT, 1), pair(SHORT, 6), easy_and_hard.DEPTH[True]),
        (pair(SHORT, 6), pair(SHORT, 1), easy_and_hard.DEPTH[False]),
        (pair(SHORT, 6), pair(LONG, 6), easy_and_hard.ONE_CAUSE),
        (pair(SHORT, 3), pair(SHORT, 3), easy_and_hard.NO_GAP),
    ],
)
def test_the_causes_of_a_gap_are_told_as_they_are(first: Pair, second: Pair, said: str) -> None:
    told = costs(first, second)
    assert said in told
    assert "-" not in told, "no share of a difference is below none"
    assert "mostly length" not in told


def test_who_saves_on_one_text_alone_does_not_save_on_both() -> None:
    assert "saves on both" in costs(pair(SHORT, 1), pair(SHORT, 4))
    told = costs(pair(SHORT, 1), pair(SHORT, 6))
    assert easy_and_hard.ON_ONE in told
    assert "saves on both" not in told


def test_a_cost_that_shrinks_is_no_guess_of_the_lowest_stop() -> None:
    shown = easy_and_hard.Shown(pair(LONG, 6), pair(SHORT, 1), None)
    ask = easy_and_hard.LESSON.asks[0]
    assert ask.truth(shown) == ()
    assert ask.grade(shown, (0,)) == "far"


def depths(words: str, depth: list[int]) -> word_depth.Shown:
    one = pair(words, depth)
    return word_depth.Shown(one, (), one.trace, "Tagger", "tagger", ("tagger",), "Tagger, 6 layers")


def test_of_the_two_deepest_words_the_deepest_must_be_named() -> None:
    shown, (ask,) = depths("The intricate legal case by law", [1, 2, 3, 1, 2, 1]), word_depth.LESSON.asks
    grades = {given: ask.grade(shown, given) for given in ((2, 1), (4, 2), (1, 4), (0, 3))}
    assert grades == {(2, 1): "exact", (4, 2): "exact", (1, 4): "near", (0, 3): "far"}
    assert ask.said(shown) == "legal (3), intricate (2) and by (2)"
    assert not ask.fits(shown, (2, 2)), "one word twice is not two words"
    many = depths("a b c d e f", [1, 1, 6, 1, 1, 1])
    assert ask.said(many) == "c (6), then any of 5 words (1)"
    assert ask.grade(many, (0, 1)) == "near"


@pytest.mark.parametrize(("words", "size"), [("!", 1), ("! ? .", 2), ("Hi", 1), ("Hi !", 1)])
def test_texts_with_hardly_a_word_are_asked_and_answered(words: str, size: int) -> None:
    shown, lesson = depths(words, [2] * len(words.split())), word_depth.LESSON
    (ask,) = lesson.asks
    assert ask.size(shown) == size
    assert ask.grade(shown, ask.truth(shown)[:size]) == "exact"
    assert ("two words" in ask.question(shown)) == (size == 2)
    assert "went through 2 layers" in lesson.otherwise(shown)[0]
    assert lesson.finding(shown) == "All words took 2 of 6 layers"


def test_the_check_wants_one_word_at_two_depths() -> None:
    trace = depths("She works hard on hard problems", [1, 1, 2, 2, 6, 1]).again
    assert word_depth.twins_apart(trace)
    assert not word_depth.twins_apart(depths("She works hard on hard problems", [1, 1, 6, 6, 6, 1]).again)
    assert not word_depth.twins_apart(depths("She works", [1, 6]).again)


def test_other_models_that_say_the_same_are_not_said_to_say_other_things() -> None:
    shown = depths("The odd case", [1, 2, 1])
    same = word_depth.Other("tagger", "B", shown.main.trace)
    turned = word_depth.Other("feeling", "C", pair("The odd case", [6, 2, 1]).trace)

    def told(main: word_depth.Shown, *others: word_depth.Other) -> str:
        return " ".join(word_depth.reveal(word_depth.Shown(main.main, others, main.again, "", "", (), "A")))

    assert "say the same" in told(shown, same)
    each = told(shown, same, turned)
    assert "The large picture, A: *The* took 1 layer" in each, "each text names the picture and the model it speaks of"
    assert each.index("The small pictures") < each.index("B, another tagger, gives") < each.index("C, which judges feeling")
    assert "say other things" in told(shown, same, turned)
    assert "turns it round" in told(shown, turned)
    assert "turns it round" not in told(depths("The odd case", [2, 2, 1]), turned), "there is nothing to turn"


def stops(first: int, second: int) -> str:
    shown = stopping.Shown(pair("a b", first, "sentence"), pair("c d", second, "sentence"), a_trace(), "m")
    return " ".join(stopping.LESSON.otherwise(shown)).replace("\\", "")


def a_trace() -> Trace:
    return pair("a", 1, "sentence").trace


def test_a_text_that_went_through_all_layers_did_not_stop() -> None:
    assert stops(2, 2).startswith("**Both stopped after layer 2.** They took 33 % and 33 % of the work.")
    neither = stops(6, 6)
    assert neither.startswith("**Neither stopped early.**")
    assert stopping.NO_BET in neither
    assert "bet was won" not in neither
    assert stops(6, 2).startswith("**The first used all layers, the second stopped after layer 2.**")


def test_a_guess_names_no_layer_that_the_model_has_not() -> None:
    shown = stopping.Shown(pair("a b", 1, "sentence"), pair("c d", 2, "sentence"), a_trace(), "m")
    assert stopping.LESSON.asks[0].stops(shown) == tuple(f"layer {n}" for n in range(1, FULL + 1))


BY_SURENESS = {"sst2-joint": True, "sst2-fastbert": True, "sst2-pabee": False, "sst2-elbert": False}


@pytest.mark.parametrize(("name", "goes_by_it"), BY_SURENESS.items())
def test_lesson_1_says_sure_enough_only_of_a_model_that_goes_by_how_sure_it_is(name: str, goes_by_it: bool) -> None:
    easy, hard, *_ = golden.read(api.find(name).folder).pairs
    assert ("sure enough" in stopping.opening(stopping.Shown(easy, hard, hard.trace, name))) is goes_by_it
