"""Why one run cost more than another: two parts that sum to the difference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynviz.records.contrast import cost_difference, plain_of, spent_by_layer
from tests.figures.build import trace


def test_the_same_share_of_a_longer_text_is_all_length() -> None:
    short, long = trace(["a"]), trace(["a", "b", "c"])  # both at full depth
    found = cost_difference(short, long)
    assert found.length == pytest.approx(found.total)
    assert found.total == long.flops - short.flops


def test_a_run_that_stops_later_on_the_same_text_is_all_stopping() -> None:
    early, late = trace(["a", "b"], depth=[1] * 4, kind="exit"), trace(["a", "b"])
    found = cost_difference(early, late)
    assert found.length == 0
    assert found.stopping == pytest.approx(late.flops - early.flops)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=3, max_size=9), st.lists(st.integers(1, 3), min_size=3, max_size=9))
def test_the_parts_sum_to_the_difference_and_turn_their_sign(one: list[int], other: list[int]) -> None:
    a, b = (trace(["w"] * (len(d) - 2), depth=d) for d in (one, other))
    forth, back = cost_difference(a, b), cost_difference(b, a)
    assert forth.total == pytest.approx(b.flops - a.flops, abs=1e-3)
    assert (back.length, back.stopping) == pytest.approx((-forth.length, -forth.stopping), abs=1e-3)


def test_what_was_spent_by_layer_ends_at_the_total() -> None:
    run = trace(["a", "b"], depth=[3, 1, 2, 3])
    spent = spent_by_layer(run)
    assert spent[-1] == run.flops
    assert (np.diff(spent) >= 0).all()


def test_the_plain_run_asks_nothing_on_the_way_and_runs_one_model() -> None:
    for full in (trace(["a", "b"], depth=[4] * 4, kind="exit", unit="sentence"), trace(["a"] * 3, depth=[4] * 5)):
        plain = plain_of(full)
        assert plain.flops == plain.plain_flops == full.plain_flops
        assert plain.share == 1
        assert plain.predicted == full.predicted
