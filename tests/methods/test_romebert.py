"""RomeBERT: its two losses, the gradient that is projected and those that are not, and DeeBERT's rule."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dynviz.core import lora
from dynviz.core.encoder import Encoder
from dynviz.core.method import Batch, Phase, Shape
from dynviz.methods.romebert import RomeBert, overlap
from dynviz.training.loop import Trainee
from tests import tiny
from tests.methods import small

SHAPE, STAGE = Shape((16,), (3,), 2), RomeBert.recipe[0]


def trainee(trains: str = "lora", seed: int = 7, **options: str) -> Trainee:
    """Everything random, the low-rank updates too, in float64."""
    encoder = tiny.encoder(layers=3)
    if trains == "lora":
        lora.add(encoder.model.encoder, rank=2, alpha=4.0)
    method = small.randomize(RomeBert(SHAPE, **options), seed)  # type: ignore[arg-type]
    out = Trainee((Encoder(encoder.model.double().eval()),), method, torch.device("cpu"))
    out.groups(Phase("x", trains, epochs=1))  # type: ignore[arg-type]
    for name, parameter in encoder.model.encoder.named_parameters():
        if name.endswith((".a", ".b")):
            nn.init.normal_(parameter, std=0.3)
    return out


def parts(t: Trainee) -> tuple[Tensor, Batch]:
    given = small.batch(t.stages[0])
    return t.method.loss(STAGE, given), given


def one_sentence(logits: list[Tensor], label: int) -> tuple[float, float]:
    """What the lower classifiers and the last one lose on one sentence, by the formulas."""
    nll = [-math.log(float(z.detach().softmax(-1)[label])) for z in logits]
    soft = [(z.detach() / 3).softmax(-1).tolist() for z in logits]
    lower = 0.0
    for loss, q in zip(nll[:-1], soft[:-1], strict=True):
        divergence = sum(p * math.log(p / s) for p, s in zip(soft[-1], q, strict=True))
        lower += 0.1 * loss + 0.9 * 9 * divergence / 2  # the mean over sentences and two classes
    return lower, nll[-1]


def test_the_loss_has_two_parts() -> None:
    t = trainee()
    loss, given = parts(t)
    states = small.pooled(given)
    want = np.mean(
        [
            one_sentence([t.method.head(i)(states[i][b]) for i in (1, 2, 3)], int(label))  # type: ignore[operator]
            for b, label in enumerate(given.labels)
        ],
        axis=0,
    )
    np.testing.assert_allclose(loss.detach().numpy(), want, rtol=1e-5)
    swapped, _ = parts(trainee(anchor="last"))
    torch.testing.assert_close(swapped, loss.flip(0))


def test_the_last_classifier_is_a_fixed_target() -> None:
    t = trainee()
    loss, _ = parts(t)
    heads = dict(t.method.named_parameters())
    found = torch.autograd.grad(loss[0], list(heads.values()))
    assert {name for name, gradient in zip(heads, found, strict=True) if not bool(gradient.any())} == {
        f"heads.3.{part}.{kind}" for part in ("hidden", "out") for kind in ("weight", "bias")
    }


@pytest.mark.parametrize(
    ("anchor", "other", "share"),
    [([1.0, 0.0], [-1.0, 2.0], -1.0), ([2.0, 0.0], [-1.0, 0.0], -0.5), ([1.0, 0.0], [3.0, 4.0], 0.0), ([0.0, 0.0], [1.0, 1.0], 0.0)],
)
def test_what_overlaps_against_the_anchor(anchor: list[float], other: list[float], share: float) -> None:
    a, o = torch.tensor(anchor), torch.tensor(other)
    assert overlap([a], [o]) == share
    assert overlap([a[:1], a[1:]], [o[:1], o[1:]]) == share  # one vector, however it is cut
    assert float(a @ (o - share * a)) >= 0


def in_the_vector(name: str) -> bool:
    """Whether a parameter of the encoder is among those projected: matrices of layers 1 and 2 of 3."""
    return name.startswith(("model.layer.0.", "model.layer.1.")) and "LayerNorm" not in name and not name.endswith("bias")


def naive(loss: Tensor, named: dict[str, nn.Parameter], shared: dict[str, nn.Parameter]) -> tuple[dict[str, Tensor], float]:
    """The steps by the authors' formula on one flat vector, and the inner product of the two gradients."""
    found = [torch.autograd.grad(x, list(named.values()), retain_graph=True, materialize_grads=True) for x in loss]
    g_a, g_b = (dict(zip(named, gradients, strict=True)) for gradients in found)
    chosen = [k for k in shared if in_the_vector(k)]
    flat_a, flat_b = (torch.cat([g[k].flatten() for k in chosen]) for g in (g_a, g_b))
    inner = float(flat_a @ flat_b)
    if inner < 0:
        flat_b = flat_b - inner / float(flat_a @ flat_a) * flat_a
    pieces = (flat_a + flat_b).split([g_a[k].numel() for k in chosen])
    steps = {k: g_a[k] + g_b[k] for k in named}
    return steps | {k: piece.view_as(g_a[k]) for k, piece in zip(chosen, pieces, strict=True)}, inner


@pytest.mark.parametrize("trains", ["lora", "all"])
@pytest.mark.parametrize("anchor", ["exits", "last"])
def test_only_a_conflict_on_the_shared_matrices_is_taken_out(trains: str, anchor: str) -> None:
    signs = set()
    for seed in range(8):
        t = trainee(trains, seed, anchor=anchor)
        loss, _ = parts(t)
        shared = t.shared()
        named = {**shared, **dict(t.method.named_parameters())}
        want, inner = naive(loss, named, shared)
        signs.add(inner < 0)
        t.method.backward(loss, shared)
        for name, parameter in named.items():
            torch.testing.assert_close(parameter.grad, want[name], rtol=1e-9, atol=1e-12, msg=name)
    assert signs == {False, True}  # both cases were met


def test_the_shared_parameters_have_their_names() -> None:
    names = trainee().shared().keys()
    assert "model.layer.0.attention.self.query.a" in names
    assert len(names) == 3 * 6 * 2
    assert sum(map(in_the_vector, names)) == 2 * 6 * 2
    everything = trainee("all").shared().keys()
    assert "model.layer.2.output.LayerNorm.weight" in everything
    assert sum(map(in_the_vector, everything)) == 2 * 6


def test_gradients_add_up_and_the_graph_is_let_go() -> None:
    t = trainee()
    loss, _ = parts(t)
    t.method.backward(loss, t.shared())
    first = {name: p.grad.clone() for name, p in t.shared().items() if p.grad is not None}
    with pytest.raises(RuntimeError, match="second time"):
        t.method.backward(loss, t.shared())
    t.method.backward(parts(t)[0], t.shared())
    for name, parameter in t.shared().items():
        torch.testing.assert_close(parameter.grad, 2 * first[name])


def test_frozen_encoders_have_nothing_to_project() -> None:
    t = trainee("heads")
    loss, _ = parts(t)
    t.method.backward(loss, t.shared())
    assert t.shared() == {}
    assert all(p.grad is not None for p in t.method.parameters())


def test_it_leaves_below_the_knob_and_not_at_it() -> None:
    readings = {"uncertainty": small.rows([0.5, 0.3, 0.1], [0.3, 0.3, 0.3], [0.0, 0.9, 0.9])}
    method = RomeBert(SHAPE)
    assert small.exits(method, readings, entropy=0.3) == [3, 3, 1]
    assert small.exits(method, readings, entropy=0.31) == [2, 1, 1]
    assert small.exits(method, readings, **method.off()) == [3, 3, 3]
