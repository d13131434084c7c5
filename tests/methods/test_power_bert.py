"""PoWER-BERT: the authors' extract layers written out in NumPy, the search token by token, the list that is read off."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from dynviz.core.layer import Layer
from dynviz.core.method import Batch, Plan, Pooling, Shape
from dynviz.methods.power_bert import ALL, PowerBert
from dynviz.records import Sentences
from tests.methods import small
from tests.methods.test_token_losses import answered, dropped, each, mistakes, ran

SHAPE = Shape((16,), (3,), 2)
SEARCH, HARD = PowerBert.recipe
POOLINGS: tuple[Pooling, ...] = ("cls", "mean")


def power(pooling: Pooling = "mean", counts: tuple[int, ...] = (5, 4, 2), **options: float) -> tuple[PowerBert, Batch]:
    """A list that cuts sentences of seven and five pieces, and one of four in the last layer only; no multiplier at its end."""
    method = PowerBert(SHAPE, pooling=pooling, longest=7, **options)  # type: ignore[arg-type]
    small.randomize(method)
    with torch.no_grad():
        method.retention.copy_(torch.rand(3, 7))
        method.counts.copy_(torch.tensor(counts))
    return method, small.batch(small.trainable_encoder(3))


# The authors' layers (IBM/PoWER-BERT, model/model.py), written anew in NumPy for one sentence without padding.


def significance(attention: np.ndarray) -> np.ndarray:
    """(T,) attention (H, T, T): averaged over heads, summed over those that attend, without the diagonal."""
    average = attention.mean(axis=0)
    return average.sum(axis=0) - np.diag(average)


def soft_extract(attention: np.ndarray, r: np.ndarray) -> np.ndarray:
    """(T,) what each token is multiplied by: the k-th multiplier for the token of k-th largest significance."""
    out = np.empty(len(attention[0]))
    out[np.argsort(-significance(attention), kind="stable")] = r[: len(out)]
    return out


def hard_extract(attention: np.ndarray, many: int) -> np.ndarray:
    """(n,) the places that stay: the first, and of the others the many - 1 most significant, in order of place."""
    others = np.argsort(-significance(attention)[1:], kind="stable")[: many - 1] + 1
    return np.sort(np.concatenate([[0], others]))


def attend(layer: Layer, x: Tensor) -> tuple[Tensor, np.ndarray]:
    """One sentence (n, D) through a layer's attention block, its LayerNorm included, and the attention (H, n, n)."""
    q, k, v = (f(x).view(len(x), layer.heads, -1) for f in (layer.query, layer.key, layer.value))
    weights = (torch.einsum("qhd,khd->hqk", q, k) / q.shape[-1] ** 0.5).softmax(-1)
    return layer.attended(x, torch.einsum("hqk,khd->qhd", weights, v).reshape(len(x), -1)), weights.detach().numpy()


@pytest.mark.parametrize("pooling", POOLINGS)
def test_in_use_it_is_the_authors_extract_layer_after_attention(pooling: Pooling) -> None:
    method, batch = power(pooling)
    found = ran(method, batch, scale=1.0)
    for s, (x, label) in enumerate(each(batch)):
        left = np.arange(len(x))
        for i, (layer, many) in enumerate(zip(batch.encoders[0].layers, (5, 4, 2), strict=True)):
            x, attention = attend(layer, x)
            stay = hard_extract(attention, many)
            x, left = layer.norm(layer.sums(x[stay])), left[stay]
            at = found.sentences.starts[s] + left
            assert np.flatnonzero(found.transformed[i] & (found.sentences.owner == s)).tolist() == at.tolist()
        want = answered(method, x, x.new_ones(len(x)), label)
        assert -np.log(found.answer[s, label]) == pytest.approx(float(want.detach()), rel=1e-6)
    assert dropped(found) == 15  # of 23: two tokens are left of each


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_search_multiplies_each_token_by_its_rank_and_pays_for_depth(pooling: Pooling) -> None:
    method, batch = power(pooling, weight=0.7)
    r = method.retention.detach()
    want = 0.7 * (1 * r[0].sum() + 2 * r[1].sum() + 3 * r[2].sum())
    for x, label in each(batch):
        kept = torch.ones(len(x), dtype=torch.float64)
        for layer, row in zip(batch.encoders[0].layers, r.numpy(), strict=True):
            x, attention = attend(layer, x)
            keep = torch.from_numpy(soft_extract(attention, row))
            x, kept = layer.norm(layer.sums(x * keep[:, None])), kept * keep
        want = want + answered(method, x, kept, label) / 4
    assert float(method.loss(SEARCH, batch).detach()) == pytest.approx(float(want.detach()), rel=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_last_stage_learns_from_the_tokens_that_are_left_in_use(pooling: Pooling) -> None:
    method, batch = power(pooling)
    assert float(method.loss(HARD, batch).detach()) == pytest.approx(mistakes(ran(method, batch, scale=1.0), batch), rel=1e-4)


def test_multipliers_of_one_count_no_token_out() -> None:
    method, batch = power(weight=0.0)
    with torch.no_grad():
        method.retention.fill_(1.0)
    assert float(method.loss(SEARCH, batch).detach()) == pytest.approx(mistakes(ran(method, batch, scale=ALL), batch), rel=1e-4)


def test_a_rank_that_no_sentence_has_is_only_paid_for() -> None:
    """Six tokens are the longest here: the gradient of the seventh multiplier is lambda times its layer."""
    method, batch = power(weight=0.5)
    real = batch.real & (batch.positions < 6)
    shorter = Batch(batch.ids, real, batch.labels, batch.hard, 1.0, batch.encoders)
    (slope,) = torch.autograd.grad(method.loss(SEARCH, shorter), [method.retention])
    assert slope[:, 6].tolist() == pytest.approx([0.5, 1.0, 1.5])
    assert (slope[:, :4] != torch.tensor([[0.5], [1.0], [1.5]])).all()


def test_ranks_beyond_the_last_multiplier_share_it() -> None:
    method, batch = power(weight=0.0)
    with torch.no_grad():
        method.retention[:, 3:] = method.retention[:, 3:4]
    few = PowerBert(SHAPE, longest=4, weight=0.0)
    few.load_state_dict({**method.state_dict(), "retention": method.retention[:, :4]})
    assert float(few.double().loss(SEARCH, batch).detach()) == pytest.approx(float(method.loss(SEARCH, batch).detach()), rel=1e-9)


# The list


def test_the_list_is_the_whole_part_of_what_the_multipliers_add_up_to() -> None:
    method, _ = power()
    with torch.no_grad():
        method.retention.copy_(torch.tensor([[1.0] * 5 + [0.9, 0.0], [1.0] * 6 + [0.5], [0.1] * 7]))
    method.after_phase(SEARCH)
    assert method.counts.tolist() == [5, 5, 1]  # 5.9; 6.5, but no more than before; 0.7, but at least one


@given(st.lists(st.lists(st.floats(-2, 3), min_size=4, max_size=4), min_size=3, max_size=3))
def test_the_list_never_rises_and_keeps_somebody(values: list[list[float]]) -> None:
    method = PowerBert(SHAPE, longest=4)
    with torch.no_grad():
        method.retention.copy_(torch.tensor(values))
    method.after_step(SEARCH)
    method.after_phase(SEARCH)
    counts = method.counts.tolist()
    assert counts == sorted(counts, reverse=True)
    assert 1 <= counts[-1] <= counts[0] <= 4


def test_the_last_stage_leaves_list_and_multipliers_as_they_are() -> None:
    method, _ = power()
    method.after_phase(HARD)
    assert method.counts.tolist() == [5, 4, 2]
    assert method.own_rates(HARD) == {method.retention: 0.0}
    assert method.own_rates(SEARCH)[method.retention] == pytest.approx(0.01)


# The rule, on numbers checked in the head: seven tokens, of which the list leaves five

RECEIVED = np.array([[0.1, 0.6, 0.2, 0.6, 0.3, 0.9, 0.2]])
ONE = Sentences(np.array([7]), np.array([True] + [False] * 6), np.array([-1, 0, 1, 2, 3, 4, 5]))


def left(scale: float, layer: int = 1, gone: tuple[int, ...] = ()) -> list[int]:
    """Which tokens stay; those gone before have no reading."""
    method, _ = power()
    rows = np.vstack([np.full((1, 7), np.nan), np.repeat(RECEIVED, layer, 0)])
    plan = Plan.everything(ONE).drop(np.isin(np.arange(7), gone))
    rows[-1, list(gone)] = np.nan
    return np.flatnonzero(method.decide("between", layer, {"received": rows}, ONE, plan, {"scale": scale}).visible).tolist()


def test_cls_stays_and_then_those_that_receive_most_the_earlier_of_equals() -> None:
    assert left(1.0) == [0, 1, 3, 4, 5]
    assert left(0.6) == [0, 1, 5]  # three: 0.6 stands twice, and token 1 comes first


def test_the_knob_multiplies_the_list() -> None:
    assert left(0.1) == [0]  # at least one
    assert left(0.39) == [0]  # 1.95
    assert left(0.4) == [0, 5]
    assert left(1.2) == [0, 1, 2, 3, 4, 5]  # six
    assert left(ALL) == left(3.0) == list(range(7))


def test_a_sentence_that_is_short_enough_loses_nothing() -> None:
    assert left(1.0, layer=2, gone=(2, 4, 6)) == [0, 1, 3, 5]


def test_the_list_is_what_is_drawn() -> None:
    (picture,) = PowerBert.pictures
    found = PowerBert.learned(picture, {"counts": np.array([30.0, 12.0, 3.0])})
    assert found is not None
    assert found.values.tolist() == [[30, 12, 3]]
    assert found.said == "At most 30 tokens stay in layer 1, and 3 in layer 3."
    assert PowerBert.learned(picture, {}) is None
