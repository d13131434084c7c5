"""Released checkpoints that are not whole, of two families, or of one that is not opened: each refused in one sentence that names it."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from dynviz import api
from dynviz.errors import InputError
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
