"""BERxiT: two rules on the same weights, the alternating loss with the doubt's own, and what the doubt costs."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from dynviz.core.engine import run
from dynviz.core.method import Asked, Batch, Shape
from dynviz.methods.berxit import Berxit, mistakes
from dynviz.methods.entropy_exit import EntropyExit
from tests import tiny
from tests.methods import small

SHAPE, STAGE = Shape((16,), (3,), 2), Berxit.recipe[0]
NAN = math.nan
READ = {
    "doubt": small.rows([0.2, 0.1, NAN], [0.1, 0.3, NAN], [0.9, 0.9, NAN]),
    "uncertainty": small.rows([0.8, 0.7, 0.6], [0.6, 0.5, 0.4], [0.5, 0.0, 0.0]),
}


def left(**knobs: float) -> list[int]:
    return small.exits(Berxit(SHAPE), READ, **{**Berxit.off(), **knobs})


def test_it_leaves_where_a_mistake_is_unlikely() -> None:
    assert left(doubt=0.15) == [2, 1, 3]
    assert left(doubt=0.1) == [3, 3, 3]  # strictly below
    assert left(doubt=1.0) == [1, 1, 1]


def test_the_second_knob_is_the_entropy_rule() -> None:
    assert left(entropy=0.5) == [3, 3, 2]
    assert left(entropy=0.51) == [3, 2, 1]
    assert left(doubt=0.15, entropy=0.51) == [2, 1, 1]  # either is enough


def test_off_goes_to_the_end_even_without_any_doubt_or_uncertainty() -> None:
    nothing = {name: np.zeros_like(values) for name, values in READ.items()}
    assert small.exits(Berxit(SHAPE), nothing, **Berxit.off()) == [3, 3, 3]


def test_each_knob_in_use_is_the_limit_of_its_own_reading() -> None:
    first = {name: values[:, 0] for name, values in READ.items()}
    both = Berxit(SHAPE).compares(first, {"doubt": 0.15, "entropy": 0.0})
    assert [(c.reading, c.stops) for c in both] == [("doubt", "below"), ("uncertainty", "below")]
    assert both[0].limits.tolist() == [0.15] * 4
    assert np.isnan(both[1].limits).all()
    np.testing.assert_array_equal(both[0].values, READ["doubt"][:, 0])


def test_the_entropy_rule_alone_is_entropy_exit_on_the_same_heads() -> None:
    one, other = small.randomize(Berxit(SHAPE)), EntropyExit(SHAPE, pooling="mean").double()
    other.load_state_dict({k: v for k, v in one.state_dict().items() if not k.startswith("lte.")})
    ids, layout = tiny.sentences([5, 9, 14, 12, 7, 11], 1)
    stages = (tiny.encoder(layers=3),)
    knobs = {"entropy": 0.4}
    a = run(stages, one.eval().requires_grad_(False), ids, layout, {"doubt": 0.0, **knobs})
    b = run(stages, other.eval().requires_grad_(False), ids, layout, knobs)
    assert len(set(a.exit_layer.tolist())) > 1
    assert a.exit_layer.tolist() == b.exit_layer.tolist()
    np.testing.assert_array_equal(a.answer, b.answer)


def test_the_doubt_reads_what_the_classifier_is_given_and_is_not_asked_at_the_end() -> None:
    method = small.randomize(Berxit(SHAPE)).eval().requires_grad_(False)
    assert isinstance(method, Berxit)
    encoder = tiny.encoder(layers=3)
    ids, layout = tiny.sentences([6], 2)
    record = run((encoder,), method, ids, layout, method.off())
    state = encoder.padded(torch.from_numpy(ids)[None], torch.ones(1, 6, dtype=torch.bool))[1].mean(1)
    inner = torch.tanh(method.head(1).hidden(state))  # type: ignore[misc]
    want = 1 / (1 + math.exp(-float(method.lte.weight[0] @ inner[0] + method.lte.bias[0])))
    assert record.readings["doubt"][1, 0] == pytest.approx(want, abs=1e-12)
    assert np.isnan(record.readings["doubt"][3, 0])
    head = 2 * (16 * 16 + 16 * 2)
    one = np.array([1])
    assert method.flops("after", 1, Asked({"probs": one, "uncertainty": one, "doubt": one}, one)) == head + 2 * 16
    assert method.flops("after", 3, Asked({"probs": one, "uncertainty": one}, one)) == head


def sums(method: Berxit, given: Batch) -> tuple[list[float], float]:
    """The cross-entropies of the classifiers, and the mean square of the doubts' errors."""
    states = small.pooled(given)
    losses, errors = [], []
    for i in (1, 2, 3):
        mine = []
        for b, label in enumerate(given.labels.tolist()):
            inner = torch.tanh(method.head(i).hidden(states[i][b]))  # type: ignore[misc]
            probs = method.head(i).out(inner).softmax(-1)
            mine.append(-math.log(probs[label].item()))
            wrong = float(int(probs.argmax()) != label)
            errors.append((1 / (1 + math.exp(-(method.lte.weight[0] @ inner + method.lte.bias[0]).item())) - wrong) ** 2)
        losses.append(sum(mine) / len(mine))
    assert {round(e) for e in errors} == {0, 1}  # right and wrong answers are met
    return losses, sum(errors) / len(errors)


@pytest.mark.parametrize(("step", "chosen"), [(0, [2]), (1, [0, 1]), (2, [2]), (7, [0, 1])])
def test_even_steps_train_the_last_classifier_and_odd_ones_the_others(step: int, chosen: list[int]) -> None:
    method = small.randomize(Berxit(SHAPE))
    assert isinstance(method, Berxit)
    given = small.batch(tiny.encoder(layers=3), step=step)
    losses, errors = sums(method, given)
    assert method.loss(STAGE, given).item() == pytest.approx(sum(losses[i] for i in chosen) + errors, rel=1e-5)


@pytest.mark.parametrize(("step", "still"), [(0, ("heads.1.out", "heads.2.out")), (1, ("heads.3.out",))])
def test_the_doubts_loss_reaches_the_encoder_the_tanh_layers_and_its_own_layer(step: int, still: tuple[str, ...]) -> None:
    method, encoder = small.randomize(Berxit(SHAPE)), small.trainable_encoder(layers=3)
    found = small.gradients(method.loss(STAGE, small.batch(encoder, step=step)), method, encoder)
    idle = {name for name in small.without_gradient(found) if not name.startswith("encoder.")}
    assert idle == {f"{head}.{kind}" for head in still for kind in ("weight", "bias")}
    last = {k: g for k, g in found.items() if k.startswith("encoder.layer.2.output")}
    assert all(bool(g.any()) for g in last.values())  # on odd steps through the last doubt alone


def test_the_doubt_learns_from_exits_that_have_not_seen_the_example() -> None:
    """Two examples of class 0 and 1, three layers; the model's own answers are all right, and are not asked."""
    sure = [torch.tensor([[9.0, 0.0], [0.0, 9.0]])] * 3
    given = replace(small.batch(small.trainable_encoder()), labels=torch.tensor([0, 1]))
    unseen = torch.tensor([[[0.4, 0.6], [0.4, 0.6], [0.6, 0.4]], [[0.4, 0.6], [0.6, 0.4], [0.4, 0.6]]])
    assert not mistakes(sure, given).any()
    assert mistakes(sure, replace(given, unseen=unseen)).T.tolist() == [[True, True, False], [False, True, False]]
