r"""A scheduler fitted to a budget says how many sentences should leave after each layer; who leaves are those most likely to be right.

Source: Ilhan et al., Adaptive Deep Neural Network Inference Optimization with EENet, WACV 2024. Code: git-disl/EENet.

Rule: The classifiers are a jointly trained model's. After layer $k$ a linear map of $x_k$ estimates how likely the answer there is right,
$q_k = \sigma(w_k \cdot x_k + b_k)$; $x_k$ holds the class probabilities $p_k$, $\max p_k$, $1 - H(p_k) / \ln C$ and the earlier estimates
$q_1$ to $q_{k-1}$. The sentence exits after the first layer with $q_k \ge T_k(B)$.

The thresholds $T_k(B)$ come from a plan: of the sentences on which it is fitted, so many shall leave after each layer that the mean depth
is $B$. After layer 1 the planned number of those with the largest $q_1$ leaves, of the others the planned number after layer 2, and so on.

(inferred) Whoever may leave at a larger budget may leave at a smaller one: $T_k(B)$ is the least of its own and those of larger budgets. So
one number a layer is enough, the largest budget at which the sentence leaves there, and every setting follows from one run.

Knob: $B$, the mean depth that is planned, as a share of the layers. Larger exits later, 1 never.

A plan is no promise. It is kept on sentences like those it was fitted on, of like lengths and as hard.

Training: The estimates by $\sum_k \sum_n w_{nk} \text{BCE}(q_{nk}, r_{nk})$, where $r$ says whether the answer is right and $w$ is the
share of sentence $n$ in what is planned for layer $k$. The plan of each budget by a network of one hidden layer, twice as wide as $x_k$,
whose softmax over the layers is $P_{nk}$, by the loss $10^{-3} \text{KL} + 10^{-2} |\bar{k} - B| / B$: the divergence of $P_{nk}$ from
$q_{nk} / \sum_j q_{nj}$, and how far the mean depth $\bar{k}$ under $P$ misses the budget.

All this is fitted on the calibration split with its labels: accuracy and depth there are what was fitted, and no estimate of anything.

(inferred) 500 steps of Adam over all sentences at a rate of 0.01, for 16 budgets at once, which share their estimates.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.method import Asked, Deviation, Knob, Knobs, Moment, Picture, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._ramps import Ramps, uncertainty
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind, Learned

LEAST, MOST, STEP = 0.2, 0.95, 0.05  # budgets, as shares of the layers
BUDGETS = tuple(float(b) for b in np.arange(LEAST, MOST + STEP / 2, STEP).round(2))
STEPS, RATE = 500, 0.01
NOBODY = 100.0  # log-odds that no estimate reaches
FOLLOW, HOLD = 1e-3, 1e-2  # weights in the plan's loss: of following the estimates, of holding the budget
SHOWN = slice(1, None, 4)  # budgets in the pictures


class EENet(Ramps):
    """A classifier, a linear estimate of its being right, and a threshold for each budget, after every layer."""

    title: ClassVar[str] = "EENet"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "Ilhan et al., WACV 2024"
    stops: ClassVar[str] = "the sentence exits, as a plan for a budget has it"
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("budget", "answer", "largest budget to exit at (share of the layers)", side="above"),
        Reading("estimate", "answer", "estimated chance of being right", compared=False),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("budget", "planned mean depth, share of the layers", LEAST, MOST, STEP, 0.5, 1.0, "down", "0.5: half of them on average"),
    )
    pictures: ClassVar[tuple[Picture, ...]] = (
        Picture("budgets", "depth", (), "The mean depth that is planned at each budget, and the one that came of it."),
        Picture(
            "plan", "numbers", ("planned", "left"),
            "The share of sentences planned to leave after each layer, and the share that left, of the sentences it was fitted on.",
        ),
        Picture(
            "thresholds", "numbers", ("limits",),
            "The estimated chance of being right at which a sentence leaves, for some budgets; 1: nobody leaves there.",
        ),
    )  # fmt: skip
    fits_on: ClassVar[Literal["train", "calibration"] | None] = "calibration"
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "SST-2, AG News", "BERT-base, exits after layers 3, 6, 9 and 12", "not in the code", "51, 91, 148 and 189 ms up to each exit",
            "a file of latencies in the authors' code, the same for both data sets",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The score is a linear map clamped to 0..1.",
            "A logistic one, with a bias.",
            "Clamped, a score that starts below 0 everywhere has no gradient and stays a random ranking, which their ten trials repair.",
        ),
        Deviation(
            "The plan is a softmax over sigmoids.",
            "A softmax over the outputs as they are.",
            "Over sigmoids no exit of six gets less than 7 or more than 35 % of the sentences, and budgets outside are missed.",
        ),
        Deviation(
            "Learning rate 0.00003, up to 1,000 epochs, ten seeds; the two losses take turns of ten epochs.",
            "Learning rate 0.01, 500 steps, one seed; both at once.",
            "At their rate weights hardly move on a thousand sentences; each loss has parameters of its own, so that turns change nothing.",
        ),
        Deviation(
            "A scheduler for one budget.",
            "One estimate for all budgets; the thresholds of a smaller budget are never above those of a larger one.",
            "Turning the knob down must never make a sentence leave later.",
        ),
        Deviation(
            "The last threshold is 0 against an unbounded score: who is below it leaves nowhere, counts as wrong and costs nothing.",
            "The last layer answers whoever is left.",
            "Every sentence must get an answer.",
        ),
        Deviation(
            "A budget in milliseconds; exits after layers 3, 6, 9 and 12.",
            "A budget in layers; an exit after every layer.",
            "Layers do not depend on a machine, nor on how long the sentences of the calibration split are.",
        ),
    )
    limits: Tensor
    planned: Tensor
    left: Tensor

    def __init__(self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True) -> None:
        super().__init__(shape, pooling, hidden)
        self.estimates = nn.ModuleList(nn.Linear(shape.classes + 2 + k, 1) for k in range(shape.layers))
        budgets = torch.tensor(BUDGETS)
        self.register_buffer("limits", budgets.logit()[:, None].repeat(1, shape.layers))  # (G, L) log-odds; until fitted: q at least B
        self.register_buffer("planned", torch.zeros(len(BUDGETS), shape.layers))  # (G, L) shares; 0 until fitted
        self.register_buffer("left", torch.zeros(len(BUDGETS), shape.layers))

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """For some budgets: planned and real shares, in turn; or the thresholds, but for the last layer's, which nobody needs to pass."""
        if any(name not in tensors for name in picture.tensors):
            return None
        chosen = BUDGETS[SHOWN]
        if picture.name == "plan":
            pairs = np.stack([tensors["planned"], tensors["left"]], 1)[SHOWN]
            missed = float(np.abs(tensors["planned"] - tensors["left"]).max())
            rows = tuple(f"{who}, budget {b:.0%}" for b in chosen for who in ("planned", "left"))
            said = f"On the sentences it was fitted on, no share that left misses what was planned by more than {100 * missed:.2g} points."
            return Learned(pairs.reshape(-1, pairs.shape[-1]), rows, said)
        values = 1 / (1 + np.exp(-tensors["limits"][SHOWN]))
        values[:, -1] = np.nan
        middle = len(chosen) // 2
        said = f"At a budget of {chosen[middle]:.0%} a sentence leaves after layer 1 at an estimate of {values[middle, 0]:.3g} or more."
        return Learned(values, tuple(f"budget {b:.0%}" for b in chosen), said)

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        probs = self.head(layer)(self.vectors(asked["probs"], view)).softmax(-1)
        which = torch.from_numpy(asked["probs"])
        earlier: list[Tensor] = view.memory.setdefault("estimates", [])
        odds = self.estimates[layer - 1](torch.cat([features(probs), *(e[which, None] for e in earlier)], -1))[:, 0]
        earlier.append(odds.new_zeros(len(which)))
        earlier[-1][which] = odds.sigmoid()
        passed = (odds[:, None] >= self.limits[:, layer - 1]).sum(-1)  # of the budgets, the smaller ones first
        budget = torch.where(passed > 0, LEAST + STEP * (passed - 0.5), 0.0)  # half a step above, so that rounding decides nothing
        return {"probs": probs, "uncertainty": uncertainty(probs), "estimate": odds.sigmoid(), "budget": budget.to(probs.dtype)}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.stop(plan.live & (readings["budget"][layer] > knobs["budget"]), sentences)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        estimate = readings["estimate"]  # beside it, with nothing to hold it against: its threshold is another at each layer and budget
        beside = Comparison("estimate", "estimated chance of being right", estimate, np.full_like(estimate, np.nan), "at least")
        return (*super().compares(readings, knobs), beside)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        scorer = self.estimates[layer - 1]
        assert isinstance(scorer, nn.Linear)
        return super().flops(moment, layer, asked) + asked.units["probs"] * 2 * scorer.weight.numel()

    def fit(self, readings: Mapping[str, Floats], labels: Ints) -> None:
        """Estimates, plans and thresholds; the estimates rounded as they will be stored, before any threshold is taken from them."""
        probs = torch.tensor(readings["probs"][1:], dtype=torch.float32)
        right = torch.tensor((readings["probs"][1:].argmax(-1) == labels), dtype=torch.float32)
        shares = fitted(self.estimates, probs, right)
        for parameter in self.estimates.parameters():
            parameter.data = parameter.data.half().to(parameter.dtype)
        with torch.no_grad():
            odds = log_odds(self.estimates, probs).double().numpy()
        limits, left = thresholds(odds, shares)
        for name, values in (("planned", shares), ("limits", limits), ("left", left)):
            getattr(self, name).copy_(torch.from_numpy(values))


def features(probs: Tensor) -> Tensor:
    """(..., C) class probabilities -> (..., C + 2): these, the largest, and how certain they are."""
    return torch.cat([probs, probs.amax(-1, keepdim=True), 1 - uncertainty(probs)[..., None]], -1)


def inputs(estimates: nn.ModuleList, probs: Tensor) -> tuple[list[Tensor], Tensor]:
    """What each estimate is given, (N, C + 2 + k) a layer, and its log-odds (L, N). Earlier estimates pass no gradient on."""
    given: list[Tensor] = []
    odds: list[Tensor] = []
    for estimate, seen in zip(estimates, features(probs), strict=True):
        given.append(torch.cat([seen, *(o.detach().sigmoid()[:, None] for o in odds)], -1))
        odds.append(estimate(given[-1])[:, 0])
    return given, torch.stack(odds)


def log_odds(estimates: nn.ModuleList, probs: Tensor) -> Tensor:
    """(L, N, C) class probabilities -> (L, N) log-odds of being right."""
    return inputs(estimates, probs)[1]


class Plans(nn.Module):
    """For each budget, a small network after each layer that says how much it is for leaving there."""

    def __init__(self, budgets: int, widths: list[int]) -> None:
        super().__init__()
        self.first = nn.ParameterList(torch.randn(budgets, w, 2 * w) / w**0.5 for w in widths)
        self.bias = nn.ParameterList(torch.zeros(budgets, 1, 2 * w) for w in widths)
        self.second = nn.ParameterList(torch.randn(budgets, 2 * w, 1) / (2 * w) ** 0.5 for w in widths)
        self.last = nn.ParameterList(torch.zeros(budgets, 1, 1) for _ in widths)

    def forward(self, given: list[Tensor]) -> Tensor:
        """(N, width) a layer -> (G, N, L) the share of each sentence that is planned to leave after each layer."""
        parts = zip(given, self.first, self.bias, self.second, self.last, strict=True)
        return torch.cat([(x @ a + b).sigmoid() @ c + d for x, a, b, c, d in parts], -1).softmax(-1)


def score_loss(odds: Tensor, right: Tensor, plan: Tensor) -> Tensor:
    """How wrong the estimates are, odds, right: (L, N), counted where sentences are planned to leave, plan: (G, N, L)."""
    weight = (plan / plan.sum(1, keepdim=True)).mean(0).T.detach()
    return (weight * F.binary_cross_entropy_with_logits(odds, right, reduction="none")).sum() / len(odds)


def plan_loss(plan: Tensor, odds: Tensor, budgets: Tensor) -> Tensor:
    """How far plans (G, N, L) are from the estimates with log-odds (L, N), and their mean depths, in shares, from budgets (G,); summed."""
    wanted = odds.detach().sigmoid().clamp_min(1e-6).T
    wanted = (wanted / wanted.sum(-1, keepdim=True)).expand_as(plan)
    apart = F.kl_div(plan.clamp_min(1e-12).log(), wanted, reduction="none").mean((1, 2))
    depth = (plan.mean(1) * torch.arange(1, plan.shape[-1] + 1)).sum(-1) / plan.shape[-1]
    return (FOLLOW * apart + HOLD * (depth - budgets).abs() / budgets).sum()


def fitted(estimates: nn.ModuleList, probs: Tensor, right: Tensor) -> Floats:
    """Fit the estimates in place, and plans; -> (G, L) the share planned to leave after each layer, for each budget."""
    budgets = torch.tensor(BUDGETS)
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        for estimate in estimates:
            estimate.reset_parameters()  # type: ignore[operator]
        estimates.requires_grad_(True)
        plans = Plans(len(BUDGETS), [e.weight.shape[1] for e in estimates])  # type: ignore[index, misc]
        optimizer = torch.optim.Adam([*estimates.parameters(), *plans.parameters()], lr=RATE)
        for _ in range(STEPS):
            given, odds = inputs(estimates, probs)
            plan = plans([x.detach() for x in given])
            optimizer.zero_grad()
            (score_loss(odds, right, plan) + plan_loss(plan, odds, budgets)).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    with torch.no_grad():
        return np.asarray(plans(inputs(estimates, probs)[0]).mean(1), np.float64)


def thresholds(odds: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """(L, N) log-odds, (G, L) planned shares, budgets ascending -> (G, L) thresholds on the log-odds, and (G, L) the shares that leave by
    them. Never above a larger budget's; out of reach where nobody is to leave; the last layer's lets all pass."""
    limits, left = np.full(shares.shape, NOBODY), np.zeros(shares.shape)
    above = np.full(len(odds), NOBODY)
    for g in reversed(range(len(shares))):
        here = np.ones(odds.shape[1], bool)
        for k in range(len(odds)):
            last = k == len(odds) - 1
            limits[g, k] = -NOBODY if last else min(above[k], cut(odds[k, here], int(shares[g, k] * len(here))))
            leaves = here & (odds[k] >= limits[g, k])
            left[g, k] = leaves.mean()
            here &= ~leaves
        above = limits[g]
    return limits, left


def cut(values: Floats, count: int) -> float:
    """The threshold that the `count` largest values reach: halfway to the next one, so that rounding moves nobody."""
    if count == 0 or not len(values):
        return NOBODY
    ordered = np.sort(values)[::-1]
    return float(ordered[-1] if count >= len(ordered) else (ordered[count - 1] + ordered[count]) / 2)
