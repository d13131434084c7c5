"""The one path for app, command line and notebooks: what is checked, what is said, and that replay and run agree."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import dynviz
from dynviz import api
from dynviz.checkpoint.model import Model
from dynviz.core import engine
from dynviz.data import Examples, bundled, label_rows, read
from dynviz.errors import InputError
from dynviz.measure import evaluate
from dynviz.records import Rows
from tests.api.conftest import NAMES
from tests.checkpoints import some
from tests.tiny import case, sentences

TEXT = "The cast is wonderful, but the plot is dull."


# Loading and knobs


def test_checkpoints_are_found_by_name_and_by_folder(shelf: Path) -> None:
    assert [c.name for c in api.checkpoints(shelf)] == ["sst2-joint", "sst2-ltp", "sst2-plain", "pos-tokee"]
    assert api.find(str(shelf / "sst2-ltp")).name == "sst2-ltp"
    with pytest.raises(InputError, match="there are: sst2-joint, sst2-ltp, sst2-plain, pos-tokee"):
        api.find("nothing", shelf)


def test_knobs_are_the_methods_the_checkpoints_then_the_users(models: dict[str, Model]) -> None:
    assert api.knobs_of(models["pos-tokee"]) == {"delta": 0.3, "window": 1}
    assert api.knobs_of(models["pos-tokee"], {"window": 3}) == {"delta": 0.3, "window": 3}
    assert api.knobs_of(models["sst2-plain"]) == {}


@pytest.mark.parametrize("value", [-0.1, 1.01, "high", None, float("nan"), float("inf"), [1]])
def test_a_knob_out_of_range_is_refused(value: object, models: dict[str, Model]) -> None:
    with pytest.raises(InputError, match="The knob entropy was set to"):
        api.knobs_of(models["sst2-joint"], {"entropy": value})  # type: ignore[dict-item]


def test_off_is_allowed_even_where_it_lies_outside_the_range(models: dict[str, Model]) -> None:
    assert api.knobs_of(models["sst2-joint"], {"entropy": 0}) == {"entropy": 0}


# Traces


@pytest.mark.parametrize("name", NAMES)
def test_a_trace_is_the_same_however_it_was_made(name: str, models: dict[str, Model]) -> None:
    model = models[name]
    analysis = api.analyse(model, TEXT)
    for value in (0.2, 0.6):
        knobs = {k.name: k.points(3)[1] if k.name != "entropy" else value for k in type(model.method).knobs}
        assert analysis.at(knobs).same_as(dynviz.trace(model, TEXT, **knobs), 1e-6)
    assert analysis.full.same_as(analysis.at(model.method.off()), 1e-6)
    assert analysis.full.share == pytest.approx(1, abs=0.25)


def test_a_trace_names_what_made_it(models: dict[str, Model]) -> None:
    trace = dynviz.trace(models["sst2-joint"], TEXT, entropy=0.4)
    assert (trace.model, trace.method, trace.task, trace.knobs) == ("sst2-joint", "entropy_exit", "sst2", {"entropy": 0.4})
    assert trace.digest == models["sst2-joint"].digest
    assert set(trace.versions) == {"dynviz", "torch", "transformers"}
    assert trace.text == TEXT
    assert trace.note == ""


def test_words_may_be_given_as_a_list(models: dict[str, Model]) -> None:
    trace = dynviz.trace(models["pos-tokee"], ["The", "cat", "sleeps", "."])
    assert trace.text == "The cat sleeps ."
    assert trace.leads.sum() == 4


NOTHING = [
    ("", "empty or blank"), (" \n\t", "empty or blank"), ([], "empty or blank"), (["", " "], "empty or blank"), ("\ud800", "surrogate"),
    ("\0", "nothing to read"), ("\u200b", "nothing to read"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), NOTHING)
def test_a_text_without_anything_to_read_is_refused(text: str, why: str, models: dict[str, Model]) -> None:
    for model in models.values():
        with pytest.raises(InputError, match=why):
            dynviz.trace(model, text)


HARD = ["👩‍🚀👍🏽", "שלום עולם", "e\u0301", "<script>alert('x')</script>", "a\0b", "\u202eabc", "x" * 500, "?", "a", "\ufefftext"]


@pytest.mark.parametrize("text", HARD)
@pytest.mark.parametrize("name", NAMES)
def test_any_text_can_be_traced_at_every_knob(text: str, name: str, models: dict[str, Model]) -> None:
    model = models[name]
    for knob in type(model.method).knobs or [None]:  # type: ignore[list-item]
        for value in knob.points(3) if knob else [0]:
            trace = dynviz.trace(model, text, **({knob.name: value} if knob else {}))
            assert 0 < trace.share <= 1.5
            assert np.isfinite(trace.answer[~np.isnan(trace.answer)]).all()


def test_ten_thousand_words_are_cut_and_it_is_said(models: dict[str, Model]) -> None:
    trace = dynviz.trace(models["sst2-plain"], "film " * 10_000)
    assert len(trace.tokens) == 128
    assert trace.note == "Only the first 128 pieces were read; 9,874 words lie beyond the model's limit."
    assert dynviz.trace(models["pos-tokee"], "film " * 10_000).note == trace.note


def test_signs_of_the_models_own_in_a_text_are_said(models: dict[str, Model]) -> None:
    model = models["sst2-joint"]
    said = "The text names [SEP], [MASK]: the model takes that for its own sign"
    assert api.trace(model, "a [SEP] film [MASK] [SEP]").note.startswith(said)
    assert api.trace(model, "a film").note == ""


def test_what_is_no_folder_of_checkpoints_is_said() -> None:
    with pytest.raises(InputError, match="No folder of checkpoints is named: a int was given"):
        api.load("sst2-joint", 3)  # type: ignore[arg-type]


def test_even_characters_beyond_the_cap_are_counted(models: dict[str, Model]) -> None:
    trace = dynviz.trace(models["sst2-plain"], "film " * 50_000)
    assert "49,874 words" in trace.note


# Sweeps


@pytest.mark.parametrize("name", NAMES)
def test_a_sweep_is_a_run_at_each_setting(name: str, models: dict[str, Model], monkeypatch: pytest.MonkeyPatch) -> None:
    model = models[name]
    examples = some(bundled(model.config.task), 10)
    monkeypatch.setattr(evaluate, "CHUNK", 4)  # several chunks, as in larger sets
    monkeypatch.setattr(evaluate, "BATCH_TOKENS", 30)
    seen: list[tuple[int, int]] = []
    sweep = dynviz.sweep(model, examples, 4, progress=lambda done, total: seen.append((done, total)))
    pieces, _ = api.prepare(model, examples)
    for i, knobs in enumerate(sweep.knobs):
        run = engine.run(model.stages, model.method, pieces.ids, pieces.sentences, knobs)
        want = evaluate.outcome(run)
        for key in ("predicted", "flops", "exits"):
            assert np.array_equal(getattr(sweep, key)[i], want[key]), (key, i)
        np.testing.assert_allclose(sweep.depth[i], want["depth"])
    assert sweep.knobs[0] == model.method.off()
    assert seen[-1][0] == seen[-1][1]
    assert [a for a, _ in seen] == sorted(a for a, _ in seen)


def test_a_sweep_of_word_tags_counts_words_not_pieces(models: dict[str, Model]) -> None:
    examples = some(bundled("pos"), 3)
    sweep = dynviz.sweep(models["pos-tokee"], examples, 2)
    assert sweep.predicted.shape[1] == sum(len(t) for t in examples.texts)


def test_labels_of_words_beyond_the_limit_fall_away(models: dict[str, Model]) -> None:
    examples = Examples(("a",), (("film",) * 300,), (("NOUN",) * 300,), ((),))
    pieces, rows = api.prepare(models["pos-tokee"], examples)
    assert len(rows.labels) == 126
    assert pieces.lost.tolist() == [174]


def test_labels_are_needed_and_must_be_the_tasks(models: dict[str, Model]) -> None:
    model = models["sst2-plain"]
    with pytest.raises(InputError, match="have no labels"):
        dynviz.sweep(model, read(b"text\nfine\n", model.task, "a.csv"))
    pieces, _ = api.prepare(model, some(bundled("sst2"), 1))
    with pytest.raises(InputError, match=r"1 label is not of the task, e\.g\. 'meh'"):
        label_rows(Examples(("a",), ("fine",), ("meh",), ((),)), pieces, model.task)


def test_shipped_readings_give_the_sweep_without_the_model(shelf: Path, models: dict[str, Model]) -> None:
    joint = api.find("sst2-joint", shelf)
    again = dynviz.sweep(models["sst2-joint"], some(bundled("sst2"), 12), 5)
    assert len(again.knobs) == 5, "full depth is one of the five: the least of the knob is off"
    for i, knobs in enumerate(again.knobs):
        stored = api.stored_at(joint, "report", knobs)
        assert stored is not None
        assert stored.knobs[-1] == knobs, "exactly this setting, not the nearest of a curve"
        assert np.array_equal(stored.predicted[-1], again.predicted[i])
        assert np.array_equal(stored.flops[-1], again.flops[i])
    assert api.stored_sweep(api.find("sst2-joint", shelf), "nothing") is None


# Baselines


def recorded() -> tuple[evaluate.Recorded, object]:
    c = case("entropy_exit")
    ids, layout = sentences([5, 9, 7, 12, 6, 10, 8, 11])
    labels = np.arange(8) % 3
    rows = Rows(tuple(map(str, range(8))), layout.lengths, ((),) * 8, labels, np.arange(8))
    return evaluate.Recorded(rows, engine.run(c.stages, c.method, ids, layout, c.method.off())), c.method


def test_random_exit_ends_at_full_depth_and_costs_more_with_each_layer() -> None:
    record, method = recorded()
    line = evaluate.random_exit(record, method)  # type: ignore[arg-type]
    assert line.depth.tolist() == [1, 2, 3, 4]
    assert (np.diff(line.share) > 0).all()
    assert line.accuracy[-1] == (record.run.predicted == record.rows.labels).mean()
    assert line.share[-1] == record.run.flops.sum() / record.run.plain_flops.sum()


def test_no_layer_beats_the_oracle() -> None:
    record, method = recorded()
    line = evaluate.oracle_exit(record, method)  # type: ignore[arg-type]
    answers, flops = evaluate.by_layer(record, method)  # type: ignore[arg-type]
    right = answers == record.rows.labels
    assert line.accuracy[0] == right.any(0).mean() >= right.mean(1).max()
    assert flops.min(0).sum() <= line.share[0] * record.run.plain_flops.sum() <= flops.max(0).sum()


def test_everybody_leaving_at_a_layer_pays_for_the_heads_on_the_way() -> None:
    record, method = recorded()
    _, flops = evaluate.by_layer(record, method)  # type: ignore[arg-type]
    inside = record.run.flops - record.run.extra_flops.sum(0)
    head = record.run.plain_head[0]
    assert flops[1].tolist() == [int(f // 4 * 2 + 2 * head) for f in inside]


def test_settings_begin_with_off_and_hold_the_other_knobs() -> None:
    settings = evaluate.settings(type(case("tokee").method), 4, {"window": 5})
    assert settings[0] == {"delta": 0.0, "window": 1}
    assert [s["window"] for s in settings[1:]] == [5] * (len(settings) - 1)
    assert evaluate.settings(type(case("plain").method), 4) == [{}]


def test_batches_hold_about_so_many_tokens_and_every_sentence_once() -> None:
    _, layout = sentences([5, 9, 7, 12, 6])
    groups = [g.tolist() for g in evaluate.batches(layout, 15)]
    assert groups == [[0, 1], [2], [3], [4]]
    assert [g.tolist() for g in evaluate.batches(layout, 3)] == [[0], [1], [2], [3], [4]]


# The package


def test_importing_the_package_loads_neither_torch_nor_numpy() -> None:
    code = "import sys, dynviz; print([m for m in ('torch', 'transformers', 'numpy', 'pandas', 'streamlit') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_listing_checkpoints_loads_no_torch(shelf: Path) -> None:
    code = f"import sys, pathlib, dynviz; dynviz.checkpoints(pathlib.Path({str(shelf)!r})); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_public_names_are_offered_before_they_are_imported() -> None:
    code = "import dynviz, sys; print({*dynviz.__all__, '__version__'} <= {*dir(dynviz)}, 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["True", "False"]


def test_public_names_are_all_there_and_no_others() -> None:
    for name in dynviz.__all__:
        assert getattr(dynviz, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = dynviz.nothing
