"""What others released is opened as it is, and answers after every layer as the authors' formula does."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from dynviz import api
from dynviz.errors import InputError
from tests import hub
from tests.checkpoint.released import theirs
from tests.checkpoint.released.families import CASES, berxit, case, halting, palbert

TEXTS = ("the film is good", "bad", "is the film not bad?", "the the the", "not good!")


@pytest.mark.parametrize("name", CASES)
def test_it_is_listed_as_what_it_is_and_answers_by_the_authors_formula(name: str, tmp_path: Path) -> None:
    one = case(name)
    theirs.save(tmp_path / "mine", one.tensors, one.config)
    (found,) = api.checkpoints(tmp_path)
    assert (found.config.method, found.config.title, found.task.labels) == (one.method, one.title, theirs.LABELS)
    model = api.load(found)
    ids, probs = theirs.answered(model)
    theirs.agree(model, one.formula(one.tensors, theirs.states(model, ids)), ids, probs)
    assert model.config == found.config.model_copy(update={"max_length": model.config.max_length})
    assert model.notes[0] == f"Released as {one.title}."
    knobs = type(model.method).knobs
    most = {knob.name: knob.high if knob.stops == "up" else knob.low for knob in knobs}
    assert min(trace.exit_layer for trace in api.traces(model, TEXTS, most)) < theirs.LAYERS
    assert {trace.exit_layer for trace in api.traces(model, TEXTS, {knob.name: knob.off for knob in knobs})} == {theirs.LAYERS}


def test_names_of_old_are_read(tmp_path: Path) -> None:
    """gamma and beta of a norm, "module." before all, no model_type, counted places among the tensors."""
    one = case("DeeBERT on BERT")
    pairs = (("", "module."), ("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta"))
    old = one.tensors
    for new, before in pairs:
        old = {name.replace(new, before) if new else before + name: tensor for name, tensor in old.items()}
    old["module.bert.embeddings.position_ids"] = torch.arange(40)[None]
    folder = theirs.save(tmp_path / "old", old, {**one.config, "architectures": ["DeeBertForSequenceClassification"], "model_type": None})
    want = theirs.answered(api.load(theirs.save(tmp_path / "new", one.tensors, one.config)))[1]
    model = api.load(folder)
    np.testing.assert_array_equal(theirs.answered(model)[1], want)
    assert model.notes == ("Released as DeeBERT.",)


@pytest.mark.parametrize("name", ["pabee", "pcee_bert", "f_pabee", "plain", "attention_topk"])
def test_one_network_under_other_rules(name: str, tmp_path: Path) -> None:
    """PABEE's kin, and what needs no more than the classifier after the last layer."""
    one = case("PABEE on BERT")
    folder = theirs.save(tmp_path / "mine", one.tensors, one.config)
    want = theirs.answered(api.load(folder))[1][-1]
    model = api.load(folder, method=name)
    assert model.config.method == name
    np.testing.assert_allclose(theirs.answered(model)[1][-1], want, rtol=0, atol=1e-6)


def test_what_it_was_not_made_for_is_refused(tmp_path: Path) -> None:
    one = case("PABEE on BERT")
    with pytest.raises(InputError, match=r"LTP has to be trained: .* Use one of: pabee, pcee_bert, f_pabee, .*plain"):
        api.load(theirs.save(tmp_path / "mine", one.tensors, one.config), method="ltp")


def test_plain_deebert_is_the_classifier_that_transformers_reads(tmp_path: Path) -> None:
    one = case("DeeBERT on BERT")
    folder = theirs.save(tmp_path / "mine", one.tensors, one.config)
    ids = theirs.answered(api.load(folder))[0]
    own = hub.HEADS["sentence"].from_pretrained(folder, attn_implementation="eager").eval()
    with torch.no_grad():
        want = own(torch.from_numpy(ids)[None]).logits[0].softmax(-1).numpy()
    np.testing.assert_allclose(theirs.answered(api.load(folder, method="plain"))[1][-1], want, rtol=0, atol=1e-5)
    assert "bert.encoder.highway.2.classifier.weight" in load_file(folder / "model.safetensors")


@pytest.mark.parametrize("told", [True, False])
def test_palberts_vectors_of_layers_are_read_where_they_are_told(told: bool, tmp_path: Path) -> None:
    one = palbert(told)
    model = api.load(theirs.save(tmp_path / "mine", one.tensors, one.config))
    found = api.analyse(model, theirs.TEXT)
    states = theirs.states(model, found.pieces.ids)
    want = halting(one, states, told)[: theirs.LAYERS - 1]
    np.testing.assert_allclose(found.full.readings["lambda"][1:-1], want, rtol=0, atol=1e-5)
    assert not np.allclose(want, halting(one, states, not told)[: theirs.LAYERS - 1], atol=1e-2)
    assert any("vectors of layers are not read" in note for note in model.notes) != told


def test_berxits_own_rule_is_asked_for_and_needs_a_layer_that_was_trained(tmp_path: Path) -> None:
    one = berxit(second=False)
    folder = theirs.save(tmp_path / "mine", one.tensors, one.config)
    model = api.load(folder, method="berxit")
    found = api.analyse(model, theirs.TEXT)
    states = theirs.states(model, found.pieces.ids)
    ramps = [theirs.linear(h[0], one.tensors, f"bert.encoder.highway.{i}.pooler.dense").tanh() for i, h in enumerate(states[:-1])]
    want = [float(theirs.linear(x, one.tensors, "bert.encoder.lte_classifier").sigmoid()) for x in ramps]
    np.testing.assert_allclose(found.full.readings["doubt"][1:-1], want, rtol=0, atol=1e-5)
    fresh = {"bert.encoder.lte_classifier.weight": 0.02 * torch.randn(1, 16), "bert.encoder.lte_classifier.bias": torch.zeros(1)}
    fresh |= {name.replace("bert.", "core.", 1): tensor for name, tensor in fresh.items()}
    folder = theirs.save(tmp_path / "fresh", {**one.tensors, **fresh}, one.config)
    assert api.load(folder).config.method == "deebert"
    with pytest.raises(InputError, match="cannot be opened as BERxiT: its lte_classifier was never trained"):
        api.load(folder, method="berxit")


def test_a_static_elasticbert_is_a_plain_model(tmp_path: Path) -> None:
    one = case("ElasticBERT")
    kept = {name: tensor for name, tensor in one.tensors.items() if not name.startswith(("classifiers.0", "classifiers.1"))}
    last = {name.replace("classifiers.2", "classifier"): tensor for name, tensor in kept.items()}
    want = theirs.answered(api.load(theirs.save(tmp_path / "dynamic", one.tensors, one.config)))[1][-1]
    model = api.load(theirs.save(tmp_path / "static", last, {**one.config, "num_output_layers": 1}))
    assert model.config.method == "plain"
    np.testing.assert_allclose(theirs.answered(model)[1][-1], want, rtol=0, atol=1e-6)
