"""ACT: halting, remainder and mixture against the papers' formulas, on numbers that can be checked in the head."""

import numpy as np
import pytest
import torch

from dynviz.core.engine import run
from dynviz.core.method import Batch, Plan, Shape, View
from dynviz.methods.act import Act
from dynviz.records import Sentences
from tests.tiny import case, sentences

WORDS = Sentences(np.array([3]), np.array([True, False, False]), np.array([-1, 0, 1]))  # [CLS] and two words


def logit(value: float) -> float:
    return float(np.log(value / (1 - value)))


def reader(layers: int = 3) -> Act:
    """States are (logit of h, what the answer is made of); the answer's first logit is the mean of the mixtures."""
    method = Act(Shape((2,), (layers,), 2), pooling="mean", hidden=False).double().requires_grad_(False)
    method.halt.weight.copy_(torch.tensor([[1.0, 0.0]]))
    method.halt.bias.zero_()
    out = method.head(layers).out
    out.weight.copy_(torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    out.bias.zero_()
    return method


def walk(halts: list[list[float]], values: list[list[float]], knob: float) -> tuple[list[int], int, float]:
    """(layers run by each token, layer of the answer, mean of the mixtures) of one sentence, through read and decide alone.

    halts, values: (layers, tokens), what each token would hold after each layer, if it still runs.
    """
    method, memory, plan = reader(len(halts)), {}, Plan.everything(WORDS)
    states = torch.zeros(3, 2, dtype=torch.float64)
    readings = {"halt": np.full((len(halts) + 1, 3), np.nan)}
    depth, answer = [0, 0, 0], np.nan
    for layer in range(1, len(halts) + 1):
        for moment in ("before", "after"):
            if moment == "after":
                for token in np.flatnonzero(plan.attending):
                    depth[token] += 1
                    h = halts[layer - 1][token]
                    states[token] = torch.tensor(
                        [logit(h) if 0 < h < 1 else 800.0 * (2 * h - 1), values[layer - 1][token]], dtype=torch.float64
                    )
            asked = {k: v for k, v in method.asks(moment, layer, readings, WORDS, plan, {"halt": knob}).items() if v.any()}
            if asked:
                got = method.read(moment, layer, asked, View(states, WORDS, plan, memory=memory))
                if "halt" in got:
                    readings["halt"][layer, asked["halt"]] = got["halt"].numpy()
                else:
                    answer = float((got["probs"][0, 0] / got["probs"][0, 1]).log())
            plan = method.decide(moment, layer, readings, WORDS, plan, {"halt": knob})
            if not plan.live.any():
                return depth, layer - 1, answer
    return depth, len(halts), answer


def naive(halts: list[float], states: list[float], threshold: float) -> tuple[int, float, float]:
    """(N, R, mixture) of one token by Graves's definition, N at most the number of layers."""
    total, steps = 0.0, len(halts)
    for n, h in enumerate(halts, start=1):
        total += h
        if total >= threshold:
            steps = n
            break
    rest = 1 - sum(halts[: steps - 1])
    weights = [*halts[: steps - 1], rest]
    return steps, rest, sum(w * s for w, s in zip(weights, states[:steps], strict=True))


def test_a_token_that_halts_leaves_its_remainder_to_the_layer_where_it_halts() -> None:
    halts = [[0.0, 0.5, 0.2], [0.0, 0.5, 0.3], [0.0, 0.9, 0.9]]
    values = [[0, 2, 1], [0, 4, 2], [6, 100, 4]]
    depth, layer, answer = walk(halts, values, 0.99)
    assert depth == [3, 2, 3]
    assert layer == 3
    # the first word .5 * 2 + .5 * 4, the second .2 * 1 + .3 * 2 + .5 * 4, and [CLS] its last state, for it gathered nothing
    assert answer == pytest.approx((3 + 2.8 + 6) / 3)


def test_weights_never_pass_one() -> None:
    depth, layer, answer = walk([[0.0, 0.7, 0.7], [0.0, 0.7, 0.7], [0.0, 0.1, 0.1]], [[0, 1, 1], [0, 3, 3], [0, 9, 9]], 0.99)
    assert (depth, layer) == ([2, 2, 2], 2)
    assert answer == pytest.approx(2 * (0.7 * 1 + 0.3 * 3) / 3)


def test_the_sentence_stops_when_all_but_the_first_token_have_halted_and_it_gets_its_remainder_there() -> None:
    depth, layer, answer = walk([[0.25, 1.0, 1.0], [0.25, 0.5, 0.5], [0.5, 0.5, 0.5]], [[4, 1, 1], [8, 9, 9], [16, 9, 9]], 0.99)
    assert (depth, layer) == ([1, 1, 1], 1)
    assert answer == pytest.approx((4 + 1 + 1) / 3)


def test_the_first_token_runs_on_though_its_own_sum_is_full() -> None:
    depth, layer, answer = walk([[1.0, 0.1, 0.1], [1.0, 0.1, 0.1], [1.0, 0.1, 0.1]], [[3, 1, 1], [50, 1, 1], [70, 1, 1]], 0.99)
    assert (depth, layer) == ([3, 3, 3], 3)
    assert answer == pytest.approx((3 + 1 + 1) / 3)  # nothing is left of [CLS] for later layers


def test_reaching_the_knob_halts_and_a_larger_knob_halts_later() -> None:
    halts, values = [[0.0, 0.2, 0.5]] * 4, [[0, 1, 1]] * 4
    assert walk(halts, values, 0.15)[0] == [1, 1, 1]
    assert walk(halts, values, 0.5)[0] == [3, 3, 1]
    assert walk(halts, values, 0.51)[0] == [3, 3, 2]
    assert walk(halts, values, 0.7)[0] == [4, 4, 2]
    assert walk(halts, values, 99.0)[0] == [4, 4, 4]


@pytest.mark.parametrize("knob", [0.05, 0.5, 0.99, 1.0])
def test_halting_values_of_exactly_zero_and_one_are_harmless(knob: float) -> None:
    depth, _, answer = walk([[0.0, 1.0, 0.0]] * 3, [[1, 1, 1]] * 3, knob)
    assert depth == [3, 1, 3]
    assert answer == pytest.approx(1.0)


@pytest.mark.parametrize("threshold", [0.3, 0.8, 0.99])
def test_the_mixture_is_graves_sum(threshold: float) -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        halts, values = rng.uniform(0.05, 0.6, (4, 3)), rng.normal(size=(5, 3))
        depth, layer, answer = walk([*halts.tolist(), [0.0] * 3], values.tolist(), threshold)
        words = [naive([*halts[:, t], 0.0], list(values[:, t]), threshold) for t in (1, 2)]
        first = naive([*halts[: layer - 1, 0], 0.0], list(values[:layer, 0]), 1.0)  # runs as long as the longest word
        assert depth == [layer, words[0][0], words[1][0]]
        assert answer == pytest.approx((first[2] + words[0][2] + words[1][2]) / 3)


def padded(lengths: list[int], seed: int = 2) -> tuple[Batch, np.ndarray, Sentences]:
    ids, layout = sentences(lengths, seed)
    pad, real = torch.zeros(len(lengths), max(lengths), dtype=torch.long), torch.zeros(len(lengths), max(lengths), dtype=torch.bool)
    for s, (start, n) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
        pad[s, :n], real[s, :n] = torch.from_numpy(ids[start : start + n]), True
    labels = torch.arange(len(lengths)) % 3
    return Batch(pad, real, labels, torch.zeros(len(lengths), dtype=torch.bool), 0.0, case("act").stages), ids, layout


def fresh() -> Act:
    """The tiny case's method, not shared, so that it can be trained."""
    source = case("act").method
    method = Act(source.shape, pooling="mean", tau=0.5).double()
    method.load_state_dict(source.state_dict())
    return method


def test_training_sees_what_a_run_at_the_trained_threshold_sees() -> None:
    batch, ids, layout = padded([5, 9, 7])
    method = fresh()
    states, ponder = method.mixture(batch)
    probs = method.head(4)(batch.pooled(states, "mean")).softmax(-1)
    record = run(batch.encoders, method, ids, layout, {"halt": 0.99})
    np.testing.assert_allclose(probs.detach().numpy(), record.answer, atol=1e-6)
    assert 1 < record.depth.mean() < 4
    halts = np.nan_to_num(record.readings["halt"][1:])
    for s, (start, n) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
        for t in range(1, n):
            steps, rest, _ = naive([*halts[:3, start + t], 0.0], [0.0] * 4, 0.99)
            assert float(ponder[s, t].detach()) == pytest.approx(steps + rest, abs=1e-6)


def test_the_loss_is_cross_entropy_and_the_mean_ponder_of_all_tokens_but_the_first() -> None:
    batch, _, _ = padded([5, 9, 7])
    method = fresh()
    states, ponder = method.mixture(batch)
    logits = method.head(4)(batch.pooled(states, "mean"))
    likely = logits.log_softmax(-1)[torch.arange(3), batch.labels]
    costs = [float(ponder[s, t].detach()) for s, n in enumerate([5, 9, 7]) for t in range(1, n)]
    assert len(costs) == 18
    assert float(method.loss(Act.recipe[0], batch).detach()) == pytest.approx(
        float(-likely.mean().detach()) + 0.5 * np.mean(costs), abs=1e-6
    )


def test_only_the_remainder_carries_the_ponder_costs_gradient() -> None:
    batch, ids, layout = padded([6])
    method = fresh()
    _, ponder = method.mixture(batch)
    ponder[0, 1:].mean().backward()
    halts = run(batch.encoders, method, ids, layout, {"halt": 0.99}).readings["halt"][1:, 1:]
    wanted = 0.0
    for t in range(5):
        steps = naive([*np.nan_to_num(halts[:3, t]), 0.0], [0.0] * 4, 0.99)[0]
        wanted -= sum(h * (1 - h) for h in halts[: steps - 1, t]) / 5
    assert wanted < 0
    assert method.halt.bias.grad is not None
    assert float(method.halt.bias.grad) == pytest.approx(wanted, abs=1e-6)


def test_every_parameter_learns_and_the_halting_head_learns_from_the_task_too() -> None:
    batch, _, _ = padded([5, 9, 7])
    for tau in (0.5, 0.0):
        method = fresh()
        method.tau = tau
        method.loss(Act.recipe[0], batch).backward()
        for name, parameter in method.named_parameters():
            assert parameter.grad is not None, name
            assert bool((parameter.grad != 0).any()), name
    rates = fresh().own_rates(Act.recipe[0])
    assert all(rate > Act.recipe[0].head_lr for rate in rates.values())


def test_at_first_nothing_halts_in_six_layers() -> None:
    method = Act(Shape((8,), (6,), 2))
    value = float(method.halt(torch.randn(1, 8)).sigmoid().detach())
    assert 5 * value < 0.99


def test_the_classifier_is_asked_once_a_sentence_where_it_stops() -> None:
    c = case("act")
    ids, layout = sentences([5, 9, 14, 12, 7, 11], 1)
    record = run(c.stages, c.method, ids, layout, {"halt": 0.3})
    read = ~np.isnan(record.probs[..., 0])
    assert read.sum(0).tolist() == [1] * 6
    assert read.argmax(0).tolist() == record.exit_layer.tolist()
    assert record.exit_layer.min() < 4


def test_the_picture_shows_the_sum_against_the_knob() -> None:
    values = np.array([[np.nan] * 2, [0.5, 0.25], [np.nan, 0.25], [np.nan, np.nan]])
    (shown,) = reader().compares({"halt": values}, {"halt": 0.4})
    np.testing.assert_allclose(shown.values, [[np.nan] * 2, [0.5, 0.25], [np.nan, 0.5], [np.nan, np.nan]])
    assert (shown.stops, shown.limits.tolist()) == ("above", [0.4] * 4)
