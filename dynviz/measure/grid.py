"""Which settings of a knob to measure, so that a curve has its points where compute changes, and none where it does not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from dynviz.core.method import Method
from dynviz.records.card import Knob

FINEST = 2_000  # settings of a knob that may be chosen from, at most
WIDEST = 0.08  # of compute, between neighbouring settings of a curve


def spaced(knob: Knob, count: int, share: Callable[[float], float]) -> list[float]:
    """At most `count` settings of a knob, low to high, between which compute changes by about equal steps.

    The widest change between two neighbours is halved (by the number of the knob's steps between them) until there are enough, so that
    no call of `share` (the compute at a setting) is wasted: each costs a run, or a replay.
    """
    grid = knob.points(FINEST)
    found = {i: share(grid[i]) for i in {0, len(grid) - 1}}
    while len(found) < min(count, len(grid)):
        at = sorted(found)
        gaps = [(abs(found[b] - found[a]), b - a, -a, a, b) for a, b in pairwise(at) if b - a > 1]
        *_, low, high = max(gaps)
        middle = (low + high) // 2
        found[middle] = share(grid[middle])
    return [grid[i] for i in sorted(found)]


def filled(knob: Knob, values: Iterable[float], share: Callable[[float], float], widest: float = WIDEST) -> list[float]:
    """These settings of a knob, and others between neighbours whose compute differs by more than `widest`, until none are left."""
    grid = knob.points(FINEST)
    found = {min(range(len(grid)), key=lambda i: abs(grid[i] - v)): v for v in values}
    shares = {i: share(v) for i, v in found.items()}
    while gaps := [(a, b) for a, b in pairwise(sorted(found)) if b - a > 1 and abs(shares[a] - shares[b]) > widest + 1e-9]:
        for middle in [(a + b) // 2 for a, b in gaps]:
            found[middle], shares[middle] = grid[middle], share(grid[middle])
    return [found[i] for i in sorted(found)]


def settings(method: type[Method], values: list[float], base: Mapping[str, Any] | None = None) -> list[dict[str, float]]:
    """The knob off, then the first knob at these values, the others at their base (by default, default) setting; none twice."""
    off = method.off()
    if not method.knobs:
        return [off]
    rest = method.defaults(base)
    out = [off, *({**rest, method.knobs[0].name: value} for value in values)]
    return [s for i, s in enumerate(out) if s not in out[:i]]


def merged(points: Sequence[Mapping[str, float]], also: Iterable[Mapping[str, float]]) -> list[dict[str, float]]:
    """Settings and further ones, none twice: full depth first, the others in the order of the knobs (as `Sweep.with_points`)."""
    every = [dict(p) for p in points]
    for more in map(dict, also):
        every += [] if more in every else [more]
    return [every[0], *sorted(every[1:], key=lambda knobs: tuple(knobs.values()))]
