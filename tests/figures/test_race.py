"""Lanes at true relative cost, and depths of the same words under each other."""

from dataclasses import replace

import numpy as np

from dynviz.figures.aligned import Row, aligned, aligned_finding, aligned_table
from dynviz.figures.race import Lane, race, race_finding, race_table

LAYERS = ("layer 1", "layer 2", "layer 3", "layer 4")


def lanes() -> list[Lane]:
    return [
        Lane("early", np.array([25.0, 25, 25, 25]), LAYERS, "positive", 100),
        Lane("plain", np.array([25.0, 50, 75, 100]), LAYERS, "negative", 100),
    ]


def widths(data, lane: int) -> float:  # type: ignore[no-untyped-def]
    return sum(bar.x[lane] for bar in data if bar.type == "bar" and bar.name != "plain")


def test_a_lane_is_as_long_as_its_compute() -> None:
    fig = race(lanes())
    assert [widths(fig.data, i) for i in (0, 1)] == [25, 100]
    assert race_finding(lanes()) == (
        "early had its answer first, after 25 million steps (25 % of the plain model); plain took 4.0 times as many, 100 (100 %)."
    )


def test_behind_each_lane_stands_the_plain_model_on_its_own_text() -> None:
    short, long = lanes()[0], Lane("long", np.array([100.0, 100, 100, 100]), LAYERS, "negative", 200)
    fig = race([short, long])
    assert fig.data[0].name == "plain", "drawn first, so behind"
    assert list(fig.data[0].x) == [100, 200]
    assert fig.layout.xaxis.range[1] > 200
    names = next(t for t in fig.data if t.name == "names")
    assert [text.rsplit(", ", 1)[1] for text in names.text] == ["25 %", "50 %"], "each of its own text"


def test_a_race_stopped_half_way_shows_who_is_through() -> None:
    fig = race(lanes(), spent=50)
    assert [widths(fig.data, i) for i in (0, 1)] == [25, 50]
    names = next(t for t in fig.data if t.name == "names")
    assert [":" in name for name in names.text] == [True, False]


def test_the_button_plays_from_nothing_to_the_end() -> None:
    fig = race(lanes())
    assert widths(fig.frames[0].data, 1) == 0
    assert widths(fig.frames[-1].data, 1) == 100
    grown = [widths(frame.data, 1) for frame in fig.frames]
    assert grown == sorted(grown)
    assert [fig.data[i].name for i in fig.frames[0].traces] == [t.name for t in fig.frames[0].data], "the pale bars stay"


def test_the_table_lists_layers_that_were_run() -> None:
    assert [row["layer"] for row in race_table(lanes()) if row["run"] == "early"] == ["layer 1"]


def test_labels_are_drawn_as_typed() -> None:
    fig = race([Lane("<b>&", np.array([1.0]), ("layer 1",), "<i>x", 1)])
    assert next(t for t in fig.data if t.name == "names").text[0] == "&lt;b&gt;&amp;: <b>&lt;i&gt;x</b>, 100 %"


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


def test_models_that_differ_at_the_end_of_their_names_are_told_apart() -> None:
    named = [replace(row, label=f"Entropy exit, joint training, {n} layers") for row, n in zip(rows(), (6, 12), strict=True)]
    names = aligned(named).layout.yaxis.ticktext
    assert names == ("Entropy exit, joint<br>training, 6 layers", "Entropy exit, joint<br>training, 12 layers")


def test_a_race_is_scrolled_before_what_stands_over_a_lane_is_cut() -> None:
    def least(label: str) -> int:
        return int(race([Lane(label, np.array([1.0, 2.0]), ("layer 1", "layer 2"), "positive", 2.0)]).layout.meta["least"])

    assert least("Short") < 320
    assert least("x" * 40) > 14 * 0.5 * len(f"{'x' * 40}: positive, 100 %"), "letters are half as wide as high"
    assert least("x" * 60) <= least("x" * 40) + 14, "what is cut anyway asks for no room"
