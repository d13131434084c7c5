"""The methods of a task beside each other: the answers an early stop changes, and how far each layer's confidence can be trusted."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.style import LIGHT, Style, mix, on
from dynviz.figures.wording import SUBTITLE_CHARS, percent, safe, setting, wrap
from dynviz.figures.zoo import ROW, of_model, rows_of
from dynviz.records.zoo import TaskZoo

WORST_ECE, BEST_AUROC = 0.15, 1.0  # where the two ramps of the table end


def zoo_changes(task: TaskZoo, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """Two bars for each method: answers made worse to the left, overthinking avoided to the right, in % of all answers."""
    rows = sorted(task.changes, key=lambda c: (c.avoided - c.worse) / c.answers)
    y = list(range(len(rows)))
    worse, avoided = ([100 * getattr(c, name) / c.answers for c in rows] for name in ("worse", "avoided"))
    shared = {"orientation": "h", "y": y, "width": 0.7, "hoverinfo": "text", "textposition": "outside", "cliponaxis": False}
    hatch = {"shape": "/", "fillmode": "overlay", "fgcolor": style.paper, "fgopacity": 0.8, "size": 7, "solidity": 0.25}
    hover = [f"{safe(task.title(c.contender))}<br>{c.worse} worse, {c.avoided} avoided of {c.answers:,}" for c in rows]
    left = go.Bar(
        **shared, x=[-v for v in worse], name="worse", text=[str(c.worse) for c in rows], hovertext=hover,
        marker={"color": style.incorrect, "pattern": hatch}, textfont={"color": style.ink, "size": 12},
    )  # fmt: skip
    right = go.Bar(
        **shared, x=avoided, name="avoided", text=[str(c.avoided) for c in rows], hovertext=hover, marker={"color": style.correct},
        textfont={"color": style.ink, "size": 12},
    )  # fmt: skip
    fig = go.Figure([left, right])
    rows_of(fig, [task.title(c.contender) for c in rows], [f"at {percent(c.share)}" for c in rows], style)
    most = max([1.0, *worse, *avoided]) * 1.4
    said = layout.title_of("% of answers: worse to the left, overthinking avoided to the right", style)
    fig.update_layout(xaxis=layout.axis(style, grid=True, title=said, range=[-most, most], tickangle=0), barmode="overlay", bargap=0.3)
    fig.update_xaxes(zeroline=True, zerolinecolor=style.muted)
    key = "▨ ✗ full depth was right, the early answer is wrong. ■ ✓ the other way round. Right: compute at the chosen knob."
    return layout.frame(
        fig, style, title, wrap(key, SUBTITLE_CHARS) if subtitle is None else subtitle, body=ROW * len(rows) + 20, bottom=56, right=80
    )


def zoo_changes_finding(task: TaskZoo) -> str:
    """Where early answers help, where they harm, and over all."""
    if not task.changes:
        return "No method of this task gives answers early."
    best = max(task.changes, key=lambda c: (c.avoided - c.worse) / c.answers)
    worst = min(task.changes, key=lambda c: (c.avoided - c.worse) / c.answers)
    more = sum(c.avoided > c.worse for c in task.changes)
    several = f"In {more} of {len(task.changes)} methods stopping early avoids more overthinking than it does harm. "
    named = [best] if best is worst else [best, worst]
    words = [f"{task.title(c.contender)}: {c.worse} worse, {c.avoided} avoided of {c.answers:,}" for c in named]
    return (several if len(named) > 1 else "") + f"{'; '.join(words)}."


def zoo_changes_table(task: TaskZoo) -> list[dict[str, Any]]:
    """A row for each method, those that help most first."""
    return [
        {
            "method": task.title(c.contender), **of_model(task, c.checkpoint), "setting": setting(c.knobs), "compute": c.share,
            "answers": c.answers, "worse": c.worse, "worse, share": c.worse / c.answers, "avoided": c.avoided,
            "avoided, share": c.avoided / c.answers, "wrong either way": c.other, "difference": c.difference[0],
            "from": c.difference[1], "to": c.difference[2],
        }
        for c in sorted(task.changes, key=lambda c: (c.worse - c.avoided) / c.answers)
    ]  # fmt: skip


def zoo_trust(task: TaskZoo, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """A table of cells, method by layer: on the left the calibration error of each layer's classifier, on the right how well the method's
    own reading foretells its mistakes."""
    rows = list(reversed(task.trust))
    fig = go.Figure()
    layers = max((len(t.ece) for t in rows), default=1)
    for axis, name in (("", "ece"), ("2", "auroc")):
        cells = [(x + 1, y, v) for y, t in enumerate(rows) for x, v in enumerate(getattr(t, name)) if v is not None]
        fills = [_fill(name, v, style) for _, _, v in cells]
        text = [f"{100 * v:.0f}" if name == "ece" else f"{v:.2f}"[1:] if v < 1 else "1.0" for _, _, v in cells]
        hover = [f"{safe(task.title(rows[y].contender))}, layer {x}<br>{name.upper()} {v:.3f}" for x, y, v in cells]
        fig.add_trace(
            layout.bars(
                [x for x, _, _ in cells], [y for _, y, _ in cells], layout.CELL, layout.CELL, fills, [style.grid] * len(cells), text=text,
                insidetextfont={"size": 12, "color": [on(f) for f in fills]}, hovertext=hover, hoverinfo="text", name=name,
                xaxis=f"x{axis}", yaxis=f"y{axis}",
            )
        )  # fmt: skip
    rows_of(fig, [task.title(t.contender) for t in rows], [], style)
    for axis, domain, words in (("", [0, 0.48], "calibration error, points"), ("2", [0.52, 1], "AUROC of failure prediction")):
        shared: dict[str, Any] = {
            "tickvals": list(range(1, layers + 1)),
            "range": [0.4, layers + 0.6],
            "anchor": f"y{axis}",
            "domain": domain,
        }
        fig.layout[f"xaxis{axis}"] = layout.axis(style, title=layout.title_of(words, style), **shared)
    fig.layout.yaxis2 = layout.axis(style, range=[-0.6, len(rows) - 0.4], showticklabels=False, anchor="x2", matches="y")
    key = "Columns: layers. Left: darker is less trustworthy. Right: darker foretells mistakes better. Blank: no classifier there."
    return layout.frame(
        fig, style, title, wrap(key, SUBTITLE_CHARS) if subtitle is None else subtitle, body=ROW * len(rows) + 20, bottom=56
    )


def zoo_trust_finding(task: TaskZoo) -> str:
    """Which classifier is least calibrated, how the last layers compare with the first, and where mistakes are foretold best."""
    if not task.trust:
        return "No readings of class probabilities ship for this task."
    cells = [(t, i + 1) for t in task.trust for i, v in enumerate(t.ece) if v is not None]
    worst, layer = max(cells, key=lambda cell: cell[0].ece[cell[1] - 1] or 0.0)
    rising = sum((known := [v for v in t.ece if v is not None])[-1] > known[0] for t in task.trust)
    said = (
        f"The least calibrated classifier is {task.title(worst.contender)}'s after layer {layer}: confidence and accuracy lie "
        f"{100 * (worst.ece[layer - 1] or 0):.1f} points apart. In {rising} of {len(task.trust)} methods the last classifier is "
        "calibrated worse than the first."
    )
    read = [(t, i + 1) for t in task.trust for i, v in enumerate(t.auroc) if v is not None]
    if not read:
        return said
    best, at = max(read, key=lambda cell: cell[0].auroc[cell[1] - 1] or 0.0)
    return f"{said} Mistakes are foretold best by {task.title(best.contender)} after layer {at}: AUROC {best.auroc[at - 1]:.2f}."


def zoo_trust_table(task: TaskZoo) -> list[dict[str, Any]]:
    """A row for each method and layer with a classifier."""
    return [
        {"method": task.title(t.contender), **of_model(task, t.checkpoint), "layer": i + 1, "ECE": e, "AUROC": a, "foretold by": t.by}
        for t in task.trust
        for i, (e, a) in enumerate(zip(t.ece, t.auroc, strict=True))
        if e is not None
    ]


def _fill(name: str, value: float, style: Style) -> str:
    if name == "ece":
        return mix(style.paper, style.dropped, min(value / WORST_ECE, 1.0))
    return mix(style.paper, style.series_at(0), float(np.clip((value - 0.5) / (BEST_AUROC - 0.5), 0, 1)))
