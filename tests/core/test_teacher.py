"""The frozen model that a training starts from: its answers are the plain model's, and its saliency that of finite differences."""

from typing import Literal

import numpy as np
import pytest
import torch
from torch import Tensor

from dynviz.core.teacher import Teacher
from tests.methods import small


def linear(columns: int = 2) -> torch.nn.Linear:
    torch.manual_seed(3)
    return torch.nn.Linear(small.tiny.encoder().width, columns).double().requires_grad_(False)


@pytest.fixture
def teacher() -> Teacher:
    return Teacher(small.tiny.encoder(), linear(), "mean")


def test_it_answers_as_the_plain_model_does(teacher: Teacher) -> None:
    batch = small.batch(teacher.encoder)
    want = teacher.head(small.pooled(batch)[-1])
    assert torch.allclose(teacher.logits(batch).to(want), want, atol=1e-9)
    assert not teacher.logits(batch).requires_grad


def test_its_attention_sums_to_one_and_leaves_padding_out(teacher: Teacher) -> None:
    batch = small.batch(teacher.encoder)
    seen = teacher.attention(batch)
    assert torch.allclose(seen.sum(-1), torch.ones(()).to(seen))
    assert float(seen[1, :, :, 5:].sum()) == 0.0


def test_saliency_is_the_gradient_times_the_input(teacher: Teacher) -> None:
    """Against a derivative taken by hand: how the right logit of a sentence changes when one number of one embedding is moved."""
    batch = small.batch(teacher.encoder)
    found = teacher.saliency(batch)
    assert torch.allclose(found.sum(1), torch.ones(()).to(found))
    assert float(found[~batch.real].abs().sum()) == 0.0
    norms = [by_hand(teacher, batch.ids[1, :5], int(batch.labels[1]), token) for token in range(5)]
    assert found[1, :5].tolist() == pytest.approx((np.array(norms) / sum(norms)).tolist(), rel=1e-4)


def by_hand(teacher: Teacher, ids: Tensor, label: int, token: int, step: float = 1e-6) -> float:
    """The norm, over dimensions, of the embedding of a token times the slope of the right logit along it."""
    begin = teacher.encoder.embed(ids, torch.arange(len(ids))).detach()

    def logit(states: Tensor) -> float:
        for layer in teacher.encoder.layers:
            context, _ = layer.attend_padded(states[None], None, weights=False)
            states = layer.norm(layer.sums(layer.attended(states, context[0])))
        return float(teacher.head(states.mean(0))[label])

    total = 0.0
    for d in range(begin.shape[1]):
        moved = [begin.clone(), begin.clone()]
        moved[0][token, d] += step
        moved[1][token, d] -= step
        total += ((logit(moved[0]) - logit(moved[1])) / (2 * step) * float(begin[token, d])) ** 2
    return total**0.5


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_rollout_is_the_product_of_the_layers_attention_averaged_with_the_identity(pooling: Literal["mean", "cls"]) -> None:
    encoder = small.tiny.encoder()
    batch = small.batch(encoder)
    found = Teacher(encoder, linear(), pooling).rollout(batch)
    assert torch.allclose(found.sum(1), torch.ones(()).to(found))
    assert float(found[~batch.real].abs().sum()) == 0.0
    states, flow = encoder.padded(batch.ids[1:2, :5], batch.real[1:2, :5]), torch.eye(5).double()
    for layer, state in zip(encoder.layers, states[:-1], strict=True):
        _, weights = layer.attend_padded(state, None, weights=True)
        assert weights is not None
        flow = (torch.eye(5) + weights[0].mean(0)).double() / 2 @ flow
    want = flow[0] if pooling == "cls" else flow.mean(0)
    assert torch.allclose(found[1, :5].to(want), want, atol=1e-6)
