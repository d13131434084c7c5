"""SmartBERT: who skips and who leaves, by hand; both stages of its training against runs that really skip."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from dynviz.core.method import Asked, Batch, Plan
from dynviz.methods.smartbert import Look, SmartBert, contrast
from dynviz.records import Sentences
from tests.methods import small
from tests.methods.test_token_losses import SHAPE, each, layer_by_hand, mistakes, ran

GATES, EXITS = SmartBert.recipe
TWO = Sentences(np.array([2, 3]), np.ones(5, bool), np.full(5, -1))


def smart(**options: float) -> SmartBert:
    """Of a width at which nothing saturates, its gates on both sides of a half."""
    method = SmartBert(SHAPE, width=8, **options)  # type: ignore[arg-type]
    small.randomize(method)
    return method


def given(progress: float = 1.0) -> Batch:
    return small.batch(small.trainable_encoder(3), progress)


def test_a_sentence_skips_a_layer_at_the_probability_asked_for_and_comes_back() -> None:
    method, plan = smart(), Plan.everything(TWO)
    before = method.decide("before", 2, {"skip": np.array([[0.9, 0.9], [0.5, 0.49]])}, TWO, plan, {"tau": 0.0, "skip": 0.5})
    assert before.attending.tolist() == [False, False, True, True, True]
    assert before.live.all()
    after = method.decide("after", 2, {"uncertainty": np.full((3, 2), np.nan)}, TWO, before, {"tau": 1.0, "skip": 0.5})
    assert after.attending.all()


def test_only_what_ran_is_asked_and_may_leave() -> None:
    method, skipped = smart(), Plan.everything(TWO).drop(np.array([True, True, False, False, False]))
    assert method.asks("after", 2, {}, TWO, skipped, {})["probs"].tolist() == [False, True]
    readings = {"uncertainty": np.array([[np.nan] * 2, [np.nan] * 2, [np.nan, 0.1]])}
    after = method.decide("after", 2, readings, TWO, skipped, {"tau": 0.2, "skip": 0.5})
    assert after.live.tolist() == [True, False]
    assert method.decide("after", 2, readings, TWO, skipped, {"tau": 0.1, "skip": 0.5}).live.all()  # strictly below


def test_the_last_layer_has_no_gate() -> None:
    method = smart()
    assert method.asks("before", 3, {}, TWO, Plan.everything(TWO), {}) == {}
    found = ran(method, given(), tau=0.0, skip=0.0)
    assert found.attending.any(1).tolist() == [False, False, True]


def test_a_look_is_the_same_packed_and_padded() -> None:
    look, batch = small.randomize(smart()).exits[0].look, given()  # type: ignore[union-attr]
    assert isinstance(look, Look)
    states = batch.encoders[0].embed(batch.ids, batch.positions)
    packed = look(states[batch.real], batch.real.sum(1).numpy())
    assert torch.allclose(look.padded(states, batch.real)[0], packed, atol=1e-6)


def gates_by_hand(method: SmartBert, batch: Batch) -> tuple[Tensor, Tensor]:
    """The price of not skipping, and the contrast between adjacent layers of the gated trunk, sentence by sentence."""
    skips, apart = [], []
    for x, _ in each(batch):
        states, own = [x], []
        for number, layer in enumerate(batch.encoders[0].layers, start=1):
            made, _ = layer_by_hand(layer, states[-1], torch.zeros(len(x)))
            if number < 3:
                gate = method._gate(number)
                own.append(gate.out(gate.look(states[-1], np.array([len(x)])))[0, 0].sigmoid())
                made = states[-1] if float(own[-1].detach()) >= 0.5 else made
            states.append(made)
        skips.append(torch.stack(own))
        seen = [torch.nn.functional.normalize(method.projection(s), dim=-1) for s in states[1:]]
        apart.append([-((a @ b.T) / 0.5).log_softmax(-1).diagonal() for a, b in pairwise(seen)])
    pairs = [torch.cat([own[i] for own in apart]).mean() for i in range(2)]
    return 0.7 / torch.stack(skips).mean(0).sum(), torch.stack(pairs).mean()


def test_the_first_stage_trains_on_what_really_skips() -> None:
    method, batch = smart(weight=0.7, eta1=0.25), given()
    found = ran(method, batch, tau=0.0, skip=0.5)
    assert int((~found.attending).sum()) > 0
    price, apart = gates_by_hand(method, batch)
    want = 0.75 * (mistakes(found, batch) + float(price.detach())) + 0.25 * float(apart.detach())
    assert float(method.loss(GATES, batch).detach()) == pytest.approx(want, abs=1e-5)


def test_gates_are_soft_at_first_and_learn_when_rounded_too() -> None:
    method = smart()
    soft, hard = (float(method.loss(GATES, given(progress)).detach()) for progress in (0.2, 0.4))
    assert soft != pytest.approx(hard, abs=1e-4)
    batch = given()
    found = small.gradients(method.loss(GATES, batch), method, batch.encoders[0])
    assert bool(found["gates.0.out.weight"].any())
    assert not any(found[name].any() for name in found if name.startswith("exits."))


def test_skipping_more_costs_less() -> None:
    """The price falls with every gate that is surer to skip: the gradient of its bias pulls it up, and the more the higher the price."""
    batch = given(0.2)
    pulls = []
    for weight in (0.0, 5.0):
        method = smart(weight=weight, eta1=0.0)
        found = small.gradients(method.loss(GATES, batch), method, batch.encoders[0])
        pulls.append([float(found[f"gates.{layer}.out.bias"]) for layer in range(2)])
    assert all(dear < free for free, dear in zip(*pulls, strict=True))


def test_the_second_stage_teaches_the_classifiers_alone_on_what_each_layer_made() -> None:
    method, batch = smart(eta2=0.0), given()
    want = 0.0
    for x, label in each(batch):
        for number, layer in enumerate(batch.encoders[0].layers[:2], start=1):
            made, _ = layer_by_hand(layer, x, torch.zeros(len(x)))
            one = method._exit(number)
            want -= float(one.logits(one.look(made, np.array([len(x)])))[0].log_softmax(-1)[label].detach()) / 4
            gate = method._gate(number)
            x = x if float(gate.out(gate.look(x, np.array([len(x)]))).detach()) >= 0 else made
    assert float(method.loss(EXITS, batch).detach()) == pytest.approx(want, abs=1e-5)
    found = small.gradients(method.loss(EXITS, batch), method, batch.encoders[0])
    assert {name.split(".")[0] for name in set(found) - small.without_gradient(found)} == {"exits"}


def test_a_contrast_is_least_where_the_same_token_is_most_alike() -> None:
    """Two tokens at right angles, cosine over a temperature of 0.5: ln(e^2 + 1) - 2 for the same, ln(e^2 + 1) for the other."""
    vectors, real = torch.eye(2)[None], torch.ones(1, 2, dtype=torch.bool)
    both = float(np.log(np.exp(2) + 1))
    assert float(contrast(vectors, vectors, real, 0.5)) == pytest.approx(both - 2)
    assert float(contrast(vectors, vectors.flip(1), real, 0.5)) == pytest.approx(both)
    assert float(contrast(vectors, vectors, real, 0.5, apart=True)) == pytest.approx(-2)  # ln e^0 - 2


def test_what_a_stage_does_not_train_is_fixed() -> None:
    method = smart()
    assert set(method.own_rates(GATES)) == set(method.exits.parameters())
    assert set(method.own_rates(EXITS)) == {*method.gates.parameters(), *method.projection.parameters(), *method.heads.parameters()}


def test_a_gate_and_a_classifier_cost_what_they_multiply() -> None:
    """Of a sentence of n tokens: n narrowed to 8, keys and values of all, one query, and one row of attention, twice."""
    method, tokens = smart(), np.array([5])
    look = 2 * (5 * 16 * 8 + (1 + 2 * 5) * 64 + 2 * 5 * 8)
    assert method.flops("before", 1, Asked({"skip": np.array([1])}, tokens)).tolist() == [look + 2 * 8]
    assert method.flops("after", 1, Asked({"probs": np.array([1])}, tokens)).tolist() == [look + 2 * (64 + 2 * 8)]
