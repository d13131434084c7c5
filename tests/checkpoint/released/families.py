"""One tiny checkpoint of each family that is opened, in its authors' form, and what their formula answers after each layer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from tests.checkpoint.released.theirs import CLASSES, LAYERS, WIDTH, Tensors, config, encoder, linear, weights

Formula = Callable[[Tensors, list[Tensor]], list[Tensor]]


@dataclass(frozen=True)
class Theirs:
    """tensors, config: as saved; formula: from their tensors and the states after each layer, the logits of each; method: of ours;
    title: as it is named."""

    tensors: Tensors
    config: dict[str, Any]
    formula: Formula
    method: str
    title: str


def deebert(base: str = "bert") -> Theirs:
    """Xin et al.: a pooler and a classifier after each layer; after the last one the plain head, and a ramp that nobody trained."""
    tensors = encoder(base) | weights(f"{base}.pooler.dense", WIDTH) | weights("classifier", CLASSES)
    for i in range(LAYERS):
        tensors |= weights(f"{base}.encoder.highway.{i}.pooler.dense", WIDTH)
        tensors |= weights(f"{base}.encoder.highway.{i}.classifier", CLASSES)

    def formula(tensors: Tensors, states: list[Tensor]) -> list[Tensor]:
        ramps = [
            linear(
                linear(h[0], tensors, f"{base}.encoder.highway.{i}.pooler.dense").tanh(), tensors, f"{base}.encoder.highway.{i}.classifier"
            )
            for i, h in enumerate(states[:-1])
        ]
        return [*ramps, linear(linear(states[-1][0], tensors, f"{base}.pooler.dense").tanh(), tensors, "classifier")]

    return Theirs(tensors, config(base), formula, "deebert", "DeeBERT")


def pabee(base: str = "bert", **more: Any) -> Theirs:
    """Zhou et al.: one pooler, a linear classifier after each layer."""
    pooler = "albert.pooler" if base == "albert" else "bert.pooler.dense"
    tensors = encoder(base) | weights(pooler, WIDTH)
    for i in range(LAYERS):
        tensors |= {name: 0.3 * tensor for name, tensor in weights(f"classifiers.{i}", CLASSES).items()}
        tensors[f"classifiers.{i}.bias"][1] += 3  # so that some agree

    def formula(tensors: Tensors, states: list[Tensor]) -> list[Tensor]:
        return [linear(linear(h[0], tensors, pooler).tanh(), tensors, f"classifiers.{i}") for i, h in enumerate(states)]

    return Theirs(tensors, config(base, **more), formula, "pabee", "PABEE")


def pcee_bert() -> Theirs:
    """Zhang et al.: PABEE's network; config.json says how it exits."""
    found = pabee(ee_mechanism="entropy", weights_schema="asc", exiting_threshold=0.3)
    return Theirs(found.tensors, found.config, found.formula, "pcee_bert", "PABEE")


def berxit(base: str = "bert", second: bool = True) -> Theirs:
    """Xin et al.: DeeBERT's ramps, a layer that foresees mistakes, and every tensor again under another name. second: under that alone."""
    found = deebert(base) if base != "albert" else None
    tensors = dict(found.tensors) if found else encoder(base) | weights("albert.pooler", WIDTH) | weights("classifier", CLASSES)
    if found is None:
        for i in range(LAYERS):
            tensors |= weights(f"albert.encoder.highway.{i}.pooler.dense", WIDTH)
            tensors |= weights(f"albert.encoder.highway.{i}.classifier", CLASSES)
    else:
        tensors |= weights(f"{base}.encoder.lte_classifier", 1)
    tensors |= {f"core.{name.removeprefix(base + '.')}": tensor for name, tensor in tensors.items() if name.startswith(f"{base}.")}
    saved = tensors if not second else {name: tensor for name, tensor in tensors.items() if not name.startswith(f"{base}.")}
    last = "albert.pooler" if base == "albert" else f"{base}.pooler.dense"

    def formula(_: Tensors, states: list[Tensor]) -> list[Tensor]:
        poolers = [*(f"{base}.encoder.highway.{i}.pooler.dense" for i in range(LAYERS - 1)), last]
        exits = [*(f"{base}.encoder.highway.{i}.classifier" for i in range(LAYERS - 1)), "classifier"]
        return [linear(linear(h[0], tensors, a).tanh(), tensors, b) for h, a, b in zip(states, poolers, exits, strict=True)]

    return Theirs(saved, config(base), formula, "deebert", "BERxiT")


def berxit_on_distilbert() -> Theirs:
    """The same with ReLU, and a third name: the authors call their layers `encoder` too."""
    base = "distilbert"
    tensors = encoder(base) | weights("pre_classifier", WIDTH) | weights("classifier", CLASSES)
    tensors |= weights("distilbert.transformer.lte_classifier", 1)
    for i in range(LAYERS):
        tensors |= weights(f"distilbert.transformer.highway.{i}.pre_classifier", WIDTH)
        tensors |= weights(f"distilbert.transformer.highway.{i}.classifier", CLASSES)
    tensors |= {name.replace(".transformer.", ".encoder."): t for name, t in tensors.items() if ".transformer." in name}
    tensors |= {name.replace(f"{base}.", "core."): tensor for name, tensor in tensors.items() if name.startswith(f"{base}.")}

    def formula(tensors: Tensors, states: list[Tensor]) -> list[Tensor]:
        places = [*(f"distilbert.transformer.highway.{i}." for i in range(LAYERS - 1)), ""]
        return [
            linear(linear(h[0], tensors, f"{at}pre_classifier").relu(), tensors, f"{at}classifier")
            for h, at in zip(states, places, strict=True)
        ]

    return Theirs(tensors, config(base), formula, "deebert", "BERxiT")


def elasticbert() -> Theirs:
    """Liu et al.: BERT's layout under another name, a pooler and a classifier for each layer."""
    tensors = {name.replace("bert.", "elasticbert.", 1): tensor for name, tensor in encoder().items()}
    for i in range(LAYERS):
        tensors |= weights(f"elasticbert.encoder.pooler.{i}.dense", WIDTH) | weights(f"classifiers.{i}", CLASSES)

    def formula(tensors: Tensors, states: list[Tensor]) -> list[Tensor]:
        return [
            linear(linear(h[0], tensors, f"elasticbert.encoder.pooler.{i}.dense").tanh(), tensors, f"classifiers.{i}")
            for i, h in enumerate(states)
        ]

    told = config(num_output_layers=LAYERS, max_output_layers=LAYERS) | {"model_type": "elasticbert"}
    return Theirs(tensors, told, formula, "entropy_exit", "ElasticBERT")


def palbert(told: bool = True) -> Theirs:
    """Balagansky & Gavrilov: one pooler, one classifier, one halting head, on ALBERT. told: whether config.json names the vectors."""
    tensors = encoder("albert") | weights("albert.pooler", WIDTH) | weights("classifiers.cls_head", CLASSES)
    tensors["albert.layer_positional_embeddings.weight"] = torch.randn(LAYERS, WIDTH)
    for i in range(3):
        tensors |= weights(f"classifiers.exit_head.feature_extractor.{i}.0", 2 * WIDTH, 2 * WIDTH)
    tensors |= weights("classifiers.exit_head.cls", 1, 2 * WIDTH)

    def formula(tensors: Tensors, states: list[Tensor]) -> list[Tensor]:
        return [linear(linear(h[0], tensors, "albert.pooler").tanh(), tensors, "classifiers.cls_head") for h in states]

    more = {"use_layer_pos_embeddings": True} if told else {}
    return Theirs(tensors, config("albert", **more), formula, "palbert", "PALBERT")


def halting(one: Theirs, states: list[Tensor], told: bool) -> list[float]:
    """PALBERT's lambda after each layer: the pooled vector plus the layer's own, beside the same of the layer before."""
    out, before = [], torch.zeros(WIDTH)
    for i, h in enumerate(states):
        own = linear(h[0], one.tensors, "albert.pooler").tanh()
        own = own + one.tensors["albert.layer_positional_embeddings.weight"][i] * told
        x = torch.cat([own, before])
        for j in range(3):
            x = linear(x, one.tensors, f"classifiers.exit_head.feature_extractor.{j}.0").tanh()
        out.append(float(linear(x, one.tensors, "classifiers.exit_head.cls").sigmoid()))
        before = own
    return out


CASES: dict[str, Callable[[], Theirs]] = {
    "DeeBERT on BERT": deebert,
    "DeeBERT on RoBERTa": lambda: deebert("roberta"),
    "PABEE on BERT": pabee,
    "PABEE on ALBERT": lambda: pabee("albert"),
    "PCEE-BERT": pcee_bert,
    "BERxiT on BERT, both names": lambda: berxit(second=False),
    "BERxiT on RoBERTa, core alone": lambda: berxit("roberta"),
    "BERxiT on ALBERT": lambda: berxit("albert", second=False),
    "BERxiT on DistilBERT": berxit_on_distilbert,
    "ElasticBERT": elasticbert,
    "PALBERT": palbert,
}


def case(name: str) -> Theirs:
    """A case, the same each time: `hub.model` seeds what is drawn after it."""
    return CASES[name]()
