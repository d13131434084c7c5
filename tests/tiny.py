"""Tiny seeded models: every registered method on random encoders, in float64, with heads wide enough to make up their minds."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from transformers import AutoConfig, AutoModel

from dynviz.core.encoder import Encoder
from dynviz.core.method import Method, Shape
from dynviz.methods import methods
from dynviz.records import Sentences, Unit

VOCABULARY, CLASSES = 60, 3
SEEDS = {"pabee": 37}  # random heads whose answers agree now and then from layer to layer; 3 does for the other rules


@dataclass(frozen=True)
class Case:
    """A method on tiny encoders."""

    name: str
    method: Method
    stages: tuple[Encoder, ...]

    @property
    def biggest(self) -> int:
        """The stage that stands for the plain model."""
        return len(self.stages) - 1


def encoder(name: str = "model", width: int = 16, layers: int = 4, seed: int = 0, kind: str = "bert") -> Encoder:
    """A random encoder, large weights so that its layers differ."""
    torch.manual_seed(seed)
    settings = {
        "bert": {"hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": 2, "intermediate_size": 2 * width},
        "distilbert": {"dim": width, "n_layers": layers, "n_heads": 2, "hidden_dim": 2 * width},
    }
    settings["roberta"] = settings["electra"] = settings["albert"] = settings["bert"]
    extra = {"electra": {"embedding_size": 8}, "albert": {"embedding_size": 8, "num_hidden_groups": 2}}.get(kind, {})
    config = AutoConfig.for_model(kind, vocab_size=VOCABULARY, max_position_embeddings=70, **settings[kind], **extra)
    config._attn_implementation = "eager"
    arguments = {"add_pooling_layer": False} if kind in ("bert", "roberta") else {}
    model = AutoModel.from_config(config, **arguments).double().eval().requires_grad_(False)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.35)
    return Encoder(model, name)


@cache
def case(name: str, unit: Unit | None = None, pooling: str = "mean") -> Case:
    """The method of this name on tiny encoders."""
    kind = methods()[name]
    stages = (encoder(),) if kind.stages == 1 else (encoder("small", 8, 2, 1), encoder("big", 16, 4, 2))
    shape = Shape(tuple(s.width for s in stages), tuple(len(s.layers) for s in stages), CLASSES, unit or kind.serves[0])
    torch.manual_seed(SEEDS.get(name, 3))
    method = kind(shape, pooling=pooling).double().eval().requires_grad_(False)
    for key, parameter in method.named_parameters():
        torch.nn.init.normal_(parameter, std=1.0 if parameter.dim() > 1 else 0.3)
        if key == "thresholds":
            parameter.copy_(torch.linspace(0.02, 0.1, len(parameter)))
        if key == "gates":
            parameter.copy_(torch.linspace(1, 0, parameter.shape[1]).expand_as(parameter))
    return Case(name, method, stages)


def sentences(lengths: list[int], seed: int = 0) -> tuple[np.ndarray, Sentences]:
    """Random pieces: [CLS] first, [SEP] last, some words of two pieces."""
    rng = np.random.default_rng(seed)
    ids, special, word = [], [], []
    for length in lengths:
        ids.append(rng.integers(5, VOCABULARY, length))
        inner = np.cumsum(rng.random(max(length - 2, 0)) < 0.75)
        inner = inner - (inner[0] if len(inner) else 0)
        owners = np.full(length, -1)
        owners[1 : length - 1] = inner
        word.append(owners)
        special.append(owners < 0)
    return np.concatenate(ids), Sentences(np.array(lengths), np.concatenate(special), np.concatenate(word))


def part(ids: np.ndarray, layout: Sentences, chosen: list[int]) -> tuple[np.ndarray, Sentences]:
    """Some of the sentences, in the order given."""
    at = layout.places(np.array(chosen))
    return ids[at], Sentences(layout.lengths[chosen], layout.special[at], layout.word[at])


def settings_of(method: Method, points: int = 5) -> list[dict[str, float]]:
    """Knob settings to try: off, and every knob over its range with the others at their default."""
    out = [method.off()]
    for knob in method.knobs:
        base = {k: knob_.default for k, knob_ in ((x.name, x) for x in method.knobs)}
        out += [{**base, knob.name: value} for value in knob.points(points)]
    return out
