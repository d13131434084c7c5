"""The Right Tool: the mix of layers, the confidence rule and its direction, temperatures, the loss, what is paid for."""

import numpy as np
import pytest
import torch

from dynviz.core import engine
from dynviz.core.encoder import Encoder
from dynviz.core.method import Batch, Plan, Shape
from dynviz.errors import InputError
from dynviz.methods.right_tool import RightTool, best_temperature
from dynviz.records import Sentences
from tests import tiny

TWO = Sentences(np.array([2, 3]), np.array([True, True, True, False, True]), np.array([-1, -1, -1, 0, -1]))


def random_method(width: int = 16, layers: int = 4, exits: list[int] | None = None) -> RightTool:
    torch.manual_seed(1)
    method = RightTool(Shape((width,), (layers,), 3), exits=exits).double().eval().requires_grad_(False)
    for parameter in method.parameters():
        torch.nn.init.normal_(parameter)
    return method


def still_in(confidence: list[float], knob: float) -> list[bool]:
    readings = {"confidence": np.array([[np.nan, np.nan], confidence])}
    return RightTool(Shape((4,), (1,), 2)).decide("after", 1, readings, TWO, Plan.everything(TWO), {"confidence": knob}).live.tolist()


@pytest.mark.parametrize(("layers", "exits"), [(1, [1]), (2, [1, 2]), (4, [1, 3, 4]), (6, [1, 2, 4, 6]), (12, [1, 4, 8, 12])])
def test_exits_follow_from_the_depth(layers: int, exits: list[int]) -> None:
    assert RightTool(Shape((4,), (layers,), 2)).exits == exits


def test_chosen_exits_are_sorted_and_the_last_layer_is_one_of_them() -> None:
    method = RightTool(Shape((4,), (6,), 2), exits=[5, 2])
    assert method.exits == [2, 5, 6]
    assert {name: len(w) for name, w in method.mixes.items()} == {"2": 2, "5": 5, "6": 6}
    for wrong in ([0], [7]):
        with pytest.raises(InputError, match="layers 1 to 6"):
            RightTool(Shape((4,), (6,), 2), exits=wrong)


def test_sentence_leaves_from_the_confidence_on() -> None:
    assert still_in([0.9, 0.89], 0.9) == [False, True]
    assert still_in([1.0, 0.99], 1.0) == [False, True]


def test_larger_confidence_leaves_later_and_off_never() -> None:
    assert [sum(still_in([0.7, 0.95], c)) for c in (0.5, 0.8, 0.96)] == [0, 1, 2]
    assert still_in([1.0, 1.0], RightTool.off()["confidence"]) == [True, True]
    assert RightTool.knobs[0].stops == "down"


def test_layers_without_an_exit_stop_nobody() -> None:
    assert still_in([np.nan, np.nan], 0.5) == [True, True]


def naive(method: RightTool, e: Encoder, ids: np.ndarray, layer: int) -> tuple[np.ndarray, float, float]:
    """Of one sentence at one exit: probabilities, confidence, and the length of that layer's pooled vector."""
    states = e.model(torch.from_numpy(ids)[None], output_hidden_states=True).hidden_states
    pooled = [torch.tanh(method.pooler.weight @ h[0].mean(0) + method.pooler.bias) for h in states[1 : layer + 1]]
    weights = method.mixes[str(layer)].tolist() if layer > 1 else [1.0]
    size = sum(w * w for w in weights) ** 0.5
    logits = method.head(layer).out(sum(w / size * v for w, v in zip(weights, pooled, strict=True)))
    return logits.softmax(-1).numpy(), float((logits / method.temperature[layer - 1]).softmax(-1).max()), float(pooled[-1].norm())


@torch.no_grad()
def test_exit_reads_the_weighted_pooled_vectors_of_all_layers_below() -> None:
    """After a layer without an exit, and when neighbours have left."""
    e, method = tiny.encoder(), random_method(exits=[1, 3])
    method.temperature[:] = torch.tensor([5.0, 1.0, 3.0, 2.0])
    ids, layout = tiny.sentences([5, 9, 14, 12], 2)
    full = engine.run((e,), method, ids, layout, method.off())
    knob = float(np.sort(full.readings["confidence"][1])[2])  # half of them leave after layer 1
    some = engine.run((e,), method, ids, layout, {"confidence": knob})
    assert (some.exit_layer == 1).sum() == 2
    assert full.exit_layer.tolist() == [4] * 4
    for record in (full, some):
        for s, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
            for layer in (x for x in (1, 3, 4) if x <= record.exit_layer[s]):
                probs, confidence, pooled = naive(method, e, ids[start : start + length], layer)
                np.testing.assert_allclose(record.probs[layer, s], probs, atol=1e-9)
                assert record.readings["confidence"][layer, s] == pytest.approx(confidence, abs=1e-9)
                assert record.readings["pooled"][layer, s] == pytest.approx(pooled, abs=1e-9)
    assert np.isnan(full.probs[2]).all()
    assert not np.isnan(full.readings["pooled"][1:]).any()


def test_pooler_is_paid_after_every_layer_and_classifiers_at_exits_only() -> None:
    e, method = tiny.encoder(), random_method(exits=[3])
    ids, layout = tiny.sentences([5, 9], 2)
    record = engine.run((e,), method, ids, layout, method.off())
    pooler, classifier = 2 * 16 * 16, 2 * 16 * 3
    assert record.extra_flops.tolist() == [[0, 0], [pooler] * 2, [pooler] * 2, [pooler + classifier] * 2, [pooler + classifier] * 2]


def test_temperature_moves_the_confidence_and_never_an_answer() -> None:
    e, method = tiny.encoder(), random_method()
    ids, layout = tiny.sentences([5, 9, 14], 2)
    records = []
    for temperature in (0.1, 1.0, 10.0):
        method.temperature[:] = temperature
        records.append(engine.run((e,), method, ids, layout, method.off()))
    sharp, plain, flat = records
    np.testing.assert_array_equal(sharp.probs, flat.probs)
    np.testing.assert_array_equal(sharp.predicted, flat.predicted)
    at = [1, 3, 4]
    assert (sharp.readings["confidence"][at] > plain.readings["confidence"][at]).all()
    assert (plain.readings["confidence"][at] > flat.readings["confidence"][at]).all()
    np.testing.assert_allclose(plain.readings["confidence"][at], plain.probs[at].max(-1), atol=1e-12)


def drawn(temperature: float, count: int = 60_000) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are too sure by a temperature, and labels drawn from the honest ones."""
    rng = np.random.default_rng(0)
    honest = rng.normal(size=(count, 3))
    labels = (honest + rng.gumbel(size=honest.shape)).argmax(-1)
    stated = np.exp(honest * temperature)
    return stated / stated.sum(-1, keepdims=True), labels


@pytest.mark.parametrize("temperature", [0.6, 1.0, 2.5])
def test_fit_recovers_a_known_temperature(temperature: float) -> None:
    assert best_temperature(*drawn(temperature)) == pytest.approx(temperature, rel=0.03)


def test_fitted_temperature_is_the_least_of_the_likelihoods() -> None:
    probs, labels = drawn(1.7, 300)
    grid = np.exp(np.linspace(-1.5, 1.5, 3001))
    logs = np.log(probs)[None] / grid[:, None, None]
    losses = -(logs - np.log(np.exp(logs).sum(-1, keepdims=True)))[:, np.arange(300), labels].mean(-1)
    assert best_temperature(probs, labels) == pytest.approx(grid[losses.argmin()], rel=1e-3)


def test_fit_survives_probabilities_of_zero_and_of_one() -> None:
    sure = np.eye(2)[[0, 1, 0, 1]]
    always_right = best_temperature(sure, np.array([0, 1, 0, 1]))
    half_wrong = best_temperature(sure, np.array([0, 1, 1, 0]))
    assert np.isfinite([always_right, half_wrong]).all()
    assert always_right < half_wrong == pytest.approx(20, rel=1e-3)


def test_fit_sets_each_exit_by_its_own_layer_and_leaves_the_rest() -> None:
    (one, labels), (two, _) = drawn(0.5), drawn(2.0)
    method = RightTool(Shape((4,), (4,), 3), exits=[1, 3])
    weights = {k: v.clone() for k, v in method.named_parameters()}
    unread = np.full_like(one, np.nan)
    method.fit({"probs": np.stack([unread, one, unread, two, two])}, labels)
    np.testing.assert_allclose(method.temperature, [0.5, 1, 2, 2], rtol=0.03)
    assert all(torch.equal(v, weights[k]) for k, v in method.named_parameters())
    assert "temperature" in method.state_dict()
    assert method.fits_on == "calibration"


def tiny_batch() -> tuple[RightTool, Batch]:
    torch.manual_seed(0)
    encoder = tiny.encoder(layers=4)
    method = RightTool(Shape((encoder.width,), (4,), 3)).double()
    real = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    ids, labels = torch.randint(5, tiny.VOCABULARY, (2, 6)), torch.tensor([2, 0])
    return method, Batch(ids, real, labels, torch.zeros(2, dtype=torch.bool), 0.0, (Encoder(encoder.model.requires_grad_(True)),))


@torch.no_grad()
def test_loss_is_the_plain_sum_over_exits() -> None:
    method, batch = tiny_batch()
    method.eval()
    for mix in method.mixes.values():
        torch.nn.init.normal_(mix)
    states = batch.encoders[0].padded(batch.ids, batch.real)
    total = 0.0
    for b, length in enumerate((6, 4)):
        pooled = [torch.tanh(method.pooler(h[b, :length].mean(0))) for h in states[1:]]
        for layer, weights in ((1, torch.ones(1)), (3, method.mixes["3"]), (4, method.mixes["4"])):
            mixed = sum(w / weights.norm() * v for w, v in zip(weights, pooled, strict=False))
            total -= float(method.head(layer).out(mixed).log_softmax(-1)[batch.labels[b]]) / 2
    assert float(method.loss(method.recipe[0], batch)) == pytest.approx(total, abs=1e-6)  # logits are taken in fp32


def test_training_reaches_every_weight_the_mixes_among_them() -> None:
    method, batch = tiny_batch()
    method.train().loss(method.recipe[0], batch).backward()
    assert all(float(p.grad.abs().max()) > 0 for p in method.parameters())
    assert float(batch.encoders[0].layers[0].query.weight.grad.abs().max()) > 0
    assert set(method.own_rates(method.recipe[0])) == set(method.mixes.parameters())


def test_mixes_are_trained_over_many_steps() -> None:
    """The authors' are made anew in every pass, and what their optimizer holds is no longer used."""
    method, batch = tiny_batch()
    method.eval()
    before = {k: torch.nn.functional.normalize(v.detach(), dim=0).clone() for k, v in method.mixes.items()}
    optimizer = torch.optim.SGD(method.mixes.parameters(), lr=0.1)
    losses = []
    for _ in range(3):
        loss = method.loss(method.recipe[0], batch)
        losses.append(float(loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[0] > losses[1] > losses[2]
    assert all((torch.nn.functional.normalize(v.detach(), dim=0) - before[k]).abs().max() > 0.01 for k, v in method.mixes.items())


def test_each_exit_begins_with_its_own_layer_alone() -> None:
    method = RightTool(Shape((4,), (6,), 2))
    assert {k: v.tolist() for k, v in method.mixes.items()} == {"2": [0, 1], "4": [0, 0, 0, 1], "6": [0, 0, 0, 0, 0, 1]}


def test_rule_is_shown_and_beside_it_the_probability_before_temperature() -> None:
    method = RightTool(Shape((4,), (2,), 2))
    probs = np.array([[[np.nan, np.nan]], [[0.7, 0.3]], [[0.2, 0.8]]])
    readings = {"probs": probs, "confidence": np.array([np.nan, 0.6, 0.9]), "uncertainty": probs[:, 0, 0], "pooled": probs[:, 0, 0]}
    rule, before = method.compares(readings, {"confidence": 0.9})
    assert (rule.reading, rule.stops, rule.limits.tolist()) == ("confidence", "above", [0.9] * 3)
    np.testing.assert_array_equal(rule.values, [np.nan, 0.6, 0.9])
    np.testing.assert_array_equal(before.values, [np.nan, 0.7, 0.8])
    assert np.isnan(before.limits).all()
