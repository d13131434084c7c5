"""What a picture of depth is drawn from: the columns shown, what happened in each cell, and the full-depth trace, if any."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dynviz.figures.columns import Column, State
from dynviz.figures.style import Style
from dynviz.records import Floats, Trace


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of a staircase: the columns shown (absolute numbers), their states (L, C) and the full-depth trace, if any."""

    trace: Trace
    full: Trace | None
    cols: tuple[Column, ...]
    shown: range
    state: NDArray[np.int8]
    style: Style

    @property
    def layers(self) -> int:
        """Number of layers."""
        return len(self.trace.layers)

    @cached_property
    def confidence(self) -> Floats:
        """(L+1, U) probability of the class named after each layer; NaN where none was read."""
        return np.asarray(self.trace.probs.max(-1))

    @cached_property
    def depths(self) -> NDArray[np.int64]:
        """(C,) layers in which each column was computed."""
        return np.asarray((self.state == State.COMPUTED).sum(0), np.int64)
