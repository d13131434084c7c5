"""A frozen card: one HTML file that shows a text under a model at every setting of its knob, with nothing but itself.

Every setting is run beforehand and kept as a few letters per cell; `card.js` only picks a frame. The file asks for nothing (its content
policy forbids it), runs no script but its own, and takes the reader's theme. Words of the text reach the page as text, never as markup.
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dynviz.errors import InputError
from dynviz.figures.cells import KEY, agrees, shaded
from dynviz.figures.columns import Column, State, columns, layer_names, one_decision, states, unit_of
from dynviz.figures.depths import agreement, depth_sentences, mean_depth
from dynviz.figures.grid import Grid
from dynviz.figures.merged import goes_to
from dynviz.figures.returns import KEY as BACK
from dynviz.figures.returns import MARK, returning
from dynviz.figures.room import row as height
from dynviz.figures.style import DARK, LIGHT, Style, alpha, depth_colours, doubt, on
from dynviz.figures.wording import count, depth, number, percent, scored, shorten
from dynviz.frozen import words
from dynviz.records import Sweep, Trace
from dynviz.records.card import Knob

HERE = Path(__file__).parent
LIMIT, ROW = 300_000, 30  # bytes; px of a layer, where there are few
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODES = {State.AFTER: ".", State.GONE: "g", State.FROZEN: "f", State.SKIPPED: "s", State.DROPPED: "x", State.HELD: "g"}


@dataclass(frozen=True, eq=False)
class Deck:
    """The content of a frozen card. traces: one per setting of the knob, which goes up; at: the one shown first. full: the text at full
    depth. title: of the model. caption: how the card came about. sweep: the model's operating points over data, for the curve; task: its
    data."""

    traces: Sequence[Trace]
    at: int
    full: Trace
    knob: Knob | None
    title: str
    caption: str
    sweep: Sweep | None = None
    data: str = ""


def settings_line(knob: Knob | None, n: int) -> str:
    """For the caption: what the slider goes through."""
    return words.CAPTION.format(knob=knob.label, low=number(knob.low), high=number(knob.high), settings=count(n, "setting")) if knob else ""


def page(deck: Deck) -> str:
    """The file; of a long text with fewer settings, so that it stays below `LIMIT`."""
    kept = list(range(len(deck.traces)))
    while True:
        found = _page(deck, kept)
        if len(found.encode()) < LIMIT:
            return found
        if len(kept) < 4:
            raise InputError("The text is too long for a card", f"it would take more than {LIMIT // 1000} KB", "Choose a shorter one")
        kept = sorted({*kept[::2], deck.at})


def _page(deck: Deck, kept: Sequence[int]) -> str:
    data = _data(deck, kept)
    style, script = _file("card.css") + _themes(len(deck.full.layers)), _file("card.js")
    first = data["frames"][data["frame"][data["at"]]]
    parts = {
        "title": html.escape(f"{shorten(deck.full.text, 60)} · {deck.title}"), "generator": f"dynviz {deck.full.versions['dynviz']}",
        "style": style, "style_hash": _hash(style), "script": script, "script_hash": _hash(script),
        "verdict": html.escape(first["verdict"]), "caption": html.escape(deck.caption),
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
    }  # fmt: skip
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _file("card.html"))


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _themes(layers: int) -> str:
    """The height of a layer's row, and the colours of both themes, as CSS variables."""
    light, dark = (_variables(style, layers) for style in (LIGHT, DARK))
    return f":root{{--row:{height(layers, ROW):g}px;{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _variables(style: Style, layers: int) -> str:
    fills = {f"c{i}": colour for i, colour in enumerate(style.certainty)}
    fills |= {f"d{i}": colour for i, colour in enumerate(depth_colours(layers))}
    names = ("paper", "ink", "muted", "grid", "edge", "unread", "dropped")
    plain = {**{name: getattr(style, name) for name in names}, "accent": style.series[0], "hatch": alpha(style.hatch, 0.4)}
    return ";".join(f"--{k}:{v}" for k, v in {**plain, **fills, **{f"on-{k}": on(v) for k, v in fills.items()}}.items())


def _data(deck: Deck, kept: Sequence[int]) -> dict[str, Any]:
    full, traces = deck.full, [deck.traces[i] for i in kept]
    cols = columns(full)
    grids = [Grid(t, full, cols, range(len(cols)), states(t, cols), LIGHT) for t in traces]
    sure = all(map(shaded, grids))  # one meaning of the fill on the whole card
    frames: dict[str, int] = {}
    which = [frames.setdefault(json.dumps(_frame(grid, full, sure), ensure_ascii=False), len(frames)) for grid in grids]
    drawn = [json.loads(frame) for frame in frames]
    settings = [number(t.knobs[deck.knob.name]) for t in traces] if deck.knob else [""]
    return {
        "model": deck.title, "text": full.text, "columns": [[c.label, c.special] for c in cols], "layers": layer_names(full.layers),
        "labels": full.labels, "knob": _knob(deck.knob), "settings": settings, "at": kept.index(deck.at), "frame": which,
        "frames": drawn, "metrics": words.METRICS[_kind(deck)], "curve": _curve(deck, traces), "words": _words(deck, drawn),
    }  # fmt: skip


def _kind(deck: Deck) -> str:
    """What the depth is of: the sentence, the words, or all tokens."""
    return "token" if deck.full.unit == "token" else "sentence" if all(map(one_decision, [*deck.traces, deck.full])) else "tokens"


def _knob(knob: Knob | None) -> dict[str, str] | None:
    if knob is None:
        return None
    said = f"{knob.help[:1].upper()}{knob.help[1:]}." if knob.help else ""
    return {"label": f"{knob.label[:1].upper()}{knob.label[1:]}", "help": f"{said} {words.STOPS[knob.stops]}".strip()}


def _words(deck: Deck, frames: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    there = {code for frame in frames for line in frame["cells"] for code in line}
    kinds = {"sure": "01234", "depth": "c", "blank": ".", "frozen": "f", "dropped": "x", "skipped": "s", "merged": "lr"}
    key = [KEY[name] for name, codes in kinds.items() if set(codes) & there]
    key += [BACK] if any(any(frame["back"]) for frame in frames) else []
    key += [KEY["agrees"]] if any(frame["same"].strip() for frame in frames) else []
    said = words.CURVE_TEXT
    if deck.sweep is not None:
        said = words.CURVE.format(data=deck.data, n=f"{len(deck.sweep.rows.ids):,}")
    return {**words.PAGE, "states": words.STATES, "same": words.SAME, "key": " ".join(key), "curve": said}


def _frame(grid: Grid, full: Trace, sure: bool) -> dict[str, Any]:
    """One setting, compact. cells: a string per layer, lowest first, a letter per word; said: the labels in them, where words have
    some; rows: beside the cells; same: y, n or blank for each word; back: beside its depth, for a word that was dropped and comes back."""
    trace, cols = grid.trace, grid.cols
    said = depth_sentences(trace, full)
    answer = trace.predicted[0] if trace.unit == "sentence" else ""
    same, total = agreement(trace, full)
    whole = one_decision(trace)
    used = trace.layers_run if whole else depth(mean_depth(trace))
    marks = [agrees(trace, full, c) if trace.unit == "token" else None for c in cols]
    return {
        "verdict": " ".join(said if not answer or answer in said[0] else [f"{answer[:1].upper()}{answer[1:]}.", *said]),
        "depth": grid.depths.tolist(), "cells": _cells(grid, sure), "said": _labels(grid), "rows": _rows(trace) if whole else [],
        "back": [MARK if at >= 0 else "" for at in returning(trace, cols)] if (trace.returned >= 0).any() else [],
        "same": "".join({True: "y", False: "n", None: " "}[m] for m in marks), "used": f"{used} of {len(trace.layers)}",
        "share": percent(trace.share), "answer": f"{same} of {total}" if trace.unit == "token" else answer,
        "agrees": words.PAGE["yes"] if same == total else words.PAGE["no"],
    }  # fmt: skip


def _cells(grid: Grid, sure: bool) -> list[str]:
    went = goes_to(grid.trace, grid.cols)
    return ["".join(_code(grid, layer, c, sure, went.get((layer + 1, c), c)) for c in grid.shown) for layer in range(grid.layers)]


def _code(grid: Grid, layer: int, c: int, sure: bool, goes: int) -> str:
    state = State(int(grid.state[layer, c]))
    if state is State.MERGED:
        return "r" if goes > c else "l"
    if state is not State.COMPUTED:
        return CODES[state]
    if not sure:
        return "c"
    value = float(grid.confidence[layer + 1, unit_of(grid.trace, grid.cols[c])])
    return "u" if np.isnan(value) else str(doubt(value))


def _labels(grid: Grid) -> list[str] | None:
    """Which label each cell would give, as a letter; None where words have none, or too many."""
    trace = grid.trace
    if trace.unit != "token" or len(trace.labels) > len(LETTERS):
        return None

    def letter(layer: int, column: Column) -> str:
        row = trace.probs[layer + 1, unit_of(trace, column)]
        return "." if np.isnan(row).any() else LETTERS[int(row.argmax())]

    return ["".join(letter(layer, column) for column in grid.cols) for layer in range(grid.layers)]


def _rows(trace: Trace) -> list[str]:
    """Of a sentence that goes up as one: what each computed layer would answer."""
    read = [(layer, trace.probs[layer, 0]) for layer in range(1, len(trace.layers) + 1)]
    return [
        "" if np.isnan(p).any() or n > trace.exit_layer else f"{trace.labels[int(p.argmax())]} {percent(float(p.max()))}" for n, p in read
    ]


def _curve(deck: Deck, traces: Sequence[Trace]) -> dict[str, Any] | None:
    """The model's accuracy against compute over data; where no such numbers are at hand, this text's compute against the knob."""
    knob, sweep = deck.knob, deck.sweep
    if knob is None:
        return None
    if sweep is None:
        share = [t.share * 100 for t in traces]
        said = [f"{number(t.knobs[knob.name])}: {percent(t.share)}" for t in traces]
        x = [t.knobs[knob.name] for t in traces]
        return _points(x, share, range(len(traces)), said, words.AXES_TEXT, ["{}", "{} %"])
    there = np.array([at.get(knob.name, np.nan) for at in sweep.knobs])
    of = [int(np.nanargmin(np.abs(there - t.knobs[knob.name]))) for t in traces]
    said = [f"{percent(float(s))} compute, {scored(a, sweep.metric)}" for s, a in zip(sweep.share, sweep.score, strict=True)]
    return _points((sweep.share * 100).tolist(), (sweep.score * 100).tolist(), of, said, [words.AXES, sweep.metric], ["{} %", "{} %"])


def _points(
    x: Sequence[float], y: Sequence[float], of: Sequence[int], said: Sequence[str], axes: Sequence[str], form: Sequence[str]
) -> dict[str, Any]:
    xs, ys = ([round(float(v), 3) for v in values] for values in (x, y))
    return {"x": xs, "y": ys, "of": list(of), "said": list(said), "axes": list(axes), "format": list(form)}
