"""One square for each piece of a word and layer: filled as far as it was paid for, so that the cost of a run can be counted by hand.

A square is what a layer costs for one piece, the attention between pieces left out: full where the piece was computed, a thin strip where
it was only kept in sight (its keys and values), a third where it attended and was then dropped. Squares are counted in the unpadded text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.columns import Column, columns, layer_names, piece_label
from dynviz.figures.level import lines_of
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha, contrast, depth_colours, readable
from dynviz.figures.wording import count, ems, headline, percent, safe, shorten
from dynviz.records import Floats, Trace
from dynviz.records.contrast import spent_by_layer
from dynviz.records.layout import floats

COLUMN, ROW, THIN_ROW = 24, 16, 11  # px of a square; of a row, and where there are many layers at least
LEFT, RIGHT = 62, 14  # px beside the squares
SAID = 214  # px that the cost in words takes
HEAD, LINE, BAR, GAP = 28, 16, 24, 26  # px: a block's name, a row of words, the bar, and what parts two blocks
SMALL, TINY = 12, 10  # px of words, and of what is no word
CELL = 0.9


@dataclass(frozen=True, eq=False)
class Block:
    """A run of the text, and what to call it."""

    label: str
    trace: Trace


@dataclass(frozen=True)
class Counted:
    """Squares of a run. filled: computed. strips: kept in sight only. parts: attended, then dropped. every: of the plain model.
    strip: what a strip costs, of a square."""

    filled: int
    strips: int
    parts: int
    every: int
    strip: Fraction

    @property
    def share(self) -> float:
        """Squares and parts of squares, of all: near the compute share, which counts the attention between pieces and the heads too."""
        return (self.filled + float(self.strip) * (self.strips + 2 * self.parts)) / self.every


def paid(trace: Trace) -> Floats:
    """(L, T) how much of each square was paid for: 0 to 1."""
    sizes = [(size.width, size.ffn) for size in trace.layers]
    strip = np.array([4 * d * d / (8 * d * d + 4 * d * ffn) for d, ffn in sizes])[:, None]
    return floats(strip * (trace.attending.astype(float) + trace.visible) + (1 - 2 * strip) * trace.transformed)


def counted(trace: Trace) -> Counted:
    """The squares of a run. In a cascade all are those of the bigger model."""
    stage = max({size.stage for size in trace.layers}, key=lambda name: sum(s.width for s in trace.layers if s.stage == name))
    layers = sum(size.stage == stage for size in trace.layers)
    strip = Fraction(float(paid(trace)[trace.frozen].max(initial=0)) or 1 / 6).limit_denominator(24)
    dropped = trace.attending & ~trace.transformed
    return Counted(int(trace.transformed.sum()), int(trace.frozen.sum()), int(dropped.sum()), layers * len(trace.tokens), strip)


def square(
    blocks: Sequence[Block], unit: float | None = None, bars: bool = True, style: Style = LIGHT, title: str | None = None,
    subtitle: str | None = None, column: int = COLUMN, lines: int = 0,
) -> go.Figure:  # fmt: skip
    """Draw the runs of one text under each other, and under each a bar as long as its cost, with the plain cost around it.

    unit: FLOPs drawn as one column's width in the bars, so that several figures are to one scale; by default the plain cost is as wide as
    the squares. column: px of a square, for which `square_width` makes room. lines: of words that there is room for at least, so that
    several figures stand beside each other row by row.
    """
    plain = blocks[0].trace.plain_flops
    unit = unit or plain / len(blocks[0].trace.tokens)
    fig, y = Sketch(), 0.0
    for block in blocks:
        y = _block(fig, block, y, unit, bars, style, column, lines) + GAP
    wide = column * len(blocks[0].trace.tokens)
    longest = max([len(blocks[0].trace.tokens), *((max(b.trace.flops, plain) / unit) for b in blocks if bars)])
    fig.update_xaxes(layout.axis(style, showticklabels=False, range=[-0.5, longest - 0.5 + 0.05]))
    fig.update_yaxes(layout.axis(style, showticklabels=False, range=[y - GAP, 0]))
    head, below = headline(square_finding(blocks), square_key(blocks))
    layout.frame(
        fig, style, head if title is None else title, below if subtitle is None else subtitle, body=round(y - GAP), bottom=6, left=LEFT,
        right=max(RIGHT, SAID - wide if bars else 0),
    )  # fmt: skip
    fig.update_layout(barmode="overlay")
    return fig.figure()


def square_width(trace: Trace, column: int = COLUMN, bars: bool = True) -> int:
    """The px at which its squares are as wide as they should be."""
    return LEFT + max(RIGHT + column * len(trace.tokens), SAID if bars else 0)


def square_lines(trace: Trace, column: int = COLUMN) -> int:
    """How many lines its words take."""
    return max(row for _, _, row in _set(trace, column)) + 1


def square_finding(blocks: Sequence[Block]) -> str:
    """What each run cost, and how many squares that is."""
    said = []
    for block in blocks:
        trace, found = block.trace, counted(block.trace)
        kinds = [f"{found.filled} of {count(found.every, 'square')} filled"]
        kinds += [f"{count(found.strips, 'strip')}"] if found.strips else []
        kinds += [f"{found.parts} partly filled"] if found.parts else []
        said.append(f"{block.label}: {steps(trace)} million steps, {percent(trace.share)} of plain, {', '.join(kinds)}.")
    return " ".join(said)


def square_key(blocks: Sequence[Block]) -> str:
    """How to read the squares that occur."""
    found = [counted(block.trace) for block in blocks]
    key = ["One square: one piece of a word in one layer.", "Filled: computed."]
    if any(one.strips for one in found):
        key.append(f"Thin strip: finished, only kept in sight, {found[-1].strip} of the cost.")
    if any(one.parts for one in found):
        key.append("Partly filled: read once more, then dropped.")
    return " ".join(key)


def square_table(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """One row per run and piece: layers in which it was computed, and in which it was only kept in sight."""
    return [
        {
            "run": block.label,
            "piece": piece_label(block.trace, i),
            "computed": int(block.trace.transformed[:, i].sum()),
            "kept in sight": int(block.trace.frozen[:, i].sum()),
            "squares": round(float(paid(block.trace)[:, i].sum()), 2),
        }
        for block in blocks
        for i in range(len(block.trace.tokens))
    ]


def steps(trace: Trace) -> str:
    """Millions of FLOPs: "38"; one decimal below ten."""
    millions = trace.flops / 1e6
    return f"{millions:,.0f}" if millions >= 10 else f"{millions:.1f}"


def _block(fig: Sketch, block: Block, top: float, unit: float, bars: bool, style: Style, column: int, lines: int) -> float:
    """One run from `top` (px) down; where it ends."""
    trace = block.trace
    if block.label:
        fig.add_annotation(layout.note(-0.5, top + HEAD / 2, f"<b>{safe(block.label)}</b>", style, xanchor="left", font=_font(style, 15)))
        top += HEAD
    row = room.row(len(trace.layers), ROW, THIN_ROW)
    _squares(fig, trace, top, row, style)
    bottom = _words(fig, trace, top + row * len(trace.layers), style, column, lines)
    return _bar(fig, trace, bottom + 10, unit, style) if bars else bottom


def _font(style: Style, size: int, muted: bool = False) -> dict[str, Any]:
    return {"size": size, "color": style.muted if muted else style.ink}


def _squares(fig: Sketch, trace: Trace, top: float, row: float, style: Style) -> None:
    """The squares, the last layer on top; empty ones as frames."""
    layers, part = len(trace.layers), paid(trace)
    floor = [top + row * (layers - layer) - row * (1 - CELL) / 2 for layer in range(layers)]  # px, of each layer's squares
    places = [(layer, i) for layer in range(layers) for i in range(len(trace.tokens))]
    empty, full = [(la, i) for la, i in places if part[la, i] < 1], [(la, i) for la, i in places if part[la, i] > 0]
    fig.add_trace(_cells(empty, floor, [row * CELL] * len(empty), [alpha(style.paper, 0)] * len(empty), [style.grid] * len(empty)))
    fills = [depth_colours(layers)[layer + 1] for layer, _ in full]
    edges = [_edge(fill, bool(part[place] == 1), style) for fill, place in zip(fills, full, strict=True)]
    heights = [row * CELL * float(part[la, i]) for la, i in full]
    fig.add_trace(_cells(full, floor, heights, fills, edges, [_hover(trace, la, i, float(part[la, i])) for la, i in full]))
    side = room.rows(layer_names(trace.layers), [y - row * CELL / 2 for y in floor], row, style, SMALL)
    at = {"xref": "paper", "xanchor": "right", "xshift": -8, "font": _font(style, side["tickfont"]["size"], muted=True)}
    for y, name in zip(side["tickvals"], side["ticktext"], strict=True):
        fig.add_annotation(layout.note(0, y, name, style, **at))


def _edge(fill: str, whole: bool, style: Style) -> str:
    """The line around a square: where it is whole and stands out from the page, the page's, so that dark layers are told apart; a strip is
    too thin for that."""
    return style.paper if whole and contrast(fill, style.paper) >= 3 else readable(fill, style.paper, 3)


def _cells(
    places: Sequence[tuple[int, int]], floor: Sequence[float], heights: Sequence[float], fills: Sequence[str], edges: Sequence[str],
    hover: Sequence[str] = (),
) -> go.Bar:  # fmt: skip
    told: dict[str, Any] = {"hovertext": list(hover), "hoverinfo": "text"} if hover else {"hoverinfo": "skip"}
    return go.Bar(
        x=[i for _, i in places], y=[-h for h in heights], base=[floor[layer] for layer, _ in places], width=CELL,
        marker={"color": list(fills), "line": {"color": list(edges), "width": 1}}, name="squares" if hover else "frames", **told,
    )  # fmt: skip


def _hover(trace: Trace, layer: int, place: int, part: float) -> str:
    said = "computed" if part >= 1 else f"kept in sight, {Fraction(part).limit_denominator(24)} of a square"
    if trace.attending[layer, place] and part < 1:
        said = f"read, then dropped, {Fraction(part).limit_denominator(24)} of a square"
    return f"{safe(piece_label(trace, place))}, {safe(layer_names(trace.layers)[layer])}: {said}"


def _words(fig: Sketch, trace: Trace, top: float, style: Style, column: int, lines: int) -> float:
    """The words under their squares; a line joins a word's pieces. Where they end."""
    for col, middle, row in _set(trace, column):
        _bracket(fig, col, top, row, style)
        font = _font(style, TINY if col.special else SMALL, muted=col.special)
        fig.add_annotation(layout.note(middle / column - 0.5, top + 13 + LINE * row, safe(shorten(col.label, 16)), style, font=font))
    return top + 6 + LINE * max(lines, square_lines(trace, column))


def _set(trace: Trace, column: int) -> list[tuple[Column, float, int]]:
    """The words, the px of their middles, and their lines: as many as it takes that none overlaps."""
    cols, middles, spans = columns(trace), [], []
    for col in cols:
        half = 0.45 * ems(shorten(col.label, 16)) * (TINY if col.special else SMALL)
        middle = column * (0.5 + (col.pieces[0] + col.pieces[-1]) / 2)
        middles.append(min(middle, column * len(trace.tokens) + RIGHT - half))
        spans.append((middles[-1] - half, middles[-1] + half))
    return list(zip(cols, middles, lines_of(spans), strict=True))


def _bracket(fig: Sketch, col: Column, top: float, row: int, style: Style) -> None:
    """A line over a word of several pieces; a tick where the word stands lower than the others."""
    if len(col.pieces) > 1:
        _line(fig, col.pieces[0] - 0.45, col.pieces[-1] + 0.45, top + 2, top + 2, style)
    elif row:
        _line(fig, col.pieces[0], col.pieces[0], top + 1, top + 6, style)


def _line(fig: Sketch, x0: float, x1: float, y0: float, y1: float, style: Style) -> None:
    fig.add_shape({"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": {"color": style.muted, "width": 1}})


def _bar(fig: Sketch, trace: Trace, top: float, unit: float, style: Style) -> float:
    """The cost in words, and as a bar with a segment for each layer inside the frame of the plain cost. Where it ends."""
    said = f"<b>{steps(trace)}</b> million steps"
    if percent(trace.share) != "100 %":
        said += f" · <b>{percent(trace.share)}</b> of plain"
    fig.add_annotation(layout.note(-0.5, top + 11, said, style, xanchor="left", font=_font(style, 14)))
    y0 = top + 24
    frame = {"x0": -0.5, "x1": trace.plain_flops / unit - 0.5, "y0": y0, "y1": y0 + BAR}
    fig.add_shape({"type": "rect", **frame, "line": {"color": style.muted, "width": 1, "dash": "dot"}, "fillcolor": alpha(style.ink, 0.04)})
    spent = np.diff(spent_by_layer(trace) / unit, prepend=0.0)
    fills = depth_colours(len(trace.layers))[1:]
    names = layer_names(trace.layers)
    fig.add_trace(
        go.Bar(
            orientation="h", x=spent, y=[y0 + BAR / 2] * len(spent), base=np.cumsum(spent) - spent - 0.5, width=BAR, name="cost",
            marker={"color": fills, "line": {"color": [readable(fill, style.paper, 3) for fill in fills], "width": 1}},
            hovertext=[f"{safe(name)}: {part * unit / 1e6:.1f} million steps" for name, part in zip(names, spent, strict=True)],
            hoverinfo="text",
        )
    )  # fmt: skip
    return y0 + BAR
