"""What the zoo says: on sweeps whose numbers can be checked in the head, on tiny checkpoints, and whether the stored file is current."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dynviz import api, figures
from dynviz.cli import main
from dynviz.errors import InputError
from dynviz.measure import backbones, insights
from dynviz.measure.insights import Both, Setting, above, compute, within
from dynviz.methods import card, methods
from dynviz.records import Sweep
from dynviz.records import backbones as held_file
from dynviz.records import zoo as stored
from dynviz.records.card import KINDS
from dynviz.records.redraw import simultaneous
from tests.checkpoints import DEEPER, SEEDS, SPECS, build
from tests.figures.build import sweep


def both(calibration: list[list[int]], report: list[list[int]], share: list[float], name: str = "m") -> Both:
    return Both(replace(sweep(calibration, share), model=name), replace(sweep(report, share), model=name))


# Choosing


def test_the_most_accurate_setting_within_the_budget_is_chosen_on_calibration_alone() -> None:
    """Of full depth, 0.6 and 0.3: within 0.7 the second is better on calibration, however much better the third is on the report split."""
    one = both([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]], [[1, 1, 1, 1], [0, 0, 0, 0], [1, 1, 1, 1]], [1.0, 0.6, 0.3])
    assert within(["m"], {"m": one}, 0.7) == Setting("m", 1)
    assert within(["m"], {"m": one}, 0.5) == Setting("m", 2)
    assert within(["m"], {"m": one}, 0.2) is None


def test_of_a_family_member_and_setting_are_chosen_together_and_of_equals_the_cheapest() -> None:
    good = both([[1, 1, 1, 1], [1, 1, 1, 0]], [[1] * 4, [1] * 4], [1.0, 0.6], "a")
    cheap = both([[1, 1, 1, 0], [1, 1, 1, 0]], [[1] * 4, [1] * 4], [1.0, 0.4], "b")
    assert within(["a", "b"], {"a": good, "b": cheap}, 0.7) == Setting("b", 1)
    assert within(["a", "b"], {"a": good, "b": cheap}, 1.0) == Setting("a", 0)


# The score


def test_height_over_the_static_line_is_measured_at_the_compute_really_spent() -> None:
    """Static: half the answers right at 0.5, all at 1. A method right in all four at 0.75, where the line is at 0.75, stands 0.25 above."""
    half, full = sweep([[1, 1, 0, 0]], [1.0]), sweep([[1, 1, 1, 1]], [1.0])
    one = both([[0, 0, 0, 0], [1, 1, 1, 1]], [[0, 0, 0, 0], [1, 1, 1, 1]], [1.0, 0.75])
    gain, points = above(["m"], {"m": one}, [(0.5, half), (1.0, full)], (0.5, 0.75, 1.0))
    assert gain is not None
    assert gain.tolist() == [0, 0, 0.5, 0.5]
    assert points == 2, "at 0.5 it has no setting"


def test_dearer_than_the_deepest_counts_as_the_deepest_and_cheaper_than_the_shallowest_not_at_all() -> None:
    half, full = sweep([[1, 1, 0, 0]], [1.0]), sweep([[1, 1, 1, 1]], [1.0])
    line = [(0.5, half), (1.0, full)]
    dear = both([[1, 1, 1, 1]], [[1, 1, 1, 0]], [1.02])
    gain, points = above(["m"], {"m": dear}, line, (1.02,))
    assert gain is not None
    assert (gain.tolist(), points) == ([0, 0, 0, -1], 1)
    assert above(["m"], {"m": both([[1] * 4], [[1] * 4], [0.2])}, line, (0.5, 1.0)) == (None, 0)
    assert above(["m"], {"m": dear}, line[1:], (1.02,)) == (None, 0)


# On tiny checkpoints


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("zoo"), (*SPECS, *SEEDS), sentences=24)


@pytest.fixture(scope="module")
def zoo(shelf: Path) -> stored.Zoo:
    return compute(shelf)


def test_every_model_is_a_contender_families_once_seeds_and_plain_models_never(zoo: stored.Zoo) -> None:
    assert [c.name for c in zoo["pos"].contenders] == ["pos-tokee"]
    task = zoo["sst2"]
    assert {c.name: c.members for c in task.contenders} == {
        "sst2-cascade": ("sst2-cascade",), "sst2-dact": ("sst2-dact-a", "sst2-dact-b"), "sst2-joint": ("sst2-joint",),
        "sst2-ltp": ("sst2-ltp",),
    }  # fmt: skip
    assert next(c for c in task.contenders if c.name == "sst2-joint").seeds == ("sst2-joint-seed1", "sst2-joint-seed2")
    assert task.plain == "sst2-plain"
    assert len(task.plain_seeds) == 1
    assert len(task.static) == 2


def test_choices_agree_with_the_stored_sweeps(zoo: stored.Zoo, shelf: Path) -> None:
    plain = api.stored_sweep(api.find("sst2-plain", shelf), "report")
    assert plain is not None
    for budget in zoo["sst2"].budgets:
        assert len(budget.chosen) + len(budget.missing) == 4
        for one in budget.chosen:
            there, here = (api.stored_sweep(api.find(one.checkpoint, shelf), split) for split in ("calibration", "report"))
            assert there is not None
            assert here is not None
            i = [dict(k) for k in here.knobs].index(dict(one.knobs))
            assert one.calibration_share <= budget.budget
            assert one.accuracy == pytest.approx(here.accuracy[i], abs=1e-5)
            assert one.share == pytest.approx(here.share[i], abs=1e-5)
            assert one.full[0] == pytest.approx(here.accuracy[i] - plain.accuracy[0], abs=1e-5)
            assert one.full[1] <= one.full[0] <= one.full[2]
            assert len(one.seeds) == (2 if one.contender == "sst2-joint" else 0)
        leader = next(c for c in budget.chosen if c.contender == budget.leader)
        assert leader.leader == (0, 0, 0)
        assert leader.calibration_accuracy == max(c.calibration_accuracy for c in budget.chosen)
        best = max(budget.chosen, key=lambda c: (c.accuracy, -c.share))
        assert best.front
        assert best.behind == (0, 0, 0)


def test_every_list_of_differences_has_intervals_that_hold_at_once(zoo: stored.Zoo, shelf: Path) -> None:
    """Wider than each difference's own, by the same number of standard errors."""
    plain = api.stored_sweep(api.find("sst2-plain", shelf), "report")
    assert plain is not None
    rows = plain.rows

    def gain(name: str, knobs: Mapping[str, float], other: Sweep | None) -> np.ndarray:
        here = api.stored_sweep(api.find(name, shelf), "report")
        assert here is not None
        return here.correct[[dict(k) for k in here.knobs].index(dict(knobs))].astype(int) - (other or here).correct[0]

    budget = zoo["sst2"].budgets[-1]
    gains = np.stack([gain(c.checkpoint, c.knobs, plain) for c in budget.chosen])
    together = simultaneous(gains, rows.owner, len(rows.ids))
    assert len(gains) > 1
    assert np.array([c.full for c in budget.chosen]) == pytest.approx(together, abs=1e-5)
    first = gains - gains[[c.contender for c in budget.chosen].index(budget.leader)]
    assert np.array([c.leader for c in budget.chosen]) == pytest.approx(simultaneous(first, rows.owner, len(rows.ids)), abs=1e-5)
    changes = zoo["sst2"].changes
    gains = np.stack([gain(c.checkpoint, c.knobs, None) for c in changes])
    assert np.array([c.difference for c in changes]) == pytest.approx(simultaneous(gains, rows.owner, len(rows.ids)), abs=1e-5)
    found = [c for c in api.checkpoints(shelf) if c.config.task == "sst2"]
    measured = {c.name: both for c in found if (both := insights._both(c)) is not None}
    members = {c.name: c.members for c in zoo["sst2"].contenders}
    heights = [above(members[s.contender], measured, insights._static(found, measured), zoo["sst2"].grid)[0] for s in zoo["sst2"].scores]
    together = simultaneous(np.stack([h for h in heights if h is not None]), rows.owner, len(rows.ids))
    assert len(together) > 1
    assert np.array([s.score for s in zoo["sst2"].scores]) == pytest.approx(together, abs=1e-5)


def test_changes_are_the_flips_at_the_shipped_knob(zoo: stored.Zoo, shelf: Path) -> None:
    sweep = api.stored_sweep(api.find("sst2-joint", shelf), "report")
    assert sweep is not None
    found = next(c for c in zoo["sst2"].changes if c.contender == "sst2-joint")
    assert found.knobs == {"entropy": 0.5}
    i = [dict(k) for k in sweep.knobs].index({"entropy": 0.5})
    assert found.worse == int((sweep.correct[0] & ~sweep.correct[i]).sum())
    assert found.avoided == int((~sweep.correct[0] & sweep.correct[i]).sum())
    assert not [c for c in zoo["sst2"].changes if c.contender == "sst2-ltp"]


def test_trust_is_of_every_layer_with_a_classifier(zoo: stored.Zoo) -> None:
    trust = {t.contender: t for t in zoo["sst2"].trust}
    assert len(trust["sst2-joint"].ece) == 4
    assert trust["sst2-joint"].signal.startswith("uncertainty")
    assert trust["sst2-joint"].own == pytest.approx(trust["sst2-joint"].probability, abs=1e-3), (
        "of two classes, entropy ranks as probability"
    )
    assert trust["sst2-dact"].signal.startswith("guaranteed lead")
    assert trust["sst2-dact"].own != trust["sst2-dact"].probability
    assert [e is None for e in trust["sst2-cascade"].ece] == [True, False, True, True, True, False]
    assert not zoo["pos"].trust


def test_models_on_another_backbone_race_among_themselves(zoo: stored.Zoo, tmp_path: Path) -> None:
    """The same folder beside six-layer models: the numbers of the others stay as they were, and no deep model is among them."""
    alone = ("sst2-joint", "sst2-plain", "sst2-plain-2")
    shelf = build(tmp_path, (*(s for s in SPECS if s.name in alone), *DEEPER), sentences=24)
    found = compute(shelf)
    assert list(found) == ["sst2", "sst2/deep"]
    assert {task.task for task in found.values()} == {"sst2"}
    here, deep = found.values()
    assert (here.plain, deep.plain) == ("sst2-plain", "sst2-6-plain")
    assert [c.name for c in here.contenders] == ["sst2-joint"]
    assert [c.name for c in deep.contenders] == ["sst2-6-joint", "sst2-6-ltp"]
    assert set(here.digests) == set(alone)
    assert [len(task.static) for task in (here, deep)] == [2, 2]
    assert [task.depths for task in (here, deep)] == [(2, 4), (4, 6)]
    assert deep.static[0][0] == pytest.approx(4 / 6, abs=0.02), "of its own plain model's compute"
    assert deep.static[1][0] == 1
    stored.write(found, tmp_path / stored.FILE)
    assert api.zoo(tmp_path) == found
    held = backbones.compute(found, shelf)
    assert list(held) == ["sst2/deep"]
    pair = held["sst2/deep"]
    assert (pair.names, pair.layers) == (("sst2", "sst2/deep"), (4, 6))
    assert pair.plain == (here.plain_accuracy, deep.plain_accuracy)
    assert pair.layer == pytest.approx(1 / 4, abs=0.02), "layers of one width cost the same"
    assert pair.times == (1, pytest.approx(6 / 4, abs=0.1))
    assert pair.static[0] == here.static
    assert [work for work, _ in pair.static[1]] == pytest.approx([4 / 4, 6 / 4], abs=0.1), "in work of the four layers"
    exits = [one.method for one in pair.overthought.methods]
    assert exits == ["Entropy exit, joint training"], "that which drops tokens is on one of them alone"
    assert all(order.order is None for order in pair.orders), "one method has no order"
    held_file.write(held, tmp_path / held_file.FILE)
    assert api.stored_backbones(tmp_path) == held
    (tmp_path / "sst2-6-joint" / "config.json").write_bytes((tmp_path / "sst2-joint" / "config.json").read_bytes())
    assert api.stored_backbones(tmp_path) == {}, "one of its checkpoints is another now"


def test_what_is_stored_comes_back_and_is_numbers_only(zoo: stored.Zoo, tmp_path: Path) -> None:
    stored.write(zoo, tmp_path / "zoo.json")
    assert stored.read(tmp_path / "zoo.json") == zoo
    assert stored.read(tmp_path / "nothing.json") == {}
    raw = json.loads((tmp_path / "zoo.json").read_text())
    (tmp_path / "zoo.json").write_text(json.dumps({**raw, "schema": "dynviz.zoo/1"}))  # whose intervals stood each for itself
    with pytest.raises(InputError, match=r"of another version \(dynviz.zoo/1, not dynviz.zoo/2\).*insights --write"):
        stored.read(tmp_path / "zoo.json")


def test_the_command_prints_and_writes(shelf: Path, zoo: stored.Zoo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["insights", "--root", str(shelf), "--task", "pos", "--write"]) == 0
    printed = capsys.readouterr().out
    assert "within 30 %" in printed
    task = zoo["pos"]
    said = [figures.zoo_budget_finding(task, budget) for budget in task.budgets]
    said += [getattr(figures, f"zoo_{what}_finding")(task) for what in ("scores", "changes", "exits", "trust", "worth")]
    assert all(f"\n{finding}\n" in printed for finding in [*said, figures.zoo_caution(task)]), "the words of the Methods page"
    assert api.zoo(shelf) == {"pos": zoo["pos"]}
    (shelf / "zoo.json").unlink()


# The shipped file


SHIPPED = api.zoo()
CURRENT = "run `python -m dynviz insights --write`"


def test_the_shipped_numbers_come_from_the_checkpoints_in_the_box() -> None:
    found = {c.name: c for c in api.checkpoints(repeats=True)}
    there = {n: c.digest for n, c in found.items() if all(c.recorded(s) or c.outcomes(s) for s in ("report", "calibration"))}
    tasks = {c.config.task: [other for other in found.values() if other.config.task == c.config.task] for c in found.values()}
    races = {
        name: {c.name: there[c.name] for c in group if c.name in there}
        for t in tasks.values()
        for name, group in api.by_backbone(t).items()
    }
    assert {name: task.digests for name, task in SHIPPED.items()} == {name: held for name, held in races.items() if held}, CURRENT


def test_the_smallest_task_computed_anew_is_the_same() -> None:
    assert compute(tasks=["imdb"]) == {"imdb": SHIPPED["imdb"]}, CURRENT


# What sort of method


def test_every_method_is_of_a_kind() -> None:
    found = {name: card(name).kind for name in methods()}
    assert set(found.values()) <= set(KINDS)
    expected = {
        "entropy_exit": "exit", "dact": "exit", "sentee": "exit", "edgebert": "exit", "tokee": "depth", "act": "depth", "calm": "depth",
        "ltp": "tokens", "gate_bert": "tokens", "cascade": "cascade", "attention_topk": "baseline", "plain": "baseline",
    }  # fmt: skip
    assert {name: found[name] for name in expected if name in found} == {k: v for k, v in expected.items() if k in found}


def test_rounding_never_leaves_a_negative_zero() -> None:
    assert str(insights._round(np.float64(-1e-9))) == "0.0"
