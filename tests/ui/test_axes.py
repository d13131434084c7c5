"""Milliseconds, energy and the batch on the Trade-off page: nothing before it is asked for, and then the numbers that follow from it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.measure.energy import relative_energy
from dynviz.records import Sweep, shipped_times
from dynviz.records.times import Measured, Times, flow
from dynviz.ui.shell import cache
from tests.checkpoints import SEEDS, SPECS, Spec, build
from tests.ui.look import WORDS
from tests.ui.tradeoff import opened

ROOT = Path(__file__).parents[2]
CURVE = "Entropy exit, joint training"
MORE = (Spec("sst2-edge", "edgebert", knobs=(("entropy", 0.5),)), Spec("sst2-cascade-cut", "cascade", layers=(2, 4), readings_only=True))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("axes"), (*(s for s in SPECS if s.task == "sst2"), *SEEDS[:1], *MORE), sentences=24)


@pytest.fixture(autouse=True)
def here(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))
    monkeypatch.setattr(api, "measure", lambda model, _progress: line(model.config.name))
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def line(name: str) -> Times:
    """A layer takes 4 ms and 1 ms a sentence; twice as much for one that is not the plain model."""
    twice = 1 if name == "sst2-plain" else 2
    about = {"processor": "Abacus 9", "date": "2026-01-02", "threads": "1"}
    return Times(name, 0.004 * twice, 0.001 * twice, 0.0, 0.002, 0.0, (Measured("full depth", 1, 16, 0.01, 0.0125),), about)


def words(at: AppTest) -> str:
    return "\n".join(e.value for kind in WORDS for e in getattr(at, kind)).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def stored(name: str) -> Sweep:
    found = api.stored_sweep(api.find(name), "report")
    assert found is not None
    return found


def figures(at: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def curves(at: AppTest) -> dict[str, dict[str, Any]]:
    """The traces of the chart with the Pareto front, by name; empty where it is not drawn."""
    found = next((f for f in figures(at) if any(t.get("name") == "Pareto front" for t in f["data"])), None)
    return {} if found is None else {t["name"]: t for t in found["data"]} | {"layout": found["layout"]}


def test_before_it_is_measured_there_is_an_instruction_and_no_chart() -> None:
    at = opened("sst2-joint", axis="Milliseconds")
    assert not curves(at)
    assert "No times ship for the model in use: they belong to a machine." in words(at)
    assert "Until then nothing is drawn on this axis." in words(at)
    assert at.selectbox(key="tradeoff.line").value == CURVE


@pytest.mark.parametrize("batch", [1, 32])
def test_after_measuring_every_point_lies_at_the_time_that_follows(batch: int) -> None:
    at, sweep = opened("sst2-joint", axis="Milliseconds", batch=str(batch)), stored("sst2-joint")
    at.button(key="measure.axis").click().run()
    assert not at.exception
    assert not at.error
    found = curves(at)
    own, plain = line("sst2-joint"), line("sst2-plain")
    wanted = own.per_sentence(sweep.exits, sweep.flops, batch)
    assert sorted(found[CURVE]["x"]) == pytest.approx(sorted(wanted.round(3)))
    cuts = [plain.per_sentence(stored(n).exits[:1], stored(n).flops[:1], batch)[0] for n in ("sst2-plain-2", "sst2-plain")]
    assert sorted(found["one fixed depth"]["x"]) == pytest.approx(sorted(np.round(cuts, 3)))
    assert found["plain model"]["x"] == pytest.approx([round(cuts[1], 3)])
    forced = [own.per_sentence(np.full((1, 24), k), np.zeros((1, 24), int), batch)[0] for k in (1, 4)]
    assert (min(found["random exit"]["x"]), max(found["random exit"]["x"])) == pytest.approx(tuple(np.round(forced, 3)))
    oracle = next(b for b in api.stored_baselines(api.find("sst2-joint"), "report") if b.exits is not None)
    assert oracle.exits is not None
    assert found["oracle exit"]["x"] == pytest.approx(own.per_sentence(oracle.exits[None], oracle.exits[None] * 0, batch).round(3))
    assert found["other seeds (1)"]["x"]
    of = "a batch of one" if batch == 1 else "batches of 32"
    assert found["layout"]["xaxis"]["title"]["text"] == f"milliseconds per text in {of}, one thread of Abacus 9"
    assert "this misses the measured runs by at most 25 %" in words(at)


def test_other_curves_are_measured_on_demand_and_named_until_then() -> None:
    cache_times = "sst2-joint"
    at = opened("sst2-joint")
    cache.measure(cache_times, lambda *_: None)
    at.segmented_control(key="axis").set_value("ms").run()
    assert CURVE in curves(at)
    assert "plain model" not in curves(at)
    assert "not measured on this machine, or without a model to run." in words(at)
    at.button(key="measure.more").click().run()
    assert "plain model" in curves(at)


def test_the_batch_size_is_asked_only_where_it_matters() -> None:
    at = opened("sst2-joint")
    assert "batch" not in [e.key for e in at.segmented_control]
    at.segmented_control(key="axis").set_value("ms").run()
    assert "batch" in [e.key for e in at.segmented_control]


@pytest.fixture
def shipped(shelf: Path) -> Iterator[None]:
    """Times of two models ship, of another machine, half as quick."""
    there = {"processor": "Slide rule 2", "date": "2025-12-24", "threads": "1"}
    found = {api.find(n).digest: replace(line(n), call=line(n).call * 2, machine=there) for n in ("sst2-joint", "sst2-plain")}
    shipped_times.write(found, shelf / shipped_times.FILE)
    yield
    (shelf / shipped_times.FILE).unlink()


@pytest.mark.usefixtures("shipped")
def test_times_that_ship_are_drawn_at_once_with_their_machine_and_measuring_here_replaces_them() -> None:
    at, sweep = opened("sst2-joint", axis="Milliseconds"), stored("sst2-joint")
    there = replace(line("sst2-joint"), call=0.016)
    assert sorted(curves(at)[CURVE]["x"]) == pytest.approx(sorted(there.per_sentence(sweep.exits, sweep.flops, 1).round(3)))
    assert "one thread of Slide rule 2" in curves(at)["layout"]["xaxis"]["title"]["text"]
    assert "on Slide rule 2, one thread, 2025-12-24, and shipped; this machine may differ" in words(at)
    assert "plain model" in curves(at)
    at.button(key="measure.more").click().run()
    assert sorted(curves(at)[CURVE]["x"]) == pytest.approx(sorted(line("sst2-joint").per_sentence(sweep.exits, sweep.flops, 1).round(3)))
    assert "on this machine (Abacus 9, one thread, 2026-01-02)" in words(at)


@pytest.mark.usefixtures("shipped")
def test_times_of_two_machines_never_stand_on_one_axis() -> None:
    cache.measure("sst2-joint", lambda *_: None)
    at = opened("sst2-joint", axis="Milliseconds")
    assert CURVE in curves(at)
    assert "plain model" not in curves(at), "the plain model's time ships, and was not measured here"
    assert {name: found.machine["processor"] for name, found in cache.times_alike(["sst2-joint", "sst2-plain"]).items()} == dict.fromkeys(
        ("sst2-joint", "sst2-plain"), "Slide rule 2"
    )
    cache.measure("sst2-plain", lambda *_: None)
    assert {t.machine["processor"] for t in cache.times_alike(["sst2-joint", "sst2-plain"]).values()} == {"Abacus 9"}


def test_a_file_of_times_that_does_not_fit_counts_as_none(shelf: Path) -> None:
    (shelf / shipped_times.FILE).write_text("{}")
    try:
        assert cache.times("sst2-joint") is None
    finally:
        (shelf / shipped_times.FILE).unlink()


@pytest.mark.usefixtures("shipped")
def test_times_are_a_checkpoints_own(shelf: Path) -> None:
    config = shelf / "sst2-joint" / "config.json"
    held = config.read_text()
    config.write_text(held.replace("0.5", "0.25"))
    try:
        assert cache.times("sst2-joint") is None
        assert cache.times("sst2-plain") is not None
    finally:
        config.write_text(held)


def test_energy_of_a_method_that_does_not_foresee_its_exits_is_its_share_of_layers() -> None:
    at, sweep = opened("sst2-joint", axis="Energy"), stored("sst2-joint")
    assert sorted(curves(at)[CURVE]["x"]) == pytest.approx(sorted((sweep.exits.mean(1) / 4 * 100).round(3)))
    assert "does not foresee after which layer it will stop" in words(at)


def test_energy_says_why_a_model_has_no_place_on_it() -> None:
    at = opened("sst2-ltp", axis="Energy")
    assert "LTP" not in curves(at)
    assert "EdgeBERT" in curves(at), "whom the axis was made for is drawn, of another kind though it is"
    assert "plain model" in curves(at)
    assert "LTP is not drawn: it saves tokens inside a layer" in words(at)


def test_energy_is_the_models_of_layers_foreseen_and_computed_and_says_so() -> None:
    at, sweep = opened("sst2-edge", axis="Energy"), stored("sst2-edge")
    found = curves(at)
    wanted = relative_energy(sweep.exits, sweep.exits, 4).mean(1) * 100
    assert sorted(found["EdgeBERT"]["x"]) == pytest.approx(sorted(wanted.round(3)))
    if CURVE in found:  # at full speed
        assert sorted(found[CURVE]["x"]) == pytest.approx(sorted((stored("sst2-joint").exits.mean(1) / 4 * 100).round(3)))
    assert found["one fixed depth"]["x"] == pytest.approx(np.round(relative_energy([2, 4], [2, 4], 4) * 100, 3))
    assert "random exit" not in found
    assert "LTP" not in found
    assert "A model, not a measurement" in words(at)
    assert "Random exit is left out" in words(at)


def test_a_batch_is_drawn_from_the_exits_of_the_setting_in_use() -> None:
    at, sweep = opened("sst2-joint", **{"section": "batch", "batch.size": "8"}), stored("sst2-joint")
    assert "How long a batch takes belongs to a machine" in words(at)
    at.button(key="measure.batch").click().run()
    at.number_input(key="batch.which").set_value(2).run()
    assert not at.exception
    point = next(i for i, k in enumerate(sweep.knobs) if dict(k) == {"entropy": 0.5})
    rows = slice(8, 16)
    one = flow(line("sst2-joint"), sweep.exits[point][rows], sweep.flops[point][rows], sweep.plain_flops[rows], 4)
    drawn = next(f for f in figures(at) if any(str(t.get("name", "")).startswith("leaving") for t in f["data"]))
    ends = [b + x for t in drawn["data"] if t["name"].startswith("leaving") for b, x in zip(t["base"], t["x"], strict=True)]
    assert max(ends) == pytest.approx(one.totals[1])
    assert "Over all 3 batches of 8 of the evaluation split" in words(at)
    at.slider(key="batch.size").set_value(24).run()
    assert at.number_input(key="batch.which").value == 1


@pytest.mark.parametrize(("model", "why"), [("sst2-ltp", "every text stays in the batch"), ("sst2-cascade", "one model to another")])
def test_methods_whose_sentences_cannot_leave_say_why(model: str, why: str) -> None:
    assert why in words(opened(model, section="batch"))


def test_one_marker_moves_in_curve_histogram_promise_and_batch() -> None:
    cache.measure("sst2-joint", lambda *_: None)
    at, sweep = opened("sst2-joint"), stored("sst2-joint")
    for point in (3, 30):
        at.select_slider(key=f"tradeoff.point.{CURVE}").set_value(point).run()
        ring = curves(at)["operating point"]
        assert ring["x"] == pytest.approx([float(sweep.share[point]) * 100])
        bars = next(f for f in figures(at) if {"right", "wrong"} <= {t.get("name") for t in f["data"]})
        stopped = [sum(t["y"][i] for t in bars["data"] if t["name"] in ("right", "wrong")) for i in range(4)]
        assert stopped == np.bincount(sweep.exits[point], minlength=5)[1:].tolist()
        at.segmented_control(key="section").set_value("risk").run()
        risk = next(f for f in figures(at) if any(t.get("name") == "not tested" for t in f["data"]))
        assert next(t["x"] for t in risk["data"] if t["name"] == "operating point") == [point - 1]
        at.segmented_control(key="section").set_value("batch").run()
        lanes = next(f for f in figures(at) if any(t.get("name") == "leaving: layer 1" for t in f["data"]))
        slowest = max(int(t["name"].split()[-1]) for t in lanes["data"] if t["name"].startswith("leaving: layer"))
        assert slowest == sweep.exits[point].max()
        assert at.session_state["sst2-joint.entropy"] == sweep.knobs[point]["entropy"]
