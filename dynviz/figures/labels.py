"""Where direct labels and the inset go so that they cover as little as possible. Pixels, origin at the bottom left."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rect = tuple[float, float, float, float]  # left, right, bottom, top in px
Point = tuple[float, float]
CHAR, LINE = 7.6, 19.0  # px of a character and of a line at the label size, in the widest fallback font
INSET = (0.25, 0.3)  # of the plot area


@dataclass(frozen=True)
class Box:
    """The plot area: x from, to, y from, to in drawn units, on so many px."""

    area: tuple[float, float, float, float]
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
    costs = [_covered(_grown(r, 8), cloud) for r in rects]
    return rects[int(np.argmin(costs))] if min(costs) == 0 else None


def place(box: Box, texts: Sequence[tuple[str, str, list[Point]]], cloud: Sequence[Point], taken: Sequence[Rect]) -> list[dict[str, Any]]:
    """Annotations for (markup, colour, places in drawn units): each at the spot that covers least, first come first served."""
    used = [*taken]
    out = []
    for text, colour, spots in texts:
        size = (CHAR * len(_plain(text)) + 10, LINE + 2)
        tries = [(spot, rect) for spot in spots for rect in _around(box.px(*spot), size)]
        costs = [_cost(rect, box, cloud, used) + 0.02 * i for i, (_, rect) in enumerate(tries)]
        spot, rect = tries[int(np.argmin(costs))]
        used.append(rect)
        at = box.px(*spot)
        out.append(
            {
                "x": spot[0],
                "y": spot[1],
                "text": text,
                "showarrow": False,
                "xanchor": "center",
                "yanchor": "middle",
                "align": "left",
                "xshift": round((rect[0] + rect[1]) / 2 - at[0]),
                "yshift": round((rect[2] + rect[3]) / 2 - at[1]),
                "font": {"size": 14, "color": colour},
            }
        )
    return out


def _around(at: Point, size: Point) -> list[Rect]:
    """Rectangles above, below and beside a point, near ones first."""
    (x, y), (w, h) = at, size
    out = []
    for gap in (14.0, 34.0, 60.0):
        for left, bottom in (
            (x - w / 2, y + gap),
            (x + gap, y - gap - h),
            (x + gap, y - h / 2),
            (x - w - gap, y + gap),
            (x - w / 2, y - gap - h),
            (x + gap, y + gap),
            (x - w - gap, y - h / 2),
            (x - w - gap, y - gap - h),
        ):
            out.append((left, left + w, bottom, bottom + h))
    return out


def _cost(rect: Rect, box: Box, cloud: Sequence[Point], used: Sequence[Rect]) -> float:
    outside = max(-rect[0], rect[1] - box.width, -rect[2], rect[3] - box.height, 0)
    clashes = sum(rect[0] < u[1] and u[0] < rect[1] and rect[2] < u[3] and u[2] < rect[3] for u in used)
    return 100 * clashes + (50 + outside if outside > 0 else 0) + _covered(_grown(rect, 3), cloud)


def _covered(rect: Rect, cloud: Sequence[Point]) -> int:
    if not cloud:
        return 0
    x, y = np.asarray(cloud).T
    return int(((x > rect[0]) & (x < rect[1]) & (y > rect[2]) & (y < rect[3])).sum())


def _grown(rect: Rect, by: float) -> Rect:
    return rect[0] - by, rect[1] + by, rect[2] - by, rect[3] + by


def _plain(text: str) -> str:
    return text.replace("<b>", "").replace("</b>", "")
