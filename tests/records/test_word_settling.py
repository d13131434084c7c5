"""From which layer on a word stays near its last state, and at which it is likely where it is hidden."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynviz.records.word_settling import ReadBack, StatesNear

NEAR = StatesNear(("the", "sky", "odd"), np.array([[0.2, 0.6, 0.7], [0.4, 0.7, 0.3], [0.5, 0.9, 0.8], [1.0, 1.0, 1.0]]))


def test_a_word_settles_where_it_stays_near_and_not_where_it_first_was() -> None:
    assert NEAR.settled(0.5).tolist() == [3, 1, 3], "“odd” was near in layer 1, and left again"
    assert NEAR.settled(0.55).tolist() == [4, 1, 3]
    assert NEAR.settled(0.95).tolist() == [4, 4, 4], "the last layer is always as near as can be"


def test_states_that_never_move_settle_at_once() -> None:
    assert StatesNear(("a", "b"), np.ones((6, 2))).settled(1.0).tolist() == [1, 1]
    assert StatesNear(("a",), np.ones((1, 1))).settled(0.9).tolist() == [1]


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_bar_is_never_cleared_earlier(seed: int, one: float, other: float) -> None:
    cosine = np.random.default_rng(seed).uniform(-1, 1, (5, 4))
    cosine[-1] = 1
    near, (low, high) = StatesNear(tuple("abcd"), cosine), sorted((one, other))
    assert (near.settled(low) <= near.settled(high)).all()
    assert ((near.settled(low) >= 1) & (near.settled(high) <= 5)).all()


BACK = ReadBack(("the", "sky", "odd", "end"), (2, 4), np.array([[0.6, 0.1, 0.5, np.nan], [0.4, 0.2, 0.9, np.nan]]))


def test_a_word_is_read_back_at_the_first_layer_where_it_is_likely_enough() -> None:
    assert BACK.first(0.5).tolist() == [2, 0, 2, -1], "once, whatever later layers say; 0: nowhere; -1: not asked"
    assert BACK.first(0.55).tolist() == [2, 0, 4, -1]
    assert BACK.asked.tolist() == [True, True, True, False]


def test_what_does_not_fit_its_words_is_refused() -> None:
    with pytest.raises(ValueError, match=r"StatesNear\.cosine"):
        StatesNear(("a",), np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"ReadBack\.probs"):
        ReadBack(("a",), (2,), np.ones((2, 1)))
