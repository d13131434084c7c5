"""Three questions side by side: the drawn numbers, the words, the table."""

import pytest

from dynviz import figures
from dynviz.figures import DARK
from dynviz.figures.settling import Question

WORDS = ("The", "sky", "<b>", ".")
STATE = Question("State stays", "The state", 12, (9, 5, 12, 1), ("a", "b", "c", "d"))
BACK = Question("Guessable", "Hidden, the word", 12, (4, 0, None, 2), ("a", "b", "not asked", "d"))
TAG = Question("Tag is sure", "The tagger", 6, (1, 2, 6, 1), ("DET", "NOUN", "X", "PUNCT"))
ASKED = [STATE, BACK, TAG]


def test_a_bar_is_as_long_as_its_share_of_the_layers_and_its_number_is_printed() -> None:
    fig = figures.settling(WORDS, ASKED)
    bars, numbers = fig.data[::2], fig.data[1::2]
    assert [list(trace.x) for trace in bars] == [
        pytest.approx([9 / 12, 5 / 12, 1, 1 / 12]), pytest.approx([4 / 12, 0, 2 / 12]), pytest.approx([1 / 6, 2 / 6, 1, 1 / 6]),
    ]  # fmt: skip
    assert [[t.strip() for t in trace.text] for trace in numbers] == [["9", "5", "12", "1"], ["4", "never", "2"], ["1", "2", "6", "1"]]
    begins = [trace.base[0] for trace in bars]
    assert begins[0] == 0
    assert begins[1] > 1, "blocks do not overlap"
    assert begins[2] - begins[1] == pytest.approx(begins[1])
    assert fig.layout.yaxis.ticktext[2] == "&lt;b&gt;", "a word is shown as typed"


def test_what_was_not_asked_has_a_dotted_frame_and_no_bar() -> None:
    fig = figures.settling(WORDS, ASKED, DARK)
    dotted = [shape for shape in fig.layout.shapes if shape.line.dash == "dot"]
    assert len(dotted) == 1
    assert (dotted[0].y0 + dotted[0].y1) / 2 == pytest.approx(-2)


@pytest.mark.parametrize("layers", [1, 6, 12, 24])
def test_layers_are_marked_first_middle_and_last(layers: int) -> None:
    fig = figures.settling(("a",), [Question("State stays", "It", layers, (layers,), ("",))])
    assert list(fig.layout.xaxis.ticktext) == list(dict.fromkeys(map(str, (1, (layers + 1) // 2, layers))))
    assert all(0 <= x <= 1 for x in fig.layout.xaxis.tickvals)


def test_the_finding_names_first_last_and_never_and_counts_words_only() -> None:
    said = figures.settling_finding(WORDS, ASKED)
    assert "The state: first “sky” (layer 5), last “<b>” (layer 12)." in said, "a sign, first of all, is no word"
    assert "Hidden, the word: “The” (layer 4); 1 of 2 words never." in said
    nobody = Question("Guessable", "Hidden", 12, (None,) * 4, ("",) * 4)
    assert figures.settling_finding(WORDS, [nobody]) == "Hidden: not asked yet."
    assert figures.settling_finding(("a", "b"), [Question("G", "Hidden", 3, (0, 0), ("", ""))]) == "Hidden: 2 of 2 words never."


def test_the_table_holds_what_is_drawn() -> None:
    rows = figures.settling_table(WORDS, ASKED)
    assert [row["Guessable"] for row in rows] == [4, "never", "not asked", 2]
    assert rows[1] == {
        "word": "sky", "State stays": 5, "State stays: read": "b", "Guessable": "never", "Guessable: read": "b", "Tag is sure": 2,
        "Tag is sure: read": "NOUN",
    }  # fmt: skip
