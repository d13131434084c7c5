"""AdapLeR: the tokens that the authors' code keeps, the rule at the tie, its two losses written out, and who learns from which."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dynviz.core.method import Batch, Plan, Pooling, Shape
from dynviz.core.teacher import Teacher
from dynviz.methods.adapler import AdapLeR, of_norm_one, soft_removal, steepness
from tests import tiny
from tests.methods import small
from tests.methods import test_parity as parity
from tests.methods.test_token_losses import POOLINGS, answered, dropped, each, layer_by_hand, mistakes, ran

SHAPE, STAGE = Shape((16,), (3,), 2), AdapLeR.recipe[0]
ETA, THETA = (0.6, 0.9, 0.8), (0.5, 3.0)


def case(pooling: Pooling = "mean", progress: float = 0.1, **options: float) -> tuple[AdapLeR, Batch]:
    """Predictors that tell tokens well apart, and a teacher."""
    method = AdapLeR(SHAPE, pooling=pooling, **{"divergence": 0.3, "length": 0.02, **options})  # type: ignore[arg-type]
    small.randomize(method)
    with torch.no_grad():
        method.eta.copy_(torch.tensor(ETA))
        method.theta.copy_(torch.tensor(THETA))
    given = small.batch(small.trainable_encoder(3), progress)
    torch.manual_seed(5)
    return method, replace(given, teacher=Teacher(tiny.encoder(layers=3), nn.Linear(16, 2).double().requires_grad_(False), "mean"))


def added(share: float, delta: float, steep: float) -> float:
    """What is added to a token's logits, by the formula."""
    return max(-1e4, min(0.0, steep / delta * (share - delta) - 0.1 / steep, (share - 1) * (0.1 / steep) / (1 - delta)))


def fill_scorer(scorer: nn.Module, tensors: parity.Tensors, theirs: str) -> None:
    """The authors' small network in ours."""
    names = {"0": "hidden", "2": "score"}
    scorer.load_state_dict({f"{k}.{p}": tensors[f"{theirs}.{name}.{p}"] for k, name in names.items() for p in ("weight", "bias")})


def one_sentence(method: AdapLeR, given: Batch, b: int, steep: float) -> tuple[Tensor, Tensor, Tensor]:
    """Cross-entropy, weighted divergence and soft lengths of one sentence, without padding."""
    assert given.teacher is not None
    x, label = each(given)[b]
    saliency = given.teacher.saliency(given)[b, : len(x)].double()
    left, bias = torch.ones(len(x)).double(), torch.zeros(len(x)).double()
    divergence, lengths = torch.zeros(()), torch.zeros(())
    for i, layer in enumerate(given.encoders[0].layers):
        shares = method.predictors[i](x)[:, 0].exp() * left
        shares = shares / shares.sum()
        target = saliency * left
        if i:
            target = target / target.sum() * torch.tensor([THETA[i - 1]] + [1.0] * (len(x) - 1))
        target = target / target.sum()
        divergence = divergence + (3 - i) * (target * (target / shares).log()).sum() * left[1:].max().detach()
        delta = ETA[i] / float(left.sum())
        m = torch.tensor([0.0] + [added(float(s), delta, steep) for s in shares[1:]]).double() * left
        left, bias = left * m.exp(), bias + m
        lengths = lengths + left.sum()
        x, _ = layer_by_hand(layer, x, bias)
    return answered(method, x, left, label), divergence, lengths


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize(("progress", "steep"), [(0.1, 10.0), (0.3, 100.0)])
def test_both_losses_are_those_of_the_paper(pooling: Pooling, progress: float, steep: float) -> None:
    method, given = case(pooling, progress)
    with torch.no_grad():
        parts = [one_sentence(method, given, b, steep) for b in range(4)]
        task, divergence, lengths = (torch.stack([p[k] for p in parts]).mean() for k in range(3))
        found = method.loss(STAGE, given)
    assert 3 * 4 < float(lengths) * 4 < 3 * 23 - 1, "something is removed, not all"
    np.testing.assert_allclose(found.numpy(), [float(task + 0.3 * divergence), float(task + 0.02 * lengths)], rtol=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_at_the_end_it_learns_from_the_tokens_that_are_left_in_use(pooling: Pooling) -> None:
    method, given = case(pooling, progress=0.99, divergence=0.0, length=0.0)
    found = ran(method, given, scale=1.0)
    assert 4 <= dropped(found) <= 19  # of 23
    assert float(method.loss(STAGE, given)[0].detach()) == pytest.approx(mistakes(found, given), rel=1e-4)


def steps(**options: float) -> dict[str, Tensor]:
    """The gradients that `backward` leaves behind."""
    method, given = case(**options)
    shared = {f"model.{k}": p for k, p in given.encoders[0].model.encoder.named_parameters()}
    method.backward(method.loss(STAGE, given), shared)
    named = {**shared, **dict(method.named_parameters())}
    return {name: p.grad for name, p in named.items() if p.grad is not None}


def test_lengths_teach_thresholds_and_theta_alone_and_saliency_everybody_else() -> None:
    plain, own = steps(divergence=0.0, length=0.0), {"eta", "theta"}
    for option, learners in (("length", own), ("divergence", plain.keys() - own)):
        other = steps(**{"divergence": 0.0, "length": 0.0, option: 0.5})
        changed = {name for name in plain if not torch.allclose(plain[name], other[name], rtol=1e-9, atol=1e-12)}
        assert changed <= learners, option
        assert changed >= (own if option == "length" else {f"predictors.{i}.2.weight" for i in range(3)})


def test_each_part_is_clipped_by_itself_and_gradients_add_up() -> None:
    method, given = case(length=100.0)
    loss = method.loss(STAGE, given)
    want = torch.autograd.grad(loss[1], [method.eta, method.theta], retain_graph=True)
    norm = torch.cat(want).norm()
    assert norm > 1
    for times in (1, 2):
        method.backward(method.loss(STAGE, given), {})
        torch.testing.assert_close(method.eta.grad, times * want[0] / norm)
        torch.testing.assert_close(method.theta.grad, times * want[1] / norm)
    short = [torch.tensor([0.3, 0.4])]
    assert torch.equal(of_norm_one(short)[0], short[0])


def test_the_lengths_push_the_thresholds_up() -> None:
    method, given = case(length=1e4)
    (gradient,) = torch.autograd.grad(method.loss(STAGE, given)[1], [method.eta])
    assert bool((gradient < 0).all())


def test_theta_is_pulled_as_if_it_multiplied_the_share_of_the_first_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The derivative by theta is that by a factor on [CLS]'s share, which is 1, divided by theta; here by finite differences."""
    method, given = case(divergence=0.0)
    (gradient,) = torch.autograd.grad(method.loss(STAGE, given)[1], [method.theta])

    def with_factor(factor: float) -> float:
        def scaled(shares: Tensor, i: int) -> Tensor:
            times = torch.ones_like(shares)
            times[:, 0] = factor if i == 1 else 1.0
            return shares * times / (shares * times).sum(1, keepdim=True)

        monkeypatch.setattr(method, "_drawn", scaled)
        return float(method.loss(STAGE, given)[1].detach())

    by_factor = (with_factor(1.001) - with_factor(0.999)) / 0.002
    assert float(gradient[0]) == pytest.approx(by_factor / THETA[0], rel=0.01)


def test_soft_removal_is_a_ramp_and_a_faint_slope() -> None:
    shares = torch.tensor([[0.0, 0.05, 0.0999, 0.1, 0.5, 1.0]]).double()
    found = soft_removal(shares, torch.tensor([[0.1]]).double(), 10.0)[0]
    np.testing.assert_allclose(found, [-10.01, -5.01, -0.02, -0.01, -0.005 / 0.9, 0.0], atol=1e-6)
    assert float(soft_removal(shares, torch.tensor([[0.1]]).double(), 1e5)[0, 0]) == -1e4


def test_the_ramp_gets_ten_times_as_steep_with_each_fifth() -> None:
    assert [steepness(p) for p in (0.0, 0.19, 0.2, 0.5, 0.79, 0.8, 1.0)] == [10, 10, 100, 1000, 1e4, 1e5, 1e5]


def test_what_training_holds_its_thresholds_to() -> None:
    method, _ = case()
    with torch.no_grad():
        method.eta.copy_(torch.tensor([-1.0, 0.5, 2.0]))
        method.theta.copy_(torch.tensor([-1.0, 4.0]))
    method.after_step(STAGE)
    np.testing.assert_allclose(method.eta.detach(), [0.01, 0.5, 1.0])
    np.testing.assert_allclose(method.theta.detach(), [0.001, 4.0])


def test_it_drops_below_the_threshold_and_not_at_it_and_never_the_first_token() -> None:
    method = AdapLeR(SHAPE)
    with torch.no_grad():
        method.eta.fill_(0.25)
    _, layout = tiny.sentences([5])
    readings = {"share": np.array([[0.1, 0.25, 0.2, 3.0, 0.5]])}
    kept = {c: method.decide("before", 1, readings, layout, Plan.everything(layout), {"scale": c}).visible.tolist() for c in (0, 1, 2)}
    assert kept == {0: [True] * 5, 1: [True, True, False, True, True], 2: [True, False, False, True, True]}
    (told,) = method.compares(readings, {"scale": 2.0})
    np.testing.assert_allclose(told.limits, [0.5, 0.5, 0.5, np.nan])


def test_shares_are_multiples_of_the_uniform_one_among_those_present() -> None:
    method, given = case()
    found = ran(method, given, scale=1.0)
    present, starts = found.attending.sum(1), found.sentences.starts
    for row in range(3):
        before = found.visible[row - 1] if row else np.ones_like(found.visible[0])
        sums = np.add.reduceat(np.nan_to_num(found.readings["share"][row]), starts)
        np.testing.assert_allclose(sums, np.add.reduceat(before.astype(int), starts))
    assert (np.diff(present) <= 0).all()


@pytest.mark.parametrize("setting", parity.SETTINGS)
def test_it_keeps_the_tokens_the_authors_code_keeps(setting: str) -> None:
    tensors, e = parity.oracle("adapler")[1], parity.encoder("adapler")
    layers = len(e.layers)
    method = AdapLeR(parity.shape("adapler", e), pooling="cls", as_authors=True)
    parity.fill(method.head(layers), tensors, "bert.pooler.dense", "classifier")
    for i, predictor in enumerate(method.predictors):
        fill_scorer(predictor, tensors, f"contribution.{i}")
    method.theta.data = tensors["theta"]
    method.eta.data.fill_(1.0)  # their knob is the one threshold of all layers
    record, want = parity.go("adapler", e, method, {"scale": parity.knob("adapler", setting)}), parity.out("adapler", setting)
    for s, (start, length) in enumerate(zip(record.sentences.starts, record.sentences.lengths, strict=True)):
        own = slice(start, start + length)
        assert np.array_equal(record.attending[:, own], want["attending"][s, :, :length].astype(bool))
        share = record.readings["share"][:-1, own]
        np.testing.assert_allclose(share / (~np.isnan(share)).sum(1, keepdims=True), want["scores"][s, :, :length], rtol=0, atol=1e-4)
    parity.logits_agree(record.answer, want["logits"])


def test_the_oracle_drops_tokens_before_every_layer() -> None:
    """Guards the test above."""
    assert (np.diff(parity.out("adapler", "strong")["attending"].sum((0, 2)).astype(int)) < 0).all()
