"""Exits fitted together with low-rank updates of somebody's encoder: what is stored is what runs, and what cannot be tuned says so."""

import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

import dynviz
from dynviz import api
from dynviz.checkpoint.tensors import read_tensors
from dynviz.core import lora
from dynviz.errors import InputError
from dynviz.fitting import ramps, tuning
from dynviz.fitting.base import fitted_methods, tuned_methods
from dynviz.fitting.states import collected
from dynviz.fitting.tuning import RANK
from dynviz.measure import evaluate
from dynviz.methods._ramps import Ramps
from dynviz.training import loop
from tests import hub
from tests.fitting import made
from tests.fitting.test_fit import fitted, report_rows

TUNABLE = ("bert", "roberta", "electra", "mpnet", "deberta-v2")


@pytest.mark.parametrize("family", TUNABLE)
def test_what_is_stored_of_a_tuned_model_is_what_was_measured(family: str, tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    found = fitted(tmp_path, family, tune=1, tell=lambda *step: steps.append(step))
    again, plain = api.load(found.folder), api.load(tmp_path / family)
    assert found.model.config.method == "entropy_exit"
    assert again.digest == found.model.digest
    rows = report_rows(plain, made.rows())
    for point in (0, len(found.report.knobs) - 1):
        run = evaluate.run_all(evaluate.subject_of(again), rows.pieces, found.report.knobs[point])
        np.testing.assert_array_equal(evaluate.outcome(run)["predicted"], found.report.predicted[point])
        np.testing.assert_array_equal(run.flops, found.report.flops[point])
    both = [evaluate.run_all(evaluate.subject_of(m), rows.pieces, m.method.off()).answer for m in (again, found.model)]
    np.testing.assert_array_equal(both[0], both[1])
    before = evaluate.run_all(evaluate.subject_of(plain), rows.pieces, plain.method.off()).answer
    assert abs(both[0] - before).max() > 1e-4, "the model changed"
    done, total = [step[1:] for step in steps if step[0] == "tuning"][-1]
    assert done == total > 0


def test_exits_are_fitted_anew_on_what_tuning_left(tmp_path: Path) -> None:
    found = fitted(tmp_path, tune=1)
    method, rows = found.model.method, report_rows(api.load(tmp_path / "bert"), made.rows(), "fit")
    assert isinstance(method, Ramps)
    states = collected(found.model.stages[0], method, rows.pieces, tmp_path, seed=0)
    for layer, given in states.layers.items():
        weight, bias = ramps.fitted(given, rows.labels.copy(), method.shape.classes, seed=0)
        np.testing.assert_allclose(method.head(layer).out.weight, weight, rtol=2e-3, atol=1e-4)
        np.testing.assert_allclose(method.head(layer).out.bias, bias, rtol=2e-3, atol=1e-4)


def test_an_update_stands_beside_every_matrix_of_every_layer(tmp_path: Path) -> None:
    found = fitted(tmp_path, tune=1)
    updates = {name: tensor for name, tensor in read_tensors(found.folder).items() if name.startswith("lora.")}
    stored = {name.removeprefix("lora.model."): tuple(tensor.shape) for name, tensor in updates.items()}
    assert stored == lora.shapes(api.load(tmp_path / "bert").stages[0].model, RANK.rank)
    assert len(stored) == 3 * 6 * 2, "three layers, six matrices, two factors"


def as_before_training(folder: Path) -> Path:
    """The tiny model with norms that do nothing yet, as a model that is about to be trained has them."""
    tensors = load_file(folder / "model.safetensors")
    for name, tensor in tensors.items():
        if name.endswith("LayerNorm.weight"):
            tensor.fill_(1)
        elif name.endswith(".bias"):
            tensor.zero_()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_tuning_learns_and_is_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for rate in ("RATE", "HEAD_RATE"):
        monkeypatch.setattr(tuning, rate, 0.02)  # so small a model learns by large steps
    monkeypatch.setattr(loop, "fastest", lambda *_: "fp32")  # which of two is faster may differ from time to time
    base, data = as_before_training(hub.save(tmp_path / "bert")), made.rows(200)
    one, other = (dynviz.fit_exits(base, data, tmp_path / name, tune=epochs) for name, epochs in (("one", 1), ("other", 20)))
    before, after = (f.model.config.trained["metrics"]["report"]["accuracy"] for f in (one, other))
    assert after > before + 0.2, "the labels hang on one word, which a random encoder hardly lets its last state tell"
    same = dynviz.fit_exits(base, data, tmp_path / "same", tune=1)
    np.testing.assert_array_equal(same.predict_proba(["the film is good"]), one.predict_proba(["the film is good"]))
    before = one.model.config.trained["full_depth_before"]["report"]
    (said,) = [note for note in one.notes if note.startswith("The model was tuned")]
    assert said.endswith(f"and {100 * before:.1f} % were before.")
    plain = evaluate.run_all(evaluate.subject_of(api.load(base)), report_rows(api.load(base), data).pieces, {})
    assert before == pytest.approx(float((plain.answer.argmax(1) == report_rows(api.load(base), data).labels).mean()))


def test_words_are_tuned_by_the_method_of_words(tmp_path: Path) -> None:
    found = fitted(tmp_path, head="token", data=made.tagged(), tune=0.5)
    assert found.model.config.method == tuned_methods("token")[0] == "sentee"
    assert api.load(found.folder).digest == found.model.digest


@pytest.mark.parametrize("family", sorted(set(hub.FAMILIES) - set(TUNABLE)))
def test_what_cannot_be_tuned_says_so_before_anything_is_fitted(family: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"\({family}\) cannot be tuned: its layers are built in another way than BERT's"):
        fitted(tmp_path, family, tune=1)
    assert not (tmp_path / "fitted").exists()


@pytest.mark.parametrize("epochs", [-1, 21, float("nan"), "1", True])
def test_epochs_that_cannot_be_are_refused(epochs: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is the number of epochs, from 0"):
        fitted(tmp_path, tune=epochs)


def test_a_method_that_freezes_the_model_is_not_tuned(tmp_path: Path) -> None:
    assert "deebert" in fitted_methods("sentence")
    with pytest.raises(InputError, match="DeeBERT cannot be tuned on this model: its encoder is not trained together with its classifiers"):
        fitted(tmp_path, method="deebert", tune=1)
    with pytest.raises(InputError, match="cannot be fitted on this model: it needs more than a classifier"):
        fitted(tmp_path, method="entropy_exit")


def test_early_answers_are_held_against_exits_without_tuning(tmp_path: Path) -> None:
    """DeeBERT's rule and exits are the entropy exit's before it is tuned."""
    base, data = as_before_training(hub.save(tmp_path / "bert")), made.rows(200)
    tuned, plain = (dynviz.fit_exits(base, data, tmp_path / n, budget=0.6, tune=epochs) for n, epochs in (("tuned", 1), ("plain", 0)))
    point = tuned.report.find(tuned.model.knobs())
    share = tuned.sweep.share[tuned.sweep.find(tuned.model.knobs())]
    (said,) = [note for note in tuned.notes if note.startswith("At the chosen knob")]
    here, without = (float(x) for x in re.findall(r"([\d.]+) %", said))
    assert here == pytest.approx(100 * tuned.report.score[point], abs=0.06)
    assert without == pytest.approx(100 * plain.report.accuracy[plain.report.find(plain.knobs(float(share)))], abs=0.06)
