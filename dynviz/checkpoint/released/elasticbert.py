"""ElasticBERT (Liu et al., NAACL 2022; fastnlp/ElasticBERT): BERT's layout under its own name, a pooler for each layer.

Fine-tuned for early exit it has a classifier for each layer too. Their loop takes poolers and classifiers by the number of the layer, so
that only a model with as many exits as layers runs there, and is read here. The static one has the last classifier alone. What was
released is pre-trained and answers nothing.
"""

from collections.abc import Mapping
from typing import Any

from dynviz.checkpoint.released.family import Family, Given, Layout, below, linear
from dynviz.errors import InputError

_POOLER = "elasticbert.encoder.pooler"


def _is_one(given: Given) -> bool:
    return given.raw.get("model_type") == "elasticbert" or any(name.startswith("elasticbert.") for name in given.tensors)


def _config(given: Given) -> Mapping[str, Any]:
    return {**given.raw, "model_type": "bert"}


def _layout(given: Given) -> Layout:
    layers, names = given.layers, given.tensors
    if "classifiers.0.weight" not in names and "classifier.weight" not in names:
        do = "Fine-tune it with its authors' code, and open what that saves"
        raise InputError(f"{given.where} is ElasticBERT as it was pre-trained", "it has no classifiers, and so no answers", do)
    if "classifiers.0.weight" not in names:
        heads = linear(f"{_POOLER}.{layers - 1}.dense", f"heads.{layers}.hidden") | linear("classifier", f"heads.{layers}.out")
        return Layout(heads, below(names, "elasticbert.", heads), "classifier.weight", options={"pooling": "cls"}, methods=("plain",))
    exits = given.raw.get("num_output_layers", layers)
    if exits != layers:
        why = f"its exits stand after {str(exits)[:40]} of its {layers} layers, and its authors' code runs no other than after each"
        raise InputError(f"{given.where} is ElasticBERT with num_output_layers = {str(exits)[:40]}", why, "Choose another model")
    heads = dict[str, str]()
    for i in range(layers):
        heads |= linear(f"{_POOLER}.{i}.dense", f"heads.{i + 1}.hidden") | linear(f"classifiers.{i}", f"heads.{i + 1}.out")
    return Layout(
        heads, below(names, "elasticbert.", heads), "classifiers.0.weight", options={"pooling": "cls"}, methods=("entropy_exit", "plain")
    )


FAMILY = Family(
    title="ElasticBERT",
    sign="names below `elasticbert.`",
    opens="the entropy rule on its jointly trained exits; with one classifier, the plain model; as it was pre-trained, nothing",
    is_one=_is_one,
    methods=("entropy_exit",),
    config=_config,
    layout=_layout,
)
