"""A layer worked out by hand: every number in a grid, and beside each the sum that gives it."""

from collections.abc import Mapping
from dataclasses import dataclass

from dynviz.records.layout import Floats, check_shape, floats


@dataclass(frozen=True, eq=False)
class Worked:
    """Numbers in a grid. values: (R, C). sums: R rows of C sums as one writes them, "0.45·1 + 0.27·0"."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Floats
    sums: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", floats(self.values))
        check_shape("Worked", "values", self.values, (len(self.rows), len(self.columns)))
        if [len(row) for row in self.sums] != [len(self.columns)] * len(self.rows):
            raise ValueError("Worked.sums must have one sum for each value")


@dataclass(frozen=True, eq=False)
class WorkedLayer:
    """One layer on one text, from left to right.

    enter: the words as they come in. looks: how much each word looks at each. looked: the words after what they saw was added. neurons:
    what each neuron says to each word. leaves: the words as they go out. score: what the exit reads from the first word, and its sum.
    probs: label -> probability. doubt: their entropy in nats.
    """

    enter: Worked
    looks: Worked
    looked: Worked
    neurons: Worked
    leaves: Worked
    score: float
    score_sum: str
    probs: Mapping[str, float]
    doubt: float

    @property
    def answer(self) -> str:
        """The likeliest label."""
        return max(self.probs, key=lambda label: self.probs[label])
