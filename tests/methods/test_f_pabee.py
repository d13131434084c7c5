"""F-PABEE: both distances on numbers worked out by hand, the counter, what it shows, and that alike is not sure."""

import math

import numpy as np
import pytest

from dynviz.core.method import Shape
from dynviz.figures.conditions import stops
from dynviz.methods.f_pabee import Distance, FPabee, distances, entropy
from dynviz.methods.pabee import Pabee
from tests.methods.small import exits

SIX, LN2 = Shape((4,), (6,), 2), math.log(2)
NAN = np.nan


def said(*first: float) -> np.ndarray:
    """(L+1, 1, 2) the probability of class 0 after each layer; row 0 is not read."""
    probs = np.array([NAN, *first])
    return np.stack([probs, 1 - probs], -1)[:, None]


def leaves(*first: float, option: Distance = "alike", **knobs: float) -> int:
    (layer,) = exits(FPabee(SIX, distance=option), {"probs": said(*first)}, **knobs)
    return layer


@pytest.mark.parametrize("option", ["alike", "sure"])
def test_there_is_no_distance_after_the_first_layer(option: Distance) -> None:
    """NaN and not 0, which would be the most alike of all."""
    found = distances(said(0.5, 0.5, 0.5), option)[:, 0]
    assert np.isnan(found).tolist() == [True, True, False, False]
    assert leaves(*[0.5] * 6, option="alike", distance=0.7, patience=1) == 2


def test_entropy_of_certainty_is_nothing_and_of_a_coin_ln_2() -> None:
    assert entropy(np.array([[1.0, 0.0], [0.5, 0.5]])).tolist() == [0.0, pytest.approx(LN2)]
    assert entropy(np.full(4, 0.25)) == pytest.approx(2 * LN2)


def test_the_divergence_is_nothing_between_equals_and_ln_2_between_opposites() -> None:
    found = distances(said(1, 1, 0, 0.5, 0.5), "alike")[2:, 0]
    # from certainty to a coin: H(3/4, 1/4) - ln 2 / 2 = 2 ln 2 - 3/4 ln 3 - ln 2 / 2
    np.testing.assert_allclose(found, [0, LN2, 1.5 * LN2 - 0.75 * math.log(3), 0], atol=1e-15)


def test_the_divergence_is_the_mean_of_two_to_the_middle() -> None:
    p, q = np.array([0.7, 0.2, 0.1]), np.array([0.1, 0.3, 0.6])
    middle = (p + q) / 2
    want = ((p * np.log(p / middle)).sum() + (q * np.log(q / middle)).sum()) / 2
    assert distances(np.array([[[NAN] * 3], [p], [q]]), "alike")[2, 0] == pytest.approx(want)


def test_the_entropy_of_the_mean_is_small_only_where_both_are_sure_and_alike() -> None:
    found = distances(said(1, 1, 0, 0.5, 0.5), "sure")[2:, 0]
    np.testing.assert_allclose(found, [0, LN2, 2 * LN2 - 0.75 * math.log(3), LN2], atol=1e-15)


def test_the_entropy_of_the_mean_is_the_divergence_and_the_mean_entropy() -> None:
    probs = said(0.9, 0.6, 0.3, 0.2)
    both = distances(probs, "alike")[2:] + (entropy(probs[1:-1]) + entropy(probs[2:])) / 2
    np.testing.assert_allclose(distances(probs, "sure")[2:], both)


def test_alike_is_not_sure() -> None:
    """Two layers that agree on not knowing: the paper's distance leaves after layer 2, the authors' code never."""
    coin, certain = [0.5] * 6, [1.0] * 6
    assert [leaves(*coin, option=o, distance=0.01, patience=1) for o in ("alike", "sure")] == [2, 6]
    assert [leaves(*certain, option=o, distance=0.01, patience=1) for o in ("alike", "sure")] == [2, 2]


def test_the_same_class_need_not_be_alike() -> None:
    """PABEE sees six layers that agree; the probabilities still move."""
    moving = (0.51, 1.0, 0.6, 0.9, 0.51, 1.0)
    assert leaves(*moving, distance=0.01, patience=1) == 6
    assert exits(Pabee(SIX), {"probs": said(*moving)}, patience=1) == [2]


def test_it_waits_for_as_many_alike_pairs_in_a_row_as_are_asked_for() -> None:
    steps = (1.0, 1.0, 0.0, 0.0, 0.0, 0.0)  # alike after layer 2, not after 3, alike after 4, 5 and 6
    assert [leaves(*steps, distance=0.1, patience=p) for p in (1, 2, 3)] == [2, 5, 6]


def test_the_least_depth_is_one_more_than_the_patience() -> None:
    assert [leaves(*[1.0] * 6, distance=0.1, patience=p) for p in (1, 2, 3)] == [2, 3, 4]


def test_pabee_is_the_case_of_certain_layers() -> None:
    """Where every layer is certain, the distance is 0 or ln 2, as the class is the same or not."""
    for history in np.ndindex(2, 2, 2, 2, 2, 2):
        probs = said(*map(float, history))
        for patience in (1, 2, 3):
            ours = exits(FPabee(SIX), {"probs": probs}, distance=0.1, patience=patience)
            assert ours == exits(Pabee(SIX), {"probs": probs}, patience=patience)


def test_exactly_the_threshold_is_not_alike_and_off_never_stops() -> None:
    assert leaves(1, 0, 1, 0, 1, 0, distance=LN2, patience=1) == 6
    assert leaves(1, 0, 1, 0, 1, 0, distance=0.7, patience=1) == 2
    assert FPabee.off() == {"distance": 0.0, "patience": 0.0}
    assert leaves(*[1.0] * 6, **FPabee.off()) == 6
    assert leaves(*[1.0] * 6, distance=0.7, patience=0) == 6
    assert leaves(*[1.0] * 6, distance=0.0, patience=1) == 6


def test_the_threshold_goes_over_powers_of_ten() -> None:
    knob = FPabee.knobs[0]
    assert (knob.scale, knob.low, knob.stops) == ("log", 1e-5, "up")
    assert knob.high > LN2
    assert [p for p in knob.points(2_000) if p < 1e-4][-1] < 1e-4 < 1.1e-4


def test_both_conditions_are_shown_and_hold_together() -> None:
    readings = {"probs": said(1.0, 1.0, 0.0, 0.0, 0.0, NAN)}  # left after layer 5
    near, counted = FPabee(SIX).compares(readings, {"distance": 0.1, "patience": 2})
    assert (near.side, counted.side) == ("below", "at least")
    assert near.group == counted.group != ""
    np.testing.assert_allclose(near.values, [NAN, NAN, 0, LN2, 0, 0, NAN])
    np.testing.assert_array_equal(counted.values, [NAN, NAN, 1, 0, 1, 2, NAN])
    np.testing.assert_array_equal(stops((near, counted)), [NAN, NAN, 0, 0, 0, 1, NAN])


def test_the_option_is_named_where_its_distance_is_shown() -> None:
    labels = [FPabee(SIX, distance=o).compares({"probs": said(*[1.0] * 6)}, FPabee.defaults())[0].label for o in ("alike", "sure")]
    assert "divergence" in labels[0]
    assert "entropy of the mean" in labels[1]


def test_off_holds_nothing_against_a_limit() -> None:
    assert not any(c.decides for c in FPabee(SIX).compares({"probs": said(*[1.0] * 6)}, FPabee.off()))
