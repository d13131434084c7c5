"""Bounds and tests against numbers worked out by hand, and the promise itself against many seeded draws."""

import math

import numpy as np
import pytest

from dynviz.measure import risk
from dynviz.records import Rows, Sweep
from dynviz.records.card import Knob
from tests.test_house import ROOT, packages

UP = Knob("entropy", "exit below", 0.0, 1.0, 0.1, 0.3, 0.0, "up", "larger stops more")
DOWN = Knob("confidence", "exit at", 0.0, 1.0, 0.1, 0.9, 2.0, "down", "larger stops less")


def test_no_torch_and_no_scipy() -> None:
    assert not packages(ROOT / "measure" / "risk.py") & {"torch", "transformers", "scipy"}


@pytest.mark.parametrize(
    ("k", "n", "p", "wanted"),
    [
        (1, 3, 0.5, 0.5),
        (0, 10, 0.1, 0.9**10),
        (2, 4, 0.5, 11 / 16),
        (-1, 5, 0.5, 0.0),
        (5, 5, 0.5, 1.0),
        (0, 5, 0.0, 1.0),
        (4, 5, 1.0, 0.0),
    ],
)
def test_binomial_tail_by_hand(k: int, n: int, p: float, wanted: float) -> None:
    assert risk.binomial_cdf(k, n, p) == pytest.approx(wanted, rel=1e-12)


def test_binomial_tail_of_many_texts_equals_whole_numbers() -> None:
    exact = sum(math.comb(1000, i) for i in range(451)) / 2**1000
    assert risk.binomial_cdf(450, 1000, 0.5) == pytest.approx(exact, rel=1e-10)


def test_upper_bound_of_no_failures_is_the_rule_of_three() -> None:
    assert risk.clopper_pearson(0, 10, 0.95) == pytest.approx(1 - 0.05 ** (1 / 10), abs=1e-9)
    assert risk.clopper_pearson(0, 1000, 0.95) == pytest.approx(3 / 1000, rel=0.01)


def test_upper_bound_of_failures_only_is_one_and_it_grows_with_failures() -> None:
    bounds = [risk.clopper_pearson(k, 20) for k in range(21)]
    assert bounds == sorted(bounds)
    assert bounds[-1] == 1.0
    assert all(bound > k / 20 for k, bound in enumerate(bounds[:-1]))


def test_interval_of_five_in_ten_is_the_textbooks() -> None:
    low, high = risk.clopper_pearson_interval(5, 10)
    assert (round(low, 4), round(high, 4)) == (0.1871, 0.8129)


def test_interval_reaches_the_ends() -> None:
    assert risk.clopper_pearson_interval(0, 7)[0] == 0.0
    assert risk.clopper_pearson_interval(7, 7)[1] == 1.0


@pytest.mark.parametrize(("failures", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(failures: int, n: int) -> None:
    with pytest.raises(ValueError, match="failures among"):
        risk.clopper_pearson(failures, n)


def test_p_value_without_losses_is_the_chance_of_none() -> None:
    assert risk.hoeffding_bentkus(0, 10, 0.5) == pytest.approx(0.5**10)  # e times as much by Bentkus


def test_p_value_is_hoeffdings_where_that_is_smaller() -> None:
    assert risk.hoeffding_bentkus(4, 10, 0.5) == pytest.approx(math.exp(-10 * (0.4 * math.log(0.8) + 0.6 * math.log(1.2))))


def test_p_value_is_bentkus_where_that_is_smaller() -> None:
    exact = sum(math.comb(1000, i) for i in range(451)) / 2**1000
    assert risk.hoeffding_bentkus(450, 1000, 0.5) == pytest.approx(math.e * exact, rel=1e-9)


def test_parts_of_losses_are_rounded_up_but_not_by_dust() -> None:
    whole = risk.hoeffding_bentkus(450, 1000, 0.5)
    assert risk.hoeffding_bentkus(450 + 1e-12, 1000, 0.5) == pytest.approx(whole)
    assert risk.hoeffding_bentkus(449.2, 1000, 0.5) == pytest.approx(whole)


def test_p_value_is_one_at_the_tolerated_risk_and_above() -> None:
    assert risk.hoeffding_bentkus(10, 100, 0.1) == 1.0
    assert risk.hoeffding_bentkus(90, 100, 0.1) == 1.0


def test_testing_stops_at_the_first_failure_though_later_settings_would_pass() -> None:
    losses = np.zeros((4, 100))
    losses[2, :50] = 1
    found = risk.learn_then_test(losses, delta=0.1)
    assert (found.chosen, found.stopped) == (1, 2)
    assert found.pvalues[3] <= 0.05
    assert found.risks.tolist() == [0, 0, 0.5, 0]


def test_all_settings_may_pass_and_none_may() -> None:
    assert risk.learn_then_test(np.zeros((3, 100)), delta=0.1).chosen == 2
    assert risk.learn_then_test(np.zeros((3, 10)), delta=0.1).chosen is None  # 0.9 ** 10 is 0.35: ten texts prove nothing


def test_a_setting_passes_exactly_where_its_upper_bound_is_at_most_the_limit() -> None:
    losses = (np.arange(200) < np.arange(0, 24, 2)[:, None]).astype(float)
    found = risk.learn_then_test(losses, delta=0.05)
    bounds = risk.upper_bounds(found)
    assert ((bounds <= 0.05) == (found.pvalues <= 0.05)).all()
    assert 0 < found.stopped < len(bounds)
    assert (bounds > found.risks).all()
    assert bounds[0] == pytest.approx(1 - 0.05 ** (1 / 200), rel=1e-6)  # no loss: Hoeffding's bound is the chance of none


@pytest.mark.parametrize("bad", [np.full((2, 3), 1.5), np.full((2, 3), np.nan), np.zeros(3), np.zeros((2, 0))])
def test_losses_outside_0_and_1_are_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="losses of shape"):
        risk.learn_then_test(bad, delta=0.1)


def sweep(knob: Knob, settings: list[float], predicted: np.ndarray, labels: np.ndarray, owner: np.ndarray | None = None) -> Sweep:
    """A sweep of these answers; its costs do not matter here."""
    points, answers = predicted.shape
    owner = np.arange(answers) if owner is None else owner
    count = int(owner.max()) + 1
    rows = Rows(tuple(f"r{i}" for i in range(count)), np.full(count, 5), ((),) * count, labels, owner)
    ones = np.ones((points, count))
    knobs = tuple({knob.name: value} for value in settings)
    return Sweep("m", "method", "sst2", "calibration", "", rows, knobs, predicted, ones, np.ones(count), ones, ones, 6)


def answers(*lost: int, n: int = 100) -> np.ndarray:
    """(points, n) class 0, but class 1 on the first so many."""
    return np.stack([(np.arange(n) < k).astype(int) for k in (0, *lost)])


def test_the_boldest_setting_that_keeps_the_promise_is_chosen_in_the_knobs_direction() -> None:
    zeros = np.zeros(100, int)
    up = risk.control(sweep(UP, [0.0, 0.1, 0.5, 0.9], answers(0, 2, 40), zeros), UP, delta=0.1)
    assert (up.point, up.order.tolist()) == (2, [1, 2, 3])
    down = risk.control(sweep(DOWN, [2.0, 0.1, 0.5, 0.9], answers(40, 2, 0), zeros), DOWN, delta=0.1)
    assert (down.point, down.order.tolist()) == (2, [3, 2, 1])


def test_full_depth_remains_where_nothing_passes() -> None:
    zeros = np.zeros(100, int)
    assert risk.control(sweep(UP, [0.0, 0.1], answers(30), zeros), UP, delta=0.1).point == 0
    assert risk.control(sweep(UP, [0.0], answers(), zeros), UP, delta=0.1).point == 0


def test_harm_counts_only_answers_that_full_depth_had_right() -> None:
    labels = np.array([0, 0, 1, 1])
    points = sweep(UP, [0.0, 0.5], np.array([[0, 0, 0, 0], [1, 0, 1, 0]]), labels)
    assert risk.losses_of(points, "differs")[1].tolist() == [1, 0, 1, 0]
    assert risk.losses_of(points, "harm")[1].tolist() == [1, 0, 0, 0]


def test_words_are_averaged_within_their_sentence() -> None:
    points = sweep(UP, [0.0, 0.5], np.array([[0, 0, 0, 0, 0], [1, 0, 0, 0, 1]]), np.zeros(5, int), np.array([0, 0, 0, 0, 1]))
    assert risk.losses_of(points)[1].tolist() == [0.25, 1.0]


def test_the_check_is_exact_for_whole_losses_and_wider_for_parts() -> None:
    whole = risk.check(sweep(UP, [0.0, 0.5], answers(5, n=10), np.zeros(10, int)), 1)
    assert (whole.risk, round(whole.low, 4), round(whole.high, 4), whole.n) == (0.5, 0.1871, 0.8129, 10)
    halves = np.array([[0] * 20, [1, 0] * 10])  # ten sentences of two words, one of them lost in each
    parts = risk.check(sweep(UP, [0.0, 0.5], halves, np.zeros(20, int), np.repeat(np.arange(10), 2)), 1)
    assert parts.risk == 0.5
    assert parts.low < whole.low < whole.high < parts.high
    assert parts.low == pytest.approx(1 - parts.high)
    assert risk.hoeffding_bentkus(5, 10, parts.high) == pytest.approx(0.025, rel=1e-6)


def test_a_check_without_losses_reaches_down_to_zero() -> None:
    found = risk.check(sweep(UP, [0.0, 0.5], answers(0, n=10), np.zeros(10, int)), 1)
    assert (found.risk, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 10), abs=1e-9)


TRUE = np.linspace(0.0, 0.3, 16)  # the settings' true risks; 0.1 is the sixth
DRAWS, TEXTS = 400, 150


@pytest.mark.parametrize("parts", [1, 4])
def test_the_promise_is_kept_over_many_calibrations(parts: int) -> None:
    """In at most eps of the draws the chosen setting's true risk is above delta; and the choice is not full depth alone."""
    rng = np.random.default_rng(0)
    delta, eps = 0.1, 0.1
    chosen = []
    for _ in range(DRAWS):
        lots = rng.random((TEXTS, parts))  # the same texts at every setting, as in a sweep; a loss is the share of parts lost
        losses = (lots[None] < TRUE[:, None, None]).mean(2)
        found = risk.learn_then_test(losses, delta, eps).chosen
        chosen.append(0.0 if found is None else TRUE[found])
    broken = np.mean(np.array(chosen) > delta + 1e-12)
    assert broken <= eps + 2 * math.sqrt(eps * (1 - eps) / DRAWS)
    assert np.median(chosen) >= 0.02


def test_picking_the_best_looking_setting_would_break_the_promise() -> None:
    """Guards the test above: with many settings just above the tolerated risk, the least p-value is no proof."""
    rng = np.random.default_rng(1)
    broken = 0
    for _ in range(100):
        losses = (rng.random((60, TEXTS)) < 0.11).astype(float)
        found = risk.learn_then_test(losses, 0.1, 0.1)
        broken += bool((found.pvalues <= 0.1).any())
        assert found.chosen is None or found.pvalues[0] <= 0.1
    assert broken > 30
