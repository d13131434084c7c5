"""PALBERT: the cumulative rule, its ties and its ends; the shared heads; the loss against one written out."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dynviz.core.engine import run
from dynviz.core.method import Batch, Shape
from dynviz.methods.palbert import Palbert, prior, spent
from tests import tiny
from tests.methods import small

SHAPE = Shape((16,), (4,), 2)


def leaves(*lambdas: list[float], q: float) -> list[int]:
    return small.exits(Palbert(SHAPE), {"lambda": small.rows(*lambdas)}, q=q)


def authors_exit(lambdas: list[float], q: float) -> int:
    """The rule as published: collect the probability of leaving now, layer by layer."""
    collected, stays = 0.0, 1.0
    for layer, leave in enumerate(lambdas[:-1], start=1):
        collected += leave * stays
        stays *= 1 - leave
        if collected > q:
            return layer
    return len(lambdas)


def test_it_leaves_when_more_than_q_is_spent() -> None:
    halves = [0.5, 0.5, 0.5, np.nan]  # spends 0.5, 0.75, 0.875
    assert [leaves(halves, q=q)[0] for q in (0.4, 0.6, 0.8, 0.9)] == [1, 2, 3, 4]


def test_exactly_q_is_not_enough() -> None:
    assert leaves([0.5, 0.5, 0.5, np.nan], q=0.5) == [2]
    assert leaves([0.5, 0.5, 0.5, np.nan], q=0.75) == [3]


def test_what_counts_is_the_sum_and_not_one_lambda() -> None:
    assert leaves([0.3, 0.3, 0.3, np.nan], [0.1, 0.1, 0.9, np.nan], q=0.5) == [2, 3]


def test_off_stops_nobody_even_where_everything_is_spent() -> None:
    assert leaves([1.0, 1.0, 1.0, np.nan], [0.9999999999, 0.99999999999, 0.5, np.nan], q=1.0) == [4, 4]
    assert leaves([1.0, 1.0, 1.0, np.nan], q=0.99) == [1]


def test_the_lowest_setting_leaves_after_one_layer() -> None:
    assert leaves([0.001, 0.5, 0.5, np.nan], q=0.0) == [1]


def test_a_larger_q_leaves_later_as_the_authors_loop_does() -> None:
    rng = np.random.default_rng(0)
    drawn = [[*rng.random(3) ** 2, np.nan] for _ in range(200)]
    before = [1] * len(drawn)
    for q in np.linspace(0.03, 0.97, 23):
        now = leaves(*drawn, q=float(q))
        assert now == [authors_exit(x, float(q)) for x in drawn]
        assert all(a <= b for a, b in zip(before, now, strict=True))
        before = now
    assert set(before) == {1, 2, 3, 4}


def test_what_is_spent_never_passes_one() -> None:
    assert spent(np.full((60, 1), 1 / 3)).max() <= 1.0
    assert spent(np.array([0.5, 0.5, 0.5])).tolist() == [0.5, 0.75, 0.875]


def test_the_prior_is_geometric_with_the_rest_on_the_last_layer() -> None:
    assert prior(3, 0.5) == [0.5, 0.25, 0.25]
    authors = prior(12, 0.1)
    assert sum(authors) == pytest.approx(1)
    assert authors[-1] == pytest.approx(0.9**11)  # 31 % of it
    ours, mean = prior(6, 0.2), sum(i * g for i, g in enumerate(prior(6, 0.2), start=1))
    assert mean / 6 == pytest.approx(sum(i * g for i, g in enumerate(authors, start=1)) / 12, abs=0.02)
    assert sum(ours) == pytest.approx(1)


def test_the_picture_shows_what_is_spent_against_q() -> None:
    readings = {"lambda": np.array([np.nan, 0.5, 0.5, 0.5, np.nan]), "probs": np.full((5, 1, 2), 0.5)}
    (shown,) = Palbert(SHAPE).compares(readings, {"q": 0.6})
    assert shown.values[1:].tolist() == [0.5, 0.75, 0.875, 1.0]
    assert set(shown.limits.tolist()) == {0.6}
    assert shown.stops == "above"
    readings["probs"] = np.where(np.arange(5)[:, None, None] > 2, np.nan, readings["probs"])  # it left after layer 2
    readings["lambda"] = np.where(np.arange(5) > 2, np.nan, readings["lambda"])
    (shown,) = Palbert(SHAPE).compares(readings, {"q": 0.6})
    assert np.isnan(shown.values).tolist() == [True, False, False, True, True]


def test_lambda_looks_at_this_layer_and_the_one_before_also_when_neighbours_have_left() -> None:
    c = tiny.case("palbert")
    method, (encoder,) = c.method, c.stages
    ids, layout = tiny.sentences([5, 9, 12, 7], 1)
    q = next(q for q in np.linspace(0.01, 0.99, 99) if len(set(run(c.stages, method, ids, layout, {"q": float(q)}).exit_layer)) > 2)
    record = run(c.stages, method, ids, layout, {"q": float(q)})
    head = method.head(4)
    for s, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
        states = encoder.padded(torch.from_numpy(ids[start : start + length])[None], torch.ones(1, int(length), dtype=torch.bool))
        before = torch.zeros(16, dtype=torch.float64)
        for layer in range(1, int(record.exit_layer[s]) + 1):
            here = torch.tanh(head.hidden(states[layer].mean(1)[0] + method.places[layer - 1]))
            np.testing.assert_allclose(record.probs[layer, s], head.out(here).softmax(-1), atol=1e-12)
            if layer < 4:
                want = torch.sigmoid(method.halt(torch.cat([here, before])))[0]
                assert record.readings["lambda"][layer, s] == pytest.approx(float(want), abs=1e-12)
            before = here
    assert np.isnan(record.readings["lambda"][4]).all()  # nothing to decide there


def test_layers_share_the_heads_which_take_the_place_of_the_last_ones() -> None:
    method = Palbert(SHAPE)
    assert method.head(1) is method.head(4)
    assert {name.split(".")[1] for name in method.state_dict() if name.startswith("heads.")} == {"4"}
    assert sum(p.numel() for p in Palbert(Shape((384,), (6,), 2)).parameters()) * 2 < 4e6  # bytes in fp16


def test_a_fresh_halting_head_leaves_as_the_prior_does() -> None:
    method = Palbert(SHAPE, lambda_p=0.2)
    assert torch.sigmoid(method.halt(torch.randn(5, 32))).flatten().tolist() == pytest.approx([0.2] * 5)
    given, stage = small.batch(tiny.encoder()), Palbert.recipe[0]
    method.double().requires_grad_(False)
    plain = float(method.loss(stage, given))
    method.beta = 100.0
    assert float(method.loss(stage, given)) == pytest.approx(plain, abs=1e-4)  # no divergence from the prior


def written_out(method: Palbert, given: Batch) -> torch.Tensor:
    """The loss, layer by layer, with probabilities instead of logarithms."""
    states, before, stays, chances, task = small.pooled(given), torch.zeros(4, 16).double(), torch.ones(4).double(), [], 0.0
    for i in range(1, 5):
        here = torch.tanh(method.head(i).hidden(states[i] + method.places[i - 1]))
        leave = torch.sigmoid(method.halt(torch.cat([here, before], 1)))[:, 0] if i < 4 else torch.ones(4)
        chances.append(leave * stays)
        stays, before = stays * (1 - leave), here
        task = task + (chances[-1] * F.cross_entropy(method.head(i).out(here), given.labels, reduction="none")).mean()
    p, g = torch.stack(chances, 1), torch.tensor(prior(4, method.lambda_p)).double()
    assert torch.allclose(p.sum(1), torch.ones(4).double())
    return task + method.beta * F.kl_div(p.log(), g.expand(4, 4), reduction="batchmean")


def test_the_loss_is_the_one_written_out_and_so_are_its_gradients() -> None:
    encoder = small.trainable_encoder()
    method = small.randomize(Palbert(SHAPE))
    given = small.batch(encoder)
    loss, want = method.loss(Palbert.recipe[0], given), written_out(method, given)
    assert float(loss.detach()) == pytest.approx(float(want.detach()), rel=1e-5)
    ours, theirs = small.gradients(loss, method, encoder), small.gradients(want, method, encoder)
    for name, gradient in ours.items():
        assert torch.allclose(gradient, theirs[name], rtol=1e-3, atol=1e-5), name
    assert not {n for n in small.without_gradient(ours) if "attention.self.key.bias" not in n}  # softmax forgets the keys' biases


def test_a_sentence_that_leaves_at_once_has_a_finite_loss() -> None:
    """Far out, probabilities are 0 in floating point; their logarithms are not."""
    method = Palbert(SHAPE)
    with torch.no_grad():
        method.halt[-1].bias.fill_(800.0)
    loss = method.double().requires_grad_(False).loss(Palbert.recipe[0], small.batch(tiny.encoder()))
    assert math.isfinite(float(loss))
    assert float(loss) > 100
