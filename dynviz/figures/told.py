"""What a rule read of a token, in words: its value, and the limit it was held against, or its place among those read with it."""

from collections.abc import Sequence

import numpy as np

from dynviz.figures.columns import Column, State, columns, states
from dynviz.figures.conditions import against, name_of, short
from dynviz.figures.wording import safe, shorten
from dynviz.records import Bools, Floats, Ints, Trace
from dynviz.records.card import Card, Comparison

PIECES = 3  # of a word, that are told apart


def told_of(trace: Trace, compared: Sequence[Comparison], card: Card | None) -> tuple[Comparison, ...]:
    """Per token, what the rule of a run read: held against a limit, or, without limits, what it ranks tokens by."""
    held = tuple(c for c in compared if c.values.ndim == 2 and c.reading in trace.readings)
    names = {c.reading for c in held}
    known = [r for r in (card.readings if card else ()) if r.compared and r.unit == "token" and r.name not in names]
    ranked = [(r, trace.readings[r.name]) for r in known if r.name in trace.readings and trace.readings[r.name].ndim == 2]
    return (*held, *(Comparison(r.name, r.label, values, np.full(len(values), np.nan), "at least") for r, values in ranked))


def first_row(trace: Trace, read: Comparison) -> int:
    """The row of a reading (L+1, T) by which tokens go through layer 1 or leave: 0 where it is read before a layer, 1 where in it.

    Only what is read in a layer is there of those that leave in it, and is mostly there in the last one too.
    """
    there = np.isfinite(read.values)
    return int((there[1:] & leaving(trace)).any() or there[trace.exit_layer].any())


def leaving(trace: Trace) -> Bools:
    """(L, T) where a token is dropped, merged into another or passed by."""
    return np.isin(states(trace, columns(trace, "piece")), (State.DROPPED, State.MERGED, State.SKIPPED))


def by_layer(trace: Trace, read: Comparison) -> Comparison:
    """The reading with row l for layer l, as it decides about that layer: one read before a layer moves up by a row."""
    if first_row(trace, read):
        return read
    values, limits = (np.concatenate([np.full_like(x[:1], np.nan), x[:-1]]) for x in (read.values, read.limits))
    return Comparison(read.reading, read.label, values, limits, read.side, read.group)


def places(values: Floats) -> Ints:
    """(T,) the place of each value among those that were read, the largest 1, ties by position; 0 where it was not."""
    out = np.zeros(len(values), np.int64)
    there = np.flatnonzero(np.isfinite(values))
    out[there[np.argsort(-values[there], kind="stable")]] = np.arange(1, len(there) + 1)
    return out


def ranked(values: Floats, piece: int) -> str:
    """ "0.04, the 3rd largest of 12"."""
    place = int(places(values)[piece])
    return f"{short(values[piece])}, the {'' if place == 1 else f'{_th(place)} '}largest of {int(np.isfinite(values).sum())}"


def cut_by_first(trace: Trace, values: Floats, layer: int, piece: int) -> str:
    """That a token leaves in a layer (from 1) only because the first one, whatever its own place, takes one; "" where it is not so."""
    place, stays = places(values), ~leaving(trace)[layer - 1]
    went = np.flatnonzero(stays & (place > 0))
    if not len(went) or went[0] or place[piece] > len(went) or (place[went] > place[piece]).sum() != (place[0] > place[piece]):
        return ""
    return f"; {len(went)} went on, and {trace.tokens[0]} is always one of them" if place[0] > place[piece] else ""


def went_on(trace: Trace, values: Floats, layer: int) -> int:
    """How many of the tokens that were ranked go on from a layer (from 1)."""
    return int((np.isfinite(values) & ~leaving(trace)[layer - 1]).sum())


def read_in(trace: Trace, told: Sequence[Comparison], layer: int, col: Column) -> list[str]:
    """What a pointer reads of a column in a layer (from 1), a line for each reading and piece; escaped. told: as `by_layer` has them."""
    out = []
    for read in told:
        for piece in [p for p in col.pieces if np.isfinite(read.values[layer, p])][:PIECES]:
            of = f" of “{shorten(trace.tokens[piece], 18)}”" if len(col.pieces) > 1 else ""
            out.append(safe(f"{name_of(read)}{of}: {value_of(read, layer, piece)}"))
    return out


def value_of(read: Comparison, row: int, piece: int) -> str:
    """A value with its limit, or with its place where it is held against none."""
    return against(read, float(read.values[row, piece]), row) if read.decides else ranked(read.values[row], piece)


def _th(n: int) -> str:
    return f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
