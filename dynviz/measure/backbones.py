"""Which findings of a task's models on its first backbone hold on another: of the same methods, over the same sentences.

Computed with the comparisons of `measure.insights`, of which it takes the settings: chosen on the calibration split, within shares of each
plain model's own compute.

- Order: what the methods reach within a budget on the one, against what they reach on the other; Spearman's rank correlation. Its
  interval redraws the sentences, of both at once: it allows for the choice of sentences, not for the luck of training.
- First third: the share of sentences that leave there, at the setting within half of the compute, of methods that stop whole sentences;
  method by method, and on average over them.
- Overthinking: the share of sentences that an earlier exit has right and the last one wrong. More exits have more chances to be right.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dynviz.checkpoint.catalogue import Checkpoint, find
from dynviz.errors import InputError
from dynviz.measure.shipped import stored_at
from dynviz.measure.stored import stored_run
from dynviz.records import Floats, Sweep
from dynviz.records.backbones import Backbones, Held, Line, Order, Reached, Shares, TaskBackbones, layer_price
from dynviz.records.layout import Bools, Ints
from dynviz.records.metric import Scores, stacked
from dynviz.records.rank import spearman
from dynviz.records.redraw import redrawn, simultaneous
from dynviz.records.zoo import Chosen, Contender, Interval, TaskZoo, Zoo, backbone_of, rounded

HALF = 0.5  # of the compute: the budget at which exits are compared
FEWEST = 3  # methods that have an order worth a correlation


Couples = Mapping[str, tuple[Contender, Contender]]  # by title: a method on the first backbone and on the other


def compute(zoo: Zoo, root: Path | None = None) -> Backbones:
    """Of every further backbone of a task against its first, where some method is on both and the sentences are the same."""
    found = {name: _compared(zoo, name, root) for name in zoo if backbone_of(name) and zoo[name].task in zoo}
    return {name: one for name, one in found.items() if one is not None}


def order(one: Scores, other: Scores) -> Interval | None:
    """Spearman's correlation of two lists of metrics (P, S), with the interval of both redrawn with the same lots."""
    own = spearman(one.value[None], other.value[None])[0]
    if len(one.value) < FEWEST or np.isnan(own):
        return None
    drawn = spearman(redrawn(one), redrawn(other))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return rounded(own), rounded(low), rounded(high)


def left_early(exits: Ints, layers: int) -> Bools:
    """(S,) which sentences leave in the first third of the layers."""
    return np.asarray(exits <= layers / 3)


def overthought(probs: Floats, labels: Ints) -> Bools:
    """(S,) which sentences some earlier exit has right and the last one wrong. probs: (L, S, C), NaN where nothing is asked."""
    right = np.nan_to_num(probs, nan=-1.0).argmax(-1) == labels
    right &= ~np.isnan(probs).any(-1)
    return np.asarray(right[:-1].any(0) & ~right[-1])


def held(found: Mapping[str, tuple[Bools, Bools]]) -> Shares:
    """Shares of sentences by method, (S,) on either backbone, whose intervals hold all at once; and the mean over the methods."""
    if not found:
        return Shares((), None)
    gains = np.stack([there.astype(float) - here for here, there in found.values()])
    rows = [
        Held(name, (rounded(here.mean()), rounded(there.mean())), more)
        for (name, (here, there)), more in zip(found.items(), _surely(gains), strict=True)
    ]
    return Shares(tuple(rows), _surely(gains.mean(0)[None])[0])


def _surely(gains: Floats) -> list[Interval]:
    """The mean of each row of (P, S) differences, with intervals that hold all at once."""
    found = simultaneous(gains, np.arange(gains.shape[1]), gains.shape[1])
    return [(rounded(mean), rounded(low), rounded(high)) for mean, low, high in found]


def couples(one: TaskZoo, other: TaskZoo, layers: int) -> dict[str, tuple[Contender, Contender]]:
    """The contenders that are on both, by the title on the first: a name less the task, and less the layers of the deeper plain model."""
    there = {c.name.removeprefix(f"{other.task}-").removeprefix(f"{layers}-"): c for c in other.contenders}
    return {c.title: (c, there[key]) for c in one.contenders if (key := c.name.removeprefix(f"{one.task}-")) in there}


def _compared(zoo: Zoo, name: str, root: Path | None) -> TaskBackbones | None:
    one, other = zoo[zoo[name].task], zoo[name]
    plain = [_plain(task, root) for task in (one, other)]
    both = couples(one, other, plain[1].layers)
    if plain[0].rows.ids != plain[1].rows.ids or one.sentences != one.answers or not both:
        return None
    layers, layer = (plain[0].layers, plain[1].layers), rounded(layer_price(*plain))
    budgets = sorted({b.budget for b in one.budgets} & {b.budget for b in other.budgets})
    exits = {title: pair for title, pair in both.items() if pair[0].kind == "exit"}
    return TaskBackbones(
        one.task, one.report, one.sentences, (one.task, name), layers, (one.plain_accuracy, other.plain_accuracy), layer,
        (one.static, _priced(other.static, layer * layers[1])),
        tuple(_order(b, _chosen(one, other, both, b), root) for b in budgets),
        held(_early(one, other, exits, root)), held(_overthought(exits, root)), {**one.digests, **other.digests},
    )  # fmt: skip


def _priced(static: Line, times: float) -> Line:
    """Points of the deeper backbone, their work in that of the shallower plain model."""
    return tuple((rounded(share * times), right) for share, right in static)


def _plain(task: TaskZoo, root: Path | None) -> Sweep:
    return _at(task.plain, {}, root)


def _at(name: str, knobs: Mapping[str, float], root: Path | None) -> Sweep:
    """Full depth and a setting of a checkpoint, over the report split."""
    found = stored_at(find(name, root), "report", knobs)
    if found is None:
        raise InputError(f"{name} was not measured at a setting of the comparison", "its files changed", "Run dynviz insights again")
    return found


def _chosen(one: TaskZoo, other: TaskZoo, both: Couples, budget: float) -> dict[str, tuple[Chosen, Chosen]]:
    """Of the methods on both, the settings within a budget, where there are such on either."""
    picks = [{c.contender: c for b in task.budgets if b.budget == budget for c in b.chosen} for task in (one, other)]
    return {t: (picks[0][a.name], picks[1][b.name]) for t, (a, b) in both.items() if a.name in picks[0] and b.name in picks[1]}


def _order(budget: float, chosen: Mapping[str, tuple[Chosen, Chosen]], root: Path | None) -> Order:
    methods = tuple(
        Reached(title, (one.accuracy, other.accuracy), (one.share, other.share), (one.full, other.full))
        for title, (one, other) in chosen.items()
    )
    if len(chosen) < FEWEST:
        return Order(budget, methods, None)
    sides = [stacked([_last(c, root) for c in side]) for side in zip(*chosen.values(), strict=True)]
    return Order(budget, methods, order(*sides))


def _last(chosen: Chosen, root: Path | None) -> Scores:
    sweep = _at(chosen.checkpoint, chosen.knobs, root)
    return sweep.scores.at(len(sweep.knobs) - 1)


def _early(one: TaskZoo, other: TaskZoo, exits: Couples, root: Path | None) -> dict[str, tuple[Bools, Bools]]:
    found = {}
    for title, pair in _chosen(one, other, exits, HALF).items():
        here, there = (_at(c.checkpoint, c.knobs, root) for c in pair)
        found[title] = left_early(here.exits[-1], here.layers), left_early(there.exits[-1], there.layers)
    return found


def _overthought(exits: Couples, root: Path | None) -> dict[str, tuple[Bools, Bools]]:
    """Of methods with one checkpoint on either side whose readings ship."""
    found = {}
    for title, pair in exits.items():
        sides = [_read(find(c.members[0], root)) for c in pair if len(c.members) == 1]
        if len(sides) == 2 and sides[0] is not None and sides[1] is not None:
            found[title] = sides[0], sides[1]
    return found


def _read(checkpoint: Checkpoint) -> Bools | None:
    there = stored_run(checkpoint, "report")
    return None if there is None else overthought(there[0].run.probs[1:], there[0].rows.labels)
