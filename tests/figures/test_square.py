"""Squares: filled as far as they were paid for, so that counting them gives the cost."""

from itertools import pairwise

import numpy as np
import pytest

from dynviz.figures.square import (
    COLUMN,
    Block,
    counted,
    paid,
    square,
    square_finding,
    square_key,
    square_lines,
    square_table,
    square_width,
)
from dynviz.figures.style import LIGHT, depth_colours
from dynviz.records import Trace
from dynviz.records.contrast import spent_by_layer
from tests.figures.build import trace

WORDS = ["a", "dull", "film"]


def frozen() -> Trace:
    """[CLS] and [SEP] go through all layers, the words through one, two and three."""
    return trace(WORDS, depth=[3, 1, 2, 3, 3])


def test_what_is_only_kept_in_sight_is_a_sixth_of_a_square() -> None:
    part = paid(frozen())
    assert part[:, 1].tolist() == pytest.approx([1, 1 / 6, 1 / 6])
    assert part[:, 3].tolist() == pytest.approx([1, 1, 1])
    found = counted(frozen())
    assert (found.filled, found.strips, found.parts, found.every) == (12, 3, 0, 15)
    assert str(found.strip) == "1/6"
    assert found.share == pytest.approx((12 + 3 / 6) / 15)


def test_what_was_dropped_is_no_square_and_what_attended_before_is_a_third() -> None:
    base = trace(WORDS, depth=[3, 1, 2, 3, 3], kind="drop")
    assert counted(base).strips == 0
    attending = np.array(base.attending)
    attending[1, 1] = True  # it attends in layer 2, and is not transformed there
    fields = {name: getattr(base, name) for name in base.__dataclass_fields__}
    read = Trace(**{**fields, "attending": attending, "visible": attending})
    assert counted(read).parts == 1
    assert paid(read)[1, 1] == pytest.approx(1 / 3)
    assert "dropped" in square_key([Block("run", read)])


def test_the_bar_is_as_long_as_the_cost_and_lies_in_the_frame_of_the_plain_cost() -> None:
    found = frozen()
    fig = square([Block("Plain", trace(WORDS)), Block("Adaptive", found)])
    plain, adaptive = (bar for bar in fig.data if bar.name == "cost")
    unit = found.plain_flops / len(found.tokens)
    assert sum(plain.x) == pytest.approx(len(found.tokens))
    assert sum(adaptive.x) == pytest.approx(found.flops / unit)
    assert np.cumsum(adaptive.x).tolist() == pytest.approx((spent_by_layer(found) / unit).tolist())
    frames = [shape for shape in fig.layout.shapes if shape.type == "rect"]
    assert [frame.x1 - frame.x0 for frame in frames] == pytest.approx([len(found.tokens)] * 2)


def test_one_unit_draws_two_texts_to_one_scale() -> None:
    short, long = trace(WORDS), trace(WORDS * 3)
    unit = long.flops / 11
    lengths = [sum(next(bar for bar in square([Block("", t)], unit).data if bar.name == "cost").x) for t in (short, long)]
    assert lengths[1] / lengths[0] == pytest.approx(long.flops / short.flops)


def test_every_square_is_drawn_as_high_as_it_was_paid_for() -> None:
    found = frozen()
    fig = square([Block("run", found)], bars=False)
    (squares,) = (bar for bar in fig.data if bar.name == "squares")
    highest = max(-y for y in squares.y)
    assert sorted(-y / highest for y in squares.y) == pytest.approx(sorted(part for part in paid(found).ravel() if part))
    (frames,) = (bar for bar in fig.data if bar.name == "frames")
    assert len(frames.x) == 3, "what was not paid for in full has a frame around it"


def test_no_two_words_overlap() -> None:
    found = trace(["philosophical"] * 6)
    assert square_lines(found) > 1
    fig = square([Block("run", found)], bars=False)
    notes = [(note.x * COLUMN, note.y) for note in fig.layout.annotations if note.text == "philosophical"]
    for row in {y for _, y in notes}:
        places = sorted(x for x, y in notes if y == row)
        assert all(b - a > 12 * 6 for a, b in pairwise(places))


def test_room_is_made_for_as_many_lines_as_another_text_takes() -> None:
    one, more = (square([Block("run", trace(WORDS))], lines=lines).layout.height for lines in (0, 5))
    assert more == one + (5 - square_lines(trace(WORDS))) * 16


def test_finding_and_table_say_the_count() -> None:
    blocks = [Block("Plain model", trace(WORDS)), Block("Adaptive", frozen())]
    said = square_finding(blocks)
    assert "15 of 15 squares filled" in said
    assert "12 of 15 squares filled, 3 strips" in said
    rows = square_table(blocks)
    assert rows[6] == {"run": "Adaptive", "piece": "a", "computed": 1, "kept in sight": 2, "squares": 1.33}
    assert "1/6 of the cost" in square_key(blocks)
    assert square_width(trace(WORDS * 5)) == 62 + 14 + COLUMN * 17


def test_words_and_labels_are_drawn_as_typed() -> None:
    fig = square([Block("<b>&", trace(["<i>x"]))])
    texts = [note.text for note in fig.layout.annotations]
    assert "<b>&lt;b&gt;&amp;</b>" in texts
    assert "&lt;i&gt;x" in texts


def test_whole_squares_of_dark_layers_are_told_apart_and_strips_keep_their_colour() -> None:
    squares = next(t for t in square([Block("M", frozen())]).data if t.name == "squares")
    found = [(fill, line, h) for fill, line, h in zip(squares.marker.color, squares.marker.line.color, map(abs, squares.y), strict=True)]
    last = depth_colours(3)[3]
    assert {line for fill, line, h in found if fill == last and h == max(map(abs, squares.y))} == {LIGHT.paper}
    assert {line for fill, line, h in found if fill == last and h < max(map(abs, squares.y))} == {last}
    assert LIGHT.paper not in {line for fill, line, _ in found if fill == depth_colours(3)[1]}, "a light one needs its own line"
