"""Class probabilities layer by layer, and below them the reading that the rule compares with its threshold."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dynviz.figures import layout, room
from dynviz.figures.columns import layer_names
from dynviz.figures.depths import at_full_depth
from dynviz.figures.overlays import forced
from dynviz.figures.paths import Path, column_of, path_of, place_of, stopped_after
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import TAUGHT, headline, number, percent, safe, shorten
from dynviz.records import Trace
from dynviz.records.card import Side, holds
from dynviz.records.tasks import noun

LEFT = 60  # px beside the panels


def trajectory(
    trace: Trace,
    full: Trace | None = None,
    knob_reading: str | None = None,
    threshold: float | None = None,
    unit: int | None = None,
    style: Style = LIGHT,
    reading_label: str | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    side: Side | None = None,
) -> go.Figure:
    """Draw the probabilities, and the reading in a panel of its own where one is named.

    full: the same text at full depth, for the dashed part after the exit. unit: the token (its place in the trace) of a
    task with one answer per word; by default the first word. threshold: of the reading, as turned by the knob. side: of the threshold, on
    which the rule's condition holds; the ring marks the exit only where it does.
    """
    path = path_of(trace, full, knob_reading, unit)
    fig = Sketch()
    colours = style.class_colours(path.classes)
    for c in path.classes:
        _line(fig, path, path.probs[:, c], safe(trace.labels[c]), colours[c], "y")
    panel = path.reading is not None
    if path.reading is not None:
        _line(fig, path, path.reading, safe(reading_label or str(knob_reading)), style.ink, "y2")
        _crossing(fig, path, path.reading, threshold, side, style)
    _labels(fig, path, colours, style)
    _axes(fig, path, style, reading_label or knob_reading or "", threshold)
    head, below = headline(trajectory_finding(trace, full, knob_reading, threshold, unit, side, reading_label), _key(path, threshold, side))
    layout.frame(
        fig,
        style,
        head if title is None else title,
        below if subtitle is None else subtitle,
        body=350 if panel else 250,
        bottom=40,
        right=_right(path),
        left=LEFT,
    )
    return fig.figure()


def trajectory_finding(
    trace: Trace, full: Trace | None = None, knob_reading: str | None = None, threshold: float | None = None, unit: int | None = None,
    side: Side | None = None, reading_label: str | None = None,
) -> str:  # fmt: skip
    """Where the answer was given, how sure it was, what the rule compared (by its label), and what full depth says."""
    path = path_of(trace, full, knob_reading, unit)
    row = path.probs[path.exit]
    who = f"“{shorten(path.word, 20)}”" if path.word else f"The {noun(trace.task)}"
    whole = "used all" if path.exit > 1 else "used"
    where = f"{who} {whole if path.exit == len(trace.layers) else 'stopped after'} {stopped_after(path)}"
    if np.isnan(row).any():
        return f"{where}; no probabilities were read there."
    said = f"{where}: {trace.labels[int(row.argmax())]} at {percent(float(row.max()))}."
    if path.reading is not None and threshold is not None and not np.isnan(path.reading[path.exit]):
        how = "threshold" if side is None else side if _crossed(path, threshold, side) else f"not {side}"
        name = reading_label or str(knob_reading)
        said += f" {name[:1].upper()}{name[1:]} {number(float(path.reading[path.exit]))}, {how} {number(threshold)}."
    last = path.probs[-1]
    if path.beyond and not np.isnan(last).any():
        same = last.argmax() == row.argmax()
        said += f" {at_full_depth(bool(same), trace.labels[int(last.argmax())])}"
    return said


def trajectory_table(trace: Trace, full: Trace | None = None, unit: int | None = None) -> list[dict[str, Any]]:
    """One row per layer: whether it was computed, every class probability, every reading."""
    path = path_of(trace, full, None, unit)
    place = place_of(trace, unit)
    rows = []
    for layer, name in enumerate(layer_names(trace.layers), 1):
        row: dict[str, Any] = {"layer": name, "computed": layer <= path.exit}
        row |= {label: _plain(p) for label, p in zip(trace.labels, path.probs[layer], strict=True)}
        for reading in trace.readings:
            row[reading] = _plain(column_of(trace, reading, place)[layer])
        rows.append(row)
    return rows


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _line(fig: Sketch, path: Path, values: NDArray[np.float64], name: str, colour: str, axis: str) -> None:
    """Solid up to the exit, dashed after it."""
    layers = np.arange(len(values))
    names = ["", *map(safe, layer_names(path.trace.layers))]
    parts = [(layers <= path.exit, "solid", "computed")]
    if path.beyond:
        parts.append((layers >= path.exit, "dash", "not computed"))
    for which, dash, how in parts:
        x = [int(i) for i in layers[which & ~np.isnan(values)]]
        show = [f"{name}<br>{names[i]}: {percent(values[i]) if axis == 'y' else number(float(values[i]))}" for i in x]
        hover = [
            text + ("" if how == "computed" or i == path.exit else f"<br>{TAUGHT}")
            for text, i in zip(show, x, strict=True)
        ]
        fig.add_trace(
            go.Scatter(
                x=x,
                y=[round(float(values[i]), 5) for i in x],
                mode="lines+markers",
                yaxis=axis,
                name=f"{name}, {how}",
                hovertext=hover,
                hoverinfo="text",
                line={"color": colour, "width": 2.5 if dash == "solid" else 1.5, "dash": dash},
                marker={"size": 7 if dash == "solid" else 5, "color": colour},
            )
        )


def _labels(fig: Sketch, path: Path, colours: dict[int, str], style: Style) -> None:
    """Class names at the right end of their lines, moved apart where they would overlap."""
    ends = [_end(path.probs[:, c]) for c in path.classes]
    places = layout.spread([y for _, y in ends], 0.1 if path.reading is None else 0.11, 0, 1)
    for c, (x, _), y in zip(path.classes, ends, places, strict=True):
        text = f"{safe(shorten(path.trace.labels[c], 16))} {percent(_end(path.probs[:, c])[1])}"
        font = {"size": 14, "color": style.text(colours[c])}
        fig.add_annotation(layout.note(x, y, text, style, xanchor="left", xshift=10, font=font))


def _end(values: NDArray[np.float64]) -> tuple[int, float]:
    known = np.flatnonzero(~np.isnan(values))
    return (int(known[-1]), float(values[known[-1]])) if len(known) else (0, 0.0)


def _right(path: Path) -> int:
    """Px for the labels at the right end."""
    return max(64 + 8 * max(len(shorten(path.trace.labels[c], 16)) for c in path.classes), 130)


def _crossed(path: Path, threshold: float | None, side: Side | None) -> bool:
    """Whether the reading is what the rule stopped by: it did stop, and where the side is known, on that side."""
    if path.reading is None or np.isnan(path.reading[path.exit]):
        return False
    return side is None or threshold is None or bool(holds(path.reading[path.exit], side, np.array(threshold)))


def _crossing(fig: Sketch, path: Path, reading: NDArray[np.float64], threshold: float | None, side: Side | None, style: Style) -> None:
    """The threshold across the lower panel, and a ring on the reading with which the rule stopped."""
    layers = len(path.trace.layers)
    if threshold is not None:
        line = {"color": style.text(style.dropped), "width": 1.5, "dash": "dot"}
        fig.add_trace(
            go.Scatter(x=[0.7, layers + 0.3], y=[threshold] * 2, mode="lines", line=line, yaxis="y2", hoverinfo="skip", name="threshold")
        )
        text = f"{side or 'threshold'} {number(threshold)}"
        fig.add_annotation(
            layout.note(
                layers + 0.3, threshold, text, style, yref="y2", xanchor="left", font={"size": 13, "color": style.text(style.dropped)}
            )
        )
    if path.exit < layers and _crossed(path, threshold, side):
        ring = {"symbol": "circle-open", "size": 17, "color": style.ink, "line": {"width": 2.5}}
        fig.add_trace(
            go.Scatter(
                x=[path.exit], y=[float(reading[path.exit])], mode="markers", marker=ring, yaxis="y2", hoverinfo="skip", name="crossing"
            )
        )


def _axes(fig: Sketch, path: Path, style: Style, reading: str, threshold: float | None) -> None:
    layers, panel = len(path.trace.layers), path.reading is not None
    ticks = room.Along(layer_names(path.trace.layers), LEFT + _right(path)).ticks(style, 13)
    fig.update_layout(
        xaxis=layout.axis(style, **ticks, range=[0.7, layers + 0.3], anchor="y2" if panel else "y"),
        yaxis=layout.axis(
            style,
            grid=True,
            range=[-0.03, 1.05],
            domain=[0.44, 0.95] if panel else [0, 0.93],
            title=layout.title_of("probability", style),
            **layout.PERCENTS,
        ),
    )
    if path.reading is not None:
        known = [float(v) for v in path.reading if not np.isnan(v)] + ([threshold] if threshold is not None else [])
        low, high = min([0.0, *known]), max([*known, 1e-9])
        bounds, title = [low - high * 0.12, high * 1.15], layout.title_of(safe(shorten(reading, 22)), style)
        fig.update_layout(yaxis2=layout.axis(style, grid=True, range=bounds, domain=[0, 0.34], nticks=4, title=title))
    if path.exit < layers:
        line = {"color": style.muted, "width": 1, "dash": "dot"}
        fig.add_shape(type="line", x0=path.exit, x1=path.exit, y0=0, y1=1, yref="paper", line=line)
        fig.add_annotation(
            layout.note(
                path.exit,
                1,
                "answer forced" if forced(path.trace).exit else "answer given",
                style,
                yref="paper",
                yanchor="top",
                bgcolor=style.paper,
            )
        )


def _key(path: Path, threshold: float | None, side: Side | None) -> str:
    said = []
    if path.beyond:
        said.append("Dashed: not computed, shown for teaching.")
    if path.exit < len(path.trace.layers) and _crossed(path, threshold, side):
        said.append("Ring: the reading with which the rule stopped.")
    return " ".join([*said, *_not_drawn(path)])


def trajectory_left_out(trace: Trace, full: Trace | None = None, unit: int | None = None) -> str:
    """How many of the classes are not drawn, in a sentence; "" where all are."""
    return " ".join(_not_drawn(path_of(trace, full, None, unit)))


def _not_drawn(path: Path) -> list[str]:
    left = len(path.trace.labels) - len(path.classes)
    return [f"The {len(path.classes)} likeliest of {len(path.trace.labels)} classes; {left} not drawn."] if left > 0 else []
