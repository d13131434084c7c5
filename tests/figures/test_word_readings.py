"""When words settle, over many of them: the drawn numbers, the words, the table."""

from dataclasses import replace

import pytest

from dynviz.figures import captions
from dynviz.figures.word_readings import word_readings, word_readings_finding, word_readings_key, word_readings_table
from dynviz.records.word_readings import AtBar, Bound, Less, WordClass, WordReadings

FOUND = WordReadings(
    "pos", "test", 120, 1250, 0, "mpnet", 12, "pos-12-tokee", "TOKEE", {"delta": 0.1}, Bound("a" * 12, "b" * 12, "c" * 12), 0.5,
    (AtBar(0.5, Less((700, 450), (7.54, 9.43), (-1.89, -2.14, -1.63))), AtBar(0.7, Less((700, 450), (11.0, 11.2), (-0.2, -0.5, 0.1)))),
    Less((100, 1150), (2.1, 4.4), (-2.3, -2.6, -2.0)), (-0.414, -0.46, -0.37), 0.703,
    (
        WordClass("DET", 100, (9.5, 9.0, 10.0), (8.0, 7.0, 9.0), (2.1, 2.0, 2.2), 0.3),
        WordClass("NOUN", 300, (7.0, 6.5, 7.5), (11.0, 10.5, 11.5), (4.0, 3.5, 4.5), 0.9),
        WordClass("NUM", 40, (8.0, 7.0, 9.0), (11.5, 11.0, 12.0), (3.0, 2.5, 3.5), 0.95),
    ),
)  # fmt: skip


def test_a_panel_a_reading_and_a_row_a_class_the_earliest_states_on_top() -> None:
    fig = word_readings(FOUND)
    assert [(trace.name, trace.xaxis, list(trace.x)) for trace in fig.data] == [
        ("State stays", "x", [9.5, 8.0, 7.0]), ("Guessable", "x2", [8.0, 11.5, 11.0]), ("Tag is sure", "x3", [2.1, 3.0, 4.0]),
    ]  # fmt: skip
    assert list(fig.layout.yaxis.ticktext) == ["determiner (100)", "number (40)", "noun (300)"], "from below"
    assert list(fig.data[0].marker.symbol) == ["circle-open", "diamond-open", "circle"]
    assert list(fig.data[2].error_x.array) == pytest.approx([0.1, 0.5, 0.5])
    assert list(fig.data[2].error_x.arrayminus) == pytest.approx([0.1, 0.5, 0.5])
    assert "never read back: 30 %" in fig.data[1].hovertext[0]
    assert list(fig.layout.xaxis3.tickvals) == [1, 6, 12]
    assert "content words" in word_readings_key()


def test_no_class_of_enough_words_leaves_a_picture_all_the_same() -> None:
    assert list(word_readings(replace(FOUND, classes=())).data[0].x) == []


def test_the_finding_says_each_pattern_with_its_interval() -> None:
    assert word_readings_finding(FOUND) == (
        "Over many words, each question has an order of its own. 1,250 words of 120 texts, signs left out. The state stays (cosine of 0.5 "
        "or more) earlier in content words (layer 7.5) than in function words (9.4): -1.9 [-2.1, -1.6] layers; at 0.7 it is -0.2 "
        "[-0.5, +0.1]. Hidden, frequent words are read back earlier: rank correlation -0.41 [-0.46, -0.37]; 70 % of the words never are, "
        "and count as layer 12. The tag is sure earlier for determiners (layer 2.1) than for all other words (4.4): -2.3 [-2.6, -2.0] "
        "layers."
    )


def test_what_is_not_so_is_not_said() -> None:
    turned = replace(FOUND, sure=replace(FOUND.sure, less=(0.4, 0.1, 0.7)))
    assert word_readings_finding(turned).startswith("Over many words, 2 of 3 patterns are sure.")
    assert "The tag is sure later for determiners" in word_readings_finding(turned)
    level = replace(FOUND, back=None, sure=replace(FOUND.sure, less=(-0.4, -0.9, 0.1)))
    assert word_readings_finding(level).startswith("Over many words, 1 of 3 patterns are sure.")
    assert "not surely earlier or later for determiners" in word_readings_finding(level)
    assert "whether frequent words are read back earlier cannot be told" in word_readings_finding(level)


def test_the_table_holds_what_is_drawn() -> None:
    rows = word_readings_table(FOUND)
    assert [row["class"] for row in rows] == ["NOUN", "NUM", "DET"]
    assert rows[2] == {
        "class": "DET", "in words": "determiner", "words": 100, "State stays": 9.5, "State stays, from": 9.0, "State stays, to": 10.0,
        "Guessable": 8.0, "Guessable, from": 7.0, "Guessable, to": 9.0, "Tag is sure": 2.1, "Tag is sure, from": 2.0,
        "Tag is sure, to": 2.2, "never read back": "30 %",
    }  # fmt: skip


def test_the_caption_holds_all_that_makes_it_again() -> None:
    said = captions.of_words(FOUND)
    assert "Data: pos, evaluation split (test), 120 texts drawn with seed 0, n = 1,250 words" in said
    assert all(digest * 12 in said for digest in "abc")
    assert "Model pos-12-tokee: checkpoint cccccccccccc, knobs delta = 0.1." in said
    assert said.endswith("Measured by python -m dynviz masked --readings --data DATA --texts 120 --seed 0.")
