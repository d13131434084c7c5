"""Linear classifiers on states that do not change: multinomial logistic regression, by all rows at once.

How much large weights are punished is found, layer by layer, on rows held out among those to fit on. Too little, and on few rows a
classifier is sure of everything: its confidence tells nothing, and an exit rule that reads it has no knob to turn.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dynviz.fitting.states import Half
from dynviz.records import Ints

CHUNK = 8192  # rows held in single precision at once
PENALTIES = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0)  # on half the squared weights of standardized inputs, beside the sum of cross-entropies
HELD_OUT = 0.2  # share of the rows by which one of them is chosen
TRIED = 2048  # rows, at most, on which they are tried: a penalty beside a sum stands for what is thought before any row is seen
STEPS = 60
ENOUGH = 1e-5  # change of the loss, or of its gradient, at which the search ends


def fitted(states: Half, labels: Ints, classes: int, seed: int) -> tuple[Tensor, Tensor]:
    """(C, D) weights and (C,) biases of the classifier of these states (U, D); labels: (U,) classes."""
    tried = np.random.default_rng(seed).permutation(len(states))[:TRIED]
    return solved(states, labels, classes, penalty(states[tried], labels[tried], classes))


def penalty(states: Half, labels: Ints, classes: int) -> float:
    """The one under which a classifier of most of these rows, which lie in no order, finds the labels of the others likeliest."""
    held = int(len(states) * HELD_OUT)
    if not held:
        return PENALTIES[-1]
    x, target = torch.from_numpy(np.asarray(states[:held], np.float32)), torch.from_numpy(labels[:held])

    def loss(one: float) -> float:
        weight, bias = solved(states[held:], labels[held:], classes, one)
        return float(F.cross_entropy(F.linear(x, weight, bias), target))

    return min(PENALTIES, key=loss)


def solved(states: Half, labels: Ints, classes: int, penalty: float) -> tuple[Tensor, Tensor]:
    """(C, D) weights and (C,) biases under a penalty."""
    mean, scale = _moments(states)
    target = torch.from_numpy(labels)
    weight, bias = torch.zeros(classes, states.shape[1], requires_grad=True), torch.zeros(classes, requires_grad=True)
    search = torch.optim.LBFGS(
        [weight, bias], max_iter=STEPS, tolerance_grad=ENOUGH, tolerance_change=ENOUGH / 100, history_size=10, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        search.zero_grad()
        total = penalty / len(states) / 2 * weight.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        for begin, part in _chunks(states):
            x = (part - mean) / scale
            some = F.cross_entropy(F.linear(x, weight, bias), target[begin : begin + len(x)], reduction="sum") / len(states)
            some.backward()  # type: ignore[no-untyped-call]
            total = total.detach() + some.detach()
        return total

    search.step(loss)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        own = weight / scale
        return own, bias - own @ mean


def _chunks(states: Half) -> Iterator[tuple[int, Tensor]]:
    for begin in range(0, len(states), CHUNK):
        yield begin, torch.from_numpy(np.asarray(states[begin : begin + CHUNK], np.float32))


def _moments(states: Half) -> tuple[Tensor, Tensor]:
    """(D,) means and standard deviations."""
    total, square = torch.zeros(states.shape[1], dtype=torch.float64), torch.zeros(states.shape[1], dtype=torch.float64)
    for _, part in _chunks(states):
        total += part.sum(0, dtype=torch.float64)
        square += part.double().square().sum(0)
    mean = total / len(states)
    return mean.float(), (square / len(states) - mean.square()).clamp(min=1e-6).sqrt().float()
