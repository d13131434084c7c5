"""Probabilities of many classes in coarse steps: near, whole, and with the same leader."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynviz.records.coarse import MANY, STEPS, coarse


@given(st.integers(MANY, 200), st.floats(0.01, 20), st.integers(0, 2**32 - 1))
def test_each_is_within_a_step_rows_sum_to_one_and_the_same_class_leads(classes: int, spread: float, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(3, 5, classes)) * spread
    probs = np.exp(logits - logits.max(-1, keepdims=True))
    probs /= probs.sum(-1, keepdims=True)
    found = coarse(probs)
    assert (np.abs(found - probs) < 1 / STEPS).all()
    assert found.sum(-1) == pytest.approx(np.ones((3, 5)), abs=1e-12)
    assert (found.argmax(-1) == probs.argmax(-1)).all()


def test_by_hand() -> None:
    """Twenty classes, three of them with anything: the step that is left over goes to the largest remainder."""
    probs = np.array([0.5 + 0.25 / STEPS, 0.5 - 1 / STEPS, 0.75 / STEPS, *[0.0] * (MANY - 3)])
    assert (coarse(probs) * STEPS).tolist() == [STEPS / 2, STEPS / 2 - 1, 1, *[0] * (MANY - 3)]


def test_where_a_step_would_change_the_leader_the_row_stays_as_it_is() -> None:
    """Both steps left over go to the classes with the larger remainders, and the first two would be equal."""
    probs = np.array([6000.3, 6000.4, STEPS - 12_002.0, 0.65, 0.65, *[0.0] * (MANY - 5)]) / STEPS
    assert coarse(probs).argmax() == probs.argmax() == 1
    assert (coarse(probs) == probs).all()


def test_few_classes_and_what_was_not_read_stay() -> None:
    few = np.array([[0.3, 0.7]])
    assert coarse(few) is few
    unread = np.full((2, MANY), np.nan)
    assert np.isnan(coarse(unread)).all()
