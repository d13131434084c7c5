"""Numbers of a trace in words: the verdict, the metrics, and why a word stopped. Pure; plain text, not escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dynviz.figures import depths
from dynviz.figures.cells import KEY
from dynviz.figures.columns import By, Column, State, columns, layer_names, one_decision, states, unit_of
from dynviz.figures.conditions import against, bound, name_of, of_token, owned, stops
from dynviz.figures.depths import agreement
from dynviz.figures.overlays import BORDER, borders
from dynviz.figures.returns import KEY as BACK
from dynviz.figures.returns import answers
from dynviz.figures.told import by_layer, cut_by_first, ranked, told_of, went_on
from dynviz.figures.wording import count, depth, listing, number, percent, shorten
from dynviz.records import Trace
from dynviz.records.card import Card, Comparison, alternatives, together
from dynviz.records.tasks import noun
from dynviz.ui.shell.text import LADDER_KEY


def verdict(trace: Trace, full: Trace | None) -> str:
    """The answer, what it took, and whether full depth agrees, on one line."""
    compute = f"{percent(trace.share)} of full compute"
    if trace.unit == "sentence":
        parts = [f"{_begun(trace.predicted[0])}, {percent(float(trace.answer[0].max()))} sure, {_after(trace)}", compute]
    else:
        parts = [f"{_tagged(trace)} tagged, {mean_depth(trace)}", compute]
    return " · ".join([*parts, *([agrees(trace, full)] if full is not None else [])])


def _tagged(trace: Trace) -> str:
    """How many words, and how many signs beside them, have a tag: together as many as there are tags."""
    words = {c.pieces[0] for c in depths.counted_words(trace)}
    tagged = [i for i, answer in enumerate(trace.predicted) if answer and (trace.leads[i] or not trace.leads.any())]
    signs = sum(i not in words for i in tagged)
    return count(len(tagged) - signs, "word") + (f" and {count(signs, 'sign')}" if signs else "")


def _begun(label: str) -> str:
    """An answer at the beginning of a line: a word as one, what is a name in code in quotation marks, as it is."""
    return f"“{label}”" if "_" in label else label.capitalize()


def _after(trace: Trace) -> str:
    layers = len(trace.layers)
    if not one_decision(trace):
        last = f"{trace.exit_layer} of " if trace.exit_layer < layers else ""
        return f"after {last}{count(layers, 'layer')}, {mean_depth(trace)}"
    if len({size.stage for size in trace.layers}) > 1:
        return f"after {layer_names(trace.layers)[trace.exit_layer - 1]}"
    return f"after {trace.layers_run} of {count(layers, 'layer')}"


def mean_depth(trace: Trace) -> str:
    """The mean depth with its name: "mean depth of the words 2.0 of 6"."""
    return f"mean depth of {depths.mean_of(trace)} {depth(depths.mean_depth(trace))} of {len(trace.layers)}"


def agrees(trace: Trace, full: Trace) -> str:
    """Whether full depth gives the same answer or tags, or which other answer."""
    same, total = agreement(trace, full)
    if trace.unit == "sentence":
        return "full depth agrees" if same == total else f"full depth says {full.predicted[0]}"
    return "all tags as at full depth" if same == total else f"{same} of {count(total, 'tag')} as at full depth"


def side(trace: Trace) -> str:
    """One of two sentences side by side: "stopped after layer 2 of 6 and used 34 % of full compute"."""
    compute = f"{percent(trace.share)} of full compute"
    layers = len(trace.layers)
    if one_decision(trace):
        return f"{_went(trace)}, {compute}"
    whose = {"the words": "its words", "all tokens": "all its tokens"}[depths.mean_of(trace)]
    return f"used {depth(depths.mean_depth(trace))} of {count(layers, 'layer')} (the mean of {whose}) and {compute}"


def _went(trace: Trace) -> str:
    """What a sentence that goes up as one did: "stopped after layer 2 of 6"."""
    layers = len(trace.layers)
    if trace.skipped_layers:
        return depths.skips(trace)
    if trace.exit_layer == layers:
        return f"used {'all ' * (layers > 1)}{count(layers, 'layer')}"
    return f"stopped after {layer_names(trace.layers)[trace.exit_layer - 1]}{_of(trace)}"


def _of(trace: Trace) -> str:
    """ " of 6", where all layers are of one model."""
    return f" of {len(trace.layers)}" if len({size.stage for size in trace.layers}) == 1 else ""


def cells_key(trace: Trace, full: Trace | None) -> str:
    """How to read the marks that occur in the staircase of a trace."""
    seen = set(np.unique(states(trace, columns(trace))).tolist())
    whole = one_decision(trace)
    measured = bool(np.isfinite(trace.probs[1 : trace.exit_layer + 1]).any())
    fill = "tags" if trace.unit == "token" else "sure" if whole and measured else "depth"
    marks = {"blank": State.AFTER, "frozen": State.FROZEN, "dropped": State.DROPPED, "skipped": State.SKIPPED, "merged": State.MERGED}
    silent = trace.transformed & trace.leads & np.isnan(trace.probs[1:]).any(-1) if trace.unit == "token" else np.zeros(1, bool)
    asked = ["unasked"] if silent.any() else []
    names = [fill, *asked, *(name for name, state in marks.items() if state in seen), *(["agrees"] if full is not None else [])]
    also = [*([BACK] if (trace.returned >= 0).any() else []), *([BORDER] if borders(trace, columns(trace)) else [])]
    return " ".join([*(KEY[name] for name in names), *also])


def ladder_key(trace: Trace) -> str:
    """How to read the marks that occur in the ladder of a trace."""
    seen = set(np.unique(states(trace, columns(trace))).tolist())
    marks = {"dropped": State.DROPPED, "frozen": State.FROZEN, "skipped": State.SKIPPED}
    return " ".join(LADDER_KEY[name] for name in (*(name for name, state in marks.items() if state in seen), "bars"))


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
    """The conditions of the rule, layer by layer, for the word of a column (the sentence, where it goes up as one)."""
    found = [c for c in of_token(compared, col.pieces[0]) if c.decides and np.isfinite(c.values).any()]
    ranks = next((by_layer(trace, c) for c in told_of(trace, compared, card) if not c.decides), None)
    rows = [_row(trace, col, layer, found, ranks) for layer in range(len(trace.layers) + 1)]
    kept = [row for row in rows if row.pop("show")]
    return Why(" ".join([_fate(trace, col), *(_reason(trace, found, card) if found else _ranked(trace, col, ranks))]), kept)


def _row(trace: Trace, col: Column, layer: int, found: Sequence[Comparison], ranks: Comparison | None) -> dict[str, Any]:
    probs = trace.probs[layer, unit_of(trace, col)]
    said = "" if np.isnan(probs).any() else f"{trace.labels[int(probs.argmax())]} {percent(float(probs.max()))}"
    done = layer > 0 and bool(trace.transformed[layer - 1, list(col.pieces)].any())
    name = "before layer 1" if layer == 0 else layer_names(trace.layers)[layer - 1]
    out: dict[str, Any] = {"show": layer > 0, "layer": name}
    if trace.unit == "token" or one_decision(trace):
        out["answer"] = said
    if not found:
        read = ranks is not None and np.isfinite(ranks.values[layer, col.pieces[0]])
        own = {} if ranks is None else {name_of(ranks): ranked(ranks.values[layer], col.pieces[0]) if read else ""}
        return out | own | {"computed": "yes" if done else "no"}
    known = [np.isfinite([c.values[layer], c.limits[layer]]).all() for c in found]
    if len(found) == 1:
        value, limit = ((number(float(v[layer])) if known[0] else "") for v in (found[0].values, found[0].limits))
        out |= {name_of(found[0]): value, "limit": limit}
    else:
        out |= {name_of(c): against(c, float(c.values[layer]), layer) if there else "" for c, there in zip(found, known, strict=True)}
    if not any(known):
        return out | {"stops": "" if done else "not computed"}
    return out | {"show": True, "stops": "yes" if stops(found)[layer] == 1 else "no"}


def _fate(trace: Trace, col: Column) -> str:
    """What became of it."""
    layers, place = len(trace.layers), col.pieces[0]
    names = layer_names(trace.layers)
    if one_decision(trace):
        return f"The whole {noun(trace.task)} {_went(trace)}: {trace.predicted[0]}."
    word = f"“{shorten(col.label, 30)}”"
    deep, gone, merged = int(trace.depth[place]), int(trace.dropped_at[place]), int(trace.merged_at[place])
    answer = "" if trace.unit == "sentence" or col.special else trace.predicted[place]
    if gone:
        return f"{word} was dropped in {names[gone - 1]}{f'; {answers(trace, col)}' if trace.returned[place] >= 0 else ''}."
    if merged and trace.merged_into is not None:
        whom = trace.tokens[int(trace.merged_into[merged - 1, place])]
        return f"{word} was merged into “{shorten(whom, 30)}” in {names[merged - 1]}."
    passed = [str(i + 1) for i in np.flatnonzero(trace.skipped[:, place])]
    if passed:
        return f"{word} went through {deep} of {count(layers, 'layer')} and passed by {listing(passed, len(passed))}."
    end = f"went through all {count(layers, 'layer')}" if deep == layers else f"stopped after {names[max(deep, 1) - 1]} of {layers}"
    return f"{word} {end}{f': {answer}' if answer else ''}."


def _reason(trace: Trace, found: Sequence[Comparison], card: Card | None) -> list[str]:
    said = stops(found)
    rows, crossed = np.flatnonzero(np.isfinite(said)), np.flatnonzero(said == 1)
    if not len(rows):
        return []
    groups = alternatives(found)
    if not len(crossed):
        return [_never(group) for group in groups]
    last, first = int(crossed[-1]), int(crossed[0])
    met = [group for group in groups if together(group)[last]]
    if first == last == len(trace.layers):
        return [_sentence(f"{_all(group, last)}, in the last layer only.") for group in met]
    out = [f"There {'; '.join(_all(group, last) for group in met)}."]
    out += ["Either was enough." if len(met) == 2 else "Each was enough."] if len(met) > 1 else []
    if first < last and len(found) == 1 and card is not None and len(card.knobs) > 1:
        others = "; ".join(f"{k.label} = {number(trace.knobs.get(k.name, k.default))}" for k in card.knobs[1:])
        out.append(f"It was {found[0].side} it earlier, but had to wait: {others}.")
    return out


def _all(group: Sequence[Comparison], layer: int | None = None) -> str:
    """That all conditions of a group held: with their values where a layer is given."""
    if layer is None:
        return " and ".join(f"{owned(c)} was {bound(c)}" for c in group)
    return " and ".join(f"{owned(c)} was {against(c, float(c.values[layer]), layer)}" for c in group)


def _never(group: Sequence[Comparison]) -> str:
    """That a group never held: which of its conditions never did, or that all did, but never after one layer."""
    alone = [c for c in group if not c.held.any()]
    if alone:
        return " ".join(_sentence(f"{owned(c)} was never {bound(c)}.") for c in alone)
    return _sentence(f"{_all(group)}, but never after the same layer.")


def _sentence(said: str) -> str:
    """As a sentence begins."""
    return said[:1].upper() + said[1:]


def _ranked(trace: Trace, col: Column, ranks: Comparison | None) -> list[str]:
    """For rules that rank tokens instead of holding them against a limit: with what it stayed behind last."""
    place = col.pieces[0]
    passed = np.flatnonzero(trace.skipped[:, place])
    gone = int(passed[-1]) + 1 if len(passed) else int(trace.left_at[place])
    if not gone or ranks is None or np.isnan(ranks.values[gone, place]):
        return []
    there = f" in {layer_names(trace.layers)[gone - 1]}" if len(passed) > 1 else ""
    why = cut_by_first(trace, ranks.values[gone], gone, place) or f"; {went_on(trace, ranks.values[gone], gone)} went on"
    return [f"The rule ranks tokens by {name_of(ranks)}: it had {ranked(ranks.values[gone], place)}{there}{why}."]
