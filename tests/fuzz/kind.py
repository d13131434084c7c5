"""What a kind of input is, and what became of a case of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Literal

Said = Literal["accepted", "refused", "failed"]


@dataclass(frozen=True)
class Kind:
    """A kind of input. share: how many cases of it beside the others. ground: what all cases of a process share, made once from the
    stock of sound things (`stock.py`) and an empty folder; make: a case from the ground; give: the case is given to the code.
    visitors: its sentences are read by visitors, who are told no path of the server.
    """

    share: int
    ground: Callable[[Path, Path], Any]
    make: Callable[[Any, Random], Any]
    give: Callable[[Any], None]
    visitors: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a case. what: the sentence, or what went wrong; trace: where; processor: seconds; memory: MB above idle."""

    kind: str
    seed: int
    said: Said
    what: str = ""
    trace: str = ""
    processor: float = 0.0
    memory: float = 0.0

    @property
    def name(self) -> str:
        """What brings it back."""
        return f"{self.kind}:{self.seed}"
