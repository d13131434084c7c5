"""The stream's picture draws what was played and what came of it, the least and the most of all orders around the mean."""

import numpy as np
import pytest

from dynviz.figures import stream, stream_finding, stream_table
from dynviz.records import Stream


def made(arms: list[int], rewards: list[float], right: list[int]) -> Stream:
    """Two thresholds, two layers: the low one earns 0 at layer 1, the high one 0.2 at layer 2."""
    played = np.array(arms)
    counts = np.bincount(played, minlength=2)
    fixed = np.array([[0.0] * len(arms), [0.2] * len(arms)])
    return Stream(
        "m", 2, np.array([0.5, 0.8]), played, played + 1, np.array(rewards), np.array(right, bool), np.array([0.0, 0.2]), counts, fixed,
        np.array([0.5, 1.0]), np.array([1.0, 2.0]),
    )  # fmt: skip


TWO = [made([0, 1, 1, 1], [0, 0.2, 0.2, 0.2], [1, 1, 1, 0]), made([0, 0, 1, 1], [0, 0, 0.2, 0.2], [1, 0, 1, 1])]


def test_plays_are_the_mean_share_with_the_least_and_the_most() -> None:
    bar = next(t for t in stream(TWO).data if t.name == "plays")
    assert list(bar.y) == [0.375, 0.625]
    assert list(bar.error_y.array) == [0.125, 0.125]
    assert list(bar.error_y.arrayminus) == [0.125, 0.125]


def test_regret_accuracy_and_depth_are_running_with_a_band_and_the_best_fixed_threshold() -> None:
    fig = stream(TWO)
    learned = [t for t in fig.data if t.name == "learned"]
    assert list(learned[0].y) == pytest.approx([0.2, 0.3, 0.3, 0.3])
    assert list(learned[1].y) == pytest.approx([100, 75, 83.3333, 75], abs=1e-3)
    assert list(learned[2].y) == pytest.approx([1, 1.25, 1.5, 1.625])
    fixed = [t for t in fig.data if t.name == "best fixed"]
    assert [t.y[0] for t in fixed] == [0, 100, 2]
    band = next(t for t in fig.data if t.name == "shuffles")
    assert list(band.y) == pytest.approx([0.2, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2])


def test_the_finding_and_the_table_tell_learned_from_fixed() -> None:
    assert stream_finding(TWO) == (
        "Over 4 texts, in 2 orders, it comes to play the threshold 0.8 most; the best fixed one is 0.8. It leaves after layer 1.6 of 2 "
        "on average with 75 % right (the best fixed one: 2.0, 100 %), and ends 0.2 to 0.4 of reward behind it."
    )
    rows = stream_table(TWO)
    assert [r["plays, mean"] for r in rows] == [1.5, 2.5]
    assert [r["best"] for r in rows] == [False, True]
    assert rows[1]["mean reward when played"] == pytest.approx(0.2)


def test_a_threshold_never_played_has_no_mean_reward() -> None:
    assert stream_table([made([1, 1], [0.2, 0.2], [1, 1])])[0]["mean reward when played"] is None
