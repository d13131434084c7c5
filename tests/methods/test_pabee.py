"""PABEE: the counter, the knob's direction, the loss; and the exits and logits of the authors' own code."""

import numpy as np
import pytest
import torch

from dynviz.core.encoder import Encoder
from dynviz.core.method import Batch, Plan, Shape
from dynviz.methods.pabee import Pabee, agreements
from dynviz.records import Sentences
from tests import tiny
from tests.methods import test_parity as parity

SETTINGS = ("off", "patience1", "patience2", "patience3")
ONE = Sentences(np.array([3]), np.array([True, False, True]), np.array([-1, 0, -1]))


def one_hot(labels: list[int], classes: int = 3) -> np.ndarray:
    """(L+1, 1, C) probabilities without any doubt, row 0 unread."""
    return np.concatenate([np.full((1, 1, classes), np.nan), np.eye(classes)[labels][:, None]])


def exit_layer(labels: list[int], patience: float) -> int:
    method, plan = Pabee(Shape((4,), (len(labels),), 3)), Plan.everything(ONE)
    probs = one_hot(labels)
    for layer in range(1, len(labels) + 1):
        plan = method.decide("after", layer, {"probs": probs[: layer + 1]}, ONE, plan, {"patience": patience})
        if not plan.live.any():
            return layer
    return len(labels)


def authors_exit(labels: list[int], patience: int) -> int:
    """The rule as published, one sentence at a time."""
    count, before = 0, None
    for layer, label in enumerate(labels, start=1):
        count = count + 1 if before is not None and label == before else 0
        before = label
        if count == patience:
            return layer
    return len(labels)


def test_counter_counts_agreements_not_predictions() -> None:
    probs = one_hot([1, 1, 1, 0, 2, 2])[1:]
    assert agreements(probs)[:, 0].tolist() == [0, 1, 2, 0, 0, 1]


def test_patience_of_one_needs_two_equal_answers() -> None:
    assert [exit_layer([0, 1, 1, 1, 2, 0], t) for t in (1, 2, 3)] == [3, 4, 6]


def test_earliest_exit_is_one_layer_after_the_patience() -> None:
    assert [exit_layer([1] * 6, t) for t in range(1, 9)] == [2, 3, 4, 5, 6, 6, 6, 6]


def test_off_never_stops_however_much_the_layers_agree() -> None:
    method, plan = Pabee(Shape((4,), (6,), 3)), Plan.everything(ONE)
    probs = one_hot([1] * 6)
    assert Pabee.off() == Pabee.checked({"patience": 0}) == {"patience": 0}
    for layer in range(1, 7):
        assert method.decide("after", layer, {"probs": probs[: layer + 1]}, ONE, plan, Pabee.off()).live.all()


def test_rule_is_the_authors_on_every_short_history() -> None:
    for labels in np.ndindex(3, 3, 3, 3, 3):
        assert [exit_layer(list(labels), t) for t in range(1, 6)] == [authors_exit(list(labels), t) for t in range(1, 6)]


def test_tie_between_classes_goes_to_the_first() -> None:
    probs = np.array([[[0.4, 0.4, 0.2]], [[0.5, 0.3, 0.2]], [[0.2, 0.4, 0.4]]])
    assert agreements(probs)[:, 0].tolist() == [0, 1, 0]


def test_each_sentence_waits_for_itself_alone() -> None:
    probs = np.concatenate([one_hot([1, 1]), one_hot([1, 0])], axis=1)
    two = Sentences(np.array([2, 2]), np.array([True, True] * 2), np.full(4, -1))
    plan = Pabee(Shape((4,), (2,), 3)).decide("after", 2, {"probs": probs}, two, Plan.everything(two), {"patience": 1})
    assert plan.live.tolist() == [False, True]
    assert plan.attending.tolist() == [False, False, True, True]


def test_counter_is_shown_against_the_patience() -> None:
    method, probs = Pabee(Shape((4,), (4,), 3)), one_hot([2, 2, 2, 2])
    probs[4] = np.nan  # the sentence left after layer 3
    (shown,) = method.compares({"probs": probs}, {"patience": 2})
    np.testing.assert_array_equal(shown.values, [np.nan, 0, 1, 2, np.nan])
    assert shown.limits.tolist() == [2] * 5
    assert shown.stops == "above"
    assert np.isnan(method.compares({"probs": probs}, Pabee.off())[0].limits).all()


def tiny_batch() -> tuple[Pabee, Batch]:
    torch.manual_seed(0)
    encoder = tiny.encoder(layers=3)
    method = Pabee(Shape((encoder.width,), (3,), 3)).double()
    real = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    ids, labels = torch.randint(5, tiny.VOCABULARY, (2, 6)), torch.tensor([2, 0])
    return method, Batch(ids, real, labels, torch.zeros(2, dtype=torch.bool), 0.0, (Encoder(encoder.model.requires_grad_(True)),))


@torch.no_grad()
def test_loss_weighs_each_layer_by_its_number() -> None:
    method, batch = tiny_batch()
    method.eval()
    states = batch.encoders[0].padded(batch.ids, batch.real)
    total = 0.0
    for i in (1, 2, 3):
        for b, length in enumerate((6, 4)):
            pooled = torch.tanh(method.pooler(states[i][b, :length].mean(0)))
            logits = method.head(i).out(pooled)
            total -= i * float(logits.log_softmax(-1)[batch.labels[b]]) / 2
    assert float(method.loss(method.recipe[0], batch)) == pytest.approx(total / 6, abs=1e-6)  # logits are taken in fp32


def test_training_reaches_every_head_the_pooler_and_the_encoder() -> None:
    method, batch = tiny_batch()
    method.train().loss(method.recipe[0], batch).backward()
    assert all(float(p.grad.abs().max()) > 0 for p in method.parameters())
    assert float(batch.encoders[0].layers[0].query.weight.grad.abs().max()) > 0


def test_all_layers_share_the_last_classifiers_pooler() -> None:
    """So that it starts from a trained model's; the other classifiers have no hidden layer of their own."""
    method = Pabee(Shape((8,), (3,), 2))
    assert method.pooler is method.head(3).hidden
    assert [n for n in method.state_dict() if "hidden" in n] == ["heads.3.hidden.weight", "heads.3.hidden.bias"]
    assert sum(p.numel() for p in method.parameters()) == (8 * 8 + 8) + 3 * (8 * 2 + 2)


def filled() -> tuple[Pabee, Encoder]:
    """The authors' weights."""
    tensors, e = parity.oracle("pabee")[1], parity.encoder("pabee")
    method, layers = Pabee(parity.shape("pabee", e), pooling="cls"), len(e.layers)
    parity.fill(method.head(layers), tensors, "bert.pooler.dense", f"heads.{layers - 1}.classifier")
    for i in range(1, layers):
        method.head(i).out.load_state_dict({p: tensors[f"heads.{i - 1}.classifier.{p}"] for p in ("weight", "bias")})
    return method, e


@pytest.mark.parametrize("setting", SETTINGS)
def test_sentences_leave_where_the_authors_code_leaves(setting: str) -> None:
    method, e = filled()
    record = parity.go("pabee", e, method, {"patience": parity.knob("pabee", setting)})
    want = parity.out("pabee", setting)
    assert record.exit_layer.tolist() == want["exit_layer"].tolist()
    parity.logits_agree(record.answer, want["logits"])
    computed = ~np.isnan(want["layer_logits"])
    assert computed.any()
    ours = np.where(computed, np.moveaxis(record.probs[1:], 0, 1), np.nan)
    parity.logits_agree(ours, want["layer_logits"])


def test_settings_of_the_oracle_differ() -> None:
    """Guards the test above."""
    assert set(parity.oracle("pabee")[0]["settings"]) == set(SETTINGS)
    assert [np.bincount(parity.out("pabee", s)["exit_layer"], minlength=5)[1:].tolist() for s in SETTINGS] == [
        [0, 0, 0, 64], [0, 42, 10, 12], [0, 0, 41, 23], [0, 0, 0, 64],
    ]  # fmt: skip
