"""What others report beside ours: on numbers that can be checked in the head, on tiny checkpoints, and whole, over all that ship."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dynviz import api
from dynviz.errors import InputError
from dynviz.measure import reproduced
from dynviz.methods import card
from dynviz.records import reproduced as stored
from dynviz.records.card import Result
from dynviz.records.reproduced import Ours, Row, TaskReproduced, Theirs
from tests.checkpoints import DEEP, Spec, build

SPECS = (
    Spec("sst2-deebert", "deebert", knobs=(("entropy", 0.5),)),
    Spec("sst2-pabee", "pabee", knobs=(("patience", 1.0),)),
    Spec("sst2-power-bert", "power_bert"),
    Spec("sst2-ltp", "ltp", tensors=(("thresholds", (0.02, 0.04, 0.06, 0.08)),)),
    Spec("sst2-6-deebert", "deebert", layers=(6,), knobs=(("entropy", 0.5),), base=DEEP),
)
THEIRS = Theirs("SST-2 test", "BERT-base", "a paper, Table 1", "2x fewer layers", "layers", 0.9, 0.92, 0.5, 0.5)
OURS = Ours("A", "6 layers of width 384", {"entropy": 0.5}, 0.89, 0.88, 0.48, 0.5, (-0.01, -0.015, -0.005))
ROW = Row("A", "sst2-a", THEIRS, OURS, ("test sentences there, dev here",), "Because.")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("reproduced"), SPECS, sentences=12)


@pytest.fixture(scope="module")
def found(root: Path) -> TaskReproduced:
    return reproduced.compute(root)["sst2"]


def test_padding_is_work_done_for_nothing() -> None:
    """A layer of width d and feed-forward 4d costs 12 n d^2 + 2 n^2 d products: 64 pieces for 32 are a little more than twice the work."""
    d = 768
    work = {n: 12 * n * d * d + 2 * n * n * d for n in (16, 32, 64)}
    assert reproduced.padding(64, np.array([32])) == pytest.approx(work[64] / work[32])
    assert reproduced.padding(64, np.array([16, 32])) == pytest.approx(2 * work[64] / (work[16] + work[32]))
    assert reproduced.padding(64, np.array([64, 500])) == 1, "longer ones are cut there"


@pytest.mark.parametrize(
    ("lost", "interval", "verdict"),
    [
        (-0.02, (-0.01, -0.015, -0.005), "smaller"),
        (-0.02, (-0.02, -0.03, -0.01), "level"),
        (-0.02, (-0.04, -0.05, -0.03), "larger"),
        (0.01, (0.0, -0.01, 0.005), "larger"),
        (None, (-0.02, -0.03, -0.01), "unknown"),
    ],
)
def test_losses_are_compared_and_not_accuracies(lost: float | None, interval: tuple[float, float, float], verdict: str) -> None:
    theirs = replace(THEIRS, full=None if lost is None else THEIRS.score - lost)
    assert replace(ROW, theirs=theirs, ours=replace(OURS, difference=interval)).verdict == verdict


def test_the_least_uncertainty_of_what_is_printed_counts() -> None:
    """A loss of 1 % of 1,821 sentences is 18.21 answers: 1.96 times sqrt(.01 * .99 / 1821) is .46 %."""
    lost = Result("sst2", "test", 91.0, 92.0, fewer=2.0)
    assert reproduced.least(lost) == pytest.approx(0.00457, abs=1e-5)
    assert reproduced.least(replace(lost, split="dev")) == pytest.approx(0.0066, abs=1e-5)
    assert reproduced.least(replace(lost, split="", full=91.0)) == 3 / 1821
    apart = replace(ROW, ours=replace(OURS, difference=(-0.01, -0.013, -0.007)))
    widths = (0.0, 0.0095, 0.0096)
    assert [replace(apart, theirs=replace(THEIRS, least=w)).verdict for w in widths] == ["smaller", "smaller", "level"]


def test_what_costs_something_else_is_not_compared() -> None:
    assert replace(ROW, ours=replace(OURS, counted=0.61)).verdict == "far"
    assert replace(ROW, ours=replace(OURS, counted=0.59)).verdict == "smaller"
    assert replace(ROW, ours=None).verdict == "padding"


def test_where_no_answer_changed_the_interval_is_that_of_the_rule_of_three() -> None:
    assert reproduced.spread(np.zeros(3), 300) == (0, -0.01, 0.01)
    assert reproduced.spread(np.array([0.1, 0.05, 0.2]), 300) == (0.1, 0.05, 0.2)


def test_each_published_result_stands_beside_the_deepest_model_of_its_method(root: Path, found: TaskReproduced) -> None:
    rows = {(row.model, row.theirs.cost): row for row in found.rows}
    assert {model for model, _ in rows} == {"sst2-6-deebert", "sst2-pabee", "sst2-power-bert"}
    for name, model in (("deebert", "sst2-6-deebert"), ("pabee", "sst2-pabee"), ("power_bert", "sst2-power-bert")):
        results = [p for p in card(name).published if p.result]
        assert [row.theirs.source for row in found.rows if row.model == model] == [p.source for p in results]
    assert set(found.other) == {"LTP"}
    assert [row.verdict for row in found.rows if row.theirs.real >= 1] == ["padding"], "nothing is saved on texts as short as these"
    assert set(found.digests) == {model for model, _ in rows}


def test_the_setting_is_the_one_nearest_in_what_they_count(root: Path, found: TaskReproduced) -> None:
    for row in found.rows:
        if row.ours is None or not row.ours.knobs:
            continue
        sweep = api.stored_sweep(api.find(row.model, root), "report")
        assert sweep is not None
        counted = sweep.mean_depth / sweep.layers if row.theirs.counts == "layers" else sweep.share
        at = sweep.find(row.ours.knobs)
        assert at is not None
        assert abs(counted[at] - row.theirs.real) == pytest.approx(np.abs(counted - row.theirs.real).min(), abs=1e-5)
        assert (row.ours.full, row.ours.score) == pytest.approx((sweep.score[0], sweep.score[at]), abs=1e-5)
        mean, low, high = row.ours.difference
        assert mean == pytest.approx(row.ours.score - row.ours.full, abs=2e-5)
        assert low < high


def test_an_exit_alone_is_held_against_ours_after_the_same_share_of_the_layers(root: Path, found: TaskReproduced) -> None:
    row = next(row for row in found.rows if "every sentence" in row.theirs.cost)
    there = api.stored_run(api.find(row.model, root), "report")
    assert there is not None
    assert row.ours is not None
    right = there[0].run.probs.argmax(-1) == there[0].rows.labels
    assert (row.ours.score, row.ours.full) == pytest.approx((right[3].mean(), right[6].mean()), abs=1e-5)
    assert (row.ours.counted, row.ours.share, row.ours.knobs) == (0.5, None, {})


def test_what_differs_is_read_off_the_checkpoint(found: TaskReproduced) -> None:
    deebert = next(row for row in found.rows if row.theirs.counts == "running time" and "deebert" in row.model)
    assert deebert.ours is not None
    assert deebert.ours.base == "6 layers of width 16"
    assert deebert.differs[0] == "test sentences there, dev here"
    assert deebert.differs[-1] == "time is measured there, FLOPs are counted here"
    pabee = next(row for row in found.rows if row.theirs.data == "SST-2 dev" and "pabee" in row.model)
    assert not any("sentences there" in said for said in pabee.differs)


def test_rows_of_changed_checkpoints_are_left_out(root: Path, found: TaskReproduced) -> None:
    stored.write({"sst2": found}, root / stored.FILE)
    assert api.stored_reproduced(root) == {"sst2": found}
    stale = replace(found, digests={**found.digests, "sst2-pabee": "0" * 12})
    stored.write({"sst2": stale}, root / stored.FILE)
    assert {row.model for row in api.stored_reproduced(root)["sst2"].rows} == {"sst2-6-deebert", "sst2-power-bert"}


def test_a_file_that_does_not_fit_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / stored.FILE
    assert stored.read(file) == {}
    task = TaskReproduced("sst2", "dev", 872, (ROW,), {"B": "MNLI"}, {"sst2-a": "0" * 12})
    stored.write({"sst2": task}, file)
    assert stored.read(file) == {"sst2": task}
    worse = (
        replace(ROW, theirs=replace(THEIRS, score=90.0)),
        replace(ROW, theirs=replace(THEIRS, share=0.0)),
        replace(ROW, ours=replace(OURS, difference=(0.1, 0.2, 0.3))),
    )
    for wrong in ({"films": task}, *({"sst2": replace(task, rows=(row,))} for row in worse)):
        stored.write(wrong, file)
        with pytest.raises(InputError, match="insights --write"):
            stored.read(file)


def test_of_what_ships_every_method_with_a_published_result_has_its_rows() -> None:
    """Through the registry: each method with a result on a task, and a model there, on the deepest base; and stored as it comes out."""
    found = reproduced.compute()
    there = [c for c in api.checkpoints() if c.offered]
    for task in {c.config.task for c in there}:
        for method in {c.config.method for c in there if c.config.task == task}:
            results = [p for p in card(method).published if p.result and p.result.task == task]
            models = reproduced.deepest([c for c in there if (c.config.task, c.config.method) == (task, method)])
            rows = [row for row in (found[task].rows if task in found else ()) if row.model in {c.name for c in models}]
            assert len(rows) == len(results) * len(models), (task, method)
            assert not results or max(c.layers for c in there if (c.config.task, c.config.method) == (task, method)) == models[0].layers
    assert api.stored_reproduced() == found, "run `python -m dynviz insights --write`"
