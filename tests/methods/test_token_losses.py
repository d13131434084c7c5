"""The losses of the methods that drop tokens: the soft stage token by token, and the hard stage against a run that really drops them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from dynviz.core.engine import run
from dynviz.core.layer import Layer
from dynviz.core.method import Batch, Pooling, Shape
from dynviz.methods._tokens import TokenDropper
from dynviz.methods.content_gate import ContentGate
from dynviz.methods.gate_bert import GateBert
from dynviz.methods.ltp import Ltp
from dynviz.records import Run, Sentences
from tests.methods import small

SHAPE = Shape((16,), (3,), 2)
POOLINGS: tuple[Pooling, ...] = ("cls", "mean")
CLOSED = 1e-6  # a gate's logarithm is taken of at least this


def layer_by_hand(layer: Layer, x: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """One sentence (n, D) through one layer, with logits (n,) added to its keys: states, and attention (n, n), mean over heads."""
    q, k, v = (f(x).view(len(x), layer.heads, -1) for f in (layer.query, layer.key, layer.value))
    weights = (torch.einsum("qhd,khd->hqk", q, k) / q.shape[-1] ** 0.5 + bias).softmax(-1)
    context = torch.einsum("hqk,khd->qhd", weights, v).reshape(len(x), -1)
    return layer.norm(layer.sums(layer.attended(x, context))), weights.mean(0)


def answered(method: TokenDropper, x: Tensor, kept: Tensor, label: int) -> Tensor:
    """The cross-entropy of the answer read off one sentence's last states, each token weighted by what is kept of it."""
    pooled = x[0] if method.pooling == "cls" else (kept @ x) / kept.sum()
    return -method.head(3)(pooled).log_softmax(-1)[label]


def each(given: Batch) -> list[tuple[Tensor, int]]:
    """Embedded sentences (n, D), without padding, and their labels."""
    found = []
    for b, n in enumerate(given.real.sum(1).tolist()):
        found.append((given.encoders[0].embed(given.ids[b, :n], torch.arange(n)), int(given.labels[b])))
    return found


def ran(method: TokenDropper, given: Batch, **knobs: float) -> Run:
    """The method as it runs in use, on the same sentences."""
    lengths = given.real.sum(1).numpy()
    layout = Sentences(lengths, np.zeros(int(lengths.sum()), bool), np.arange(int(lengths.sum())))
    return run(given.encoders, method, given.ids[given.real].numpy(), layout, knobs)


def mistakes(found: Run, given: Batch) -> float:
    """The mean cross-entropy of a run's answers."""
    return -float(np.mean(np.log(found.answer[np.arange(4), given.labels.numpy()])))


def dropped(found: Run) -> int:
    """How many tokens do not go through the last layer's feed-forward block."""
    return int((~found.transformed[-1]).sum())


# LTP

SOFT, HARD = Ltp.recipe


def ltp(pooling: Pooling, weight: float = 0.7) -> tuple[Ltp, Batch]:
    """Thresholds that about half of the tokens of seven-piece sentences stay below (a token receives 1/7 = 0.14 on average)."""
    method = Ltp(SHAPE, pooling=pooling, weight=weight, temperature=0.05)
    small.randomize(method)
    with torch.no_grad():
        method.thresholds.copy_(torch.tensor([0.08, 0.12, 0.16]))
    return method, small.batch(small.trainable_encoder(3))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_ltp_pays_for_what_it_keeps_of_every_token_in_every_layer(pooling: Pooling) -> None:
    method, given = ltp(pooling)
    want = torch.zeros(())
    for x, label in each(given):
        kept = torch.ones(len(x))
        for layer, threshold in zip(given.encoders[0].layers, (0.08, 0.12, 0.16), strict=True):
            x, weights = layer_by_hand(layer, x, torch.zeros(len(x)))
            keep = torch.sigmoid((weights.mean(0) - threshold) / 0.05)
            keep[0] = 1.0  # [CLS] always stays
            x, kept = x * keep[:, None], kept * keep
            want = want + 0.7 * keep.mean() / 4
        want = want + answered(method, x, kept, label) / 4
    assert float(method.loss(SOFT, given).detach()) == pytest.approx(float(want.detach()), rel=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_ltps_hard_stage_learns_from_the_tokens_that_are_left_in_use(pooling: Pooling) -> None:
    method, given = ltp(pooling)
    found = ran(method, given, scale=1.0)
    assert 4 <= dropped(found) <= 16  # of 23
    assert float(method.loss(HARD, given).detach()) == pytest.approx(mistakes(found, given), rel=1e-4)


def tagged(given: Batch) -> Batch:
    """The same sentences with a tag for every token but the first; -100 marks pieces without an answer."""
    tags = torch.arange(given.ids.numel()).view(given.ids.shape) % 2
    return replace(given, labels=tags.masked_fill(~given.real | given.first, -100))


def test_ltp_tags_a_softly_dropped_word_by_a_running_mixture_of_its_states() -> None:
    method, given = ltp("mean", weight=0.0)
    method.shape = replace(SHAPE, unit="token")
    sentences, given = each(given), tagged(given)
    wrong = []
    for b, (x, _) in enumerate(sentences):
        last, kept = x, torch.ones(len(x))
        for layer, threshold in zip(given.encoders[0].layers, (0.08, 0.12, 0.16), strict=True):
            x, weights = layer_by_hand(layer, x, torch.zeros(len(x)))
            keep = torch.sigmoid((weights.mean(0) - threshold) / 0.05)
            keep[0] = 1.0
            kept = kept * keep
            last, x = kept[:, None] * x + (1 - kept)[:, None] * last, x * keep[:, None]
        wrong += [-method.head(3)(last[t]).log_softmax(-1)[given.labels[b, t]] for t in range(1, len(x))]
    assert float(method.loss(SOFT, given).detach()) == pytest.approx(float(torch.stack(wrong).mean().detach()), rel=1e-5)


def test_ltps_hard_stage_tags_a_dropped_word_as_it_is_tagged_in_use() -> None:
    method, given = ltp("mean")
    method.shape = replace(SHAPE, unit="token")
    given = tagged(given)
    found = ran(method, given, scale=1.0)
    assert 4 <= dropped(found) <= 16  # of 23
    tags = given.labels[given.real].numpy()
    at = np.flatnonzero(tags >= 0)
    assert float(method.loss(HARD, given).detach()) == pytest.approx(-float(np.log(found.answer[at, tags[at]]).mean()), rel=1e-4)


def test_ltps_penalty_lowers_a_threshold_that_keeps_too_much() -> None:
    """A larger threshold keeps less, so where only the penalty is learned from, the gradient says: raise every threshold."""
    method, given = ltp("mean", weight=1000.0)
    (gradient,) = torch.autograd.grad(method.loss(SOFT, given), [method.thresholds])
    assert bool((gradient < 0).all())


# Gate-BERT and the content gate


def open_of(gate: Tensor) -> Tensor:
    """Logits added to keys of which so much is open."""
    return gate.clamp_min(CLOSED).log()


def pressure(gate: Tensor, mu: float) -> Tensor:
    """What a gate costs: open gates count, half-open ones count more."""
    return gate + mu * gate * (1 - gate)


def gate_bert(pooling: Pooling, weight: float = 0.7) -> tuple[GateBert, Batch]:
    """Gates of two layers by four bins of rank: open, half-open, nearly closed."""
    method = GateBert(SHAPE, pooling=pooling, weight=weight, mu=4.0, bins=4)
    small.randomize(method)
    with torch.no_grad():
        method.gates.copy_(torch.tensor([[1.0, 0.9, 0.6, 0.3], [0.8, 0.7, 0.5, 0.2]]))
    return method, small.batch(small.trainable_encoder(3), progress=0.5)


def matched(gates: Tensor, scores: Tensor, opened: Tensor) -> Tensor:
    """(n,) each token's gate by its rank: [CLS] first and open, then by attention received, tokens already closed last."""
    rest = sorted(range(1, len(scores)), key=lambda t: (bool(opened[t] <= 0.5), -float(scores[t])))
    return torch.stack(
        [gates.new_ones(()) if t == 0 else gates[[0, *rest].index(t) * len(gates) // len(scores)] for t in range(len(scores))]
    )


@pytest.mark.parametrize("pooling", POOLINGS)
def test_gate_bert_pays_for_open_gates_and_more_for_half_open_ones(pooling: Pooling) -> None:
    method, given = gate_bert(pooling)
    gates, mu = method.gates.detach(), 4.0 * 0.5**2  # half of the phase is over
    want = torch.zeros(())
    for x, label in each(given):
        opened, scores = torch.ones(len(x), dtype=torch.float64), torch.ones(len(x))
        for i, layer in enumerate(given.encoders[0].layers):
            if i:
                gate = matched(gates[i - 1], scores, opened)
                opened, x = opened * gate, x * gate[:, None]
            x, weights = layer_by_hand(layer, x, open_of(opened))
            scores = (opened @ (weights * (1 - torch.eye(len(x))))).detach()  # from others that are there
        want = want + answered(method, x, opened, label) / 4
    want = want + 0.7 * (pressure(gates[0], mu).sum() / 4 + pressure(gates[1], mu).sum() / 4)
    assert float(method.loss(GateBert.recipe[0], given).detach()) == pytest.approx(float(want.detach()), rel=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_gate_berts_last_stage_learns_from_the_tokens_that_are_left_in_use(pooling: Pooling) -> None:
    method, given = gate_bert(pooling)
    found = ran(method, given, tau=0.5)
    assert 4 <= dropped(found) <= 16  # of 23; a gate of exactly 0.5 is open
    assert float(method.loss(GateBert.recipe[1], given).detach()) == pytest.approx(mistakes(found, given), rel=1e-3)


def content_gate(pooling: Pooling, weight: float = 0.7) -> tuple[ContentGate, Batch]:
    """Gates on both sides of a half, a phase of which a third is over."""
    method = ContentGate(SHAPE, pooling=pooling, weight=weight, mu=2.0)
    small.randomize(method)
    return method, small.batch(small.trainable_encoder(3), progress=1 / 3)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_content_gate_pays_for_what_it_lets_through(pooling: Pooling) -> None:
    method, given = content_gate(pooling)
    want = torch.zeros(())
    for x, label in each(given):
        opened = torch.ones(len(x), dtype=torch.float64)
        for gates, layer in zip(method.gates, given.encoders[0].layers, strict=True):
            gate = torch.sigmoid(gates(x)[:, 0])
            gate = torch.cat([torch.ones(1), gate[1:]])  # [CLS] has no gate
            opened = opened * gate
            want = want + 0.7 * pressure(gate, 1.0).mean() / 4  # mu rises over two thirds of the phase: half of 2 by now
            x, _ = layer_by_hand(layer, x * gate[:, None], open_of(opened))
        want = want + answered(method, x, opened, label) / 4
    assert float(method.loss(ContentGate.recipe[0], given).detach()) == pytest.approx(float(want.detach()), rel=1e-5)


def test_the_content_gates_pressure_has_risen_after_two_thirds_of_the_phase() -> None:
    method, given = content_gate("mean")
    late = [float(method.loss(ContentGate.recipe[0], replace(given, progress=p)).detach()) for p in (0.6, 0.7, 1.0)]
    assert late[0] < late[1] == late[2]


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_content_gates_last_stage_learns_from_the_tokens_that_are_left_in_use(pooling: Pooling) -> None:
    method, given = content_gate(pooling)
    found = ran(method, given, tau=0.5)
    assert 4 <= dropped(found) <= 19  # of 23
    assert float(method.loss(ContentGate.recipe[1], given).detach()) == pytest.approx(mistakes(found, given), rel=1e-3)


def test_a_content_gate_of_exactly_a_half_is_open() -> None:
    """With all weights at 0 every gate is 0.5, and the last stage drops nothing."""
    method, given = content_gate("mean")
    with torch.no_grad():
        for parameter in method.gates.parameters():
            parameter.zero_()
    assert float(method.loss(ContentGate.recipe[1], given).detach()) == pytest.approx(
        mistakes(ran(method, given, tau=0.0), given), rel=1e-5
    )
