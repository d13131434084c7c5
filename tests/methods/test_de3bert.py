"""DE3-BERT: distance ratio and combined uncertainty on numbers by hand, the rule, moving prototypes, the loss written out."""

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from dynviz.core.engine import run
from dynviz.core.method import Batch, Shape
from dynviz.methods.de3bert import De3Bert, combined, distances, ratio
from dynviz.methods.entropy_exit import EntropyExit
from tests import tiny
from tests.methods import small

SHAPE, STAGE = Shape((16,), (4,), 2), De3Bert.recipe[0]


def ratio_of(far: list[float], named: int) -> float:
    return float(ratio(torch.tensor([far]).double(), torch.tensor([named]))[0])


def published_ratio(r1: float, r2: float) -> float:
    return 0.5 * (1 + (r1 - r2) / max(r1, r2))


def test_distances_are_euclidean() -> None:
    found = distances(torch.tensor([[3.0, 4.0], [0.0, 0.0]]), torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, -1.0]]))
    assert torch.allclose(found, torch.tensor([[5.0, 4.0, 34**0.5], [0.0, 3.0, 1.0]]))


def test_ratio_is_small_near_the_class_named_and_large_near_another() -> None:
    assert ratio_of([1.0, 4.0], 0) == published_ratio(1, 4) == 0.125
    assert ratio_of([1.0, 4.0], 1) == published_ratio(4, 1) == 0.875
    assert ratio_of([3.0, 3.0], 0) == ratio_of([3.0, 3.0], 1) == 0.5


def test_ratio_is_defined_on_the_prototypes() -> None:
    assert ratio_of([0.0, 2.0], 0) == 0.0
    assert ratio_of([0.0, 2.0], 1) == 1.0
    assert ratio_of([0.0, 0.0], 0) == 0.5


def test_of_three_classes_the_nearest_other_counts() -> None:
    assert ratio_of([2.0, 8.0, 4.0], 0) == published_ratio(2, 4) == 0.25
    assert ratio_of([2.0, 8.0, 4.0], 1) == published_ratio(8, 2) == 0.875


def edr(dr: float, h: float, weight: float) -> float:
    return float(combined(np.array([dr]), np.array([h]), weight)[0])


def test_combined_is_the_weighted_harmonic_mean() -> None:
    assert edr(0.5, 0.25, 1.0) == pytest.approx(1 / 3)  # 2 / (2 + 4)
    assert edr(0.5, 0.25, 3.0) == pytest.approx(0.4)  # 4 / (6 + 4)
    assert edr(0.4, 0.4, 2.5) == pytest.approx(0.4)
    assert edr(0.9, 0.25, 0.0) == pytest.approx(0.25)  # entropy alone


def test_one_sure_sign_is_enough_and_zeros_are_harmless() -> None:
    assert edr(0.0, 0.8, 1.0) == pytest.approx(0, abs=1e-11)
    assert edr(0.3, 0.0, 1.0) == pytest.approx(0, abs=1e-11)
    assert edr(0.0, 0.0, 1.0) == pytest.approx(0, abs=1e-11)
    assert edr(0.0, 0.0, 0.0) >= 0


def leaves(ratios: list[float], entropies: list[float], tau: float, weight: float = 1.0) -> int:
    read = {"ratio": small.rows([*ratios, np.nan]), "uncertainty": small.rows([*entropies, 0.0])}
    return small.exits(De3Bert(SHAPE), read, tau=tau, weight=weight)[0]


def test_it_leaves_below_tau_and_not_at_it() -> None:
    ratios, entropies = [0.5, 0.25, 0.125], [0.5, 0.25, 0.125]
    assert [leaves(ratios, entropies, tau) for tau in (0.125, 0.13, 0.25, 0.26, 0.5, 0.51)] == [4, 3, 3, 2, 2, 1]


def test_tau_0_stops_nobody_however_sure() -> None:
    assert leaves([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 0.0) == 4
    assert leaves([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 0.01) == 1


def test_a_sentence_nearer_to_another_class_waits() -> None:
    assert leaves([0.9, 0.1, 0.1], [0.2, 0.2, 0.2], 0.2) == 2
    assert leaves([0.9, 0.1, 0.1], [0.19, 0.2, 0.2], 0.2, weight=0.0) == 1  # unless distances do not count


def test_a_larger_tau_leaves_earlier() -> None:
    rng = np.random.default_rng(1)
    read = {"ratio": rng.random((5, 100)), "uncertainty": rng.random((5, 100))}
    read["ratio"][4] = np.nan
    depths = [np.array(small.exits(De3Bert(SHAPE), read, tau=t, weight=1.0)) for t in (0.05, 0.3, 0.6, 0.95)]
    assert all((b <= a).all() for a, b in itertools.pairwise(depths))
    assert len(set(depths[1])) == 4


def test_weight_0_is_the_entropy_rule() -> None:
    read = {"ratio": np.full((5, 50), 0.9), "uncertainty": np.random.default_rng(2).random((5, 50))}
    assert small.exits(De3Bert(SHAPE), read, tau=0.4, weight=0.0) == small.exits(EntropyExit(SHAPE), read, entropy=0.4)


def test_the_picture_shows_the_combined_value_against_tau() -> None:
    read = {"ratio": np.array([np.nan, 0.5, 0.4, np.nan, np.nan]), "uncertainty": np.array([np.nan, 0.25, 0.4, np.nan, np.nan])}
    (shown,) = De3Bert(SHAPE).compares(read, {"tau": 0.35, "weight": 1.0})
    np.testing.assert_allclose(shown.values, [np.nan, 1 / 3, 0.4, np.nan, np.nan])
    assert set(shown.limits.tolist()) == {0.35}
    assert shown.stops == "below"


def test_the_ratio_read_is_that_of_the_mapped_state() -> None:
    c = tiny.case("de3bert")
    method, (encoder,) = c.method, c.stages
    ids, layout = tiny.sentences([5, 9, 12], 1)
    record = run(c.stages, method, ids, layout, method.off())
    for s, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
        states = encoder.padded(torch.from_numpy(ids[start : start + length])[None], torch.ones(1, int(length), dtype=torch.bool))
        for layer in (1, 2, 3):
            pooled = states[layer].mean(1)[0]
            far = [float((method.maps[str(layer)](pooled) - prototype).square().sum().sqrt()) for prototype in method.prototypes[layer - 1]]
            named = int(record.probs[layer, s].argmax())
            other = min(x for k, x in enumerate(far) if k != named)
            assert record.readings["ratio"][layer, s] == pytest.approx(published_ratio(far[named], other), abs=1e-12)
    assert np.isnan(record.readings["ratio"][4]).all()  # nothing to decide there


def moved(labels: list[int], step: int, gamma: float = 0.1) -> Tensor:
    """Prototypes (C, 2) of the first layer after a step: they were at (1, 1), the points of the batch lie at (0, 0) and (4, 2)."""
    method = De3Bert(Shape((16,), (2,), 3), space=2, gamma=gamma)
    method.prototypes.fill_(1.0)
    given = small.batch(tiny.encoder(layers=2), step=step)
    method._move(method.prototypes[0], torch.tensor([[0.0, 0.0], [4.0, 2.0]]), Batch(**{**vars(given), "labels": torch.tensor(labels)}))
    return method.prototypes[0]


def test_prototypes_follow_the_means_of_their_classes() -> None:
    assert torch.allclose(moved([0, 2], step=5), torch.tensor([[0.9, 0.9], [1.0, 1.0], [1.3, 1.1]]))  # class 1 is not in the batch
    assert torch.allclose(moved([1, 1], step=5, gamma=0.5), torch.tensor([[1.0, 1.0], [1.5, 1.0], [1.0, 1.0]]))


def test_in_the_first_step_prototypes_are_the_means() -> None:
    assert torch.equal(moved([0, 2], step=0), torch.tensor([[0.0, 0.0], [1.0, 1.0], [4.0, 2.0]]))


def written_out(method: De3Bert, given: Batch) -> Tensor:
    """The loss, with the prototypes as they are now."""
    states, total = small.pooled(given), torch.zeros(()).double()
    for i in range(1, 5):
        total = total + i / 10 * F.cross_entropy(method.head(i)(states[i]), given.labels)
        if i < 4:
            mapped = method.maps[str(i)](states[i])
            far = torch.stack([(mapped - p).norm(dim=1) for p in method.prototypes[i - 1].clone()], 1)
            total = total + method.alpha * i / 10 * F.nll_loss((-far).log_softmax(1), given.labels)
    return total


def test_the_loss_is_the_one_written_out_and_so_are_its_gradients() -> None:
    encoder = small.trainable_encoder()
    method = small.randomize(De3Bert(SHAPE, space=8, alpha=0.7))
    given, before = small.batch(encoder, step=3), method.prototypes.clone()
    loss = method.loss(STAGE, given)
    assert not torch.equal(before, method.prototypes)
    want = written_out(method, given)
    assert float(loss.detach()) == pytest.approx(float(want.detach()), rel=1e-5)
    ours, theirs = small.gradients(loss, method, encoder), small.gradients(want, method, encoder)
    for name, gradient in ours.items():
        assert torch.allclose(gradient, theirs[name], rtol=1e-3, atol=1e-5), name
    assert not {n for n in small.without_gradient(ours) if "attention.self.key.bias" not in n}


def test_prototypes_are_stored_and_not_trained() -> None:
    method = De3Bert(Shape((384,), (6,), 2))
    assert method.state_dict()["prototypes"].shape == (5, 2, 128)  # none after the last layer
    assert "prototypes" not in dict(method.named_parameters())
    assert sum(t.numel() for t in method.state_dict().values()) * 2 < 3e6  # bytes in fp16
