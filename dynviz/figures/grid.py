"""What a picture of depth is drawn from: the columns shown, what happened in each cell, and the full-depth trace, if any."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dynviz.figures.columns import Column, State
from dynviz.figures.style import Style
from dynviz.figures.told import by_layer
from dynviz.records import Floats, Trace
from dynviz.records.card import Comparison


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of a staircase: the columns shown (absolute numbers), their states (L, C) and the full-depth trace, if any. told: per
    token, what the rule read."""

    trace: Trace
    full: Trace | None
    cols: tuple[Column, ...]
    shown: range
    state: NDArray[np.int8]
    style: Style
    told: Sequence[Comparison] = ()

    @property
    def layers(self) -> int:
        """Number of layers."""
        return len(self.trace.layers)

    @cached_property
    def confidence(self) -> Floats:
        """(L+1, U) probability of the class named after each layer; NaN where none was read."""
        return np.asarray(self.trace.probs.max(-1))

    @cached_property
    def read(self) -> list[Comparison]:
        """What is told, row l for layer l."""
        return [by_layer(self.trace, one) for one in self.told]

    @cached_property
    def plain(self) -> dict[str, Floats]:
        """The readings that `told` does not already tell."""
        known = [one.values for one in self.told]
        return {n: v for n, v in self.trace.readings.items() if not any(np.array_equal(v, k, equal_nan=True) for k in known)}

    @cached_property
    def depths(self) -> NDArray[np.int64]:
        """(C,) layers in which each column was computed."""
        return np.asarray((self.state == State.COMPUTED).sum(0), np.int64)
