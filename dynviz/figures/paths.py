"""One answer on its way up through the layers, as numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dynviz.figures.columns import layer_names, same_text
from dynviz.figures.wording import count
from dynviz.records import Trace

MOST = 4  # classes drawn


@dataclass(frozen=True, eq=False)
class Path:
    """One answer on its way up. probs: (L+1, C) with the part after the exit from full depth; reading: (L+1,) or None;
    exit: the last layer computed for it; classes: those drawn; beyond: whether the part after the exit is known."""

    trace: Trace
    probs: NDArray[np.float64]
    reading: NDArray[np.float64] | None
    exit: int
    classes: tuple[int, ...]
    beyond: bool
    word: str


def stopped_after(path: Path) -> str:
    """ "layer 4 of 6", "small 2", or "6 layers" where all ran."""
    total = len(path.trace.layers)
    if path.exit == total:
        return count(total, "layer")
    stages = {size.stage for size in path.trace.layers}
    return layer_names(path.trace.layers)[path.exit - 1] if len(stages) > 1 else f"layer {path.exit} of {total}"


def place_of(trace: Trace, unit: int | None) -> int:
    """The place in the trace of the answer asked for; the first word's by default, 0 where the sentence has one."""
    if trace.answer.shape[0] != len(trace.tokens):
        return 0
    leads = np.flatnonzero(trace.leads)
    return unit if unit is not None else int(leads[0]) if len(leads) else 0


def column_of(trace: Trace, reading: str, place: int) -> NDArray[np.float64]:
    """(L+1,) a reading, of one token where it has one value per token."""
    values = np.asarray(trace.readings[reading], np.float64)
    return values if values.ndim == 1 else values[:, place]


def path_of(trace: Trace, full: Trace | None, knob_reading: str | None, unit: int | None) -> Path:
    """The answer asked for; what was not computed is filled in from full depth."""
    same_text(trace, full)
    place, words = place_of(trace, unit), trace.unit == "token"
    done = np.flatnonzero(trace.transformed[:, place] if words else trace.attending.any(1))
    exit = int(done.max(initial=0)) + 1 if len(done) else min(1, len(trace.layers))
    probs = np.array(trace.probs[:, place], np.float64)
    named = knob_reading is not None and knob_reading in trace.readings
    reading = np.array(column_of(trace, str(knob_reading), place)) if named else None
    if full is not None:
        probs[exit + 1 :] = full.probs[exit + 1 :, place]
        if reading is not None and knob_reading in full.readings:
            reading[exit + 1 :] = column_of(full, str(knob_reading), place)[exit + 1 :]
    best = np.where(np.isnan(probs), -1, probs).max(0)
    classes = tuple(int(c) for c in np.argsort(-best, kind="stable")[:MOST])
    beyond = full is not None and exit < len(trace.layers)
    word = trace.tokens[place] if words else ""
    if words and trace.word[place] >= 0:
        start, stop = trace.offsets[trace.word == trace.word[place]][[0, -1], [0, 1]]
        word = trace.text[int(start) : int(stop)] or word
    return Path(trace, probs, reading, exit, classes, beyond, word)
