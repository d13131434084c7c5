"""The line in words under `dynviz sweep`: what half the compute buys, or that nothing is so cheap."""

import numpy as np
import pytest

from dynviz.cli.sweep import _summary
from dynviz.records import Rows, Sweep
from dynviz.records.sweep import table


def sweep(share: float, rows: int = 10) -> Sweep:
    """Full depth with all answers right, and one setting at this share of its compute with half of them right."""
    about = Rows(tuple(map(str, range(rows))), np.full(rows, 4), ((),) * rows, np.ones(rows, int), np.arange(rows))
    predicted = np.array([[1] * rows, [1] * (rows // 2) + [0] * (rows - rows // 2)])
    flops, depth = np.array([[100] * rows, [round(100 * share)] * rows]), np.array([[6.0] * rows, [2.0] * rows])
    return Sweep("m", "joint", "t", "s", "", about, ({"t": 0.0}, {"t": 1.0}), predicted, flops, np.full(rows, 100), depth, depth, 6)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.4, "With at most half the compute: 50.0 % at 40.0 % of it."),
        (0.5, "With at most half the compute: 50.0 % at 50.0 % of it."),
        (0.6, "No setting spends at most half; the cheapest: 50.0 % at 60.0 % of it."),
    ],
)
def test_half_the_compute_is_half(share: float, said: str) -> None:
    found = sweep(share)
    assert _summary(found, table(found), ["t"]).endswith(said)


def test_a_model_without_a_knob_has_nothing_to_choose() -> None:
    found = sweep(1.0)
    assert _summary(found, table(found), []).endswith("10 examples: full depth 100.0 % right.")


def test_one_example_is_one() -> None:
    found = sweep(0.4, rows=1)
    assert "\n1 example: full depth" in _summary(found, table(found), ["t"])
