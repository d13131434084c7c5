"""Models of others answer as they do themselves, and what does not fit is refused with one sentence."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer

from dynviz import api
from dynviz.checkpoint import hf
from dynviz.data import pairs
from dynviz.errors import InputError
from dynviz.measure.analysis import run_text
from dynviz.methods import methods
from dynviz.records import Unit
from tests import hub

TEXT = "the film is not good, is the film bad?"
WORDS = ("the", "film", "is", "notable", "good")


def own_answer(folder: Path, head: str, ids: np.ndarray) -> np.ndarray:
    theirs = hub.HEADS[head].from_pretrained(folder, attn_implementation="eager").double().eval()
    with torch.no_grad():
        return np.asarray(theirs(torch.from_numpy(ids)[None]).logits[0].softmax(-1))


@pytest.mark.parametrize("family", hub.FAMILIES)
@pytest.mark.parametrize("head", ["sentence", "token"])
def test_answers_are_the_models_own(family: str, head: str, tmp_path: Path) -> None:
    folder = hub.save(tmp_path / family, family, head)
    model = api.load(folder)
    model.stages[0].model.double()
    model.method.double()
    analysis = api.analyse(model, TEXT if head == "sentence" else WORDS)
    want = own_answer(folder, head, analysis.pieces.ids)
    answer = analysis.full.answer
    if head == "token":
        leads = analysis.full.leads
        assert leads.sum() == len(WORDS)
        answer, want = answer[leads], want[leads]
    near = 1e-6 if family == "modernbert" else 1e-9  # whose attention transformers computes in single precision
    np.testing.assert_allclose(answer.reshape(-1), want.reshape(-1), rtol=0, atol=near)
    assert analysis.full.labels == ("no", "maybe", "yes")
    assert analysis.full.share == 1.0


PAIR = ("the film is not good", "is the film bad, or notable?")


@pytest.mark.parametrize("family", hub.FAMILIES)
def test_answers_on_pairs_are_the_models_own(family: str, tmp_path: Path) -> None:
    """As its own tokenizer and model take two texts: with segments where the model knows them."""
    segments = {"roberta": 1, "deberta-v2": 0}.get(family, 2)
    more = {} if family in ("distilbert", "mpnet", "modernbert") else {"type_vocab_size": segments}
    folder = hub.save(tmp_path / family, family, **more)
    encoded = AutoTokenizer.from_pretrained(folder)(*PAIR, return_tensors="pt", return_token_type_ids=True)
    theirs = hub.HEADS["sentence"].from_pretrained(folder, attn_implementation="eager").eval()
    knows = family in ("bert", "albert", "electra")
    types = {"token_type_ids": encoded["token_type_ids"]} if knows else {}
    with torch.no_grad():
        want = theirs(encoded["input_ids"], **types).logits[0].softmax(-1).numpy()
        alike = theirs(encoded["input_ids"]).logits[0].softmax(-1).numpy()
    model = api.load(folder)
    analysis = api.analyse(model, *PAIR)
    assert analysis.pieces.ids.tolist() == encoded["input_ids"][0].tolist()
    np.testing.assert_allclose(analysis.full.answer[0], want, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(api.trace(model, PAIR[0], PAIR[1]).answer, analysis.full.answer)
    assert knows == (abs(want - alike).max() > 1e-4)


def test_one_pair_answers_among_others_as_alone(tmp_path: Path) -> None:
    """Each piece keeps its segment, at full depth and where tokens are dropped."""
    folder = hub.save(tmp_path / "mine", "bert")
    model = api.load(folder, method="first_tokens")
    both = pairs.cut(model.tokenizer, [("good", "the film is bad"), PAIR], 40)
    off, on = ({"keep": share} for share in (1.0, 0.5))
    for knobs in (off, on):
        together = run_text(model, both, knobs)
        for s in (0, 1):
            np.testing.assert_allclose(run_text(model, both.only(np.array([s])), knobs).answer[0], together.answer[s], rtol=0, atol=1e-6)
            np.testing.assert_array_equal(together.only(s).sentences.segment, both.only(np.array([s])).sentences.segment)
    assert not np.allclose(run_text(model, both, off).answer, run_text(model, both, on).answer)


def test_word_classifiers_take_no_pair(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="answers word by word, of one text"):
        api.trace(api.load(hub.save(tmp_path / "mine", head="token")), *PAIR)


def test_modernbert_pools_as_it_says(tmp_path: Path) -> None:
    """By the mean over all pieces, where its configuration says so, under the norm after its hidden layer."""
    folder = hub.save(tmp_path / "mine", "modernbert", classifier_pooling="mean", classifier_bias=True, norm_bias=True)
    analysis = api.analyse(api.load(folder), TEXT)
    np.testing.assert_allclose(analysis.full.answer[0], own_answer(folder, "sentence", analysis.pieces.ids), rtol=0, atol=1e-5)


def test_of_very_long_texts_the_beginning_is_read(tmp_path: Path) -> None:
    model = api.load(hub.save(tmp_path / "mine", "modernbert", max_position_embeddings=8192))
    assert model.max_length == 2048
    assert "It reads up to 8,192 pieces; here the first 2,048 of a text are read." in model.notes


def test_what_the_files_say_of_methods_without_training_is_so() -> None:
    said = {name: (m.title, m.kind, m.serves, m.untrained) for name, m in methods().items() if m.untrained is not None}
    assert {name: (u.title, u.kind, u.serves, u.options) for name, u in api.untrained().items()} == said
    assert {"plain", "calm", "tome"} < said.keys()


@pytest.mark.parametrize(("family", "head"), [("bert", "sentence"), ("modernbert", "token"), ("deberta-v2", "token")])
def test_methods_without_training_run_on_it(family: str, head: Unit, tmp_path: Path) -> None:
    folder = hub.save(tmp_path / "mine", family, head)
    text = TEXT if head == "sentence" else TEXT.split()
    plain = api.trace(api.load(folder), text)
    for found in api.variants(api.checkpoint_at(folder)):
        model = api.load(found)
        assert (model.config, found.task.unit) == (found.config.model_copy(update={"max_length": model.max_length}), head)
        (knob,) = model.method.knobs
        full, less = (api.trace(model, text, **{knob.name: value}) for value in (knob.off, knob.low if knob.stops == "down" else knob.high))
        np.testing.assert_allclose(full.answer, plain.answer, atol=1e-5)
        assert less.share < full.share == pytest.approx(1.0, abs=0.05)
        assert less.share < 0.9
    assert {c.config.method for c in api.variants(api.checkpoint_at(folder))} >= {"attention_topk", "tome"}


def test_exits_that_nobody_fitted_are_none_of_them(tmp_path: Path) -> None:
    """They are trained in another way than by a recipe, and would answer by classifiers of random numbers."""
    with pytest.raises(InputError, match="has to be trained"):
        api.load(hub.save(tmp_path / "mine"), method="expected_accuracy")


def test_methods_with_training_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="DeeBERT has to be trained"):
        api.load(hub.save(tmp_path / "mine"), method="deebert")


def test_methods_for_words_do_not_fit_classifiers_of_sentences(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it answers once per word, the model once per sentence"):
        api.load(hub.save(tmp_path / "mine"), method="calm")


def test_an_encoder_without_head_is_told_to_be_trained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"BertModel, without a classifier: .* Train one: python -m dynviz train"):
        api.load(hub.save(tmp_path / "bare", head="none"))


def test_its_labels_are_read_from_data_files(tmp_path: Path) -> None:
    from dynviz.data import read

    model = api.load(hub.save(tmp_path / "mine"))
    examples = read(b"text,label\nthe film is good,YES\nthe film is bad,No\n", model.task, "a.csv")
    assert examples.labels == ("yes", "no")
    assert api.sweep(model, examples, 3).accuracy.shape == (1,)


def rewrite(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    raw = json.loads(file.read_text())
    file.write_text(json.dumps({**raw, **changes}))


def drop_tensor(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors.pop("classifier.bias")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def pickled(folder: Path) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def truncated(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])


def without_tokenizer(folder: Path) -> None:
    for file in folder.glob("token*"):
        file.unlink()


BREAKS = {
    "kind": (lambda f: rewrite(f, model_type="gpt2"), "of type 'gpt2'"),
    "width": (lambda f: rewrite(f, hidden_size=10**9), "hidden_size = 1000000000"),
    "layers": (lambda f: rewrite(f, num_hidden_layers=10**6), "num_hidden_layers = 1000000"),
    "another shape": (lambda f: rewrite(f, hidden_size=32), "cannot be read"),
    "regression": (lambda f: rewrite(f, problem_type="regression"), "built for regression"),
    "labels": (lambda f: rewrite(f, id2label={"0": "a"}), "labels of .* do not fit"),
    "same labels": (lambda f: rewrite(f, id2label={"0": "a", "1": "a", "2": "b"}), "labels of .* do not fit"),
    "decoder": (lambda f: rewrite(f, is_decoder=True), "is a decoder"),
    "small vocabulary": (lambda f: rewrite(f, vocab_size=10), "tokenizer of .* is not the model's"),
    "missing tensor": (drop_tensor, "not complete: 1 tensors are missing, first 'classifier.bias'"),
    "pickle": (pickled, "pytorch_model.bin is there, and pickled weights can run code"),
    "truncated": (truncated, "weights of .* cannot be read"),
    "no tokenizer": (without_tokenizer, "has no tokenizer: a text cannot"),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "the weights are missing"),
    "remote code": (lambda f: rewrite(f, model_type="mine", auto_map={"AutoConfig": "evil.Config"}), "of type 'mine'"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_what_does_not_fit_is_one_sentence(case: str, tmp_path: Path) -> None:
    change, why = BREAKS[case]
    folder = hub.save(tmp_path / "mine")
    change(folder)
    with pytest.raises(InputError, match=why) as caught:
        hf.load(folder)
    assert "\n" not in str(caught.value)


def test_a_hub_id_without_network_is_one_sentence() -> None:
    with pytest.raises(InputError, match="configuration of nobody/nothing-here cannot be read"):
        api.load("nobody/nothing-here")


@pytest.mark.parametrize(("head", "task"), [("sentence", "custom"), ("token", "custom-tags")])
def test_it_is_listed_like_a_checkpoint_without_being_loaded(head: str, task: str, tmp_path: Path) -> None:
    hub.save(tmp_path / "mine", head=head)
    (found,) = api.checkpoints(tmp_path)
    assert (found.name, found.config.method, found.task.name, found.task.labels) == ("mine", "plain", task, ("no", "maybe", "yes"))
    assert found.task == dataclasses.replace(api.load("mine", tmp_path).task, max_length=found.task.max_length)
    assert api.card(found).name == "plain"
    texts = api.examples(task)
    assert texts
    trace = api.trace(api.load(found.folder), texts[0].text)
    assert (trace.model, trace.task) == ("mine", task)
    assert api.first_texts(task)[0]
