"""Every exit alone: how often each layer's classifier is right, method by method, beside models cut at that depth."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures.numbers import numbers, numbers_table
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import bracketed, percent1
from dynviz.figures.zoo import NONE_SHIPS, of_model
from dynviz.records import Floats
from dynviz.records.zoo import TaskZoo, Trust

STATIC = "Plain model cut at this depth"


def zoo_exits(task: TaskZoo, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """A grid, method by layer, of accuracies in %."""
    values, rows, columns = _table(task)
    key = zoo_exits_key(task) if subtitle is None else subtitle
    fig = numbers(100 * values, rows, columns, column_title="layer", digits=1, style=style, title=title, subtitle=key)
    return fig.update_xaxes(ticktext=[name.removeprefix("layer ") for name in columns])


def zoo_exits_key(_: TaskZoo) -> str:
    """What the numbers are."""
    return "Number: right answers, in %. Dark: large. Blank: no classifier there."


def zoo_exits_finding(task: TaskZoo) -> str:
    """Which training makes the best first exit, which the worst, and how far apart they end."""
    values, rows, _ = _table(task)
    exits, names = values[1:], [bracketed(row) for row in rows[1:]]
    if not len(exits) or np.isnan(exits[:, 0]).all():
        return NONE_SHIPS
    first, last = exits[:, 0], exits[:, -1]
    best, worst = int(np.nanargmax(first)), int(np.nanargmin(first))
    low, high = percent1(float(np.nanmin(last))), percent1(float(np.nanmax(last)))
    said = (
        f"After layer 1 the classifier of {names[best]} alone is right in {percent1(first[best])}, that of {names[worst]} in "
        f"{percent1(first[worst])}; after the last layer all lie between {low} and {high}."
    )
    return said if np.isnan(values[0, 0]) else f"{said} A plain model of one layer, trained as such, is right in {percent1(values[0, 0])}."


def zoo_exits_table(task: TaskZoo) -> list[dict[str, Any]]:
    """A row for each method."""
    first, *others = numbers_table(*_table(task), row_title="method")
    return [first, *(row | of_model(task, t.checkpoint) for row, t in zip(others, _told(task)[1], strict=True))]


def _table(task: TaskZoo) -> tuple[Floats, list[str], list[str]]:
    """(1 + methods, L) accuracies, the static line first; and the names of rows and columns."""
    layers, told = _told(task)
    table = np.full((1 + len(told), layers), np.nan)
    for depth, (_, accuracy) in zip(task.cut_at, task.static, strict=True):
        table[0, depth - 1] = accuracy
    for row, t in zip(table[1:], told, strict=True):
        row[: len(t.accuracy)] = [np.nan if a is None else a for a in t.accuracy]
    return table, [STATIC, *(task.title(t.contender) for t in told)], [f"layer {i}" for i in range(1, layers + 1)]


def _told(task: TaskZoo) -> tuple[int, list[Trust]]:
    """How many layers, and the methods with classifiers after these; a cascade's exits stand on two models."""
    told = [t for t in task.trust if t.accuracy]
    layers = max(task.cut_at, default=0) or max([len(t.accuracy) for t in told], default=1)
    return layers, [t for t in told if len(t.accuracy) == layers]
