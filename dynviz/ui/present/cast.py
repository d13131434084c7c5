"""Who stands on the stage: the model, and two stored texts, of the largest contrast at equal length. That rule chooses, no name."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import streamlit as st

from dynviz import api
from dynviz.api import Checkpoint
from dynviz.errors import InputError
from dynviz.records import Sweep
from dynviz.records.pair import Golden, Pair
from dynviz.ui.parts import rules
from dynviz.ui.shell import cache, state

SPLIT = "report"
NEAR = 1  # pieces by which two texts of equal length may differ


@dataclass(frozen=True)
class Cast:
    """A model, and a cheap and a dear text of it, each as it ran and at full depth. examples: texts they were picked from. goes_by: what it
    stops by: "sure", how probable its answer is; "patient", how many layers agree; "rule", something else."""

    checkpoint: Checkpoint
    cheap: Pair
    dear: Pair
    examples: int
    goes_by: str = "rule"

    @property
    def title(self) -> str:
        """What the model is called."""
        return self.checkpoint.config.title

    @cached_property
    def sweep(self) -> Sweep:
        """Its measured operating points on texts it was not trained on."""
        found = cache.sweep(self.checkpoint.name, SPLIT)
        assert found is not None  # only models with measured points are cast
        return found

    @cached_property
    def point(self) -> int:
        """The point of the setting it ships with."""
        return self.sweep.nearest(state.defaults(self.checkpoint, cache.card(self.checkpoint.name)))


def contrast(pair: tuple[Pair, Pair]) -> float:
    """By how much of the plain model's work two texts differ."""
    first, second = pair
    return abs(first.trace.share - second.trace.share)


def widest(pairs: Sequence[Pair]) -> tuple[Pair, Pair] | None:
    """The cheap and the dear text of the largest contrast among those of equal length; None where no two can be shown."""
    fit = [pair for pair in pairs if _speaks(pair)]
    couples = [
        (a, b) if a.trace.share <= b.trace.share else (b, a)
        for a, b in combinations(fit, 2)
        if abs(len(a.trace.tokens) - len(b.trace.tokens)) <= NEAR
    ]
    return max((c for c in couples if c[0].trace.exit_layer < c[1].trace.exit_layer), key=contrast, default=None)


def introduced(golden: Golden) -> tuple[Pair, Pair] | None:
    """The cheap and the dear text that a checkpoint was given for its introduction, if they can be shown; else the widest of all."""
    chosen = widest(golden.first.pairs) if golden.first is not None else None
    return chosen or widest(golden.pairs)


def _speaks(pair: Pair) -> bool:
    """Whether it gives one answer, read after every layer it computed and the same as at full depth, in layers of one model."""
    trace = pair.trace
    asked = not np.isnan(trace.probs[1 : trace.exit_layer + 1, 0]).any()
    one = trace.unit == "sentence" and len({size.stage for size in trace.layers}) == 1
    return one and asked and trace.exit_layer > 0 and trace.predicted == pair.full.predicted


def _measured(checkpoint: Checkpoint) -> bool:
    single = checkpoint.task.unit == "sentence" and not checkpoint.task.pair  # two sentences side by side are quoted, not two pairs
    return bool(checkpoint.offered and single and (checkpoint.recorded(SPLIT) or checkpoint.outcomes(SPLIT)))


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def candidates() -> tuple[Cast, ...]:
    """All models that can be shown, those of the largest contrast first; of equals by name."""
    found = _cast(c for c in cache.catalogue()[0] if _measured(c) and len(c.config.stages) == 1)
    return tuple(sorted(found, key=lambda cast: (-round(contrast((cast.cheap, cast.dear)), 2), cast.checkpoint.name)))


def _cast(checkpoints: Iterable[Checkpoint]) -> list[Cast]:
    out = []
    for checkpoint in checkpoints:
        with suppress(InputError):  # files that cannot be read are told where their model is asked for; the others go on
            golden = cache.golden(checkpoint.name)
            couple = introduced(golden)
            if couple is not None:
                out.append(Cast(checkpoint, *couple, _picked_from(checkpoint, golden, couple), _goes_by(golden.pairs)))
    return out


def _picked_from(checkpoint: Checkpoint, golden: Golden, couple: tuple[Pair, Pair]) -> int:
    """Of how many texts these two were chosen: all bundled sentences, or those that are stored."""
    first = golden.first is not None and set(map(id, couple)) == set(map(id, golden.first.pairs))
    return len(api.bundled(checkpoint.task.name)) if first else len(golden.pairs)


def _goes_by(pairs: Sequence[Pair]) -> str:
    return "sure" if rules.sure(pairs) else "patient" if rules.patient(pairs) else "rule"


def chosen(asked: str) -> Cast | None:
    """The model that is asked for by name, if it can be shown; else the first by the rule."""
    found, names = candidates(), meant(asked)
    wanted = [cast for cast in found if cast.checkpoint.name in names]
    return next((cast for cast in (*wanted, *found) if _reads(cast)), None)


def meant(asked: str) -> tuple[str, ...]:
    """The checkpoints that a name in an address stands for: of a family any; none where nothing here is called so."""
    entry = state.entries().get(asked)
    return tuple(c.name for c in entry.members) if entry else (asked,) if cache.known(asked) else ()


def unread(checkpoints: Iterable[Checkpoint]) -> list[Checkpoint]:
    """Those of these whose stored texts or measured points are there and cannot be read."""
    out = []
    for checkpoint in checkpoints:
        try:
            cache.golden(checkpoint.name)
            cache.sweep(checkpoint.name, SPLIT)
        except InputError:
            out.append(checkpoint)
    return out


def nobody() -> int:
    """Where no model can be shown: of how many that might the files cannot be read."""
    return len(unread(c for c in cache.catalogue()[0] if _measured(c)))


def _reads(cast: Cast) -> bool:
    """Whether its measured points can be read."""
    with suppress(InputError):
        return cast.point >= 0
    return False
