"""Whole training runs on a tiny model: every method's loss and recipe, resuming, seeds, what is written."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from dynviz.checkpoint.base_build import BASES
from dynviz.checkpoint.config import read_config
from dynviz.checkpoint.model import load
from dynviz.core.method import Phase, Shape
from dynviz.errors import InputError
from dynviz.measure.evaluate import Subject, run_all
from dynviz.methods import methods
from dynviz.methods.edgebert import EdgeBert
from dynviz.records.tasks import TASKS
from dynviz.training import loop
from dynviz.training.examples import load_split
from dynviz.training.readings import finish
from dynviz.training.recipes import QUEUE, TrainingJob
from dynviz.training.run import SEARCHED_ON, before_rounding, train
from dynviz.training.start import pretrained, start, write_base
from tests.training.fixtures import base_model, data_folder, plain_job

STEPS = 4
TRAINED = [name for name, kind in methods().items() if kind.recipe]


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(str(folder / "model.safetensors"))


def start_for(method: str) -> TrainingJob:
    """The plain model of the method's task."""
    if "sentence" in methods()[method].serves:
        return plain_job()
    return TrainingJob("pos-plain", "Plain tagger", "plain", "pos", options={"hidden": False})


def job_for(method: str) -> TrainingJob:
    kind, below = methods()[method], start_for(method)
    options, two = dict(below.options), kind.stages == 2
    if all(stage.trains == "all" for stage in kind.recipe) and not two:
        return TrainingJob(f"x-{method}", "x", method, below.task, options=options)
    return TrainingJob(
        f"x-{method}", "x", method, below.task, encoder=below.name, own=two, small="distilled" if two else None, judged=two, rank=2,
        options=options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def starts(base: str, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plain models that methods start from, trained once."""
    folder = tmp_path_factory.mktemp("starts")
    for job in {start_for(method).name: start_for(method) for method in TRAINED}.values():
        train(job, data, folder, base, STEPS)
    return folder


@pytest.mark.parametrize("method", TRAINED)
def test_every_method_trains_by_its_recipe_and_loads_again(method: str, base: str, data: Path, starts: Path, tmp_path: Path) -> None:
    shutil.copytree(starts, tmp_path, dirs_exist_ok=True)
    folder = train(job_for(method), data, tmp_path, base, STEPS)
    model = load(folder)
    trained = read_config(folder).trained
    assert list(trained["stages"]) == [stage.name for stage in methods()[method].recipe]
    assert {"data_digest", "seed", "versions", "rows"} <= trained.keys()
    assert all(torch.isfinite(p).all() for p in model.method.parameters())


def test_the_same_seed_gives_the_same_weights(base: str, data: Path, tmp_path: Path) -> None:
    first, second = (weights(train(plain_job(), data, tmp_path / x, base, STEPS)) for x in "ab")
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_another_seed_gives_other_weights(base: str, data: Path, tmp_path: Path) -> None:
    first = weights(train(plain_job(), data, tmp_path / "a", base, STEPS))
    second = weights(train(plain_job(seed=1), data, tmp_path / "b", base, STEPS))
    assert any(not torch.equal(first[key], second[key]) for key in first)


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(base: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = weights(train(plain_job(), data, tmp_path / "whole", base, 6))
    monkeypatch.setattr(loop, "SAVE_EVERY", 0.0)
    step, taken = loop._step, []

    def interrupted(*arguments: object) -> float:
        taken.append(1)
        if len(taken) == 4:
            raise KeyboardInterrupt
        return step(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(plain_job(), data, tmp_path / "cut", base, 6)
    folder = train(plain_job(), data, tmp_path / "cut", base, 6)
    assert len(taken) == 4 + 3  # three steps were kept, the fourth was lost, three were left
    again = weights(folder)
    assert all(torch.equal(whole[key], again[key]) for key in whole)


def test_what_is_finished_is_not_done_again(base: str, data: Path, tmp_path: Path) -> None:
    folder = train(plain_job(), data, tmp_path, base, STEPS)
    before = (folder / "model.safetensors").stat().st_mtime_ns
    train(plain_job(), data, tmp_path, base, STEPS)
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_a_missing_data_folder_is_one_clear_sentence(base: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train_fit\.parquet is missing"):
        train(plain_job(), tmp_path / "nowhere", tmp_path, base, STEPS)


def test_an_untrained_baseline_stores_no_tensors_and_takes_its_encoders_heads(base: str, data: Path, tmp_path: Path) -> None:
    plain = load(train(plain_job(), data, tmp_path, base, STEPS))
    job = TrainingJob("x-topk", "x", "attention_topk", "sst2", encoder="sst2-plain", own=False, options={"pooling": "mean"}, phases=())
    folder = train(job, data, tmp_path, base)
    assert not (folder / "model.safetensors").exists()
    mine, theirs = load(folder).method.state_dict(), plain.method.state_dict()
    assert all(torch.equal(mine[key], theirs[key]) for key in theirs)


def test_a_search_without_training_stores_what_it_found_and_nothing_of_its_start(base: str, data: Path, tmp_path: Path) -> None:
    below = start_for("tokee")
    train(below, data, tmp_path, base, STEPS)
    job = TrainingJob(
        "x-lengths", "x", "length_adaptive", "pos", encoder=below.name, own=False, options={**below.options, "runs": 10}, phases=(),
        frozen=("heads.*",),
    )  # fmt: skip
    model = load(train(job, data, tmp_path, base))
    stored = weights(tmp_path / job.name)
    assert stored.keys() == {"method.profiles", "method.found"}
    split = load_split(data, TASKS["pos"], "calibration", model.tokenizer, SEARCHED_ON, job.seed)
    told = split.labels >= 0
    cheapest = run_all(Subject(model.stages, model.method, "", "pos", ""), split.pieces, {"keep": 0.5, "searched": 1.0})
    right = (cheapest.answer.argmax(1) == split.labels)[told].mean()
    assert stored["method.found"][0].tolist() == pytest.approx([right, cheapest.flops.sum() / cheapest.plain_flops.sum()], abs=1e-3)


def test_a_rule_on_other_heads_stores_no_tensors_though_its_class_has_a_recipe_of_low_rank_updates(
    base: str, data: Path, tmp_path: Path
) -> None:
    train(plain_job(), data, tmp_path, base, STEPS)
    below = train(replace(job_for("pabee"), encoder="sst2-plain"), data, tmp_path, base, STEPS)
    job = TrainingJob("x-pcee", "x", "pcee_bert", "sst2", encoder="x-pabee", own=False, options={"pooling": "mean"}, phases=())
    folder = train(job, data, tmp_path, base)
    assert read_config(folder).stages[0].lora is None
    assert before_rounding(job, data, tmp_path, base) is None
    mine, theirs = load(folder), load(below)
    assert all(torch.equal(mine.method.state_dict()[key], value) for key, value in theirs.method.state_dict().items())
    ids = torch.arange(6)
    states = theirs.stages[0].embed(ids, ids)[None]
    assert torch.equal(mine.stages[0].layers[0].query(states), theirs.stages[0].layers[0].query(states))


def test_low_rank_updates_may_stand_on_low_rank_updates(base: str, data: Path, tmp_path: Path) -> None:
    train(plain_job(), data, tmp_path, base, STEPS)
    lower = TrainingJob("lower", "x", "ltp", "sst2", encoder="sst2-plain", own=False, rank=2, options={"pooling": "mean"})
    upper = TrainingJob("upper", "x", "ltp", "sst2", encoder="lower", own=False, rank=2, options={"pooling": "mean"})
    for job in (lower, upper):
        folder = train(job, data, tmp_path, base, STEPS)
        shipped, precise = load(folder), before_rounding(job, data, tmp_path, base)
        assert precise is not None
        ids, positions = torch.arange(6), torch.arange(6)
        states = shipped.stages[0].embed(ids, positions)[None]
        for mine, theirs in zip(shipped.stages[0].layers, precise.stages[0].layers, strict=True):
            assert torch.allclose(mine.query(states), theirs.query(states), atol=2e-3)


SHARED = TrainingJob("sst2-elbert", "x", "elbert", "sst2", shared=True, options={"pooling": "mean"})


def test_shared_layers_start_as_the_middle_one_and_stay_one(base: str, data: Path, tmp_path: Path) -> None:
    write_base(tmp_path, base)
    (config,), (encoder,) = start(SHARED, data, tmp_path, base, STEPS)
    middle = pretrained(base).encoder.layer[1].state_dict()  # of three
    assert config.shared
    assert len(encoder.layers) == 3
    assert all(torch.equal(tensor, middle[key]) for key, tensor in encoder.model.encoder.layer[2].state_dict().items())
    folder = train(SHARED, data, tmp_path, base, STEPS)
    shipped, precise = load(folder), before_rounding(SHARED, data, tmp_path, base)
    assert precise is not None
    for model in (shipped, precise):
        first, *others = model.stages[0].layers
        assert len(others) == 2
        assert all(layer.outer is first.outer for layer in others)
    moved = precise.stages[0].layers[0].outer.weight - middle["output.dense.weight"]
    assert float(moved.detach().abs().max()) > 0
    assert torch.allclose(shipped.stages[0].layers[2].outer.weight, precise.stages[0].layers[2].outer.weight, atol=1e-3)
    assert {k.split(".")[3] for k in weights(folder) if k.startswith("encoder.")} == {"0"}


def test_shared_layers_take_no_low_rank_updates(base: str, data: Path, tmp_path: Path) -> None:
    train(SHARED, data, tmp_path, base, STEPS)
    job = TrainingJob("x", "x", "dact", "sst2", encoder="sst2-elbert", own=False, rank=2, options={"pooling": "mean"})
    with pytest.raises(InputError, match="Low-rank updates of shared layers"):
        train(job, data, tmp_path, base, STEPS)


def test_heads_may_stand_on_shared_layers(base: str, data: Path, tmp_path: Path) -> None:
    train(SHARED, data, tmp_path, base, STEPS)
    job = TrainingJob("x", "x", "deebert", "sst2", encoder="sst2-elbert", own=False, options={"pooling": "mean"})
    model = load(train(job, data, tmp_path, base, STEPS))
    assert model.config.stages[0].shared
    assert model.stages[0].layers[0].query is model.stages[0].layers[2].query


def test_a_table_is_fitted_where_nothing_is_trained(base: str, data: Path, tmp_path: Path) -> None:
    """EdgeBERT on trained ramps: their own, untouched, and a table from the training rows."""
    train(plain_job(), data, tmp_path, base, STEPS)
    ramps = train(
        TrainingJob("x-deebert", "x", "deebert", "sst2", encoder="sst2-plain", own=False, options={"pooling": "mean"}), data, tmp_path, base
    )
    job = TrainingJob("x-edgebert", "x", "edgebert", "sst2", encoder="x-deebert", own=False, options={"pooling": "mean"}, phases=())
    folder = train(job, data, tmp_path, base)
    mine, theirs = weights(folder), weights(ramps)
    assert mine.keys() - theirs.keys() == {"method.lut"}
    assert all(torch.equal(mine[key], tensor) for key, tensor in theirs.items())
    untouched = EdgeBert(Shape((16,), (3,), 2)).lut
    assert not torch.allclose(load(folder).method.lut, untouched, atol=0.01)  # type: ignore[arg-type]


def test_readings_ship_as_numbers_and_knobs_come_from_the_calibration_split(base: str, data: Path, tmp_path: Path) -> None:
    job = TrainingJob("sst2-joint", "x", "entropy_exit", "sst2", options={"pooling": "mean"})
    folder = train(job, data, tmp_path, base, STEPS)
    metrics = finish(folder, data, before_rounding(job, data, tmp_path, base), say=lambda *_, **__: None)
    assert metrics["report"]["answers"] == 300
    assert read_config(folder).knobs == metrics["knobs"]
    assert abs(metrics["report"]["accuracy"] - metrics["report"]["accuracy_fp32"]) <= 0.02
    for purpose in ("calibration", "report"):
        assert b"warm and funny" not in (folder / f"readings-{purpose}.parquet").read_bytes()


def test_the_queue_names_each_checkpoint_once_and_builds_on_earlier_ones_only() -> None:
    names = [job.name for job in QUEUE]
    assert len(names) == len(set(names))
    for place, job in enumerate(QUEUE):
        assert job.encoder in ("base", *BASES) or job.encoder in names[:place]


def test_frozen_heads_stay_the_starts_are_stored_there_only_and_come_back(base: str, data: Path, tmp_path: Path) -> None:
    start = TrainingJob("sst2-joint", "x", "entropy_exit", "sst2", options={"pooling": "mean"})
    below = load(train(start, data, tmp_path, base, STEPS)).method.state_dict()
    job = TrainingJob(
        "x", "x", "de3bert", "sst2", encoder="sst2-joint", own=False, rank=2, options={"pooling": "mean"}, frozen=("heads.*.hidden.*",)
    )
    folder = train(job, data, tmp_path, base, STEPS)
    assert read_config(folder).heads == "sst2-joint"
    assert not any(".hidden." in key for key in weights(folder))
    model = load(folder)
    mine = model.method.state_dict()
    assert all(torch.equal(mine[key], below[key]) for key in mine if ".hidden." in key)
    assert not torch.equal(mine["heads.1.out.weight"], below["heads.1.out.weight"])


def test_a_cut_model_ships_as_low_rank_updates_of_the_plain_models_lower_layers(tmp_path: Path) -> None:
    """At full rank nothing is lost but the norms and biases, which stay the plain model's; a lower rank holds less of the training."""
    data, base, out = data_folder(tmp_path / "data"), str(base_model(tmp_path / "base")), tmp_path / "out"
    train(plain_job(), data, out, base, limit_steps=2)
    phase = (Phase("tune", "all", epochs=1, lr=1e-2),)
    whole = plain_job("x-whole", depth=2, phases=phase)
    cut = replace(whole, name="x-cut", updates_of="sst2-plain", rank=16)
    models = [load(train(job, data, out, base, limit_steps=8)) for job in (whole, cut, replace(cut, name="x-low", rank=1))]
    weights = [m.stages[0].model.encoder.layer[1].intermediate.dense.weight for m in models]
    plain = load(out / "sst2-plain").stages[0].model.encoder.layer[1].intermediate.dense.weight
    assert [len(m.stages[0].layers) for m in models] == [2, 2, 2]
    assert models[1].config.stages[0].encoder == "sst2-plain"
    assert torch.allclose(weights[0], weights[1], atol=2e-3), "fp16"
    assert 1e-3 < (weights[0] - weights[2]).norm() < (weights[0] - plain).norm()
