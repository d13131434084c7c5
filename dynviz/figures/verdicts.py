"""How sure a model is of the right answer after each layer of a text, and what it said where its rule stopped."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dynviz.figures import layout, room
from dynviz.figures.columns import layer_names
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha
from dynviz.figures.wording import TAUGHT, percent, safe, span
from dynviz.records import Trace

BODY, LEFT = 190, 60  # px, and beside it
SIGNS = {True: "✓", False: "✗"}
CALLED = ("right", "wrong")


@dataclass(frozen=True, eq=False)
class Said:
    """What a text's layers say. sure: (L+1,) probability of the right label; top: (L+1,) of the leading one; answers: L+1 leading labels,
    "" where nothing was read. end: the layer at which the rule stopped. called: what right answers and others are called."""

    sure: NDArray[np.float64]
    top: NDArray[np.float64]
    answers: tuple[str, ...]
    right: str
    end: int
    called: tuple[str, str]

    def good(self, layer: int) -> bool:
        """Whether the answer there is right."""
        return self.answers[layer] == self.right

    def words(self, layer: int) -> str:
        """ "negative, 98 % sure, wrong"."""
        if not self.answers[layer]:
            return "nothing was read"
        return f"{self.answers[layer]}, {percent(float(self.top[layer]))} sure, {self.called[not self.good(layer)]}"


def said_of(trace: Trace, full: Trace, right: str, called: tuple[str, str] = CALLED) -> Said:
    """Layer by layer from the run at full depth; at the stop, what was answered there."""
    probs = np.array(full.probs[:, 0], np.float64)
    probs[trace.exit_layer] = trace.answer[0]
    answers = tuple("" if np.isnan(row).any() else full.labels[int(row.argmax())] for row in probs)
    return Said(probs[:, full.labels.index(right)], probs.max(1), answers, right, trace.exit_layer, called)


def verdicts(trace: Trace, full: Trace, right: str, style: Style = LIGHT, title: str = "", called: tuple[str, str] = CALLED) -> go.Figure:
    """Draw the line, solid as far as was computed, and above it what was said at the stop.

    right: the label that is right. full: the same text at full depth. called: what right answers and others are called.
    """
    said, layers, margin = said_of(trace, full, right, called), len(trace.layers), 24 + 8 * max(map(len, called))
    fig = Sketch(_lines(said, style))
    halves = ((0.5, 1.06, 1.0, called[0], style.correct), (-0.06, 0.5, 0.0, called[1], style.incorrect))
    for low, high, y, words, colour in halves:
        half: dict[str, Any] = {"y0": low, "y1": high, "layer": "below", "line": {"width": 0}, "fillcolor": alpha(colour, 0.08)}
        fig.add_shape(type="rect", x0=0.6, x1=layers + 0.4, **half)
        font = {"size": 13, "color": style.text(colour)}
        fig.add_annotation(layout.note(layers + 0.4, y, words, style, xanchor="left", xshift=6, font=font))
    fig.add_shape(type="line", x0=said.end, x1=said.end, y0=-0.06, y1=1.06, line={"color": style.muted, "width": 1, "dash": "dot"})
    fig.update_layout(
        xaxis=layout.axis(style, **room.Along(layer_names(trace.layers), LEFT + margin).ticks(style), range=[0.6, layers + 0.4]),
        yaxis=layout.axis(style, range=[-0.06, 1.06], **layout.HALVES),
    )
    layout.frame(fig, style, title, _stop(said, style), body=BODY, bottom=30, right=margin)
    return fig.figure()


def verdicts_key() -> str:
    """How to read it."""
    return "Height: how sure it is of the right answer. Solid: computed. Dashed: not computed, shown for teaching."


def verdicts_finding(trace: Trace, full: Trace, right: str, called: tuple[str, str] = CALLED) -> str:
    """What it said when it stopped, how sure it was, whether that was right, and what the last layer says."""
    found, last = said_of(trace, full, right, called), len(trace.layers)
    said = f"Stopped after layer {found.end} of {last}: {found.words(found.end)}."
    return said if found.end == last else f"{said} The last layer: {found.words(last)}."


def verdicts_table(trace: Trace, full: Trace, right: str, called: tuple[str, str] = CALLED) -> list[dict[str, Any]]:
    """One row per layer; where nobody said which answer is right, the columns are called after the one that it is held against."""
    said = said_of(trace, full, right, called)
    sure = "sure of the right answer" if called == CALLED else f"sure of {right}"
    return [
        {
            "layer": name, "computed": i <= said.end, "answer": said.answers[i],
            sure: None if np.isnan(said.sure[i]) else float(said.sure[i]), called[0]: said.good(i),
        }
        for i, name in enumerate(layer_names(trace.layers), 1)
    ]  # fmt: skip


def _lines(said: Said, style: Style) -> list[go.Scatter]:
    """The part that was computed, and the part that was not."""
    there = [i for i in range(1, len(said.answers)) if said.answers[i]]
    solid, dashed = [i for i in there if i <= said.end], [i for i in there if i >= said.end]
    return [_line(said, x, dash, style) for x, dash in ((dashed, "dash"), (solid, "solid")) if x]


def _line(said: Said, x: list[int], dash: str, style: Style) -> go.Scatter:
    """A round mark is right, a square one wrong; filled where it was computed."""
    colours = [style.correct if said.good(i) else style.incorrect for i in x]
    fills = [colour if i <= said.end else style.paper for i, colour in zip(x, colours, strict=True)]
    marks = ["circle" if said.good(i) else "square" for i in x]
    later = ["" if i <= said.end else f"<br>{TAUGHT}" for i in x]
    return go.Scatter(
        x=x, y=[round(float(said.sure[i]), 4) for i in x], mode="lines+markers", line={"color": style.muted, "width": 2, "dash": dash},
        marker={
            "size": [15 if i == said.end else 9 for i in x], "color": fills, "symbol": marks, "opacity": 1,
            "line": {"color": colours, "width": 2},
        },
        hoverinfo="text", hovertext=[f"layer {i}: {safe(said.words(i))}{more}" for i, more in zip(x, later, strict=True)],
        name="computed" if dash == "solid" else "not computed", cliponaxis=False,
    )  # fmt: skip


def _stop(said: Said, style: Style) -> str:
    """What was said at the stop, as drawn."""
    good = said.good(said.end)
    words = f"Layer {said.end}: {safe(said.words(said.end))} {SIGNS[good]}"
    return span(f"<b>{words}</b>", style.text(style.correct if good else style.incorrect))
