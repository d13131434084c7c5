"""Released checkpoints that are not whole, of two families, or of one that is not opened: each refused in one sentence that names it."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from dynviz import api
from dynviz.errors import InputError
from tests import hub
from tests.checkpoint.released import theirs
from tests.checkpoint.released.families import Theirs, case
from tests.checkpoint.released.theirs import Tensors

Change = Callable[[Theirs], tuple[Tensors, dict[str, object]]]


def without(name: str, of: str) -> tuple[str, Change]:
    return of, lambda one: ({k: v for k, v in one.tensors.items() if k != name}, one.config)


def shaped(name: str, of: str, *shape: int) -> tuple[str, Change]:
    return of, lambda one: ({**one.tensors, name: torch.ones(shape)}, one.config)


def told(of: str, **more: object) -> tuple[str, Change]:
    return of, lambda one: (one.tensors, {**one.config, **more})


def and_more(of: str, *names: str) -> tuple[str, Change]:
    return of, lambda one: ({**one.tensors, **{name: torch.ones(3, 16) for name in names}}, one.config)


def alone(tensors: Tensors, **config: object) -> tuple[str, Change]:
    return "ElasticBERT", lambda one: (tensors, dict(config))


DEEBERT, PABEE = "DeeBERT on BERT", "PABEE on BERT"
RAMP = "bert.encoder.highway.1.pooler.dense.weight"
REFUSED: dict[str, tuple[tuple[str, Change], str]] = {
    "a ramp lacks a tensor": (without(RAMP, DEEBERT), f"is DeeBERT, and not whole: 1 tensors of its exits are missing, first '{RAMP}'"),
    "no last classifier": (without("classifier.weight", DEEBERT), "is DeeBERT, and not whole: .* first 'classifier.weight'"),
    "a layer is missing": (
        without("bert.encoder.layer.1.output.dense.bias", PABEE),
        "not complete: 1 tensors are missing, first 'encoder.layer.1.output.dense.bias'.* encoder included",
    ),
    "a ramp of another width": (shaped(RAMP, DEEBERT, 16, 8), rf"'{RAMP}' has the shape \(16, 8\), config.json asks for \(16, 16\)"),
    "a classifier more of classes": (shaped("classifiers.1.weight", PABEE, 4, 16), r"'classifiers.1.weight' has the shape \(4, 16\)"),
    "one output": (shaped("classifiers.0.weight", PABEE, 1, 16), "is a regressor: its head 'classifiers.0.weight' has one output"),
    "more exits than layers": (
        told(DEEBERT, num_hidden_layers=2), "with exits that do not fit: 'bert.encoder.highway.2.classifier.bias' is of a layer",
    ),
    "more layers than exits": (told(PABEE, num_hidden_layers=4), "is PABEE, and not whole: 2 tensors .* first 'classifiers.3.bias'"),
    "layers without end": (told(PABEE, num_hidden_layers=10**9), "has num_hidden_layers = 1000000000"),
    "of another type": (told(PABEE, model_type="roberta"), "named bert.*config.json says it is of type roberta"),
    "labels too few": (told(PABEE, id2label={"0": "a", "1": "b"}), "names in id2label is 2, and its head 'classifiers.0.weight' has 3"),
    "two families": (and_more(DEEBERT, "classifiers.0.weight"), "are of DeeBERT and of PABEE: which of them answers is not said"),
    "names that differ": (
        ("BERxiT on BERT, both names", lambda one: ({**one.tensors, "core.pooler.dense.bias": torch.ones(16)}, one.config)),
        "'bert.pooler.dense.bias' and 'core.pooler.dense.bias' of .* differ",
    ),
    "PALBERT with PonderNet's head": (
        ("PALBERT", lambda one: ({k: v for k, v in one.tensors.items() if "feature" not in k}, one.config)), "is PALBERT, and not whole",
    ),
    "PALBERT with a deeper head": (
        and_more("PALBERT", "classifiers.exit_head.feature_extractor.3.0.weight"), "is PALBERT with another halting head",
    ),
    "ElasticBERT as released": (
        ("ElasticBERT", lambda one: ({k: v for k, v in one.tensors.items() if "classifiers" not in k}, one.config)),
        "is ElasticBERT as it was pre-trained: it has no classifiers",
    ),
    "ElasticBERT with fewer exits": (told("ElasticBERT", num_output_layers=2), "is ElasticBERT with num_output_layers = 2"),
    "ToP's gates": (and_more(PABEE, "token_z"), "are of PABEE and of ToP"),
    "ACT": (
        alone({"albert.encoder.albert_layer.act.dense.weight": torch.ones(1, 16)}, model_type="albert_act"),
        "is the adaptive-depth ALBERT .*: its state is mixed",
    ),
    "EENet": (
        alone({"bert.poolers.0.dense.weight": torch.ones(16, 16), "classifiers.0.weight": torch.ones(3, 16)}, model_type="bert"),
        "is EENet on BERT: after which layers its exits stand",
    ),
    "Dynamic-TinyBERT": (
        alone({"qa_outputs.weight": torch.ones(2, 16)}, model_type="bert", _name_or_path="Intel/dynamic_tinybert"),
        "is Dynamic-TinyBERT: it answers questions by a span",
    ),
    "two encoders": (and_more(PABEE, "albert.embeddings.word_embeddings.weight"), "one encoder is needed, .* there is bert and albert"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    (of, change), why = REFUSED[name]
    folder = theirs.save(tmp_path / "mine", *change(case(of)))
    with pytest.raises(InputError, match=why) as caught:
        api.load(folder)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600 + 4 * len(str(folder))


def test_a_model_of_top_without_its_gates_is_a_plain_one(tmp_path: Path) -> None:
    folder = hub.save(tmp_path / "mine")
    (folder / "zs.pt").write_bytes(b"")
    with pytest.raises(InputError, match=r"is ToP: which layers its gates belong to .* opens as a plain one, without pruning"):
        api.load(folder)
    (folder / "zs.pt").unlink()
    assert api.load(folder).config.method == "plain"
