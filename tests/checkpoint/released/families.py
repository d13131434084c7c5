"""One tiny checkpoint of each family that is opened, in its authors' form, and what their formula answers after each layer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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


CASES: dict[str, Callable[[], Theirs]] = {
    "DeeBERT on BERT": deebert,
    "DeeBERT on RoBERTa": lambda: deebert("roberta"),
    "PABEE on BERT": pabee,
    "PABEE on ALBERT": lambda: pabee("albert"),
    "PCEE-BERT": pcee_bert,
}


def case(name: str) -> Theirs:
    """A case, the same each time: `hub.model` seeds what is drawn after it."""
    return CASES[name]()
