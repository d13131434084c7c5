"""FastBERT (Liu et al., ACL 2020; autoliuweijie/FastBERT, research code and the pypi package): UER's names, and four traps.

UER's LayerNorm divides by the unbiased deviation, which is folded into its scale. Its segments are the mask: a text is of segment 1, a
second one of 2, and row 0 is padding's. The last classifier, the teacher, has the students' shape. A single text ends without [SEP].
The pooling "mean" averages over a vector's components, not over tokens, and is refused; the file does not say it, config.json may.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dynviz.checkpoint.hf_tensors import Stored
from dynviz.checkpoint.released.family import Family, Given, Layout, linear
from dynviz.errors import InputError

_SIGN = "classifiers.0.output_layer_0.weight"
_SEGMENTS, _WORDS, _PLACES = (f"embedding.{part}_embedding.weight" for part in ("segment", "word", "position"))
_SIZES = {
    "layers_num": "num_hidden_layers",
    "heads_num": "num_attention_heads",
    "feedforward_size": "intermediate_size",
}  # of UER's configs
_IN_LAYER = {
    "self_attn.linear_layers.0": "attention.self.query", "self_attn.linear_layers.1": "attention.self.key",
    "self_attn.linear_layers.2": "attention.self.value", "self_attn.final_linear": "attention.output.dense",
    "feed_forward.linear_1": "intermediate.dense", "feed_forward.linear_2": "output.dense",
}  # fmt: skip
_IN_STUDENT = {
    "output_layer_0": "entry", "self_atten.linear_layers.0": "query", "self_atten.linear_layers.1": "key",
    "self_atten.linear_layers.2": "value", "self_atten.final_linear": "mix", "output_layer_1": "hidden", "output_layer_2": "out",
}  # fmt: skip


def _bare(given: Given) -> dict[str, Stored]:
    """Without the name that the package puts before the encoder."""
    return {name.removeprefix("kernel."): tensor for name, tensor in given.tensors.items()}


def _config(given: Given) -> Mapping[str, Any]:
    """Sizes from UER's own keys and from the tensors; the epsilon is BERT's, since UER's is of another place and far below all numbers."""
    if given.raw.get("pooling", "first") != "first":
        why = "only the first token's vector is read as the authors' students read it"
        raise InputError(f"config.json of {given.where} has pooling = {str(given.raw['pooling'])[:40]}", why, "Choose another model")
    rows = {"vocab_size": _WORDS, "max_position_embeddings": _PLACES}
    shapes = {key: tensor.shape for key, name in rows.items() if (tensor := _bare(given).get(name)) and len(tensor.shape) == 2}
    told = {ours: given.raw[theirs] for theirs, ours in _SIZES.items() if theirs in given.raw}
    width = {"hidden_size": shapes["vocab_size"][1]} if "vocab_size" in shapes else {}
    sizes = {**told, **width, **{key: shape[0] for key, shape in shapes.items()}}
    return {**given.raw, **sizes, "model_type": "bert", "layer_norm_eps": 1e-12, "type_vocab_size": 2}


def _layout(given: Given) -> Layout:
    tensors, encoder, heads = _bare(given), dict[str, str](), dict[str, str]()
    for l in range(given.layers):  # noqa: E741
        theirs, ours = f"encoder.transformer.{l}", f"encoder.layer.{l}"
        for name, own in _IN_LAYER.items():
            encoder |= linear(f"{theirs}.{name}", f"{ours}.{own}")
        encoder |= _norm(f"{theirs}.layer_norm_1", f"{ours}.attention.output.LayerNorm")
        encoder |= _norm(f"{theirs}.layer_norm_2", f"{ours}.output.LayerNorm")
        for name, own in _IN_STUDENT.items():
            heads |= linear(f"classifiers.{l}.{name}", f"students.{l + 1}.{own}")
    encoder |= {f"embedding.{part}_embedding.weight": f"embeddings.{part}_embeddings.weight" for part in ("word", "position")}
    encoder |= {_SEGMENTS: "embeddings.token_type_embeddings.weight"} | _norm("embedding.layer_norm", "embeddings.LayerNorm")
    return Layout(
        heads, {name: own for name, own in encoder.items() if name in tensors}, "classifiers.0.output_layer_2.weight",
        re.compile(r"(?:kernel\.|target\.)"), {name: _changed(name, tensor) for name, tensor in tensors.items()},
        options={"pooling": "cls", "width": tensors[_SIGN].shape[0], "teacher": "student"},
        notes=("A text ends without [SEP], as its authors cut it.",), ends_open=True,
    )  # fmt: skip


def _norm(theirs: str, ours: str) -> dict[str, str]:
    return {f"{theirs}.gamma": f"{ours}.weight", f"{theirs}.beta": f"{ours}.bias"}


def _changed(name: str, tensor: Stored) -> Stored:
    """As BERT would have it."""
    if name == _SEGMENTS and len(tensor.shape) == 2 and tensor.shape[0] == 3:
        return replace(tensor, rows=(1, 3), shape=(2, tensor.shape[1]))
    if name.endswith(".gamma") and len(tensor.shape) == 1 and tensor.shape[0] > 1:
        return replace(tensor, factor=math.sqrt((tensor.shape[0] - 1) / tensor.shape[0]))
    return tensor


FAMILY = Family(
    title="FastBERT",
    sign="`classifiers.0.output_layer_0.weight`, beside UER's `embedding.` and `encoder.transformer.`, or the package's `kernel.`",
    opens='FastBERT, its norms folded; config.json needs `"model_type": "bert"` and the sizes, in UER\'s keys or transformers\'',
    is_one=lambda given: _SIGN in given.tensors,
    methods=("fastbert",),
    config=_config,
    layout=_layout,
)
