"""Where direct labels and the inset go so that they cover as little as possible. Pixels, origin at the bottom left."""

import html
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rect = tuple[float, float, float, float]  # left, right, bottom, top in px
Point = tuple[float, float]
Area = tuple[float, float, float, float]  # x from, to, y from, to in drawn units
Values = NDArray[np.float64]
Label = tuple[str, str, list[Point], list[Point]]  # markup, colour, places it may stand at (drawn units), px of its own curve
CHAR, LINE = 7.6, 19.0  # px of a character and of a line at the label size, in the widest fallback font
SPOTS = 10  # places tried for each label, at most
INSET = (0.25, 0.3)  # of the plot area


@dataclass(frozen=True)
class Box:
    """The plot area: x from, to, y from, to in drawn units, on so many px."""

    area: Area
    width: float
    height: float

    def px(self, x: float, y: float) -> Point:
        """Px of a place in drawn units."""
        x0, x1, y0, y1 = self.area
        return (x - x0) / (x1 - x0) * self.width, (y - y0) / (y1 - y0) * self.height

    def holds(self, x: float, y: float) -> bool:
        """Whether a place is in view."""
        px, py = self.px(x, y)
        return 0 <= px <= self.width and 0 <= py <= self.height

    def fractions(self, rect: Rect) -> Rect:
        """A rectangle as fractions of the area."""
        return rect[0] / self.width, rect[1] / self.width, rect[2] / self.height, rect[3] / self.height


def path(box: Box, x: NDArray[np.float64], y: NDArray[np.float64], step: float = 8) -> list[Point]:
    """Px every few px along the line through the points, in order of x, where in view; corners count thrice."""
    order = np.argsort(x, kind="stable")
    ends = [box.px(float(a), float(b)) for a, b in zip(x[order], y[order], strict=True)]
    out = ends * 3
    for a, b in itertools.pairwise(ends):
        pieces = max(int(np.hypot(b[0] - a[0], b[1] - a[1]) / step), 1)
        out += [(a[0] + (b[0] - a[0]) * i / pieces, a[1] + (b[1] - a[1]) * i / pieces) for i in range(1, pieces)]
    return [p for p in out if 0 <= p[0] <= box.width and 0 <= p[1] <= box.height]


def corner(box: Box, cloud: Sequence[Point]) -> Rect | None:
    """A corner for the inset that covers nothing drawn; None where there is none."""
    w, h, m = INSET[0] * box.width, INSET[1] * box.height, 14.0
    lefts, bottoms = (box.width - w - m, m + 34), (m, box.height - h - m)
    rects = [(left, left + w, bottom, bottom + h) for bottom in bottoms for left in lefts]
    costs = _covered(np.array(rects), cloud, 8)
    return rects[int(np.argmin(costs))] if costs.min() == 0 else None


def place(box: Box, texts: Sequence[Label], cloud: Sequence[Point], taken: Sequence[Rect], wide: float) -> list[dict[str, Any]]:
    """Annotations for the labels: each at the spot that covers least and is nearest its own curve, first come first served.

    A label keeps its distance in px to its spot at any width of the page; `wide` px is a second width at which no two may meet.
    """
    used: list[Rect] = [*taken]
    used_wide: list[Rect] = []
    other = Box(box.area, wide, box.height)
    out = []
    for text, colour, all_spots, own in texts:
        lines = _plain(text).split("<br>")
        size = (CHAR * max(map(len, lines)) + 10, LINE * len(lines) + 2)
        spots = all_spots[:: len(all_spots) // SPOTS + 1]
        tries = [(spot, rect) for spot in spots for rect in _around(box.px(*spot), size)]
        rects = np.array([rect for _, rect in tries])
        moved = np.array([_moved(rect, box.px(*spot), other.px(*spot)) for spot, rect in tries])
        costs = _costs(rects, box, cloud, used) + _costs(moved, other, (), used_wide)
        costs += 8 * _strays(rects, own, cloud) + 0.02 * np.arange(len(tries))
        spot, rect = tries[int(np.argmin(costs))]
        used.append(rect)
        used_wide.append(_moved(rect, box.px(*spot), other.px(*spot)))
        at = box.px(*spot)
        shift = {"xshift": round((rect[0] + rect[1]) / 2 - at[0]), "yshift": round((rect[2] + rect[3]) / 2 - at[1])}
        anchor = {"xanchor": "center", "yanchor": "middle", "showarrow": False}
        out.append({"x": spot[0], "y": spot[1], "text": text, **shift, **anchor, "font": {"size": 14, "color": colour}})
    return out


def _moved(rect: Rect, start: Point, end: Point) -> Rect:
    """The rectangle after its spot went from start to end."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    return rect[0] + dx, rect[1] + dx, rect[2] + dy, rect[3] + dy


def _around(at: Point, size: Point) -> list[Rect]:
    """Rectangles above, below and beside a point, near ones first."""
    (x, y), (w, h) = at, size
    out = []
    for gap in (14.0, 34.0, 60.0):
        lefts = (x - w / 2, x + gap, x + gap, x - w - gap, x - w / 2, x + gap, x - w - gap, x - w - gap)
        bottoms = (y + gap, y - gap - h, y - h / 2, y + gap, y - gap - h, y + gap, y - h / 2, y - gap - h)
        out += [(left, left + w, bottom, bottom + h) for left, bottom in zip(lefts, bottoms, strict=True)]
    return out


def _costs(rects: Values, box: Box, cloud: Sequence[Point], used: Sequence[Rect]) -> Values:
    """(R,) how bad each rectangle (R, 4) is: drawn things covered, much more for leaving the area or for another label."""
    left, right, bottom, top = rects.T
    outside = np.maximum.reduce([-left, right - box.width, -bottom, top - box.height, np.zeros(len(rects))])
    clashes = np.zeros(len(rects))
    for u in used:
        clashes += (left < u[1]) & (u[0] < right) & (bottom < u[3]) & (u[2] < top)
    return np.asarray(100 * clashes + np.where(outside > 0, 50 + outside, 0) + 1.5 * _covered(rects, cloud, 6))


def _covered(rects: Values, cloud: Sequence[Point], margin: float) -> Values:
    """(R,) how many points lie in each rectangle or within the margin of it."""
    if not cloud:
        return np.zeros(len(rects))
    x, y = np.array(cloud).T
    left, right, bottom, top = rects.T[..., None]
    return np.asarray(((x > left - margin) & (x < right + margin) & (y > bottom - margin) & (y < top + margin)).sum(1), np.float64)


def _strays(rects: Values, own: Sequence[Point], cloud: Sequence[Point]) -> Values:
    """(R,) 1 where something else is nearer to the label than its own curve."""
    if not own or not cloud:
        return np.zeros(len(rects))
    mine, any_ = (_distance(rects, np.array(points)) for points in (own, cloud))
    return np.asarray(mine > any_ + 4, np.float64)


def _distance(rects: Values, points: Values) -> Values:
    """(R,) px from each rectangle to the nearest point."""
    left, right, bottom, top = rects.T[..., None]
    dx = np.maximum(np.maximum(left - points[:, 0], points[:, 0] - right), 0)
    dy = np.maximum(np.maximum(bottom - points[:, 1], points[:, 1] - top), 0)
    return np.asarray(np.hypot(dx, dy).min(1), np.float64)


def _plain(text: str) -> str:
    return html.unescape(text.replace("<b>", "").replace("</b>", ""))
