"""What follows from the numbers beside a checkpoint: operating points, baselines, energy, what it learned; and the zoo."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dynviz.checkpoint.backbones import backbones
from dynviz.checkpoint.cards import card, default_knobs, method_of
from dynviz.checkpoint.catalogue import Checkpoint, checkpoints
from dynviz.checkpoint.config import read_config
from dynviz.checkpoint.shelf import checkpoint_root
from dynviz.errors import InputError
from dynviz.measure.stored import replayable, sweep_in
from dynviz.records import Floats, Sweep
from dynviz.records.card import Learned, Picture
from dynviz.records.files import exists
from dynviz.records.operating import OperatingPoint, point_of
from dynviz.records.storage import write_sweep

if TYPE_CHECKING:
    from dynviz.records.backbones import Backbones
    from dynviz.records.baseline import Baseline
    from dynviz.records.domain import Domain
    from dynviz.records.pooling import Pooling
    from dynviz.records.pruned import Pruned
    from dynviz.records.reproduced import Reproduced
    from dynviz.records.times import Times
    from dynviz.records.zoo import Zoo

POINTS = 41  # of a curve whose settings were not chosen by its change in compute


def stored_sweep(checkpoint: Checkpoint, split: str, points: int | None = None) -> Sweep | None:
    """The shipped operating points over a split ("calibration", "report"): as they were run or replayed ahead, else replayed from readings.

    The setting the checkpoint ships with is always one of them. points: of a replayed curve, so many even steps of the first knob instead
    of the settings that were chosen on the calibration split to follow the change in compute.
    """
    file = checkpoint.outcomes(split)
    if file and (points is None or checkpoint.recorded(split) is None):
        return sweep_in(checkpoint, file)  # needs no torch
    return _replayed(checkpoint, split, points)


def replay_ahead(checkpoint: Checkpoint, split: str = "report") -> bool:
    """Store the operating points that follow from a split's readings beside them, for screens that must not wait for torch. Returns
    whether that changed the file; without readings nothing is written."""
    found, file = _replayed(checkpoint, split), checkpoint.folder / f"sweep-{split}.parquet"
    before = file.read_bytes() if exists(file) else b""
    if found is not None:
        write_sweep(found, file)
    return found is not None and file.read_bytes() != before


def _replayed(checkpoint: Checkpoint, split: str, points: int | None = None) -> Sweep | None:
    found = replayable(checkpoint, split)
    if found is None:
        return None
    from dynviz.measure import evaluate

    recorded, about, _ = found
    return evaluate.replayed(recorded, about, _settings(checkpoint, about, points))


def stored_at(checkpoint: Checkpoint, split: str, knobs: Mapping[str, float]) -> Sweep | None:
    """Full depth, and exactly this setting, over a split; None where the setting was neither run nor can be replayed."""
    from dynviz.measure import evaluate

    found = replayable(checkpoint, split)
    off = method_of(checkpoint).off()
    if found is not None:
        recorded, about, _ = found
        return evaluate.replayed(recorded, about, [off] if dict(knobs) == off else [off, dict(knobs)])
    sweep = stored_sweep(checkpoint, split)
    at = sweep.find(knobs) if sweep is not None else None
    return sweep.only([0] if at == 0 else [0, at]) if sweep is not None and at is not None else None


def shipped_point(checkpoint: Checkpoint, split: str) -> OperatingPoint | None:
    """What the setting a checkpoint ships with does on a split, in figures; None where no numbers of that split ship.

    Every table and sentence that says "at the shipped setting" comes from here: exactly that setting, never a neighbour.
    """
    if checkpoint.recorded(split) is None and checkpoint.outcomes(split) is None:
        return None
    sweep = stored_at(checkpoint, split, default_knobs(checkpoint))
    if sweep is None:
        why = f"the setting in its config.json is none of those of the split {split}"
        raise InputError(f"{checkpoint.name} was not measured at its own setting", why, "Measure it again")
    plain = plain_of(checkpoint)
    return point_of(sweep, len(sweep.knobs) - 1, stored_sweep(plain, split) if plain else None)


def plain_of(checkpoint: Checkpoint) -> Checkpoint | None:
    """The plain model of a checkpoint's task and backbone that lies beside it: what all methods are compared with."""
    found = [c for c in _plain(checkpoint.config.task, checkpoint.folder.parent) if c.backbone == checkpoint.backbone]
    return max(found, key=lambda c: c.layers, default=None)


def stored_energy(checkpoint: Checkpoint, split: str, also: Sequence[Mapping[str, float]] = ()) -> Floats | None:
    """(P,) mean relative energy (`dynviz.measure.energy`: a model, no measurement) at the points of `stored_sweep`, and at the settings
    `also`; None where the method does not foresee its exits, or no readings ship."""
    from dynviz.core import engine
    from dynviz.core.method import Method
    from dynviz.measure import grid
    from dynviz.measure.energy import relative_energy

    found = None if method_of(checkpoint).foresees is Method.foresees else replayable(checkpoint, split)
    if found is None:
        return None
    run, about, method = found[0].run, found[1], found[2]
    out = []
    for knobs in grid.merged(_settings(checkpoint, about, None), also):
        foreseen = method.foresees({**run.readings, "probs": run.probs}, knobs)
        assert foreseen is not None
        out.append(relative_energy(engine.replay(method, run, knobs).exit_layer, foreseen, len(run.sizes)).mean())
    return np.array(out)


def _settings(checkpoint: Checkpoint, about: Mapping[str, Any], points: int | None) -> list[dict[str, float]]:
    """The knob off, then the points of a shipped curve: the first knob's, the others as the checkpoint is shown; its own among them."""
    from dynviz.measure import grid

    kind, own = method_of(checkpoint), default_knobs(checkpoint)
    if not kind.knobs:
        return [kind.off()]
    first = kind.knobs[0]
    chosen = about.get("points") if points is None else None
    values = {*(chosen or first.points(points or POINTS)), *([] if own == kind.off() else [own[first.name]])}
    return grid.settings(kind, sorted(values), own)


def trained_steps(checkpoint: Checkpoint) -> int:
    """Optimizer steps behind a checkpoint's weights, those of the checkpoints it started from among them; 0 where none are told."""
    steps, seen = 0, {checkpoint.name}
    folder, trained = checkpoint.folder, checkpoint.config.trained
    while True:
        steps += sum(int(phase.get("steps", 0)) for phase in trained.get("stages", {}).values())
        start = trained.get("start", "base")
        if start == "base" or start in seen or Path(start).name != start or not exists(folder.parent / start / "config.json"):
            return steps
        seen.add(start)
        try:
            trained = read_config(folder.parent / start).trained
        except InputError:
            return steps


def stored_baselines(checkpoint: Checkpoint, split: str) -> "list[Baseline]":
    """Random and oracle exit over a split, where the shipped readings allow them."""
    from dynviz.measure import evaluate

    found = replayable(checkpoint, split)
    if found is None:
        return []
    recorded, _, method = found
    return [evaluate.random_exit(recorded, method), evaluate.oracle_exit(recorded, method)]


def _plain(task: str, root: Path | None) -> list[Checkpoint]:
    """The plain models of a task, of any depth."""
    return [c for c in checkpoints(root) if c.config.task == task and c.config.method == "plain"]


def static_line(task: str, split: str, root: Path | None = None, backbone: str | None = None) -> "Baseline | None":
    """The plain model cut and tuned at each depth, over a split: share of the deepest one's compute, metric and depth of each,
    shallow to deep; None where none ships. backbone: the pre-trained model they stand on; None: that of fewest layers."""
    from dynviz.records.baseline import Baseline

    plain = _plain(task, root)
    backbone = backbone or next(iter(backbones(plain)), None)
    sweeps = []
    for checkpoint in (c for c in plain if c.backbone == backbone):
        with suppress(InputError):  # one that cannot be read is said where it is asked for; the line goes through the others
            sweeps += [found] if (found := stored_sweep(checkpoint, split)) is not None else []
    if not sweeps:
        return None
    sweeps.sort(key=lambda s: s.layers)
    share = np.array([s.flops[0].sum() for s in sweeps]) / sweeps[-1].plain_flops.sum()
    accuracy, depth = (np.array([getattr(s, name)[0] for s in sweeps]) for name in ("score", "mean_depth"))
    return Baseline("one fixed depth", "static", share, accuracy, depth)


def learned(checkpoint: Checkpoint) -> list[tuple[Picture, Learned]]:
    """What a checkpoint's method learned beside its classifiers and holds worth a picture, without loading the model. Where its card
    names no such picture, torch is not needed."""
    pictures = [p for p in card(checkpoint).pictures if p.tensors]
    found = [(p, method_of(checkpoint).learned(p, _tensors(checkpoint, p.tensors))) for p in pictures]
    return [(p, numbers) for p, numbers in found if numbers is not None]


def _tensors(checkpoint: Checkpoint, names: Sequence[str]) -> dict[str, Floats]:
    """The tensors of a checkpoint's method of these names, and of names below them; none where it has no weights."""
    from dynviz.checkpoint.tensors import read_tensors

    if not exists(checkpoint.folder / "model.safetensors"):
        return {}
    full = tuple(f"method.{name}" for name in names)
    found = read_tensors(checkpoint.folder, lambda key: key in full or key.startswith(tuple(f"{name}." for name in full)))
    return {key.removeprefix("method."): tensor.double().numpy() for key, tensor in found.items()}


def zoo(root: Path | None = None) -> "Zoo":
    """What all methods of each task reach beside each other, as stored by `python -m dynviz insights --write`; empty where it is not."""
    from dynviz.records import zoo as stored

    return stored.read((root or checkpoint_root()) / stored.FILE)


def stored_backbones(root: Path | None = None) -> "Backbones":
    """Which findings hold on another backbone, as stored by `python -m dynviz insights --write`; only where all checkpoints are as they
    were. Empty where it is not."""
    from dynviz.records import backbones as stored

    where = root or checkpoint_root()
    found = stored.read(where / stored.FILE)
    there = {c.name: c.digest for c in checkpoints(where, repeats=True)} if found else {}
    return {name: one for name, one in found.items() if all(there.get(n) == digest for n, digest in one.digests.items())}


def stored_reproduced(root: Path | None = None) -> "Reproduced":
    """What others report beside what was found here, by task, as stored by `python -m dynviz insights --write`; only of checkpoints as they
    are now. Empty where it is not."""
    from dynviz.records import reproduced as stored

    where = root or checkpoint_root()
    found = stored.read(where / stored.FILE)
    there = {c.name: c.digest for c in checkpoints(where)} if found else {}
    return {name: task for name, one in found.items() if (task := one.only(there)).rows}


def stored_pooling(root: Path | None = None) -> "Pooling | None":
    """What can be read off [CLS] and off the mean, as stored by `python -m dynviz pooling --write`; only of plain models as they are now.
    None where it is not."""
    from dynviz.records import pooling as stored

    where = root or checkpoint_root()
    found = stored.read(where / stored.FILE)
    if found is None:
        return None
    there = {c.digest for c in checkpoints(where)}
    kept = tuple(one for one in found.backbones if one.digest in there)
    return replace(found, backbones=kept) if kept else None


def stored_domain(root: Path | None = None) -> "Domain | None":
    """What a change of domain does, as stored by `python -m dynviz domain --write`; only of checkpoints as they are now. None where it is
    not."""
    from dynviz.records import domain as stored

    where = root or checkpoint_root()
    found = stored.read(where / stored.FILE)
    if found is None:
        return None
    there = {c.digest for c in checkpoints(where)}
    models = {digest: moved for digest, moved in found.models.items() if digest in there}
    return replace(found, models=models) if models else None


def pruned(root: Path | None = None) -> "Pruned":
    """Whether the tokens that models drop matter, by task, as stored by `python -m dynviz pruned --write`; only of checkpoints as they are
    now. Empty where it is not."""
    from dynviz.records import pruned as stored

    where = root or checkpoint_root()
    found = stored.read(where / stored.FILE)
    there = {c.digest for c in checkpoints(where)} if found else set()
    left = {name: replace(task, droppers=tuple(d for d in task.droppers if d.digest in there)) for name, task in found.items()}
    return {name: task for name, task in left.items() if task.droppers or not found[name].droppers}


def stored_times(root: Path | None = None) -> "dict[str, Times]":
    """How long checkpoints took on the machine that is named with them, by digest, as stored by `python -m dynviz times --write`."""
    from dynviz.records import shipped_times

    return shipped_times.read((root or checkpoint_root()) / shipped_times.FILE)
