"""A text at two settings: the one in use, and full depth."""

from dataclasses import dataclass

from dynviz.records.card import Comparison
from dynviz.records.trace import Trace


@dataclass(frozen=True)
class Pair:
    """A trace at the checkpoint's own knobs, the same text at full depth, and what the rule compared in the first."""

    trace: Trace
    full: Trace
    compared: tuple[Comparison, ...] = ()
