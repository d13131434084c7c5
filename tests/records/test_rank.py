"""Spearman's rank correlation, on numbers that can be checked in the head."""

import numpy as np
import pytest

from dynviz.records.rank import spearman


def test_orders_are_compared_by_rank() -> None:
    one = np.array([[0.9, 0.8, 0.7], [0.9, 0.8, 0.7], [0.9, 0.8, 0.7], [0.5, 0.5, 0.5]])
    other = np.array([[0.99, 0.6, 0.5], [0.1, 0.2, 0.3], [0.8, 0.9, 0.7], [0.1, 0.2, 0.3]])
    assert spearman(one, other).tolist() == pytest.approx([1, -1, 0.5, np.nan], nan_ok=True)
    assert spearman(np.array([[0.5, 0.5, 0.1, 0.0]]), np.array([[0.6, 0.6, 0.2, 0.1]])).tolist() == pytest.approx([1])


def test_nothing_and_one_alone_have_no_order() -> None:
    assert np.isnan(spearman(np.zeros((1, 0)), np.zeros((1, 0)))).all()
    assert np.isnan(spearman(np.ones((1, 1)), np.ones((1, 1)))).all()
