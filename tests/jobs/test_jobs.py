"""Jobs over a visitor's rows: what they find equals a run at once, nothing is lost when one stops, and bounds hold."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from dynviz import api
from dynviz.data import Examples, bundled
from dynviz.errors import InputError
from dynviz.jobs import Job, Outcome, Registry, at, gather, runner, store
from dynviz.records import Sweep
from tests.jobs.conftest import first, hold, wait
from tests.panicking import panic


def ran(registry: Registry, model: object, examples: Examples, knobs: dict[str, float]) -> Job:
    job = registry.create(model, "rows", examples, api.knobs_of(model, knobs))  # type: ignore[arg-type]
    registry.start(job, lambda: model)  # type: ignore[arg-type]
    wait(registry)
    assert job.state == "done", job.error
    return job


def outcome(job: Job, **knobs: float) -> Outcome:
    found = gather(job.store, job.about)
    assert found is not None
    return at(found, {**job.about.knobs, **knobs})


def same(one: Sweep, other: Sweep) -> None:
    for name in ("predicted", "flops", "depth", "exits"):
        assert np.array_equal(getattr(one, name)[[0, -1]], getattr(other, name)[[0, -1]]), name
    assert np.array_equal(one.plain_flops, other.plain_flops)
    assert np.array_equal(one.rows.labels, other.rows.labels)


@pytest.mark.parametrize(
    ("name", "knobs"),
    [
        ("sst2-joint", {"entropy": 0.8}), ("sst2-cascade", {}), ("sst2-dact-a", {}), ("sst2-ltp", {"scale": 2.0}),
        ("pos-tokee", {"delta": 0.4}), ("pos-plain", {}),
    ],
)  # fmt: skip
def test_a_job_finds_what_a_run_at_once_finds(
    registry: Registry, models: dict[str, object], name: str, knobs: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 17)
    model = models[name]
    examples = bundled(model.config.task)  # type: ignore[attr-defined]
    job = ran(registry, model, examples, knobs)
    assert job.parts == -(-len(examples) // 17)
    same(outcome(job).sweep, api.compare(model, examples, knobs))  # type: ignore[arg-type]


def test_the_knob_moves_without_the_model(registry: Registry, models: dict[str, object]) -> None:
    model, examples = models["sst2-joint"], bundled("sst2")
    job = ran(registry, model, examples, {})
    assert job.about.moves
    for entropy in (0.0, 0.3, 0.95, 1.0):
        same(outcome(job, entropy=entropy).sweep, api.compare(model, examples, {"entropy": entropy}))  # type: ignore[arg-type]


def test_what_every_layer_says_is_kept_for_each_answer(registry: Registry, models: dict[str, object]) -> None:
    model, examples = models["pos-tokee"], bundled("pos")
    job = ran(registry, model, examples, {})
    found = gather(job.store, job.about)
    assert found is not None
    words = sum(len(t) for t in examples.texts)
    assert found.layer_answer.shape == found.layer_sure.shape == (4, words)
    assert np.array_equal(found.layer_answer[-1], outcome(job).sweep.predicted[0])
    assert ((found.layer_sure > 0) & (found.layer_sure <= 1)).all()


@pytest.mark.parametrize(("name", "knobs"), [("sst2-ltp", {"scale": 1.5}), ("pos-tokee", {}), ("sst2-joint", {"entropy": 0.9})])
def test_tokens_computed_and_flops_inside_each_layer_are_those_of_each_run(
    registry: Registry, models: dict[str, object], name: str, knobs: dict[str, float]
) -> None:
    model = models[name]
    examples = bundled(model.config.task)  # type: ignore[attr-defined]
    found = outcome(ran(registry, model, examples, knobs))
    for i, words in enumerate(examples.texts[:9]):
        trace = api.trace(model, words, **api.knobs_of(model, knobs))  # type: ignore[arg-type]
        assert found.kept[:, i].tolist() == trace.kept.tolist()
        assert found.layer_flops[:, i].tolist() == trace.layer_flops.tolist()


@pytest.mark.parametrize(("name", "knobs"), [("sst2-ltp", {"scale": 1.5}), ("pos-tokee", {})])
def test_where_the_tokens_computed_stand_is_kept_for_each_row(
    registry: Registry, models: dict[str, object], name: str, knobs: dict[str, float]
) -> None:
    model = models[name]
    found = outcome(ran(registry, model, first(bundled(model.config.task), 9), knobs))  # type: ignore[attr-defined]
    assert np.array_equal(found.placed[:, 0].sum(-1), found.sweep.rows.lengths)
    assert np.array_equal(found.placed[:, 1:].sum(-1).T, found.kept)
    at = 0
    for i, words in enumerate(bundled(model.config.task).texts[:9]):  # type: ignore[attr-defined]
        trace = api.trace(model, words, **api.knobs_of(model, knobs))  # type: ignore[arg-type]
        real = np.flatnonzero(~trace.special)
        first_third = real[np.arange(len(real)) * 3 // len(real) == 0]
        assert found.placed[i, 1:, 1].tolist() == trace.transformed[:, first_third].sum(1).tolist()
        assert found.placed[i, 1:, 0].tolist() == trace.transformed[:, trace.special].sum(1).tolist()
        if trace.unit == "token":
            leads = trace.transformed[:, trace.leads]
            assert np.array_equal(found.ran[:, at : at + leads.shape[1]], leads)
            at += leads.shape[1]


def test_rows_keep_their_texts_labels_measures_and_tags(registry: Registry, models: dict[str, object]) -> None:
    examples = bundled("sst2")
    job = ran(registry, models["sst2-joint"], examples, {})
    found = gather(job.store, job.about)
    assert found is not None
    assert found.rows.ids == examples.ids
    assert job.store.texts([3, 0]) == [examples.texts[3], examples.texts[0]]
    assert found.words.tolist() == [len(t.split()) for t in examples.texts]
    assert (found.rank > 0).all()
    assert "negation" in found.rows.tags[next(i for i, t in enumerate(examples.texts) if " not " in t)]
    assert job.store.holding("NOT").sum() == sum("not" in t.lower() for t in examples.texts)


def test_without_labels_answers_are_compared_with_full_depth_only(registry: Registry, models: dict[str, object]) -> None:
    for name in ("sst2-ltp", "pos-tokee"):
        examples = replace(bundled(models[name].config.task), labels=None)  # type: ignore[attr-defined]
        job = ran(registry, models[name], examples, {})
        sweep = outcome(job).sweep
        assert not job.about.labelled
        assert (sweep.rows.labels == -1).all()
        assert len(sweep.agreement) == 2
        assert sweep.agreement[0] == 1


def test_nothing_is_lost_when_cancelled_and_it_goes_on_where_it_was_left(
    registry: Registry, models: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 10)
    model, examples = models["sst2-joint"], bundled("sst2")
    held, go = hold(monkeypatch, 2)
    job = registry.create(model, "rows", examples, api.knobs_of(model))  # type: ignore[arg-type]
    registry.start(job, lambda: model)  # type: ignore[arg-type]
    assert held.wait(30)
    registry.cancel(job)
    go.set()
    wait(registry)
    assert (job.state, job.done, job.parts) == ("cancelled", 20, 2)
    kept = outcome(job).sweep
    assert len(kept.rows.ids) == 20
    registry.start(job, lambda: model)  # type: ignore[arg-type]
    wait(registry)
    assert job.state == "done"
    same(outcome(job).sweep, api.compare(model, examples))  # type: ignore[arg-type]
    assert np.array_equal(outcome(job).sweep.predicted[:, :20], kept.predicted)


def test_a_job_outlives_the_process_where_its_folder_does(
    registry: Registry, models: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 30)
    job = ran(registry, models["pos-tokee"], bundled("pos"), {})
    parts = sorted(job.store.folder.glob("part-*"))
    parts[1].unlink()  # what follows a gap is read again
    other = Registry(registry.root)
    found = other.find(job.id)
    assert found is not None
    assert (found.state, found.done, found.about) == ("interrupted", 30, job.about)
    other.start(found, lambda: models["pos-tokee"])  # type: ignore[arg-type]
    wait(other)
    assert found.done == len(bundled("pos"))


def test_ids_cannot_be_guessed_and_open_nothing_else(registry: Registry, models: dict[str, object], tmp_path: Path) -> None:
    made = [registry.create(models["sst2-joint"], "rows", bundled("sst2"), {}) for _ in range(2)]  # type: ignore[arg-type]
    assert all(len(job.id) == 22 for job in made)
    assert made[0].id != made[1].id
    assert registry.find(made[0].id) is made[0]
    (tmp_path / "about.json").write_text("{}")
    for wrong in ("", "..", "../x", made[0].id[:-1], "a" * 22, "/etc/passwd"):
        assert registry.find(wrong) is None
    assert made[0].store.folder.stat().st_mode & 0o077 == 0


def test_jobs_take_turns(registry: Registry, models: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 40)
    order: list[str] = []
    real = runner.Registry._part
    monkeypatch.setattr(runner.Registry, "_part", lambda self, job: (order.append(job.about.title), real(self, job))[1])
    held, go = hold(monkeypatch, 0)
    model = models["sst2-joint"]
    jobs = [registry.create(model, name, bundled("sst2"), {"entropy": 0.5}) for name in "ab"]  # type: ignore[arg-type]
    for job in jobs:
        registry.start(job, lambda: model)  # type: ignore[arg-type]
        held.wait(30)
    go.set()
    wait(registry)
    assert order == ["a", "b"] * 4  # 151 rows, 40 at a time
    assert all(job.state == "done" and job.load is None for job in jobs)


def test_a_failure_is_told_and_what_was_read_stays(registry: Registry, models: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 50)
    real, calls = runner.read_part, [0]

    def failing(*arguments: object) -> object:
        calls[0] += 1
        if calls[0] == 2:
            raise InputError("It broke", "so it was", "Mend it")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(runner, "read_part", failing)
    model = models["sst2-joint"]
    job = registry.create(model, "rows", bundled("sst2"), {})  # type: ignore[arg-type]
    registry.start(job, lambda: model)  # type: ignore[arg-type]
    wait(registry)
    assert (job.state, job.done, job.error) == ("failed", 50, "It broke: so it was. Mend it.")
    registry.start(job, lambda: model)  # type: ignore[arg-type]
    wait(registry)
    assert job.state == "done"


@pytest.mark.parametrize("thrown", [panic, sys.exit, RuntimeError])
def test_the_worker_survives_whatever_a_job_throws(
    registry: Registry, models: dict[str, object], thrown: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> object:
        raise thrown()  # type: ignore[misc]  # the first two raise by themselves

    failing, next_one = (registry.create(models["sst2-joint"], "rows", bundled("sst2"), {}, owner=x) for x in "ab")  # type: ignore[arg-type]
    with registry.lock:  # so that the worker, once there, has both
        registry.start(failing, load)  # type: ignore[arg-type]
        registry.start(next_one, lambda: models["sst2-joint"])  # type: ignore[arg-type,return-value]
        worker = registry.worker
    assert worker is not None
    worker.join(60)
    assert (failing.state, next_one.state, registry.worker) == ("failed", "done", None)
    assert "a job failed" in caplog.text


@pytest.mark.parametrize("changed", [{"digest": "other"}, {"identity": "other"}])
def test_a_run_does_not_go_on_with_other_weights(registry: Registry, models: dict[str, object], changed: dict[str, str]) -> None:
    model = models["sst2-joint"]
    job = registry.create(model, "rows", bundled("sst2"), {})  # type: ignore[arg-type]
    registry.start(job, lambda: replace(model, **changed))  # type: ignore[type-var]
    wait(registry)
    assert (job.state, job.done) == ("failed", 0)
    assert "the checkpoint was changed since" in job.error
    registry.start(job, lambda: model)  # type: ignore[arg-type]
    wait(registry)
    assert job.state == "done"


def test_a_job_can_be_deleted_while_it_runs(registry: Registry, models: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    held, go = hold(monkeypatch, 0)
    model = models["sst2-joint"]
    job = registry.create(model, "rows", bundled("sst2"), {})  # type: ignore[arg-type]
    registry.start(job, lambda: model)  # type: ignore[arg-type]
    held.wait(30)
    registry.forget(job)
    go.set()
    wait(registry)
    assert registry.find(job.id) is None
    assert not job.store.folder.exists()


def test_too_much_text_is_refused(registry: Registry, models: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_CHARACTERS", 100)
    with pytest.raises(InputError, match="million characters"):
        registry.create(models["sst2-joint"], "rows", bundled("sst2"), {})  # type: ignore[arg-type]
    assert not list(registry.root.iterdir())


def test_what_is_kept_of_a_part_holds_no_text(registry: Registry, models: dict[str, object]) -> None:
    job = ran(registry, models["sst2-joint"], bundled("sst2"), {})
    for file in job.store.folder.glob("part-*"):
        assert not [field for field in pq.read_schema(file) if "string" in str(field.type) or "binary" in str(field.type)]
    assert json.loads((job.store.folder / "about.json").read_text())["labelled"]
