"""What a method learned beside its classifiers, from the checkpoint's small stored tensors: chosen by their names and shapes."""

from functools import partial

import numpy as np

from dynviz import api
from dynviz.api import Checkpoint
from dynviz.figures.numbers import numbers, numbers_table
from dynviz.figures.wording import listing, number
from dynviz.records import Floats
from dynviz.ui.methods import text
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, draw, style

LEAST = 560  # px
ROWS = range(0, 100, 10)  # of the look-up table, which has a row for each hundredth


def show(checkpoint: Checkpoint) -> None:
    """A picture for each of them that the checkpoint has."""
    layers = sum(int(s.config.get("num_hidden_layers", 0)) for s in checkpoint.config.stages)
    _mixes(checkpoint, layers)
    _look_up(checkpoint, layers)
    _weights(checkpoint, layers)


def _mixes(checkpoint: Checkpoint, layers: int) -> None:
    """Which layers feed each exit, and its temperature."""
    heat = api.stored_tensor(checkpoint, "temperature")
    found = {i: api.stored_tensor(checkpoint, f"mixes.{i}") for i in range(1, layers + 1)}
    mixes = {i: m / np.linalg.norm(m) for i, m in found.items() if m is not None}
    if heat is None or not mixes:
        return
    values = np.full((len(mixes), layers), np.nan)
    for row, mix in zip(values, mixes.values(), strict=True):
        row[: len(mix)] = mix
    rows = [f"exit after layer {i}, T = {number(float(heat[i - 1]))}" for i in mixes]
    most = [f"the exit after layer {i} reads layer {int(np.abs(m).argmax()) + 1} most" for i, m in mixes.items()]
    _draw(checkpoint, "mixes", values, rows, text.MIXES, f"{listing(most, 4)}.")


def _look_up(checkpoint: Checkpoint, layers: int) -> None:
    """The uncertainty foreseen after each layer, from the one after the first."""
    table = api.stored_tensor(checkpoint, "lut")
    if table is None or table.shape != (100, layers):
        return
    rows = [f"{i / 100:.1f} after layer 1" for i in ROWS]
    middle = table[50]
    second, last = (number(float(v)) for v in (middle[1], middle[-1]))
    said = f"From an uncertainty of 0.5 after layer 1 it foresees {second} after layer 2 and {last} after the last."
    _draw(checkpoint, "look-up", table[list(ROWS)], rows, text.LOOK_UP, said)


def _weights(checkpoint: Checkpoint, layers: int) -> None:
    """The weight each layer's loss was given by training itself."""
    trust = api.stored_tensor(checkpoint, "trust")
    if trust is None or trust.shape != (layers - 1,):
        return
    early = 1 / (1 + np.exp(-trust))
    weights = np.append(early, layers - early.sum())
    said = f"The last layer's loss weighs {number(float(weights[-1]))}, the first one's {number(float(weights[0]))}; together {layers}."
    _draw(checkpoint, "weights", weights[None], ["weight of the loss"], text.LOSS_WEIGHTS, said)


def _draw(checkpoint: Checkpoint, name: str, values: Floats, rows: list[str], how: str, finding: str) -> None:
    columns = [f"layer {i}" for i in range(1, values.shape[1] + 1)]
    figure, said = numbers(values, rows, columns, style=style(), subtitle=""), finding[:1].upper() + finding[1:]
    table, key = partial(numbers_table, values, rows, columns), text.LEARNED_KEY
    source = sources.checkpoint(checkpoint)
    draw(Panel(f"method-{name}", figure, said, table, how, text.LEARNED_LIMITS, "", key, True, LEAST, source))
