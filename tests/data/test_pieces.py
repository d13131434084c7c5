"""Cutting: where words and pieces lie, what is lost beyond the limit, and that any text at all goes through."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynviz.data.pieces import Pieces, cut, words
from tests import hub

TOKENIZER = hub.tokenizer()


def spans(text: str) -> list[str]:
    return [text[a:b] for a, b in words(text)]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("I don't know.", ["I", "do", "n't", "know", "."]),
        ("She's here, isn’t she?", ["She", "'s", "here", ",", "is", "n’t", "she", "?"]),
        ("It cost 1,200.50 on the 2nd...", ["It", "cost", "1,200.50", "on", "the", "2nd", "..."]),
        ("well-made (really)", ["well", "-", "made", "(", "really", ")"]),
        ("the U.S. army -- yes", ["the", "U.S.", "army", "--", "yes"]),
        ("a\tb\n c", ["a", "b", "c"]),
        ("שלום עולם!", ["שלום", "עולם", "!"]),
        ("naïve café", ["naïve", "café"]),
        ("<b>x</b>", ["<", "b", ">", "x", "<", "/", "b", ">"]),
        ("", []),
        (" \n", []),
    ],
)
def test_words_are_cut_as_treebanks_do(text: str, want: list[str]) -> None:
    assert spans(text) == want


def test_marks_and_joined_emoji_stay_with_their_letter() -> None:
    assert spans("cafe\u0301s. ok") == ["cafe\u0301s", ".", "ok"]
    assert spans("हिन्दी में") == ["हिन्दी", "में"]
    assert spans("👩‍🚀👍🏽!") == ["👩‍🚀", "👍🏽", "!"]


@given(st.text(max_size=80))
def test_words_cover_all_that_is_not_blank_without_overlap(text: str) -> None:
    found = words(text)
    assert all(a < b for a, b in found)
    assert all(b <= c for (_, b), (c, _) in itertools.pairwise(found))
    covered = {i for a, b in found for i in range(a, b)}
    assert all(i in covered or c.isspace() for i, c in enumerate(text))


def check(pieces: Pieces) -> None:
    """What holds for every cut: lengths agree, [CLS] first, places within the text, special pieces without one."""
    layout = pieces.sentences
    assert len(pieces.ids) == len(pieces.tokens) == len(pieces.offsets) == layout.lengths.sum()
    assert layout.special[layout.starts].all()
    for s, text in enumerate(pieces.texts):
        own = layout.owner == s
        place = pieces.offsets[own]
        assert (place >= 0).all()
        assert (place <= len(text)).all()
        assert (place[layout.special[own]] == 0).all()
        assert (place[:, 0] <= place[:, 1]).all()


def test_offsets_point_at_what_was_cut() -> None:
    pieces = cut(TOKENIZER, ["The film, isn't it?"], 40)
    named = {pieces.texts[0][a:b].lower(): t for t, (a, b) in zip(pieces.tokens, pieces.offsets, strict=True) if b > a}
    assert named["film"] == "film"
    assert named["the"] == "the"


def test_offsets_of_words_point_into_the_joined_text() -> None:
    pieces = cut(TOKENIZER, [["the", "good", "film"]], 40, by_word=True)
    assert pieces.texts == ("the good film",)
    assert pieces.offsets.tolist() == [[0, 0], [0, 3], [4, 8], [9, 13], [0, 0]]
    assert pieces.sentences.word.tolist() == [-1, 0, 1, 2, -1]


def test_a_contraction_is_two_words_in_one_text() -> None:
    pieces = cut(TOKENIZER, ["isn't"], 40, by_word=True)
    assert [pieces.texts[0][a:b] for a, b in pieces.offsets[pieces.sentences.leads]] == ["is", "n"]


HARD = [
    "👩‍🚀 is good 👍🏽", "שלום the film", "e\u0301e\u0301", "<script>alert('x')</script>", "a\0b", "\u202ethe film\u202c",
    "𝔣𝔦𝔩𝔪", "…", "a" * 300,
    "\ufeffthe film", "ﷺ", "the\u00a0film", "\u200b", "漢字かな交じり文",
]  # fmt: skip


@pytest.mark.parametrize("by_word", [False, True])
@pytest.mark.parametrize("text", HARD)
def test_hard_texts_are_cut(text: str, by_word: bool) -> None:
    check(cut(TOKENIZER, [text, "the film"], 40, by_word))


@pytest.mark.parametrize("by_word", [False, True])
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_any_texts_are_cut(by_word: bool, texts: list[str]) -> None:
    check(cut(TOKENIZER, texts, 20, by_word))


@pytest.mark.parametrize("by_word", [False, True])
def test_ten_thousand_words_are_cut_at_the_limit_and_the_lost_counted(by_word: bool) -> None:
    pieces = cut(TOKENIZER, ["film " * 10_000], 40, by_word)
    assert pieces.sentences.lengths.tolist() == [40]
    assert pieces.lost.tolist() == [10_000 - 38]


def test_lists_of_words_are_cut_at_the_limit_too() -> None:
    pieces = cut(TOKENIZER, [["film"] * 50, ["film"]], 12, by_word=True)
    assert pieces.sentences.lengths.tolist() == [12, 3]
    assert pieces.lost.tolist() == [40, 0]


def test_a_word_cut_in_the_middle_is_not_counted_as_lost() -> None:
    assert cut(TOKENIZER, ["film abcdefghij bad"], 8).lost.tolist() == [1]


def test_a_text_that_just_fits_loses_nothing() -> None:
    assert cut(TOKENIZER, ["film film"], 4).lost.tolist() == [0]


def test_some_sentences_can_be_taken_in_any_order() -> None:
    pieces = cut(TOKENIZER, ["the film", "bad", "is good good"], 40)
    some = pieces.only(np.array([2, 0]))
    assert some.texts == ("is good good", "the film")
    assert some.tokens == ("[CLS]", "is", "good", "good", "[SEP]", "[CLS]", "the", "film", "[SEP]")
    check(some)
