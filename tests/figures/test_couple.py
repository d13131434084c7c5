"""Two words beside each other, a long text as a strip, and the scale on which readings are drawn."""

import json
from typing import Any

import numpy as np
import pytest

from dynviz.figures import couple, couple_finding, couple_table, strip, strip_finding
from dynviz.figures.columns import columns
from dynviz.figures.reach import reach
from dynviz.figures.style import LIGHT
from dynviz.records.card import Comparison
from tests.figures.build import trace

NAN = np.nan


def easy_and_hard() -> tuple[Any, Any, list[Comparison]]:
    """"the" stops after layer 1 at 0.1; "hard" is never below 0.3."""
    run = trace(["the", "hard"], depth=[3, 1, 3, 3])
    values = np.array([[NAN] * 4, [NAN, 0.1, 0.8, NAN], [NAN, NAN, 0.6, NAN], [NAN, NAN, 0.4, NAN]])
    cols = columns(run)
    return run, (cols[1], cols[2]), [Comparison("u", "uncertainty (entropy)", values, np.full(4, 0.3), "below")]


def test_the_finding_tells_both_depths_and_what_was_read_of_each() -> None:
    assert couple_finding(*easy_and_hard()) == (
        "“the” went through 1 layer, “hard” through 3. Of “the”, uncertainty was 0.1, below 0.3 after layer 1. "
        "Of “hard”, uncertainty was never below 0.3."
    )


def test_two_words_as_deep_as_each_other_are_said_to_be() -> None:
    run, pair, compared = easy_and_hard()
    assert couple_finding(run, (pair[1], pair[1]), compared).startswith("“hard” and “hard” both went through 3 layers.")


def test_each_word_is_a_line_of_its_readings_with_a_ring_where_the_condition_held() -> None:
    figure = json.loads(couple(*easy_and_hard()).to_json())
    lines = {t["name"]: (t["x"], t["y"]) for t in figure["data"] if t["mode"] == "lines+markers"}
    rings = [(t["x"], t["y"]) for t in figure["data"] if t["name"] == "held"]
    plain = lambda found: [np.asarray(part if isinstance(part, list) else []).tolist() for part in found]  # noqa: E731
    assert set(lines) == {"the", "hard"}
    assert len(rings) == 1
    assert plain(rings[0]) == [[1], [0.1]]
    rows = couple_table(*easy_and_hard())
    assert [(r["word"], r["layer"], r["value"], r["holds"]) for r in rows] == [
        ("the", "layer 1", 0.1, True), ("hard", "layer 1", 0.8, False), ("hard", "layer 2", 0.6, False), ("hard", "layer 3", 0.4, False),
    ]  # fmt: skip


def test_words_are_drawn_as_typed() -> None:
    run = trace(["<b>x</b>", "y"], depth=[3, 1, 3, 3])
    _, _, compared = easy_and_hard()
    cols = columns(run)
    assert "<b>x</b>" not in json.loads(couple(run, (cols[1], cols[2]), compared).to_json())["data"][1]["name"]


def test_the_strip_frames_the_part_that_is_shown() -> None:
    run = trace(["a", "b", "c"], depth=[3, 1, 2, 3, 3])
    figure = strip(run, "word", (1, 3))
    assert list(figure.data[0].y) == [3, 1, 2, 3, 3]
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (0.5, 2.5)
    assert strip_finding(run, "word", (1, 3)) == "Words 2 to 3 of 5 are shown; their mean depth is 1.5, that of all 2.4 of 3."


FAR = [([0.2, 0.4], False), ([0.25, 2.7e-4], True), ([0.0, 5.0], False), ([-1.0, 900.0], False), ([], False)]


@pytest.mark.parametrize(("values", "log"), FAR)
def test_values_far_apart_are_drawn_in_powers_of_ten(values: list[float], log: bool) -> None:
    found = reach(np.array([NAN, *values]), np.array([NAN, 5e-4]))
    assert found.log is log
    assert all(found.holds(value) for value in values)
    ticks = found.axis(LIGHT).get("tickvals", [])
    assert bool(ticks) is log
    assert all(found.low <= tick <= found.high for tick in ticks)


def test_a_class_has_one_colour_in_every_picture() -> None:
    assert LIGHT.class_colours([1, 0]) == dict(enumerate(LIGHT.classes[:2])) == LIGHT.class_colours([0, 1])
    assert LIGHT.class_colours([1])[1] == LIGHT.classes[1]
    assert len(set(LIGHT.class_colours([1, 5, 9, 13]).values())) == 4, "of those drawn together no two look alike"
