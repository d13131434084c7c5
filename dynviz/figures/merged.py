"""Merged tokens: which flow where between two layers, and ribbons that draw it, as wide as the pieces they carry."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynviz.figures.columns import Column
from dynviz.figures.style import Style, alpha
from dynviz.figures.wording import count, listing, safe, shorten, verb
from dynviz.records import Trace

WIDEST, PIECE = 3.0, 0.4  # letter sizes, of the widest ribbon; of one piece's
OPACITY, BEND = 0.3, 0.5  # of a ribbon; where its curve bends, in shares of a line
LEVEL, LOWEST, FAR = 0.3, 0.25, 4.0  # lines by which an edge is lowered, for each letter size of width and at most; where it is level
NAMED = 12  # members of a group that are named


@dataclass(frozen=True)
class Flow:
    """Pieces whose state lies in one column before a layer and in another, or the same, after it. layer: from 1; pieces: how many."""

    layer: int
    source: int
    target: int
    pieces: int


def homes(trace: Trace, cols: tuple[Column, ...]) -> NDArray[np.int64]:
    """(L+1, T) the column in which each token's state lies after each layer, row 0 before the first; -1 once it is gone."""
    own = np.empty(len(trace.tokens), np.int64)
    for i, col in enumerate(cols):
        own[list(col.pieces)] = i
    if trace.merged_into is None:
        return np.concatenate([own[None], np.where(trace.transformed, own, -1)])
    there = np.take_along_axis(trace.transformed, trace.merged_into, 1)
    return np.concatenate([own[None], np.where(there, own[trace.merged_into], -1)])


def flows(trace: Trace, cols: tuple[Column, ...]) -> list[Flow]:
    """What flows into the columns that hold pieces of others, layer by layer; none where nothing was merged."""
    if trace.merged_into is None:
        return []
    home, out = homes(trace, cols), []
    for layer in range(1, len(home)):
        into = Counter((int(a), int(b)) for a, b in zip(home[layer - 1], home[layer], strict=True) if a >= 0 and b >= 0)
        shared = {int(b) for b in np.unique(home[layer][home[layer] != home[0]])}
        out += [Flow(layer, a, b, n) for (a, b), n in sorted(into.items()) if b in shared]
    return out


def goes_to(trace: Trace, cols: tuple[Column, ...]) -> dict[tuple[int, int], int]:
    """(layer from 1, column) -> the column that most of what lay there was merged into, in the layers in which something was."""
    found: dict[tuple[int, int], Flow] = {}
    for flow in flows(trace, cols):
        place = (flow.layer, flow.source)
        if flow.source != flow.target and (place not in found or found[place].pieces < flow.pieces):
            found[place] = flow
    return {place: flow.target for place, flow in found.items()}


def arrow(source: int, target: int) -> str:
    """The sign that stands where a token was merged: it points to where it went."""
    return "→" if target > source else "←"


def held(trace: Trace, col: Column, layer: int) -> list[str]:
    """The tokens of other columns whose states lie in this one after a layer (from 1), as they are written."""
    there = [t for piece in col.pieces if trace.transformed[layer - 1, piece] for t in trace.members(layer, piece)]
    return [trace.tokens[t] for t in sorted(there) if t not in col.pieces]


def merged_sentences(trace: Trace) -> list[str]:
    """How many tokens were merged, and the largest group that is left, with its members; none where nothing was merged."""
    tokens, merged, end = len(trace.tokens), int((trace.merged_at > 0).sum()), max(trace.exit_layer, 1)
    if not merged:
        return []
    sizes = np.where(trace.transformed[end - 1], trace.sizes[end - 1], 0)
    largest = int(sizes.argmax())
    names = [f"“{shorten(trace.tokens[t], 18)}”" for t in trace.members(end, largest)]
    said = f"{merged} of {count(tokens, 'token')} {verb(merged, 'is', 'are')} merged into others; {int(trace.kept[end - 1])} are left."
    return [said, f"The one that holds most stands for {sizes[largest]}: {listing(names, NAMED)}."]


def ribbons(
    trace: Trace, cols: tuple[Column, ...], at: Mapping[int, float], ends: tuple[float, float], style: Style
) -> list[dict[str, Any]]:
    """Shapes below the words: a ribbon for each flow, from line to line. at: where each column shown stands; ends: the edges of the
    picture, to which what comes from beyond it, or goes there, is drawn."""
    found = flows(trace, cols)
    unit = min(PIECE, WIDEST / max(Counter(_into(found)).values(), default=1))
    low = min(at, default=0)
    place = {c: at.get(c, ends[int(c >= low)]) for flow in found for c in (flow.source, flow.target)}
    shown = [flow for flow in found if flow.source in at or flow.target in at]
    tops, feet = (_slots(shown, side, place, unit) for side in ("source", "target"))
    fill = alpha(style.edge, OPACITY)
    return [
        {"type": "path", "path": _path(tops[flow], feet[flow], flow, unit), "fillcolor": fill, "line": {"width": 0}, "layer": "below"}
        for flow in shown
    ]


def _into(found: list[Flow]) -> Counter[tuple[int, int]]:
    """(layer, column) -> the pieces that flow into it."""
    into: Counter[tuple[int, int]] = Counter()
    for flow in found:
        into[flow.layer, flow.target] += flow.pieces
    return into


def _slots(found: list[Flow], side: str, place: Mapping[int, float], unit: float) -> dict[Flow, float]:
    """Where each ribbon begins (side "source") or ends ("target"): side by side, in the order of their other ends, so that none cross."""
    other = "target" if side == "source" else "source"
    out: dict[Flow, float] = {}
    for layer, column in {(flow.layer, getattr(flow, side)) for flow in found}:
        beside = sorted((f for f in found if f.layer == layer and getattr(f, side) == column), key=lambda f: place[getattr(f, other)])
        left = place[column] - unit * sum(f.pieces for f in beside) / 2
        for flow in beside:
            out[flow], left = left, left + unit * flow.pieces
    return out


def _path(top: float, foot: float, flow: Flow, unit: float) -> str:
    """From the line before the layer to the layer's: down the left edge, and up the right one."""
    y0, y1, wide = 1.0 - flow.layer, -float(flow.layer), unit * flow.pieces
    lower = min(LEVEL * wide, LOWEST) * max(min((foot - top) / FAR, 1.0), -1.0)  # of its left edge, so that it is no thinner where level
    left, right = ((y0 - BEND - shift, y1 + BEND - shift) for shift in (lower, -lower))
    down = f"M{top:.2f},{y0:g}C{top:.2f},{left[0]:.3f} {foot:.2f},{left[1]:.3f} {foot:.2f},{y1:g}"
    return f"{down}L{foot + wide:.2f},{y1:g}C{foot + wide:.2f},{right[1]:.3f} {top + wide:.2f},{right[0]:.3f} {top + wide:.2f},{y0:g}Z"


def said_of(trace: Trace, cols: tuple[Column, ...], layer: int, c: int) -> str:
    """What a pointer reads of a column in a layer (from 1), beside its state: whom it holds, or who holds it; escaped, "" for neither."""
    if trace.merged_into is None:
        return ""
    names = held(trace, cols[c], layer)
    if names:
        return f"stands for itself and {safe(listing([shorten(name, 18) for name in names], NAMED))}"
    piece = cols[c].pieces[0]
    holder = int(trace.merged_into[layer - 1, piece])
    return "" if holder == piece else f"its state lies in “{safe(shorten(trace.tokens[holder], 18))}”"
