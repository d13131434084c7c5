"""A grid of numbers: printed as they are, dark where large, blank where there is none."""

import numpy as np

from dynviz.figures.numbers import numbers, numbers_table
from dynviz.figures.style import LIGHT

VALUES = [[0.0, 1.0], [-0.5, np.nan]]


def cells():  # type: ignore[no-untyped-def]
    return numbers(VALUES, ["exit 1", "<b>"], ["layer 1", "layer 2"], digits=1).data[0]


def test_numbers_are_printed_and_a_missing_one_is_blank() -> None:
    assert list(cells().text) == ["0.0", "1.0", "-0.5", ""]


def test_the_largest_is_the_darkest_whatever_its_sign() -> None:
    fills = list(cells().marker.color)
    assert fills[1] == LIGHT.certainty[0]
    assert fills[0] == LIGHT.certainty[-1]
    assert fills[2] == LIGHT.certainty[2]
    assert fills[3] == LIGHT.paper


def test_names_are_drawn_as_typed_and_the_first_row_is_on_top() -> None:
    fig = numbers(VALUES, ["exit 1", "<b>"], ["a", "b"])
    assert fig.layout.yaxis.ticktext[1] == "&lt;b&gt;"
    assert fig.layout.yaxis.tickvals[0] > fig.layout.yaxis.tickvals[1]


def test_the_table_holds_the_same() -> None:
    assert numbers_table(VALUES, ["x", "y"], ["a", "b"], "exit") == [{"exit": "x", "a": 0.0, "b": 1.0}, {"exit": "y", "a": -0.5, "b": None}]
