r"""The sentence exits once answers as confident as this one, after this layer, were right often enough on other sentences.

Source: Mofakhami, Bayat, Mitliagkas, Monteiro, Zantedeschi, Performance Control in Early Exiting to Deploy Large Models at the Same Cost of
Smaller Ones, ICML 2024 workshop ES-FoMo II. No code was found.

Rule: The classifiers are a jointly trained model's; confidence is the largest class probability, $\max_c p_{ic}$. For each layer a table, a
reliability diagram, says what share of the answers in each range of confidence was right on sentences it was fitted on. The sentence exits
after the first layer $i$ where what the table says of its confidence, $A_i$, is at least the target.

So one number sets a threshold of its own for each layer. That is all that is gained over a limit on the confidence itself.

(inferred) $A_i$ is the lower end of the 95 % Wilson interval of the share right, so that few answers promise little. The ranges hold
equally many answers, 10 to begin with; neighbours are joined until $A_i$ never falls where confidence rises. Ranges of equal width would be
of no use for two classes: most answers are in the last.

Knob: The expected accuracy asked for. Larger exits later; above 1 never.

It is no guarantee. It speaks of those who leave at a layer, not of all sentences: the last layer answers those that no layer is sure
enough of, and these are the hard ones. A target above what the last layer reaches cannot be met. A setting with a guarantee is chosen on
the Trade-off page.

Training: None. The tables are filled from the calibration split with its labels: accuracy there is what was fitted, and no estimate of
anything.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from dynviz.core.method import Deviation, Knob, Knobs, Moment, Picture, Plan, Pooling, Reading, Shape, View
from dynviz.methods._ramps import Ramps, uncertainty
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind, Learned
from dynviz.records.intervals import wilson


class ExpectedAccuracy(Ramps):
    """A classifier after every layer, and a table from its confidence to how often it was right. bins: ranges to begin with."""

    title: ClassVar[str] = "Accuracy target"
    kind: ClassVar[Kind] = "exit"
    fits_frozen: ClassVar[bool] = True
    venue: ClassVar[str] = "performance control, Mofakhami et al., ICML 2024 workshop"
    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("expected", "answer", "expected accuracy (at such confidence)", side="at least"),
        Reading("confidence", "answer", "confidence (largest class probability)", compared=False),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("target", "exit at an expected accuracy of at least", 0.5, 1.0, 0.005, 0.85, 1.01, "down", "1: never, on so few answers"),
    )
    pictures: ClassVar[tuple[Picture, ...]] = (
        Picture("targets", "accuracy", (), "The accuracy asked for, and the one that came of it."),
        Picture(
            "reliability", "numbers", ("expected", "edges"),
            "Accuracy to expect after each layer, by confidence: the share that was right of the answers it was fitted on, the lower end "
            "of its interval.",
        ),
    )  # fmt: skip
    fits_on: ClassVar[Literal["train", "calibration"] | None] = "calibration"
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The mean accuracy of validation samples of like confidence; a second variant smooths it, in a way we could not read.",
            "The lower end of its 95 % Wilson interval, over ranges of equally many answers that are joined until it never falls.",
            "A mean over few answers promises what it cannot hold; a table that rises is a threshold, which can be shown.",
        ),
        Deviation(
            "MSDNet and a vision transformer, on pictures of 10 and 100 classes.",
            "The jointly trained encoder, on sentences.",
            "Only the rule is compared here.",
        ),
    )
    edges: Tensor
    expected: Tensor

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, bins: int = 10) -> None:
        super().__init__(shape, pooling, hidden)
        middles = (torch.arange(bins) + 0.5) / bins
        inner = torch.arange(1, bins) / bins
        self.register_buffer("edges", inner.logit().repeat(shape.layers, 1))  # (L, B-1) log-odds: in fp16, .998 is not yet .999
        self.register_buffer("expected", middles.repeat(shape.layers, 1))  # (L, B); until it is fitted, confidence itself

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """A row for each range of confidence, the most confident on top."""
        if "expected" not in tensors:
            return None
        table = tensors["expected"].T
        bins = len(table)
        names = [f"answers {100 * i / bins:.0f} to {100 * (i + 1) / bins:.0f} % by confidence" for i in range(bins)]
        said = (
            f"Of the most confident answers at least {table[-1, 0]:.1%} were right after layer 1, and {table[-1, -1]:.1%} after the last; "
            f"of the least confident {table[0, 0]:.1%} and {table[0, -1]:.1%}."
        )
        return Learned(table[::-1], tuple(reversed(names)), said)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        probs = self.head(layer)(self.vectors(asked["probs"], view)).softmax(-1)
        place = torch.searchsorted(self.edges[layer - 1].contiguous(), log_odds(probs), right=True)
        expected = self.expected[layer - 1][place].to(probs.dtype)
        return {"probs": probs, "uncertainty": uncertainty(probs), "confidence": probs.amax(-1), "expected": expected}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.stop(plan.live & (readings["expected"][layer] >= knobs["target"]), sentences)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        sure = readings["confidence"]  # beside it, with nothing to hold it against
        return (*super().compares(readings, knobs), Comparison("confidence", "confidence", sure, np.full_like(sure, np.nan), "at least"))

    def fit(self, readings: Mapping[str, Floats], labels: Ints) -> None:
        """Of each layer: ranges of confidence with equally many answers, and how often those were right at least."""
        probs = np.asarray(readings["probs"], np.float64)[1:]
        for layer, right in enumerate(probs.argmax(-1) == labels):
            odds = log_odds(torch.from_numpy(probs[layer]))
            inner = torch.linspace(0, 1, self.expected.shape[1] + 1, dtype=odds.dtype)[1:-1]
            edges = odds.quantile(inner).to(torch.float16)  # as they will be stored
            place = torch.searchsorted(edges.to(odds.dtype), odds, right=True).numpy()
            bins = len(inner) + 1
            rising = lower_ends(np.bincount(place, right, bins), np.bincount(place, minlength=bins))
            self.edges[layer], self.expected[layer] = edges.to(self.edges), torch.from_numpy(rising)


def log_odds(probs: Tensor) -> Tensor:
    """(..., C) -> (...) of the largest class probability."""
    largest = probs.amax(-1)
    return torch.logit(largest, eps=torch.finfo(largest.dtype).eps)


def lower_ends(right: Floats | Ints, counts: Ints) -> Floats:
    """(B,) answers that were right, and all, from the least confident range on -> (B,) the lower end of the Wilson interval of each range,
    which is joined with the one before it until that of the later one is larger."""
    blocks: list[tuple[float, int, int]] = []  # right answers, answers, ranges
    low: list[float] = []
    for k, n in zip(right, counts, strict=True):
        block = (float(k), int(n), 1)
        while low and _low(block) <= low[-1]:
            low.pop()
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2] + block[2])
        blocks.append(block)
        low.append(_low(block))
    return np.repeat(low, [ranges for _, _, ranges in blocks])


def _low(block: tuple[float, int, int]) -> float:
    return float(wilson(np.array(block[0]), np.array(block[1]))[0])
