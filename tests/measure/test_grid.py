"""Settings follow the change in compute: on curves whose steps can be counted in the head."""

from itertools import pairwise

import pytest

from dynviz.measure.grid import filled, merged, spaced
from dynviz.records.card import Knob

KNOB = Knob("t", "threshold", 0.0, 1.0, 0.01, 0.5, 0.0, "up")


def test_points_lie_where_compute_changes() -> None:
    """All the change happens below 0.1: of nine points, only the two it takes to get there lie above it."""
    asked: list[float] = []

    def share(value: float) -> float:
        asked.append(value)
        return 1 - 8 * min(value, 0.1)

    found = spaced(KNOB, 9, share)
    assert found == sorted(asked), "no call of a run is wasted"
    assert len(found) == 9
    assert [v for v in found if v > 0.13] == [0.25, 0.5, 1.0]
    assert max(abs(share(b) - share(a)) for a, b in pairwise(found)) <= 0.25


def test_no_gap_is_left_where_settings_lie_between() -> None:
    found = spaced(KNOB, 21, lambda value: 1 - 0.9 * value)
    assert max(b - a for a, b in pairwise(found)) <= 0.1


def test_a_knob_of_few_steps_gives_all_of_them() -> None:
    assert spaced(Knob("n", "layers", 1, 4, 1, 2, 0, "down"), 21, lambda value: value / 4) == [1, 2, 3, 4]


def test_a_flat_knob_is_spread_evenly() -> None:
    assert spaced(KNOB, 5, lambda value: 1.0) == [0.0, 0.25, 0.5, 0.75, 1.0]


FOUR = [0.0, 0.2, 0.4, 0.6]


@pytest.mark.parametrize(("also", "expected"), [([], [0.0, 0.2, 0.6]), ([0.4], FOUR), ([0.6], [0.0, 0.2, 0.6]), ([0.4, 0.4], FOUR)])
def test_a_setting_more_finds_its_place(also: list[float], expected: list[float]) -> None:
    assert [k["t"] for k in merged([{"t": 0.0}, {"t": 0.2}, {"t": 0.6}], [{"t": v} for v in also])] == expected


def test_a_jump_between_two_settings_is_filled_and_a_flat_part_is_not() -> None:
    """Compute is 1 up to 0.5 and falls to 0 in a straight line from there on."""
    asked: list[float] = []

    def share(value: float) -> float:
        asked.append(value)
        return min(1.0, 2 - 2 * value)  # 0.04 of the knob are 0.08 of compute

    found = filled(KNOB, [0.0, 0.5, 1.0], share)
    assert (found[:2], found[-1], found == sorted(found)) == ([0.0, 0.5], 1.0, True)
    assert len(found) == len(asked) < 25  # none is asked twice
    assert max(b - a for a, b in pairwise(found[1:])) <= 0.04 + 1e-9


def test_neighbouring_steps_are_left_though_compute_jumps() -> None:
    assert filled(Knob("n", "layers", 1, 4, 1, 2, 0, "down"), [1, 2, 4], lambda value: value / 4) == [1, 2, 3, 4]
