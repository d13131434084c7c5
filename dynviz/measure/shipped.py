"""The numbers that lie beside a checkpoint: operating points, baselines, energy, stored traces, tensors; and the zoo."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dynviz.checkpoint import golden
from dynviz.checkpoint.cards import method_of
from dynviz.checkpoint.catalogue import Checkpoint, checkpoint_root, checkpoints
from dynviz.records import Floats, Recorded, Sweep
from dynviz.records.pair import Pair
from dynviz.records.storage import read_recorded, read_sweep

if TYPE_CHECKING:
    from dynviz.records.baseline import Baseline
    from dynviz.records.zoo import Zoo


def stored_run(checkpoint: Checkpoint, split: str) -> tuple[Recorded, dict[str, Any]] | None:
    """What was read at full depth of every example of a split ("calibration", "report"), and what is said about it; None where no readings
    ship. Needs no torch."""
    file = checkpoint.recorded(split)
    return read_recorded(file) if file else None


def stored_sweep(checkpoint: Checkpoint, split: str, points: int = 41) -> Sweep | None:
    """The shipped operating points over a split ("calibration", "report"): replayed from readings, or as stored."""
    from dynviz.measure import evaluate

    found = stored_run(checkpoint, split)
    if found is None:
        file = checkpoint.outcomes(split)
        return read_sweep(file) if file else None
    recorded, about = found
    return evaluate.replayed(recorded, about, _settings(checkpoint, points))


def stored_energy(checkpoint: Checkpoint, split: str, points: int = 41) -> Floats | None:
    """(P,) mean relative energy (`dynviz.measure.energy`: a model, no measurement) at the points of `stored_sweep`; None where the
    method does not foresee its exits, or no readings ship."""
    from dynviz.core import engine
    from dynviz.core.method import Method
    from dynviz.measure import evaluate
    from dynviz.measure.energy import relative_energy

    found = None if method_of(checkpoint).foresees is Method.foresees else stored_run(checkpoint, split)
    if found is None:
        return None
    run, about = found[0].run, found[1]
    method, out = evaluate.method_of(run, about), []
    for knobs in _settings(checkpoint, points):
        foreseen = method.foresees({**run.readings, "probs": run.probs}, knobs)
        assert foreseen is not None
        out.append(relative_energy(engine.replay(method, run, knobs).exit_layer, foreseen, len(run.sizes)).mean())
    return np.array(out)


def _settings(checkpoint: Checkpoint, points: int) -> list[dict[str, float]]:
    """The knob off, then the points of a shipped curve: the first knob's, the others as the checkpoint is shown."""
    from dynviz.measure import evaluate

    return evaluate.settings(method_of(checkpoint), points, checkpoint.config.knobs)


def stored_baselines(checkpoint: Checkpoint, split: str) -> "list[Baseline]":
    """Random and oracle exit over a split, where the shipped readings allow them."""
    from dynviz.measure import evaluate

    found = stored_run(checkpoint, split)
    if found is None:
        return []
    recorded, about = found
    method = evaluate.method_of(recorded.run, about)
    return [evaluate.random_exit(recorded, method), evaluate.oracle_exit(recorded, method)]


def static_line(task: str, split: str, root: Path | None = None) -> "Baseline | None":
    """The plain model cut and tuned at each depth, over a split: share of the deepest one's compute, accuracy and depth of each,
    shallow to deep; None where none ships."""
    from dynviz.records.baseline import Baseline

    plain = [c for c in checkpoints(root, []) if c.config.task == task and c.config.method == "plain"]
    sweeps = [s for s in (stored_sweep(c, split) for c in plain) if s is not None]
    if not sweeps:
        return None
    sweeps.sort(key=lambda s: s.layers)
    share = np.array([s.flops[0].sum() for s in sweeps]) / sweeps[-1].plain_flops.sum()
    accuracy, depth = (np.array([getattr(s, name)[0] for s in sweeps]) for name in ("accuracy", "mean_depth"))
    return Baseline("one fixed depth", "static", share, accuracy, depth)


def stored_pairs(checkpoint: Checkpoint) -> list[Pair]:
    """Stored traces of a few sentences, each with the one at full depth; none where none ship. Needs no torch."""
    return golden.read(checkpoint.folder)


def stored_tensor(checkpoint: Checkpoint, name: str) -> "Floats | None":
    """A tensor of a checkpoint's method (gates, thresholds), without loading the model; None where it has none of that name."""
    from safetensors import SafetensorError, safe_open

    file = checkpoint.folder / "model.safetensors"
    try:
        with safe_open(str(file), "numpy") as tensors:
            key = f"method.{name}"
            return np.asarray(tensors.get_tensor(key), np.float64) if key in tensors.keys() else None  # noqa: SIM118
    except (OSError, SafetensorError):
        return None


def zoo(root: Path | None = None) -> "Zoo":
    """What all methods of each task reach beside each other, as stored by `python -m dynviz insights --write`; empty where it is not."""
    from dynviz.records import zoo as stored

    return stored.read((root or checkpoint_root()) / stored.FILE)
