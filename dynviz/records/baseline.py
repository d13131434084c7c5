"""A reference line beside the curves of methods."""

from dataclasses import dataclass
from typing import Literal

from dynviz.records.layout import Floats, Ints


@dataclass(frozen=True, eq=False)
class Baseline:
    """A reference line: share of compute, accuracy and mean depth (in layers) of each point. kind: "random", "oracle" or "static".

    exits: (S,) the layer after which each sentence leaves, where the line is one point.
    """

    name: str
    kind: Literal["random", "oracle", "static"]
    share: Floats
    accuracy: Floats
    depth: Floats
    exits: Ints | None = None
