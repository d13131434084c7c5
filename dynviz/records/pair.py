"""A text at two settings, the one in use and full depth; and what a checkpoint keeps of such texts."""

from dataclasses import dataclass

from dynviz.records.card import Comparison
from dynviz.records.trace import Trace


@dataclass(frozen=True)
class Pair:
    """A trace at the checkpoint's own knobs, the same text at full depth, and what the rule compared in the first."""

    trace: Trace
    full: Trace
    compared: tuple[Comparison, ...] = ()


@dataclass(frozen=True)
class First:
    """The two bundled texts that a checkpoint is introduced with: nearly as long as each other, and chosen for what they cost.

    ids: theirs, the cheaper first, as are `pairs`. of: how many pairs of bundled texts there are that are equally long, one of them meant
    as easy, one as hard; dearer, cheaper: in how many of them the one meant as hard cost more, or less.
    """

    ids: tuple[str, str]
    pairs: tuple[Pair, Pair]
    of: int
    dearer: int
    cheaper: int


@dataclass(frozen=True)
class Golden:
    """What a checkpoint did to a few bundled texts when it was made; first: those of the first screen, where they were chosen."""

    pairs: tuple[Pair, ...] = ()
    first: First | None = None
