"""Per-token exit depth: words left to right, layers bottom to top, filled only where something was computed."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dynviz.figures import cells, layout, overlays, returns, room
from dynviz.figures.columns import (
    By,
    Column,
    State,
    clipped,
    columns,
    columns_shown,
    last_computed,
    layer_names,
    one_decision,
    same_text,
    states,
)
from dynviz.figures.depths import depth_sentences
from dynviz.figures.grid import Grid
from dynviz.figures.level import lines_of
from dynviz.figures.merged import arrow, goes_to
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, depth_colours, on
from dynviz.figures.wording import SUBTITLE_CHARS, alike, ems, pack, safe, shorten, span, struck, wrap
from dynviz.records import Ints, Trace
from dynviz.records.card import Comparison
from dynviz.records.tasks import noun

NAMES, LINE, WORD = 104, 19, 14  # px beside the grid, that the names of the layers take; of a line of words; of a word's letters
ROW = 31  # px of a layer, where there are few
CHIP, GLYPH = 1.2, 2.2  # height of the depth row and of the glyph row above the last layer, in layers


def staircase(
    trace: Trace,
    full: Trace | None = None,
    selected: int | None = None,
    style: Style = LIGHT,
    by: By = "word",
    window: tuple[int, int] | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    settled: Ints | None = None,
    layer: int | None = None,
    level: int = 0,
    lines: int = 0,
    told: Sequence[Comparison] = (),
) -> go.Figure:
    """Draw the grid; a click on a cell returns customdata [column, layer from 1].

    full: the same text at full depth, for the agreement glyphs. selected: a column to frame. window: columns (start, stop).
    title, subtitle: None for the finding and the key, "" for nothing. settled: (U,) layers from which answers never change, for a line.
    layer: the layer looked at; those after it are veiled. level: px of the picture at which its words are set level, on `staircase_lines`;
    0 to slant them as needed. lines: that there is room for at least, so that several pictures stand beside each other row by row.
    told: per token, what the rule read and held against a limit or ranked, for the pointer.
    """
    same_text(trace, full)
    cols = columns(trace, by)
    grid = Grid(trace, full, cols, clipped(window, len(cols)), states(trace, cols), style, told)
    back = returns.carried(grid) if (trace.returned >= 0).any() else ()
    fig = Sketch([cells.grid_cells(grid), _marks(grid), _steps(grid), *back])
    _depth_row(fig, grid)
    if settled is not None:
        fig.add_trace(overlays.settled_line(grid, settled))
    for shape in [*overlays.border_lines(grid), *(overlays.looked_at(grid, layer) if layer is not None else [])]:
        fig.add_shape(shape)
    if full is not None:
        fig.add_trace(_glyphs(grid))
    if one_decision(trace):
        fig.add_trace(cells.row_answers(grid))
    if selected is not None and selected in grid.shown:
        fig.add_shape(layout.outline(selected - 0.5, selected + 0.5, 0.42, grid.layers + CHIP + 0.45, style))
    _axes(fig, grid, selected, level)
    sentences = depth_sentences(trace, full)
    layout.frame(
        fig,
        style,
        sentences[0] if title is None else title,
        _key(grid, sentences[1:]) if subtitle is None else subtitle,
        body=int(_high(grid) * (_top(grid) - 0.4)),
        right=cells.side_room(grid),
        bottom=LINE * max(lines, staircase_lines(trace, level)) + 8 if level else 24,
        least=_least(grid),
    )
    fig.update_layout(barmode="overlay", uniformtext={"mode": "hide", "minsize": cells.SMALLEST})
    return fig.figure()


def staircase_lines(trace: Trace, level: int) -> int:
    """How many lines its words take where they are set level in a picture of so many px."""
    cols = columns(trace)
    return max(_level(Grid(trace, None, cols, range(len(cols)), states(trace, cols), LIGHT), level)) + 1


def staircase_finding(trace: Trace, full: Trace | None = None) -> str:
    """Depth of the words or tokens, compute and agreement, in plain sentences."""
    return " ".join(depth_sentences(trace, full))


def staircase_table(trace: Trace, full: Trace | None = None, by: By = "word") -> list[dict[str, Any]]:
    """One row per column: word, depth, what became of it, its answer, and whether full depth agrees."""
    same_text(trace, full)
    cols = columns(trace, by)
    state = states(trace, cols)
    return [_row(trace, full, cols[i], i, state[:, i]) for i in range(len(cols))]


def _row(trace: Trace, full: Trace | None, col: Column, place: int, state: NDArray[np.int8]) -> dict[str, Any]:
    fate = next((s.name.lower() for s in (State.DROPPED, State.MERGED, State.FROZEN, State.SKIPPED) if (state == s).any()), "went on")
    fate += ", comes back" if trace.returned[col.pieces[0]] >= 0 else ""
    row: dict[str, Any] = {
        "column": place,
        "word": col.label,
        "pieces": len(col.pieces),
        "depth": int((state == State.COMPUTED).sum()),
        "last layer": int(last_computed(state[:, None])[0]),
        "fate": fate,
        "answer": cells.answer_of(trace, col),
    }
    if full is not None:
        row |= {"full depth": cells.answer_of(full, col), "agrees": cells.agrees(trace, full, col)}
    return row


def _steps(grid: Grid) -> go.Scatter:
    """One line over the last computed layer of every column."""
    last = last_computed(grid.state)
    x = [edge for c in grid.shown for edge in (c - 0.5, c + 0.5)]
    y = [last[c] + 0.5 for c in grid.shown for _ in (0, 1)]
    return go.Scatter(x=x, y=y, mode="lines", line={"color": grid.style.ink, "width": 2.5}, hoverinfo="skip", name="last computed layer")


def _marks(grid: Grid) -> go.Scatter:
    """The cross where a column was dropped, the arrow where it was skipped, or merged into another."""
    drawn = {State.DROPPED: ("×", grid.style.dropped), State.SKIPPED: ("↷", grid.style.muted)}
    gaps, went = grid.trace.skipped_layers, goes_to(grid.trace, grid.cols)
    marked = [(c, layer, State(int(s))) for c in grid.shown for layer, s in enumerate(grid.state[:, c], 1) if layer not in gaps]
    places: list[tuple[float, int, str, str]] = [(c, layer, *drawn[s]) for c, layer, s in marked if s in drawn]
    places += [(c, n, arrow(c, went[n, c]), grid.style.muted) for c, n, s in marked if s is State.MERGED and (n, c) in went]
    said = [cells.hover(grid, layer - 1, int(c)) for c, layer, _, _ in places]
    places += [((grid.shown[0] + grid.shown[-1]) / 2, layer, "↷ skipped", grid.style.muted) for layer in gaps]
    return go.Scatter(
        x=[p[0] for p in places],
        y=[p[1] for p in places],
        text=[p[2] for p in places],
        mode="text",
        hovertext=said + [f"skipped by the whole {noun(grid.trace.task)}"] * len(gaps),
        hoverinfo="text",
        customdata=[[int(x) if layer not in gaps else None, layer] for x, layer, _, _ in places],
        textfont={"size": room.letters(_high(grid), 18), "color": [p[3] for p in places] or grid.style.muted},
        name="dropped or skipped",
    )


def _depth_row(fig: Sketch, grid: Grid) -> None:
    """The printed depth above each column, or one wide chip where the sentence was decided as one."""
    depths = grid.depths
    whole = one_decision(grid.trace)
    spots: Sequence[float] = [(grid.shown[0] + grid.shown[-1]) / 2] if whole else list(grid.shown)
    values = [int(depths[grid.shown[0]])] if whole else [int(depths[c]) for c in grid.shown]
    fills = [depth_colours(grid.layers)[d] for d in values]
    y = [grid.layers + CHIP] * len(spots)
    width = len(grid.shown) - 1 + layout.CELL if whole else layout.CELL
    fig.add_trace(layout.bars(spots, y, 0.8, width, fills, [grid.style.muted] * len(fills), hoverinfo="skip", name="depth"))
    text = [f"<b>{v}</b>" + (" for all" if whole else "") for v in values]
    size = room.letters(0.9 * _high(grid), 14 if len(grid.shown) <= 30 else 11)
    fig.add_trace(
        go.Scatter(
            x=spots,
            y=y,
            text=text,
            mode="text",
            textfont={"size": size, "color": [on(f) for f in fills]},
            hoverinfo="skip",
            name="printed depth",
        )
    )


def _glyphs(grid: Grid) -> go.Scatter:
    """Filled where the answer agrees with full depth, hollow where it differs; nothing where a column has no answer."""
    assert grid.full is not None
    if grid.trace.unit == "sentence":
        spots: list[float] = [(grid.shown[0] + grid.shown[-1]) / 2]
        same: list[bool | None] = [cells.agrees(grid.trace, grid.full, grid.cols[0])]
    else:
        spots, same = list(grid.shown), [cells.agrees(grid.trace, grid.full, grid.cols[c]) for c in grid.shown]
    kept = [(x, bool(ok)) for x, ok in zip(spots, same, strict=True) if ok is not None]
    colours = [grid.style.ink if ok else grid.style.paper for _, ok in kept]
    return go.Scatter(
        x=[x for x, _ in kept],
        y=[grid.layers + GLYPH] * len(kept),
        mode="markers",
        hoverinfo="skip",
        name="agrees with full depth",
        marker={"symbol": "circle", "size": 10, "color": colours or grid.style.ink, "line": {"color": grid.style.ink, "width": 2}},
    )


def _least(grid: Grid) -> int:
    """Px below which the picture is scrolled and not squeezed, so that no computed cell loses its tag; 0 where a telephone has them."""
    wide = cells.tags_wide(grid)
    needed = math.ceil(NAMES + wide * (len(grid.shown) + 0.2) / len(grid.shown) + cells.side_room(grid))
    return needed if wide and needed > room.PHONE else 0


def _high(grid: Grid) -> float:
    return room.row(grid.layers, ROW)


def _top(grid: Grid) -> float:
    return grid.layers + (GLYPH + 0.4 if grid.full is not None else CHIP + 0.45)


def _axes(fig: Sketch, grid: Grid, selected: int | None, level: int) -> None:
    ours = overlays.forced_columns(grid.trace, grid.cols)
    labels = [(f"{overlays.FORCED} " if c in ours else "") + _tick(grid, c, c == selected) for c in grid.shown]
    if level:
        labels = ["<br>" * line + label for line, label in zip(_level(grid, level), labels, strict=True)]
    names = list(layer_names(grid.trace.layers))
    if end := overlays.forced(grid.trace).exit:
        names[end - 1] = f"{overlays.FORCED} {names[end - 1]}"
    side = room.rows(names, range(1, grid.layers + 1), _high(grid), grid.style)
    above = [(grid.layers + CHIP, "<b>depth</b>"), *([(grid.layers + GLYPH, "as full depth?")] if grid.full is not None else [])]
    side |= {"tickvals": [*side["tickvals"], *(y for y, _ in above)], "ticktext": [*side["ticktext"], *(name for _, name in above)]}
    low, high = grid.shown[0] - 0.6, grid.shown[-1] + 0.6
    size = 14 if len(grid.shown) <= 30 else 12
    fig.update_xaxes(layout.axis(grid.style, tickvals=list(grid.shown), ticktext=labels, range=[low, high]))
    # plotly's own choice of angle lets slanted labels overlap once columns are narrow
    angle: dict[str, Any] = {"autotickangles": [0, -45, -90]} if len(grid.shown) <= 24 else {"tickangle": -90}
    if level:
        angle = {"tickangle": 0, "automargin": False}
    fig.update_xaxes(tickfont={"size": size, "color": grid.style.ink}, **angle)
    fig.update_yaxes(layout.axis(grid.style, **side, range=[0.4, _top(grid)], ticklabelstandoff=4))


def _level(grid: Grid, level: int) -> list[int]:
    """The line of each word below the grid."""
    column = max(level - NAMES - cells.side_room(grid), 1) / (len(grid.shown) + 0.2)
    half = [0.45 * ems(shorten(grid.cols[c].label)) * WORD for c in grid.shown]
    middle = [column * (i + 0.6) for i in range(len(grid.shown))]
    return lines_of([(at - own, at + own) for at, own in zip(middle, half, strict=True)])


def _tick(grid: Grid, c: int, selected: bool) -> str:
    text = safe(shorten(grid.cols[c].label))
    if (grid.state[:, c] == State.DROPPED).any():
        text = span(struck(text), grid.style.dropped)
    elif grid.cols[c].special:
        text = span(text, grid.style.muted)
    return f"<b>{text}</b>" if selected else text


def _key(grid: Grid, said: list[str]) -> str:
    """The rest of the finding, then how to read the encodings that occur here."""
    style, state = grid.style, grid.state[:, list(grid.shown)]
    key = [*cells.fill_key(grid)]
    if (state == State.AFTER).any():
        key.append(alike("□ blank: not computed"))
    if (state == State.FROZEN).any():
        key.append(alike("▨ frozen: still seen, not computed"))
    if (state == State.DROPPED).any():
        key.append(("× struck: dropped here", f"{span('× <s>struck</s>', style.dropped)}: dropped here"))
    if (state == State.SKIPPED).any():
        key.append(alike(cells.KEY["skipped"].rstrip(".")))
    if (state == State.MERGED).any():
        key.append(alike("→ merged into a word on that side"))
    if (grid.trace.returned >= 0).any():
        key.append(alike(returns.KEY.rstrip(".")))
    if grid.full is not None:
        key.append(("● same answer as full depth ○ another", "● same answer as full depth, ○ another"))
    if len(grid.shown) < len(grid.cols):
        key.append(alike(columns_shown(grid.shown, len(grid.cols))))
    lines = [wrap(" ".join(said), SUBTITLE_CHARS), pack(key, SUBTITLE_CHARS)]
    return "<br>".join(line for line in lines if line)
