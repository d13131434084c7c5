"""Whether confidence can be trusted: accuracy against confidence at one exit; calibration error and foresight of mistakes at each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import count, gap, percent, percent1, safe
from dynviz.records import Floats, Ints

BESIDE = 84  # px beside the panels of the layers


def reliability(
    edges: Floats,
    counts: Ints,
    accuracy: Floats,
    low: Floats,
    high: Floats,
    selected: int | None = None,
    style: Style = LIGHT,
    title: str = "",
    subtitle: str = "",
) -> go.Figure:
    """Bars of accuracy by confidence, with 95 % intervals, against the diagonal; below, how many answers. A click returns customdata [bin].

    edges: (B+1,) of the bins; counts, accuracy, low, high: (B,), NaN where a bin is empty.
    """
    fig = Sketch(_bins(edges, counts, accuracy, low, high, style))
    if selected is not None and selected < len(counts):
        fig.add_shape(layout.outline(float(edges[selected]), float(edges[selected + 1]), 0, 1.02, style))
    width, start = float(edges[1] - edges[0]), float(edges[:-1][counts > 0].min(initial=0.5))
    ticks = [t for t in (0, 0.2, 0.4, 0.6, 0.8, 1) if t >= start - 0.1]
    fig.update_layout(
        xaxis=layout.axis(
            style, range=[start - width / 2, 1 + width / 4], tickvals=ticks, ticktext=[percent(t) for t in ticks], anchor="y2"
        ),
        yaxis=layout.axis(style, grid=True, range=[0, 1.05], domain=[0.34, 1], **layout.PERCENTS),
        yaxis2=layout.axis(style, grid=True, domain=[0, 0.22], nticks=3, rangemode="tozero"),
    )
    fig.update_xaxes(title=layout.title_of("confidence of the answer", style))
    fig.update_layout(yaxis={"title": layout.title_of("right", style)}, yaxis2={"title": layout.title_of("answers", style)})
    layout.frame(fig, style, title, subtitle, body=300, bottom=56)
    return fig.figure()


def _bins(edges: Floats, counts: Ints, accuracy: Floats, low: Floats, high: Floats, style: Style) -> list[go.Bar | go.Scatter]:
    """Accuracy by bin, the diagonal, and below how many answers."""
    middle, width = (edges[1:] + edges[:-1]) / 2, float(edges[1] - edges[0])
    some = counts > 0
    said = [
        f"<b>confidence {percent(float(a))} to {percent(float(b))}</b><br>accuracy {percent(float(v))}<br>{count(int(n), 'answer')}"
        for a, b, v, n in zip(edges[:-1][some], edges[1:][some], accuracy[some], counts[some], strict=True)
    ]
    error = {
        "type": "data", "symmetric": False, "array": (high - accuracy)[some].round(4).tolist(), "color": style.ink, "thickness": 1.5,
        "arrayminus": (accuracy - low)[some].round(4).tolist(), "width": 4,
    }  # fmt: skip
    bars = go.Bar(
        x=middle[some].round(4).tolist(), y=accuracy[some].round(4).tolist(), width=width * 0.92, error_y=error, name="accuracy",
        marker={"color": style.correct, "line": {"color": style.paper, "width": 1}}, customdata=[[int(i)] for i in np.flatnonzero(some)],
        hoverinfo="text", hovertext=said, selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    diagonal = {"color": style.muted, "width": 1.5, "dash": "dash"}
    below = go.Bar(
        x=middle[some].round(4).tolist(), y=counts[some].tolist(), width=width * 0.92, yaxis="y2", hoverinfo="skip", name="answers",
        marker={"color": style.baseline},
    )  # fmt: skip
    return [bars, go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line=diagonal, hoverinfo="skip", name="as sure as right"), below]


def reliability_finding(ece: float, confidence: float, accuracy: float, name: str, n: int) -> str:
    """Whether the answers are as often right as they are sure. confidence, accuracy: means over all n answers."""
    if ece != ece:
        return f"Nothing was read at {name}, so there is no confidence to judge."
    over = confidence - accuracy
    way = "about as sure as it is right" if abs(over) < 0.02 else "surer than it is right" if over > 0 else "less sure than it is right"
    said = f"At {name} the model is {way}: {percent(confidence)} sure on average, {percent(accuracy)} right."
    return f"{said} Expected calibration error {gap(ece)} points over {count(n, 'answer')}."


def reliability_table(edges: Floats, counts: Ints, confidence: Floats, accuracy: Floats, low: Floats, high: Floats) -> list[dict[str, Any]]:
    """One row per bin that holds answers."""
    return [
        {
            "from": float(edges[i]), "to": float(edges[i + 1]), "answers": int(counts[i]), "confidence": float(confidence[i]),
            "accuracy": float(accuracy[i]), "low": float(low[i]), "high": float(high[i]),
        }
        for i in np.flatnonzero(counts)
    ]  # fmt: skip


def foresight(
    names: Sequence[str],
    accuracy: Floats,
    ece: Floats,
    auroc: Floats,
    selected: int | None = None,
    style: Style = LIGHT,
    title: str = "",
    subtitle: str = "",
) -> go.Figure:
    """Three panels over the layers: accuracy, calibration error, AUROC; NaN where nothing was read. A click returns customdata [layer]."""
    x = list(range(1, len(names) + 1))
    panels = (
        ("right", accuracy, style.correct, "y"), ("error (ECE)", ece, style.incorrect, "y2"), ("foresight (AUROC)", auroc, style.ink, "y3")
    )  # fmt: skip
    written = [[_written(label, v) for v in values] for label, values, _, _ in panels]
    along = room.Along(names, BESIDE, room.widest([text for texts in written for text in texts]))
    fig = Sketch(
        [_line(x, values, names, label, along.told(said), colour, axis, style)
         for (label, values, colour, axis), said in zip(panels, written, strict=True)]
    )  # fmt: skip
    if selected is not None:
        fig.add_shape({**layout.outline(selected - 0.4, selected + 0.4, 0, 1, style), "yref": "paper"})
    most = max(float(np.nanmax(ece)) if (~np.isnan(ece)).any() else 0.1, 0.05) * 1.35
    fig.update_layout(
        xaxis=layout.axis(style, range=[0.4, len(names) + 0.6], anchor="y3", **along.ticks(style)),
        yaxis=layout.axis(style, grid=True, domain=[0.7, 1], range=[0, 1.15], **layout.HALVES),
        yaxis2=layout.axis(style, grid=True, domain=[0.36, 0.64], range=[0, most], tickformat=".0%", nticks=4),
        yaxis3=layout.axis(style, grid=True, domain=[0, 0.3], range=[0.35, 1.12], tickvals=[0.5, 0.75, 1], ticktext=["0.5", "0.75", "1"]),
    )
    for axis, (label, _, _, _) in zip(("yaxis", "yaxis2", "yaxis3"), panels, strict=True):
        fig.update_layout(**{axis: {"title": layout.title_of(label, style)}})
    layout.frame(fig, style, title, subtitle, body=340, bottom=40, least=along.least)
    return fig.figure()


def _written(label: str, value: float) -> str:
    return "" if np.isnan(value) else f"{value:.2f}" if "AUROC" in label else percent1(value)


def _line(
    x: list[int], values: Floats, names: Sequence[str], label: str, said: Sequence[str], colour: str, axis: str, style: Style
) -> go.Scatter:
    """said: over the points, "" where there is no room."""
    there = [i for i in range(len(x)) if not np.isnan(values[i])]
    return go.Scatter(
        x=[x[i] for i in there], y=[round(float(values[i]), 4) for i in there], yaxis=axis, mode="lines+markers+text", name=label,
        text=[said[i] for i in there], textposition="top center", textfont={"size": 12, "color": style.muted},
        line={"color": colour, "width": 2}, cliponaxis=False,
        marker={"size": 10, "color": colour, "opacity": 1}, customdata=[[x[i]] for i in there], hoverinfo="text",
        hovertext=[f"{safe(names[i])}: {safe(label)} {_written(label, values[i])}" for i in there],
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip


def foresight_finding(names: Sequence[str], accuracy: Floats, ece: Floats, auroc: Floats) -> str:
    """Which exit foretells its mistakes best, and which is furthest from honest."""
    read = [i for i in range(len(names)) if not np.isnan(ece[i])]
    if not read:
        return "No layer was read, so there is no confidence to judge."
    worst = max(read, key=lambda i: ece[i])
    said = [f"Confidence strays furthest from accuracy at {names[worst]}, by {gap(ece[worst])} points."]
    telling = [i for i in read if not np.isnan(auroc[i])]
    if telling:
        best = max(telling, key=lambda i: auroc[i])
        often = percent(float(auroc[best]))
        said.append(f"It foretells mistakes best at {names[best]}: a right answer is surer than a wrong one {often} of the time.")
    return " ".join(said)


def foresight_table(names: Sequence[str], answers: Sequence[int], accuracy: Floats, ece: Floats, auroc: Floats) -> list[dict[str, Any]]:
    """One row per layer that was read."""
    return [
        {"layer": names[i], "answers": int(answers[i]), "accuracy": float(accuracy[i]), "ece": float(ece[i]), "auroc": float(auroc[i])}
        for i in range(len(names))
        if not np.isnan(ece[i])
    ]
