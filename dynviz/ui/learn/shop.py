"""Choosing a model for a budget: what is chosen on one set, what it does on the other, and the rivals it has. From stored numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dynviz.errors import InputError
from dynviz.figures import Curve, curve_of
from dynviz.figures.wording import number
from dynviz.records import Sweep
from dynviz.records.layout import floats
from dynviz.records.redraw import differences
from dynviz.records.slices import against
from dynviz.records.zoo import Budget, Chosen, Interval, TaskZoo
from dynviz.ui.learn import text
from dynviz.ui.shell import cache

FULL = "plain model"


@dataclass(frozen=True)
class Cut:
    """The full plain model cut to fewer layers. against: the choice's accuracy less this one's, with its interval."""

    layers: int
    share: float
    accuracy: float
    against: Interval


@dataclass(frozen=True, eq=False)
class Shop:
    """A task's models within a budget. best: the choice of the calibration split; full: its accuracy less the full plain model's, with its
    interval; next: the best other one on that split. cut: the rival of at most that cost. curves, ringed: for the picture."""

    task: TaskZoo
    within: Budget
    best: Chosen
    full: Interval
    next: Chosen | None
    cut: Cut | None
    curves: tuple[Curve, ...]
    ringed: tuple[str, int]


def within(budget: float) -> tuple[TaskZoo, Budget] | None:
    """The task with the most methods, and the stored choices within a budget; None where none are stored."""
    zoo = cache.zoo()
    for task in sorted(zoo.values(), key=lambda one: -len(one.contenders)):
        found = next((one for one in task.budgets if abs(one.budget - budget) < 1e-9 and one.chosen), None)
        if found is not None:
            return task, found
    return None


def leader(found: Budget) -> Chosen:
    """The choice of the calibration split."""
    return next(one for one in found.chosen if one.contender == found.leader)


def shop(task: TaskZoo, found: Budget) -> Shop:
    """Everything that is asked and drawn of a budget."""
    best = leader(found)
    others = sorted((one for one in found.chosen if one is not best), key=lambda one: (-one.calibration_accuracy, one.share))
    own, plain = _report(best.checkpoint), _report(task.plain)
    point = own.nearest(best.knobs)
    full = against(own, plain, point)
    assert full is not None  # the stored comparison is of the same rows
    title = task.title(best.contender)
    curves = [_against_full(own, plain, title), *_rivals(task, best, found), Curve(FULL, "full", plain.share[:1], plain.score[:1])]
    return Shop(
        task, found, best, full, next(iter(others), None), _cut(task, found.budget, own, plain, point), tuple(curves), (title, point)
    )  # fmt: skip


def _against_full(own: Sweep, plain: Sweep, title: str) -> Curve:
    """The choice's curve; differences, and the band, are to the full plain model."""
    bounds = plain.score[0] + differences(own.scores, plain.scores.at(0))[:, 1:]
    base = np.full(len(own.share), plain.score[0])
    return replace(curve_of(own, title), low=bounds[:, 0], high=bounds[:, 1], base=base)


def _report(name: str) -> Sweep:
    found = cache.sweep(name, "report")
    if found is None:
        what, why, do = text.NO_NUMBERS
        raise InputError(what.format(name=name), why, do)
    return found


def _rivals(task: TaskZoo, best: Chosen, found: Budget) -> list[Curve]:
    """The best that drops words, plain models of fewer layers, and leaving by lot."""
    kinds = {one.name: one.kind for one in task.contenders}
    dropping = [one for one in found.chosen if kinds[one.contender] == "tokens" and one is not best]
    out = []
    if dropping:
        most = max(dropping, key=lambda one: one.calibration_accuracy)
        out.append(curve_of(_report(most.checkpoint), task.title(most.contender)))
    line = cache.static_line(task.task, "report", _backbone(task))
    if line is not None and len(line.share) > 1:
        out.append(Curve(line.name, line.kind, floats(line.share), floats(line.accuracy)))
    return out + [
        Curve(b.name, b.kind, floats(b.share), floats(b.accuracy)) for b in cache.baselines(best.checkpoint, "report") if b.kind == "random"
    ]


def _cut(task: TaskZoo, budget: float, own: Sweep, plain: Sweep, point: int) -> Cut | None:
    """The deepest plain model within the budget; None where there is none."""
    every = [c for c in cache.catalogue()[0] if c.config.task == task.task and c.config.method == "plain" and c.name != task.plain]
    names = [c.name for c in every if c.backbone == _backbone(task)]
    sweeps = [sweep for name in names if (sweep := cache.sweep(name, "report")) is not None]
    shares = [float(sweep.flops[0].sum() / plain.plain_flops.sum()) for sweep in sweeps]
    inside = [(sweep, share) for sweep, share in zip(sweeps, shares, strict=True) if share <= budget]
    if not inside:
        return None
    sweep, share = max(inside, key=lambda one: one[0].layers)
    difference = against(own, sweep, point)
    return None if difference is None else Cut(sweep.layers, share, float(sweep.score[0]), difference)


def _backbone(task: TaskZoo) -> str | None:
    """What the models of a comparison stand on."""
    return next((c.backbone for c in cache.catalogue()[0] if c.name == task.plain), None)


def setting(checkpoint: str, knobs: Mapping[str, float]) -> str:
    """Knobs by their names on screen: "entropy below 0.3"."""
    labels = {knob.name: knob.label for knob in cache.card(checkpoint).knobs}
    return ", ".join(f"{labels.get(name, name)} {number(value)}" for name, value in knobs.items())


def spread(task: TaskZoo) -> float | None:
    """How far trainings of the plain model with other seeds lie apart; None where there was but one."""
    every = [task.plain_accuracy, *task.plain_seeds]
    return float(np.ptp(every)) if len(every) > 1 else None
