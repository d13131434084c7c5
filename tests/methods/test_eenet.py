"""EENet: who leaves by a plan, what the scheduler learns, and that a smaller budget never makes anybody leave later."""

import numpy as np
import pytest
import torch
from torch import nn

from dynviz.core.method import Shape
from dynviz.methods import eenet
from dynviz.methods.eenet import BUDGETS, NOBODY, EENet, cut, features, inputs, plan_loss, score_loss, thresholds
from tests.methods.small import exits, rows

NAN = np.nan


def method(layers: int = 3) -> EENet:
    return EENet(Shape((16,), (layers,), 2)).requires_grad_(False)


def test_exits_at_the_first_layer_that_lets_it_go_at_this_budget() -> None:
    """A sentence that may leave after layer 1 for budgets below .325, and after layer 2 below .625."""
    readings = {"budget": rows([0.325, 0.625, 0.975])}
    assert [exits(method(), readings, budget=b) for b in (0.3, 0.325, 0.35, 0.6, 0.65, 1.0)] == [[1], [2], [2], [2], [3], [3]]
    assert exits(method(), readings, **EENet.off()) == [3]


def test_as_many_leave_as_planned_those_surest_to_be_right_first() -> None:
    """Of four one is to leave after layer 1 and two after layer 2: first d, then, of the others, a and b. Thresholds lie halfway."""
    odds = np.array([[0.0, 1.0, 2.0, 4.0], [3.0, 2.0, 0.0, 9.0], [0.0] * 4])
    limits, left = thresholds(odds, np.array([[0.25, 0.5, 0.25]]))
    assert limits.tolist() == [[3.0, 1.0, -NOBODY]]
    assert left.tolist() == [[0.25, 0.5, 0.25]]


def test_where_nobody_is_to_leave_nobody_does_and_the_least_sure_is_the_limit_where_all_are() -> None:
    assert cut(np.array([1.0, 2.0]), 0) == NOBODY
    assert cut(np.zeros(0), 3) == NOBODY
    assert cut(np.array([2.0, 1.0]), 2) == 1.0
    assert cut(np.array([2.0, 1.0]), 1) == 1.5


def test_a_smaller_budget_is_never_stricter() -> None:
    """The smaller one plans for nobody at layer 2, where the larger one plans for half: whoever comes there leaves as by the larger."""
    odds = np.array([[0.0, 1.0, 2.0, 3.0], [5.0, 6.0, 7.0, 8.0], [0.0] * 4])
    limits, left = thresholds(odds, np.array([[0.5, 0.0, 0.5], [0.0, 0.5, 0.5]]))
    assert limits[:, 1].tolist() == [6.5, 6.5]
    assert left.tolist() == [[0.5, 0.0, 0.5], [0.0, 0.5, 0.5]]
    assert (np.diff(limits, axis=0) >= 0).all()


def test_what_an_estimate_is_given() -> None:
    probs = torch.tensor([[[0.5, 0.5]], [[1.0, 0.0]]])
    assert features(probs).tolist() == [[[0.5, 0.5, 0.5, 0.0]], [[1.0, 0.0, 1.0, 1.0]]]
    estimates = nn.ModuleList(nn.Linear(4 + k, 1) for k in range(2))
    for estimate in estimates:
        nn.init.zeros_(estimate.weight)
        nn.init.zeros_(estimate.bias)
    given, odds = inputs(estimates, probs)
    assert given[1].tolist() == [[1.0, 0.0, 1.0, 1.0, 0.5]], "the first estimate, as a chance, comes last"
    assert odds.tolist() == [[0.0], [0.0]]


def test_a_mistake_counts_as_much_as_is_planned_to_leave_there() -> None:
    """Odds 0 are wrong by ln 2 whatever happens; odds of 30 are wrong by 30 where the answer is, and by nothing where it is right."""
    odds, right = torch.tensor([[0.0, 0.0], [30.0, 30.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    plan = torch.tensor([[[0.5, 0.75], [0.5, 0.25]]])  # of layer 2, three quarters are planned for the first sentence
    assert float(score_loss(odds, right, plan)) == pytest.approx((np.log(2) + 30 / 4) / 2)


def test_a_plan_is_to_hold_its_budget_and_to_follow_the_estimates() -> None:
    odds, even = torch.zeros(2, 1), torch.tensor([[[0.5, 0.5]]])
    assert float(plan_loss(even, odds, torch.tensor([0.75]))) == pytest.approx(0, abs=1e-7)
    assert float(plan_loss(even, odds, torch.tensor([0.5]))) == pytest.approx(0.01 * 0.25 / 0.5)  # the mean depth is three quarters
    all_early = torch.tensor([[[1.0, 0.0]]]).clamp_min(1e-12)
    apart = (0.5 * np.log(0.5 / 1) + 0.5 * np.log(0.5 / 1e-12)) / 2
    assert float(plan_loss(all_early, odds, torch.tensor([0.5]))) == pytest.approx(0.001 * apart, rel=1e-4)


def test_fitted_it_keeps_its_budgets_and_knows_whose_answers_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences of which half are answered surely and rightly, half by chance."""
    monkeypatch.setattr(eenet, "STEPS", 150)
    monkeypatch.setattr(eenet, "BUDGETS", (0.5, 0.6, 0.8))
    rng = np.random.default_rng(0)
    sure = np.where(np.arange(100) < 50, rng.uniform(0.95, 0.99, (3, 100)), rng.uniform(0.5, 0.7, (3, 100)))
    label = np.where(np.arange(100) < 50, 0, rng.integers(0, 2, 100))
    fitted = method()
    fitted.fit({"probs": np.concatenate([np.full((1, 100, 2), NAN), np.stack([sure, 1 - sure], -1)])}, label)
    depth = fitted.left.numpy() @ np.arange(1, 4) / 3
    assert depth == pytest.approx(np.array([0.5, 0.6, 0.8]), abs=0.05)
    assert fitted.left.numpy() == pytest.approx(fitted.planned.numpy(), abs=0.03)
    assert (np.diff(fitted.limits.numpy(), axis=0) >= 0).all()
    odds = inputs(fitted.estimates, torch.tensor(np.stack([sure, 1 - sure], -1), dtype=torch.float32))[1]
    assert odds[0, :50].min() > odds[0, 50:].max()
    assert all(torch.equal(p, p.half().float()) for p in fitted.estimates.parameters()), "the thresholds fit what will be stored"


def test_its_pictures_show_plan_beside_fact_and_thresholds_as_chances() -> None:
    planned, left = np.full((len(BUDGETS), 2), 0.5), np.full((len(BUDGETS), 2), 0.5)
    left[1] = 0.4, 0.6
    plan = EENet.learned(EENet.pictures[1], {"planned": planned, "left": left})
    assert plan is not None
    assert plan.rows[:2] == ("planned, budget 25%", "left, budget 25%")
    assert plan.values[:2].tolist() == [[0.5, 0.5], [0.4, 0.6]]
    assert "by more than 10 points" in plan.said
    limits = EENet.learned(EENet.pictures[2], {"limits": np.array([[0.0, -NOBODY]] * len(BUDGETS))})
    assert limits is not None
    assert limits.values[0, 0] == 0.5
    assert np.isnan(limits.values[:, -1]).all(), "the last layer takes whoever is left"
    assert EENet.learned(EENet.pictures[1], {}) is None
