"""What the fitted classifiers do on the rows kept aside: read once each, at full depth; every setting follows by replay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dynviz.checkpoint.config import CheckpointConfig
from dynviz.core.encoder import Encoder
from dynviz.fitting.rows import Part
from dynviz.measure import evaluate, grid
from dynviz.measure.evaluate import Subject
from dynviz.methods._ramps import Ramps
from dynviz.records import Recorded, Sweep
from dynviz.records.coarse import coarse
from dynviz.runtime import Progress
from dynviz.training.measured import OnSplit

FINE, CURVE = 61, 41  # settings to choose from, and of a curve of words


@dataclass(frozen=True, eq=False)
class Measured:
    """A part kept aside: the run at full depth, and what is said of it."""

    recorded: Recorded
    about: Mapping[str, Any]

    @property
    def full_accuracy(self) -> float:
        """Share of the answers that are right at full depth."""
        probs, labels = answers(self)
        return float((probs["probs"][-1].argmax(-1) == labels).mean())

    def sweep(self, config: CheckpointConfig, points: int) -> Sweep:
        """Full depth, and so many settings between which compute changes about evenly."""
        return self.at(config, self.settings(config, points))

    def at(self, config: CheckpointConfig, settings: Sequence[Mapping[str, float]]) -> Sweep:
        """These settings, by replay."""
        return evaluate.replayed(self.recorded, self.about, [dict(setting) for setting in settings])

    def settings(self, config: CheckpointConfig, points: int) -> list[dict[str, float]]:
        """The knob off, then such settings."""
        run = self.recorded.run
        return evaluate.spaced_replays(evaluate.method_of(run, self.about), run, points, config.knobs)


def measured(
    encoder: Encoder, method: Ramps, config: CheckpointConfig, part: Part, split: str, progress: Progress | None = None
) -> Measured:
    """Run the part at full depth. Probabilities are those that will be stored, so that the knob follows from what is stored."""
    subject = Subject((encoder,), method, config.name, config.task, "")
    found = evaluate.record(subject, part.pieces, part.rows, progress)
    if method.unit == "sentence":
        found = Recorded(found.rows, replace(found.run, probs=coarse(found.run.probs)))
    assert config.stands_on is not None
    about = {
        "model": config.name, "method": config.method, "task": config.task, "split": split, "digest": "", "options": config.options,
        "last": config.stands_on.last.model_dump(),
    }  # fmt: skip
    return Measured(found, about)


def stored_as(parts: Mapping[str, Measured], config: CheckpointConfig, knobs: Mapping[str, float]) -> dict[str, OnSplit]:
    """The parts as they will be stored: readings of sentences; of words, whose readings would be many, the outcomes at some settings."""
    if parts["calibration"].recorded.run.unit == "sentence":
        return {name: OnSplit(part.recorded, part.about) for name, part in parts.items()}
    settings = grid.merged(parts["calibration"].settings(config, CURVE), [dict(knobs)])
    return {name: OnSplit(None, {}, evaluate.replayed(part.recorded, part.about, settings)) for name, part in parts.items()}


def answers(part: Measured) -> tuple[dict[str, Any], Any]:
    """The readings of the answers, (L+1, U), and their classes (U,), as `Method.fit` takes them."""
    run, labels = part.recorded.run, part.recorded.rows.labels
    chosen = np.flatnonzero(run.sentences.leads) if run.unit == "token" else np.arange(len(labels))
    return {name: values[:, chosen] for name, values in {**run.readings, "probs": run.probs}.items()}, labels
