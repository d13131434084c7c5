"""The border between two texts in one picture: drawn where the second begins, and nowhere else."""

from dataclasses import replace

from dynviz.figures import columns, staircase
from dynviz.figures.overlays import borders
from dynviz.records import Trace
from tests.figures.build import trace

PAIR, SINGLE = "good film\nfine plot", "good film fine plot"


def two(text: str) -> Trace:
    """[CLS] good film [SEP] fine plot [SEP], of this text."""
    made = trace(["good", "film", "|", "fine", "plot"], depth=[3] * 7)
    special = made.special.copy()
    special[3] = True
    offsets = [[0, 0], [0, 4], [5, 9], [0, 0], [10, 14], [15, 19], [0, 0]]
    return replace(made, text=text, tokens=("[CLS]", "good", "film", "[SEP]", "fine", "plot", "[SEP]"), special=special, offsets=offsets)


def lines(made: Trace) -> list[float]:
    return [shape.x0 for shape in staircase(made).layout.shapes if shape.type == "line"]


def test_a_line_stands_where_the_second_text_begins() -> None:
    assert borders(two(PAIR), columns(two(PAIR))) == [3]
    assert lines(two(PAIR)) == [3.5]


def test_a_mark_typed_into_one_text_is_no_border() -> None:
    assert borders(two(SINGLE), columns(two(SINGLE))) == []
    assert lines(two(SINGLE)) == []
