"""ConsistentEE: the policy's rule, hardness, rewards and the expected policy gradient by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from dynviz.core.method import Asked, Phase, Shape
from dynviz.methods.consistentee import ConsistentEE, exits, judged, memorised, rewards
from tests.methods import small

ALONE, BOTH = ConsistentEE.recipe
SHAPE = Shape((16,), (4,), 2)


def method_of(alpha: float = 0.05) -> ConsistentEE:
    method = ConsistentEE(SHAPE, alpha=alpha)
    small.randomize(method)
    return method


def test_the_sentence_leaves_at_the_first_layer_above_the_knob_else_at_the_last() -> None:
    nan = float("nan")
    readings = {"policy": small.rows([0.2, 0.7, 0.1, nan], [0.9, 0.9, 0.9, nan], [0.5, 0.4, 0.1, nan])}
    method = method_of()
    assert small.exits(method, readings, policy=0.5) == [2, 1, 4]  # 0.5 itself does not leave
    assert small.exits(method, readings, policy=0.45) == [2, 1, 1]
    assert small.exits(method, readings, policy=0.8) == [4, 1, 4]  # larger: later
    assert small.exits(method, readings, policy=0.0) == [1, 1, 1]
    assert small.exits(method, {"policy": small.rows([1.0, 1.0, 1.0, nan])}, **ConsistentEE.off()) == [4]


def test_an_example_is_memorised_from_the_layer_after_its_last_mistake() -> None:
    right = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 0, 0]], dtype=torch.bool).T
    assert memorised(right).tolist() == [1, 2, 3, 3, 3, 3]


def test_easy_examples_pay_for_layers_and_hard_ones_do_not() -> None:
    losses = torch.tensor([[0.5, 0.5], [0.2, 0.2], [0.1, 0.9]])
    right = torch.tensor([[True, False], [True, False], [True, False]])
    got = rewards(losses, right, alpha=0.3)
    # the first is memorised at layer 1: 0.3 * 2/3 = 0.2 a layer; the second never: nothing
    assert torch.allclose(got, torch.tensor([[-0.7, -0.5], [-0.6, -0.2], [-0.7, -0.9]]))


def test_chances_of_leaving_add_up_and_who_stays_leaves_at_the_last_layer() -> None:
    got = exits(torch.tensor([[0.5, 1.0, 0.0], [0.5, 0.3, 0.0]]))
    assert got.T.tolist() == [[0.5, 0.25, 0.25], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]


def naive(method: ConsistentEE, given: object, stage: Phase) -> float:
    """The loss, sentence by sentence and layer by layer."""
    pooled, total = small.pooled(given), 0.0
    for b in range(4):
        losses, right, stays = [], [], []
        for i in range(1, 5):
            features = torch.tanh(method.head(i).hidden(pooled[i][b]))
            logits = method.head(i).out(features)
            losses.append(-float(logits.log_softmax(-1)[given.labels[b]]))
            right.append(int(logits.argmax()) == int(given.labels[b]))
            if i < 4:
                first, _, second = method.policies[str(i)]
                stays.append(1 - float(torch.sigmoid(second(torch.nn.functional.gelu(first(features))))))
        m = next(i for i in range(1, 5) if all(right[i - 1 :]) or i == 4)
        reward = [-loss - 0.05 * (1 - m / 4) * i for i, loss in enumerate(losses, start=1)]
        chances = [(1 - stays[0]), stays[0] * (1 - stays[1]), stays[0] * stays[1] * (1 - stays[2]), math.prod(stays)]
        total -= sum(p * r for p, r in zip(chances, reward, strict=True)) / 4
        if stage is BOTH:
            total += losses[next((i for i in range(3) if stays[i] < 0.5), 3)] / 4
    return total


@pytest.mark.parametrize("stage", [ALONE, BOTH], ids=lambda s: s.name)
def test_the_loss_is_the_expected_reward_and_the_loss_where_the_example_leaves(stage: Phase) -> None:
    given, method = small.batch(small.trainable_encoder()), method_of()
    with torch.no_grad():
        assert float(method.loss(stage, given)) == pytest.approx(naive(method, given, stage), rel=1e-5)


def test_hardness_and_rewards_are_those_of_exits_that_have_not_seen_the_example() -> None:
    """Two examples of class 0 and 1, two layers: the first is right only at layer 2, the second is wrong throughout."""
    own = torch.zeros(2, 2, 2)
    given = small.batch(small.trainable_encoder())
    unseen = torch.tensor([[[0.25, 0.75], [0.5, 0.5]], [[0.9, 0.1], [1.0, 0.0]]])
    losses, right = judged(own[..., 0], own, replace(given, labels=torch.tensor([0, 1]), unseen=unseen))
    assert right.T.tolist() == [[False, True], [False, False]]
    assert losses[0, 0].item() == pytest.approx(math.log(4))
    assert losses[1, 0].item() == pytest.approx(math.log(2))
    assert losses[1, 1].item() == pytest.approx(math.log(50)), "at least 2 % of probability: no mistake counts without bound"


def test_the_policies_alone_learn_first() -> None:
    encoder, method = small.trainable_encoder(), method_of()
    found = small.gradients(method.loss(ALONE, small.batch(encoder)), method, encoder)
    assert {k for k in found if k not in small.without_gradient(found)} == {k for k in found if k.startswith("policies.")}
    assert set(method.own_rates(ALONE)) == set(method.heads.parameters())
    assert set(method.own_rates(ALONE).values()) == {0.0}
    assert method.own_rates(BOTH) == {}


@pytest.mark.parametrize("layer", [1, 2, 4])
def test_an_example_trains_only_the_classifier_it_leaves_by(layer: int) -> None:
    encoder, method = small.trainable_encoder(), method_of()
    with torch.no_grad():
        for i in range(1, 4):
            last = method.policies[str(i)][2]
            last.weight.mul_(0.01)
            last.bias.fill_(2.0 if i == layer else -2.0)
    found = small.gradients(method.loss(BOTH, small.batch(encoder)), method, encoder)
    trained = {i for i in range(1, 5) if bool(found[f"heads.{i}.out.weight"].any())}
    assert trained == {layer}
    assert bool(found["encoder.layer.0.attention.self.query.weight"].any())


def test_rewards_carry_no_gradient() -> None:
    """Were the losses in the reward not held constant, every classifier would be trained by it."""
    encoder, method = small.trainable_encoder(), method_of(alpha=0.0)
    with torch.no_grad():
        for policy in method.policies.values():
            policy[2].weight.zero_()
            policy[2].bias.zero_()  # every chance 1/2: nobody is let go by the threshold before the last layer
    found = small.gradients(method.loss(BOTH, small.batch(encoder)), method, encoder)
    assert {i for i in range(1, 5) if bool(found[f"heads.{i}.out.bias"].any())} == {4}


def test_policy_and_classifier_share_the_hidden_layer_and_are_both_paid_for() -> None:
    asked = Asked({"probs": np.array([1]), "policy": np.array([1])}, np.array([5]))
    shared, classes, policy = 16 * 16, 16 * 2, 16 * 32 + 32
    assert method_of().flops("after", 1, asked).tolist() == [2 * (shared + classes + policy)]
    assert method_of().flops("after", 4, asked).tolist() == [2 * (shared + classes)]
