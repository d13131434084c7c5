"""The training loop with numbers that can be checked in the head: learning rates, weight decay, clipping, resuming."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dynviz.core.method import Batch, Method, Phase, Shape
from dynviz.data.pieces import Pieces
from dynviz.records import Sentences
from dynviz.training import loop
from dynviz.training.examples import Split
from dynviz.training.loop import Trainee, schedule, share_of_peak, train_phase
from tests import tiny

MEASURED = loop.fastest  # before the tests put something in its place
ROWS = 400  # in batches of 4: 100 steps an epoch


class Pulled(Method):
    """Two numbers whose gradient is (3, 4) times `pull`, one with its own rate, and one that no loss reaches."""

    title: ClassVar[str] = "Pulled"

    def __init__(self, pull: float = 1.0) -> None:
        super().__init__(Shape((16,), (2,), 2))
        self.pull = pull
        self.weights = nn.Parameter(torch.tensor([1.0, 1.0]))
        self.gate = nn.Parameter(torch.tensor(1.0))
        self.held = nn.Parameter(torch.tensor(1.0))
        self.idle = nn.Parameter(torch.tensor(1.0))

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        return {self.gate: 0.5, self.held: 0.0}

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        return self.pull * (self.weights * torch.tensor([3.0, 4.0])).sum() + 0 * (self.gate + self.held + self.idle)


def split() -> Split:
    """So many rows of three pieces each."""
    special = np.tile([True, False, True], ROWS)
    layout = Sentences(np.full(ROWS, 3), special, np.where(special, -1, 0))
    many = 3 * ROWS
    pieces = Pieces(("x",) * ROWS, np.full(many, 7), layout, ("x",) * many, np.zeros((many, 2), np.int64), np.zeros(ROWS, np.int64))
    return Split("train", pieces, np.zeros(ROWS, np.int64), "")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the optimizer was given at each step: learning rates, gradients."""
    found: list[dict[str, Any]] = []

    class Watched(torch.optim.AdamW):
        def step(self, closure: Any = None) -> Any:
            gradients = [p.grad.flatten() for g in self.param_groups for p in g["params"] if p.grad is not None]
            found.append({"rates": [g["lr"] for g in self.param_groups], "gradient": torch.cat(gradients).tolist()})
            return super().step(closure)

    monkeypatch.setattr(torch.optim, "AdamW", Watched)
    return found


def trainee(pull: float = 1.0) -> Trainee:
    return Trainee((tiny.encoder(layers=2),), Pulled(pull), torch.device("cpu"))


PHASE = Phase("tune", "all", epochs=1, lr=0.01, head_lr=0.1)


def trained(folder: Path, pull: float = 1.0, steps: int | None = None) -> Pulled:
    one = trainee(pull)
    folder.mkdir(exist_ok=True)
    train_phase(one, PHASE, split(), 0, folder, tokens=12, limit_steps=steps)
    assert isinstance(one.method, Pulled)
    return one.method


def test_the_rate_rises_over_the_first_six_of_a_hundred_steps_and_falls_to_zero_over_all() -> None:
    found = {step: share_of_peak(step, 100) for step in (0, 2, 5, 6, 50, 99, 100)}
    want = {0: 1 / 6, 2: 3 / 6 * 0.98, 5: 0.95, 6: 0.94, 50: 0.5, 99: 0.01, 100: 0.0}  # 0.98 = 1 - 2/100, and so on
    assert found == pytest.approx(want)


def test_a_short_phase_starts_at_the_peak() -> None:
    assert [share_of_peak(step, 10) for step in range(10)] == pytest.approx([1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1])


def test_every_group_has_its_own_peak() -> None:
    optimizer = torch.optim.SGD([{"params": [nn.Parameter(torch.zeros(1))], "lr": rate} for rate in (0.2, 3.0)])
    assert schedule(optimizer, [0.2, 3.0], 100, done=50).get_last_lr() == pytest.approx([0.1, 1.5])


def test_each_step_of_a_phase_is_taken_at_its_rate(seen: list[dict[str, Any]], tmp_path: Path) -> None:
    trained(tmp_path)
    assert len(seen) == 100
    heads = [row["rates"][1] for row in seen]  # the encoder's, the heads', the gate's
    assert [heads[step] for step in (0, 5, 50, 99)] == pytest.approx([0.1 / 6, 0.095, 0.05, 0.001])
    assert seen[50]["rates"] == pytest.approx([0.005, 0.05, 0.25])


def test_a_huge_gradient_is_clipped_to_length_one_and_a_small_one_is_left(seen: list[dict[str, Any]], tmp_path: Path) -> None:
    trained(tmp_path / "huge", pull=1000, steps=1)
    trained(tmp_path / "small", pull=0.1, steps=1)
    assert [[x for x in row["gradient"] if x] for row in seen] == [pytest.approx([0.6, 0.8], rel=1e-4), pytest.approx([0.3, 0.4])]


def test_weights_decay_and_what_has_a_rate_of_its_own_does_not() -> None:
    one = trainee()
    method = one.method
    assert isinstance(method, Pulled)
    encoder, heads, gate = one.groups(PHASE)
    assert len(encoder["params"]) == len(list(one.stages[0].model.encoder.parameters()))
    assert (encoder["weight_decay"], encoder["lr"]) == (0.01, 0.01)
    assert [id(p) for p in heads["params"]] == [id(method.weights), id(method.idle)]
    assert (heads["weight_decay"], heads["lr"]) == (0.01, 0.1)
    assert [id(p) for p in gate["params"]] == [id(method.gate)]
    assert (gate["weight_decay"], gate["lr"]) == (0.0, 0.5)  # and `held`, at a rate of 0, is in no group


def test_a_step_takes_a_hundredth_of_the_rate_off_each_weight(tmp_path: Path) -> None:
    """No loss reaches `idle` and the gate: a single step, at the peak of 0.1, leaves 1 - 0.1 * 0.01 of the one, all of the other."""
    method = trained(tmp_path, steps=1)
    assert float(method.idle.detach()) == pytest.approx(0.999)
    assert (float(method.gate.detach()), float(method.held.detach())) == (1.0, 1.0)
    assert method.weights.tolist() == pytest.approx([0.999 - 0.1, 0.999 - 0.1], rel=1e-4)  # Adam's first step is the rate itself


def test_resumed_training_goes_on_at_the_same_rates(seen: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "SAVE_EVERY", -1.0)
    whole = trained(tmp_path / "whole")
    uninterrupted = seen.copy()
    step = loop._step

    def interrupted(*arguments: Any) -> float:
        if len(seen) == 130:
            raise KeyboardInterrupt
        return step(*arguments)

    monkeypatch.setattr(loop, "_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "cut")
    monkeypatch.setattr(loop, "_step", step)
    again = trained(tmp_path / "cut")
    assert seen[100:] == uninterrupted
    assert torch.equal(again.weights, whole.weights)


@pytest.mark.parametrize(("fp32", "bf16", "want"), [(1.0, 2.0, "fp32"), (2.0, 1.0, "bf16"), (1.0, 0.95, "fp32")])
def test_bf16_is_taken_only_where_it_clearly_shortens_a_step(fp32: float, bf16: float, want: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, seconds = [0.0], {"fp32": fp32, "bf16": bf16}

    def step(*arguments: Any) -> float:
        clock[0] += seconds[arguments[-1]]
        torch.rand(3)  # as dropout would
        return 0.0

    monkeypatch.setattr(loop, "_step", step)
    monkeypatch.setattr(loop.time, "perf_counter", lambda: clock[0])
    one = trainee()
    dice = torch.get_rng_state()
    assert MEASURED(one, PHASE, split(), [np.arange(4)]) == want
    assert torch.equal(torch.get_rng_state(), dice)


def test_a_method_is_told_that_its_phase_is_done(tmp_path: Path) -> None:
    one = trainee()
    told: list[str] = []
    one.method.after_phase = lambda phase: told.append(phase.name)  # type: ignore[method-assign]
    report = train_phase(one, PHASE, split(), 0, tmp_path, tokens=12, limit_steps=2)
    assert (told, report["precision"]) == (["tune"], "fp32")
