"""Calibration on numbers that can be checked in the head."""

import math

import numpy as np
import pytest

from dynviz.measure.calibration import auroc, ece, reliability
from dynviz.records.intervals import wilson


def test_a_model_that_is_as_right_as_it_is_sure_has_no_error() -> None:
    right = np.array([True, True, True, False])
    assert ece(np.full(4, 0.75), right) == pytest.approx(0)


def test_error_is_the_gap_of_each_bin_weighted_by_its_answers() -> None:
    # bin of 1.0: three answers, one right, gap 2/3; bin of 0.5: one answer, right, gap 1/2
    error = ece(np.array([1.0, 1.0, 1.0, 0.5]), np.array([True, False, False, True]))
    assert error == pytest.approx(3 / 4 * 2 / 3 + 1 / 4 * 1 / 2)


def test_gaps_of_opposite_sign_in_one_bin_cancel_and_in_two_bins_do_not() -> None:
    right = np.array([True, False])
    assert ece(np.array([0.5, 0.5]), right, bins=2) == pytest.approx(0)
    assert ece(np.array([0.5, 0.6]), right, bins=2) == pytest.approx((0.5 + 0.6) / 2)


def test_a_bin_holds_its_upper_edge_and_the_first_holds_zero() -> None:
    found = reliability(np.array([0.0, 0.5, 0.51, 1.0]), np.ones(4, bool), bins=2)
    assert found.counts.tolist() == [2, 2]
    assert found.edges.tolist() == [0, 0.5, 1]


def test_empty_bins_are_nan_and_do_not_count() -> None:
    found = reliability(np.array([0.9]), np.array([True]), bins=4)
    assert found.counts.tolist() == [0, 0, 0, 1]
    assert np.isnan(found.accuracy[:3]).all()
    assert found.ece == pytest.approx(0.1)
    assert (found.low[0], found.high[0]) == (0, 1)


def test_unread_answers_are_left_out() -> None:
    assert ece(np.array([np.nan, 1.0]), np.array([False, True])) == pytest.approx(0)
    assert auroc(np.array([np.nan, 0.9, 0.1]), np.array([False, True, False])) == 1


def test_without_answers_there_is_no_number() -> None:
    assert math.isnan(ece(np.array([]), np.array([], bool)))
    assert math.isnan(auroc(np.array([0.4, 0.6]), np.array([True, True])))


@pytest.mark.parametrize(
    ("confidence", "right", "expected"),
    [
        ([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], 1.0),
        ([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], 0.0),
        ([0.5, 0.5, 0.5], [1, 0, 0], 0.5),
        ([0.9, 0.3, 0.6], [1, 1, 0], 0.5),  # one of two pairs in order
        ([0.9, 0.6, 0.6], [1, 1, 0], 0.75),  # one in order, one tie
    ],
)
def test_auroc_is_the_share_of_pairs_in_order(confidence: list[float], right: list[int], expected: float) -> None:
    assert auroc(np.array(confidence), np.array(right, bool)) == pytest.approx(expected)


def test_wilson_leaves_room_at_the_ends_and_narrows_with_n() -> None:
    low, high = wilson(np.array([0.0, 10.0, 5.0, 500.0]), np.array([10, 10, 10, 1000]))
    assert low[0] == pytest.approx(0)
    assert high[0] == pytest.approx(3.841459 / 13.841459, abs=1e-5)  # z² / (n + z²)
    assert low[1] == pytest.approx(1 - high[0])
    assert high[1] == pytest.approx(1)
    assert high[2] - low[2] > 5 * (high[3] - low[3])
