"""An accuracy target: who leaves, and tables that rise, of which each number is the lower end of an interval."""

import numpy as np
import pytest
import torch

from dynviz.core.method import Shape
from dynviz.methods.expected_accuracy import ExpectedAccuracy, log_odds, lower_ends
from dynviz.records.intervals import wilson
from tests.methods.small import exits, rows

NAN = np.nan


def low(right: int, n: int) -> float:
    return float(wilson(np.array(right), np.array(n))[0])


def test_exits_at_the_first_layer_expected_to_be_right_often_enough() -> None:
    method = ExpectedAccuracy(Shape((16,), (3,), 2))
    readings = {"expected": rows([0.7, 0.9, 0.8], [0.6, 0.7, 0.8])}
    assert exits(method, readings, target=0.9) == [2, 3]
    assert exits(method, readings, target=0.7) == [1, 2], "exactly the target is enough"
    assert exits(method, readings, **ExpectedAccuracy.off()) == [3, 3]
    assert exits(method, {"expected": rows([1.0, 1.0, 1.0])}, **ExpectedAccuracy.off()) == [3]


def test_ranges_are_joined_until_the_table_rises() -> None:
    """5 and 8 of 10 rise; 7 of 10 after them fall back and are joined with the 8, and the 15 of 20 that result still lie above the 5."""
    assert lower_ends(np.array([5, 8, 7]), np.array([10, 10, 10])).tolist() == pytest.approx([low(5, 10), *[low(15, 20)] * 2])
    assert lower_ends(np.array([9, 1]), np.array([10, 10])).tolist() == pytest.approx([low(10, 20)] * 2)
    assert lower_ends(np.array([10, 10]), np.array([10, 10])).tolist() == pytest.approx([low(20, 20)] * 2), "alike, they prove more"


def test_joining_may_go_back_over_several_ranges() -> None:
    found = lower_ends(np.array([6, 7, 0]), np.array([10, 10, 10]))
    assert found.tolist() == pytest.approx([low(13, 30)] * 3)


def test_few_answers_promise_little() -> None:
    assert low(10, 10) < low(100, 100) < 1
    assert lower_ends(np.array([0]), np.array([0])).tolist() == [0]


def test_confidence_counts_in_log_odds_of_the_largest_probability() -> None:
    found = log_odds(torch.tensor([[0.5, 0.5], [0.1, 0.9], [1.0, 0.0]], dtype=torch.float64))
    assert found[:2].tolist() == pytest.approx([0, np.log(9)])
    assert torch.isfinite(found).all(), "also where there is no doubt left"


def test_a_table_is_fitted_for_each_layer_and_read_as_it_will_be_stored() -> None:
    """After layer 1 the less confident half of the answers is right in half of the cases, the other always; after layer 2 all are."""
    method = ExpectedAccuracy(Shape((16,), (2,), 2), bins=2).requires_grad_(False)
    sure = np.concatenate([np.linspace(0.51, 0.7, 100), np.linspace(0.8, 0.99, 100)])
    first = np.stack([sure, 1 - sure], -1)
    labels = np.where((np.arange(200) < 100) & (np.arange(200) % 2 == 0), 1, 0)
    last = np.stack([np.where(labels == 0, 0.9, 0.1), np.where(labels == 0, 0.1, 0.9)], -1)
    method.fit({"probs": np.stack([np.full((200, 2), NAN), first, last])}, labels)
    assert method.expected[0].tolist() == pytest.approx([low(50, 100), low(100, 100)], abs=1e-6)
    assert method.expected[1].tolist() == pytest.approx([low(200, 200)] * 2, abs=1e-6), "all alike: one range"
    assert torch.equal(method.edges, method.edges.half().float())
    assert float(method.edges[0, 0]) == pytest.approx(np.log(0.75 / 0.25), abs=0.05)


def test_its_picture_has_the_most_confident_on_top() -> None:
    found = ExpectedAccuracy.learned(
        ExpectedAccuracy.pictures[1], {"expected": np.array([[0.5, 0.9], [0.6, 0.95]]), "edges": np.zeros((2, 1))}
    )
    assert found is not None
    assert found.values.tolist() == [[0.9, 0.95], [0.5, 0.6]]
    assert found.rows == ("answers 50 to 100 % by confidence", "answers 0 to 50 % by confidence")
    assert "90.0% were right after layer 1, and 95.0% after the last" in found.said
    assert ExpectedAccuracy.learned(ExpectedAccuracy.pictures[1], {}) is None
