"""ELBERT: the authors' two-stage rule written out, its windows, the loss weights, one classifier for all depths."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dynviz.core.method import Shape
from dynviz.methods.elbert import NEVER, Elbert
from tests.methods.small import batch, exits, gradients, pooled, randomize, rows, trainable_encoder, without_gradient

NAN = np.nan


def method(layers: int = 4, classes: int = 2, **options: object) -> Elbert:
    return Elbert(Shape((16,), (layers,), classes), **options)  # type: ignore[arg-type]


def read(*sentences: list[float]) -> dict[str, np.ndarray]:
    """Readings of sentences from the probability of class 0 after each layer."""
    x = rows(*sentences)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -sum(np.where(p > 0, p * np.log(p), 0.0) for p in (x, 1 - x)) / math.log(2)
    return {"probs": np.stack([x, 1 - x], -1), "uncertainty": np.where(np.isnan(x), NAN, entropy)}


def authors(x: list[float], delta: float, window: int, variant: str = "bias_1", spread: float = 0.1) -> int:
    """The layer their code leaves at, for two classes; x: probability of class 0."""
    for i in range(1, len(x) + 1):
        entropy = -sum(p * math.log(p) for p in (x[i - 1], 1 - x[i - 1]) if p > 0) / math.log(2)
        if entropy < delta:
            return i
        if i < window:
            continue
        last = x[i - window : i]
        above, below = all(p > 0.5 for p in last), all(p < 0.5 for p in last)
        if variant == "bias_1" and (above or below):
            return i
        if variant == "bias_2" and (
            (last[0] > 0.5 and all(b >= a for a, b in pairwise(last))) or (last[0] < 0.5 and all(b <= a for a, b in pairwise(last)))
        ):
            return i
        if variant == "bias_3" and (above or below) and max(last) - min(last) <= spread:
            return i
    return len(x)


def test_a_sure_layer_is_enough() -> None:
    assert exits(method(), read([0.6, 0.99, 0.4, 0.6]), delta=0.1, window=NEVER) == [2]


def test_a_window_on_one_side_is_enough_however_unsure() -> None:
    readings = read([0.6, 0.55, 0.51, 0.6], [0.4, 0.6, 0.6, 0.6], [0.4, 0.6, 0.4, 0.6])
    assert exits(method(), readings, delta=0.0, window=3) == [3, 4, 4]
    assert exits(method(), readings, delta=0.0, window=2) == [2, 3, 4]


def test_an_even_answer_lies_on_no_side() -> None:
    assert exits(method(), read([0.6, 0.5, 0.6, 0.6]), delta=0.0, window=2) == [4]
    assert exits(method(), read([0.5, 0.5, 0.5, 0.5]), delta=0.0, window=2) == [4]


def test_exactly_the_threshold_is_not_below_it() -> None:
    readings = read([0.5, 0.5, 0.5, 0.5])
    assert exits(method(), readings, delta=1.0, window=NEVER) == [4]
    assert exits(method(), readings, delta=1.01, window=NEVER) == [1]


def test_certain_probabilities_leave_at_once() -> None:
    assert exits(method(), read([1.0, 0.0, 1.0, 0.0]), delta=0.01, window=NEVER) == [1]


def test_both_stages_are_off_together() -> None:
    readings = read([1.0] * 4, [0.0] * 4, [0.7] * 4)
    assert exits(method(), readings, **Elbert.off()) == [4, 4, 4]


def test_knobs_point_the_way_they_say() -> None:
    readings = read([0.6, 0.8, 0.9, 0.99])
    assert [exits(method(), readings, delta=d, window=NEVER)[0] for d in (0.01, 0.5, 0.8, 1.0)] == [4, 3, 2, 1]
    assert [exits(method(), readings, delta=0.0, window=w)[0] for w in (2, 3, 4, 5)] == [2, 3, 4, 4]
    assert [k.stops for k in Elbert.knobs] == ["up", "down"]


@pytest.mark.parametrize(("variant", "theirs"), [("side", "bias_1"), ("rising", "bias_2"), ("steady", "bias_3")])
def test_it_leaves_where_the_authors_rule_leaves(variant: str, theirs: str) -> None:
    drawn = np.random.default_rng(0).integers(0, 21, (400, 6)) / 20  # twentieths: ties, 0 and 1 among them; spreads are not
    sentences = [list(map(float, x)) for x in drawn]
    ours = method(6, variant=variant, spread=0.32)
    seen = set()
    for delta, window in ((0.0, 2), (0.3, 3), (0.6, 4), (0.2, 6), (0.1, 7)):
        want = [authors(x, delta, window, theirs, 0.32) for x in sentences]
        assert exits(ours, read(*sentences), delta=delta, window=window) == want
        seen |= set(want)
    assert seen == {1, 2, 3, 4, 5, 6}


def test_of_more_than_two_classes_one_has_to_stay_ahead() -> None:
    """Never above a half, yet ahead: class 0 in three layers, then class 1."""
    probs = np.full((5, 1, 3), NAN)
    probs[1:, 0] = [[0.4, 0.3, 0.3], [0.45, 0.4, 0.15], [0.4, 0.35, 0.25], [0.3, 0.4, 0.3]]
    readings = {"probs": probs, "uncertainty": np.full((5, 1), 0.9)}
    assert exits(method(classes=3), readings, delta=0.0, window=3) == [3]
    assert exits(method(classes=3), readings, delta=0.0, window=4) == [4]


def test_what_is_compared_are_both_stages() -> None:
    readings = read([0.6, 0.7, 0.4, 0.3])
    readings["probs"][4] = readings["uncertainty"][4] = NAN  # it left after layer 3
    unsure = readings["uncertainty"][:, 0]
    sure, agreeing = method().compares({**readings, "uncertainty": unsure}, {"delta": 0.2, "window": 3.0})
    np.testing.assert_array_equal(sure.values, unsure)
    assert set(sure.limits) == {0.2}
    np.testing.assert_array_equal(agreeing.values, [NAN, 1, 2, 1, NAN])
    assert set(agreeing.limits) == {3.0}
    assert (sure.stops, agreeing.stops) == ("below", "above")


@torch.no_grad()
def test_the_loss_moves_what_it_takes_from_a_layer_to_the_last() -> None:
    encoder, elbert = trainable_encoder(), randomize(method(classes=3)).eval()
    given = batch(encoder)
    elbert.trust.copy_(torch.tensor([0.0, 100.0, -100.0]))  # type: ignore[operator]
    head, each = elbert.head(4), []  # type: ignore[operator]
    for vectors in pooled(given)[1:]:
        logits = head.out(torch.tanh(head.hidden(vectors)))
        each.append(float(F.cross_entropy(logits.float(), given.labels)))
    want = 0.5 * each[0] + each[1] + 0.0 * each[2] + 2.5 * each[3]  # the weights sum to four
    assert float(elbert.loss(Elbert.recipe[0], given)) == pytest.approx(want, rel=1e-6)


def test_weights_start_near_one_and_drift_from_layers_worse_than_the_last() -> None:
    encoder, elbert = trainable_encoder(), method(classes=3)
    assert torch.sigmoid(elbert.trust).tolist() == pytest.approx([0.982] * 3, abs=1e-3)
    randomize(elbert)
    given = batch(encoder)
    elbert.eval()
    found = gradients(elbert.loss(Elbert.recipe[0], given), elbert, encoder)["trust"]
    head = elbert.head(4)
    assert head.hidden is not None
    each = [F.cross_entropy(head.out(torch.tanh(head.hidden(v))).float(), given.labels) for v in pooled(given)[1:]]
    worse = torch.stack([loss > each[-1] for loss in each[:-1]])
    assert ((found > 0) == worse).all()  # a positive gradient lowers the weight


def test_loss_weights_have_a_rate_of_their_own() -> None:
    elbert = method(rate=0.25)
    assert elbert.own_rates(Elbert.recipe[0]) == {elbert.trust: 0.25}


def test_the_loss_reaches_every_parameter() -> None:
    encoder, elbert = trainable_encoder(), method(classes=3)
    found = gradients(randomize(elbert).loss(Elbert.recipe[0], batch(encoder)), elbert, encoder)
    assert without_gradient(found) <= {k for k in found if k.endswith("key.bias")}  # a key's bias moves no attention


def test_all_depths_have_one_classifier() -> None:
    elbert = method(6)
    assert {name.split(".")[1] for name, _ in elbert.named_parameters() if name.startswith("heads.")} == {"6"}
    assert len({id(elbert.head(i)) for i in range(1, 7)}) == 1
