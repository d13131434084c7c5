"""Policies: they change a method's setting while a stream of sentences goes by. Played over stored readings; numbers only, no torch."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dynviz.policies import ceebert
from dynviz.records import Recorded, Stream
from dynviz.records.card import Card


class Policy(NamedTuple):
    """A policy's description, and the function that plays it: (recorded run, model, knob settings, seed of each shuffle) -> streams."""

    card: Card
    run: Callable[[Recorded, str, dict[str, float], Sequence[int]], list[Stream]]


POLICIES = {"ceebert": Policy(ceebert.CARD, ceebert.run)}
