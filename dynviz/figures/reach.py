"""Which values a panel of readings shows, and how far apart: with numbers from far apart on a logarithmic scale, in powers of ten."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from dynviz.figures.style import Style
from dynviz.figures.wording import number
from dynviz.records import Floats

REACH = 8  # times the values' own: a limit further off is not drawn, which would leave them on one line
APART = 100  # times the smallest: values further apart would lie on one line


@dataclass(frozen=True)
class Reach:
    """From where to where, as drawn: powers of ten where `log`."""

    low: float
    high: float
    log: bool

    def at(self, values: Any) -> Any:
        """Where these values stand."""
        return np.log10(values) if self.log else values

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return self.low <= float(self.at(value)) <= self.high

    def axis(self, style: Style) -> dict[str, Any]:
        """The settings of its axis."""
        shown: dict[str, Any] = {"range": [self.low, self.high]}
        if not self.log:
            return shown | {"nticks": 4}
        step = max(1, round((self.high - self.low) / 4))
        powers = range(math.ceil(self.low), math.floor(self.high) + 1, step)
        return shown | {"tickvals": list(powers), "ticktext": [number(10.0**p) if p > -4 else f"10<sup>{p}</sup>" for p in powers]}


def reach(values: Floats, limits: Floats) -> Reach:
    """That of values (nan where not read) and of their limits, with air above and below."""
    known = values[~np.isnan(values)]
    bounds = limits[~np.isnan(limits)]
    both = np.concatenate([known, bounds])
    if len(known) and (both > 0).all() and known.max() > APART * known.min():
        low, high = (float(np.log10(x)) for x in (both.min(), both.max()))
        return Reach(low - 0.15 * (high - low), high + 0.3 * (high - low), True)
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    span = max(high - min(low, 0.0), 1e-9)
    near = [float(x) for x in bounds if low - REACH * span <= x <= high + REACH * span]
    low, high = min([0.0, low, *near]), max([high, *near])
    air = 0.2 * max(high - low, 1e-9)
    return Reach(low - 0.6 * air, high + 1.5 * air, False)
