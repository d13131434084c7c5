"""Files with the weights of the oracles in their authors' names: what is opened leaves where the authors' own code left."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from dynviz import api
from dynviz.core.engine import run
from tests.checkpoint.released import theirs
from tests.methods.test_parity import logits_agree, oracle, out, sentences

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Official:
    """named: the oracle's tensors as the authors' code saves them; knob: ours for a setting of theirs; early: whether the answer of the
    last layer is another than theirs."""

    named: Callable[[Tensors], Tensors]
    knob: Callable[[float], dict[str, float]]
    early: bool = False


def deebert(tensors: Tensors) -> Tensors:
    """The ramp after the last layer among them, which is asked by the authors and not by us."""
    return {name.replace("heads.", "bert.encoder.highway.").replace(".pooler.", ".pooler.dense.").replace(".dense.dense", ".dense"): value
            for name, value in tensors.items()}  # fmt: skip


def pabee(tensors: Tensors) -> Tensors:
    """Classifiers in a list."""
    return {name.replace("heads.", "classifiers.").replace(".classifier.", "."): value for name, value in tensors.items()}


OFFICIAL = {
    "deebert": Official(deebert, lambda nats: {"entropy": max(nats, 0.0) / np.log(3)}, early=True),
    "pabee": Official(pabee, lambda patience: {"patience": patience}),
}
SETTINGS = [(name, setting) for name in OFFICIAL for setting in oracle(name)[0]["settings"]]


def saved(name: str, folder: Path) -> Path:
    about, tensors = oracle(name)
    shape = about["shape"]
    told = {
        "model_type": "bert", "vocab_size": shape["vocab"], "hidden_size": shape["hidden"], "num_hidden_layers": shape["layers"],
        "num_attention_heads": shape["heads"], "intermediate_size": shape["intermediate"], "max_position_embeddings": shape["positions"],
        "layer_norm_eps": shape["eps"], "num_labels": about["labels"],
    }  # fmt: skip
    weights = {k: v for k, v in tensors.items() if not k.startswith(("input.", "out."))}
    return theirs.save(folder, OFFICIAL[name].named(weights), told)


@pytest.mark.parametrize(("name", "setting"), SETTINGS)
def test_it_leaves_where_the_authors_code_left(name: str, setting: str, tmp_path: Path) -> None:
    official, want = OFFICIAL[name], out(name, setting)
    model = api.load(saved(name, tmp_path / "mine"))
    record = run(model.stages, model.method, *sentences(name), model.knobs(official.knob(oracle(name)[0]["settings"][setting]["knob"])))
    assert record.exit_layer.tolist() == want["exit_layer"].tolist()
    alike = record.exit_layer < len(model.stages[0].layers) if official.early and setting != "off" else np.ones(len(record.answer), bool)
    assert alike.any()
    logits_agree(record.answer[alike], want["logits"][alike])


def test_the_settings_differ() -> None:
    """Guards the test above: sentences leave at different layers."""
    for name in OFFICIAL:
        left = {setting: out(name, setting)["exit_layer"].tolist() for _, setting in SETTINGS if _ == name}
        assert len({tuple(layers) for layers in left.values()}) >= 3, name
