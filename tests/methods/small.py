"""Small things the tests of exit methods share: a walk through a rule on hand-made readings, a batch, a method with random parameters."""

import numpy as np
import torch
from torch import Tensor

from dynviz.core.encoder import Encoder
from dynviz.core.method import Batch, Method, Plan
from dynviz.records import Sentences
from tests import tiny


def exits(method: Method, readings: dict[str, np.ndarray], **knobs: float) -> list[int]:
    """The layer after which each sentence leaves; readings: name -> (L+1, S), or (L+1, S, C)."""
    layers, count = method.shape.layers, next(iter(readings.values())).shape[1]
    sentences = Sentences(np.full(count, 2), np.ones(2 * count, bool), np.full(2 * count, -1))
    plan, left = Plan.everything(sentences), np.full(count, layers)
    for layer in range(1, layers + 1):
        after = method.decide("after", layer, {name: rows[: layer + 1] for name, rows in readings.items()}, sentences, plan, knobs)
        left[plan.live & ~after.live] = layer
        plan = after
    return [int(x) for x in left]


def rows(*sentences: list[float]) -> np.ndarray:
    """(L+1, S) a reading, one list of layers per sentence; row 0 is not read."""
    return np.concatenate([np.full((1, len(sentences)), np.nan), np.array(sentences, float).T])


def randomize(method: Method, seed: int = 7) -> Method:
    """Every parameter random, in float64, so that nothing is zero by its initialisation."""
    torch.manual_seed(seed)
    for parameter in method.double().parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return method


def batch(encoder: Encoder, progress: float = 1.0, step: int = 0) -> Batch:
    """Four sentences of 7, 5, 7 and 4 pieces, labelled 0, 1, 1, 0."""
    ids = torch.from_numpy(np.random.default_rng(4).integers(5, tiny.VOCABULARY, (4, 7)))
    real = torch.arange(7) < torch.tensor([7, 5, 7, 4])[:, None]
    return Batch(ids, real, torch.tensor([0, 1, 1, 0]), torch.zeros(4, dtype=torch.bool), progress, (encoder,), step)


def pooled(given: Batch) -> list[Tensor]:
    """The mean over the real tokens after 0..L layers, sentence by sentence."""
    states = given.encoders[0].padded(given.ids, given.real)
    return [torch.stack([s[b, : int(n)].mean(0) for b, n in enumerate(given.real.sum(1))]) for s in states]


def trainable_encoder(layers: int = 4) -> Encoder:
    """A tiny encoder whose layers, not its embeddings, take gradients."""
    made = tiny.encoder(layers=layers)
    made.model.encoder.requires_grad_(True)
    return made


def gradients(loss: Tensor, method: Method, encoder: Encoder) -> dict[str, Tensor]:
    """The gradient of every parameter of method and encoder; zeros where there is none."""
    named = dict(method.named_parameters()) | {f"encoder.{k}": p for k, p in encoder.model.encoder.named_parameters()}
    found = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
    return {k: torch.zeros_like(p) if g is None else g for (k, p), g in zip(named.items(), found, strict=True)}


def without_gradient(found: dict[str, Tensor]) -> set[str]:
    """Parameters that the loss does not reach."""
    return {name for name, gradient in found.items() if not bool(gradient.any())}
