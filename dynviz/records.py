"""What happened, as plain numbers: `Sentences` (the layout), `Run` (many texts), `Trace` (one text).

Nothing here knows of torch, plotly or streamlit. Arrays are read-only. Facts are stored once; everything else
(depth, exit layer, FLOPs, share) is derived, so that nothing can contradict itself.

Letters used in shapes: L layers (all stages on one axis), S sentences, N tokens of all sentences one after the other,
T tokens of one sentence, U answers (one per sentence, or one per token), C classes. Axis of length L+1: row 0 is the
embeddings, row l is what was measured after layer l. NaN: not read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dynviz.cost import LayerSize, layers_flops, plain_flops

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]
Unit = Literal["sentence", "token"]


def frozen_array(values: Any, dtype: Any = None) -> Any:
    """A read-only array of these values; a copy only where the values were writable or of another type."""
    array = np.asarray(values, dtype=dtype)
    if array.flags.writeable:
        array = array.copy() if array is values else array
        array.setflags(write=False)
    return array


def check_shape(owner: str, name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    """Raise ValueError, saying what was wrong, unless the array has this shape."""
    if array.shape != shape:
        raise ValueError(f"{owner}.{name} has shape {array.shape}, expected {shape}")


@dataclass(frozen=True, eq=False)
class Sentences:
    """Where the tokens of a batch lie: sentence s owns `lengths[s]` consecutive places of the N.

    lengths: (S,) tokens per sentence, at least 1. special: (N,) true on [CLS], [SEP] and their like; the first token
    of every sentence is special. word: (N,) index of the word within its sentence, -1 on special tokens.
    """

    lengths: Ints
    special: Bools
    word: Ints

    def __post_init__(self) -> None:
        for name, dtype in (("lengths", np.int64), ("special", bool), ("word", np.int64)):
            object.__setattr__(self, name, frozen_array(getattr(self, name), dtype))
        if self.lengths.size and self.lengths.min() < 1:
            raise ValueError("Sentences.lengths holds an empty sentence")
        for name in ("special", "word"):
            check_shape("Sentences", name, getattr(self, name), (int(self.lengths.sum()),))

    @cached_property
    def starts(self) -> Ints:
        """(S,) place of each sentence's first token, its [CLS]."""
        return frozen_array(np.concatenate([[0], np.cumsum(self.lengths)[:-1]]), np.int64)

    @cached_property
    def owner(self) -> Ints:
        """(N,) the sentence each token belongs to."""
        return frozen_array(np.repeat(np.arange(len(self.lengths)), self.lengths))

    @cached_property
    def first(self) -> Bools:
        """(N,) true on the [CLS] of each sentence."""
        out = np.zeros(len(self.special), bool)
        out[self.starts] = True
        return frozen_array(out)

    @cached_property
    def leads(self) -> Bools:
        """(N,) true on the first piece of each word: the piece that carries the word's answer."""
        before = np.concatenate([[-1], self.word[:-1]])
        return frozen_array((self.word >= 0) & ((self.word != before) | np.concatenate([[True], np.diff(self.owner) != 0])))

    def count(self, mask: Bools) -> Ints:
        """(..., S) how many tokens of each sentence are true in a (..., N) mask."""
        return np.add.reduceat(mask.astype(np.int64), self.starts, axis=-1)

    def any(self, mask: Bools) -> Bools:
        """(..., S) whether any token of the sentence is true in a (..., N) mask."""
        return np.logical_or.reduceat(mask, self.starts, axis=-1)

    def units(self, unit: Unit) -> int:
        """How many answers there are: one per sentence, or one per token."""
        return len(self.lengths) if unit == "sentence" else len(self.special)


@dataclass(frozen=True, eq=False)
class Run:
    """What one run did to many texts, flat; `traces` of it are made by the api, which knows the texts.

    attending, visible, transformed: (L, N) bool, who was computed as query, as key and value, in the feed-forward block.
    readings: name -> (L+1, S) or (L+1, N). probs: (L+1, U, C) class probabilities read after each layer.
    answer: (U, C) the answer given. extra_flops: (L+1, S) FLOPs outside the layers (heads, gates, stage entry).
    plain_head: (S,) FLOPs of the plain model's own answer. knobs: the settings of the run.
    """

    sentences: Sentences
    sizes: tuple[LayerSize, ...]
    unit: Unit
    attending: Bools
    visible: Bools
    transformed: Bools
    readings: Mapping[str, Floats]
    probs: Floats
    answer: Floats
    extra_flops: Ints
    plain_head: Ints
    knobs: Mapping[str, float]

    @cached_property
    def flops(self) -> Ints:
        """(S,) FLOPs spent on each sentence, everything included."""
        count = self.sentences.count
        inside = layers_flops(self.sizes, count(self.attending), count(self.visible), count(self.transformed))
        return inside.sum(0) + self.extra_flops.sum(0)

    @cached_property
    def plain_flops(self) -> Ints:
        """(S,) FLOPs of the plain model on the same sentences."""
        return plain_flops(self.sizes, self.sentences.lengths, self.plain_head)

    @cached_property
    def depth(self) -> Ints:
        """(N,) feed-forward blocks run on each token: the one definition of token depth."""
        return self.transformed.sum(0)

    @cached_property
    def exit_layer(self) -> Ints:
        """(S,) the last layer in which anything of the sentence was computed."""
        ran = self.sentences.any(self.attending)
        return len(ran) - np.argmax(ran[::-1], axis=0)

    @cached_property
    def predicted(self) -> Ints:
        """(U,) the class answered, -1 where nothing was read (pieces that carry no word's answer)."""
        unread = np.isnan(self.answer).any(-1)
        return np.where(unread, -1, np.where(np.isnan(self.answer), -np.inf, self.answer).argmax(-1))


@dataclass(frozen=True, eq=False)
class Trace:
    """What one run did to one text.

    tokens: T pieces as shown; offsets: (T, 2) their characters in `text` (0, 0 for special ones); word: (T,) index of
    the word, -1 on special tokens; special: (T,) bool. attending, visible, transformed: (L, T) bool.
    readings: name -> (L+1,) or (L+1, T). probs: (L+1, U, C), answer: (U, C), U = 1 or T, NaN where not read.
    labels: C class names. layers: L sizes. extra_flops: (L+1,) FLOPs outside the layers. plain_head: FLOPs of the plain
    model's own head on this text. knobs: name -> setting. model, method, task, digest: which checkpoint, and its hash.
    versions: library -> version. note: a sentence for the reader ("only the first 512 pieces were read"), or "".
    """

    text: str
    tokens: tuple[str, ...]
    offsets: Ints
    word: Ints
    special: Bools
    attending: Bools
    visible: Bools
    transformed: Bools
    readings: Mapping[str, Floats]
    probs: Floats
    answer: Floats
    labels: tuple[str, ...]
    layers: tuple[LayerSize, ...]
    extra_flops: Ints
    plain_head: int
    knobs: Mapping[str, float]
    model: str = ""
    method: str = ""
    task: str = ""
    digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def __post_init__(self) -> None:
        layers, tokens = len(self.layers), len(self.tokens)
        for name in ("attending", "visible", "transformed", "special"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), bool))
        for name in ("offsets", "word", "extra_flops"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), np.int64))
        for name in ("probs", "answer"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), np.float64))
        object.__setattr__(self, "readings", {k: frozen_array(v, np.float64) for k, v in self.readings.items()})
        for name in ("attending", "visible", "transformed"):
            check_shape("Trace", name, getattr(self, name), (layers, tokens))
        check_shape("Trace", "offsets", self.offsets, (tokens, 2))
        check_shape("Trace", "word", self.word, (tokens,))
        check_shape("Trace", "special", self.special, (tokens,))
        check_shape("Trace", "extra_flops", self.extra_flops, (layers + 1,))
        units = self.answer.shape[0] if self.answer.ndim == 2 else -1
        if units not in (1, tokens):
            raise ValueError(f"Trace.answer has shape {self.answer.shape}, expected one row, or one per token")
        check_shape("Trace", "answer", self.answer, (units, len(self.labels)))
        check_shape("Trace", "probs", self.probs, (layers + 1, units, len(self.labels)))
        for name, values in self.readings.items():
            if values.shape not in ((layers + 1,), (layers + 1, tokens)):
                raise ValueError(f"Trace.readings[{name!r}] has shape {values.shape}, expected {(layers + 1,)} or {(layers + 1, tokens)}")
        if (self.transformed & ~self.attending).any():
            raise ValueError("Trace.transformed marks a token in a layer in which its attention was not computed")

    @property
    def unit(self) -> Unit:
        """Whether the text has one answer or one per word."""
        return "sentence" if self.answer.shape[0] == 1 and len(self.tokens) > 1 else "token"

    @cached_property
    def depth(self) -> Ints:
        """(T,) feed-forward blocks run on each token."""
        return frozen_array(self.transformed.sum(0))

    @cached_property
    def exit_layer(self) -> int:
        """The last layer (from 1) in which anything was computed."""
        return int(np.flatnonzero(self.attending.any(1)).max(initial=-1)) + 1

    @cached_property
    def last_seen(self) -> Ints:
        """(T,) the last layer (from 1) in which each token was visible to others; 0 for never."""
        return frozen_array(np.where(self.visible.any(0), len(self.layers) - np.argmax(self.visible[::-1], axis=0), 0))

    @cached_property
    def dropped_at(self) -> Ints:
        """(T,) the layer in or before whose feed-forward block a token was removed for good; 0: not dropped.

        A token that was last transformed in layer d of a run that went on to e > d, and was not seen in layers after
        d + 1, was dropped in layer d + 1. Frozen tokens stay visible and tokens that come back are transformed later.
        """
        gone = (self.depth < self.exit_layer) & (self.last_seen < self.exit_layer)
        between = (self.last_seen == self.exit_layer) & ~self.transformed[self.exit_layer - 1] & self.attending[self.exit_layer - 1]
        last = np.where(self.transformed.any(0), len(self.layers) - np.argmax(self.transformed[::-1], axis=0), 0)
        return frozen_array(np.where(gone | between, last + 1, 0))

    @cached_property
    def frozen(self) -> Bools:
        """(L, T) seen in the layer, but not computed: the state was copied up."""
        return frozen_array(self.visible & ~self.attending)

    @cached_property
    def kept(self) -> Ints:
        """(L,) tokens transformed in each layer."""
        return frozen_array(self.transformed.sum(1))

    @cached_property
    def layer_flops(self) -> Ints:
        """(L,) FLOPs inside each layer."""
        return frozen_array(layers_flops(self.layers, self.attending.sum(1), self.visible.sum(1), self.transformed.sum(1)))

    @cached_property
    def flops(self) -> int:
        """FLOPs spent on the text: layers, heads, gates and stage entries."""
        return int(self.layer_flops.sum() + self.extra_flops.sum())

    @cached_property
    def plain_flops(self) -> int:
        """FLOPs of the plain model on the same text."""
        return int(plain_flops(self.layers, np.array(len(self.tokens)), np.array(self.plain_head)))

    @property
    def share(self) -> float:
        """FLOPs spent over FLOPs of the plain model; may exceed 1."""
        return self.flops / self.plain_flops

    @cached_property
    def predicted(self) -> tuple[str, ...]:
        """U labels answered, "" where nothing was read (pieces that carry no word's answer)."""
        return tuple("" if np.isnan(row).any() else self.labels[int(row.argmax())] for row in self.answer)

    @cached_property
    def leads(self) -> Bools:
        """(T,) true on the first piece of each word."""
        return frozen_array((self.word >= 0) & (self.word != np.concatenate([[-1], self.word[:-1]])))

    def same_as(self, other: "Trace", tolerance: float = 0.0) -> bool:
        """Whether two records tell the same: masks and names equal, numbers within the tolerance."""
        for item in fields(self):
            mine, theirs = getattr(self, item.name), getattr(other, item.name)
            if item.name == "readings":
                equal = mine.keys() == theirs.keys() and all(_close(mine[k], theirs[k], tolerance) for k in mine)
            else:
                equal = _close(mine, theirs, tolerance) if isinstance(mine, np.ndarray) else mine == theirs
            if not equal:
                return False
        return True


def _close(a: NDArray[Any], b: NDArray[Any], tolerance: float) -> bool:
    if a.shape != b.shape:
        return False
    return np.allclose(a, b, rtol=0, atol=tolerance, equal_nan=True) if a.dtype.kind == "f" else np.array_equal(a, b)
