"""Our rules against the authors' own code: their exits, kept tokens and logits on tiny seeded weights (see tests/oracles)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from dynviz.core.encoder import Encoder
from dynviz.core.engine import run
from dynviz.core.heads import Head
from dynviz.core.method import Method, Shape
from dynviz.methods.deebert import DeeBert
from dynviz.methods.ltp import Ltp
from dynviz.records import Run, Sentences

ORACLES = Path(__file__).parents[1] / "oracles"
SETTINGS = ("off", "mild", "strong")
Tensors = dict[str, torch.Tensor]


@cache
def oracle(name: str) -> tuple[dict[str, Any], Tensors]:
    return json.loads((ORACLES / f"{name}-tiny.json").read_text()), load_file(ORACLES / f"{name}-tiny.safetensors")


def knob(name: str, setting: str) -> float:
    return float(oracle(name)[0]["settings"][setting]["knob"])


def out(name: str, setting: str) -> dict[str, np.ndarray]:
    begin = f"out.{setting}."
    return {k.removeprefix(begin): v.numpy() for k, v in oracle(name)[1].items() if k.startswith(begin)}


def encoder(name: str) -> Encoder:
    about, tensors = oracle(name)
    shape = about["shape"]
    config = BertConfig(
        vocab_size=shape["vocab"], hidden_size=shape["hidden"], num_hidden_layers=shape["layers"], num_attention_heads=shape["heads"],
        intermediate_size=shape["intermediate"], max_position_embeddings=shape["positions"], layer_norm_eps=shape["eps"],
        attn_implementation="eager",
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer="bert.pooler.dense.weight" in tensors)
    model.load_state_dict({k.removeprefix("bert."): v for k, v in tensors.items() if k.startswith("bert.")})
    return Encoder(model.eval().requires_grad_(False))


def fill(head: Head, tensors: Tensors, hidden: str, last: str) -> None:
    head.load_state_dict(
        {f"{ours}.{p}": tensors[f"{theirs}.{p}"] for ours, theirs in (("hidden", hidden), ("out", last)) for p in ("weight", "bias")}
    )


def sentences(name: str) -> tuple[np.ndarray, Sentences]:
    tensors = oracle(name)[1]
    lengths = tensors["input.lengths"].numpy().astype(np.int64)
    ids = np.concatenate([row[:n].numpy() for row, n in zip(tensors["input.ids"], lengths, strict=True)]).astype(np.int64)
    special = np.zeros(len(ids), bool)
    special[np.cumsum(lengths) - lengths] = True
    return ids, Sentences(lengths, special, np.where(special, -1, 0))


def shape(name: str, e: Encoder) -> Shape:
    return Shape((e.width,), (len(e.layers),), oracle(name)[0]["labels"])


def go(name: str, e: Encoder, method: Method, knobs: dict[str, float]) -> Run:
    return run((e,), method.eval().requires_grad_(False), *sentences(name), knobs)


def logits_agree(probs: np.ndarray, logits: np.ndarray) -> None:
    """Equal to 1e-4, up to what softmax forgets."""
    want = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    np.testing.assert_allclose(np.log(probs), want, rtol=0, atol=1e-4, equal_nan=True)


@pytest.mark.parametrize("setting", SETTINGS)
def test_deebert_leaves_where_the_authors_code_leaves(setting: str) -> None:
    tensors, e = oracle("deebert")[1], encoder("deebert")
    nats = np.log(oracle("deebert")[0]["labels"])  # our knob is the entropy over ln C
    method = DeeBert(shape("deebert", e), pooling="cls", hidden=True, as_authors=knob("deebert", setting) / nats)
    layers = len(e.layers)
    for i in range(1, layers):
        fill(method.head(i), tensors, f"heads.{i - 1}.pooler", f"heads.{i - 1}.classifier")
    fill(method.head(layers), tensors, "bert.pooler.dense", "classifier")
    assert method.last_ramp is not None
    fill(method.last_ramp, tensors, f"heads.{layers - 1}.pooler", f"heads.{layers - 1}.classifier")
    record, want = go("deebert", e, method, {"entropy": knob("deebert", setting) / nats}), out("deebert", setting)
    assert record.exit_layer.tolist() == want["exit_layer"].tolist()
    np.testing.assert_allclose(record.readings["uncertainty"][1:].T * nats, want["readings"], rtol=0, atol=1e-4, equal_nan=True)
    logits_agree(record.answer, want["logits"])
    early = np.moveaxis(record.probs[1:layers], 0, 1)
    logits_agree(early, want["layer_logits"][:, : layers - 1])


@pytest.mark.parametrize("setting", SETTINGS)
def test_deebert_without_the_quirk_leaves_at_the_same_layers(setting: str) -> None:
    tensors, e = oracle("deebert")[1], encoder("deebert")
    nats = np.log(oracle("deebert")[0]["labels"])
    method = DeeBert(shape("deebert", e), pooling="cls", hidden=True)
    for i in range(1, len(e.layers)):
        fill(method.head(i), tensors, f"heads.{i - 1}.pooler", f"heads.{i - 1}.classifier")
    fill(method.head(len(e.layers)), tensors, "bert.pooler.dense", "classifier")
    record, want = go("deebert", e, method, {"entropy": knob("deebert", setting) / nats}), out("deebert", setting)
    assert record.exit_layer.tolist() == want["exit_layer"].tolist()
    before = record.exit_layer < len(e.layers)
    logits_agree(record.answer[before], want["logits"][before])


@pytest.mark.parametrize("setting", SETTINGS)
def test_ltp_keeps_the_tokens_the_authors_code_keeps(setting: str) -> None:
    tensors, e = oracle("ltp")[1], encoder("ltp")
    layers = len(e.layers)
    method = Ltp(shape("ltp", e), pooling="cls", hidden=True, as_authors=setting != "off")  # their off is no rule at all, floor included
    method.thresholds.data = torch.arange(layers) / layers  # the knob is the last threshold; the others rise to it
    fill(method.head(layers), tensors, "bert.pooler.dense", "classifier")
    record, want = go("ltp", e, method, {"scale": max(knob("ltp", setting), 0.0)}), out("ltp", setting)
    for s, (start, length) in enumerate(zip(record.sentences.starts, record.sentences.lengths, strict=True)):
        own = slice(start, start + length)
        for mask in ("attending", "transformed"):
            assert np.array_equal(getattr(record, mask)[:, own], want[mask][s, :, :length].astype(bool)), mask
        seen = record.attending[:, own] & ~np.isnan(want["scores"][s, :, :length])  # theirs are not taken in layer 1
        np.testing.assert_allclose(record.readings["received"][1:, own][seen], want["scores"][s, :, :length][seen], rtol=0, atol=1e-4)
        assert record.transformed[:, own].sum(1).tolist() == want["counts"][s].tolist()
    logits_agree(record.answer, want["logits"])


def test_settings_of_the_oracles_differ() -> None:
    """Guards the tests above: sentences leave, and tokens are pruned, at different layers."""
    assert len(set(out("deebert", "strong")["exit_layer"].tolist())) == 4
    kept = out("ltp", "strong")["counts"].sum(0)
    assert (np.diff(kept) < 0).all()
