"""ToP's rank gates: the rule on tokens counted in the head, the constraint against what a run really saves, each part of the loss."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from dynviz.core.engine import run
from dynviz.core.intervene import Intervened
from dynviz.core.method import Batch, Plan, Pooling, Shape
from dynviz.core.teacher import Teacher
from dynviz.methods import top_gates
from dynviz.methods.top_gates import LIMIT, ToPGates, chance, hard_concrete, misordered
from dynviz.records import Interventions, Sentences
from tests import tiny
from tests.methods import small
from tests.methods.test_token_losses import dropped, each, layer_by_hand, ran

SHAPE = Shape((16,), (3,), 2)
GATES, TUNE = ToPGates.recipe
POOLINGS: tuple[Pooling, ...] = ("cls", "mean")


def teacher(pooling: Pooling = "mean") -> Teacher:
    """Another plain model, of three layers."""
    torch.manual_seed(11)
    return Teacher(tiny.encoder(layers=3, seed=5), torch.nn.Linear(16, 2).double().requires_grad_(False), pooling)


def gated(pooling: Pooling = "mean", progress: float = 0.2, **options: float) -> tuple[ToPGates, Batch]:
    """Four bins, of which one and two are closed; the gates that close first are not those of the last ranks."""
    method = ToPGates(SHAPE, pooling=pooling, bins=4, **options)  # type: ignore[arg-type]
    small.randomize(method)
    with torch.no_grad():
        method.closed.copy_(torch.tensor([1.0, 2.0]))
        method.turn.copy_(torch.tensor([[3.0, 2.0, 0.0, 1.0], [3.0, 1.0, 2.0, 0.0]]))
        method.openness.copy_(torch.tensor([[4.0, 1.0, 0.5, -2.0], [2.0, 1.0, -1.0, -3.0]]))
        method.switch.copy_(torch.tensor([1.0, -0.5]))
        method.multipliers.copy_(torch.tensor([0.3, 5.0]))
    return method, replace(small.batch(small.trainable_encoder(3), progress), teacher=teacher(pooling))


# The rule: [CLS] and eight others, of which each bin of four holds two

RECEIVED = np.array([0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4, 0.5])  # after [CLS]: the places 2, 4, 6, 8, 7, 5, 3, 1 in order
NINE = Sentences(np.array([9]), np.array([True] + [False] * 8), np.array([-1, *range(8)]))


def left(layer: int, times: float, gone: tuple[int, ...] = ()) -> list[int]:
    """Which tokens enter a layer; those gone before have no reading."""
    method, _ = gated()
    rows = np.vstack([np.full((1, 9), np.nan), np.repeat(RECEIVED[None], layer - 1, 0)])
    rows[-1, list(gone)] = np.nan
    plan = Plan.everything(NINE).drop(np.isin(np.arange(9), gone))
    return np.flatnonzero(method.decide("before", layer, {"received": rows}, NINE, plan, {"closed": times}).visible).tolist()


def test_tokens_leave_whose_rank_falls_into_a_closed_bin() -> None:
    assert left(2, 1.0) == [0, 1, 2, 3, 4, 6, 8]  # the third bin is closed: 7 and 5, fifth and sixth by attention
    assert left(3, 1.0) == [0, 2, 4, 5, 7]  # the fourth and the second: 3 and 1, 6 and 8


def test_bins_are_shares_of_those_still_there() -> None:
    assert left(3, 1.0, gone=(5, 7, 3, 1)) == [0, 2, 6]  # one to a bin: 4 and 8 leave


def test_the_knob_multiplies_the_closed_gates() -> None:
    assert left(2, 0.0) == list(range(9))
    assert left(2, 0.45) == list(range(9))  # 0.45 of a gate is none
    assert left(2, 2.0) == [0, 2, 4, 6, 8]  # the next to close is the last bin
    assert left(3, 2.0) == [0]


def test_layer_1_takes_every_token() -> None:
    assert left(1, 2.0) == list(range(9))


def test_gates_close_in_order_of_their_chance_the_later_of_equals_first() -> None:
    method, _ = gated()
    with torch.no_grad():
        method.openness.copy_(torch.tensor([[LIMIT, 1.0, -LIMIT, -LIMIT], [1.0, 1.0, 1.0, 1.0]]))
        method.switch.copy_(torch.tensor([LIMIT, -LIMIT]))
    method.after_phase(GATES)
    assert method.closed.tolist() == [2, 0]  # 0.95 and 0.95 and 0.07 of a gate; with the switch off, next to nothing
    assert method.turn.tolist() == [[3, 2, 1, 0], [3, 2, 1, 0]]
    method.openness.data.zero_()
    method.after_phase(TUNE)
    assert method.closed.tolist() == [2, 0], "the last stage takes them as given"


def test_half_a_switch_closes_half_of_the_gates() -> None:
    """In expectation, which is what the constraint is about."""
    method = ToPGates(SHAPE, bins=100)
    with torch.no_grad():
        method.openness.fill_(top_gates.AT_ZERO)  # each open with a chance of a half
        method.switch.fill_(top_gates.AT_ZERO)
    method.after_phase(GATES)
    assert method.closed.tolist() == [25, 25]


@pytest.mark.parametrize("keep", [True, False])
def test_a_token_can_be_kept_or_dropped_by_hand(keep: bool) -> None:
    method, batch = gated()
    ids, layout = tiny.sentences([9], 3)
    method.requires_grad_(False)
    free = run(batch.encoders, method, ids, layout, {"closed": 1.0})
    gone, there = (int(np.flatnonzero(free.transformed[-1] == x)[-1]) for x in (False, True))
    forced = Interventions(keep=((gone, 1),)) if keep else Interventions(drop=((there, 2),))
    found = run(batch.encoders, Intervened(method, forced), ids, layout, {"closed": 1.0})
    token = gone if keep else there
    assert found.transformed[:, token].tolist() == [True, keep, keep]
    assert not np.array_equal(found.answer, free.answer)


# Gates


def test_a_gate_is_drawn_above_zero_with_its_chance_and_often_exactly_at_an_end() -> None:
    torch.manual_seed(0)
    for a in (-2.0, 0.0, 1.5):
        drawn = hard_concrete(torch.full((40_000,), a))
        assert float((drawn > 0).float().mean()) == pytest.approx(float(chance(torch.tensor(a))), abs=0.01)
        assert float(((drawn == 0) | (drawn == 1)).float().mean()) > 0.2
        assert 0 <= float(drawn.min()) <= float(drawn.max()) <= 1


def test_gates_start_open_and_switches_off() -> None:
    method = ToPGates(SHAPE)
    assert float(chance(method.openness.detach()).min()) > 0.99
    assert float(chance(method.switch.detach()).max()) < 0.05


def test_where_a_switch_is_off_every_gate_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    method, _ = gated()
    draws = iter([torch.tensor([[0.0, 0.25, 0.5, 1.0]] * 2), torch.tensor([0.4, 0.0])])
    monkeypatch.setattr(top_gates, "hard_concrete", lambda a: next(draws))
    assert method.drawn().tolist() == [[0, 0.25, 0.5, 1], [1, 1, 1, 1]]  # a switch of 0.4 is on


def test_parameters_are_held_where_a_draw_can_change_them() -> None:
    method, _ = gated()
    with torch.no_grad():
        method.openness.fill_(9.0)
        method.switch.fill_(-9.0)
    method.after_step(GATES)
    assert method.openness.unique().tolist() == pytest.approx([math.log(100)])
    assert method.switch.unique().tolist() == pytest.approx([-math.log(100)])


# The constraint


def expected(method: ToPGates, batch: Batch, lengths: Tensor | None = None) -> float:
    """The share that gates are expected to save, on the sentences of the batch or on others."""
    lengths = batch.real.sum(1) if lengths is None else lengths
    return float(method.saved(lengths, batch.encoders[0].sizes()[0]).detach())


def test_what_the_gates_are_expected_to_save_is_what_a_run_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gates that are open or closed for certain, on sentences that four bins cut evenly: 8 tokens and [CLS], twice as many, four times."""
    monkeypatch.setattr(top_gates, "chance", lambda a: (a > 0).to(a.dtype))
    method, batch = gated()
    with torch.no_grad():
        method.openness.copy_(torch.tensor([[1.0, 1.0, -1.0, -1.0], [1.0, 1.0, -1.0, -1.0]]))
        method.switch.fill_(1.0)
    method.after_phase(GATES)
    ids, layout = tiny.sentences([9, 17, 33], 2)
    found = run(batch.encoders, method.requires_grad_(False), ids, layout, {"closed": 1.0})
    assert found.transformed[:, layout.owner == 0].sum(1).tolist() == [9, 5, 3]
    head = method.plain_head(layout)
    saved = 1 - (found.flops - head) / (found.plain_flops - head)
    assert expected(method, batch, torch.tensor(layout.lengths)) == pytest.approx(saved.mean(), rel=1e-6)


def test_the_target_rises_over_half_of_the_stage_and_both_multipliers_hold_gates_to_it() -> None:
    def constraint(progress: float) -> float:
        method, batch = gated(progress=progress, order=0.0)
        losses = []
        for times in (1.0, 0.0):
            method.multipliers.data.mul_(times)
            torch.manual_seed(1)
            losses.append(float(method.loss(GATES, batch).detach()))
        return losses[0] - losses[1]

    method, batch = gated()
    saved = expected(method, batch)
    assert 0.05 < saved < 0.35
    for progress, target in ((0.0, 0.0), (0.25, 0.2), (0.5, 0.4), (0.9, 0.4)):
        missed = saved - target
        assert constraint(progress) == pytest.approx(0.3 * missed + 5 * missed**2, rel=1e-4)


def test_multipliers_ascend_and_gates_descend() -> None:
    """Their gradients are handed to the optimizer with the sign turned, so that it climbs: the worse the miss, the more it costs."""
    method, batch = gated(progress=0.5, order=0.0, target=0.9)
    method.backward(method.loss(GATES, batch), {})
    assert method.multipliers.grad is not None
    missed = expected(method, batch) - 0.9
    assert method.multipliers.grad.tolist() == pytest.approx([-missed, -(missed**2)], rel=1e-5)


def test_too_small_a_saving_closes_gates() -> None:
    method, batch = gated()
    missed = method.saved(batch.real.sum(1), batch.encoders[0].sizes()[0]) - 0.9
    slope_of_gates, slope_of_switches = torch.autograd.grad(missed**2, [method.openness, method.switch])
    assert (slope_of_gates > 0).all()  # down hill is shut
    assert (slope_of_switches < 0).all()  # and on


# The other two parts of the loss


def test_the_ranking_loss_counts_pairs_in_the_wrong_order_by_how_far_apart_they_belong() -> None:
    there = torch.tensor([[False, True, True, True, False]])  # [CLS], three tokens, padding
    scores = torch.tensor([[9.0, 0.2, 0.5, 0.1, 9.0]])
    wanted = torch.tensor([[9.0, 0.3, 0.2, 0.1, 0.0]])  # tokens 1, 2, 3
    want = math.log2(1 + math.exp(0.3)) + 2 * math.log2(1 + math.exp(-0.1)) + math.log2(1 + math.exp(-0.4))
    assert float(misordered(scores, wanted, there)) == pytest.approx(want / 9, rel=1e-6)


def test_only_the_first_twenty_by_the_teacher_are_put_in_order() -> None:
    wanted = torch.linspace(1, 0, 30)[None]
    scores, there = torch.rand(1, 30), torch.ones(1, 30, dtype=torch.bool)
    other = torch.cat([scores[:, :20], torch.rand(1, 10)], 1)
    assert float(misordered(scores, wanted, there)) == float(misordered(other, wanted, there))
    assert float(misordered(wanted, wanted, there)) < float(misordered(scores, wanted, there))


def test_the_ranking_fades_to_a_hundredth_of_its_weight() -> None:
    found = []
    for progress in (0.0, 0.25, 0.5):
        losses = []
        for order in (1.0, 0.0):
            method, batch = gated(progress=progress, order=order, target=0.0)
            torch.manual_seed(1)
            losses.append(float(method.loss(GATES, batch).detach()))
        found.append(losses[0] - losses[1])
    method, batch = gated()
    torch.manual_seed(1)
    layer_2, plain = method.gated(method.drawn(), batch)[1][1], teacher().attention(batch).mean(1)
    want = float(misordered(layer_2, (plain * batch.real[..., None]).sum(1), batch.real & ~batch.first).detach())
    assert want > 0.1
    assert found == pytest.approx([want, want * 0.5, want * 0.01], rel=1e-3)


def softened(probs: np.ndarray) -> Tensor:
    """Answers at temperature 2."""
    return (torch.from_numpy(np.log(probs)) / 2).softmax(-1)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_last_stage_learns_the_teachers_answers_from_the_tokens_that_are_left_in_use(pooling: Pooling) -> None:
    method, batch = gated(pooling)
    found = ran(method, batch, closed=1.0)
    assert 4 <= dropped(found) <= 16  # of 23
    assert batch.teacher is not None
    wanted, mine = (batch.teacher.logits(batch) / 2).softmax(-1), softened(found.answer)
    want = 4 * (wanted * (wanted.log() - mine.log())).sum(1).mean()
    assert float(method.loss(TUNE, batch).detach()) == pytest.approx(float(want), rel=1e-4)


def test_half_open_gates_multiply_and_closed_ones_hide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first stage token by token, with gates of which some are half open; a token that left is read as it was."""
    method, batch = gated(order=0.0)
    method.multipliers.data.zero_()
    gates = torch.tensor([[1.0, 0.6, 0.0, 0.3], [0.8, 0.0, 0.5, 1.0]])
    monkeypatch.setattr(ToPGates, "drawn", lambda self: gates)
    answers = []
    for x, _ in each(batch):
        alive, last = list(range(len(x))), x
        for i, layer in enumerate(batch.encoders[0].layers):
            if i:
                order = sorted(alive[1:], key=lambda t: -float(score[t]))
                gate = {t: float(gates[i - 1][order.index(t) * 4 // len(order)]) for t in order} | {0: 1.0}
                alive = [t for t in alive if gate[t] > 0]
                x = x * torch.tensor([[gate.get(t, 0.0)] for t in range(len(x))])
            hidden = torch.tensor([0.0 if t in alive else -math.inf for t in range(len(x))])
            x, weights = layer_by_hand(layer, x, hidden)
            score = weights[alive].sum(0).detach()
            last = torch.stack([x[t] if t in alive else last[t] for t in range(len(x))])
        answers.append(method.head(3)(last.mean(0)).softmax(-1).detach().numpy())
    assert batch.teacher is not None
    wanted, mine = (batch.teacher.logits(batch) / 2).softmax(-1), softened(np.stack(answers))
    want = 4 * (wanted * (wanted.log() - mine.log())).sum(1).mean()
    assert float(method.loss(GATES, batch).detach()) == pytest.approx(float(want), rel=1e-4)


def test_only_the_first_stage_moves_gates_switches_and_multipliers() -> None:
    method = ToPGates(SHAPE, rate=0.07)
    own = {method.openness, method.switch, method.multipliers}
    assert method.own_rates(GATES) == dict.fromkeys(own, 0.07)
    assert method.own_rates(TUNE) == dict.fromkeys(own, 0.0)


def test_the_picture_shows_each_gates_chance_with_its_switch() -> None:
    (picture,) = ToPGates.pictures
    found = ToPGates.learned(picture, {"openness": np.array([[9.0, -9.0]]), "switch": np.array([top_gates.AT_ZERO])})
    assert found is not None
    assert found.values == pytest.approx(np.array([[1, 1], [1, 0.5]]), abs=1e-3)
    assert ToPGates.learned(picture, {"openness": np.zeros((1, 2))}) is None
