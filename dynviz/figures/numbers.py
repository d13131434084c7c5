"""Numbers on a grid: each printed in a cell, the darker the larger."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, on
from dynviz.figures.wording import safe, shorten, span


def numbers(
    values: ArrayLike, rows: Sequence[str], columns: Sequence[str], row_title: str = "", column_title: str = "", digits: int = 2,
    style: Style = LIGHT, title: str = "", subtitle: str | None = None,
) -> go.Figure:  # fmt: skip
    """Draw values (R, C), the first row on top; blank where NaN. One colour scale, from the least to the largest size of a value."""
    table = np.asarray(values, float)
    places = [(r, c) for r in range(len(rows)) for c in range(len(columns))]
    fills = [_fill(table, place, style) for place in places]
    texts = ["" if np.isnan(table[p]) else f"{table[p]:.{digits}f}" for p in places]
    fig = Sketch()
    fig.add_trace(
        layout.bars(
            [c for _, c in places], [-r for r, _ in places], 0.88, layout.CELL, fills,
            [style.grid if f == style.paper else style.outline(f) for f in fills], name="numbers", hoverinfo="text", text=texts,
            insidetextfont={"size": 13, "color": [on(f) for f in fills]},
            hovertext=[f"{safe(rows[r])}, {safe(columns[c])}: {t or 'not read'}" for (r, c), t in zip(places, texts, strict=True)],
        )
    )  # fmt: skip
    ticks = {"tickvals": list(range(len(columns))), "ticktext": [safe(c) for c in columns], "range": [-0.6, len(columns) - 0.4]}
    fig.update_xaxes(layout.axis(style, **ticks), title=layout.title_of(safe(column_title), style))  # type: ignore[arg-type]
    names = {"tickvals": [-r for r in range(len(rows))], "ticktext": [safe(shorten(r, 34)) for r in rows]}
    fig.update_yaxes(layout.axis(style, **names, range=[-len(rows) + 0.4, 0.6]), title=layout.title_of(safe(row_title), style))  # type: ignore[arg-type]
    ramp = "".join(span("■", c) for c in reversed(style.certainty))
    key = f"{ramp} dark = large" + (", blank: not read" if np.isnan(table).any() else "")
    along = room.Along(columns, 40 + room.widest([shorten(r, 34) for r in rows], room.NAME), room.widest(texts, 13) / layout.CELL)
    layout.frame(
        fig, style, title, key if subtitle is None else subtitle, body=34 * len(rows) + 20, bottom=64 if column_title else 44,
        least=along.least,
    )  # fmt: skip
    fig.update_layout(barmode="overlay", uniformtext={"mode": "hide", "minsize": 7})
    return fig.figure()


def numbers_table(values: ArrayLike, rows: Sequence[str], columns: Sequence[str], row_title: str = "row") -> list[dict[str, Any]]:
    """The same as rows: None where there is no number."""
    table = np.asarray(values, float)
    return [
        {row_title: name, **{c: None if np.isnan(v) else float(v) for c, v in zip(columns, line, strict=True)}}
        for name, line in zip(rows, table, strict=True)
    ]


def _fill(table: np.ndarray[Any, Any], place: tuple[int, int], style: Style) -> str:
    """One of five steps between the least and the largest absolute value."""
    if np.isnan(table[place]):
        return style.paper
    sizes = np.abs(table[~np.isnan(table)])
    part = (abs(table[place]) - sizes.min()) / max(float(np.ptp(sizes)), 1e-12)
    return style.certainty[::-1][min(int(part * len(style.certainty)), len(style.certainty) - 1)]
