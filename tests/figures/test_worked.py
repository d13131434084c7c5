"""A layer by hand, and texts on a line of doubt: the drawn numbers, their sums, and what stands above them in words."""

import numpy as np
import pytest

from dynviz.figures.doubts import Doubt, doubts, doubts_finding, doubts_table
from dynviz.figures.style import DARK, LIGHT, contrast
from dynviz.figures.worked import signed, worked, worked_exit, worked_finding, worked_table
from dynviz.records.worked import Worked, WorkedLayer

ENTER = Worked(("it's", "<b>"), ("feeling", "not"), np.array([[0, -1.004], [2, 1]]), (("0", "−1 − 0.004"), ("2", "1")))
LOOKS = Worked(("it's", "<b>"), ("it's", "<b>"), np.full((2, 2), 0.5), (("1 / 2", "1 / 2"),) * 2)
LAYER = WorkedLayer(ENTER, LOOKS, ENTER, LOOKS, ENTER, -1.0, "−1", {"positive": 0.119, "negative": 0.881}, 0.365)
MARKS = [Doubt("good", 0.4, True, "stops"), Doubt("not bad", 0.2, False, "stops, wrong"), Doubt("<b>", 0.6, False, "goes on")]
TITLES = ["enter", "looks", "looked", "neurons", "leaves"]


def test_each_number_is_printed_with_its_sum_and_the_grids_stand_side_by_side() -> None:
    fig = worked({"in": ENTER, "looks": LOOKS}, ["look"])
    first, second = fig.data
    assert list(first.text) == ["0", "−1.00", "2.00", "1.00"]
    assert "−1 − 0.004<br>= <b>−1.00</b>" in first.hovertext[1]
    assert first.hovertext[0].endswith("(in)<br>= <b>0</b>"), "a number alone is no sum"
    assert max(first.x) + 1 < min(second.x)
    assert max(second.x) + 0.5 < fig.layout.xaxis.range[1]
    assert first.base[0] > first.base[2], "the first word on top"


def test_words_are_drawn_as_typed_and_the_first_is_bold() -> None:
    said = [a.text for a in worked({"in": ENTER, "looks": LOOKS}, ["look"]).layout.annotations]
    assert "<b>it's</b>" in said
    assert "&lt;b&gt;" in said


@pytest.mark.parametrize("style", [LIGHT, DARK], ids=lambda s: s.name)
@pytest.mark.parametrize("done", [True, False])
def test_every_number_can_be_read(style, done) -> None:  # type: ignore[no-untyped-def]
    for cells in worked({"in": ENTER, "looks": LOOKS}, ["look"], done=done, style=style).data:
        for ink, fill in zip(cells.insidetextfont.color, cells.marker.color, strict=True):
            assert contrast(ink, fill) >= 4.5


def test_a_layer_that_was_not_computed_is_pale() -> None:
    strong, pale = (worked({"in": ENTER}, [], done=done).data[0].marker.color[2] for done in (True, False))
    assert contrast(pale, LIGHT.paper) < contrast(strong, LIGHT.paper)


def test_the_exit_writes_out_its_score_and_what_comes_of_it() -> None:
    fig = worked_exit(LAYER, "exit 1", "doubt 0.36 < 0.50: stop")
    said = " | ".join(a.text for a in fig.layout.annotations)
    for part in ("−1 = <b>−1.00</b>", "<b>negative 88 %</b>", "doubt 0.36 &lt; 0.50: stop"):
        assert part in said
    assert list(fig.data[0].text) == ["0", "−1.00"], "only the first word"
    assert worked_finding(LAYER, 1) == "After layer 1 the exit reads 0, −1.00 and says negative, 88 % sure, doubt 0.36."


def test_the_table_has_a_row_for_every_number() -> None:
    rows = worked_table([LAYER, LAYER], TITLES)
    assert len(rows) == 2 * 5 * 4
    assert rows[1] == {"layer": 1, "grid": "enter", "word": "it's", "of": "not", "sum": "−1 − 0.004", "number": -1.004}


def test_a_minus_is_a_minus() -> None:
    assert [signed(v) for v in (0, -0.274, 1.0, -0.001)] == ["0", "−0.27", "1.00", "−0.00"]


def test_who_is_right_has_a_dot_and_who_is_wrong_a_ring() -> None:
    dots = doubts(MARKS, 0.5).data[0]
    assert list(dots.x) == [0.4, 0.2, 0.6]
    assert list(dots.marker.color) == [LIGHT.correct, LIGHT.paper, LIGHT.paper]
    assert "goes on" in dots.hovertext[2]
    assert "stops" in dots.hovertext[0]


def test_the_line_stands_at_the_threshold() -> None:
    lines = [s for s in doubts(MARKS, 0.31).layout.shapes if s.type == "line" and s.x0 == s.x1]
    assert [line.x0 for line in lines] == [0.31]


def test_the_finding_says_who_stops_and_who_is_wrong() -> None:
    assert doubts_finding(MARKS, 0.5) == "At 0.50 good and not bad stop; not bad is wrong."
    assert doubts_finding(MARKS, 0.3) == "At 0.30 not bad stops; not bad is wrong."
    assert doubts_finding(MARKS[:1], 0.5) == "At 0.50 good stops, and all that is said is right."
    assert doubts_finding(MARKS, 0.2) == "At 0.20 nobody stops."
    assert [row["stops"] for row in doubts_table(MARKS, 0.5)] == [True, True, False]
