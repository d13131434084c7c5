"""What the Trade-off page draws, as data: the curves of a task, and which checkpoint and setting every point stands for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from dynviz.api import Checkpoint
from dynviz.figures import Curve, curve_of
from dynviz.records import Floats, Sweep
from dynviz.records.layout import floats
from dynviz.ui.parts import naming

if TYPE_CHECKING:
    from dynviz.records.baseline import Baseline

Axis = Literal["share", "layers", "ms", "energy"]
Places = Mapping[str, Floats]  # checkpoint -> (P,) where the points of its report sweep lie on the axis
FULL = "plain model"
SEEDS = "other seeds ({n})"


@dataclass(frozen=True)
class Spot:
    """A setting of a checkpoint: a point of its sweep."""

    checkpoint: str
    point: int


@dataclass(frozen=True)
class Line:
    """One curve: a checkpoint at all its settings, or a family, one point a member at the member's own settings.

    minor: of a baseline, drawn dashed.
    """

    name: str
    members: tuple[Checkpoint, ...]
    spots: tuple[Spot, ...]
    minor: bool = False

    @property
    def family(self) -> bool:
        """Whether every point is a checkpoint of its own."""
        return len(self.members) > 1

    @property
    def runnable(self) -> bool:
        """Whether the models ship, not only their readings."""
        return all(c.runnable for c in self.members)


def own_point(checkpoint: Checkpoint, defaults: Mapping[str, float], sweep: Sweep) -> int:
    """The point of the settings a checkpoint ships with."""
    return sweep.nearest({**defaults, **checkpoint.config.knobs})


def lines(
    checkpoints: Sequence[Checkpoint], sweeps: Mapping[str, Sweep], defaults: Mapping[str, Mapping[str, float]], minor: Collection[str] = ()
) -> list[Line]:
    """The curves of these checkpoints (of one task): methods, then baselines, then those without weights. Plain models are
    references, not curves.

    defaults: checkpoint -> its method's default settings. minor: methods that are baselines.
    """
    groups: dict[str, list[Checkpoint]] = {}
    for c in checkpoints:
        if c.name in sweeps and c.config.method != "plain":
            groups.setdefault(c.config.family.name if c.config.family else c.name, []).append(c)
    ordered = sorted(groups.values(), key=lambda group: (not all(c.runnable for c in group), group[0].config.method in minor))
    sorted_ = [tuple(sorted(group, key=lambda c: c.config.family.value if c.config.family else 0.0)) for group in ordered]
    out: list[Line] = []
    for members, title in zip(sorted_, naming.unlayered([_title(members) for members in sorted_]), strict=True):
        own = [Spot(c.name, own_point(c, defaults[c.name], sweeps[c.name])) for c in members]
        spots = own if len(members) > 1 else [Spot(members[0].name, i) for i in range(len(sweeps[members[0].name].knobs))]
        out.append(Line(_unique(title, out), members, tuple(spots), members[0].config.method in minor))
    return out


def _title(members: Sequence[Checkpoint]) -> str:
    first = members[0].config
    return f"{family_title(members[0])}, {first.family.parameter}" if first.family and len(members) > 1 else first.title


def family_title(member: Checkpoint) -> str:
    """A member's title without its own step: "DACT-BERT" of "DACT-BERT, tau 0.03"."""
    family, title = member.config.family, member.config.title
    return title.removesuffix(f", {family.parameter} {family.value:g}") if family else title


def step_title(member: Checkpoint) -> str:
    """A member's title with its step: "DACT-BERT, tau 0.03"."""
    family = member.config.family
    return f"{family_title(member)}, {family.parameter} {family.value:g}" if family else member.config.title


def ranks(drawn: Sequence[int], colours: int = 6) -> list[int]:
    """Which colour each drawn line gets, from its place among all lines: its own where there is one, else one that is free."""
    free = [i for i in range(colours) if i not in drawn]
    return [i if i < colours or not free else free.pop(0) for i in drawn]


def _unique(title: str, lines: Sequence[Line]) -> str:
    taken = {line.name for line in lines}
    return next(t for t in (title, *(f"{title} ({i})" for i in range(2, 1000))) if t not in taken)


def inner(line: Line, checkpoint: str, sweep: Sweep) -> Line | None:
    """The knob's own curve of one member of a family; None where its settings make no difference."""
    member = next((c for c in line.members if c.name == checkpoint), None)
    if not line.family or member is None or len(np.unique(sweep.share)) < 3:
        return None
    return Line(f"{step_title(member)}, knob", (member,), tuple(Spot(checkpoint, i) for i in range(len(sweep.knobs))))


def curve(
    line: Line, sweeps: Mapping[str, Sweep], places: Places, rank: int, dashed: bool = False, names: Mapping[str, str] | None = None
) -> Curve:
    """A line as the figure takes it. rank: which colour. names: the words of its knobs, by their names in code."""

    def of(checkpoint: str) -> Curve:
        return replace(curve_of(sweeps[checkpoint], line.name, names=names), x=floats(places[checkpoint]))

    dashed = dashed or line.minor
    if not line.family:
        return replace(of(line.members[0].name), dashed=dashed, rank=rank)
    parts = [(of(spot.checkpoint), spot.point) for spot in line.spots]

    def at(name: str) -> NDArray[np.float64]:
        return floats([getattr(found, name)[i] for found, i in parts])

    families = [c.config.family for c in line.members]
    knobs = tuple(f"{f.parameter} {f.value:g}" if f else c.name for f, c in zip(families, line.members, strict=True))
    return Curve(
        line.name, "method", at("x"), at("accuracy"), at("low"), at("high"), knobs, dashed=dashed, stepped=True, rank=rank, base=at("base")
    )


def seed_curves(seeds: Mapping[str, Sweep], spot: Spot | None, report: Mapping[str, Sweep], places: Places, rank: int) -> list[Curve]:
    """The same training with other seeds, all under one name; spot: only their points at these settings."""
    name, out = SEEDS.format(n=len(seeds)), []
    for seed, sweep in seeds.items():
        if seed not in places:
            continue
        at = np.arange(len(sweep.knobs)) if spot is None else np.array([sweep.nearest(report[spot.checkpoint].knobs[spot.point])])
        out.append(Curve(name, "seed", floats(places[seed][at]), sweep.score[at], rank=rank))
    return out


@dataclass(frozen=True)
class Seed:
    """One training of a checkpoint at the same settings. full: accuracy at full depth; the interval is of the difference to it."""

    name: str
    seed: int | None
    full: float
    accuracy: float
    share: float
    difference: float
    low: float
    high: float


def seeds_at(checkpoints: Sequence[Checkpoint], sweeps: Mapping[str, Sweep], knobs: Mapping[str, float]) -> list[Seed]:
    """What each training reaches at these settings."""
    out = []
    for c in checkpoints:
        sweep = sweeps[c.name]
        i = sweep.nearest(knobs)
        drawn = c.config.trained.get("seed")
        out.append(Seed(c.name, drawn, *(float(v) for v in (sweep.score[0], sweep.score[i], sweep.share[i], *sweep.differences[i]))))
    return out


def thrift(line: Line, sweeps: Mapping[str, Sweep], loss: float = 0.01) -> float:
    """The least share of compute at which a line loses at most so much accuracy against full depth; infinite where it never does."""
    found = [(sweeps[spot.checkpoint], spot.point) for spot in line.spots]
    return min((float(s.share[i]) for s, i in found if s.score[i] >= s.score[0] - loss), default=float("inf"))


def references(plain: Sweep | None, baselines: "Sequence[Baseline]", axis: Axis) -> list[Curve]:
    """The plain model's star, and the baselines."""
    found = [Curve(b.name, b.kind, floats(b.share if axis == "share" else b.depth), floats(b.accuracy)) for b in baselines]
    if plain is None:
        return found
    x = plain.share[:1] if axis == "share" else plain.mean_depth[:1]
    return [*found, Curve(FULL, "full", x, plain.score[:1])]


def place(line: Line, spot: Spot) -> int | None:
    """Which point of a line a spot is, if it is one."""
    return line.spots.index(spot) if spot in line.spots else None


@dataclass(frozen=True)
class Pick:
    """A setting chosen within a budget on calibration data, and what it does on the report data."""

    line: Line
    chosen: Spot
    here: Spot
    budget: float
    calibration: tuple[float, float]  # share, accuracy
    report: tuple[float, float]
    difference: tuple[float, float, float]

    @property
    def within(self) -> bool:
        """Whether the calibration data's share kept to the budget at all."""
        return self.calibration[0] <= self.budget


def pick(
    line: Line, calibration: Mapping[str, Sweep], report: Mapping[str, Sweep], budget: float, defaults: Mapping[str, Mapping[str, float]]
) -> Pick | None:
    """The most accurate setting of a line that keeps to the budget on the calibration split; None where that split is missing."""
    if any(c.name not in calibration for c in line.members):
        return None
    spots = _spots(line, calibration, defaults)
    share, accuracy = (np.array([getattr(calibration[s.checkpoint], name)[s.point] for s in spots]) for name in ("share", "score"))
    best = _best(share, accuracy, budget)
    chosen = spots[best]
    there = report[chosen.checkpoint]
    point = there.nearest(calibration[chosen.checkpoint].knobs[chosen.point])
    mean, low, high = there.differences[point]
    return Pick(
        line, chosen, Spot(chosen.checkpoint, point), budget, (float(share[best]), float(accuracy[best])),
        (float(there.share[point]), float(there.score[point])), (float(mean), float(low), float(high)),
    )  # fmt: skip


def best(picks: Sequence[Pick]) -> Pick | None:
    """The most accurate on the calibration split of those within the budget, of equals the cheapest; where none is, the cheapest."""
    within = [p for p in picks if p.within]
    if within:
        return max(within, key=lambda p: (p.calibration[1], -p.calibration[0]))
    return min(picks, key=lambda p: p.calibration[0], default=None)


def _spots(line: Line, sweeps: Mapping[str, Sweep], defaults: Mapping[str, Mapping[str, float]]) -> list[Spot]:
    if line.family:
        return [Spot(c.name, own_point(c, defaults[c.name], sweeps[c.name])) for c in line.members]
    return [Spot(line.members[0].name, i) for i in range(len(sweeps[line.members[0].name].knobs))]


def _best(share: Floats, accuracy: Floats, budget: float) -> int:
    """As `Sweep.choose`: the most accurate within the budget, of equals the cheapest; the cheapest of all where none is within."""
    within = np.flatnonzero(share <= budget)
    if not len(within):
        return int(share.argmin())
    return int(within[np.lexsort((share[within], -accuracy[within]))[0]])
