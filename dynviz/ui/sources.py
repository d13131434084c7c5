"""What a picture on the screen comes from, told when it is exported: for `Panel.source`."""

from collections.abc import Callable, Sequence

from dynviz import captions
from dynviz.api import Checkpoint
from dynviz.records import Sweep, Trace
from dynviz.ui import cache

Source = Callable[[], str]


def runs(*traces: Trace) -> Source:
    """Runs of a text, at their settings."""
    return lambda: captions.of_runs(traces, cache.training_seeds(trace.model for trace in traces))


def sweeps(found: Sequence[Sweep], point: int | None = None) -> Source:
    """Operating points over data; point: the setting in use, of the first."""
    return lambda: captions.of_sweeps(found, cache.training_seeds(sweep.model for sweep in found), point)


def checkpoint(found: Checkpoint) -> Source:
    """What a checkpoint has learnt."""
    return lambda: captions.of_model(found.name, found.digest, found.config.trained.get("seed"))
