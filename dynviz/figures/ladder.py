"""Tokens dropped per layer as a strike-through ladder: one line of text per layer, positions never move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dynviz.figures import layout, room
from dynviz.figures.columns import By, Column, State, clipped, columns, columns_shown, layer_names, one_decision, states
from dynviz.figures.depths import depth_sentences
from dynviz.figures.merged import arrow, goes_to, merged_sentences, ribbons, said_of
from dynviz.figures.overlays import FORCED, forced_columns
from dynviz.figures.returns import KEY, MARK, answers, returning
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha
from dynviz.figures.told import by_layer, read_in
from dynviz.figures.wording import SUBTITLE_CHARS, alike, ems, pack, safe, shorten, span, struck
from dynviz.records import Ints, Trace
from dynviz.records.card import Comparison
from dynviz.records.tasks import noun

GAP, TEXT = 1.1, 0.86  # letter sizes between tokens; share of the width that holds the text
BACK = "comes back"  # the line below the last layer
SIZE, ROW, HEAD = 15, 32, 24  # px of the letters where there is room, of a line, and above the first


@dataclass(frozen=True, eq=False)
class Lines:
    """The ladder's layout: columns shown, where each stands and how wide it is (letter sizes), its states (L, C). went: see `goes_to`.
    told: what was read of each token, as `by_layer` has it."""

    trace: Trace
    cols: tuple[Column, ...]
    shown: range
    state: NDArray[np.int8]
    at: NDArray[np.float64]
    width: NDArray[np.float64]
    style: Style
    forced: frozenset[int]
    went: dict[tuple[int, int], int]
    back: Ints
    told: Sequence[Comparison]

    @property
    def row(self) -> float:
        """Px of a line."""
        return room.row(len(self.trace.layers), ROW)

    @property
    def rows(self) -> int:
        """Lines of text: the input, the layers, and one for what comes back, where something does."""
        return len(self.trace.layers) + 1 + bool((self.back >= 0).any())


def windows(trace: Trace, by: By = "piece", width: int = 900) -> list[tuple[int, int]]:
    """Columns (start, stop) cut so that each part is legible on that many px (in letters of 10 px), as evenly as as many parts allow."""
    room, need = (width - 110) * TEXT / 10, _widths(columns(trace, by))
    many = len(_cut(need, room))
    even = (_cut(need, room * share / 100) for share in range(50, 100, 5))
    return next((parts for parts in even if len(parts) == many), _cut(need, room))


def _cut(widths: Sequence[float], room: float) -> list[tuple[int, int]]:
    """As much as there is room for, part after part."""
    out, start, used = [], 0, 0.0
    for i, need in enumerate(widths):
        if used + need > room and i > start:
            out.append((start, i))
            start, used = i, 0.0
        used += need
    return [*out, (start, len(widths))]


def ladder(
    trace: Trace,
    selected: int | None = None,
    style: Style = LIGHT,
    by: By = "piece",
    window: tuple[int, int] | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    told: Sequence[Comparison] = (),
) -> go.Figure:
    """Draw the ladder; a click on a token returns customdata [column, layer from 0, the input].

    window: columns (start, stop); see `windows`. Letters shrink together until every token fits its place.
    title, subtitle: None for the finding and the key, "" for nothing. told: per token, what the rule
    read and held against a limit or ranked, for the pointer.
    """
    lines = _lines(trace, by, window, style, told)
    fig = Sketch([_text(lines), *_kept(lines), *_carried(lines)])
    for ribbon in _ribbons(lines):
        fig.add_shape(ribbon)
    if selected is not None and selected in lines.shown:
        x, half = (float(values[selected - lines.shown[0]]) for values in (lines.at, lines.width / 2))
        fig.add_shape(layout.outline(x - half, x + half, 0.5 - lines.rows, 0.5, style))
    _axes(fig, lines)
    fig.update_layout(barmode="overlay", uniformtext={"mode": "show", "minsize": 6})
    said = depth_sentences(trace)
    layout.frame(
        fig,
        style,
        said[0] if title is None else title,
        _key(lines) if subtitle is None else subtitle,
        body=int(lines.row * (lines.rows + 0.1)) + HEAD,
        bottom=6,
    )
    return fig.figure()


def ladder_finding(trace: Trace) -> str:
    """Tokens dropped or frozen, mean depth and compute, in plain sentences."""
    kept = " ".join(f"{name} {n}" for name, n in zip(layer_names(trace.layers), trace.kept, strict=True))
    said = " ".join(merged_sentences(trace) or depth_sentences(trace)[:1])
    return f"{said} Tokens computed of {len(trace.tokens)}: {kept.replace(' layer', ', layer')}."


def ladder_table(trace: Trace, by: By = "piece") -> list[dict[str, Any]]:
    """One row per column: its text, the layer it was dropped in (0: never), and its state in each layer."""
    cols = columns(trace, by)
    state, back = states(trace, cols), returning(trace, cols)
    names, went = layer_names(trace.layers), goes_to(trace, cols)
    rows = []
    for i, col in enumerate(cols):
        gone = np.flatnonzero(state[:, i] == State.DROPPED)
        row: dict[str, Any] = {"column": i, "token": col.label, "dropped at": int(gone[0]) + 1 if len(gone) else 0}
        if went:
            row["merged into"] = ", ".join(cols[into].label for (_, source), into in sorted(went.items()) if source == i)
        if (back >= 0).any():
            row["answered from layer"] = int(back[i]) if back[i] >= 0 else None
        rows.append(row | {name: State(int(s)).name.lower() for name, s in zip(names, state[:, i], strict=True)})
    return rows


def _widths(cols: tuple[Column, ...]) -> list[float]:
    return [max(ems(shorten(c.label, 18)), 0.6) + GAP for c in cols]


def _lines(trace: Trace, by: By, window: tuple[int, int] | None, style: Style, told: Sequence[Comparison]) -> Lines:
    cols = columns(trace, by)
    shown = clipped(window, len(cols))
    need = np.array(_widths(tuple(cols[c] for c in shown)))
    read = [by_layer(trace, one) for one in told]
    at, state, forced = np.cumsum(need) - need / 2, states(trace, cols), forced_columns(trace, cols)
    return Lines(trace, cols, shown, state, at, need, style, forced, goes_to(trace, cols), returning(trace, cols), read)


def _ribbons(lines: Lines) -> list[dict[str, Any]]:
    """Tokens that are merged flow together, below the words; what lies beyond the window comes from its edge."""
    at = {c: float(x) for c, x in zip(lines.shown, lines.at, strict=True)}
    return ribbons(lines.trace, lines.cols, at, (0.0, float(lines.width.sum())), lines.style)


def _text(lines: Lines) -> go.Bar:
    """Every token of every line, each in an invisible bar: plotly shrinks the text of bars, all alike, until it fits."""
    places = [(layer, k, c) for layer in range(lines.rows) for k, c in enumerate(lines.shown)]
    cells = [(place, *_drawn(lines, place[0], place[2])) for place in places]
    cells = [cell for cell in cells if cell[1]]
    clear = alpha(lines.style.paper, 0)
    return go.Bar(
        x=[round(float(lines.at[k]), 2) for (_, k, _), _, _ in cells],
        width=[round(float(lines.width[k]), 2) for (_, k, _), _, _ in cells],
        y=[0.9] * len(cells),
        base=[-layer - 0.45 for (layer, _, _), _, _ in cells],
        marker={"color": clear, "line": {"width": 0}},
        text=[text for _, text, _ in cells],
        insidetextfont={"size": SIZE, "color": [colour for _, _, colour in cells]},
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="both",
        name="tokens",
        customdata=[[c, layer] for (layer, _, c), _, _ in cells],
        hovertext=[_hover(lines, layer, c) for (layer, _, c), _, _ in cells],
        hoverinfo="text",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _drawn(lines: Lines, layer: int, c: int) -> tuple[str, str]:
    """What stands for a column on a line (0: the input), and its colour."""
    style, text = lines.style, safe(shorten(lines.cols[c].label, 18))
    if layer == 0 and c in lines.forced:
        return f"<b>{FORCED}{text}</b>", style.ink
    if layer > len(lines.trace.layers):
        return MARK if lines.back[c] >= 0 else "", style.ink
    state = State.COMPUTED if layer == 0 else State(int(lines.state[layer - 1, c]))
    if state is State.MERGED:
        return arrow(c, lines.went.get((layer, c), c)), style.muted
    return {
        State.COMPUTED: (text, style.ink),
        State.DROPPED: (struck(text), style.dropped),
        State.FROZEN: (f"<i>{text}</i>", style.muted),
        State.SKIPPED: ("" if layer in lines.trace.skipped_layers else "↷", style.muted),
        State.GONE: ("·", style.faint),
        State.AFTER: ("", style.muted),
        State.HELD: ("", style.muted),
    }[state]


def _hover(lines: Lines, layer: int, c: int) -> str:
    word = f"<b>{safe(lines.cols[c].label[:80])}</b>"
    if layer == 0:
        return f"{word}, input"
    if layer > len(lines.trace.layers):
        return f"{word}, {BACK}<br>{safe(answers(lines.trace, lines.cols[c]))}"
    name = layer_names(lines.trace.layers)[layer - 1]
    said = [said_of(lines.trace, lines.cols, layer, c), *read_in(lines.trace, lines.told, layer, lines.cols[c])]
    return "<br>".join([f"{word}, {safe(name)}", State(int(lines.state[layer - 1, c])).name.lower(), *filter(None, said)])


def _kept(lines: Lines) -> tuple[go.Bar, go.Scatter]:
    """Bars of tokens computed in each layer, and their counts; always of the whole text, whatever the window."""
    counts = [len(lines.trace.tokens), *(int(n) for n in lines.trace.kept)]
    style, y = lines.style, [-i for i in range(len(counts))]
    fills = [style.baseline] + [style.certainty[1]] * (len(counts) - 1)
    # on the same axes as the words: with bars on a second pair plotly no longer shrinks the words alike
    start, unit = _bar_place(lines)
    drawn = go.Bar(
        x=[start + n * unit / 2 for n in counts],
        width=[n * unit for n in counts],
        y=[0.6] * len(y),
        base=[v - 0.3 for v in y],
        marker={"color": fills, "line": {"width": 0}},
        customdata=counts,
        hoverinfo="skip",
        name="tokens kept",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    printed = go.Scatter(
        x=[start + n * unit for n in counts],
        y=y,
        text=[f" {n}" if n else "" for n in counts],
        mode="text",
        textposition="middle right",
        hoverinfo="skip",
        textfont={"size": room.letters(lines.row), "color": style.ink},
        cliponaxis=False,
        name="printed counts",
    )
    return drawn, printed


def _carried(lines: Lines) -> list[go.Scatter]:
    """A thin line from where a token was dropped to the line on which it comes back."""
    gone = lines.trace.dropped_at
    at = [(float(lines.at[k]), int(gone[lines.cols[c].pieces[0]])) for k, c in enumerate(lines.shown) if lines.back[c] >= 0]
    x = [value for place, _ in at for value in (place, place, None)]
    y = [value for _, layer in at for value in (-layer - 0.4, 1.4 - lines.rows, None)]
    line = {"color": lines.style.muted, "width": 1, "dash": "dot"}
    return [go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name="state carried")] if at else []


def _span(lines: Lines) -> float:
    """Letter sizes the words take; a short text keeps its words together instead of spreading out."""
    return max(float(lines.width.sum()), 45.0)


def _bar_place(lines: Lines) -> tuple[float, float]:
    """Where the bars of tokens kept begin, and the length of one token, in letter sizes."""
    total = _span(lines) / TEXT
    return _span(lines) + 0.02 * total, 0.08 * total / max(len(lines.trace.tokens), 1)


def _axes(fig: Sketch, lines: Lines) -> None:
    trace, style = lines.trace, lines.style
    count = len(trace.layers)
    names = ["input", *layer_names(trace.layers), *[BACK] * (lines.rows - count - 1)]
    side, top = room.rows(names, [-i for i in range(lines.rows)], lines.row, style, 13), 0.5 + HEAD / lines.row
    fig.update_layout(
        xaxis={"visible": False, "fixedrange": True, "range": [0, _span(lines) / TEXT]},
        yaxis=layout.axis(style, **side, range=[0.4 - lines.rows, top]),
    )
    fig.update_yaxes(tickfont={"color": style.muted}, ticklabelstandoff=6)
    fig.add_annotation(layout.note(_bar_place(lines)[0], top, "tokens kept", style, xanchor="left", yanchor="top"))
    for layer in trace.skipped_layers:
        fig.add_annotation(layout.note(0, -layer, f"↷ skipped by the whole {noun(trace.task)}", style, xanchor="left"))
    if trace.exit_layer < count:
        middle = -(trace.exit_layer + 1 + count) / 2
        fig.add_annotation(layout.note(0, middle, f"not computed: the {noun(trace.task)} had its answer", style, xanchor="left"))


def _key(lines: Lines) -> str:
    state, style = lines.state[:, list(lines.shown)], lines.style
    key = []
    if one_decision(lines.trace):
        key.append(alike(f"no token is dropped: one decision for the whole {noun(lines.trace.task)}"))
    if (state == State.DROPPED).any():
        key.append(("struck where dropped, a dot where gone", f"{span('<s>struck</s>', style.dropped)} where dropped, a dot where gone"))
    if (state == State.FROZEN).any():
        key.append(("slanted: frozen, still seen, not computed", "<i>slanted</i>: frozen, still seen, not computed"))
    if (state == State.SKIPPED).any():
        key.append(alike("↷ skipped, passed on unchanged"))
    if (state == State.MERGED).any():
        key.append(alike("ribbons: merged tokens, wider the more pieces they hold; an arrow where one went"))
    if (lines.back >= 0).any():
        key.append(alike(KEY.rstrip(".")))
    key.append(alike("bars: tokens computed in each layer"))
    if len(lines.shown) < len(lines.cols):
        key.append(alike(columns_shown(lines.shown, len(lines.cols))))
    return pack(key, SUBTITLE_CHARS)
