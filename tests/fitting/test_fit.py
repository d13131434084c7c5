"""Exits fitted on somebody's classifier: at full depth it answers as before, what is stored is what runs, each mistake is a sentence."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from torch import nn

import dynviz
from dynviz import api
from dynviz.checkpoint.model import Model
from dynviz.checkpoint.standing import sha_of
from dynviz.data import Examples, examples_from, examples_of
from dynviz.data.given_table import table_given
from dynviz.errors import InputError
from dynviz.fitting.base import fitted_methods
from dynviz.fitting.fitted import Fitted
from dynviz.fitting.rows import Part, parts_of, split
from dynviz.measure import evaluate
from tests import hub
from tests.checkpoint.released import families, theirs
from tests.fitting import made


def fitted(folder: Path, family: str = "bert", head: str = "sentence", data: Any = None, **options: Any) -> Fitted:
    """A tiny model of this family, and what was fitted on it, side by side."""
    base = folder / family if (folder / family).exists() else hub.save(folder / family, family, head)
    return dynviz.fit_exits(base, data or made.rows(), folder / "fitted", **options)


def given(data: Any, task: Any) -> Examples:
    """The rows as examples, those of three parts as pairs."""
    if len(data[0]) == 2:
        return examples_from(data, task)
    columns = {name: [row[i] for row in data] for i, name in enumerate(("text", "second", "label"))}
    return examples_of(table_given(columns), task, ("text", "second"), "label")


def report_rows(model: Model, data: Any, part: str = "report") -> Part:
    """The rows that are kept aside to measure, or those of another part, cut for a model."""
    base: Any = SimpleNamespace(ground=model, task=model.task)  # of the model, only its tokenizer and limit are asked
    return parts_of(given(data, model.task), base, 0)[0][part]


def check(found: Fitted, base: Path, data: Any, text: Any) -> None:
    """Off is plain, what was stored is what runs, and what is opened again answers alike."""
    model, plain = found.model, api.load(base)
    plain = replace(plain, config=plain.config.model_copy(update={"pair": model.config.pair}))  # which its files do not say
    off = model.method.off()
    pieces = api.prepare(plain, given(data, plain.task))[0]
    full, alone = (evaluate.run_all(evaluate.subject_of(m), pieces, m.method.off()) for m in (model, plain))
    np.testing.assert_allclose(full.answer[~np.isnan(full.answer)], alone.answer[~np.isnan(alone.answer)], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(full.plain_flops, alone.flops)
    again = api.load(found.folder)
    assert (again.digest, again.identity, again.config) == (model.digest, model.identity, model.config)
    report = found.report
    measured = report_rows(plain, data)
    assert measured.rows.ids == report.rows.ids
    for point in {0, len(report.knobs) // 2, len(report.knobs) - 1, report.find(model.knobs()) or 0}:
        run = evaluate.run_all(evaluate.subject_of(again), measured.pieces, report.knobs[point])
        np.testing.assert_array_equal(evaluate.outcome(run)["predicted"], report.predicted[point])
        np.testing.assert_array_equal(run.flops, report.flops[point])
        np.testing.assert_array_equal(run.plain_flops, report.plain_flops)
    assert report.knobs[0] == off
    assert report.share[0] > 1  # the exits are not free
    assert report.share.min() < 0.7
    np.testing.assert_array_equal(api.analyse(again, *text).full.probs, api.analyse(model, *text).full.probs)


@pytest.mark.parametrize("family", hub.FAMILIES)
def test_a_classifier_of_any_family_becomes_adaptive(family: str, tmp_path: Path) -> None:
    found = fitted(tmp_path, family)
    check(found, tmp_path / family, made.rows(), ["the film is good"])
    stored = found.folder / "model.safetensors"
    assert stored.stat().st_size < 4000, "what the model had is not stored again"
    assert found.model.config.method == fitted_methods("sentence")[0] == "deebert"


@pytest.mark.parametrize("family", ["modernbert", "deberta-v2"])
def test_a_tagger_of_words_becomes_adaptive(family: str, tmp_path: Path) -> None:
    found = fitted(tmp_path, family, "token", made.tagged())
    check(found, tmp_path / family, made.tagged(), [["the", "film"]])
    assert found.model.config.method == "sentee"
    tags = found.predict([["the", "film", "is", "good"], "bad film"])
    assert [len(one) for one in tags] == [4, 2]
    assert [one.shape for one in found.predict_proba(["bad film"])] == [(2, 3)]


def test_a_classifier_of_pairs_becomes_adaptive(tmp_path: Path) -> None:
    found = fitted(tmp_path, data=made.pairs())
    check(found, tmp_path / "bert", made.pairs(), ["the film is good", "bad film"])
    one, other = found.predict_proba([("good film", "bad"), ("bad", "good film")])
    assert abs(one - other).max() > 1e-3, "which text comes first is seen"
    np.testing.assert_array_equal(found.predict_proba(["good film\nbad"]), found.predict_proba([("good film", "bad")]))
    assert json.loads((found.folder / "config.json").read_text())["pair"] is True
    assert 'dynviz.trace(model, "first text\\nsecond text").depth' in found.card("me/pairs")
    with pytest.raises(InputError, match="This model compares two texts: one line was given"):
        found.predict(["good film"])
    with pytest.raises(InputError, match="Text 2 is empty"):
        found.predict([("good film", "bad"), ("good film", " ")])


def test_the_columns_of_a_pair_are_named_or_found(tmp_path: Path) -> None:
    base, columns = hub.save(tmp_path / "bert"), ("other", "label", "one", "more")
    rows = {name: [(b, label, a, f"{b} and {a}")[i] for a, b, label in made.pairs()] for i, name in enumerate(columns)}
    file = tmp_path / "rows.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([columns, *zip(*rows.values(), strict=True)])
    wanted = dynviz.fit_exits(base, made.pairs()).model
    named = dynviz.fit_exits(base, file, text="one", pair="other").model
    assert stored(named) == stored(wanted)
    found = dynviz.fit_exits(base, {name: rows[name] for name in ("one", "other", "label")}, pair="other").model
    assert stored(found) == stored(wanted)
    with pytest.raises(InputError, match=r"beside 'label', was not named: a pair was found in other and one\. Name both columns"):
        dynviz.fit_exits(base, file, pair="label")
    with pytest.raises(InputError, match=r"has no column 'nothing'|no column"):
        dynviz.fit_exits(base, file, text="one", pair="nothing")


def stored(model: Model) -> list[list[float]]:
    """What was fitted, as numbers."""
    return [tensor.flatten().tolist() for _, tensor in sorted(model.method.state_dict().items())]


@pytest.mark.parametrize("method", ["pabee", "pcee_bert", "expected_accuracy"])
def test_other_rules_are_fitted(method: str, tmp_path: Path) -> None:
    """PABEE's shared pooler is the model's own hidden layer, whatever its activation."""
    found = fitted(tmp_path, "electra", method=method)
    report, again = found.report, api.load(found.folder)
    text = "the film is good"
    np.testing.assert_array_equal(api.analyse(again, text).full.probs, api.analyse(found.model, text).full.probs)
    part = report_rows(again, made.rows())
    for point in (0, len(report.knobs) - 1):
        run = evaluate.run_all(evaluate.subject_of(again), part.pieces, report.knobs[point])
        np.testing.assert_array_equal(run.flops, report.flops[point])
        np.testing.assert_array_equal(run.predicted, report.predicted[point])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    """One of BERT at a budget, for tests that only look at it."""
    return fitted(tmp_path_factory.mktemp("fit"), data=made.rows(100), budget=0.7)


def test_exits_learn_what_the_rows_say(shared: Fitted) -> None:
    """The random model itself knows nothing of the labels; an exit after its first layer does."""
    report = shared.report
    assert report.accuracy[0] < 0.4
    assert report.accuracy[-1] > 0.6
    assert report.exits[-1].max() == 1


def test_the_budget_is_kept_where_it_was_chosen(shared: Fitted) -> None:
    point = shared.sweep.find(shared.model.knobs())
    assert point is not None
    assert shared.sweep.share[point] <= 0.7
    assert shared.model.config.trained["metrics"]["knobs_why"].startswith("the best within 70% of the compute")
    cheap, dear = shared.knobs(0.5), shared.knobs(0.99)
    spent = [shared.sweep.share[shared.sweep.find(knobs) or 0] for knobs in (cheap, dear)]
    assert spent[0] <= 0.5
    assert spent[1] <= 0.99
    texts = [text for text, _ in made.rows()]
    probs = shared.predict_proba(texts, budget=0.5)
    run = [api.trace(shared.model, text, **cheap).answer[0] for text in texts[:3]]
    np.testing.assert_allclose(probs[:3], run, rtol=0, atol=1e-4)
    assert shared.predict(texts[:3], budget=0.5) == [shared.classes_[i] for i in probs[:3].argmax(1)]
    with pytest.raises(InputError, match="the model reads one text at a time"):
        shared.predict([("good film", "bad")])
    assert shared.predict([]) == []
    assert shared.predict_proba([]).shape == (0, 3)


def test_labels_in_another_order_are_the_models_own(tmp_path: Path, shared: Fitted) -> None:
    turned = [(text, {"yes": "YES", "no": "No", "maybe": "maybe"}[label]) for text, label in reversed(made.rows())]
    found = fitted(tmp_path, data=turned)
    assert found.classes_ == ["no", "maybe", "yes"]
    report, texts = found.report, dict(made.rows())
    rows = examples_from(turned, found.model.task)
    told = dict(zip(rows.ids, rows.texts, strict=True))
    assert [found.classes_[i] for i in report.rows.labels] == [texts[told[i]] for i in report.rows.ids]


def test_parts_are_drawn_by_the_seed_and_each_label_has_its_share(shared: Fitted) -> None:
    examples = examples_from(made.rows(100), shared.model.task)
    one, same, other = (split(examples, seed, 1000) for seed in (0, 0, 1))
    assert [len(part) for part in one] == [60, 20, 20]
    assert sorted(np.concatenate(one)) == list(range(100))
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (one[1].tolist(), one[2].tolist()) != (other[1].tolist(), other[2].tolist())
    assert examples.labels is not None
    for label in shared.classes_:
        many = [sum(examples.labels[i] == label for i in part) for part in one]
        assert abs(many[1] - sum(many) / 5) <= 1
    assert [len(part) for part in split(examples, 0, 7)] == [86, 7, 7]


SHORT = made.rows(3)
ALIKE = [(text, "yes") for text, _ in made.rows(20)]


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        (SHORT, {}, "There are too few rows: 3 are there, and a fifth is kept for choosing, a fifth for measuring. Give 10 or more"),
        (ALIKE, {}, "The rows to fit on have fewer than two labels: all rows are labelled 'yes'. Give rows of several of no, maybe, yes"),
        ([(text, "what") for text, _ in made.rows()], {}, "40 labels are not of the task, first 'what'"),
        (made.rows(), {"budget": 0.4, "risk": 0.02}, "A budget and a risk were both given"),
        (made.rows(), {"budget": 40}, "The budget is 40: it is a share, between 0 and 1"),
        (made.rows(), {"method": "berxit"}, "BERxiT cannot be fitted on this model: it needs more than a classifier after each layer"),
        (made.rows(), {"method": "sentee"}, "SENTEE cannot be fitted on this model: the model answers once per sentence"),
        (made.rows(), {"method": "nothing"}, "No method is called 'nothing'"),
        (made.rows(), {"out": "/"}, "/ is there already: nothing is written over"),
        (made.rows(), {"out": "/proc/x"}, "/proc/x cannot be written: "),
        (made.rows(), {"out": "a\0b"}, "'a\\x00b' is no path: embedded null byte"),
        (made.rows(), {"out": "a\nb"}, "A checkpoint cannot be called 'a\\nb': "),
        (made.rows(), {"out": "a\udcff"}, "A checkpoint cannot be called 'a\\udcff': "),
        (made.rows(), {"out": "x" * 300}, "A checkpoint cannot be called 'xxx"),
        (made.tagged(), {}, "not of the task"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_sentence(data: Any, options: dict[str, Any], said: str, shared: Fitted, tmp_path: Path) -> None:
    given = {"out": tmp_path / "out", **options}
    with pytest.raises(InputError) as error:
        dynviz.fit_exits(shared.folder.parent / "bert", data, **given)
    assert said in str(error.value)
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_an_empty_file_is_one_sentence(shared: Fitted, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("")
    with pytest.raises(InputError, match=r"rows\.csv"):
        dynviz.fit_exits(shared.folder.parent / "bert", tmp_path / "rows.csv")


def test_models_that_cannot_be_fitted_on_are_one_sentence(shared: Fitted, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it holds a checkpoint of dynviz"):
        dynviz.fit_exits(shared.folder, made.rows())
    with pytest.raises(InputError, match=r"nobody cannot be read: no folder of this name is there, and an id of the .* Hub is owner/name"):
        dynviz.fit_exits(tmp_path / "nobody", made.rows())
    (hub.save(tmp_path / "broken") / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"broken.config\.json is not JSON"):
        dynviz.fit_exits(tmp_path / "broken", made.rows())
    with pytest.raises(InputError, match="without a classifier"):
        dynviz.fit_exits(hub.save(tmp_path / "bare", head="none"), made.rows())
    (hub.save(tmp_path / "gpt") / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(InputError, match="is of type 'gpt2'"):
        dynviz.fit_exits(tmp_path / "gpt", made.rows())
    with pytest.raises(InputError, match=r"Pairs of texts were given: .* answers word by word, of one text"):
        dynviz.fit_exits(hub.save(tmp_path / "tagger", head="token"), made.pairs())
    released = families.pabee()
    with pytest.raises(InputError, match=r"Exits cannot be fitted on .*: it is a checkpoint of PABEE, which has its own"):
        dynviz.fit_exits(theirs.save(tmp_path / "released", released.tensors, released.config), made.rows())
    with pytest.raises(InputError, match="No model to fit on was named"):
        dynviz.fit_exits(shared.model, made.rows())  # type: ignore[arg-type]


def test_long_texts_and_absent_labels_are_told(tmp_path: Path) -> None:
    data = [(text + " film" * 60 * (i == 3), label) for i, (text, label) in enumerate(made.rows()) if label != "maybe"]
    found = fitted(tmp_path, data=data)
    assert "1 text is longer than the 40 pieces the model takes: the beginning is read." in found.notes
    assert "No row to fit on is labelled maybe: early exits will hardly answer so." in found.notes


def test_a_promise_chooses_the_knob(tmp_path: Path) -> None:
    found = fitted(tmp_path, data=made.rows(60), risk=0.9)
    point = found.sweep.find(found.model.knobs())
    assert point
    assert found.sweep.agreement[point] > 0.1
    kept = dynviz.fit_exits(tmp_path / "bert", made.rows(), risk=0.01)
    assert kept.model.knobs() == kept.model.method.off()
    assert kept.notes[-1].startswith("On 8 rows no setting can promise that at most 1.0% of the answers differ")


def test_a_model_is_opened_only_as_it_was(shared: Fitted, tmp_path: Path) -> None:
    there = tmp_path / "there"
    shutil.copytree(shared.folder.parent, there)
    config = json.loads((there / "fitted" / "config.json").read_text())
    assert config["stands_on"]["sha256"] == sha_of(there / "bert")
    config["stands_on"]["folder"] = str(tmp_path / "gone" / "bert")
    (there / "fitted" / "config.json").write_text(json.dumps(config))
    moved = api.load(there / "fitted")  # beside the checkpoint
    np.testing.assert_array_equal(api.trace(moved, "good film").answer, api.trace(shared.model, "good film").answer)
    weights = there / "bert" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    with pytest.raises(InputError, match=r"not the model that fitted stands on: its files have the SHA-256 \w{12}\.\.\., and fitted was"):
        api.load(there / "fitted")
    shutil.rmtree(there / "bert")
    with pytest.raises(InputError, match=r"fitted stands on a model that is not there: no folder is .*gone/bert"):
        api.load(there / "fitted")


def test_nothing_stands_on_a_model_with_exits_of_its_own(shared: Fitted, tmp_path: Path) -> None:
    """Also where the SHA-256 is made to fit, as nobody does by mistake."""
    released, folder = families.pabee(), shutil.copytree(shared.folder, tmp_path / "fitted")
    config = json.loads((folder / "config.json").read_text())
    on = theirs.save(tmp_path / "bert", released.tensors, released.config)
    config["stands_on"] |= {"folder": "bert", "sha256": sha_of(on)}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match=r"fitted cannot stand on .*bert: it is a checkpoint of PABEE, which has exits of its own"):
        api.load(folder)


def test_a_checkpoint_of_it_is_listed_and_measured(shared: Fitted) -> None:
    problems: list[str] = []
    found = {c.name: c for c in api.checkpoints(shared.folder.parent, problems)}["fitted"]
    assert not problems
    assert (found.task.labels, found.layers, found.measured) == (("no", "maybe", "yes"), 3, True)
    assert found.backbone == f"base-{sha_of(shared.folder.parent / 'bert')[:12]}"
    assert api.stored_sweep(found, "calibration") is not None
    assert api.stored_pairs(found), "traces of bundled texts are there before a model is loaded"
    assert [p.trace.digest for p in api.stored_pairs(found)] == [found.digest] * 3


def test_what_was_saved_answers_again(shared: Fitted, tmp_path: Path) -> None:
    kept = dynviz.Fitted.from_pretrained(shared.save_pretrained(tmp_path / "kept"))
    texts = ["the film is good", "bad"]
    np.testing.assert_array_equal(kept.predict_proba(texts), shared.predict_proba(texts))
    assert repr(kept).startswith("<Fitted DeeBERT on ")
    assert len(repr(kept)) < 300
    with pytest.raises(InputError, match="was not fitted: it stands on no model of others"):
        dynviz.Fitted.from_pretrained(hub.save(tmp_path / "theirs"))


def test_the_result_is_saved_where_it_is_wanted(shared: Fitted, tmp_path: Path) -> None:
    found = dynviz.fit_exits(shared.folder.parent / "bert", made.rows())
    assert found.folder.is_dir()
    kept = found.save_pretrained(tmp_path / "kept")
    assert api.load(kept).digest == found.model.digest
    with pytest.raises(InputError, match="is there already"):
        found.save_pretrained(kept)


def test_only_linear_layers_are_fitted(shared: Fitted) -> None:
    method = shared.model.method
    fitted = {name for name, part in method.named_modules() if isinstance(part, nn.Linear) and not name.startswith("heads.3.")}
    assert fitted == {"heads.1.out", "heads.2.out"}
