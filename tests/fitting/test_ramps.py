"""Classifiers on states that stay: as sure as rows they have not seen warrant, however few there were, whatever their order."""

import numpy as np
import torch
from torch.nn import functional as F

from dynviz.fitting.ramps import PENALTIES, fitted, penalty, solved

WIDTH = 100


def rows(many: int, signal: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise, in whose first number, the narrowest, a label of two shows by so many standard deviations."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, 2, many)
    states = draw.normal(size=(many, WIDTH)) * np.linspace(1, 10, WIDTH)
    states[:, 0] += signal * (labels - 0.5)
    return states.astype(np.float16), labels


def loss(found: tuple[torch.Tensor, torch.Tensor], states: np.ndarray, labels: np.ndarray) -> float:
    return float(F.cross_entropy(F.linear(torch.from_numpy(states.astype(np.float32)), *found), torch.from_numpy(labels)))


def test_a_classifier_of_few_rows_is_not_sure_of_what_it_cannot_know() -> None:
    few, fresh = rows(80, 0.0, 1), rows(2000, 0.0, 2)
    assert loss(fitted(*few, 2, seed=0), *fresh) < 0.8, "a coin's 0.69, about"
    assert loss(solved(*few, 2, min(PENALTIES)), *fresh) > 1.2, "hardly punished, it is sure, and wrong"


def test_the_more_rows_say_the_less_is_punished() -> None:
    assert penalty(*rows(1000, 8.0, 3), 2) < penalty(*rows(100, 0.5, 3), 2)


def test_rows_in_order_of_their_labels_are_fitted_alike() -> None:
    states, labels = rows(300, 3.0, 4)
    order, fresh = np.argsort(labels, kind="stable"), rows(2000, 3.0, 5)
    there, sorted_ = (loss(fitted(states[o], labels[o], 2, seed=0), *fresh) for o in (slice(None), order))
    assert abs(there - sorted_) < 0.05
