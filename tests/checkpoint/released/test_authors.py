"""Files with the weights of the oracles in their authors' names: what is opened leaves where the authors' own code left."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from dynviz import api
from dynviz.core.engine import run
from dynviz.errors import InputError
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


def fastbert(tensors: Tensors) -> Tensors:
    """UER's names; its scale is what BERT's was before folding, and its segments begin with padding's."""
    width = tensors["bert.embeddings.LayerNorm.weight"].shape[0]
    pairs = [
        ("bert.embeddings.word_embeddings", "embedding.word_embedding"),
        ("bert.embeddings.position_embeddings", "embedding.position_embedding"),
        ("bert.embeddings.token_type_embeddings", "embedding.segment_embedding"), ("bert.embeddings.LayerNorm", "embedding.layer_norm"),
        ("bert.encoder.layer", "encoder.transformer"), ("attention.self.query", "self_attn.linear_layers.0"),
        ("attention.self.key", "self_attn.linear_layers.1"), ("attention.self.value", "self_attn.linear_layers.2"),
        ("attention.output.dense", "self_attn.final_linear"), ("attention.output.LayerNorm", "layer_norm_1"),
        ("intermediate.dense", "feed_forward.linear_1"), ("output.LayerNorm", "layer_norm_2"), ("output.dense", "feed_forward.linear_2"),
        ("heads.", "classifiers."), (".input.", ".output_layer_0."), (".query.", ".self_atten.linear_layers.0."),
        (".key.", ".self_atten.linear_layers.1."), (".value.", ".self_atten.linear_layers.2."),
        (".attention_output.", ".self_atten.final_linear."), (".hidden.", ".output_layer_1."), (".classifier.", ".output_layer_2."),
    ]  # fmt: skip
    out = {}
    for name, tensor in tensors.items():
        own = name
        for ours, theirs_ in pairs:
            own = own.replace(ours, theirs_)
        if "layer_norm" in own:
            unfolded = tensor * np.sqrt(width / (width - 1)) if own.endswith("weight") else tensor
            out[own.replace("weight", "gamma").replace("bias", "beta")] = unfolded
        else:
            out[own] = torch.cat([torch.randn(1, width), tensor]) if "segment" in own else tensor
    return out


OFFICIAL = {
    "deebert": Official(deebert, lambda nats: {"entropy": max(nats, 0.0) / np.log(3)}, early=True),
    "pabee": Official(pabee, lambda patience: {"patience": patience}),
    "fastbert": Official(fastbert, lambda speed: {"speed": speed}),
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


def test_a_text_of_fastbert_ends_without_a_piece_of_its_own(tmp_path: Path) -> None:
    """As both of its authors' codes cut it; and two texts as ever, their segments 1 and 2 the rows that BERT counts from 0."""
    model = api.load(saved("fastbert", tmp_path / "mine"))
    names = model.tokenizer.convert_ids_to_tokens
    assert names(api.cut_text(model, "the film").ids.tolist()) == ["[CLS]", "the", "film"]
    both = model.tokenizer("the film", "good", return_token_type_ids=True)
    assert names(both["input_ids"]) == ["[CLS]", "the", "film", "[SEP]", "good", "[SEP]"]
    assert both["token_type_ids"] == [0, 0, 0, 0, 1, 1]


def test_fastbert_may_say_its_sizes_in_uers_keys(tmp_path: Path) -> None:
    folder = saved("fastbert", tmp_path / "mine")
    want = api.trace(api.load(folder), "the film").probs
    uer = {"model_type": "bert", "layers_num": 4, "heads_num": 4, "feedforward_size": 64, "emb_size": 32, "num_labels": 3}
    (folder / "config.json").write_text(json.dumps(uer))
    np.testing.assert_array_equal(api.trace(api.load(folder), "the film").probs, want)
    (folder / "config.json").write_text(json.dumps(uer | {"pooling": "mean"}))
    with pytest.raises(InputError, match="has pooling = mean: only the first token's vector"):
        api.load(folder)
