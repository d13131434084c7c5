r"""A few layers have a calibrated classifier, and the sentence leaves at the first one that is confident.

Source: Schwartz, Stanovsky, Swayamdipta, Dodge, Smith, The Right Tool for the Job: Matching Model and Instance Complexities, ACL 2020.
Code: allenai/sledgehammer.

Rule: Exits stand after a few layers $e_1 < \dots < e_K$. Exit $k$ reads a mix of the pooled vectors of all layers up to its own,
$v_k = \sum_{j \le e_k} s_{kj} \tanh(W h_j + b)$, with one pooler for all layers and learned weights $s_k$ of length one
($\sum_j s_{kj}^2 = 1$).

Its logits $z_k$ are divided by a temperature of its own: $p_k = \text{softmax}(z_k / T_k)$. The sentence exits when $\max_c p_{kc}$ is at
least the knob.

The temperature changes when a sentence exits, never what is answered. The probabilities on screen are those before it, the confidence is
the one after. The pooled vector is paid for after every layer, with an exit or without; its length is recorded as a reading.

Knob: The confidence asked for. Larger exits later (the other way round than entropy), above 1 never.

Training: The unweighted sum of all exits' cross-entropies, with dropout on the pooled vectors. Then, everything else frozen, each $T_k$
is set to the minimum of the negative log-likelihood on the calibration split.

(inferred) There are exits for any number of layers: the first, those at one and two thirds, and the last (the paper's 1, 4, 6 and 12 of
12). Each mix begins with the exit's own layer alone.

(inferred) Ours goes on from the jointly trained model by low-rank updates; the shared pooler starts as its last classifier's.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Picture, Plan, Pooling, Published, Reading, Shape, View
from dynviz.errors import InputError
from dynviz.methods._pooler import SharedPooler
from dynviz.methods._ramps import cross_entropy, uncertainty
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind, Learned

COLDEST, HOTTEST = 0.05, 20.0  # temperatures tried


class RightTool(SharedPooler):
    """Calibrated exits after a few layers, each reading a mix of all layers below. exits: those layers, from 1; the last is always one."""

    title: ClassVar[str] = "The Right Tool"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "Schwartz et al., ACL 2020"
    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("confidence", "answer", "confidence (largest probability after temperature)", side="at least"),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
        Reading("pooled", "sentence", "length of the pooled vector", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("confidence", "exit at confidence of at least", 0.5, 1.0, 0.01, 0.9, 1.01, "down", "1: only where there is no doubt at all"),
    )
    pictures: ClassVar[tuple[Picture, ...]] = (
        Picture(
            "mixes", "numbers", ("mixes", "temperature"),
            "Which layers feed each exit (weights of length one), and T, the temperature fitted to it.",
        ),
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("joint", "lora", epochs=0.5, lr=5e-4, head_lr=1e-3),)
    fits_on: ClassVar[Literal["train", "calibration"] | None] = "calibration"
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "AG News, IMDB, SST, SNLI, MultiNLI", "BERT-large", "accuracy preserved", "up to 5x faster",
            "Schwartz et al., ACL 2020, abstract, best case",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "At the end of every forward pass the mixing weights are normalised into new parameters, which the optimizer does not hold.",
            "Normalised inside the pass, so that they are trained.",
            "Theirs keep their random start, though they are meant to be learned.",
        ),
        Deviation(
            "Mixing weights start at random, of either sign.",
            "They start at the exit's own layer alone.",
            "The exits begin as those of the model that they stand on.",
        ),
        Deviation(
            "The largest probability of the whole batch is held against the confidence; evaluation runs one sentence at a time.",
            "Every sentence by its own.",
            "A sentence must not leave because a neighbour is sure.",
        ),
        Deviation(
            "Calibration runs with the confidence at 1, meant as never; a probability that rounds to 1 still exits.",
            "Off is above 1.",
            "Off must be off.",
        ),
        Deviation(
            "Temperatures are found by Adam or L-BFGS at ten learning rates, on the development set.",
            "A search along one line, on a split that nothing is reported on.",
            "There is one number to find, and one minimum; the development set is what we measure on.",
        ),
        Deviation(
            "All weights are tuned from the pre-trained model, 2 epochs; layers above the last exit are removed.",
            "Low-rank updates of the jointly trained model, half an epoch; the last layer is always an exit.",
            "A whole encoder more is not stored; off must be the whole model.",
        ),
    )
    temperature: Tensor

    def __init__(self, shape: Shape, pooling: Pooling = "mean", exits: list[int] | None = None) -> None:
        self.exits = exits_of(shape.layers, exits)
        super().__init__(shape, pooling)
        self.mixes = nn.ParameterDict({str(e): nn.Parameter(torch.eye(e)[-1]) for e in self.exits if e > 1})  # one layer is no mix
        self.register_buffer("temperature", torch.ones(shape.layers))

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """The mix that each exit above layer 1 reads, and its temperature."""
        found = sorted((int(name.removeprefix("mixes.")), mix) for name, mix in tensors.items() if name.startswith("mixes."))
        if "temperature" not in tensors or not found:
            return None
        values = np.full((len(found), len(tensors["temperature"])), np.nan)
        for row, (layer, mix) in zip(values, found, strict=True):
            row[:layer] = mix / np.linalg.norm(mix)
        rows = tuple(f"exit after layer {i}, T = {tensors['temperature'][i - 1]:.3g}" for i, _ in found)
        most = [f"the exit after layer {i} reads layer {int(np.abs(mix).argmax()) + 1} most" for i, mix in found]
        return Learned(values, rows, f"{'; '.join(most)[:1].upper()}{'; '.join(most)[1:]}.")

    def layers_read(self) -> list[int]:
        return self.exits

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Mixing weights start at one layer and have far to go: five times the classifiers' rate."""
        return dict.fromkeys(self.mixes.parameters(), 5e-3)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        return {"pooled": plan.live} | super().asks(moment, layer, readings, sentences, plan, knobs)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        pooled = self.pool(view.pooled(asked["pooled"], self.pooling))
        below: list[Tensor] = view.memory.setdefault("pooled", [])
        below.append(pooled.new_zeros(len(view.sentences.lengths), pooled.shape[1]))
        below[-1][torch.from_numpy(asked["pooled"])] = pooled
        out = {"pooled": torch.linalg.vector_norm(pooled, dim=-1)}
        if "probs" not in asked:
            return out
        which = torch.from_numpy(asked["probs"])
        logits = self.exit(layer, [vectors[which] for vectors in below])
        probs, calibrated = logits.softmax(-1), (logits / self.temperature[layer - 1]).softmax(-1)
        return out | {"probs": probs, "uncertainty": uncertainty(probs), "confidence": calibrated.amax(-1)}

    def exit(self, layer: int, pooled: list[Tensor]) -> Tensor:
        """(..., C) logits of the exit after a layer, before temperature, from the pooled vectors (..., D) of layers 1 to it."""
        out: Tensor = self.head(layer).out(pooled[0] if layer == 1 else self.mixed(layer, pooled))
        return out

    def mixed(self, layer: int, pooled: list[Tensor]) -> Tensor:
        """(..., D) what the exit after a layer reads: the weighted sum of the pooled vectors, weights of length one."""
        weights = F.normalize(self.mixes[str(layer)], dim=0)
        return torch.stack([w * vectors for w, vectors in zip(weights, pooled, strict=True)]).sum(0)

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.stop(plan.live & (readings["confidence"][layer] >= knobs["confidence"]), sentences)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        raw = readings["probs"][:, 0].max(-1)  # beside it, with nothing to hold it against: what temperature made of it
        before = Comparison("probability", "largest probability before temperature", raw, np.full_like(raw, np.nan), "at least")
        return (*super().compares(readings, knobs), before)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        pooler = asked.units["pooled"] * 2 * self.pooler.weight.numel()
        return pooler + asked.units["probs"] * 2 * self.head(layer).out.weight.numel() if "probs" in asked.units else pooler

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
        pooled = [self.pooled(batch, states, i) for i in range(1, self.shape.layers + 1)]
        return torch.stack([cross_entropy(self.exit(e, pooled[:e]).float(), batch.labels) for e in self.exits]).sum()

    def fit(self, readings: Mapping[str, Floats], labels: Ints) -> None:
        """The temperature of each exit: the least negative log-likelihood over these answers."""
        for e in self.exits:
            self.temperature[e - 1] = best_temperature(readings["probs"][e], labels)


def exits_of(layers: int, wanted: list[int] | None) -> list[int]:
    """The layers with an exit, in order: those wanted and the last; by default the first, one third, two thirds and the last."""
    chosen = [1, max(1, round(layers / 3)), max(1, round(2 * layers / 3))] if wanted is None else wanted
    if not all(1 <= e <= layers for e in chosen):
        raise InputError(f"Exits after layers {chosen}", f"the model has layers 1 to {layers}", "Correct 'exits' in the options")
    return sorted({*chosen, layers})


def best_temperature(probs: Floats, labels: Ints) -> float:
    """The T at which softmax(log p / T), p (U, C), gives the labels (U,) the largest likelihood; it has one minimum in log T."""
    logs = np.log(np.maximum(probs, np.finfo(np.float32).tiny))

    def loss(log_t: float) -> float:
        scaled = logs / np.exp(log_t)
        peak = scaled.max(-1, keepdims=True)
        normal = np.log(np.exp(scaled - peak).sum(-1)) + peak[:, 0]
        return float((normal - scaled[np.arange(len(labels)), labels]).mean())

    return float(np.exp(lowest(loss, float(np.log(COLDEST)), float(np.log(HOTTEST)))))


def lowest(f: Callable[[float], float], low: float, high: float, steps: int = 60) -> float:
    """Where f, with one minimum from low to high, is least: golden section."""
    ratio = (5**0.5 - 1) / 2
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    at_a, at_b = f(a), f(b)
    for _ in range(steps):
        if at_a <= at_b:
            high, b, at_b = b, a, at_a
            a = high - ratio * (high - low)
            at_a = f(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + ratio * (high - low)
            at_b = f(b)
    return (low + high) / 2
