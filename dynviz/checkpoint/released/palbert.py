"""PALBERT (Balagansky & Gavrilov, NeurIPS 2022; tinkoff-ai/palbert): a classifier and a halting head that all layers of an ALBERT share.

A vector for each layer is always in the file, used or not: it is added to what the halting head reads where config.json says so
(`use_layer_pos_embeddings`), and left out elsewhere. PonderNet's halting head of one layer, recurrent ones, and ones of another depth are
other functions, and refused.
"""

from dataclasses import replace

from dynviz.checkpoint.released.family import Family, Given, Layout, base_of, below, linear
from dynviz.errors import InputError

_HEAD, _PLACES, _DEPTH = "classifiers.exit_head", "albert.layer_positional_embeddings.weight", 3


def _layout(given: Given) -> Layout:
    base_of(given, "albert")
    last = f"heads.{given.layers}"
    heads = linear("albert.pooler", f"{last}.hidden") | linear("classifiers.cls_head", f"{last}.out") | {_PLACES: "places"}
    for i in range(_DEPTH):
        heads |= linear(f"{_HEAD}.feature_extractor.{i}.0", f"halt.{2 * i}")
    heads |= linear(f"{_HEAD}.cls", f"halt.{2 * _DEPTH}")
    if any(name.startswith(f"{_HEAD}.") and name not in heads for name in given.tensors) or f"{_HEAD}.cls.weight" not in given.tensors:
        why = f"it is not the paper's, {_DEPTH} layers and one more (PonderNet's, or a recurrent one)"
        raise InputError(f"{given.where} is PALBERT with another halting head", why, "Choose another model")
    used = given.raw.get("use_layer_pos_embeddings") is True
    changed = {_PLACES: replace(given.tensors[_PLACES], factor=0.0)} if _PLACES in given.tensors and not used else {}
    note = "Its vectors of layers are not read, as config.json has no use_layer_pos_embeddings = true."
    return Layout(
        heads, below(given.tensors, "albert.", heads), "classifiers.cls_head.weight", changed=changed,
        options={"pooling": "cls", "places": "halting"}, notes=() if used else (note,),
    )  # fmt: skip


FAMILY = Family(
    title="PALBERT",
    sign="`classifiers.cls_head.weight`, beside an `albert.` encoder",
    opens="PALBERT, with the paper's halting head; the layers' vectors where config.json has `\"use_layer_pos_embeddings\": true`",
    is_one=lambda given: "classifiers.cls_head.weight" in given.tensors,
    methods=("palbert",),
    layout=_layout,
)
