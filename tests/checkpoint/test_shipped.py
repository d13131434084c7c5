"""The checkpoints in the box: complete, small, numbers only, and still doing what they did when they were made."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from dynviz import api
from dynviz.checkpoint import golden
from dynviz.data import bundled
from dynviz.errors import InputError
from dynviz.measure import evaluate
from dynviz.measure.grid import FINEST
from dynviz.measure.stored import replayable
from dynviz.methods import card, methods
from dynviz.records.tasks import TASKS

ALL = {c.name: c for c in api.checkpoints(repeats=True)}
RUNNABLE = [name for name, c in ALL.items() if c.runnable]
FIRST = {(ALL[name].config.method, ALL[name].task.unit): name for name in reversed(RUNNABLE)}  # of a method, for each kind of answer
PLACES = {"minilm"}


def test_the_box_is_not_empty() -> None:
    assert {"sst2-plain", "sst2-joint", "sst2-deebert", "pos-tokee", "sst2-ltp"} <= set(ALL)


def test_a_name_that_is_none_is_answered_with_the_nearest_and_not_with_all() -> None:
    with pytest.raises(InputError, match=r"there are: sst2-12-pabee, .* and \d+ others") as caught:
        api.find("sst2-12-pabe")
    assert "python -m dynviz checkpoints" in caught.value.do
    assert len(str(caught.value)) < 400


def test_every_method_has_a_checkpoint() -> None:
    assert {c.config.method for c in ALL.values()} == set(methods())


def test_the_box_is_under_280_megabytes_and_no_file_over_45() -> None:
    sizes = [f.stat().st_size for f in api.checkpoint_root().rglob("*") if f.is_file()]
    assert sum(sizes) < 280e6
    assert max(sizes) < 45e6


def test_no_pickle_is_in_the_box() -> None:
    allowed = {".json", ".safetensors", ".parquet", ".txt", ".md"}
    assert {f.suffix for f in api.checkpoint_root().rglob("*") if f.is_file()} <= allowed


@pytest.mark.parametrize("name", list(ALL))
def test_readings_hold_numbers_only(name: str) -> None:
    for split in ("calibration", "report"):
        file = ALL[name].recorded(split) or ALL[name].outcomes(split)
        assert file is not None, f"{name} ships no readings for {split}"
        schema = pq.read_schema(file)
        texts = [f.name for f in schema if "string" in str(f.type)]
        assert set(texts) <= {"id", "tags"}


@pytest.mark.parametrize("name", list(ALL))
def test_full_depth_metrics_follow_from_the_readings(name: str) -> None:
    metrics = ALL[name].config.trained["metrics"]
    for split in ("calibration", "report"):
        sweep = api.stored_sweep(ALL[name], split, 5)
        assert sweep is not None
        assert sweep.accuracy[0] == pytest.approx(metrics[split]["accuracy"], abs=5e-4)
        assert len(sweep.rows.ids) == metrics[split]["sentences"]


@pytest.mark.parametrize("name", [name for name, c in ALL.items() if c.recorded("report") and c.runnable])
def test_operating_points_replayed_ahead_are_those_of_the_readings(name: str) -> None:
    ahead = api.stored_sweep(ALL[name], "report")
    assert ALL[name].outcomes("report"), "run `python -m dynviz checkpoints --replay-ahead`"
    assert ahead is not None
    own = ahead.find(api.default_knobs(ALL[name]))
    recorded, about, _ = replayable(ALL[name], "report") or pytest.fail("no readings")
    assert own is not None
    some = sorted({0, own, len(ahead.knobs) // 2})
    fresh = evaluate.replayed(recorded, about, [ahead.knobs[i] for i in some])
    for part in ("predicted", "flops", "exits"):
        assert np.array_equal(getattr(ahead, part)[some], getattr(fresh, part)), part


@pytest.mark.parametrize("name", list(ALL))
def test_figures_at_the_shipped_setting_are_of_exactly_that_setting(name: str) -> None:
    """Every table reads them from the config or from `api.shipped_point`: both equal a replay of the very setting it ships with."""
    checkpoint = ALL[name]
    if not api.card(checkpoint).knobs:
        return
    metrics, knobs = checkpoint.config.trained["metrics"], api.default_knobs(checkpoint)
    assert metrics["knobs"] == knobs
    for split in ("calibration", "report"):
        shown, fresh = metrics[split]["at_knobs"], api.stored_at(checkpoint, split, knobs)
        assert fresh is not None, "a method that cannot be replayed is measured at the setting it ships with"
        assert fresh.knobs[-1] == knobs
        assert shown["accuracy"] == pytest.approx(fresh.accuracy[-1], abs=1e-5)
        assert shown["share"] == pytest.approx(fresh.share[-1], abs=1e-4)
        assert [shown[k] for k in ("difference", "low", "high")] == pytest.approx(list(fresh.differences[-1]), abs=1e-5)
        curve = api.stored_sweep(checkpoint, split)
        assert curve is not None
        assert curve.find(knobs) is not None, "the curve holds the point"


@pytest.mark.parametrize("name", [name for name, c in ALL.items() if api.card(c).knobs])
def test_one_rule_sets_all_knobs_or_the_checkpoint_says_by_hand(name: str) -> None:
    metrics = ALL[name].config.trained["metrics"]
    there = metrics["calibration"]
    match metrics["knobs_by"]:
        case "calibration":
            assert there["at_knobs"]["accuracy"] >= there["accuracy"] - 0.005 - 1e-9
            assert there["at_knobs"]["share"] < 1.2
        case "off":
            assert metrics["knobs"] == api.method_of(ALL[name]).off()
        case "hand":
            assert metrics["knobs_why"]
        case other:
            raise AssertionError(f"knobs_by is {other!r}")


@pytest.mark.parametrize("name", [name for name in RUNNABLE if api.card(ALL[name]).knobs])
def test_a_default_curve_has_no_gap_where_settings_lie_between(name: str) -> None:
    """At most 10 points of compute between neighbours, unless they are neighbouring steps of the knob (or the knob's end and off)."""
    checkpoint, knob = ALL[name], api.card(ALL[name]).knobs[0]
    sweep = api.stored_sweep(checkpoint, "calibration")
    assert sweep is not None
    there = np.array(knob.points(FINEST))  # on the knob's own scale
    steps = np.array([np.abs(there - k[knob.name]).argmin() for k in sweep.knobs[1:]])
    order = np.argsort(steps)
    gaps = np.abs(np.diff(sweep.share[1:][order]))
    between = np.diff(steps[order]) > 1
    assert not len(gaps) or gaps[between].max(initial=0) <= 0.1


@pytest.mark.parametrize("name", RUNNABLE)
def test_stored_cards_say_what_the_methods_say_now(name: str) -> None:
    assert golden.read_card(ALL[name].folder) == card(ALL[name].config.method), "run `python -m dynviz checkpoints --refresh-cards`"


@pytest.mark.parametrize("name", [name for name, c in ALL.items() if c.config.repeats])
def test_further_seeds_repeat_a_checkpoint_in_the_box(name: str) -> None:
    config = ALL[name].config
    original = ALL[config.repeats or ""].config
    assert (config.method, config.task, config.options) == (original.method, original.task, original.options)
    assert config.trained["seed"] != original.trained["seed"]
    assert not ALL[name].runnable


@pytest.mark.parametrize("name", RUNNABLE)
def test_golden_traces_come_out_again_and_bundled_sentences_run(name: str) -> None:
    """Both of one model: loading it is what takes long. Whether any sentence can be run is its method's doing: one model of it is asked."""
    pairs = golden.read(ALL[name].folder).pairs
    assert pairs, f"{name} has no golden traces"
    model = api.load(name)
    for pair in pairs:
        analysis = api.analyse(model, pair.trace.text)
        for now, then in ((analysis.at(pair.trace.knobs), pair.trace), (analysis.full, pair.full)):
            assert np.array_equal(now.transformed, then.transformed)
            assert np.array_equal(now.visible, then.visible)
            assert now.flops == then.flops
            np.testing.assert_allclose(now.answer, then.answer, atol=2e-3, equal_nan=True)
        stored, said = pair.compared, analysis.compared(analysis.at(pair.trace.knobs))
        assert [(c.reading, c.label, c.side, c.group) for c in stored] == [(c.reading, c.label, c.side, c.group) for c in said]
    for text in bundled(model.config.task).texts[:3] if name in FIRST.values() else [pairs[0].trace.text]:
        analysis = api.analyse(model, text)
        assert analysis.at().flops <= analysis.full.flops, "full depth is the dearest"
        assert all(label in ("", *TASKS[model.config.task].labels) for label in analysis.full.predicted)


@pytest.mark.parametrize("name", [name for name in RUNNABLE if ALL[name].offered])
def test_the_first_screen_shows_two_stored_texts_of_about_one_length(name: str) -> None:
    found = api.stored_golden(ALL[name])
    assert found.first is not None, "run `python -m dynviz checkpoints --golden`"
    known = api.bundled(ALL[name].config.task)
    texts = {id: text if isinstance(text, str) else " ".join(text) for id, text in zip(known.ids, known.texts, strict=True)}
    assert [texts[id] for id in found.first.ids] == [pair.trace.text for pair in found.first.pairs]
    cheap, dear = (pair.trace for pair in found.first.pairs)
    assert cheap.share <= dear.share
    assert abs(len(cheap.tokens) - len(dear.tokens)) <= 1
    assert all(pair.trace.predicted == pair.full.predicted for pair in found.first.pairs)
    assert all(trace.knobs == api.default_knobs(ALL[name]) for trace in (cheap, dear))


def test_golden_traces_stay_small() -> None:
    assert sum((c.folder / "golden.json").stat().st_size for c in ALL.values() if (c.folder / "golden.json").exists()) < 6_000_000
