"""Numbers of a trace in words: the verdict, the metrics, and why a word stopped. Pure; plain text, not escaped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dynviz.figures.columns import By, Column, State, columns, layer_names, one_decision, states, unit_of
from dynviz.figures.depths import agreement
from dynviz.figures.wording import count, number, percent, shorten
from dynviz.records import Trace
from dynviz.records.card import Card, Comparison
from dynviz.ui.shell import text


def verdict(trace: Trace, full: Trace | None) -> str:
    """The answer, what it took, and whether full depth agrees, on one line."""
    compute = f"{percent(trace.share)} of full compute"
    if trace.unit == "sentence":
        parts = [f"{trace.predicted[0].capitalize()} {_after(trace)}", compute]
    else:
        named = sum(bool(label) for label in trace.predicted)
        parts = [f"{count(named, 'word')} tagged, mean depth {mean_depth(trace)} of {len(trace.layers)}", compute]
    return " · ".join([*parts, *([agrees(trace, full)] if full is not None else [])])


def _after(trace: Trace) -> str:
    layers = len(trace.layers)
    if not one_decision(trace):
        return f"after {count(layers, 'layer')}, mean depth {mean_depth(trace)}"
    if len({size.stage for size in trace.layers}) > 1:
        return f"after {layer_names(trace.layers)[trace.exit_layer - 1]}"
    return f"after {trace.exit_layer} of {layers} layers"


def mean_depth(trace: Trace) -> str:
    """Mean depth of the words (of all tokens where the sentence has one answer)."""
    chosen = trace.leads if trace.unit == "token" and trace.leads.any() else np.ones(len(trace.tokens), bool)
    return f"{trace.depth[chosen].mean():.1f}"


def agrees(trace: Trace, full: Trace) -> str:
    """What full depth says to it."""
    same, total = agreement(trace, full)
    if trace.unit == "sentence":
        return "full depth agrees" if same == total else f"full depth says {full.predicted[0]}"
    return "all tags as at full depth" if same == total else f"{same} of {count(total, 'tag')} as at full depth"


def side(trace: Trace) -> str:
    """One of two sentences side by side: "stopped after layer 2 of 6 and used 34 % of full compute"."""
    compute = f"{percent(trace.share)} of full compute"
    layers = len(trace.layers)
    if one_decision(trace):
        name = layer_names(trace.layers)[trace.exit_layer - 1]
        went = f"used all {layers} layers" if trace.exit_layer == layers else f"stopped after {name} of {layers}"
        return f"{went}, {compute}"
    return f"used {mean_depth(trace)} of {layers} layers on average, {compute}"


def cells_key(trace: Trace, full: Trace | None) -> str:
    """How to read the marks that occur in the staircase of a trace."""
    seen = set(np.unique(states(trace, columns(trace))).tolist())
    whole = one_decision(trace)
    measured = bool(np.isfinite(trace.probs[1 : trace.exit_layer + 1]).any())
    fill = "tags" if trace.unit == "token" else "sure" if whole and measured else "depth"
    marks = {"blank": State.AFTER, "frozen": State.FROZEN, "dropped": State.DROPPED, "skipped": State.SKIPPED}
    names = [fill, *(name for name, state in marks.items() if state in seen), *(["agrees"] if full is not None else [])]
    return " ".join(text.KEY_CELLS[name] for name in names)


def milliseconds(value: float) -> str:
    """3.14 -> "3.1 ms"."""
    return f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def first_pick(full: Trace, shown: tuple[int, int], by: By = "word") -> int:
    """The column to look at first, of those shown: the word that stays unsure longest at full depth."""
    cols = columns(full, by)
    rank = {i: _unsure(full, cols[i]) for i in range(*shown) if not cols[i].special}
    return max(rank, key=lambda i: rank[i]) if rank else shown[0]


def _unsure(full: Trace, col: Column) -> float:
    if full.unit == "sentence":
        return -col.pieces[0]
    best = full.probs[1:, unit_of(full, col)].max(-1)
    return float(np.nansum(1 - best))


@dataclass(frozen=True)
class Why:
    """Why a word, or the sentence, stopped where it did. said: in words; rows: layer by layer, for a table."""

    said: str
    rows: list[dict[str, Any]]


def why(trace: Trace, col: Column, compared: Sequence[Comparison], card: Card | None) -> Why:
    """The reading against the knob, layer by layer, for the word of a column (the sentence, where it goes up as one)."""
    found = next((c for c in compared if c.values.ndim == 1 or c.values.shape[1] > col.pieces[0]), None)
    values = None if found is None else found.values if found.values.ndim == 1 else found.values[:, col.pieces[0]]
    if values is not None and np.isnan(values).all():
        found = values = None
    rows = [_row(trace, col, layer, values, found) for layer in range(len(trace.layers) + 1)]
    kept = [row for row in rows if row.pop("show")]
    return Why(" ".join([_fate(trace, col), *_reason(trace, col, values, found, card)]), kept)


def _row(trace: Trace, col: Column, layer: int, values: Any, found: Comparison | None) -> dict[str, Any]:
    probs = trace.probs[layer, unit_of(trace, col)]
    said = "" if np.isnan(probs).any() else f"{trace.labels[int(probs.argmax())]} {percent(float(probs.max()))}"
    done = layer > 0 and bool(trace.transformed[layer - 1, list(col.pieces)].any())
    name = "before layer 1" if layer == 0 else layer_names(trace.layers)[layer - 1]
    out: dict[str, Any] = {"show": layer > 0, "layer": name}
    if trace.unit == "token" or one_decision(trace):
        out["answer"] = said
    if found is None or values is None:
        return out | {"computed": "yes" if done else "no"}
    value, limit = float(values[layer]), float(found.limits[layer])
    if np.isnan(value) or np.isnan(limit):
        return out | {_short(found): "", "limit": "", "stops": "" if done else "not computed"}
    stops = "yes" if stopping(found, value, layer) else "no"
    return out | {"show": True, _short(found): number(value), "limit": number(limit), "stops": stops}


def _short(found: Comparison) -> str:
    """What was read, without the formula."""
    return found.label.split(" (")[0]


def stopping(found: Comparison, value: float, layer: int) -> bool:
    """Whether a reading lies on the side of its limit on which something stops."""
    limits = found.limits[layer : layer + 1]
    return bool(replace(found, values=np.array([value]), limits=limits).held[0])


def _fate(trace: Trace, col: Column) -> str:
    """What became of it."""
    layers, place = len(trace.layers), col.pieces[0]
    names = layer_names(trace.layers)
    if one_decision(trace):
        label = trace.predicted[0]
        end = f"used all {layers} layers" if trace.exit_layer == layers else f"stopped after {names[trace.exit_layer - 1]} of {layers}"
        return f"The whole sentence {end}: {label}."
    word = f"“{shorten(col.label, 30)}”"
    depth, gone = int(trace.depth[place]), int(trace.dropped_at[place])
    answer = "" if trace.unit == "sentence" or col.special else trace.predicted[place]
    if gone:
        return f"{word} was dropped in {names[gone - 1]}."
    end = f"went through all {layers} layers" if depth == layers else f"stopped after {names[max(depth, 1) - 1]} of {layers}"
    return f"{word} {end}{f': {answer}' if answer else ''}."


def _reason(trace: Trace, col: Column, values: Any, found: Comparison | None, card: Card | None) -> list[str]:
    if found is None or values is None:
        return _ranked(trace, col, card)
    rows = [i for i in range(len(values)) if not np.isnan(values[i]) and not np.isnan(found.limits[i])]
    crossed = [i for i in rows if stopping(found, float(values[i]), i)]
    what = _short(found)
    if not rows:
        return []
    if not crossed:
        return [f"Its {what} never came {found.stops} {_limits(found, rows)}."]
    last = crossed[-1]
    if last == len(trace.layers) and crossed[0] == last:
        return [f"Its {what} came {found.stops} {_limits(found, rows)} in the last layer only."]
    said = [f"There its {what} was {number(float(values[last]))}, {found.stops} {number(float(found.limits[last]))}."]
    if crossed[0] < last and card is not None and len(card.knobs) > 1:
        others = "; ".join(f"{k.label} = {number(trace.knobs.get(k.name, k.default))}" for k in card.knobs[1:])
        said.append(f"It was {found.stops} it earlier, but had to wait: {others}.")
    return said


def _limits(found: Comparison, rows: list[int]) -> str:
    values = sorted({number(float(found.limits[i])) for i in rows})
    return values[0] if len(values) == 1 else "its layer's limit"


def _ranked(trace: Trace, col: Column, card: Card | None) -> list[str]:
    """For rules that rank tokens instead of holding them against a limit."""
    gone = int(trace.dropped_at[col.pieces[0]])
    used = next((r for r in card.readings if r.compared and r.unit == "token"), None) if card else None
    if not gone or used is None or used.name not in trace.readings:
        return []
    read = trace.readings[used.name][: gone + 1, col.pieces[0]]
    known = read[~np.isnan(read)]
    return [f"The rule ranks tokens by {used.label}: it had {number(float(known[-1]))}."] if len(known) else []
