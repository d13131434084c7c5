"""An operating point: exactly the setting asked for, and what can be said of it, on eight answers."""

import numpy as np
import pytest

from dynviz.records import Rows, Sweep
from dynviz.records.operating import point_of, verdict

N = 100
ROWS = Rows(tuple(map(str, range(N))), np.full(N, 4), ((),) * N, np.ones(N, int), np.arange(N))


def sweep(right: dict[float, int], model: str = "m") -> Sweep:
    """Settings of the knob t and how many of the hundred answers are right there; t = 0 is full depth."""
    predicted = np.array([[1] * n + [0] * (N - n) for n in right.values()])
    cost = np.array([[100 - int(100 * t)] * N for t in right])
    depth = np.array([[6 - 5 * t] * N for t in right])
    knobs = tuple({"t": t} for t in right)
    return Sweep(model, "joint", "sst2", "dev", "", ROWS, knobs, predicted, cost, np.full(N, 100), depth, np.full(cost.shape, 6), 6)


def test_the_setting_found_is_exactly_that_asked_for() -> None:
    found = sweep({0.0: 90, 0.10: 88, 0.14: 80})
    assert found.find({"t": 0.14}) == 2
    assert found.find({"t": 0.12}) is None
    assert found.nearest({"t": 0.11}) == 1
    assert found.nearest({"t": 0.001}) == 1, "full depth only when it is exactly that"


def test_a_setting_replayed_more_is_a_point_like_the_others() -> None:
    curve, exact = sweep({0.0: 90, 0.1: 88, 0.5: 60}), sweep({0.0: 90, 0.2: 75})
    both = curve.with_points(exact)
    assert [k["t"] for k in both.knobs] == [0.0, 0.1, 0.2, 0.5]
    assert both.accuracy.tolist() == [0.90, 0.88, 0.75, 0.60]
    assert both.with_points(exact).knobs == both.knobs, "none twice"


def test_the_figures_of_a_point() -> None:
    found = point_of(sweep({0.0: 90, 0.5: 80}), 1, plain=sweep({0.0: 95}, "plain"))
    assert (found.share, found.accuracy, found.full, found.agreement, found.mean_depth) == (0.5, 0.8, 0.9, 0.9, 3.5)
    assert found.difference[0] == pytest.approx(-0.10)
    assert found.to_plain is not None
    assert found.to_plain[0] == pytest.approx(-0.15)
    assert (found.sentences, found.answers) == (100, 100)


@pytest.mark.parametrize(("full", "here", "said"), [(90, 70, "less"), (70, 90, "more"), (90, 90, "same"), (90, 89, "none")])
def test_what_the_interval_allows_to_say(full: int, here: int, said: str) -> None:
    assert verdict(sweep({0.0: full, 0.5: here}), 1) == said
