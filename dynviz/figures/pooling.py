"""What can be read off [CLS] and off the mean of all states after each layer: a picture, in words, and in a table."""

from collections.abc import Iterator, Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import count, listing, percent1, points, verb
from dynviz.records.pooling import BackbonePooling, Pooling, Read, Tuning
from dynviz.records.zoo import side

TUNED: dict[Tuning, str] = {"pre-trained": "as it was pre-trained", "tuned": "tuned for the task"}
MARKS: dict[Tuning, str] = {"pre-trained": "square", "tuned": "circle"}
BETWEEN = 0.08  # of the width, between two panels
BODY = 300  # px


def pooling(found: Pooling, style: Style = LIGHT) -> go.Figure:
    """A panel for each backbone: right answers after each layer, off [CLS] and off the mean, before and after tuning."""
    fig, n = Sketch(), len(found.backbones)
    width = (1 - BETWEEN * (n - 1)) / n
    axes: dict[str, Any] = {}
    for place, one in enumerate(found.backbones):
        name = f"x{place + 1 if place else ''}"
        for number, read in enumerate(one.reads):
            for trace in _lines(one, read, style.series_at(number), name):
                fig.add_trace(trace)
        begin, said = place * (width + BETWEEN), layout.title_of(f"after layer, of {one.layers}", style)
        domain = [round(begin, 3), round(begin + width, 3)]
        axes[name.replace("x", "xaxis")] = layout.axis(style, grid=True, title=said, domain=domain, range=[0.5, one.layers + 0.5], nticks=7)
    fig.update_layout(yaxis=layout.axis(style, grid=True, title=layout.title_of("% right", style)), **axes)
    layout.frame(fig, style, "", "", body=BODY, bottom=56)
    return fig.figure()


def _lines(one: BackbonePooling, read: Read, colour: str, axis: str) -> Iterator[go.Scatter]:
    """Two lines of one encoder: the mean filled, [CLS] dotted and hollow."""
    for name, values, hollow, dash in (("mean", read.mean, "", "solid"), ("[CLS]", read.cls, "-open", "dot")):
        hover = [
            f"{one.layers} layers, {TUNED[read.tuned]}, after layer {i + 1}<br>{name}: {percent1(value)} right<br>mean less [CLS]: "
            f"{_gap(read, i)} pt"
            for i, value in enumerate(values)
        ]
        yield go.Scatter(
            x=list(range(1, one.layers + 1)), y=[layout.percent(v) for v in values], mode="lines+markers", xaxis=axis, hoverinfo="text",
            name=f"{one.layers} layers, {TUNED[read.tuned]}, {name}", hovertext=hover, line={"color": colour, "dash": dash, "width": 2},
            marker={"symbol": f"{MARKS[read.tuned]}{hollow}", "size": 8, "color": colour, "opacity": 1},
        )  # fmt: skip


def _gap(read: Read, layer: int) -> str:
    return "{} [{}, {}]".format(*map(points, read.more[layer]))


def pooling_key() -> str:
    """What the lines say."""
    return "Filled, solid: off the mean of all states. Hollow, dotted: off [CLS]. ■ as it was pre-trained, ● tuned for the task."


def pooling_finding(found: Pooling) -> str:
    """In how many layers the mean surely tells more than [CLS], or less; how that was asked; and after which, of each encoder."""
    reads = [read for one in found.backbones for read in one.reads]
    sides = [side(gap) for read in reads for gap in read.more]
    above, below = (sides.count(which) or "none" for which in ("above", "below"))
    of = f"{count(len(sides), 'layer')} of {count(len(reads), 'encoder')}"
    head = f"The mean of all states surely tells more than [CLS] after {above} of {of}, and surely less after {below}"
    how = (
        f"A linear classifier, taught on {found.taught:,} training rows and asked about {found.sentences:,} texts of {found.split}, "
        f"reads the answer off [CLS] or off the mean of all states ({percent1(found.chance)} right by always giving the commoner label)"
    )
    return f"{head}. {how}. " + " ".join(_said(one, read) for one in found.backbones for read in one.reads)


def _said(one: BackbonePooling, read: Read) -> str:
    sides = [side(gap) for gap in read.more]
    surely = [
        f"{words} after {_layers([i for i, s in enumerate(sides, 1) if s == which])}"
        for which, words in (("above", "the mean surely tells more"), ("below", "[CLS] surely tells more"))
        if which in sides
    ]
    if "level" in sides:
        surely.append("elsewhere it cannot be told" if surely else "it cannot be told after any layer")
    low, high = (points(end(gap[0] for gap in read.more)) for end in (min, max))
    return f"{one.layers} layers, {TUNED[read.tuned]}: {', '.join(surely)} (mean less [CLS]: {low} to {high} points)."


def _layers(numbers: Sequence[int]) -> str:
    """ "layer 4", "layers 4, 5 and 7": which, all of them."""
    return f"{verb(len(numbers), 'layer', 'layers')} {listing([str(n) for n in numbers], len(numbers))}"


def pooling_table(found: Pooling) -> list[dict[str, Any]]:
    """A row for each layer of each encoder."""
    return [
        {
            "backbone": f"{one.layers} layers", "encoder": TUNED[read.tuned], "after layer": i + 1, "[CLS]": percent1(read.cls[i]),
            "mean": percent1(read.mean[i]), "difference": _gap(read, i),
        }
        for one in found.backbones
        for read in one.reads
        for i in range(one.layers)
    ]  # fmt: skip
