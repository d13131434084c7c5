"""Labelled examples under a model: accuracy and compute at its settings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dynviz.api.models import knobs_of
from dynviz.data import Labelled, examples_from, label_rows
from dynviz.data.pairs import cut_examples
from dynviz.data.pieces import Pieces
from dynviz.errors import InputError
from dynviz.measure.analysis import loaded
from dynviz.records import Rows, Sweep

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model
    from dynviz.runtime import Progress

MOST = 1000  # settings
FEW = 256  # texts on which settings are spaced; a method that is run anew for each takes a quarter of them


def prepare(model: "Model", examples: Labelled) -> tuple[Pieces, Rows]:
    """Labelled examples, cut for a model; an InputError where they are none, or their labels do not fit its task."""
    model = loaded(model)
    examples = examples_from(examples, model.task)
    if not len(examples):
        raise InputError("There are no examples", "none were given", "Pass some texts with their labels")
    pieces = cut_examples(model.tokenizer, examples, model.max_length, model.task.unit == "token")
    return pieces, label_rows(examples, pieces, model.task)


def sweep(
    model: "Model", examples: Labelled, points: int = 21, knobs: Mapping[str, float] | None = None, progress: "Progress | None" = None
) -> Sweep:
    """Accuracy and compute over labelled examples at full depth (point 0) and `points` settings of the first knob.

    examples: what `read` returned; a file's path or a Hub data set's name; (text, label) pairs; columns by name; or a data frame.
    The settings are those between which compute changes about evenly over the first few texts, so that the curve has no needless gap.
    knobs: the other knobs' settings, by default the checkpoint's. progress: called with (texts done, texts to do).
    """
    from dynviz.measure import evaluate

    if not isinstance(points, int) or not 1 <= points <= MOST:
        raise InputError(f"points is {points!r}", "it says at how many settings to look", f"Pass a whole number from 1 to {MOST}")
    pieces, rows = prepare(model, examples)
    first = pieces.only(np.arange(min(len(pieces.texts), FEW if model.method.replayable else FEW // 4)))
    settings = evaluate.spaced(subject(model), first, points, knobs_of(model, knobs))
    return evaluate.sweep(subject(model), pieces, rows, settings, "given", progress)


def compare(model: "Model", examples: Labelled, knobs: Mapping[str, float] | None = None, progress: "Progress | None" = None) -> Sweep:
    """Labelled examples at full depth (point 0) and at one setting (the last point; there is but one where that is full depth)."""
    from dynviz.measure import evaluate

    pieces, rows = prepare(model, examples)
    off, here = model.method.off(), knobs_of(model, knobs)
    return evaluate.sweep(subject(model), pieces, rows, [off] if here == off else [off, here], "given", progress)


def subject(model: "Model") -> Any:
    """The model as `evaluate` takes it."""
    from dynviz.measure.evaluate import subject_of

    return subject_of(model)
