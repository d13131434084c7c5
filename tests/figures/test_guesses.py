"""The bars of a class's guesses: one a stop, also of words that occur twice; one's own framed, the answer in colour and ticked."""

import pytest

from dynviz.figures import DARK, LIGHT, Style
from dynviz.figures.guesses import guesses, guesses_finding, guesses_table

LAYERS = tuple(f"layer {n}" for n in range(1, 7))
COUNTS = (0, 5, 2, 0, 1, 0)
WORDS = ("The", "intricate", "arguments", "by", "the", "defense", "<b>", "by")


@pytest.mark.parametrize("style", [LIGHT, DARK], ids=lambda s: s.name)
def test_short_stops_stand_side_by_side_under_the_word_they_share(style: Style) -> None:
    fig = guesses(COUNTS, LAYERS, own=4, truth=(2,), style=style)
    (bars,) = fig.data
    assert (tuple(bars.y), bars.orientation) == (COUNTS, "v")
    assert list(bars.text) == ["", "5", "2", "", "1", ""]
    assert fig.layout.xaxis.title.text == "layer"
    assert list(fig.layout.xaxis.ticktext) == ["1", "2", "3<br>✓", "4", "5<br>you", "6"]
    assert [colour == style.correct for colour in bars.marker.color] == [n == 2 for n in range(6)]
    assert [width > 0 for width in bars.marker.line.width] == [n == 4 for n in range(6)]


def test_long_stops_lie_below_each_other_in_reading_order_as_typed_and_none_is_merged() -> None:
    fig = guesses(range(8), WORDS, own=7, truth=(7,))
    (bars,) = fig.data
    assert (list(bars.x), list(bars.y), bars.orientation) == (list(range(8)), list(range(8)), "h")
    assert list(fig.layout.yaxis.ticktext)[5:] == ["defense", "&lt;b&gt;", "by<br>✓<br>you"]
    top, bottom = fig.layout.yaxis.range[::-1]
    assert top < 0 < 7 < bottom, "the first is on top"


def test_before_anybody_guessed_there_is_an_empty_picture() -> None:
    fig = guesses((0, 0), ("yes", "no"))
    assert list(fig.data[0].y) == [0, 0]
    assert fig.layout.yaxis.range[1] > 0
    assert guesses_finding((0, 0), ("yes", "no"), (1,)) == "No guess yet."


def test_the_finding_says_what_most_said_and_how_many_were_right() -> None:
    assert guesses_finding(COUNTS, LAYERS) == "8 guesses. Most said “layer 2” (5)."
    assert guesses_finding(COUNTS, LAYERS, (2, 4)) == "8 guesses. Most said “layer 2” (5); 3 were right (38 %)."
    assert guesses_finding((1, 1), ("yes", "no"), (0,)) == "2 guesses. Most said “yes” and “no” (1 each); 1 was right (50 %)."


def test_the_table_tells_the_answer_only_once_it_is_out() -> None:
    assert guesses_table((3, 1), ("yes", "no")) == [{"stop": "yes", "guesses": 3}, {"stop": "no", "guesses": 1}]
    assert guesses_table((3, 1), ("yes", "no"), 0, (1,))[0] == {"stop": "yes", "guesses": 3, "answer": False, "yours": True}
