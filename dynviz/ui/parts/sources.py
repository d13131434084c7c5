"""What a picture on the screen comes from, told when it is exported: for `Panel.source`."""

from collections.abc import Callable, Sequence

from dynviz.api import Checkpoint
from dynviz.figures import captions
from dynviz.records import Sweep, Trace
from dynviz.records.pruned import TaskPruned
from dynviz.records.reproduced import TaskReproduced
from dynviz.records.zoo import TaskZoo
from dynviz.ui.shell import cache

Provenance = Callable[[], str]


def runs(*traces: Trace) -> Provenance:
    """Runs of a text, at their settings."""
    models = [trace.model for trace in traces]
    return lambda: captions.of_runs(traces, cache.training_seeds(models), {name: cache.knob_names(name) for name in models})


def sweeps(found: Sequence[Sweep], point: int | None = None) -> Provenance:
    """Operating points over data; point: the setting in use, of the first."""
    models = [sweep.model for sweep in found]
    return lambda: captions.of_sweeps(found, cache.training_seeds(models), point, {name: cache.knob_names(name) for name in models[:1]})


def zoo(task: TaskZoo, settings: str) -> Provenance:
    """All methods of a task. settings: at which of its own each of them stands."""
    return lambda: captions.of_zoo(task, cache.training_seeds(task.digests), settings)


def pruned(task: TaskPruned, settings: str) -> Provenance:
    """All models of a task that drop tokens. settings: how they were judged."""
    return lambda: captions.of_pruned(task, cache.training_seeds([d.model for d in task.droppers]), settings)


def reproduced(task: TaskReproduced, settings: str) -> Provenance:
    """Published results beside models of a task. settings: at which of its own each of them stands."""
    return lambda: captions.of_reproduced(task, cache.training_seeds(task.digests), settings)


def checkpoint(found: Checkpoint, more: Sequence[str] = ()) -> Provenance:
    """What a checkpoint has learnt. more: further facts."""
    return lambda: captions.of_model(found.name, found.digest, found.config.trained.get("seed"), more)
