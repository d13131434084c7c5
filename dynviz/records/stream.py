"""What a policy did to a stream of sentences, one after the other, as plain numbers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dynviz.records.layout import Bools, Floats, Ints, check_shape, floats


@dataclass(frozen=True, eq=False)
class Stream:
    """T sentences in the order they came, K arms (thresholds on confidence), L layers.

    arms: (T,) the arm played. exits: (T,) the layer, from 1, after which the sentence left. rewards: (T,) what the policy saw of it.
    right: (T,) whether the answer was right, which the policy never sees. values, counts: (K,) mean reward and number of plays of each
    arm at the end. fixed: (K, T) the reward each arm would have had, sentence by sentence, had it been played throughout;
    fixed_right, fixed_exits: (K,) its accuracy and mean exit layer.
    """

    model: str
    layers: int
    thresholds: Floats
    arms: Ints
    exits: Ints
    rewards: Floats
    right: Bools
    values: Floats
    counts: Ints
    fixed: Floats
    fixed_right: Floats
    fixed_exits: Floats

    def __post_init__(self) -> None:
        steps, arms = len(self.arms), len(self.thresholds)
        for name in ("exits", "rewards", "right"):
            check_shape("Stream", name, getattr(self, name), (steps,))
        for name in ("values", "counts", "fixed_right", "fixed_exits"):
            check_shape("Stream", name, getattr(self, name), (arms,))
        check_shape("Stream", "fixed", self.fixed, (arms, steps))

    @cached_property
    def best(self) -> int:
        """The arm that earns most when it is played throughout; of equals, the lowest."""
        return int(self.fixed.sum(1).argmax())

    @cached_property
    def regret(self) -> NDArray[np.float64]:
        """(T,) what the best fixed arm has earned so far, less what was earned; may fall below zero."""
        return floats(np.cumsum(self.fixed[self.best] - self.rewards))

    @cached_property
    def accuracy(self) -> NDArray[np.float64]:
        """(T,) share of right answers so far."""
        return floats(np.cumsum(self.right) / np.arange(1, len(self.right) + 1))

    @cached_property
    def depth(self) -> NDArray[np.float64]:
        """(T,) mean exit layer so far."""
        return floats(np.cumsum(self.exits) / np.arange(1, len(self.exits) + 1))
