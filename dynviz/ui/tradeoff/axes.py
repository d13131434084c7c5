"""What lies on the horizontal axis: compute, layers, measured milliseconds, or a model's energy; the references with it. No Streamlit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dynviz.api import Checkpoint
from dynviz.figures import Curve
from dynviz.measure.energy import relative_energy
from dynviz.records import Floats, Sweep
from dynviz.records.layout import floats
from dynviz.records.times import Times, batch_sizes
from dynviz.ui.tradeoff import board
from dynviz.ui.tradeoff.board import Axis, Line

if TYPE_CHECKING:
    from dynviz.records.baseline import Baseline

PARTS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9)  # of a batch that leave one exit later, where random exit is drawn


@dataclass(frozen=True, eq=False)
class Scale:
    """An axis. at: checkpoint -> (P,) where the points of its report sweep lie; who is missing has no place. references: baselines."""

    axis: Axis
    at: Mapping[str, Floats]
    references: tuple[Curve, ...]

    def holds(self, line: Line) -> bool:
        """Whether a line can be drawn."""
        return all(c.name in self.at for c in line.members)


@dataclass(frozen=True, eq=False)
class Known:
    """The sweeps and references that an axis places. sweeps: report sweeps by checkpoint, those of other seeds of `own` in `seeds`. plain:
    the full plain model; cuts: plain models of all depths; baselines: random and oracle exit of `own`."""

    own: str
    lines: Sequence[Line]
    sweeps: Mapping[str, Sweep]
    seeds: Mapping[str, Sweep]
    plain: Sweep | None
    static: "Baseline | None"
    baselines: "Sequence[Baseline]"

    @property
    def cuts(self) -> list[Sweep]:
        """The plain models, shallow to deep."""
        return sorted((s for s in self.sweeps.values() if s.method == "plain"), key=lambda s: s.layers)


def counted(known: Known, axis: Axis) -> Scale:
    """The axis of compute or of mean depth: numbers that every sweep holds."""
    every = {**known.sweeps, **known.seeds}
    at = {name: s.share if axis == "share" else s.mean_depth for name, s in every.items()}
    lines = [*([known.static] if known.static and len(known.static.share) > 1 else []), *known.baselines]
    return Scale(axis, at, tuple(board.references(known.plain, lines, axis)))


def stand_ins(lines: Sequence[Line], plain: Sweep | None) -> dict[str, str]:
    """Checkpoint -> the one that is timed for it: the first of its family. Lines without models are left out."""
    found = {c.name: line.members[0].name for line in lines if line.runnable for c in line.members}
    return found if plain is None else {**found, plain.model: plain.model}


def milliseconds(known: Known, batch: int, times: Callable[[str], Times | None]) -> Scale | None:
    """Milliseconds a sentence in batches of this size, of the models timed; None where that in use is not."""
    ins = stand_ins(known.lines, known.plain)
    timed = {name: found for name, there in ins.items() if (found := times(there)) is not None}
    own = timed.get(known.own)
    if own is None:
        return None
    at = {name: found.per_sentence(known.sweeps[name].exits, known.sweeps[name].flops, batch) for name, found in timed.items()}
    at |= {name: own.per_sentence(s.exits, s.flops, batch) for name, s in known.seeds.items()}
    references = [_own_ms(one, known.sweeps[known.own], own, batch) for one in known.baselines]
    layer = timed.get(known.plain.model) if known.plain else None
    if layer is not None and known.plain is not None:
        cut = [float(layer.per_sentence(s.exits[:1], s.flops[:1], batch)[0]) for s in known.cuts]
        references += _plain(known, cut, float(at[known.plain.model][0]))
    return Scale("ms", at, tuple(references))


def _own_ms(baseline: "Baseline", sweep: Sweep, own: Times, batch: int) -> Curve:
    """Random or oracle exit of the model in use."""
    spent = baseline.share * sweep.plain_flops.sum() / len(sweep.plain_flops)
    if baseline.exits is not None:
        mean = np.full((1, len(baseline.exits)), spent[0])
        return Curve(baseline.name, baseline.kind, own.per_sentence(baseline.exits[None], mean, batch), floats(baseline.accuracy))
    rows, sizes = [], batch_sizes(len(sweep.plain_flops), batch)
    for (i, j), part in ((pair, part) for pair in pairwise(range(len(spent))) for part in PARTS):
        flops, right = ((1 - part) * v[i] + part * v[j] for v in (spent, baseline.accuracy))
        rows.append((own.by_lot(float(baseline.depth[i]), float(baseline.depth[j]), float(flops), sizes, part), float(right)))
    last = float(baseline.depth[-1])
    rows.append((own.by_lot(last, last, float(spent[-1]), sizes, 0.0), float(baseline.accuracy[-1])))
    x, y = zip(*rows, strict=True)
    return Curve(baseline.name, baseline.kind, floats(x), floats(y))


def _plain(known: Known, cut: Sequence[float], full: float) -> list[Curve]:
    """The line of fixed depths, where there are several, and the star."""
    assert known.plain is not None
    star = Curve(board.FULL, "full", floats([full]), known.plain.score[:1])
    if known.static is None or len(cut) < 2:
        return [star]
    return [Curve(known.static.name, "static", floats(cut), floats([s.score[0] for s in known.cuts])), star]


def whole(sweep: Sweep, checkpoint: Checkpoint) -> bool:
    """Whether sentences stop as one, in layers of one model: what is computed of a sentence is all its tokens, up to its exit."""
    return len(checkpoint.config.stages) == 1 and bool(np.allclose(sweep.depth, sweep.exits))


def energy(known: Known, checkpoints: Mapping[str, Checkpoint], foreseen: Callable[[str], Floats | None]) -> Scale | None:
    """Relative energy, of methods that stop whole sentences; None where none here foresees its exits: it would be the axis of layers."""
    sweeps = {**known.sweeps, **known.seeds}
    at = {name: found for name in sweeps if (found := foreseen(name)) is not None}
    if not at:
        return None
    for name, sweep in sweeps.items():
        if name not in at and name in checkpoints and whole(sweep, checkpoints[name]):
            at[name] = floats(relative_energy(sweep.exits, sweep.layers, sweep.layers).mean(1))
    layers = known.sweeps[known.own].layers
    references = [
        Curve(b.name, b.kind, floats([relative_energy(b.exits, b.exits, layers).mean()]), floats(b.accuracy))
        for b in known.baselines
        if b.exits is not None and known.own in at
    ]
    if known.plain is not None:
        depths = [s.layers for s in known.cuts]
        references += _plain(known, relative_energy(depths, depths, known.plain.layers).tolist(), 1.0)
    return Scale("energy", at, tuple(references))
