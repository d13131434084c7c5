"""The methods of a task beside each other: how far each layer's confidence can be trusted, and how well mistakes are foretold."""

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, mix, on
from dynviz.figures.wording import SUBTITLE_CHARS, gap, listing, percent, safe, shorten, wrap
from dynviz.figures.zoo import NONE_SHIPS, named, of_model, rows_of
from dynviz.records.zoo import Layers, TaskZoo, Trust

WORST_ECE, BEST_AUROC = 0.15, 1.0  # where the two ramps of the table end
APART = 0.005  # AUROC: nearer ones are written alike
TALL_ROW = 36  # px: two lines
SIGNAL = 32  # letters of a signal's name
BESIDE, CELL, LEAST = 240, 26, 600  # px of names and gaps; of a cell; of the picture, at least


def zoo_trust(task: TaskZoo, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """A table of cells, method by layer: on the left the calibration error of each layer's classifier, on the right how well the method's
    own signal, named under it, foretells that classifier's mistakes, where the signal is read."""
    rows = list(reversed(task.trust))
    fig = Sketch()
    layers = max((len(t.ece) for t in rows), default=1)
    for axis, name in (("", "ece"), ("2", "own")):
        cells = [(x + 1, y, v) for y, t in enumerate(rows) for x, v in enumerate(getattr(t, name)) if v is not None]
        fills = [shade(name, v, style) for _, _, v in cells]
        text = [str(round(100 * v)) if name == "ece" else hundredths(v) for _, _, v in cells]
        hover = [f"{safe(task.title(rows[y].contender))}, layer {x}<br>{safe(_cell(name, rows[y], x))}" for x, y, _ in cells]
        fig.add_trace(
            layout.bars(
                [x for x, _, _ in cells], [y for _, y, _ in cells], layout.CELL, layout.CELL, fills, [style.grid] * len(cells), text=text,
                insidetextfont={"size": 12, "color": [on(f) for f in fills]}, hovertext=hover, hoverinfo="text", name=name,
                xaxis=f"x{axis}", yaxis=f"y{axis}",
            )
        )  # fmt: skip
    rows_of(fig, [task.title(t.contender) for t in rows], [], style)
    pairs = zip(fig.layout["yaxis"]["ticktext"], rows, strict=True)
    fig.update_layout(yaxis={"ticktext": [f"{name}<br>{_small(t, style)}" for name, t in pairs]})
    ticks = room.numbered(layers, CELL, style)
    for axis, domain, words in (("", [0, 0.48], "calibration error, points"), ("2", [0.52, 1], "AUROC of the own signal")):
        shared: dict[str, Any] = {**ticks, "range": [0.4, layers + 0.6], "anchor": f"y{axis}", "domain": domain}
        fig.update_layout(**{f"xaxis{axis}": layout.axis(style, title=layout.title_of(words, style), **shared)})
    fig.update_layout(uniformtext={"mode": "hide", "minsize": 7})
    fig.update_layout(yaxis2=layout.axis(style, range=[-0.6, len(rows) - 0.4], showticklabels=False, anchor="x2", matches="y"))
    layout.frame(
        fig, style, title, wrap(zoo_trust_key(task), SUBTITLE_CHARS) if subtitle is None else subtitle, body=TALL_ROW * len(rows) + 20,
        bottom=56, least=max(2 * CELL * layers + BESIDE, LEAST),
    )  # fmt: skip
    return fig.figure()


def zoo_trust_key(_: TaskZoo) -> str:
    """What the two tables say, and why cells are missing."""
    return (
        "Columns: layers. Left: more colour is less trustworthy. Right: more colour foretells mistakes better, by the signal under the "
        "method's name; .50 is chance. Blank: no classifier there, or its signal is not read or is the same for every text."
    )


def zoo_trust_finding(task: TaskZoo) -> str:
    """Which classifier is least calibrated, how the last layers compare with the first, and how well the own signals foretell mistakes."""
    if not task.trust:
        return NONE_SHIPS
    worst, layer, error = _end(task, lambda t: t.ece, max)
    rising = sum((known := [v for v in t.ece if v is not None])[-1] > known[0] for t in task.trust)
    said = [
        f"The least calibrated classifier is that of {named(task, worst.contender)} after layer {layer}: its confidence and its accuracy "
        f"lie {gap(error)} points apart. In {rising} of {len(task.trust)} methods the last classifier is calibrated worse than the "
        "first."
    ]
    silent = [named(task, t.contender) for t in task.trust if not t.signal]
    if any(v is not None for t in task.trust for v in t.own):
        said += _foretold(task)
    if silent:
        said.append(f"Without a signal of its own: {listing(silent, 6)}.")
    return " ".join(said)


def zoo_trust_table(task: TaskZoo) -> list[dict[str, Any]]:
    """A row for each method and layer with a classifier."""
    return [
        {
            "method": task.title(t.contender), **of_model(task, t.checkpoint), "layer": i + 1, "ECE": t.ece[i],
            "AUROC, largest probability": t.probability[i], "AUROC, own signal": t.own[i], "own signal": t.signal or "none",
        }
        for t in task.trust
        for i in range(len(t.ece))
        if t.ece[i] is not None
    ]  # fmt: skip


def _foretold(task: TaskZoo) -> list[str]:
    """Sentences: the best and the worst own signal, and which methods would do better by the largest probability."""
    (best, at, high), (worst, where, low) = (_end(task, lambda t: t.own, end) for end in (max, min))
    said = [
        f"Mistakes are foretold best by the {brief(best.signal)} of {named(task, best.contender)} after layer {at}: a right answer looks "
        f"surer than a wrong one {percent(high)} of the time, where chance is 50 %; worst by the {brief(worst.signal)} of "
        f"{named(task, worst.contender)} after layer {where}: {percent(low)}."
    ]
    plainer = [named(task, t.contender) for t in task.trust if (gap := _gap(t)) is not None and gap < -APART]
    if plainer:
        said.append(
            f"In {len(plainer)} of {sum(_gap(t) is not None for t in task.trust)} methods the largest class probability foretells them "
            f"better than the method's own signal, on average over the layers where that is read: {listing(plainer, 6)}."
        )
    return said


def _end(task: TaskZoo, of: Callable[[Trust], Layers], end: Callable[..., Any]) -> tuple[Trust, int, float]:
    """The method and layer, from 1, with the largest or the smallest value, and that."""
    cells = [(t, i + 1, v) for t in task.trust for i, v in enumerate(of(t)) if v is not None]
    trust, layer, value = end(cells, key=lambda cell: cell[2])
    return trust, layer, value


def _gap(t: Trust) -> float | None:
    """Mean over the layers that have both: AUROC of the own signal less that of the largest probability."""
    both = [own - largest for own, largest in zip(t.own, t.probability, strict=True) if own is not None and largest is not None]
    return sum(both) / len(both) if both else None


def _small(t: Trust, style: Style) -> str:
    return f'<span style="font-size:11px;color:{style.muted}">{safe(shorten(brief(t.signal), SIGNAL))}</span>'


def brief(signal: str) -> str:
    """A signal's name without what explains it in brackets."""
    return signal.partition(" (")[0] if signal else "no signal of its own"


def hundredths(value: float) -> str:
    """.82"""
    return f"{value:.2f}".removeprefix("0")


def _cell(name: str, t: Trust, layer: int) -> str:
    """What a cell says when pointed at."""
    if name == "ece":
        return f"ECE {t.ece[layer - 1]:.3f}"
    largest = t.probability[layer - 1]
    beside = "" if largest is None else f"; {largest:.3f} by the largest class probability"
    return f"AUROC {t.own[layer - 1]:.3f} by {t.signal}{beside}"


def shade(name: str, value: float, style: Style) -> str:
    """Of a cell that holds a calibration error ("ece") or an AUROC."""
    if name == "ece":
        return mix(style.paper, style.dropped, min(value / WORST_ECE, 1.0))
    return mix(style.paper, style.series_at(0), float(np.clip((value - 0.5) / (BEST_AUROC - 0.5), 0, 1)))
