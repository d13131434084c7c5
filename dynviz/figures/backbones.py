"""Which findings of a task's models on one backbone hold on another, in words and in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dynviz.figures.wording import count, interval, number, percent, percent1, points, verb
from dynviz.records.backbones import Order, Shares, TaskBackbones, Two
from dynviz.records.tasks import noun
from dynviz.records.zoo import Interval, Side, side

BERT_BASE = {"sst2": (0.935, "Devlin et al., NAACL 2019, table 1, on the test set")}  # by task: what it is reported with
_SAYS: dict[Side, str] = {"above": "It holds that", "level": "It cannot be told whether", "below": "It does not hold that"}
EARLY, OVERTHOUGHT = "leave in the first third of the layers", "are right at some exit and wrong at the last"


@dataclass(frozen=True)
class Finding:
    """Whether a finding on the shallower backbone holds on the deeper: above, surely; below, surely not; level, it cannot be told. said:
    that in one sentence, with its numbers."""

    side: Side
    said: str


def backbones_findings(found: TaskBackbones) -> tuple[Finding, ...]:
    """Each finding with whether it holds."""
    shares = ((EARLY, found.early), (OVERTHOUGHT, found.overthought))
    return (*(_ordered(found, one) for one in found.orders), *(_share(found, what, one) for what, one in shares if one.methods))


def backbones_bought(found: TaskBackbones) -> str:
    """What the deeper one has for what it costs, and what it would have for the cost of the other."""
    few, many = found.layers
    before, after = map(percent1, found.plain)
    score, where = BERT_BASE.get(found.task, (0.0, ""))
    beside = f"; BERT-base is reported with {percent1(score)} ({where})" if score else ""
    rows = f"over {found.sentences:,} {noun(found.task)}s of {found.report}"
    level = f"At full depth {few} layers have {before} right and {many} layers {after}, {rows}{beside}."
    return f"{level} {bought(found.layers, found.layer, found.plain)}{_alike(found)}"


def bought(layers: tuple[int, int], layer: float, plain: Two) -> str:
    """What the layers of the deeper plain model cost, and what they buy. layer: work of one, in that of the whole shallower model; plain:
    what the two have right."""
    few, many = layers
    level = " and a higher level" if plain[1] > plain[0] else ""
    work = f"{percent(layer)} of the work of the whole model of {few}, all of them {number(layer * many)} times its work"
    return f"One of the {many} layers takes {work}: what they buy is depth to look at{level}, not efficiency."


def _alike(found: TaskBackbones) -> str:
    """What the deeper one has where it is cut to about the work of the whole shallower one."""
    cut = [point for point in found.static[1] if point[0] < found.times[1]]
    if not cut:
        return ""
    work, right = min(cut, key=lambda point: max(point[0], 1 / point[0]))
    return f" Cut to {number(work)} times that work and tuned, the deeper model has {percent1(right)} right."


def _ordered(found: TaskBackbones, one: Order) -> Finding:
    few, many = found.layers
    claim = f"methods keep the order of {few} layers on {many} within {percent(one.budget)} of the compute"
    n = count(len(one.methods), "method")
    if one.order is None:
        return Finding("level", f"{_SAYS['level']} {claim}: {n} with a setting on both {verb(len(one.methods), 'gives', 'give')} none.")
    value, low, high = one.order
    where = side(one.order)
    return Finding(where, f"{_SAYS[where]} {claim}: the ranks of {n} correlate by {value:.2f} [{low:.2f}, {high:.2f}] (Spearman).")


def _share(found: TaskBackbones, what: str, shares: Shares) -> Finding:
    """On average over the methods, and in how many of them it can be told."""
    assert shares.mean is not None
    few, many = found.layers
    where, n = side(shares.mean), len(shares.methods)
    here, there = (percent1(sum(one.share[i] for one in shares.methods) / n) for i in (0, 1))
    mean, low, high = map(points, shares.mean)
    average = f" on average over {n} methods" if n > 1 else ""
    claim = f"at least as many {noun(found.task)}s {what} with {many} layers as with {few}"
    said = f"{there} against {here}{average}, {mean} points [{low}, {high}]"
    return Finding(where, f"{_SAYS[where]} {claim}: {said}{_methods(shares)}.")


def _methods(shares: Shares) -> str:
    """In how many methods a share surely grew or fell with depth; nothing of one."""
    words: dict[Side, str] = {"above": "surely more in {n}", "below": "surely fewer in {n}", "level": "not to be told in {n}"}
    sides = [side(one.more) for one in shares.methods]
    said = [form.format(n=sides.count(where)) for where, form in words.items() if where in sides]
    return f"; {', '.join(said)}" if len(sides) > 1 else ""


def backbones_table(found: TaskBackbones) -> list[dict[str, Any]]:
    """A row for each number: the shallower backbone, the deeper one, and their difference in points where it has an interval."""
    heads = [f"{n} layers" for n in found.layers]
    rows: list[tuple[str, str, Sequence[str], str]] = [("right at full depth", "Plain model", tuple(map(percent1, found.plain)), "")]
    for order in found.orders:
        head = f"right within {percent(order.budget)}, to its plain model"
        rows += [(head, one.method, [_reached(one.accuracy[i], one.lost[i], found.sentences) for i in (0, 1)], "") for one in order.methods]
    for what, shares in ((EARLY, found.early), (OVERTHOUGHT, found.overthought)):
        rows += [(what, one.method, tuple(map(percent1, one.share)), _gap(one.more, found.sentences)) for one in shares.methods]
    return [{"what": what, "method": name, **dict(zip(heads, pair, strict=True)), "difference": gap} for what, name, pair, gap in rows]


def _reached(accuracy: float, lost: Interval, sentences: int) -> str:
    return f"{percent1(accuracy)}, {_gap(lost, sentences)}"


def _gap(values: Interval, sentences: int) -> str:
    return interval(*values, sentences)
