"""What the zoo says: all methods of a task beside each other, from shipped readings, settings chosen on the calibration split.

Computed by `python -m dynviz insights --write` and stored as zoo.json beside the checkpoints: replaying takes a minute, and torch.

- Backbones: models of one task on another pre-trained model are a comparison of their own. Their plain model is another, so are its cut
  ones, and a share of its compute is no share of the other's.
- Budgets: each contender's most accurate setting within 30, 40, 50, 70 % of the plain model's compute on the calibration split, measured on
  the report split. A family is one contender: member and knob are chosen together.
- Score, after ELUE (Liu et al., NAACL 2022): mean over a fixed grid of budgets of accuracy less that of the static line (the plain
  model cut and tuned at each depth, joined by straight lines) at the compute really spent. Dearer than the deepest counts as the
  deepest; cheaper than the shallowest has no point.
- Changes: answers that differ from full depth at the knob a checkpoint ships with; of a family, at the cheapest member and knob
  within half a point of its best full depth on the calibration split.
- Trust: `measure.trust`, of every layer, over all sentences.
- Worth: `measure.worth`, of every exit but the last, over all sentences; and pairs of classifiers, compared under one rule.
- Intervals: what is shown as one list is read as one list, so its intervals hold all at once (`records.redraw.simultaneous`): the
  choices within a budget (against the plain model, the leader, the front), the scores, the changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from dynviz.checkpoint.backbones import by_backbone
from dynviz.checkpoint.cards import card, default_knobs
from dynviz.checkpoint.catalogue import Checkpoint
from dynviz.checkpoint.catalogue import checkpoints as listed
from dynviz.measure.shipped import stored_sweep
from dynviz.measure.trust import trust
from dynviz.measure.worth import worths
from dynviz.records import Floats, Sweep
from dynviz.records.metric import Scores, stacked
from dynviz.records.redraw import simultaneous, simultaneous_differences
from dynviz.records.sweep import pareto
from dynviz.records.zoo import Budget, Changes, Chosen, Contender, Interval, Score, TaskZoo, Zoo
from dynviz.records.zoo import rounded as _round

BUDGETS = (0.3, 0.4, 0.5, 0.7)
GRID = 10  # budgets of the score, from the cheapest static model to the deepest
ALLOWED = 0.005  # of the metric that the chosen member and knob of a family may cost, on the calibration split


@dataclass(frozen=True, eq=False)
class Both:
    """A checkpoint's operating points on both splits, in the same order."""

    calibration: Sweep
    report: Sweep


@dataclass(frozen=True)
class Setting:
    """A point of a checkpoint."""

    checkpoint: str
    point: int


def compute(root: Path | None = None, tasks: Sequence[str] | None = None) -> Zoo:
    """The numbers of every task with a plain model and a method to compare with it; of each backbone of the task for itself, by the names
    of `by_backbone`."""
    found = listed(root, [], repeats=True)
    by_task = {name: by_backbone(group) for name, group in groupby(found, key=lambda c: c.config.task)}
    wanted = {name: group for task, groups in by_task.items() if tasks is None or task in tasks for name, group in groups.items()}
    made = {name: _task(group) for name, group in wanted.items()}
    return {name: zoo for name, zoo in made.items() if zoo is not None}


def _task(checkpoints: list[Checkpoint]) -> TaskZoo | None:
    """checkpoints: of one task and one backbone."""
    measured = {c.name: both for c in checkpoints if (both := _both(c)) is not None}
    plain = _plain(checkpoints, measured)
    if plain is None:
        return None
    measured = {k: v for k, v in measured.items() if v.report.rows.ids == plain.report.rows.ids}
    contenders = _contenders([c for c in checkpoints if c.name in measured])
    if not contenders:
        return None
    static = _static(checkpoints, measured)
    grid = tuple(np.linspace(static[0][0], 1.0, GRID).round(4).tolist()) if len(static) > 1 else ()
    by_name = {c.name: c for c in checkpoints}
    here, task, splits = plain.report, checkpoints[0].config.task, checkpoints[0].task.splits
    exits = [(by_name[_own(c, measured, by_name).checkpoint], c.name) for c in contenders if c.kind in ("exit", "cascade")]
    seeds = [c.name for c in checkpoints if c.config.repeats == here.model and c.name in measured]
    return TaskZoo(
        task, splits["calibration"], splits["report"], len(here.rows.ids), len(here.rows.labels), here.model, _round(here.score[0]),
        tuple(_round(measured[s].report.score[0]) for s in seeds), tuple((_round(x), _round(s.score[0])) for x, s in static), grid,
        {k: by_name[k].digest for k in sorted(measured)}, tuple(contenders),
        tuple(_budget(b, contenders, measured, here) for b in BUDGETS),
        _scores(contenders, measured, static, grid),
        _all_changes([c for c in contenders if c.kind in ("exit", "depth", "cascade")], measured, by_name),
        tuple(t for one in exits if (t := trust(*one))), *worths(exits),
        tuple(s.layers for _, s in static),
    )  # fmt: skip


def _both(checkpoint: Checkpoint) -> Both | None:
    """The points that were measured on both splits."""
    there, here = (stored_sweep(checkpoint, split) for split in ("calibration", "report"))
    if there is None or here is None:
        return None
    points = [dict(k) for k in here.knobs]
    kept = [(i, points.index(dict(k))) for i, k in enumerate(there.knobs) if dict(k) in points]
    return Both(there.only([i for i, _ in kept]), here.only([j for _, j in kept]))


def _plain(checkpoints: list[Checkpoint], measured: Mapping[str, Both]) -> Both | None:
    """The deepest plain model, of the first seed."""
    found = [measured[c.name] for c in checkpoints if c.name in measured and c.config.method == "plain" and c.config.repeats is None]
    return max(found, key=lambda both: both.report.layers, default=None)


def _static(checkpoints: list[Checkpoint], measured: Mapping[str, Both]) -> list[tuple[float, Sweep]]:
    """The plain models, shallow to deep, each with its share of the deepest one's compute."""
    found = [measured[c.name].report for c in checkpoints if c.name in measured and c.config.method == "plain" and c.config.repeats is None]
    found.sort(key=lambda sweep: sweep.layers)
    return [(float(s.flops[0].sum() / found[-1].plain_flops.sum()), s) for s in found]


def _contenders(checkpoints: list[Checkpoint]) -> list[Contender]:
    """Models that can be run, but for plain ones; a family is one."""
    groups: dict[str, list[Checkpoint]] = {}
    for c in checkpoints:
        if c.runnable and c.config.method != "plain" and c.config.repeats is None:
            groups.setdefault(c.config.family.name if c.config.family else c.name, []).append(c)
    out = []
    for name, members in groups.items():
        first = members[0]
        title = f"{first.config.family.name}, any {first.config.family.parameter}" if first.config.family else first.config.title
        seeds = [c.name for c in checkpoints if c.config.repeats == first.name and len(members) == 1]
        out.append(
            Contender(name, title, first.config.method, card(first).kind, tuple(sorted(c.name for c in members)), tuple(sorted(seeds)))
        )
    return sorted(out, key=lambda c: c.title.lower())


def within(members: Sequence[str], measured: Mapping[str, Both], budget: float) -> Setting | None:
    """The most accurate point, of any member, that keeps to the budget on the calibration split; of equals the cheapest."""
    found = [
        (-float(sweep.score[i]), float(sweep.share[i]), Setting(name, int(i)))
        for name in members
        for sweep in [measured[name].calibration]
        for i in np.flatnonzero(sweep.share <= budget)
    ]
    return min(found, key=lambda one: one[:2])[2] if found else None


def _budget(budget: float, contenders: Sequence[Contender], measured: Mapping[str, Both], plain: Sweep) -> Budget:
    picks = {c.name: s for c in contenders if (s := within(c.members, measured, budget)) is not None}
    missing = tuple(c.name for c in contenders if c.name not in picks)
    if not picks:
        return Budget(budget, "", (), missing)
    names = list(picks)
    there = np.array([[getattr(measured[s.checkpoint].calibration, k)[s.point] for k in ("share", "score")] for s in picks.values()])
    here = np.array([[getattr(measured[s.checkpoint].report, k)[s.point] for k in ("share", "score")] for s in picks.values()])
    leader = min(range(len(names)), key=lambda i: (-there[i, 1], there[i, 0]))
    scores = stacked([measured[s.checkpoint].report.scores.at(s.point) for s in picks.values()])
    affordable = [int(max(np.flatnonzero(here[:, 0] <= x), key=lambda j: (here[j, 1], -here[j, 0]))) for x in here[:, 0]]
    full, first, behind = (_intervals(scores, rival) for rival in (plain.scores.at(0), scores.at(leader), scores.at(affordable)))
    front = pareto(here[:, 0], here[:, 1])
    chosen = tuple(
        Chosen(
            name, picks[name].checkpoint, dict(measured[picks[name].checkpoint].report.knobs[picks[name].point]), _round(there[i, 0]),
            _round(there[i, 1]), _round(here[i, 0]), _round(here[i, 1]), full[i], first[i], bool(front[i]), behind[i],
            _seeds(_of(contenders, name), measured, budget),
        )
        for i, name in enumerate(names)
    )  # fmt: skip
    return Budget(budget, names[leader], chosen, missing)


def _of(contenders: Sequence[Contender], name: str) -> Contender:
    return next(c for c in contenders if c.name == name)


def _seeds(contender: Contender, measured: Mapping[str, Both], budget: float) -> tuple[float, ...]:
    """Accuracy of further seeds, each at its own choice within the budget."""
    picks = [within([name], measured, budget) for name in contender.seeds]
    return tuple(_round(measured[s.checkpoint].report.score[s.point]) for s in picks if s is not None)


def _intervals(one: Scores, other: Scores) -> list[Interval]:
    """The metric of each point of one less the other's, and its interval; the intervals hold all at once."""
    return _as_stored(simultaneous_differences(one, other))


def _as_stored(found: Floats) -> list[Interval]:
    return [(_round(row[0]), _round(row[1]), _round(row[2])) for row in found]


def _scores(
    contenders: Sequence[Contender], measured: Mapping[str, Both], static: list[tuple[float, Sweep]], grid: Sequence[float]
) -> tuple[Score, ...]:
    """Of all contenders that have a point at any budget of the grid."""
    found = [(c, *above(c.members, measured, static, grid)) for c in contenders]
    there = [(c, gain, points) for c, gain, points in found if gain is not None]
    if not there:
        return ()
    rows = static[-1][1].rows
    intervals = _as_stored(simultaneous(np.stack([gain for _, gain, _ in there]), rows.owner, len(rows.ids)))
    out = []
    for (contender, _, points), interval in zip(there, intervals, strict=True):
        others = [above([name], measured, static, grid)[0] for name in contender.seeds]
        seeds = tuple(_round(other.mean()) for other in others if other is not None)
        out.append(Score(contender.name, interval, points, seeds))
    return tuple(out)


def above(
    members: Sequence[str], measured: Mapping[str, Both], static: list[tuple[float, Sweep]], grid: Sequence[float]
) -> tuple[Floats | None, int]:
    """(U,) the answers' mean height above the static line over the grid, and at how many of its budgets there is a point. Only accuracy
    is a mean of answers; no other metric has a height."""
    if len(static) < 2 or static[0][1].metric != "accuracy":
        return None, 0
    shares, gains = [x for x, _ in static], []
    for budget in grid:
        pick = within(members, measured, budget)
        sweep = measured[pick.checkpoint].report if pick is not None else None
        if pick is None or sweep is None or sweep.share[pick.point] < shares[0]:
            continue
        at = min(float(sweep.share[pick.point]), shares[-1])
        k = min(int(np.searchsorted(shares, at, side="right")) - 1, len(shares) - 2)
        part = (at - shares[k]) / (shares[k + 1] - shares[k])
        line = (1 - part) * static[k][1].correct[0] + part * static[k + 1][1].correct[0]
        gains.append(sweep.correct[pick.point] - line)
    return (np.mean(gains, axis=0), len(gains)) if gains else (None, 0)


def _own(contender: Contender, measured: Mapping[str, Both], by_name: Mapping[str, Checkpoint]) -> Setting:
    """The setting a checkpoint ships with; of a family, the cheapest within half a point of its best full depth, on calibration."""
    if len(contender.members) == 1:
        name = contender.members[0]
        point = measured[name].report.find(default_knobs(by_name[name]))
        if point is None:
            raise ValueError(f"{name} was not measured at the setting it ships with")
        return Setting(name, point)
    sweeps = {name: measured[name].calibration for name in contender.members}
    least = max(float(s.score[0]) for s in sweeps.values()) - ALLOWED
    good = [
        (float(s.share[i]), -float(s.score[i]), Setting(n, int(i)))
        for n, s in sweeps.items()
        for i in np.flatnonzero(s.score >= least)
    ]
    return min(good, key=lambda one: one[:2])[2]


def _all_changes(contenders: Sequence[Contender], measured: Mapping[str, Both], by_name: Mapping[str, Checkpoint]) -> tuple[Changes, ...]:
    """Of all contenders that give answers early."""
    if not contenders:
        return ()
    found = [_changes(c, measured, by_name) for c in contenders]
    intervals = _intervals(stacked([here for _, here, _ in found]), stacked([full for *_, full in found]))
    return tuple(replace(changes, difference=interval) for (changes, *_), interval in zip(found, intervals, strict=True))


def _changes(contender: Contender, measured: Mapping[str, Both], by_name: Mapping[str, Checkpoint]) -> tuple[Changes, Scores, Scores]:
    """What differs from full depth, its interval still to come, and the counts of the metric here and there."""
    setting = _own(contender, measured, by_name)
    sweep = measured[setting.checkpoint].report
    here, full = sweep.correct[setting.point], sweep.correct[0]
    other = (sweep.predicted[setting.point] != sweep.predicted[0]) & ~here & ~full
    counts = [int(x.sum()) for x in (full & ~here, here & ~full, other)]
    knobs = dict(sweep.knobs[setting.point])
    share, nothing = _round(sweep.share[setting.point]), (0.0, 0.0, 0.0)
    changes = Changes(contender.name, setting.checkpoint, knobs, share, len(full), counts[0], counts[1], counts[2], nothing)
    return changes, sweep.scores.at(setting.point), sweep.scores.at(0)
