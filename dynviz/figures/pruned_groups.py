"""The funnel of a model that drops tokens, group by group: a grid, sort of piece by layer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures.numbers import numbers, numbers_table
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import percent
from dynviz.records import Floats
from dynviz.records.pruned import Funnel

TOO_FEW = "There are too few pieces of every sort to tell them apart."


def pruned_groups(found: Sequence[Funnel], style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """A grid of the pieces computed in each layer, in % of the group, the groups in the order in which they are stored."""
    values, rows, columns = _table(found)
    key = pruned_groups_key() if subtitle is None else subtitle
    fig = numbers(100 * values, rows, columns, column_title="layer", digits=0, style=style, title=title, subtitle=key)
    return fig.update_xaxes(ticktext=[name.removeprefix("layer ") for name in columns])


def pruned_groups_key() -> str:
    """What the numbers are."""
    return "Number: pieces computed in the layer, in % of their group. Dark: large. Beside each group: how many pieces it has."


def pruned_groups_finding(title: str, kept: float, found: Sequence[Funnel], by: str) -> str:
    """Of which group most is left in the last layer, and of which least. title: who drops; kept: the share of all pieces left there."""
    if not found:
        return TOO_FEW
    most, least = (end(found, key=lambda group: group.shares[-1]) for end in (max, min))
    every = f"{title} computes {percent(kept)} of all pieces in the last layer"
    if most.shares[-1] == least.shares[-1]:
        return f"{every}, and as many of every sort told apart by {by}."
    return f"{every}. Told apart by {by}, most is left of {_said(most)}, least of {_said(least)}."


def pruned_groups_table(found: Sequence[Funnel], by: str) -> list[dict[str, Any]]:
    """A row for each group."""
    rows = numbers_table(*_table(found), row_title=by)
    return [
        {by: group.name, "pieces": group.pieces, **{k: v for k, v in row.items() if k != by}}
        for group, row in zip(found, rows, strict=True)
    ]


def _said(group: Funnel) -> str:
    return f"“{group.name}” ({percent(group.shares[-1])})"


def _table(found: Sequence[Funnel]) -> tuple[Floats, list[str], list[str]]:
    """(G, L) shares, and the names of rows and columns."""
    values = np.array([group.shares for group in found])
    layers = values.shape[1] if len(found) else 0
    return values, [f"{g.name} ({g.pieces:,})" for g in found], [f"layer {i}" for i in range(1, layers + 1)]
