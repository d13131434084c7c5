"""Tiny seeded models: every registered method on random encoders, in float64, with heads wide enough to make up their minds."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from transformers import AutoConfig, AutoModel

from dynviz.core.encoder import Encoder
from dynviz.core.engine import run
from dynviz.core.method import Method, Shape
from dynviz.methods import methods
from dynviz.records import Sentences, Unit

VOCABULARY, CLASSES = 60, 3
SEEDS = range(3, 103)  # of the random parameters, in the order in which they are tried
# What a family's configuration says besides its sizes: ModernBERT's first and fourth layer see all of a text, the others four places to
# either side; DeBERTa as its version 3.
EXTRA: dict[str, dict[str, Any]] = {
    "electra": {"embedding_size": 8},
    "albert": {"embedding_size": 8, "num_hidden_groups": 2},
    "modernbert": {"local_attention": 8, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1, "sep_token_id": 2},
    "deberta-v2": {
        "relative_attention": True, "position_buckets": 8, "max_relative_positions": -1, "pos_att_type": ["p2c", "c2p"],
        "share_att_key": True, "norm_rel_ebd": "layer_norm", "position_biased_input": False, "type_vocab_size": 0,
    },
}  # fmt: skip
SCRAMBLED = ("modernbert", "deberta-v2")  # whose norms and biases are random too, so that a lost one shows


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


def encoder(name: str = "model", width: int = 16, layers: int = 4, seed: int = 0, kind: str = "bert", positions: int = 70) -> Encoder:
    """A random encoder, large weights so that its layers differ."""
    torch.manual_seed(seed)
    settings = {
        "bert": {"hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": 2, "intermediate_size": 2 * width},
        "distilbert": {"dim": width, "n_layers": layers, "n_heads": 2, "hidden_dim": 2 * width},
    }
    own = settings.get(kind, settings["bert"]) | EXTRA.get(kind, {})
    config = AutoConfig.for_model(kind, vocab_size=VOCABULARY, max_position_embeddings=positions, **own)
    config._attn_implementation = "eager"
    arguments = {"add_pooling_layer": False} if kind in ("bert", "roberta", "mpnet") else {}
    model = AutoModel.from_config(config, **arguments).double().eval().requires_grad_(False)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.35)
        elif kind in SCRAMBLED:
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return Encoder(model, name)


@cache
def case(name: str, unit: Unit | None = None, pooling: str = "mean", family: str = "bert") -> Case:
    """The method of this name on tiny encoders, at the first seed at which its rule acts: what stirs a rule (answers that agree now and
    then, thresholds that scores cross) is looked for, and not written down for each method."""
    found = next((c for c in (seeded(name, unit, pooling, seed, family) for seed in SEEDS) if acts(c)), None)
    assert found, f"{name}: in none of {len(SEEDS)} random models its knobs change what is computed; see `decide`, and the knobs' ranges"
    return found


def acts(c: Case) -> bool:
    """Whether its settings make a difference: something stops, and not always alike. A method without a knob has nothing to do."""
    ids, layout = sentences([5, 9, 14, 12, 7, 11], 1)
    spent = [tuple(run(c.stages, c.method, ids, layout, knobs).flops) for knobs in settings_of(c.method, 11)]
    return not c.method.knobs or len(set(spent)) > 2


def seeded(name: str, unit: Unit | None, pooling: str, seed: int, family: str = "bert") -> Case:
    """The method on tiny encoders, all its parameters random."""
    kind = methods()[name]
    one = (encoder(kind=family),)
    stages = one if kind.stages == 1 else (encoder("small", 8, 2, 1, family), encoder("big", 16, 4, 2, family))
    widths, depths, heads = zip(*((s.width, len(s.layers), s.heads) for s in stages), strict=True)
    shape = Shape(widths, depths, CLASSES, unit or kind.serves[0], heads)
    torch.manual_seed(seed)
    method = kind(shape, pooling=pooling).double().eval().requires_grad_(False)
    for parameter in method.parameters():
        fan = parameter.shape[-1] if parameter.dim() > 1 else 0  # sums of many terms must not drive every sigmoid to 0 or 1
        torch.nn.init.normal_(parameter, std=0.3 if not fan else min(1.0, 4 / fan**0.5))
    for phase in kind.recipe:
        method.after_step(phase)  # what training holds its parameters to, holds here
        method.after_phase(phase)  # and what it reads off them is read off
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
    return ids[layout.places(np.array(chosen))], layout.only(np.array(chosen))


def settings_of(method: Method, points: int = 5) -> list[dict[str, float]]:
    """Knob settings to try: off, and every knob over its range with the others at their default."""
    out = [method.off()]
    for knob in method.knobs:
        base = {k: knob_.default for k, knob_ in ((x.name, x) for x in method.knobs)}
        out += [{**base, knob.name: value} for value in knob.points(points)]
    return out
