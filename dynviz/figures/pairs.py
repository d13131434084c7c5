"""Steps beside time: what each model computes, and how long it takes alone and in a batch, all in % of the plain model's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, on
from dynviz.figures.wording import gap, headline, percent, safe, shorten

ROW = 26  # px
NAME = 34  # letters of a model's name


@dataclass(frozen=True)
class Timed:
    """A model at one setting, each number a share of the plain model's on the same sentences. steps: FLOPs. alone, batch: time with one
    sentence at a time, and with many."""

    name: str
    steps: float
    alone: float
    batch: float

    @property
    def bars(self) -> tuple[float, float, float]:
        """The three shares, as they are drawn from top to bottom."""
        return self.steps, self.alone, self.batch


def pairs(models: Sequence[Timed], batch: int, style: Style = LIGHT, title: str | None = None, subtitle: str | None = None) -> go.Figure:
    """Draw three bars a model, under its name. batch: how many sentences a batch has."""
    names = _rows(batch)
    fig = Sketch([_bar(models, i, name, style) for i, name in enumerate(names)])
    far = max(1.0, *(share for one in models for share in one.bars)) * 1.12
    ticks = {_place(m, i): name for m in range(len(models)) for i, name in enumerate(names)}
    fig.update_layout(
        xaxis=layout.axis(style, grid=True, range=[0, far], **layout.PERCENTS),
        yaxis=layout.axis(
            style, tickvals=list(ticks), ticktext=[f"{name}  " for name in ticks.values()], range=[_place(len(models), -1) - 0.4, -0.7]
        ),
    )
    fig.update_yaxes(tickfont={"size": 13, "color": style.muted})
    for m, one in enumerate(models):
        font = {"size": 15, "color": style.ink}
        words = f"<b>{safe(shorten(one.name, NAME))}</b>"
        fig.add_annotation(layout.note(0, _place(m, -1), words, style, xanchor="left", xshift=-4, font=font))
    line = {"color": style.ink, "width": 1.5, "dash": "dash"}
    fig.add_shape(type="line", x0=1, x1=1, y0=0, y1=1, yref="paper", line=line)
    head, below = headline(pairs_finding(models, batch), pairs_key())
    body = ROW * 4 * len(models) + 20
    fig.update_layout(barmode="overlay")
    below = below if subtitle is None else subtitle
    layout.frame(fig, style, head if title is None else title, below, body=body, bottom=40, right=24)
    return fig.figure()


def pairs_key() -> str:
    """How to read it."""
    return "Bars: % of what the plain model takes for the same texts. Dashed: the plain model itself."


def pairs_finding(models: Sequence[Timed], batch: int) -> str:
    """Whose time follows its steps, and whose does not."""
    far = max(models, key=lambda one: one.alone - one.steps)
    near = min(models, key=lambda one: one.alone - one.steps)
    if far is near or gap(far.alone - far.steps) == gap(near.alone - near.steps):
        return f"{_said(far, batch)}."
    return f"{_said(near, batch)}. {_said(far, batch)}."


def _said(one: Timed, batch: int) -> str:
    return f"{one.name}: {percent(one.steps)} of the steps, {percent(one.alone)} of the time, {percent(one.batch)} in a batch of {batch}"


def pairs_table(models: Sequence[Timed], batch: int) -> list[dict[str, Any]]:
    """A row a model."""
    names = _rows(batch)
    return [{"model": one.name, **dict(zip(names, one.bars, strict=True))} for one in models]


def _rows(batch: int) -> tuple[str, str, str]:
    return "steps", "time, one by one", f"time, {batch} at once"


def _place(model: int, row: int) -> float:
    """Where a row stands, from the top; row -1: the model's name."""
    return 4.0 * model + 1 + row


def _bar(models: Sequence[Timed], row: int, name: str, style: Style) -> go.Bar:
    shares = [one.bars[row] for one in models]
    fill = (style.baseline, style.series_at(0), style.series_at(4))[row]
    hatch = {"fillmode": "overlay", "fgcolor": style.paper, "fgopacity": 0.7, "size": 7, "solidity": 0.2}
    pattern = {"shape": "/" if row == 0 else "", **hatch}
    wide = max(1.0, *shares) * 0.85
    return go.Bar(
        x=[round(share, 4) for share in shares], y=[_place(m, row) for m in range(len(models))], orientation="h", width=0.78, name=name,
        text=[percent(share) for share in shares], textangle=0, cliponaxis=False,
        textposition=["inside" if share > wide else "outside" for share in shares], insidetextanchor="end", hoverinfo="text",
        insidetextfont={"size": 13, "color": on(fill)}, outsidetextfont={"size": 13, "color": style.ink},
        hovertext=[f"<b>{safe(one.name)}</b><br>{name}: {percent(share)} of plain" for one, share in zip(models, shares, strict=True)],
        marker={"color": fill, "line": {"color": style.paper, "width": 1}, "pattern": pattern},
    )  # fmt: skip
