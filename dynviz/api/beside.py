"""What ships beside a checkpoint, read as the app reads it: golden traces, readings, operating points; the traces held against a run."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from dynviz.checkpoint import golden
from dynviz.checkpoint.catalogue import Checkpoint
from dynviz.checkpoint.model import Model
from dynviz.errors import InputError
from dynviz.figures.wording import count
from dynviz.measure.analysis import analyse
from dynviz.measure.stored import replayable, stored_golden, sweep_in
from dynviz.records import Trace
from dynviz.records.files import exists
from dynviz.records.pair import Golden

GOLDEN, SPLITS = "golden.json", ("calibration", "report")
TEXTS = 2  # stored texts that are run again
SAME = 2e-3  # of a probability: other machines and releases add up in another order
AGAIN = "Restore both, or make it again by: python -m dynviz checkpoints --golden"


def readers(checkpoint: Checkpoint) -> dict[str, Callable[[], str]]:
    """The files of numbers that lie there, by name, and what reads each: says what it holds; an InputError where it cannot be read, or is
    not this checkpoint's."""
    found: dict[str, Callable[[], str]] = {GOLDEN: partial(_golden, checkpoint)} if exists(checkpoint.folder / GOLDEN) else {}
    for split in SPLITS:
        if file := checkpoint.recorded(split):
            found[file.name] = partial(_readings, checkpoint, split)
        if file := checkpoint.outcomes(split):
            found[file.name] = partial(_sweep, checkpoint, file)
    return found


def _golden(checkpoint: Checkpoint) -> str:
    golden.read_card(checkpoint.folder)
    return f"{count(len(stored_golden(checkpoint).pairs), 'text')}, each at its own setting and at full depth"


def _readings(checkpoint: Checkpoint, split: str) -> str:
    found = replayable(checkpoint, split)
    assert found is not None
    return f"{count(len(found[0].rows.ids), 'row')}, {count(len(found[0].run.readings), 'reading')} after each layer"


def _sweep(checkpoint: Checkpoint, file: Path) -> str:
    found = sweep_in(checkpoint, file)
    return f"{count(len(found.rows.ids), 'row')} at {count(len(found.knobs), 'setting')}"


def agree(model: Model, stored: Golden) -> str:
    """Run a stored text or two again; an InputError where something else comes out than is stored."""
    pairs = (stored.first.pairs if stored.first else stored.pairs)[:TEXTS]
    for pair in pairs:
        found = analyse(model, pair.trace.text)
        for now, then in ((found.at(pair.trace.knobs), pair.trace), (found.full, pair.full)):
            if why := _difference(now, then):
                raise InputError(f"{model.config.name} does not do what {GOLDEN} says it did with {then.text[:60]!r}", why, AGAIN)
    return f"{count(len(pairs), 'text')} run again: the same answers after the same layers"


def _difference(now: Trace, then: Trace) -> str:
    """In what two runs differ; "" where they agree."""
    if now.tokens != then.tokens:
        return "it is cut into other pieces now"
    if not (np.array_equal(now.transformed, then.transformed) and np.array_equal(now.visible, then.visible)):
        return f"now {now.transformed.sum()} times a piece goes through a layer, and then {then.transformed.sum()} times"
    if not np.allclose(now.answer, then.answer, rtol=0, atol=SAME, equal_nan=True):
        return "its answers are as probable no longer"
    return ""
