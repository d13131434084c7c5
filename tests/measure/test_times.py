"""Times: the line through measured layers, and batches worked out by hand; the clock is a fake one, and no duration is asserted."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dynviz import api
from dynviz.cli import main
from dynviz.measure import bench, timing
from dynviz.records import shipped_times
from dynviz.records.times import Measured, Times, batch_sizes, fitted, flow
from tests.checkpoints import Spec, build

# a layer takes 4 ms, 1 ms for each sentence and 1 ms for each FLOP; 10 ms lie outside, and 2 ms for each sentence
LINE = Times("m", 0.004, 0.001, 0.001, 0.010, 0.002, (), {})


def test_the_line_through_exact_seconds_is_found() -> None:
    sentences, flops = np.array([1, 2, 8, 32, 5]), np.array([1e9, 5e9, 4e9, 9e10, 1e9])
    found = fitted([np.ones(5), sentences, flops], 0.002 + 0.0005 * sentences + 1e-11 * flops)
    assert found == pytest.approx([0.002, 0.0005, 1e-11], rel=1e-6)


def test_no_coefficient_is_below_zero() -> None:
    falling = fitted([np.ones(4), np.arange(1, 5)], [4.0, 3.0, 2.0, 1.0])
    assert falling[1] == 0
    assert falling[0] > 0


def test_alone_a_sentence_takes_its_own_layers() -> None:
    exits, flops = np.array([[1, 3]]), np.array([[1, 3]])
    # (4+1+1) + 12 and (12+3+3) + 12: 18 and 30 ms
    assert LINE.per_sentence(exits, flops, 1).tolist() == pytest.approx([24])


def test_together_layers_are_called_once_until_the_slowest_is_done() -> None:
    exits, flops = np.array([[1, 3], [3, 3]]), np.array([[1, 3], [3, 3]])
    # layers called 3 times: 12, sentence-layers 4, FLOPs 4, outside 14: 34 ms for two
    assert LINE.per_sentence(exits, flops, 2).tolist() == pytest.approx([17, (12 + 6 + 6 + 14) / 2])


def test_a_last_batch_may_be_smaller() -> None:
    exits = flops = np.ones((1, 3), int)
    assert LINE.per_sentence(exits, flops, 2).tolist() == pytest.approx([(4 + 2 + 2 + 14 + 4 + 1 + 1 + 12) / 3])


def test_exits_by_lot_are_the_mean_of_all_batches_that_may_come() -> None:
    batches = list(itertools.product([1, 2], repeat=3))
    chance = [0.25 ** sum(e == 2 for e in b) * 0.75 ** sum(e == 1 for e in b) for b in batches]
    each = [LINE.per_sentence(np.array([b]), np.array([b]), 3)[0] for b in batches]
    assert LINE.by_lot(1, 2, 1.25, np.array([3]), 0.25) == pytest.approx(np.dot(chance, each))
    assert LINE.by_lot(2, 4, 2, batch_sizes(3, 3), 0.0) == pytest.approx(LINE.per_sentence(np.full((1, 3), 2), np.full((1, 3), 2), 3)[0])


def test_the_last_batch_holds_what_is_left() -> None:
    assert batch_sizes(7, 3).tolist() == [3, 3, 1]
    assert batch_sizes(2, 32).tolist() == [2]


def test_a_batch_layer_by_layer_waiting_and_leaving() -> None:
    found = flow(LINE, np.array([1, 2]), np.array([10, 20]), np.array([30, 30]), 3)
    # outside 14; waiting: 4+2+20 twice; leaving: 4+2+20, then 4+1+10; the third layer never runs
    assert found.waiting.tolist() == pytest.approx([14, 40, 66, 66])
    assert found.leaving.tolist() == pytest.approx([14, 40, 55, 55])
    assert found.totals == pytest.approx((66, 55))
    assert found.saved == pytest.approx(1 / 6)
    assert LINE.waiting(np.array([1, 2]), np.array([10, 20]), 2) * 2 == pytest.approx(66)
    alone = (12 + 4 + 1 + 10) + (12 + 2 * (4 + 1 + 10))
    assert LINE.waiting(np.array([1, 2]), np.array([10, 20]), 1) * 2 == pytest.approx(alone)
    assert found.whole == pytest.approx(14 + 3 * (4 + 2 + 20))


def test_what_leaves_agrees_with_the_mean_of_the_axis() -> None:
    exits, flops = np.array([2, 5, 1, 3]), np.array([20, 50, 10, 30])
    found = flow(LINE, exits, flops, np.full(4, 60), 6)
    assert found.totals[1] / 4 == pytest.approx(LINE.per_sentence(exits[None], flops[None], 4)[0])


def test_a_run_knows_its_quickest_and_its_slowest_round() -> None:
    assert Measured("full depth", 1, 16, 2.0, 2.0, (3.0, 1.0, 2.0)).range == (1.0, 3.0)
    assert Measured("full depth", 1, 16, 2.0, 2.0).range == (2.0, 2.0)


def test_the_error_is_the_largest_miss() -> None:
    runs = (Measured("full depth", 1, 16, 0.010, 0.009), Measured("full depth", 32, 32, 0.1, 0.125))
    assert Times("m", 0, 0, 0, 0, 0, runs, {}).error == pytest.approx(0.25)
    assert LINE.error == 0


class Silent:
    """A source that computes nothing."""

    def enter(self, stage: int, plan: object) -> None: ...
    def attend(self, layer: int, plan: object) -> None: ...
    def transform(self, layer: int, plan: object) -> None: ...
    def read(self, *_: object) -> dict[str, np.ndarray]:
        return {}


def test_a_layer_lasts_until_the_next_begins_and_the_last_until_its_last_call_returns() -> None:
    ticks = iter([1.0, 3.0, 4.0, 9.0, 11.0, 30.0])
    clocked = timing.Clocked(Silent(), lambda: next(ticks))  # type: ignore[arg-type]
    plan = None
    clocked.enter(0, plan)  # type: ignore[arg-type]
    clocked.attend(1, plan)  # type: ignore[arg-type]
    clocked.transform(1, plan)  # type: ignore[arg-type]
    clocked.read("after", 1, 1, {}, plan)  # type: ignore[arg-type]
    clocked.read("before", 2, 1, {}, plan)  # type: ignore[arg-type]
    clocked.attend(2, plan)  # type: ignore[arg-type]
    clocked.transform(2, plan)  # type: ignore[arg-type]
    assert clocked.seconds() == {1: 8.0, 2: 21.0}


@pytest.mark.parametrize("method", ["entropy_exit", "ltp", "cascade", "plain"])
def test_measuring_runs_the_model_and_keeps_what_it_measured(method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (2, 4) if method == "cascade" else (4,)
    folder = build(tmp_path, [Spec("sst2-it", method, layers=layers)], sentences=4) / "sst2-it"
    monkeypatch.setattr(timing, "BATCHES", {1: 3, 4: 4})
    told: list[tuple[int, int]] = []
    clock = itertools.count()
    found = timing.measure(api.load(folder), lambda done, of: told.append((done, of)), lambda: float(next(clock)), rounds=1)
    settings = 1 if method == "plain" else 2
    assert [r.batch for r in found.runs] == [1] * settings + [4] * settings
    assert [r.sentences for r in found.runs][:1] == [3]
    assert told == [(0, 2), (1, 2)]  # one round to warm up, one that counts
    assert all(r.rounds == (r.seconds,) for r in found.runs)
    assert found.machine["threads"] == "1"
    assert min(found.call, found.sentence, found.flop, found.start, found.each) >= 0
    assert all(r.fitted > 0 for r in found.runs)
    if method == "plain":  # the fake clock ticks as often in each layer, whatever goes through it
        assert found.flop == pytest.approx(0, abs=1e-9)
        assert found.error < 0.05


def test_the_command_stores_the_times_of_every_model_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = build(tmp_path, [Spec("sst2-plain", "plain"), Spec("sst2-it", "entropy_exit", knobs=(("entropy", 0.5),))], sentences=4)
    monkeypatch.setattr(timing, "BATCHES", {1: 2, 4: 4})
    assert main(["times", "--root", str(folder), "--rounds", "2", "--write"]) == 0
    found = api.stored_times(folder)
    assert {found[api.find(name, folder).digest].model for name in ("sst2-plain", "sst2-it")} == {"sst2-plain", "sst2-it"}
    assert len(found) == 2
    assert all(len(run.rounds) == 2 and run.range[0] <= run.seconds <= run.range[1] for times in found.values() for run in times.runs)


def test_missing_times_alone_are_measured_where_the_others_are_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = build(tmp_path, [Spec("sst2-plain", "plain"), Spec("sst2-it", "entropy_exit", knobs=(("entropy", 0.5),))], sentences=4)
    monkeypatch.setattr(timing, "BATCHES", {1: 2})
    one = ["times", "--root", str(folder), "--rounds", "1", "--missing", "--write"]
    assert main(one) == 0
    whole = api.stored_times(folder)
    gone = api.find("sst2-it", folder).digest
    shipped_times.write({digest: times for digest, times in whole.items() if digest != gone}, folder / shipped_times.FILE)
    assert main(one) == 0
    again = api.stored_times(folder)
    kept = next(digest for digest in whole if digest != gone)
    assert again.keys() == whole.keys()
    assert again[kept] == whole[kept], "it was not measured anew"
    elsewhere = {digest: replace(times, machine={**times.machine, "processor": "another"}) for digest, times in whole.items()}
    shipped_times.write(elsewhere, folder / shipped_times.FILE)
    assert main(one) == 0
    assert {times.machine["processor"] for times in api.stored_times(folder).values()} == {bench.machine()["processor"]}
