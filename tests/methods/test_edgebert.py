"""EdgeBERT: the authors' look-up written out, which ramps are asked, what the table learns, and what the rule compares."""

import copy

import numpy as np
import pytest
import torch

from dynviz.core.engine import replay, run
from dynviz.core.method import Shape
from dynviz.methods.deebert import DeeBert
from dynviz.methods.edgebert import ROWS, EdgeBert, nearest, table
from tests import tiny
from tests.methods.small import batch, exits, gradients, randomize, rows, trainable_encoder, without_gradient

NAN = np.nan


def method(layers: int = 4) -> EdgeBert:
    return EdgeBert(Shape((16,), (layers,), 2))


def authors(first: float, lut: np.ndarray, threshold: float) -> int:
    """The layer their rule leaves at, without tests on the way; lut: (100, 1 + later ramps), the first column the entropy looked up."""
    layers = lut.shape[1]
    if first < threshold:
        return 1
    row = int(np.abs(lut[:, 0] - first).argmin())
    below = np.flatnonzero(lut[row, 1:-1] < threshold)
    return 2 + int(below[0]) if len(below) else layers


def test_exits_where_the_prediction_falls_below_the_threshold_first() -> None:
    readings = {"predicted": rows([0.9, 0.5, 0.2, 0.1], [0.1, 0.0, 0.0, 0.0], [0.9, 0.8, 0.7, 0.6]), "uncertainty": rows(*[[NAN] * 4] * 3)}
    assert exits(method(), readings, entropy=0.3, test=0) == [3, 1, 4]
    assert exits(method(), readings, entropy=0.2, test=0) == [4, 1, 4]  # exactly the threshold is not below it


def test_what_is_foreseen_is_the_exit_unless_a_ramp_on_the_way_was_tested() -> None:
    readings = {"predicted": rows([0.9, 0.5, 0.2, 0.1], [0.1, 0.0, 0.0, 0.0], [0.9, 0.8, 0.7, 0.6]), "uncertainty": rows(*[[0.01] * 4] * 3)}
    for entropy in (0.0, 0.2, 0.3):
        foreseen = method().foresees(readings, {"entropy": entropy, "test": 0})
        assert foreseen is not None
        assert foreseen.tolist() == exits(method(), readings, entropy=entropy, test=0)
        assert (foreseen >= exits(method(), readings, entropy=entropy, test=1)).all()


def test_ramps_on_the_way_count_only_where_they_are_tested() -> None:
    readings = {"predicted": rows([0.9, 0.5, 0.2, 0.1]), "uncertainty": rows([0.9, 0.1, 0.1, 0.1])}
    assert exits(method(), readings, entropy=0.3, test=0) == [3]
    assert exits(method(), readings, entropy=0.3, test=1) == [2]
    late = {"predicted": rows([0.9, 0.2, 0.2, 0.1]), "uncertainty": rows([0.9, 0.8, 0.8, 0.8])}
    assert exits(method(), late, entropy=0.3, test=1) == [2]  # the prediction is the latest exit


def test_larger_thresholds_stop_earlier_and_off_never_does() -> None:
    readings = {"predicted": rows([0.8, 0.4, 0.2, 0.0]), "uncertainty": rows([0.8, 0.0, 0.0, 0.0])}
    assert [exits(method(), readings, entropy=s, test=0)[0] for s in (0.1, 0.3, 0.5, 0.9)] == [4, 3, 2, 1]
    assert exits(method(), readings, **EdgeBert.off()) == [4]
    assert [knob.stops for knob in EdgeBert.knobs] == ["up", "up"]


def test_a_row_is_the_nearest_hundredth() -> None:
    asked = torch.tensor([0.0, 0.004, 0.006, 0.014, 0.5, 0.987, 1.0], dtype=torch.float64)
    assert nearest(asked).tolist() == [0, 0, 1, 1, 50, 99, 99]
    halves = torch.arange(8) / 8  # ties at 0.125, 0.375, ...: the lower row
    assert nearest(halves).tolist() == [0, 12, 25, 37, 50, 62, 75, 87]


def test_it_leaves_where_the_authors_rule_leaves() -> None:
    """On random tables, as deep as a model gets, at any entropy after layer 1."""
    c = tiny.case("edgebert")
    edge, left = copy.deepcopy(c.method), set()
    assert isinstance(edge, EdgeBert)
    ids, layout = tiny.sentences([5, 9, 14, 12, 7, 11, 4, 6], 1)
    for seed in range(5):
        edge.lut[:, 1:] = torch.rand(ROWS, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        edge.lut[:, 0] = torch.arange(ROWS) / ROWS
        full = run(c.stages, edge, ids, layout, edge.off())
        for threshold in (0.05, 0.2, 0.4, 0.6):
            knobs = {"entropy": threshold, "test": 0.0}
            want = [authors(float(u), edge.lut.numpy(), threshold) for u in full.readings["uncertainty"][1]]
            assert run(c.stages, edge, ids, layout, knobs).exit_layer.tolist() == want
            assert replay(edge, full, knobs).exit_layer.tolist() == want
            left |= set(want)
    assert left == {1, 2, 3, 4}


def asked(record: object, sentence: int) -> list[int]:
    """The layers whose ramp a sentence was asked at."""
    probs = record.probs[:, sentence, 0]  # type: ignore[attr-defined]
    return [int(i) for i in np.flatnonzero(~np.isnan(probs))]


def test_ramps_between_the_first_and_the_foreseen_one_are_neither_asked_nor_paid_for() -> None:
    c = tiny.case("edgebert")
    ids, layout = tiny.sentences([5, 9, 14, 12, 7, 11], 1)
    ramp = c.method.head(1).flops  # type: ignore[operator]
    left = set()
    for threshold in (0.2, 0.4, 0.6, 0.8):
        skipping = run(c.stages, c.method, ids, layout, {"entropy": threshold, "test": 0.0})
        for s, layer in enumerate(skipping.exit_layer):
            assert asked(skipping, s) == sorted({1, int(layer)})
            left.add(int(layer))
        assert skipping.extra_flops.sum() == ramp * sum(len({1, int(layer)}) for layer in skipping.exit_layer)
    assert len(left) > 2
    testing = run(c.stages, c.method, ids, layout, {"entropy": 0.4, "test": 1.0})
    assert all(asked(testing, s) == list(range(1, layer + 1)) for s, layer in enumerate(testing.exit_layer))


def test_off_asks_every_ramp_so_that_true_and_predicted_stand_side_by_side() -> None:
    c = tiny.case("edgebert")
    ids, layout = tiny.sentences([5, 9], 1)
    record = run(c.stages, c.method, ids, layout, c.method.off())
    assert all(asked(record, s) == [1, 2, 3, 4] for s in range(2))
    predicted, true = record.readings["predicted"], record.readings["uncertainty"]
    assert not np.isnan(predicted[1:]).any()
    np.testing.assert_array_equal(predicted[1], true[1])  # measured there, not predicted
    row = nearest(torch.tensor(true[1].tolist()))
    np.testing.assert_array_equal(predicted[2:], c.method.lut[row, 1:].T)  # type: ignore[index]


def test_what_is_compared_is_the_prediction_and_the_ramps_that_are_tested() -> None:
    readings = {"predicted": np.array([NAN, 0.9, 0.5, 0.2, NAN]), "uncertainty": np.array([NAN, 0.9, NAN, 0.3, NAN])}
    predicted, true = method().compares(readings, {"entropy": 0.3, "test": 0.0})
    assert (predicted.reading, true.reading) == ("predicted", "uncertainty")
    np.testing.assert_array_equal(predicted.values, readings["predicted"])
    np.testing.assert_array_equal(predicted.limits, [0.3] * 5)
    np.testing.assert_array_equal(true.limits, [NAN, 0.3, NAN, NAN, NAN])
    _, true = method().compares(readings, {"entropy": 0.3, "test": 1.0})
    assert (true.limits[1:] == 0.3).all()


def test_the_table_learns_what_follows_and_never_falls_below_0() -> None:
    """After layer 1 anything; half of it after layer 2; always 0.2 less than that after layer 3, or nothing."""
    first = torch.rand(1000, generator=torch.Generator().manual_seed(0))
    found = table(torch.stack([first, first / 2, (first / 2 - 0.2).clamp_min(0)]))
    grid = torch.arange(ROWS) / ROWS
    assert found.shape == (ROWS, 3)
    assert torch.equal(found[:, 0], grid)
    assert torch.allclose(found[:, 1], grid / 2, atol=0.03)
    assert torch.allclose(found[:, 2], (grid / 2 - 0.2).clamp_min(0), atol=0.03)
    assert float(found.min()) == 0.0


def test_the_table_is_the_same_each_time_and_leaves_the_dice_alone() -> None:
    unsure = torch.rand(3, 64, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(5)
    first, rolled = table(unsure), torch.rand(1)
    torch.manual_seed(6)
    second = table(unsure)
    torch.manual_seed(5)
    assert torch.equal(first, second)
    assert torch.equal(rolled, torch.rand(1))


def test_fitting_fills_the_table_and_nothing_else() -> None:
    edge = method(3)
    before = {k: v.clone() for k, v in edge.state_dict().items()}
    unsure = np.concatenate([np.full((1, 50), NAN), np.linspace(0, 1, 50) * np.array([[1.0], [0.5], [0.25]])])
    unsure.setflags(write=False)
    edge.fit({"uncertainty": unsure}, np.zeros(50, np.int64))
    changed = {k for k, v in edge.state_dict().items() if not torch.equal(v, before[k])}
    assert changed == {"lut"}
    assert float(edge.lut[80, 1] - edge.lut[20, 1]) == pytest.approx(0.3, abs=0.1)


def test_before_it_is_fitted_doubt_falls_evenly_to_nothing() -> None:
    assert torch.allclose(method(5).lut[80], torch.tensor([0.8, 0.6, 0.4, 0.2, 0.0]))


def test_ramps_are_trained_as_deeberts_and_the_encoder_is_left_alone() -> None:
    encoder, edge, dee = trainable_encoder(), EdgeBert(Shape((16,), (4,), 3)), DeeBert(Shape((16,), (4,), 3), pooling="mean")
    randomize(edge)
    dee.double().load_state_dict({k: v for k, v in edge.state_dict().items() if k != "lut"})
    given = batch(encoder)
    loss = edge.loss(EdgeBert.recipe[0], given)
    assert torch.equal(loss, dee.loss(DeeBert.recipe[0], given))
    untouched = without_gradient(gradients(loss, edge, encoder))
    assert {k for k in untouched if k.startswith("heads.")} == {f"heads.4.{a}.{b}" for a in ("hidden", "out") for b in ("weight", "bias")}
    assert all(k in untouched for k in ("encoder.layer.0.output.dense.weight", "encoder.layer.3.output.dense.weight"))
