"""Past-Future: its logits against the authors' formula written out, what each loss trains, the protected layer, what is paid for."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from dynviz.core.encoder import Encoder
from dynviz.core.engine import run
from dynviz.core.method import Asked, Batch, Shape
from dynviz.methods.past_future import PastFuture
from tests import tiny
from tests.methods import small

SHAPE, STAGE = Shape((16,), (4,), 2), PastFuture.recipe[0]


def authors_logits(method: PastFuture, owns: list[Tensor], exit_layer: int) -> Tensor:
    """One exit from the pooled vectors of all layers so far: everything imagined, stacked, projected, then summed."""
    here = owns[exit_layer - 1]
    imagined = [torch.tanh(method.imitations[str(j)](here)) for j in range(exit_layer + 1, method.shape.layers + 1)]
    vectors = [*owns[:exit_layer], *imagined]
    logits = torch.stack([method.head(j).out(v) for j, v in enumerate(vectors, start=1)])
    gates = torch.stack([method.gate_inputs[str(j)](v) for j, v in enumerate(vectors, start=1)])
    weight = torch.sigmoid(method.gate(torch.tanh(gates[:exit_layer].sum(0) / exit_layer)))
    return 2 * weight * logits[:exit_layer].sum(0) + (2 - 2 * weight) * logits[exit_layer:].sum(0)


def owns_of(method: PastFuture, states: list[Tensor]) -> list[Tensor]:
    return [torch.tanh(method.head(i).hidden(states[i])) for i in method.layers_read()]


@pytest.mark.parametrize("knob", [0.0, 0.35])
def test_each_exit_says_what_the_authors_formula_says_also_when_neighbours_have_left(knob: float) -> None:
    c = tiny.case("past_future")
    method, (encoder,) = c.method, c.stages
    ids, layout = tiny.sentences([5, 9, 12, 7, 11], 1)
    record = run(c.stages, method, ids, layout, {"entropy": knob})
    if knob:
        assert len(set(record.exit_layer.tolist())) > 1
    for s, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
        states = encoder.padded(torch.from_numpy(ids[start : start + length])[None], torch.ones(1, int(length), dtype=torch.bool))
        owns = owns_of(method, [x.mean(1) for x in states])
        for layer in range(1, int(record.exit_layer[s]) + 1):
            want = authors_logits(method, owns, layer).softmax(-1)[0]
            np.testing.assert_allclose(record.probs[layer, s], want, rtol=0, atol=1e-12)


def by_hand(gate_bias: float) -> PastFuture:
    """Layer j's logits are (j, -j) whatever it sees; the gate is open by so much."""
    method = PastFuture(Shape((4,), (3,), 2)).requires_grad_(False)
    for name, parameter in method.named_parameters():
        parameter.zero_()
        if name.startswith("heads.") and name.endswith("out.bias"):
            layer = float(name.split(".")[1])
            parameter.copy_(torch.tensor([layer, -layer]))
        if name == "gate.bias":
            parameter.fill_(gate_bias)
    return method


def mixed(method: PastFuture, layer: int) -> list[float]:
    past = torch.tensor([[1.0, -1.0]]) * sum(range(1, layer + 1))
    logits, _ = method.mixed(layer, past, torch.zeros(1, 2), method.imagined(layer, torch.zeros(1, 4)))
    return [round(x, 4) for x in logits[0].tolist()]


def test_a_gate_half_open_adds_past_and_future() -> None:
    assert [mixed(by_hand(0.0), layer) for layer in (1, 2, 3)] == [[6, -6], [6, -6], [6, -6]]  # 1 + 2 + 3, imagined or not


def test_an_open_gate_doubles_the_past_and_a_shut_one_the_future() -> None:
    assert [mixed(by_hand(99.0), layer) for layer in (1, 2, 3)] == [[2, -2], [6, -6], [12, -12]]
    assert [mixed(by_hand(-99.0), layer) for layer in (1, 2, 3)] == [[10, -10], [6, -6], [0, 0]]  # after the last layer none is left


def test_the_gate_takes_the_mean_over_the_past_and_not_the_sum() -> None:
    method = by_hand(0.0)
    with torch.no_grad():
        method.gate.weight.copy_(torch.eye(2))
    _, once = method.mixed(1, torch.zeros(1, 2), torch.full((1, 2), 0.5), [])
    _, thrice = method.mixed(3, torch.zeros(1, 2), torch.full((1, 2), 1.5), [])
    assert torch.equal(once, thrice)
    assert float(once[0, 0]) == pytest.approx(float(torch.sigmoid(torch.tanh(torch.tensor(0.5)))))


def test_the_surest_sentences_leave_first_and_a_larger_knob_lets_more_of_them() -> None:
    read = {"uncertainty": small.rows([0.5, 0.3, 0.1, 0.0], [0.9, 0.3, 0.2, 0.9])}
    method = PastFuture(SHAPE)
    assert small.exits(method, read, entropy=0.0) == [4, 4]
    assert small.exits(method, read, entropy=0.3) == [3, 3]  # 0.3 is not below 0.3
    assert small.exits(method, read, entropy=0.31) == [2, 2]
    assert small.exits(method, read, entropy=0.6) == [1, 2]


def test_a_one_hot_answer_is_sure_and_not_undefined() -> None:
    c = tiny.case("past_future")
    method = small.randomize(PastFuture(Shape((16,), (4,), 3))).eval().requires_grad_(False)
    for layer in method.layers_read():
        method.head(layer).out.weight *= 1e4
    ids, layout = tiny.sentences([5, 9], 1)
    record = run(c.stages, method, ids, layout, {"entropy": 0.01})
    assert record.probs[1].max() == 1.0
    assert record.readings["uncertainty"][1].tolist() == [0.0, 0.0]
    assert record.exit_layer.tolist() == [1, 1]


def written_out(method: PastFuture, given: Batch) -> Tensor:
    """The authors' loss: each exit sees the pooled vectors before it as constants, and guesses at those after it as constants."""
    owns = owns_of(method, small.pooled(given))
    wrong, missed = torch.zeros(()).double(), torch.zeros(()).double()
    for i in range(1, 5):
        seen = [*(c.detach() for c in owns[: i - 1]), owns[i - 1]]
        wrong = wrong + i * F.cross_entropy(authors_logits(method, seen, i), given.labels)
        if i < 4:
            guesses = torch.cat([torch.tanh(method.imitations[str(j)](owns[i - 1])) for j in range(i + 1, 5)])
            true = torch.cat([c.detach() for c in owns[i:]])
            missed = missed + torch.nn.CosineEmbeddingLoss()(true, guesses, torch.ones(len(true)))
    return (wrong / 10 + missed / 3) / 2


def test_the_loss_is_the_authors_and_trains_what_theirs_trains() -> None:
    encoder = small.trainable_encoder()
    method = small.randomize(PastFuture(SHAPE))
    given = small.batch(encoder, progress=1.0)  # nothing is protected any more
    loss, want = method.loss(STAGE, given), written_out(method, given)
    assert float(loss.detach()) == pytest.approx(float(want.detach()), rel=1e-5)
    ours, theirs = small.gradients(loss, method, encoder), small.gradients(want, method, encoder)
    for name, gradient in ours.items():
        assert torch.allclose(gradient, theirs[name], rtol=1e-3, atol=1e-5), name
    assert not {n for n in small.without_gradient(ours) if "attention.self.key.bias" not in n}


def trained_layers(method: PastFuture, encoder: Encoder, progress: float) -> set[str]:
    found = small.gradients(method.loss(STAGE, small.batch(encoder, progress)), method, encoder)
    reached = {name for name in found if name.startswith("encoder.")} - small.without_gradient(found)
    return {name.split(".")[2] for name in reached}


def test_the_first_layer_is_shut_off_at_first_and_open_at_the_end() -> None:
    encoder, method = small.trainable_encoder(), small.randomize(PastFuture(SHAPE))
    assert trained_layers(method, encoder, 0.0) == {"1", "2", "3"}
    assert trained_layers(method, encoder, 1.0) == {"0", "1", "2", "3"}
    assert trained_layers(small.randomize(PastFuture(SHAPE, protected=2)), encoder, 0.0) == {"2", "3"}
    assert trained_layers(small.randomize(PastFuture(SHAPE, protected=0)), encoder, 0.0) == {"0", "1", "2", "3"}


def test_the_first_layer_opens_as_often_as_the_training_has_progressed() -> None:
    encoder, method = small.trainable_encoder(), small.randomize(PastFuture(SHAPE))
    torch.manual_seed(0)
    open_share = np.mean(["0" in trained_layers(method, encoder, 0.7) for _ in range(60)])
    assert 0.5 < open_share < 0.9


def test_less_is_left_to_imagine_from_layer_to_layer() -> None:
    method = PastFuture(Shape((384,), (6,), 2))
    one = Asked({"probs": np.array([1])}, np.array([9]))
    paid = [int(method.flops("after", layer, one)[0]) for layer in method.layers_read()]
    assert set(-np.diff(paid)) == {2 * 384 * (384 + 2)}  # one imagined vector and its logits
    assert paid[-1] == 2 * (384 * 384 + 384 * 4 + 4)  # pooler, logits and gate inputs, gate
    assert sum(p.numel() for p in method.parameters()) * 2 < 4e6  # bytes in fp16
