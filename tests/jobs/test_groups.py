"""Means of groups and their intervals, on numbers that can be checked in the head."""

import numpy as np
import pytest

from dynviz.jobs.groups import Totals, binned, named


def test_a_mean_is_a_ratio_of_sums() -> None:
    what = Totals(np.array([1.0, 9.0]), np.array([10.0, 10.0]))
    mean, low, high = what.over(np.array([0, 1]))
    assert mean == pytest.approx(0.5)
    # residuals -4 and 4: se = sqrt(2/1 * 32) / 20 = 0.4
    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.4, 0.5 + 1.96 * 0.4), abs=1e-4)


def test_no_interval_of_a_depth_reaches_below_one_layer() -> None:
    what = Totals(np.array([1.0, 1.0, 4.0]), np.ones(3), 1.0, 6.0)
    # residuals -1, -1, 2: half = 1.96 * sqrt(3/2 * 6) / 3 = 1.96
    assert what.over(np.arange(3)) == pytest.approx((2.0, 1.0, 3.96), abs=1e-3)


def test_equal_values_have_no_spread_and_one_has_no_interval() -> None:
    what = Totals(np.array([3.0, 3.0, 5.0]), np.ones(3))
    assert what.over(np.array([0, 1])) == (3, 3, 3)
    mean, low, high = what.over(np.array([2]))
    assert mean == 5
    assert np.isnan([low, high]).all()


def test_shares_of_right_answers_have_wilsons_interval() -> None:
    what = Totals(np.ones(10), np.ones(10))
    mean, low, high = what.over(np.arange(10))
    assert (mean, high) == pytest.approx((1, 1))
    assert low == pytest.approx(10 / 13.841459, abs=1e-5)


def test_nothing_counted_is_nothing_known() -> None:
    assert np.isnan(Totals(np.zeros(2), np.zeros(2)).over(np.array([0, 1]))).all()


def test_bins_hold_every_sentence_once_and_equal_values_stay_together() -> None:
    values = np.array([5, 1, 1, 1, 1, 1, 1, 2, 9, 9])
    found = binned(values, Totals(values.astype(float), np.ones(10)), 4)
    assert sorted(int(i) for part in found for i in part.rows) == list(range(10))
    for part in found:
        others = np.setdiff1d(np.arange(10), part.rows)
        assert not set(values[part.rows]) & set(values[others])
    assert [part.name for part in found] == sorted((part.name for part in found), key=lambda n: int(n.split("–")[0]))


def test_one_value_is_one_bin() -> None:
    found = binned(np.full(7, 4), Totals(np.ones(7), np.ones(7)))
    assert [(part.name, len(part.rows)) for part in found] == [("4", 7)]


def test_named_groups_may_overlap_and_empty_ones_are_left_out() -> None:
    groups = [("a", np.array([True, True, False])), ("b", np.array([True, False, False])), ("c", np.zeros(3, bool))]
    found = named(groups, Totals(np.array([1.0, 3.0, 9.0]), np.ones(3)))
    assert [(part.name, part.mean, len(part.rows)) for part in found] == [("a", 2.0, 2), ("b", 1.0, 1)]
