"""Lanes at true relative cost, and depths of the same words under each other."""

import numpy as np

from dynviz.figures.aligned import Row, aligned, aligned_finding, aligned_table
from dynviz.figures.race import Lane, race, race_finding, race_table

LAYERS = ("layer 1", "layer 2", "layer 3", "layer 4")


def lanes() -> list[Lane]:
    return [
        Lane("early", np.array([0.25, 0.25, 0.25, 0.25]), LAYERS, "positive"),
        Lane("plain", np.array([0.25, 0.5, 0.75, 1.0]), LAYERS, "negative"),
    ]


def widths(data, lane: int) -> float:  # type: ignore[no-untyped-def]
    return sum(bar.x[lane] for bar in data if bar.type == "bar")


def test_a_lane_is_as_long_as_its_compute() -> None:
    fig = race(lanes(), "the plain model")
    assert [widths(fig.data, i) for i in (0, 1)] == [0.25, 1.0]
    assert race_finding(lanes()) == "early had its answer first, at 25 % of the reference; plain took 4.0 times as much, 100 %."


def test_a_race_stopped_half_way_shows_who_is_through() -> None:
    fig = race(lanes(), "the plain model", spent=0.5)
    assert [widths(fig.data, i) for i in (0, 1)] == [0.25, 0.5]
    names = next(t for t in fig.data if t.name == "names")
    assert [":" in name for name in names.text] == [True, False]


def test_the_button_plays_from_nothing_to_the_end() -> None:
    frames = race(lanes(), "x").frames
    assert widths(frames[0].data, 1) == 0
    assert widths(frames[-1].data, 1) == 1.0
    grown = [widths(frame.data, 1) for frame in frames]
    assert grown == sorted(grown)


def test_the_table_lists_layers_that_were_run() -> None:
    assert [row["layer"] for row in race_table(lanes()) if row["run"] == "early"] == ["layer 1"]


def test_labels_are_drawn_as_typed() -> None:
    fig = race([Lane("<b>&", np.array([1.0]), ("layer 1",), "<i>x")], "a<b")
    assert next(t for t in fig.data if t.name == "names").text[0] == "&lt;b&gt;&amp;: <b>&lt;i&gt;x</b> at 100 %"


def rows() -> list[Row]:
    return [Row("one", ("a", "dull", None, "plot"), (1, 4, None, 2), 4), Row("two", ("a", "bold", "new", "plot"), (1, 2, 3, 2), 4)]


def test_the_finding_names_the_word_furthest_apart() -> None:
    assert aligned_finding(rows()) == (
        "Mean depth of the words: one 2.3 of 4 and two 2.0 of 4. Furthest apart on “dull” / “bold”: 4 and 2 layers."
    )


def test_cells_stand_under_their_like_and_a_missing_word_leaves_a_gap() -> None:
    cells = next(t for t in aligned(rows()).data if t.name == "depths")
    assert len(cells.x) == 7
    assert [w > 1 for w in cells.marker.line.width] == [False, False, False, False, True, False, False]
    assert aligned_table(rows())[2] == {"column": 2, "one: word": None, "one: depth": None, "two: word": "new", "two: depth": 3}
