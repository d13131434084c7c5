"""The trajectory is solid while computed, dashed after, and rings the reading that stopped it."""

import numpy as np
import pytest

from dynviz.figures import (
    exit_distribution,
    exit_finding,
    exit_table,
    gates,
    gates_finding,
    halting,
    halting_finding,
    halting_table,
    scores,
    scores_finding,
    scores_table,
    trajectory,
    trajectory_finding,
    trajectory_table,
)  # fmt: skip
from dynviz.figures.scores import times
from dynviz.records.card import Comparison
from tests.figures.build import trace


def pair():
    p = np.array([np.nan, 0.6, 0.9, 0.95])
    probs = np.stack([p, 1 - p], -1)[:, None]
    early = probs.copy()
    early[3] = np.nan
    u, late = np.array([np.nan, 0.8, 0.2, np.nan]), np.array([np.nan, 0.8, 0.2, 0.1])
    labels = ("negative", "positive")
    kw = {"unit": "sentence", "kind": "exit", "labels": labels}
    return (
        trace(["a"], depth=[2] * 3, probs=early, readings={"uncertainty": u}, **kw),
        trace(["a"], probs=probs, readings={"uncertainty": late}, **kw),
    )


def line(fig, name):
    return next(t for t in fig.data if t.name == name)


def test_solid_until_the_exit_and_dashed_after():
    fig = trajectory(*pair(), "uncertainty", 0.3)
    done, rest = line(fig, "negative, computed"), line(fig, "negative, not computed")
    assert list(zip(done.x, done.y, strict=True)) == [(1, 0.6), (2, 0.9)]
    assert list(zip(rest.x, rest.y, strict=True)) == [(2, 0.9), (3, 0.95)]
    assert (done.line.dash, rest.line.dash) == ("solid", "dash")


def test_threshold_and_crossing_are_in_their_own_panel():
    fig = trajectory(*pair(), "uncertainty", 0.3)
    ring, threshold = line(fig, "crossing"), line(fig, "threshold")
    assert (ring.x[0], ring.y[0], ring.yaxis) == (2, 0.2, "y2")
    assert list(threshold.y) == [0.3, 0.3]
    assert fig.layout.yaxis2.overlaying is None


def test_the_threshold_bears_its_side_and_the_ring_is_drawn_only_where_the_reading_stopped_it():
    early, late = pair()
    fig = trajectory(early, late, "uncertainty", 0.3, side="below")
    assert line(fig, "crossing").x[0] == 2
    assert "below 0.3" in [a.text for a in fig.layout.annotations]
    assert "Uncertainty 0.2, below 0.3." in trajectory_finding(early, late, "uncertainty", 0.3, side="below")
    named = trajectory_finding(early, late, "uncertainty", 0.3, side="below", reading_label="predicted chance of being wrong")
    assert "Predicted chance of being wrong 0.2, below 0.3." in named, "as the other pictures call it"
    other = trajectory(early, late, "uncertainty", 0.2, side="below")  # 0.2 is not below 0.2: another condition stopped it
    assert "crossing" not in [t.name for t in other.data]
    assert ["Ring:" in f.to_json() for f in (fig, other)] == [True, False]
    assert "Uncertainty 0.2, not below 0.2." in trajectory_finding(early, late, "uncertainty", 0.2, side="below")
    assert "crossing" in [t.name for t in trajectory(early, late, "uncertainty", 0.2, side="at most").data]


def test_nothing_is_dashed_without_full_depth():
    assert not [t for t in trajectory(pair()[0]).data if t.line.dash == "dash"]


def test_finding_says_where_how_sure_and_what_full_depth_thinks():
    assert trajectory_finding(*pair(), "uncertainty", 0.3) == (
        "The text stopped after layer 2 of 3: negative at 90 %. Uncertainty 0.2, threshold 0.3. Full depth agrees."
    )
    assert trajectory_table(*pair())[2] == {
        "layer": "layer 3",
        "computed": False,
        "negative": 0.95,
        "positive": pytest.approx(0.05),
        "uncertainty": None,
    }


def test_many_classes_are_cut_to_four_and_said_so():
    t = trace(["<i>x</i>"], labels=tuple("ABCDEF"))
    fig = trajectory(t)
    assert len({tr.name for tr in fig.data}) == 4
    assert "2 not drawn" in fig.layout.title.text
    assert "&lt;i&gt;x&lt;/i&gt;" in fig.layout.title.text


def test_exit_bars_split_right_and_wrong():
    exits, correct = [1, 1, 1, 2, 3], [True, True, False, True, False]
    fig = exit_distribution(exits, correct, 3)
    assert list(line(fig, "right").y) == [2, 1, 0]
    assert list(line(fig, "wrong").y) == [1, 0, 1]
    assert line(fig, "wrong").marker.pattern.shape == "/"
    assert list(line(fig, "done by then").y) == [0.6, 0.8, 1.0]
    assert fig.layout.yaxis2.overlaying is None
    assert exit_finding(exits, correct, 3) == (
        "60 % of 5 sentences stop after layer 1. The mean exit is 1.6 of 3. Right after layer 1: 67 %; after layer 3: 0 %."
    )
    assert exit_table(exits, correct, 3)[0] == {"layer": "layer 1", "texts": 3, "right": 2, "wrong": 1, "done by then": 0.6}
    assert exit_finding([], [], 3) == "No sentence has been read yet."
    assert exit_distribution([], [], 3).data


def test_halting_draws_the_bounds_and_hatches_what_was_not_computed():
    p, low, high = [0.8, 0.1, np.nan], [0.1, 0.6, np.nan], [0.9, 0.4, np.nan]
    fig = halting(p, low, high, 2)
    assert list(line(fig, "weight left").y) == [0.8, 0.1, None]
    assert list(line(fig, "weight left").marker.pattern.shape) == ["", "", "/"]
    assert list(line(fig, "leader, at least").y)[:2] == [0.1, 0.6]
    assert halting_finding(p, low, high, 2).startswith("After layer 2 of 3 the answer cannot change.")
    assert halting_table(p, low, high, 2)[2] == {
        "layer": 3,
        "computed": False,
        "weight left": None,
        "leader at least": None,
        "next at most": None,
    }


def test_gates_are_blank_where_shut():
    fig = gates([[1, 0.5], [0.5, 0]])
    assert list(fig.data[0].text) == ["1", ".50", ".50", "0"]
    assert fig.data[0].marker.color[3] == fig.layout.paper_bgcolor
    assert gates_finding([[1, 0.5], [0.5, 0]]) == "The gates let 75 % through in layer 1 and 25 % in layer 2."


def held(values, limit):
    return Comparison("importance", "importance", np.asarray(values, float), np.full(len(values), limit), "below")


def test_scores_are_drawn_as_multiples_of_the_threshold():
    values = np.full((4, 3), np.nan)
    values[1], values[2, :2], values[3, 0] = [0.4, 0.1, 0.3], [0.4, 0.2], 0.6
    t, read = trace(["a"], unit="sentence", readings={"importance": values}), held(values, 0.2)
    fig = scores(t, read)
    assert list(fig.data[0].text) == ["2.0×", "0.5×", "1.5×", "2.0×", "1×", "", "3.0×", "", ""]
    assert scores_finding(t, read) == "1 of 6 scores is below the layer's threshold. Closest call: “a” in layer 2, at 1 times it."
    assert len(scores_table(t, read)) == 6
    with pytest.raises(ValueError, match="one value per layer and token"):
        scores(t, held(values[1:], 0.2))


@pytest.mark.parametrize(
    ("ratio", "said"), [(12.4, "12"), (2.46, "2.5"), (1.04, "1.04"), (1.002, "1.002"), (0.998, "0.998"), (0.54, "0.5"), (1, "1")]
)
def test_a_multiple_tells_on_which_side_of_the_threshold_it_lies(ratio: float, said: str) -> None:
    assert times(ratio) == said


def test_a_score_read_before_a_layer_stands_in_the_layer_that_it_opens():
    values = np.full((4, 3), np.nan)
    values[0], values[1], values[2, [0, 2]] = [0.4, 0.1, 0.3], [0.4, 0.1, 0.3], [0.4, 0.6]
    t = trace(["a"], depth=[3, 1, 3], unit="sentence", kind="drop", readings={"importance": values})
    fig = scores(t, held(values, 0.2))
    assert list(fig.data[0].text) == ["2.0×", "0.5×", "1.5×", "2.0×", "0.5×", "1.5×", "2.0×", "", "3.0×"]
    assert "importance: 0.1, below 0.2" in fig.data[0].hovertext[4]
    assert list(fig.data[1].y) == [1, 2, 3]
