"""Layers as rows, or side by side: how high, how wide and how named, however many there are; one rule for every picture.

Rows get lower with the square root of their number, down to a line of text, and together they stay within a screen. Side by side each
layer has the room of what is printed over it, and the picture says below which width it is scrolled and not squeezed. What still has no
room thins out to every second, third ... layer; the first and the last are always told.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dynviz.figures.style import Style
from dynviz.figures.wording import ems, safe, span

FEW = 6  # layers whose rows are as high as a picture likes
LEAST, BOUND = 18, 480  # px of a row with its name; of all rows, at most
PHONE, WIDE = 330, 820  # px that a picture has on a telephone; that it asks for at most
NAME, SMALL = 14, 10  # px of a name's letters, and of the smallest that can be read
LEADING, AIR = 1.3, 8  # of a line's height, in letters; px between two texts
SLANTED = 0.8  # of a row's height is left at least where words below the rows are slanted: plotly takes their room from the rows


def row(layers: int, most: float, least: float = LEAST, bound: float = BOUND) -> float:
    """Px of a layer's row. most: where there are few; least: what its marks need, unless all would be higher than the bound."""
    return round(min(most, max(least, most * math.sqrt(min(FEW / layers, 1))), bound / layers), 1)


def letters(high: float, most: int = NAME) -> int:
    """Px of letters whose line fits so many px."""
    return max(1, min(most, int(high / LEADING)))


def widest(texts: Sequence[str], size: float = 12) -> float:
    """About the px of the widest text and the air beside it."""
    return max((0.9 * ems(text) * size + AIR for text in texts), default=0.0)


def some(count: int, each: float, need: float) -> list[int]:
    """Which of so many are told, from 0, each with its px where telling needs so many."""
    step = max(1, math.ceil(need / each - 1e-9))
    return [i for i in range(0, count - 1, step) if not i or (count - 1 - i) * each >= need] + [count - 1]


def rows(names: Sequence[str], at: Sequence[float], high: float, style: Style, size: int = NAME) -> dict[str, Any]:
    """The y axis of rows so many px high, their names (plain text) beside them."""
    font = max(min(SMALL, size), letters(SLANTED * high, size))
    named = some(len(names), SLANTED * high, LEADING * font)
    return {"tickvals": [at[i] for i in named], "ticktext": [safe(names[i]) for i in named], "tickfont": {"size": font, "color": style.ink}}


@dataclass(frozen=True)
class Along:
    """Layers side by side, from 1. names: plain text. beside: px that margins and labels take; need: px of what is printed over a layer;
    bound: px that the picture asks for at most."""

    names: Sequence[str]
    beside: float
    need: float = 0
    bound: float = WIDE

    @property
    def wide(self) -> int:
        """Px of the whole picture, at least."""
        return max(PHONE, math.ceil(min(self.need * len(self.names) + self.beside, self.bound)))

    @property
    def least(self) -> int:
        """Px below which it is scrolled; 0 where a telephone has them."""
        return self.wide if self.wide > PHONE else 0

    @property
    def each(self) -> float:
        """Px of a layer, at least."""
        return (self.wide - self.beside) / len(self.names)

    def told(self, texts: Sequence[str], need: float = 0) -> list[str]:
        """Texts over the layers, blank where one would run into the next. need: px of one, by default of all that is printed."""
        shown = some(len(texts), self.each, need or self.need)
        return [text if i in shown else "" for i, text in enumerate(texts)]

    def ticks(self, style: Style, size: int = NAME) -> dict[str, Any]:
        """The x axis: the names, or where they have no room their numbers, below them what is numbered."""
        if widest(self.names, size) <= self.each:
            return _ticks(range(len(self.names)), [safe(name) for name in self.names], style, size)
        stages, numbers = zip(*(name.rsplit(" ", 1) for name in self.names), strict=True)
        starts = [i for i, stage in enumerate(stages) if stage not in stages[:i]]
        named, need = [], widest([str(len(self.names))], size)
        for start, end in zip(starts, [*starts[1:], len(stages) - 1], strict=True):  # the first of the next stage is told too
            named += [start + i for i in some(end - start + 1, self.each, need)][: None if end == len(stages) - 1 else -1]
        under = {start: f"<br>{span(safe(stages[start]), style.muted)}" for start in starts} if len(starts) > 1 else {}
        shown = _ticks(named, [safe(numbers[i]) + under.get(i, "") for i in named], style, size)
        return shown if under else shown | {"title": {"text": safe(stages[0]), "font": {"size": 13, "color": style.muted}, "standoff": 10}}


def numbered(layers: int, each: float, style: Style, size: int = NAME) -> dict[str, Any]:
    """The x axis of layers side by side, each with its px, by their numbers."""
    named = some(layers, each, widest([str(layers)], size))
    return _ticks(named, [str(i + 1) for i in named], style, size)


def _ticks(at: Sequence[int], texts: list[str], style: Style, size: int) -> dict[str, Any]:
    return {"tickvals": [i + 1 for i in at], "ticktext": texts, "tickangle": 0, "tickfont": {"size": size, "color": style.ink}}
