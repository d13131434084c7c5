"""TR-BERT: the tokens that the authors' code keeps, REINFORCE written out draw by draw, imitation, and who learns in which phase."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.method import Batch, Plan, Pooling, Shape, Unit
from dynviz.core.teacher import Teacher
from dynviz.methods.tr_bert import TrBert, mistakes_of, narrowed, put_back, taken
from tests import tiny
from tests.methods import small
from tests.methods import test_parity as parity
from tests.methods.test_adapler import fill_scorer
from tests.methods.test_token_losses import POOLINGS, dropped, each, layer_by_hand, ran

POLICY, JOINT = TrBert.recipe
BARS = (0.3, 0.5, 0.7)  # of the draws that are made up here
NO = -100  # a piece without an answer
TAGS = torch.tensor([[NO, 0, 1, NO, 1, 0, NO], [NO, 1, 0, NO, NO, NO, NO], [NO, 1, 1, 1, 0, NO, NO], [NO, 0, 1, NO, NO, NO, NO]])


def case(unit: Unit = "sentence", pooling: Pooling = "mean", progress: float = 0.6) -> tuple[TrBert, Batch]:
    """Three draws, and policies that make up their minds; four layers, so points before layers 2 and 3."""
    method = TrBert(Shape((16,), (4,), 2, unit), pooling=pooling, alpha=0.7, draws=3)
    small.randomize(method)
    given = small.batch(small.trainable_encoder(), progress)
    torch.manual_seed(5)
    head = nn.Linear(16, 2).double().requires_grad_(False)
    teacher = Teacher(tiny.encoder(), head, "mean" if unit == "sentence" else "each")
    return method, replace(given, teacher=teacher, labels=TAGS if unit == "token" else given.labels)


def by_bars(scores: Tensor, real: Tensor, guide: Tensor | None) -> Tensor:
    """Instead of dice: in each draw tokens stay where their probability reaches the draw's bar."""
    bars = torch.tensor(BARS).repeat_interleave(len(scores) // 3)[:, None]
    chosen = (scores.sigmoid() >= bars) & real
    chosen[:, 0] = True
    return chosen


def one_draw(method: TrBert, given: Batch, b: int, bar: float) -> tuple[Tensor, Tensor, float]:
    """What is read of one sentence (one vector, or one of each token), the surprise and the share kept, tokens really taken out."""
    x = each(replace(given, labels=torch.zeros(4, dtype=torch.long)))[b][0]
    there, last, surprise, kept = torch.arange(len(x)), x, torch.zeros(()), 0.0
    for number, layer in enumerate(given.encoders[0].layers, start=1):
        if number in (2, 3):
            p = method.policies[str(number)](x)[:, 0].sigmoid()
            stays = p >= bar
            stays[0] = True
            chance = torch.where(stays, p, 1 - p)[1:]
            surprise = surprise - (chance.log().mean() if len(chance) else 0.0)
            kept += float(stays.sum()) / len(last) / 2
            x, there = x[stays], there[stays]
        x, _ = layer_by_hand(layer, x, torch.zeros(len(x)))
        last = last.index_copy(0, there, x)
    if method.unit == "token":
        return last, surprise, kept
    return (x[0] if method.pooling == "cls" else x.mean(0)), surprise, kept


def error(method: TrBert, given: Batch, b: int, read: Tensor, taught: bool) -> Tensor:
    """The cross-entropy of one sentence to its label, or to the teacher's probabilities; the mean over a tagged one's words."""
    assert given.teacher is not None
    logs = method.head(4)(read).log_softmax(-1)
    said = given.teacher.logits(given)[b][: len(read)] if method.unit == "token" else given.teacher.logits(given)[b]
    labels = given.labels[b]
    if method.unit == "sentence":
        return -(said.softmax(-1) @ logs) if taught else -logs[labels]
    words = [t for t in range(len(read)) if labels[t] >= 0]
    return torch.stack([-(said[t].softmax(-1) @ logs[t]) if taught else -logs[t, labels[t]] for t in words]).mean()


@pytest.mark.parametrize(("unit", "pooling"), [("sentence", "cls"), ("sentence", "mean"), ("token", "mean")])
@pytest.mark.parametrize("joint", [False, True])
def test_the_loss_is_reinforce_against_the_mean_of_draws(
    unit: Unit, pooling: Pooling, joint: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, given = case(unit, pooling)
    monkeypatch.setattr(method, "choose", by_bars)
    want, lengths = torch.zeros(()), set()
    for b in range(4):
        draws = [one_draw(method, given, b, bar) for bar in BARS]
        errors = [error(method, given, b, read, joint) for read, _, _ in draws]
        rewards = [-float(e.detach()) - 0.7 * kept for e, (_, _, kept) in zip(errors, draws, strict=True)]
        lengths |= {round(kept, 3) for _, _, kept in draws}
        for reward, e, (_, surprise, _) in zip(rewards, errors, draws, strict=True):
            want = want + ((reward - sum(rewards) / 3) * surprise + (e if joint else 0.0)) / 12
    assert len(lengths) > 4, "the draws differ"
    found = method.loss(JOINT if joint else POLICY, given)
    assert float(found.detach()) == pytest.approx(float(want.detach()), rel=1e-4)
    idle = {name for name in small.without_gradient(small.gradients(found, method, given.encoders[0])) if name in method.state_dict()}
    assert idle == (set() if joint else {name for name in method.state_dict() if name.startswith("heads.")})


@pytest.mark.parametrize("pooling", POOLINGS)
def test_it_learns_from_the_tokens_that_are_left_in_use(pooling: Pooling, monkeypatch: pytest.MonkeyPatch) -> None:
    method, given = case(pooling=pooling)
    monkeypatch.setattr(method, "choose", by_bars)
    for k, bar in enumerate(BARS):
        found = ran(method, given, stay=bar)
        assert 2 <= dropped(found) <= 19  # of 23
        np.testing.assert_allclose(method.drawn(given, None)[0][k].softmax(-1).detach(), found.answer, atol=1e-6)


def test_a_dropped_word_is_tagged_in_training_as_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    method, given = case("token")
    monkeypatch.setattr(method, "choose", by_bars)
    found = ran(method, given, stay=0.5)
    probs = method.drawn(given, None)[0][1].softmax(-1).detach()
    leads = found.sentences.leads
    assert dropped(found) > 4
    np.testing.assert_allclose(probs[given.real].numpy()[leads], found.answer[leads], atol=1e-6)


def test_what_costs_too_much_becomes_less_likely() -> None:
    """Where nothing but length counts, every policy's bias has to go down; over many draws, so that chance does not decide."""
    method, given = case()
    method.alpha, method.draws = 1000.0, 200
    torch.manual_seed(0)
    biases = [method.policies[k][2].bias for k in ("2", "3")]  # type: ignore[index,union-attr]
    assert all(float(g) > 0 for g in torch.autograd.grad(method.loss(POLICY, given), biases))


def test_actions_are_drawn_by_their_probability_and_the_first_token_always_stays() -> None:
    method = TrBert(Shape((4,), (4,), 2), draws=2)
    scores, real = torch.tensor([[-50.0, 50.0, -50.0, 50.0], [-50.0, -50.0, 50.0, 50.0]]), torch.tensor([[True] * 4, [True] * 3 + [False]])
    assert method.choose(scores, real, None).tolist() == [[True, True, False, True], [True, False, True, False]]
    torch.manual_seed(0)
    many = torch.stack([method.choose(torch.zeros(2, 4), real, None) for _ in range(400)]).float().mean(0)
    np.testing.assert_allclose(many, [[1, 0.5, 0.5, 0.5], [1, 0.5, 0.5, 0]], atol=0.1)


def test_the_first_draw_imitates_the_guide_and_keeps_as_many_as_the_policy_would() -> None:
    method = TrBert(Shape((4,), (4,), 2), draws=2)
    guide = torch.tensor([[0.0, 0.1, 0.4, 0.3, 0.2], [0.9, 0.2, 0.1, 0.0, 0.0]]).repeat(2, 1)
    real = torch.tensor([[True] * 5, [True] * 3 + [False] * 2]).repeat(2, 1)
    chosen = method.choose(torch.full((4, 5), 0.1), real, guide)  # p = 0.525: of four tokens 2.1, of two 1.05
    assert chosen[:2].tolist() == [[True, False, True, True, False], [True, True, False, False, False]]


def test_half_of_the_first_phase_is_guided(monkeypatch: pytest.MonkeyPatch) -> None:
    method, given = case()
    guided: list[bool] = []
    plain = method.drawn
    monkeypatch.setattr(method, "drawn", lambda batch, guide: guided.append(guide is not None) or plain(batch, guide))
    for phase, progress in ((POLICY, 0.0), (POLICY, 0.49), (POLICY, 0.5), (JOINT, 0.0)):
        method.loss(phase, replace(given, progress=progress))
    assert guided == [True, True, False, False]


def test_only_the_policies_learn_at_first() -> None:
    method, _ = case()
    alone, together = method.own_rates(POLICY), method.own_rates(JOINT)
    assert {p for p, rate in alone.items() if rate == 0} == set(method.heads.parameters())
    assert set(together) == set(method.policies.parameters())
    assert all(rate > 0 for rate in together.values())


def test_tokens_are_taken_out_and_put_back_in_their_places() -> None:
    order, real = narrowed(torch.tensor([[True, False, True, True], [True, False, False, True]]))
    assert order.tolist() == [[0, 2, 3], [0, 3, 1]]
    assert real.tolist() == [[True, True, True], [True, True, False]]
    states = torch.arange(8.0).view(2, 4, 1)
    assert taken(states, order)[..., 0].tolist() == [[0, 2, 3], [4, 7, 5]]
    back = put_back(states, 100 + taken(states, order), order, real)
    assert back[..., 0].tolist() == [[100, 1, 102, 103], [104, 5, 6, 107]]


def test_a_tagged_sentence_weighs_as_much_as_any_other() -> None:
    logits, labels = torch.randn(2, 1, 3, 2), torch.tensor([[NO, 1, 0]])
    said = F.one_hot(labels.clamp_min(0), 2).float()
    want = -(logits.log_softmax(-1)[:, :, 1, 1] + logits.log_softmax(-1)[:, :, 2, 0]) / 2
    torch.testing.assert_close(mistakes_of(logits, said, labels), want)


@pytest.mark.parametrize(("layers", "points"), [(1, [1]), (2, [2]), (3, [2]), (4, [2, 3]), (6, [2, 4]), (12, [2, 7])])
def test_where_tokens_are_chosen(layers: int, points: list[int]) -> None:
    assert TrBert(Shape((4,), (layers,), 2)).points() == points


def test_it_drops_below_the_knob_and_not_at_it() -> None:
    method = TrBert(Shape((4,), (6,), 2))
    _, layout = tiny.sentences([4])
    readings = {"stay": np.array([[np.nan] * 4, [np.nan, 0.5, 0.49, 0.9]])}
    plan = Plan.everything(layout)
    assert method.decide("before", 2, readings, layout, plan, {"stay": 0.5}).visible.tolist() == [True, True, False, True]
    assert method.decide("before", 2, readings, layout, plan, method.off()).visible.all()
    assert method.asks("before", 3, readings, layout, plan, {"stay": 0.5}) == {}


@pytest.mark.parametrize("setting", parity.SETTINGS)
def test_it_keeps_the_tokens_the_authors_code_keeps(setting: str) -> None:
    tensors, e = parity.oracle("trbert")[1], parity.encoder("trbert")
    method = TrBert(parity.shape("trbert", e), pooling="cls")
    parity.fill(method.head(len(e.layers)), tensors, "bert.pooler.dense", "classifier")
    for k, policy in enumerate(method.policies.values()):
        fill_scorer(policy, tensors, f"selectors.{k}")
        policy[2].bias.data += parity.knob("trbert", setting)  # type: ignore[index]
    record, want = parity.go("trbert", e, method, {"stay": 0.5}), parity.out("trbert", setting)
    for s, (start, length) in enumerate(zip(record.sentences.starts, record.sentences.lengths, strict=True)):
        own = slice(start, start + length)
        assert np.array_equal(record.attending[:, own], want["attending"][s, :, :length].astype(bool))
        asked = want["scores"][s, :, :length]
        asked[:, 0] = np.nan  # theirs gives the first token a probability, and ignores it
        np.testing.assert_allclose(record.readings["stay"][1:3, own], asked, rtol=0, atol=1e-4)
    parity.logits_agree(record.answer, want["logits"])
