"""What was measured of a checkpoint on a split, before or after its knobs are set; on disk, numbers only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dynviz.checkpoint.catalogue import checkpoint_at
from dynviz.checkpoint.config import CheckpointConfig, digest
from dynviz.measure import evaluate
from dynviz.measure.shipped import stored_sweep
from dynviz.measure.stored import stored_run
from dynviz.methods import method_class
from dynviz.records import Recorded, Sweep
from dynviz.records.storage import write_recorded, write_sweep

SPLITS = ("calibration", "report")
FINE, CURVE = 2_000, 41  # settings of the first knob to choose from, and of a stored curve


@dataclass(frozen=True, eq=False)
class OnSplit:
    """What was measured on a split: a run with the knob off, from which every setting follows, or the settings that were run."""

    recorded: Recorded | None
    about: Mapping[str, Any]
    sweep: Sweep | None = None

    def fine(self, config: CheckpointConfig) -> Sweep:
        """All settings to choose from: every step of the first knob where they can be replayed, else those that were run."""
        if self.recorded is None:
            assert self.sweep is not None
            return self.sweep
        kind = method_class(config.method)
        return evaluate.replayed(self.recorded, self.about, evaluate.settings(kind, FINE, config.knobs))

    def points(self, knobs: Mapping[str, float], config: CheckpointConfig) -> list[float]:
        """Values of the first knob for a curve: compute changes evenly between them on this split."""
        kind = method_class(config.method)
        if self.recorded is None or not kind.knobs:
            return []
        found = evaluate.spaced_replays(evaluate.method_of(self.recorded.run, self.about), self.recorded.run, CURVE, knobs)
        return [one[kind.knobs[0].name] for one in found[1:]]

    def store(self, folder: Path, purpose: str, points: Sequence[float]) -> None:
        """Write the Parquet file, under the digest of the folder as it is now."""
        now = digest(folder)
        if self.recorded is not None:
            about = {**self.about, "digest": now, **({"points": list(points)} if points else {})}
            write_recorded(self.recorded, about, folder / f"readings-{purpose}.parquet")
        elif self.sweep is not None:
            write_sweep(replace(self.sweep, digest=now), folder / f"sweep-{purpose}.parquet")


def stored(folder: Path) -> dict[str, OnSplit]:
    """What was measured of a checkpoint before, from its Parquet files."""
    checkpoint = checkpoint_at(folder)
    out = {}
    for purpose in SPLITS:
        if (found := stored_run(checkpoint, purpose)) is not None:
            out[purpose] = OnSplit(*found)
        elif (sweep := stored_sweep(checkpoint, purpose)) is not None:
            out[purpose] = OnSplit(None, {}, sweep)
    return out
