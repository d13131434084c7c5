"""The columns of a sentence: words joined from pieces, or pieces; and what happened to each in each layer."""

from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dynviz.records import Trace
from dynviz.records.cost import LayerSize

By = Literal["word", "piece"]
JOINED = "‿"  # marks a piece that continues a word


class State(IntEnum):
    """What happened to a column in a layer; of a word whose pieces differ, the largest counts."""

    AFTER = 0  # the sentence had its answer
    GONE = 1
    HELD = 2  # merged in a layer before; its state lies in another
    FROZEN = 3  # still seen by others, no longer computed
    SKIPPED = 4  # passed by unchanged; comes back in a later layer, or for the answer
    DROPPED = 5  # removed in this layer
    MERGED = 6  # into another, in this layer
    COMPUTED = 7


@dataclass(frozen=True)
class Column:
    """A word or piece. label: as typed, not escaped. pieces: its places in the trace, the first carries its answer."""

    label: str
    pieces: tuple[int, ...]
    special: bool


def columns(trace: Trace, by: By = "word") -> tuple[Column, ...]:
    """The columns in reading order; special tokens are columns of their own."""
    if by == "piece":
        return tuple(Column(piece_label(trace, i), (i,), bool(trace.special[i])) for i in range(len(trace.tokens)))
    places = range(len(trace.tokens))
    groups = groupby(places, key=lambda i: (int(trace.word[i]), i if trace.word[i] < 0 else -1))
    return tuple(_word(trace, tuple(group)) for _, group in groups)


def piece_label(trace: Trace, place: int) -> str:
    """A piece as shown: without its ##, with a joining mark where it continues a word."""
    token = trace.tokens[place]
    joined = place > 0 and trace.word[place] >= 0 and trace.word[place] == trace.word[place - 1]
    return (JOINED if joined else "") + (token[2:] if joined and token.startswith("##") else token)


def _word(trace: Trace, pieces: tuple[int, ...]) -> Column:
    start, stop = int(trace.offsets[pieces[0], 0]), int(trace.offsets[pieces[-1], 1])
    typed = trace.text[start:stop]
    joined = "".join(trace.tokens[i].removeprefix("##") if k else trace.tokens[i] for k, i in enumerate(pieces))
    return Column(typed if typed and trace.word[pieces[0]] >= 0 else joined, pieces, bool(trace.special[pieces[0]]))


def states(trace: Trace, cols: tuple[Column, ...]) -> NDArray[np.int8]:
    """(L, C) the `State` of each column in each layer."""
    done, layers = trace.transformed, len(trace.layers)
    layer = np.arange(1, layers + 1)[:, None]
    out = np.full(done.shape, State.GONE, np.int8)
    out[trace.visible & ~done] = State.FROZEN
    out[trace.skipped] = State.SKIPPED
    out[layer == trace.dropped_at[None]] = State.DROPPED
    if trace.merged_into is not None:
        there = np.take_along_axis(done, trace.merged_into, 1)
        out[there & (layer > trace.merged_at) & (trace.merged_at > 0)] = State.HELD
        out[layer == trace.merged_at[None]] = State.MERGED
    out[done] = State.COMPUTED
    out[trace.exit_layer :] = State.AFTER
    return np.stack([out[:, list(c.pieces)].max(1) for c in cols], 1)


def last_computed(state: NDArray[np.int8]) -> NDArray[np.int64]:
    """(C,) the last layer (from 1) in which each column was computed, 0 for never."""
    done = state == State.COMPUTED
    return np.where(done.any(0), len(done) - np.argmax(done[::-1], axis=0), 0)


def one_decision(trace: Trace) -> bool:
    """Whether the sentence went up as one, and could not but do so: every layer computed all of its tokens or none, and nothing was read
    of single tokens, by which some could have stopped before the others."""
    by_token = any(values.ndim == 2 for values in trace.readings.values())
    return trace.unit == "sentence" and not by_token and bool(np.isin(trace.kept, (0, len(trace.tokens))).all())


def layer_names(sizes: tuple[LayerSize, ...]) -> tuple[str, ...]:
    """ "layer 1", ... or, with several stages on one axis, "small 1", ..., "big 1", ..."""
    stages = [size.stage for size in sizes]
    if len(set(stages)) < 2:
        return tuple(f"layer {i + 1}" for i in range(len(stages)))
    return tuple(f"{stage} {stages[: i + 1].count(stage)}" for i, stage in enumerate(stages))


def unit_of(trace: Trace, column: Column) -> int:
    """The row of `probs` and `answer` that belongs to a column."""
    return column.pieces[0] if trace.answer.shape[0] == len(trace.tokens) else 0


def columns_shown(shown: range, count: int) -> str:
    """Which columns of a long text are shown: "columns 1 to 40 of 96"."""
    return f"columns {shown[0] + 1} to {shown[-1] + 1} of {count}"


def clipped(window: tuple[int, int] | None, count: int) -> range:
    """The columns of a window (start, stop), all by default."""
    start, stop = window or (0, count)
    start = min(max(start, 0), count - 1)
    return range(start, min(max(stop, start + 1), count))


def same_text(trace: Trace, full: Trace | None) -> None:
    """Raise ValueError unless the full-depth trace is of the same tokens."""
    if full is not None and full.tokens != trace.tokens:
        raise ValueError("the full-depth trace belongs to another text: its tokens differ")
