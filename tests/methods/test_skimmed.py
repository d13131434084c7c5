"""Transkimmer, the delete gate and Mixture-of-Depths routing: who goes on, by hand, and their losses against runs that really skip."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dynviz.core.method import Asked, Batch, Plan, Pooling, Shape
from dynviz.core.teacher import Teacher
from dynviz.methods._tokens import TokenDropper
from dynviz.methods.delete_gate import DeleteGate
from dynviz.methods.mixture_of_depths import MixtureOfDepths, best
from dynviz.methods.transkimmer import Transkimmer, skimming
from tests.methods import small
from tests.methods.test_decisions import LAYOUT, NAN, goes_on
from tests.methods.test_token_losses import POOLINGS, SHAPE, answered, each, layer_by_hand, mistakes, ran
from tests.tiny import encoder

SKIM = Transkimmer.recipe[0]
SOFT, HARD = DeleteGate.recipe
ROUTE = MixtureOfDepths.recipe[0]


def given(layers: int = 3) -> Batch:
    return small.batch(small.trainable_encoder(layers))


# Transkimmer


def skimmer(pooling: Pooling = "mean", sure: float = 300.0) -> Transkimmer:
    """Predictors so sure, one way or the other, that no noise changes what is drawn."""
    method = Transkimmer(SHAPE, pooling=pooling, alpha=0.7)
    small.randomize(method, seed=3)
    with torch.no_grad():
        for _, bias in last_layers(method):
            bias.copy_(torch.zeros(2))
        for weight, bias in last_layers(method):
            weight.mul_(sure)
            bias.mul_(sure)
    return method


def last_layers(method: Transkimmer) -> list[tuple[torch.nn.Parameter, torch.nn.Parameter]]:
    """Weight and bias of what gives the two numbers, of every predictor."""
    named = dict(method.named_parameters())
    return [(named[f"predictors.{layer}.4.weight"], named[f"predictors.{layer}.4.bias"]) for layer in range(3)]


def test_a_token_is_kept_where_its_probability_reaches_the_knob() -> None:
    keep = [NAN, 0.5, 0.49, 0.51, 0.0, 1.0]
    assert goes_on(Transkimmer(SHAPE), "before", 2, {"keep": keep}, tau=0.5) == [0, 1, 3, 5]
    assert goes_on(Transkimmer(SHAPE), "before", 2, {"keep": keep}, tau=0.0) == [0, 1, 2, 3, 4, 5]
    assert goes_on(Transkimmer(SHAPE), "before", 2, {"keep": keep}, tau=1.0) == [0, 5]


def test_predictors_start_by_keeping_everything() -> None:
    torch.manual_seed(0)
    states = torch.randn(100, 16)
    for predictor in Transkimmer(SHAPE).predictors:
        assert float(predictor(states).detach().softmax(-1)[:, 1].min()) > 0.99


@pytest.mark.parametrize("pooling", POOLINGS)
def test_transkimmer_trains_on_what_really_skims(pooling: Pooling) -> None:
    """The loss is that of a run at 0.5, answer and all, and 0.7 times the mean share of tokens kept."""
    method, batch = skimmer(pooling), given()
    found = ran(method, batch, tau=0.5)
    shares = [found.transformed[:, found.sentences.owner == s].mean() for s in range(4)]
    assert 0.2 < np.mean(shares) < 0.9  # some of each
    want = mistakes(found, batch) + 0.7 * float(np.mean(shares))
    assert float(method.loss(SKIM, batch).detach()) == pytest.approx(want, abs=1e-5)


def test_a_skimmed_token_answers_as_it_was_left() -> None:
    """Everything but [CLS] is skimmed before layer 1: the mean is over its last state and the others' embeddings."""
    method, batch = skimmer(), given()
    with torch.no_grad():
        for weight, bias in last_layers(method):
            weight.zero_()
            bias.copy_(torch.tensor([1.0, -1.0]))
    found = ran(method, batch, tau=0.5)
    for s, (x, label) in enumerate(each(batch)):
        first = x[:1]
        for layer in batch.encoders[0].layers:
            first, _ = layer_by_hand(layer, first, torch.zeros(1))
        states = torch.cat([first, x[1:]])
        want = answered(method, states, torch.ones(len(x)).to(x), label)
        assert -float(np.log(found.answer[s, label])) == pytest.approx(float(want.detach()), abs=1e-6)


def test_skimming_a_key_is_removing_it() -> None:
    batch, layer = given(), small.trainable_encoder(3).layers[0]
    x = batch.encoders[0].embed(batch.ids[:1], torch.arange(7)[None])
    kept = torch.tensor([[1.0, 0, 1, 1, 0, 1, 1]])
    there = kept[0] > 0
    got = skimming(layer, x, kept.to(x), torch.ones(1, 7, dtype=torch.bool))
    want, _ = layer_by_hand(layer, x[0, there], torch.zeros(5))
    assert torch.allclose(got[0, there], want, atol=1e-6)


@pytest.mark.parametrize("kind", ["mpnet", "modernbert", "deberta-v2"])
def test_skimming_nothing_is_the_layer_itself_also_where_places_count(kind: str) -> None:
    e = encoder(kind=kind)
    ids, real = torch.arange(5, 19)[None], torch.ones(1, 14, dtype=torch.bool)
    states = e.through(ids, real)
    got = skimming(e.layers[1], states[1], torch.ones(1, 14).double(), real)
    torch.testing.assert_close(got, states[2], rtol=0, atol=1e-5)


def test_undecided_tokens_are_drawn_and_what_is_skimmed_stays_so() -> None:
    """At logits of 0 a coin is tossed for each token and layer; the price is the mean share of those that won every toss so far."""
    batch, prices = given(), []
    for alpha in (0.0, 1.0):
        method = skimmer(sure=0.0)
        method.alpha = alpha
        torch.manual_seed(5)
        prices.append(float(method.loss(SKIM, batch).detach()))
    torch.manual_seed(5)
    kept, shares = batch.real.float(), []
    for _ in range(3):
        won = torch.nn.functional.gumbel_softmax(torch.zeros(4, 7, 2), hard=True)[..., 1]
        won[:, 0] = 1  # [CLS] is not asked
        kept = kept * won
        shares.append(kept.sum(1) / batch.real.sum(1))
    assert 0.1 < float(shares[-1].mean()) < 0.6
    assert prices[1] - prices[0] == pytest.approx(float(torch.stack(shares).mean()), abs=1e-5)


def test_the_predictor_learns_from_what_it_draws() -> None:
    method, batch = skimmer(sure=1.0), given()
    found = small.gradients(method.loss(SKIM, batch), method, batch.encoders[0])
    assert all(bool(found[f"predictors.{layer}.1.weight"].any()) for layer in range(3))


def test_a_predictor_costs_its_two_products_for_each_token_that_reaches_it() -> None:
    asked = Asked({"keep": np.array([5, 0])}, np.array([6, 0]))
    assert Transkimmer(SHAPE).flops("before", 1, asked).tolist() == [5 * 2 * (16 * 16 + 16 * 2), 0]


# The delete gate


def gate(pooling: Pooling = "mean") -> DeleteGate:
    method = DeleteGate(SHAPE, pooling=pooling, after=2)
    small.randomize(method)
    with torch.no_grad():
        method.gate.bias.copy_(torch.tensor([1.0]))
    return method


def test_the_gate_deletes_below_the_knob_after_its_layer_alone() -> None:
    keep = [NAN, 0.5, 0.49, 0.51, 0.0, 1.0]
    assert goes_on(gate(), "after", 2, {"keep": keep}, tau=0.5) == [0, 1, 3, 5]
    assert goes_on(gate(), "after", 2, {"keep": keep}, tau=0.0) == [0, 1, 2, 3, 4, 5]
    assert goes_on(gate(), "after", 1, {"keep": keep}, tau=1.0) == [0, 1, 2, 3, 4, 5]


def test_the_gate_stands_before_the_last_layer_however_deep_it_was_wished() -> None:
    assert DeleteGate(SHAPE, after=7).after == 2


@pytest.mark.parametrize("after", [0, -3])
def test_a_gate_that_stands_after_no_layer_is_refused_instead_of_never_asked(after: int) -> None:
    with pytest.raises(ValueError, match=f"'after' is {after}, and layers count from 1"):
        DeleteGate(SHAPE, after=after)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_hard_stage_trains_on_what_is_really_deleted(pooling: Pooling) -> None:
    method, batch = gate(pooling), given()
    found = ran(method, batch, tau=0.5)
    assert found.transformed[:2].all()
    assert 0 < int((~found.transformed[2]).sum()) < int(batch.real.sum()) - 4
    assert float(method.loss(HARD, batch).detach()) == pytest.approx(mistakes(found, batch), abs=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_soft_stage_pushes_keys_down_and_pays_by_the_controller(pooling: Pooling) -> None:
    """In the third layer -10 (1 - s) is added to each key's logits; the mean of that, times the controller's 0.3 + 0.1, is the price."""
    method, batch = gate(pooling), given()
    method._controller().copy_(torch.tensor([0.3, 0.1, 0.0]))
    want, pushes = torch.zeros(()), []
    for x, label in each(batch):
        for layer in batch.encoders[0].layers[:2]:
            x, _ = layer_by_hand(layer, x, torch.zeros(len(x)))
        score = method.gate(method.norm(x))[:, 0].sigmoid()
        score = torch.cat([torch.ones(1).to(score), score[1:]])
        pushes.append(-10 * (1 - score))
        x, _ = layer_by_hand(batch.encoders[0].layers[2], x, pushes[-1])
        want = want + answered(method, x, score, label) / 4
    want = want + 0.4 * torch.cat(pushes).mean()
    assert float(method.loss(SOFT, batch).detach()) == pytest.approx(float(want.detach()), abs=1e-5)


def test_the_controller_asks_for_more_while_too_few_are_deleted_and_for_less_when_too_many() -> None:
    method = DeleteGate(SHAPE, target=0.5)
    method._controller().copy_(torch.tensor([0.0, 0.0, 0.1]))
    method.after_step(SOFT)
    assert method._controller().tolist() == pytest.approx([0.1 * 0.5 * 0.4, 1e-3 * 0.4, 0.1])  # 0.4 are missing
    method._controller()[2] = 0.9
    method.after_step(SOFT)
    assert method._controller().tolist() == pytest.approx([0.9 * 0.02 - 0.1 * 0.5 * 0.4, 0.0, 0.9], abs=1e-6)


def test_the_controller_sees_the_share_that_would_be_deleted() -> None:
    method, batch = gate(), given()
    method.loss(SOFT, batch)
    found = ran(method, batch, tau=0.5)
    assert float(method._controller()[2]) == pytest.approx(float((~found.transformed[2]).mean()), abs=1e-6)


def test_the_gate_is_fixed_in_the_hard_stage() -> None:
    method = gate()
    assert set(method.own_rates(HARD).values()) == {0.0}
    assert set(method.own_rates(HARD)) == {*method.norm.parameters(), *method.gate.parameters()}


# Mixture-of-Depths


def router(pooling: Pooling = "mean", capacity: float = 0.5, layers: int = 3) -> MixtureOfDepths:
    method = MixtureOfDepths(Shape((16,), (layers,), 2), pooling=pooling, capacity=capacity)
    small.randomize(method)
    return method


def test_the_tokens_of_largest_weight_enter_a_routed_layer_and_all_enter_the_next() -> None:
    """Of six tokens half: [CLS], though its weight is least, and the two largest of the others; of equals the first."""
    weights = [-9.0, 1.0, 3.0, 1.0, 2.0, 0.0]
    assert goes_on(router(), "before", 2, {"router": weights}, capacity=0.5) == [0, 2, 4]
    assert goes_on(router(), "before", 2, {"router": weights}, capacity=0.55) == [0, 1, 2, 4]  # 3.3 are four
    assert goes_on(router(), "before", 2, {"router": weights}, capacity=0.0) == [0]
    assert goes_on(router(), "before", 2, {"router": weights}, capacity=1.0) == [0, 1, 2, 3, 4, 5]
    skipped = Plan.everything(LAYOUT).drop(np.array([False, True, True, True, True, True]))
    assert router().decide("after", 2, {}, LAYOUT, skipped, {"capacity": 0.5}).attending.all()


def test_layers_with_an_odd_number_have_no_router() -> None:
    assert list(MixtureOfDepths(Shape((16,), (6,), 2)).routers) == ["2", "4", "6"]


def test_training_chooses_the_same_tokens() -> None:
    real = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    weight = torch.tensor([[-9.0, 1.0, 3.0, 1.0, 2.0, 0.0], [0.0, 1.0, 2.0, 3.0, 99.0, 99.0]])
    assert best(weight, real, 0.5).nonzero().tolist() == [[0, 0], [0, 2], [0, 4], [1, 0], [1, 3]]
    assert best(weight, real, 0.0).nonzero().tolist() == [[0, 0], [1, 0]]
    assert torch.equal(best(weight, real, 1.0), real)


def taught(batch: Batch) -> Batch:
    """With a teacher that says the same of everything: two to one."""
    head = torch.nn.Linear(16, 2)
    with torch.no_grad():
        head.weight.zero_()
        head.bias.copy_(torch.tensor([2 / 3, 1 / 3]).log())
    return replace(batch, teacher=Teacher(batch.encoders[0], head.double(), "mean"))


@pytest.mark.parametrize("layers", [3, 4])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_mixture_of_depths_trains_on_what_really_skips(pooling: Pooling, layers: int) -> None:
    """At the end of the phase the loss is that of a run at the trained capacity, and the divergence from the teacher's 2/3 and 1/3. Also
    where the last layer, the fourth, is routed: who passes it by is read for the answer."""
    method, batch = router(pooling, layers=layers), taught(given(layers))
    found = ran(method, batch, capacity=0.5)
    apart = np.mean([(p * np.log(p / q)).sum() for q in found.answer for p in [np.array([2 / 3, 1 / 3])]])
    assert float(method.loss(ROUTE, batch).detach()) == pytest.approx(mistakes(found, batch) + float(apart), abs=1e-5)


def test_capacity_falls_over_the_first_half() -> None:
    method, batch = router(), taught(given())
    at = [float(method.loss(ROUTE, replace(batch, progress=p)).detach()) for p in (0.0, 0.5, 1.0)]
    everybody = router(capacity=1.0)
    assert at[0] == pytest.approx(float(everybody.loss(ROUTE, batch).detach()), abs=1e-6)
    assert at[1] == at[2] != at[0]


def test_routers_learn_though_the_factor_is_one() -> None:
    method, batch = router(), taught(given())
    found = small.gradients(method.loss(ROUTE, batch), method, batch.encoders[0])
    assert bool(found["routers.2"].any())


def test_depth_counts_the_layers_a_token_entered() -> None:
    """Of seven tokens four enter layer 2: these have depth 3, the others 2, with a gap."""
    batch = given()
    found = ran(router(), batch, capacity=0.5)
    first = found.transformed[:, found.sentences.owner == 0]
    assert first[[0, 2]].all()
    assert sorted(first.sum(0).tolist()) == [2, 2, 2, 3, 3, 3, 3]


def test_all_three_are_plain_when_off() -> None:
    batch = given()
    methods: list[TokenDropper] = [skimmer(), gate(), router()]
    for method in methods:
        assert ran(method, batch, **method.off()).transformed.all()
