r"""After layer 1 the exit is foreseen: a table turns how unsure the model is there into the layer at which it will be sure.

Source: Tambe et al., EdgeBERT: Sentence-Level Energy Optimizations for Latency-Aware Multi-Task NLP Inference, MICRO 2021; the algorithm,
without its chip, pruning and attention spans. Code: harvard-acc/EdgeBERT.

Rule: The classifiers ("ramps") are DeeBERT's, on a frozen encoder; $u_i$ is the entropy of ramp $i$ divided by $\ln C$. The sentence
exits after layer 1 if $u_1 < S$. Otherwise the table's row nearest to $u_1$ (100 rows, 0.00 to 0.99) predicts $u_2$ to $u_L$, and the
sentence exits after the first layer whose predicted $u_i$ is below $S$, or after the last where there is none.

The ramps on the way are not asked and cost nothing. What is gained is that the work is known in advance, so that a chip may slow down and
save energy (the module dynviz.measure.energy). What is lost: a wrong prediction exits too early or too late. The rule without prediction
is DeeBERT's.

With $S = 0$ every ramp is asked, so that true and predicted uncertainties stand side by side; from that one run every setting follows.

Knob: $S$, the predicted uncertainty below which a sentence exits. Larger stops earlier, 0 never stops.

The knob "test" at 1 tests the ramps on the way too, which makes the prediction the latest exit only.

Training: The model is DeeBERT's. For the table, a network of widths $1, 64, 64, 64, 64, L - 1$ learns $u_2$ to $u_L$ from $u_1$ on the
training sentences (squared error, Adam). It is asked at 0.00, 0.01, ..., 0.99, its answers are clipped at 0, and it is thrown away. Until
the table is fitted it says that doubt falls evenly to nothing.

(inferred) 50 passes over 4,000 sentences in batches of 32, as many steps as the authors' 3 passes, at a learning rate of 0.001. The last
layer is predicted as well, for the reader, but no rule uses it.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn

from dynviz.core.method import Asked, Deviation, Knob, Knobs, Moment, Picture, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods.deebert import DeeBert
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind, Learned

ROWS = 100  # of the table: uncertainties 0.00, 0.01, ..., 0.99 after layer 1
HIDDEN = 64
PASSES, BATCH, RATE = 50, 32, 1e-3


class EdgeBert(DeeBert):
    """DeeBERT's ramps, asked after layer 1 and where its uncertainty, by a table, says that the sentence will be sure."""

    title: ClassVar[str] = "EdgeBERT"
    kind: ClassVar[Kind] = "exit"
    fits_frozen: ClassVar[bool] = False  # it needs a table of when which layer is sure, too
    venue: ClassVar[str] = "Tambe et al., MICRO 2021"
    stops: ClassVar[str] = "the sentence exits at a layer foreseen after the first"
    moments: ClassVar[frozenset[Moment]] = frozenset({"between", "after"})
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", side="below"),
        Reading("predicted", "sentence", "predicted uncertainty (from layer 1)", side="below"),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("entropy", "exit where the predicted uncertainty is below", 0.0, 1.0, 0.01, 0.3, 0.0, "up", "0: all layers; 1: one layer"),
        Knob("test", "tests of the ramps on the way", 0, 1, 1, 0, 0, "up", "0: the foreseen ramp alone is asked; 1: every ramp up to it"),
    )
    pictures: ClassVar[tuple[Picture, ...]] = (
        Picture(
            "look-up", "numbers", ("lut",),
            "The look-up table: the uncertainty foreseen after each layer, from the one measured after the first.",
        ),
    )  # fmt: skip
    fits_on: ClassVar[Literal["train", "calibration"] | None] = "train"
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "several tasks", "ALBERT on the authors' accelerator", "not in the abstract",
            "up to 7x less energy than without exits, 2.5x less than with exits at full speed", "EdgeBERT, MICRO 2021, abstract",
        ),
        Published(
            "SST-2 dev", "ALBERT-base", "not in the log", "4.30 of 12 layers, every ramp tested, S 0.23 nats",
            "the entropy log shipped with the authors' code",
        ),
        Published(
            "SST-2 dev", "ALBERT-base", "not in the log", "2.70 of 12 layers, every ramp tested, S 0.46 nats",
            "the entropy log shipped with the authors' code",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The script that measures accuracy also tests the ramps on the way to the predicted one.",
            "That is the knob test at 1; by default the foreseen ramp alone is asked.",
            "Only then is the work known after layer 1.",
        ),
        Deviation(
            "ALBERT, pruned and distilled, with attention spans and 8-bit numbers.",
            "The frozen model and the ramps of DeeBERT.",
            "Only the rule is compared here; the rest is orthogonal to it.",
        ),
        Deviation(
            "A sentence predicted for the last ramp but one goes on to the last layer, by a bound in the loop.",
            "It exits where predicted.",
            "The rule of the paper.",
        ),
        Deviation(
            "All ramps are computed, whether the rule looks at them or not.",
            "A ramp nobody looks at is not computed, except with S = 0.",
            "What is not needed should cost nothing.",
        ),
        Deviation(
            "The table's entropies are in nats, so that for two classes 30 of its rows are never used.",
            "They are divided by ln C.",
            "All rows are used, and the knob reads like everybody's.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True) -> None:
        super().__init__(shape, pooling, hidden)
        falling = 1 - torch.arange(shape.layers) / max(shape.layers - 1, 1)  # transformers may put another linspace in torch's place
        self.lut: Tensor
        self.register_buffer("lut", torch.arange(ROWS)[:, None] / ROWS * falling)  # (100, L) predicted uncertainties

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """Every tenth row of the table."""
        table = tensors.get("lut")
        if table is None:
            return None
        rows, middle = range(0, ROWS, 10), table[ROWS // 2]
        said = f"From an uncertainty of 0.5 after layer 1 it foresees {middle[1]:.3g} after layer 2 and {middle[-1]:.3g} after the last."
        return Learned(table[list(rows)], tuple(f"{i / ROWS:.1f} after layer 1" for i in rows), said)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment == "between":
            return {"predicted": plan.live} if layer > 1 else {}
        if layer == 1:
            return {"probs": plan.live, "uncertainty": plan.live, "predicted": plan.live}
        every = layer == self.shape.layers or knobs["entropy"] <= 0 or knobs["test"] >= 1
        ramps = plan.live if every else plan.live & (readings["predicted"][layer] < knobs["entropy"])
        return {"probs": ramps, "uncertainty": ramps}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        """After layer 1 the prediction is what was measured; from layer 2 on, before the feed-forward block, the table's."""
        if moment == "between":
            rows = view.memory["rows"][torch.from_numpy(asked["predicted"])]
            return {"predicted": self.lut[rows, layer - 1]}
        found = super().read(moment, layer, asked, view)
        if "predicted" in asked:
            found["predicted"] = found["uncertainty"]
            view.memory["rows"] = torch.zeros(len(asked["predicted"]), dtype=torch.long)
            view.memory["rows"][torch.from_numpy(asked["predicted"])] = nearest(found["uncertainty"])
        return found

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment == "between":
            return plan
        done = readings["predicted"][layer] < knobs["entropy"]
        if knobs["test"] >= 1:
            done |= readings["uncertainty"][layer] < knobs["entropy"]
        return plan.stop(plan.live & done, sentences)

    def foresees(self, readings: Mapping[str, Floats], knobs: Knobs) -> Ints | None:
        """The first layer whose predicted uncertainty is below S, the last where there is none."""
        sure = readings["predicted"][1:] < knobs["entropy"]
        return np.where(sure.any(0), sure.argmax(0) + 1, len(sure))

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        true, predicted = super().compares(readings, knobs)
        tested = np.full(len(true.limits), knobs["entropy"] if knobs["test"] >= 1 else np.nan)
        tested[1] = knobs["entropy"]
        return predicted, Comparison(true.reading, true.label, true.values, tested, "below")

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return super().flops(moment, layer, asked) if "probs" in asked.units else np.zeros_like(asked.visible)

    def fit(self, readings: Mapping[str, Floats], labels: Ints) -> None:
        unsure = torch.tensor(np.asarray(readings["uncertainty"]), dtype=torch.float32)
        self.lut[:] = table(unsure[1:]).to(self.lut)


def nearest(unsure: Tensor) -> Tensor:
    """(n,) -> (n,) the row of the table nearest to an uncertainty; of two the lower."""
    return (unsure * ROWS - 0.5).ceil().clamp(0, ROWS - 1).long()


def table(unsure: Tensor) -> Tensor:
    """(L, U) uncertainties of training sentences after each layer -> (100, L): layer 1's own, and what follows from it; never below 0."""
    grid = torch.arange(ROWS)[:, None] / ROWS
    layers, sentences = unsure.shape
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        widths = [1, *[HIDDEN] * 4, layers - 1]
        parts = [part for a, b in pairwise(widths) for part in (nn.Linear(a, b), nn.ReLU())]
        network = nn.Sequential(*parts[:-1])
        optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
        for order in (torch.randperm(sentences) for _ in range(PASSES)):
            for at in range(0, sentences, BATCH):
                rows = order[at : at + BATCH]
                optimizer.zero_grad()
                nn.functional.mse_loss(network(unsure[0, rows, None]), unsure[1:, rows].T).backward()  # type: ignore[no-untyped-call]
                optimizer.step()
    with torch.no_grad():
        return torch.cat([grid, network(grid).clamp_min(0)], 1)
