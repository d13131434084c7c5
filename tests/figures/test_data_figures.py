"""The figures of the Data page: what is drawn are the numbers given, and the findings say what they show."""

import numpy as np
import pytest

from dynviz import figures
from dynviz.figures import DARK, LIGHT, Group
from dynviz.measure.calibration import reliability

SHORT, MIDDLE, LONG = Group("3–8", 40, 1.5, 1.2, 1.8), Group("9–15", 30, 2.0, 1.7, 2.3), Group("16–40", 30, 3.0, 2.6, 3.4)


@pytest.mark.parametrize("style", [LIGHT, DARK])
@pytest.mark.parametrize("binned", [True, False])
def test_groups_are_dots_with_their_intervals_and_answer_a_click(binned: bool, style: figures.Style) -> None:
    fig = figures.difficulty([SHORT, MIDDLE, LONG], 2.1, "length", "mean depth", binned=binned, selected=1, style=style)
    dots = fig.data[0]
    assert list(dots.y if binned else dots.x) == [1.5, 2.0, 3.0]
    error = dots.error_y if binned else dots.error_x
    assert list(error.array) == pytest.approx([0.3, 0.3, 0.4])
    assert [list(c) for c in dots.customdata] == [[0], [1], [2]]
    axis = fig.layout.xaxis if binned else fig.layout.yaxis
    assert all("n = " in t for t in axis.ticktext)
    assert len(fig.layout.shapes) == 2


def test_a_finding_names_the_trend_and_doubts_what_may_be_chance() -> None:
    assert figures.difficulty_finding([SHORT, MIDDLE, LONG], 2.1, "length", "mean depth", binned=True) == (
        "Mean depth rises with length: 1.50 at 3–8, 3.00 at 16–40."
    )
    said = figures.difficulty_finding([SHORT, MIDDLE], 2.1, "length", "mean depth", binned=True)
    assert said == (
        "Whether mean depth changes with length, these 70 texts cannot tell: 1.50 at 3–8, 2.00 at 9–15. Their intervals overlap."
    )
    near = Group("9–15", 30, 1.7, 1.4, 2.0)  # 1.2 to 2.0 in all: less than a layer
    said = figures.difficulty_finding([SHORT, near], 1.6, "length", "mean depth", binned=True)
    assert said.startswith("Mean depth hardly changes with length: 1.50 at 3–8, 1.70 at 9–15.")
    unknown = Group("9–15", 1, 1.6, float("nan"), float("nan"))
    assert "cannot tell" in figures.difficulty_finding([SHORT, unknown], 1.6, "length", "mean depth", binned=True)
    named = figures.difficulty_finding(
        [Group("negation", 5, 0.5, 0.4, 0.6), Group("plain", 50, 0.9, 0.8, 1.0)], 0.8, "kind", "accuracy", True
    )
    assert named == "Accuracy is highest for plain (90 %) and lowest for negation (50 %)."


def test_names_of_groups_are_shown_as_typed() -> None:
    fig = figures.difficulty([Group("<b>x</b>", 1, 1.0, float("nan"), float("nan")), SHORT], 1.0, "kind", "layers")
    assert "<b>x" not in fig.layout.yaxis.ticktext[0]
    assert "&lt;b&gt;x" in fig.layout.yaxis.ticktext[0]


def test_reliability_draws_filled_bins_only_against_the_diagonal() -> None:
    found = reliability(np.array([0.55, 0.55, 0.95, 0.95]), np.array([True, False, True, True]), 10)
    fig = figures.reliability(found.edges, found.counts, found.accuracy, found.low, found.high, selected=9)
    assert list(fig.data[0].y) == [0.5, 1.0]
    assert list(fig.data[2].y) == [2, 2]
    assert [list(c) for c in fig.data[0].customdata] == [[5], [9]]
    assert len(figures.reliability_table(found.edges, found.counts, found.confidence, found.accuracy, found.low, found.high)) == 2


def test_reliability_finding_says_which_way_it_errs() -> None:
    assert "surer than it is right" in figures.reliability_finding(0.1, 0.9, 0.8, "layer 2", 100)
    assert "less sure" in figures.reliability_finding(0.1, 0.7, 0.8, "layer 2", 100)
    assert "about as sure" in figures.reliability_finding(0.01, 0.8, 0.81, "layer 2", 100)
    assert "Nothing was read" in figures.reliability_finding(float("nan"), 0, 0, "layer 2", 0)


def test_foresight_leaves_out_layers_that_were_not_read() -> None:
    nan = float("nan")
    args = (["layer 1", "layer 2", "layer 3"], np.array([0.6, nan, 0.9]), np.array([0.2, nan, 0.05]), np.array([0.6, nan, 0.8]))
    fig = figures.foresight(*args, selected=1)
    assert [list(t.x) for t in fig.data] == [[1, 3]] * 3
    said = figures.foresight_finding(*args)
    assert "furthest from accuracy at layer 1, by 20.0 points" in said
    assert "best at layer 3" in said
    assert len(figures.foresight_table(args[0], [5, 0, 5], *args[1:])) == 2


def test_two_runs_are_shares_of_each() -> None:
    one, other, layers = [1, 1, 1, 2], [2, 2], ["layer 1", "layer 2"]
    fig = figures.beside(one, other, layers, ("mine", "<i>yours"))
    assert [list(t.y) for t in fig.data] == [[0.75, 0.25], [0.0, 1.0]]
    assert "<i>" not in fig.data[1].name
    assert "stops deeper on average: 2.0 of 2 layers, against 1.2" in figures.beside_finding(one, other, layers, ("mine", "yours"))
    assert "both stop alike" in figures.beside_finding(one, one, layers, ("a", "b"))
    assert figures.beside_table(one, other, layers, ("a", "a"))[0] == {"layer": "layer 1", "a": 0.75, "a (second)": 0.0}


def test_exits_speak_of_agreement_where_the_right_answers_are_not_known() -> None:
    words = ("as full depth", "differs")
    assert "As full depth after layer 1: 50 %" in figures.exit_finding([1, 1, 2], [True, False, True], 2, words)
    fig = figures.exit_distribution([1, 1, 2], [True, False, True], 2, words=words)
    assert [t.name for t in fig.data[:2]] == list(words)
    assert set(figures.exit_table([1], [True], 2, words)[0]) == {"layer", "texts", "as full depth", "differs", "done by then"}
