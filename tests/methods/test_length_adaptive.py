"""Length profiles: what stays, which profile a knob takes, the sandwich of passes written out, and a search whose best is known."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
import torch
from torch import Tensor

from dynviz.core.engine import run
from dynviz.core.method import Batch, Plan, Shape
from dynviz.methods._profiles import OF, Profile, between, constant, cost, counted, evolve, front, mutated
from dynviz.methods.first_tokens import FirstTokens
from dynviz.methods.length_adaptive import ROWS, LengthAdaptive
from dynviz.records import Sentences, Unit
from tests.methods import small

SHAPE = Shape((16,), (3,), 2)
(SANDWICH,) = LengthAdaptive.recipe
BEST = (48, 16, 16)


def laid(*lengths: int) -> Sentences:
    """Sentences of one-piece words behind a [CLS]."""
    word = np.concatenate([np.arange(-1, n - 1) for n in lengths])
    return Sentences(np.array(lengths), word < 0, word)


def stay(method: LengthAdaptive | FirstTokens, scores: list[float], layer: int, **knobs: float) -> list[int]:
    """The places that go on from one sentence with these scores."""
    layout = laid(len(scores))
    readings = {"received": np.tile(np.array(scores), (layer + 1, 1))}
    plan = method.decide("between", layer, readings, layout, Plan.everything(layout), knobs)
    return [int(x) for x in np.flatnonzero(plan.transformed)]


def test_the_most_attended_tokens_stay_and_cls_always_does() -> None:
    method, scores = LengthAdaptive(SHAPE), [0.0, 0.1, 0.4, 0.3, 0.1, 0.05, 0.2, 0.2]
    assert stay(method, scores, 1, keep=0.5, searched=0) == [0, 2, 3, 6]  # 8 tokens, half of them; of the two 0.2 the first
    assert stay(method, scores, 3, keep=0.5, searched=0) == [0, 2]  # an eighth would be one: at least two
    assert stay(method, scores, 1, keep=1.0, searched=1) == list(range(8))


def with_profiles(*profiles: Profile) -> LengthAdaptive:
    """A method whose front is these, in 64ths."""
    method = LengthAdaptive(SHAPE)
    rows = [*profiles, *[profiles[-1]] * (ROWS - len(profiles))]
    method.profiles.copy_(torch.tensor(rows) / OF)
    return method


def test_a_searched_profile_is_the_dearest_that_costs_no_more_than_the_constant_one() -> None:
    method = with_profiles((32, 8, 8), (64, 16, 8), (64, 48, 48))
    shares = np.array([[0.5, 0.125, 0.125], [1, 0.25, 0.125], [1, 0.75, 0.75]])
    # attention is a third of a layer and computed for those that come to it, the rest two thirds for those that stay
    np.testing.assert_allclose(cost(shares), [(1 + 0.5 + 0.125 + 2 * 0.75) / 9, (1 + 1 + 0.25 + 2 * 1.375) / 9, (2.75 + 2 * 2.5) / 9])
    for keep in (0.5, 0.6, 0.7, 0.8, 0.9, 0.99):
        affordable = [row for row in shares if cost(row) <= cost(constant(keep, 3))]
        want = affordable[-1] if affordable else shares[0]
        assert method.profile({"keep": keep, "searched": 1}).tolist() == want.tolist(), keep
        assert method.profile({"keep": keep, "searched": 0}).tolist() == pytest.approx([keep, keep**2, keep**3])


def test_a_smaller_share_never_costs_more() -> None:
    method = with_profiles((32, 8, 8), (64, 16, 8), (64, 48, 48))
    for searched in (0, 1):
        spent = [float(cost(method.profile({"keep": k, "searched": searched}))) for k in np.linspace(0.5, 0.99, 50)]
        assert spent == sorted(spent)


def test_the_first_tokens_stay() -> None:
    layout = laid(8)
    scores = FirstTokens(SHAPE).scores(layout)
    assert stay(FirstTokens(SHAPE), scores.tolist(), 1, keep=0.5) == [0, 1, 2, 3]


# The sandwich


def lat(unit: Unit = "sentence", **options: float) -> tuple[LengthAdaptive, Batch]:
    method = LengthAdaptive(replace(SHAPE, unit=unit), **options)  # type: ignore[arg-type]
    small.randomize(method)
    given = small.batch(small.trainable_encoder(3))
    tags = torch.arange(given.ids.numel()).view(given.ids.shape) % 2
    return method, given if unit == "sentence" else replace(given, labels=tags.masked_fill(~given.real | given.first, -100))


@pytest.mark.parametrize("unit", ["sentence", "token"])
@pytest.mark.parametrize("keep", [1.0, 0.8, 0.5])
def test_a_pass_in_training_answers_as_the_run_does(unit: Unit, keep: float) -> None:
    method, given = lat(unit, skip=0.0)
    found = run(given.encoders, method, given.ids[given.real].numpy(), laid(7, 5, 7, 4), {"keep": keep, "searched": 0.0})
    mine = method.shortened(given, torch.full((3,), 1 - keep)).softmax(-1).detach()
    mine, theirs = (mine[given.real], found.answer) if unit == "token" else (mine, found.answer)
    at = np.isfinite(theirs).all(-1)
    assert at.sum() == (4 if unit == "sentence" else 19)
    np.testing.assert_allclose(mine.numpy()[at], theirs[at], rtol=1e-4)
    assert keep == 1.0 or not found.transformed.all()


@pytest.mark.parametrize("samples", [1, 2])
def test_all_passes_weigh_alike_and_the_full_one_is_not_moved_by_the_short_ones(samples: int) -> None:
    method, given = lat(bound=0.4, samples=samples, skip=0.0)
    bias = method.head(3).out.bias
    torch.manual_seed(5)
    loss = method.loss(SANDWICH, given)
    torch.manual_seed(5)
    torch.rand(3)  # which layers the full pass leaves out
    drops = [torch.full((3,), 0.4), *(0.4 * torch.rand(3) for _ in range(samples))]
    full = method.shortened(given, torch.zeros(3)).log_softmax(-1)
    want = -full[torch.arange(4), given.labels].mean()
    for drop in drops:
        short = method.shortened(given, drop).log_softmax(-1)
        want = want + (short.exp() * (short - full.detach())).sum(-1).mean()  # KL of the short pass from the full one
    want = want / (samples + 2)
    assert float(loss.detach()) == pytest.approx(float(want.detach()), rel=1e-5)
    (mine,), (theirs,) = torch.autograd.grad(loss, [bias]), torch.autograd.grad(want, [bias])
    np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-4)


def test_a_layer_left_out_changes_and_drops_nothing() -> None:
    method, given = lat(skip=1.0)
    embedded = given.encoders[0].embed(given.ids, given.positions)
    want: Tensor = method.head(3)(given.pooled(embedded, "mean"))
    np.testing.assert_allclose(method.shortened(given, torch.full((3,), 0.5)).detach().numpy(), want.detach().numpy(), rtol=1e-5)


# The search


def toy(profile: Profile) -> tuple[float, float]:
    """Right answers need 48 of 64 tokens after the first layer and 16 after the last: the rest is waste."""
    return 0.5 + min(profile[0] / 48, 1) / 4 + min(profile[2] / 16, 1) / 4, sum(profile) / (3 * OF)


def test_the_search_finds_the_cheapest_profile_that_is_always_right() -> None:
    start = [counted(constant(k, 3)) for k in np.linspace(0.6, 1.0, 8)]
    found = evolve(toy, start, 400, 8, Random(0))
    assert len(found) == 400
    assert all(list(p) == sorted(p, reverse=True) and p[-1] >= 1 and p[0] <= OF for p in found)
    right = [p for p in found if found[p][0] == 1]
    best = min(right, key=lambda p: found[p][1])
    cheapest = toy(BEST)[1]
    assert found[best][1] < 1.1 * cheapest
    assert min(toy(p)[1] for p in start if toy(p)[0] == 1) > 1.4 * cheapest  # no constant share comes near
    assert front(found)[-1] == best


def test_a_search_measures_no_more_than_it_may_and_nothing_twice() -> None:
    asked: list[Profile] = []
    evolve(lambda p: (asked.append(p), toy(p))[1], [(64, 64, 64), (32, 16, 8)], 21, 8, Random(1))
    assert len(asked) == len(set(asked)) == 21


def test_children_lie_where_they_should() -> None:
    assert between((64, 30, 10), (32, 21, 10)) == (48, 26, 10)  # the mean, rounded up
    children = {mutated((60, 40, 20), Random(seed)) for seed in range(200)}
    assert {c[0] for c in children} <= set(range(40, 65))
    assert {c[2] for c in children} <= set(range(1, 65))
    assert (60, 40, 20) in children
    assert len(children) > 100


def test_the_front_holds_what_nothing_cheaper_equals() -> None:
    found = {(1,): (0.5, 0.1), (2,): (0.5, 0.2), (3,): (0.7, 0.3), (4,): (0.6, 0.4), (5,): (0.7, 0.3)}
    assert front(found) == [(1,), (3,)]


def test_what_the_search_found_is_what_the_knob_takes_and_the_picture_shows() -> None:
    method = LengthAdaptive(SHAPE, runs=60)
    method.search(lambda knobs: toy(tuple(int(x) for x in np.round(method.profile(knobs) * OF))))
    rows = [tuple(int(x) for x in row) for row in (method.profiles * OF).round().tolist()]
    assert rows == sorted(rows, key=lambda p: float(cost(np.array(p) / OF)))
    for row, (right, share) in zip(rows, method.found.tolist(), strict=True):
        assert (right, share) == pytest.approx(toy(row))
    state = {k: v.numpy() for k, v in method.state_dict().items() if k in ("profiles", "found")}
    shown = LengthAdaptive.learned(LengthAdaptive.pictures[0], state)
    assert shown is not None
    assert len(shown.rows) == len(set(rows)) == len(shown.values)
    assert shown.values[-1].tolist() == [x / OF for x in max(set(rows), key=lambda p: toy(p)[1])]
    assert shown.said.endswith("100.0 % right.")


def test_there_is_no_picture_before_a_search() -> None:
    state = {k: v.numpy() for k, v in LengthAdaptive(SHAPE).state_dict().items()}
    assert LengthAdaptive.learned(LengthAdaptive.pictures[0], state) is None
