"""The conditions of a rule in words, the same on every screen: a value, the side of its limit, what must hold together."""

from collections.abc import Sequence

import numpy as np

from dynviz.figures.wording import number
from dynviz.records import Floats
from dynviz.records.card import Comparison, alternatives, holds, together

LAYERS = "its layer's limit"


def name_of(condition: Comparison) -> str:
    """What was read, without the formula."""
    return condition.label.split(" (")[0]


def owned(condition: Comparison) -> str:
    """The name in a sentence: "its uncertainty", "the probability of leaving"; who owns the gate or the budget, the name says itself."""
    name = name_of(condition)
    return f"{'the' if {'of', 'to'} & set(name.split()) else 'its'} {name}"


def short(value: float) -> str:
    """A value of a reading, without what rounding left of it, and never "-0"."""
    return number(round(float(value), 6) + 0.0)


def against(condition: Comparison, value: float, layer: int) -> str:
    """ "0.05, below 0.1", or "0.2, not below 0.1"; the value alone where the layer has no limit."""
    limit = float(condition.limits[layer])
    if np.isnan(limit):
        return short(value)
    held = bool(holds(np.array(value), condition.side, np.array(limit)))
    return f"{short(value)}, {'' if held else 'not '}{condition.side} {short(limit)}"


def bound(condition: Comparison) -> str:
    """ "below 0.1", or "below its layer's limit" where the limits differ."""
    found = sorted({short(limit) for limit in condition.limits[np.isfinite(condition.limits)]})
    return f"{condition.side} {found[0] if len(found) == 1 else LAYERS}"


def of_token(compared: Sequence[Comparison], place: int) -> list[Comparison]:
    """The conditions that hold or not of one token (of the sentence, those that are the sentence's), a value per layer."""
    return [
        Comparison(c.reading, c.label, _column(c.values, place), c.limits, c.side, c.group)
        for c in compared
        if c.values.ndim == 1 or c.values.shape[1] > place
    ]


def _column(values: Floats, place: int) -> Floats:
    return values if values.ndim == 1 else values[:, place]


def stops(compared: Sequence[Comparison]) -> Floats:
    """(L+1,) after which layers a rule says stop, from its conditions of one token or sentence: any group of which all hold; NaN where
    none could be said to hold or not, because nothing was read."""
    groups = alternatives(compared)
    said = np.full(len(compared[0].values) if compared else 0, np.nan)
    for group in groups:
        known = np.logical_and.reduce([np.isfinite(c.values) & np.isfinite(c.limits) for c in group])
        said = np.where(known, np.fmax(said, together(group)), said)
    return said
