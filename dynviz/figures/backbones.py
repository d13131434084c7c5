"""Which findings of a task's models on one backbone hold on another, in words and in a table."""

from collections.abc import Sequence
from typing import Any

from dynviz.figures.wording import count, percent, percent1, points
from dynviz.records.backbones import Held, Order, TaskBackbones
from dynviz.records.zoo import side

_ORDER = {"above": "stand in a like order", "level": "stand in no like order that could be told", "below": "stand in the opposite order"}


def backbones_finding(found: TaskBackbones) -> str:
    """What holds, what does not, and what the deeper one buys."""
    return " ".join(filter(None, [_buys(found), *map(_ordered, found.orders), _early(found), _overthought(found)]))


def _buys(found: TaskBackbones) -> str:
    few, many = found.layers
    before, after = map(percent1, found.plain)
    level = " and a higher level" if found.plain[1] > found.plain[0] else ""
    return (
        f"At full depth {few} layers have {before} right and {many} layers {after}, over {found.sentences:,} sentences of {found.report}. "
        f"One of the {many} layers takes {percent(found.layer)} of the work of the whole model of {few}: what they buy is depth to look at"
        f"{level}, not less work."
    )


def _ordered(one: Order) -> str:
    if one.order is None:
        return ""
    value, low, high = one.order
    n = count(len(one.accuracy), "method")
    return (
        f"Within {percent(one.budget)} of the compute {n} {_ORDER[side(one.order)]} on both (Spearman {value:.2f} [{low:.2f}, {high:.2f}])."
    )


def _early(found: TaskBackbones) -> str:
    return _held(found, found.early, "Sentences that leave in the first third of the layers")


def _overthought(found: TaskBackbones) -> str:
    return _held(found, found.overthought, "Sentences that some exit has right and the last one wrong")


def _held(found: TaskBackbones, shares: Sequence[Held], what: str) -> str:
    """In how many methods a share surely grew or fell with depth."""
    if not shares:
        return ""
    words = {"above": "surely more in {n}", "below": "surely fewer in {n}", "level": "in {n} it cannot be told"}
    sides = [side(one.more) for one in shares]
    said = [form.format(n=sides.count(where)) for where, form in words.items() if where in sides]
    few, many = found.layers
    return f"{what}, {many} layers against {few}, {count(len(shares), 'method')}: {', '.join(said)}."


def backbones_table(found: TaskBackbones) -> list[dict[str, Any]]:
    """A row for each number: the shallower backbone, the deeper one, and their difference in points where it has an interval."""
    heads = [f"{n} layers" for n in found.layers]
    rows: list[tuple[str, str, tuple[float, float], str]] = [("right at full depth", "Plain model", found.plain, "")]
    rows += [(f"right within {percent(o.budget)}", name, pair, "") for o in found.orders for name, pair in o.accuracy.items()]
    for what, shares in (("leave in the first third", found.early), ("overthinking", found.overthought)):
        rows += [(what, one.method, one.share, "{} [{}, {}]".format(*map(points, one.more))) for one in shares]
    return [
        {"what": what, "method": name, **dict(zip(heads, map(percent1, pair), strict=True)), "difference": gap}
        for what, name, pair, gap in rows
    ]
