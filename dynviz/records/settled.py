"""The earliest layer at which an answer could have been given."""

from dataclasses import dataclass

from dynviz.records.layout import Ints


@dataclass(frozen=True, eq=False)
class Settled:
    """The earliest layer from which each answer no longer changes, looking at full depth; known without any label.

    layers: (U,) the earliest such layer of each answer, 0 where a piece has none. answers: (L, U) class answered had it been given after
    each layer, -1 where none is read. share: compute of giving the answer there, over the plain model's; None for answers word by word,
    where stopping one word changes the others.
    """

    layers: Ints
    answers: Ints
    share: float | None
