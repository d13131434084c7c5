"""Two runs of a text, or of a text and its edit, word beside word: how deep each went before and after, and the difference."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.columns import By, Column, State, clipped, columns, layer_names, one_decision, states, unit_of
from dynviz.figures.overlays import FORCED, forced_columns
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, depth_colours, on
from dynviz.figures.wording import count, headline, listing, percent, safe, shorten, span, struck
from dynviz.records import Trace
from dynviz.records.alignment import align

KEY = "Left bar: before. Right bar, filled: after. Printed: the change in layers."
KEY_WHOLE = "Upper bar: before. Lower bar, filled: after."
BODY, SIDES, FAR = 250, 90, 2.0  # px of the bars, and beside those of a sentence; their axis, of the layers
FATES = (State.DROPPED, State.MERGED, State.FROZEN, State.SKIPPED)


@dataclass(frozen=True)
class Delta:
    """A word before and after, None where a text lacks it: its label, the layers it went through, what was answered for it, its fate."""

    words: tuple[str | None, str | None]
    depths: tuple[int | None, int | None]
    answers: tuple[str, str]
    fates: tuple[str, str]
    forced: bool = False
    special: bool = False

    @property
    def name(self) -> str:
        """The word, or both where it was replaced."""
        return " → ".join(f"“{shorten(word, 20)}”" for word in dict.fromkeys(w for w in self.words if w is not None))

    @property
    def change(self) -> int:
        """Layers more; 0 for a word that only one text has."""
        return 0 if None in self.depths else int(self.depths[1] or 0) - int(self.depths[0] or 0)

    @property
    def replaced(self) -> bool:
        """Whether the word is not the same in both."""
        return self.words[0] != self.words[1]

    @property
    def answer_changed(self) -> bool:
        """Whether the same word has another answer."""
        return not self.replaced and bool(self.answers[0] and self.answers[1]) and self.answers[0] != self.answers[1]


def deltas_of(before: Trace, after: Trace, by: By = "word") -> list[Delta]:
    """The words of both runs, side by side."""
    cols = [columns(trace, by) for trace in (before, after)]
    state = [states(trace, c) for trace, c in zip((before, after), cols, strict=True)]
    ours = forced_columns(after, cols[1])
    out = []
    for pair in align([c.label for c in cols[0]], [c.label for c in cols[1]]):
        sides = [(t, c[i], s[:, i]) if i is not None else None for t, c, s, i in zip((before, after), cols, state, pair, strict=True)]
        old, new = (_side(*side) if side else (None, None, "", "") for side in sides)
        words, depths, answers, fates = zip(old, new, strict=True)
        special = all(side is None or side[1].special for side in sides)
        out.append(Delta(words, depths, answers, fates, pair[1] in ours, special))  # type: ignore[arg-type]
    return out


def _side(trace: Trace, col: Column, state: "np.ndarray[tuple[int], np.dtype[np.int8]]") -> tuple[str, int, str, str]:
    """Label, layers, answer and fate of a column."""
    return col.label, int((state == State.COMPUTED).sum()), _answer(trace, col), _fate(state)


def _answer(trace: Trace, col: Column) -> str:
    return "" if trace.unit == "sentence" or col.special else trace.predicted[unit_of(trace, col)]


def _fate(state: "np.ndarray[tuple[int], np.dtype[np.int8]]") -> str:
    return next((s.name.lower() for s in FATES if (state == s).any()), "went on")


def whole(before: Trace, after: Trace) -> bool:
    """Whether both runs decided once for the whole sentence."""
    return one_decision(before) and one_decision(after)


def deltas(
    before: Trace,
    after: Trace,
    style: Style = LIGHT,
    by: By = "word",
    window: tuple[int, int] | None = None,
    title: str | None = None,
    subtitle: str | None = None,
) -> go.Figure:
    """Draw a pair of bars for each word, or one pair for a sentence that goes up as one; window: pairs (start, stop)."""
    head, below = headline(deltas_finding(before, after, by), deltas_key(before, after))
    head, below = head if title is None else title, below if subtitle is None else subtitle
    if whole(before, after):
        fig = _sentence(before, after, style)
        layout.frame(fig, style, head, below, body=150, right=24, bottom=40)
        return fig.figure()
    found = deltas_of(before, after, by)
    shown = clipped(window, len(found))
    fig = _words(found, shown, max(len(before.layers), len(after.layers)), style)
    layout.frame(fig, style, head, below, body=BODY, bottom=20)
    return fig.figure()


def deltas_key(before: Trace, after: Trace) -> str:
    """How to read the marks."""
    return KEY_WHOLE if whole(before, after) else KEY


def deltas_finding(before: Trace, after: Trace, by: By = "word") -> str:
    """What changed in the answer, in the depth and in the cost, in plain sentences."""
    cost = f"Compute went from {percent(before.share)} to {percent(after.share)} of full."
    answer = _answers_said(before, after, by)
    if whole(before, after):
        names = [layer_names(t.layers)[max(t.exit_layer, 1) - 1] for t in (before, after)]
        came = f"the answer came after {names[1]} both times" if names[0] == names[1] else f"it came after {names[1]} instead of {names[0]}"
        return f"{answer}; {came}. {cost}"
    both = [d for d in deltas_of(before, after, by) if None not in d.depths and (d.change or not d.special)]
    moved = sorted((d for d in both if d.change), key=lambda d: -abs(d.change))
    if not moved:
        return f"{answer}; no depth changed. {cost}"
    noun = "word" if by == "word" else "piece"
    said = [f"{d.name} {d.depths[0]} to {d.depths[1]}" for d in moved]
    return f"{answer}; {len(moved)} of {count(len(both), noun)} changed depth: {listing(said)}. {cost}"


def _answers_said(before: Trace, after: Trace, by: By) -> str:
    if before.unit == "sentence":
        one, two = before.predicted[0], after.predicted[0]
        return f"The answer stays {two}" if one == two else f"The answer changes from {one} to {two}"
    flips = [d for d in deltas_of(before, after, by) if d.answer_changed]
    if not flips:
        return "No tag of a word that stayed changes"
    said = [f"{d.name} {d.answers[0]} to {d.answers[1]}" for d in flips]
    return f"{count(len(flips), 'tag')} {'changes' if len(flips) == 1 else 'change'}: {listing(said)}"


def deltas_table(before: Trace, after: Trace, by: By = "word") -> list[dict[str, Any]]:
    """One row per word: depth, answer and fate before and after."""
    rows = []
    for d in deltas_of(before, after, by):
        row: dict[str, Any] = {"before": d.words[0] or "", "after": d.words[1] or "", "forced": "yes" if d.forced else ""}
        row |= {"depth before": d.depths[0], "depth after": d.depths[1], "change": d.change if None not in d.depths else None}
        if before.unit == "token":
            row |= {"answer before": d.answers[0], "answer after": d.answers[1]}
        rows.append(row | {"fate before": d.fates[0], "fate after": d.fates[1]})
    return rows


def _words(found: list[Delta], shown: range, layers: int, style: Style) -> Sketch:
    """A hollow and a filled bar for each word, and the change above them."""
    colours = depth_colours(layers)
    fig = Sketch()
    for side, offset in ((0, -0.21), (1, 0.21)):
        at = [c for c in shown if found[c].depths[side] is not None]
        depths = [int(found[c].depths[side] or 0) for c in at]
        fills = [style.paper if side == 0 else colours[d] for d in depths]
        edges = [style.baseline if side == 0 else style.muted] * len(at)
        fig.add_trace(
            go.Bar(
                x=[c + offset for c in at], y=depths, width=0.38, marker={"color": fills, "line": {"color": edges, "width": 1.5}},
                name=("before", "after")[side], hoverinfo="text", hovertext=[_hover(found[c], layers) for c in at],
                text=[str(d) for d in depths], textposition="inside", insidetextanchor="end", textangle=0, constraintext="both",
                insidetextfont={"size": 12, "color": [style.ink if side == 0 else on(f) for f in fills]},
            )
        )  # fmt: skip
    changed = [c for c in shown if found[c].change]
    tops = [max(d or 0 for d in found[c].depths) for c in changed]
    fig.add_trace(
        go.Scatter(
            x=changed, y=[t + 0.1 for t in tops], text=[f"<b>{_signed(found[c].change)}</b>" for c in changed], mode="text",
            textposition="top center", textfont={"size": 15, "color": style.ink}, hoverinfo="skip", name="change",
        )
    )  # fmt: skip
    flips = [c for c in shown if found[c].answer_changed]
    fig.add_trace(
        go.Scatter(
            x=flips, y=[layers + 1.3] * len(flips), text=[_flip(found[c]) for c in flips], mode="text", name="answers that changed",
            textposition="middle center", textfont={"size": 12, "color": style.text(style.incorrect)}, hoverinfo="skip",
        )
    )  # fmt: skip
    ticks = [_tick(found[c], style) for c in shown]
    angle = 0 if len(shown) <= 10 else -45 if len(shown) <= 24 else -90  # plotly's own choice lets labels of two lines overlap
    fig.update_xaxes(layout.axis(style, tickvals=list(shown), ticktext=ticks, range=[shown[0] - 0.6, shown[-1] + 0.6], tickangle=angle))
    top = layers + (2.2 if flips else 1.1)
    steps = room.some(layers + 1, room.SLANTED * BODY / top, room.LEADING * room.NAME)
    fig.update_yaxes(layout.axis(style, grid=True, tickvals=steps, range=[0, top], title=layout.title_of("layers", style)))
    fig.update_layout(barmode="overlay", uniformtext={"mode": "hide", "minsize": 8})
    return fig


def _hover(d: Delta, layers: int) -> str:
    word = safe(str(d.words[1] if d.words[1] is not None else d.words[0])[:80])
    lines = [f"<b>{word}</b>"]
    for name, word_, depth, answer, fate in zip(("before", "after"), d.words, d.depths, d.answers, d.fates, strict=True):
        if word_ is None:
            lines.append(f"{name}: not in the text")
        else:
            lines.append(", ".join([f"{name}: {depth} of {layers} layers", *([safe(answer)] if answer else []), fate]))
    return "<br>".join([*lines, *(["forced by hand"] if d.forced else [])])


def _signed(change: int) -> str:
    return f"+{change}" if change > 0 else f"\N{MINUS SIGN}{-change}"


def _flip(d: Delta) -> str:
    return f"{safe(shorten(d.answers[0], 8))}<br>→ {safe(shorten(d.answers[1], 8))}"


def _tick(d: Delta, style: Style) -> str:
    old, new = (None if word is None else safe(shorten(word, 12)) for word in d.words)
    if d.forced:
        return f"<b>{FORCED} {new}</b>"
    if not d.replaced:
        return str(new)
    return "<br>".join(
        [*([span(struck(old), style.dropped)] if old is not None else []), *([f"<b>{new}</b>"] if new is not None else [])]
    )


def _sentence(before: Trace, after: Trace, style: Style) -> Sketch:
    """Two bars: how many layers the sentence went through, and what was answered there."""
    layers = max(len(before.layers), len(after.layers))
    colours = depth_colours(layers)
    runs = (before, after)
    depths = [t.layers_run for t in runs]
    fills = [style.paper, colours[depths[1]]]
    fig = Sketch(
        [
            go.Bar(
                x=depths, y=[0, -1], orientation="h", width=0.6, hoverinfo="skip", name="layers",
                marker={"color": fills, "line": {"color": [style.baseline, style.muted], "width": 1.5}},
            ),
            go.Scatter(
                x=depths, y=[0, -1], text=[_gave(t) for t in runs], mode="text", textposition="middle right", cliponaxis=False,
                textfont={"size": 13, "color": style.ink}, hoverinfo="skip", name="answers",
            ),
        ]
    )  # fmt: skip
    steps = room.some(layers + 1, (room.PHONE - SIDES) / layers / FAR, room.widest([str(layers)], room.NAME))
    across = {"tickvals": steps, "tickangle": 0, "range": [0, layers * FAR], "title": layout.title_of("layers", style)}
    fig.update_xaxes(layout.axis(style, grid=True, **across))
    names = [f"{FORCED} after" if forced_here(after) else "after", "before"]
    fig.update_yaxes(layout.axis(style, tickvals=[-1, 0], ticktext=names, range=[-1.5, 0.5]))
    return fig


def forced_here(trace: Trace) -> bool:
    """Whether anything in the run was forced."""
    return bool(forced_columns(trace, columns(trace))) or bool(trace.knobs.get("forced exit"))


def _gave(trace: Trace) -> str:
    probs = trace.answer[0]
    sure = "" if np.isnan(probs).any() else f" {percent(float(probs.max()))}"
    return f"{safe(shorten(trace.predicted[0], 14))}{sure}<br>{percent(trace.share)} of full compute"
