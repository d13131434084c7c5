"""A tower of layers: a block for each, with what the model would have answered there and how sure; a gap where none ran."""

from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.columns import layer_names
from dynviz.figures.depths import skips
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha, depth_colours, on
from dynviz.figures.wording import count, headline, listing, percent, safe, shorten
from dynviz.records import Trace

BLOCK, CORNER, INSET = 0.88, 6, 0.8  # height, of a layer's row; px; letter sizes from the edge to the words
EDGE = 0.005  # of the width, so that no frame is cut
ROWS = 2.7  # letter sizes, of a row's height
UNREAD = "no answer read"  # the layer ran, its classifier was not asked


def tower(
    trace: Trace, fill: int | None = None, style: Style = LIGHT, title: str | None = None, subtitle: str | None = None, size: int = 16,
    bound: int = room.BOUND,
) -> go.Figure:  # fmt: skip
    """Draw the blocks, the first layer at the bottom; two towers of equally many layers stand side by side at one height.

    fill: layers shown so far, by default all; what comes after them is an empty frame, for the reader to guess. size: px of the
    words, where rows have room for them. bound: px of all rows, at most.
    title, subtitle: None for the finding and the key, "" for nothing.
    """
    layers, shown = len(trace.layers), _shown(trace, fill)
    row = room.row(layers, ROWS * size, bound=bound)
    fig = Sketch([_blocks(trace, shown, style)])
    for layer in range(1, layers + 1):
        if layer > shown or layer in trace.skipped_layers:
            fig.add_shape(_frame(layer, style, "dash" if layer <= shown or shown == trace.exit_layer else "solid"))
        for note in _words(trace, layer, shown, style, room.letters(BLOCK * row, size)):
            fig.add_annotation(note)
    fig.update_xaxes(layout.axis(style, showticklabels=False, range=[-EDGE, 1 + EDGE]))
    fig.update_yaxes(layout.axis(style, showticklabels=False, range=[0.5, layers + 0.5]))
    head, below = headline(tower_finding(trace, fill), "Dashed: not computed." if _over(trace, fill) and trace.layers_run < layers else "")
    layout.frame(
        fig, style, head if title is None else title, below if subtitle is None else subtitle, body=round(row * layers),
        bottom=4, right=4, left=4,
    )  # fmt: skip
    fig.update_layout(barmode="overlay")
    return fig.figure()


def tower_finding(trace: Trace, fill: int | None = None) -> str:
    """Where it stopped and with which answer, what was not computed, and how often the answer changed on the way. Of a tower that is not
    full yet: what stands so far."""
    names, layers, shown = layer_names(trace.layers), len(trace.layers), _shown(trace, fill)
    if not _over(trace, fill):
        so_far = f"{count(shown, 'layer')} of {layers} shown: {_answer(trace, shown)} after {names[shown - 1]}."
        return so_far if shown else f"None of the {layers} layers is shown yet."
    staged = len({size.stage for size in trace.layers}) > 1
    of = "" if staged else f" of {layers}"
    where = f"All {count(layers, 'layer')} were computed" if shown == layers else f"It stopped after {names[shown - 1]}{of}"
    said = [f"{f'It {skips(trace)}' if trace.skipped_layers else where}: {_answer(trace, shown)}."]
    if shown < layers:
        last = names[-1] if staged else str(layers)
        left = f"{names[shown]} was" if shown + 1 == layers else f"{names[shown] if staged else f'layers {shown + 1}'} to {last} were"
        said.append(f"{left[:1].upper()}{left[1:]} not computed.")
    changed = changes(trace)
    if changed:
        said.append(f"The answer changed after {listing([names[i - 1] for i in changed], 6)}.")
    return " ".join(said)


def tower_table(trace: Trace, fill: int | None = None) -> list[dict[str, Any]]:
    """One row per layer shown: pieces computed in it, the answer after it and how sure that was (None where none was read)."""
    names = layer_names(trace.layers)
    last = len(names) if _over(trace, fill) else _shown(trace, fill)
    return [
        {"layer": names[i - 1], "pieces computed": int(trace.attending[i - 1].sum()), "answer": said[0] if said else "",
         "how sure": said[1] if said else None}
        for i in range(1, last + 1) for said in [spoken(trace, i)]
    ]  # fmt: skip


def spoken(trace: Trace, layer: int) -> tuple[str, float] | None:
    """The answer read after a layer (from 1) and how sure it was; None where none was read, or where words have answers of their own."""
    row = trace.probs[layer, 0]
    if trace.unit == "token" or np.isnan(row).any():
        return None
    return trace.labels[int(row.argmax())], float(row.max())


def changes(trace: Trace) -> list[int]:
    """The layers (from 1) after which the answer was another than at the reading before."""
    read = [(layer, said[0]) for layer in range(1, trace.exit_layer + 1) if (said := spoken(trace, layer))]
    return [layer for (_, before), (layer, now) in pairwise(read) if now != before]


def _shown(trace: Trace, fill: int | None) -> int:
    """Layers drawn as computed."""
    return trace.exit_layer if fill is None else max(0, min(fill, trace.exit_layer))


def _over(trace: Trace, fill: int | None) -> bool:
    """Whether the tower shows all that was computed, so that the rest is known to be left out."""
    return fill is None or fill >= trace.exit_layer


def _answer(trace: Trace, layer: int) -> str:
    """ "negative at 95 %"; the pieces computed where no answer was read."""
    said = spoken(trace, layer)
    return f"{said[0]} at {percent(said[1])}" if said else _computed(trace, layer)


def _computed(trace: Trace, layer: int) -> str:
    """ "9 of 13 pieces" in a layer."""
    return f"{int(trace.attending[layer - 1].sum())} of {count(len(trace.tokens), 'piece')}"


def _blocks(trace: Trace, shown: int, style: Style) -> go.Bar:
    ran = [layer for layer in range(1, shown + 1) if layer not in trace.skipped_layers]
    fills = [depth_colours(len(trace.layers))[layer] for layer in ran]
    names = layer_names(trace.layers)
    return layout.bars(
        [0.5] * len(ran), ran, BLOCK, 1, fills, fills, marker={"cornerradius": CORNER}, name="layers", hoverinfo="text",
        hovertext=[f"{safe(names[i - 1])}: {safe(_answer(trace, i))}<br>{_computed(trace, i)} computed" for i in ran],
        customdata=[[i] for i in ran],
    )  # fmt: skip


def _frame(layer: int, style: Style, dash: str) -> dict[str, Any]:
    """The frame of a layer that was not computed (dashed), or is not shown yet."""
    edges = {"x0": 0, "x1": 1, "y0": layer - BLOCK / 2, "y1": layer + BLOCK / 2}
    return {"type": "rect", **edges, "line": {"color": style.faint, "width": 1.5, "dash": dash}, "fillcolor": alpha(style.ink, 0)}


def _words(trace: Trace, layer: int, shown: int, style: Style, size: int) -> list[dict[str, Any]]:
    """The layer's name on the left of its block; on the right its answer, in bold how sure."""
    done = layer <= shown and layer not in trace.skipped_layers
    font = {"size": size, "color": on(depth_colours(len(trace.layers))[layer]) if done else style.muted}
    inset = round(INSET * size)
    left_out = "skipped" if layer <= shown else "not computed" if shown == trace.exit_layer else ""
    right = _said(trace, layer) if done else left_out
    name = safe(layer_names(trace.layers)[layer - 1])
    sides = [(0, "left", inset, name), (1, "right", -inset, right)]
    return [layout.note(x, layer, text, style, xanchor=at, xshift=shift, font=font) for x, at, shift, text in sides if text]


def _said(trace: Trace, layer: int) -> str:
    said = spoken(trace, layer)
    if said:
        return f"{safe(shorten(said[0], 14))} <b>{percent(said[1])}</b>"
    return _computed(trace, layer) if trace.unit == "token" or not trace.attending[layer - 1].all() else UNREAD
