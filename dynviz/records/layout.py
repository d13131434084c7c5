"""How a batch of sentences lies in flat arrays, and the checks every record makes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

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


def bools(values: Any) -> Bools:
    """A read-only array of truth values."""
    return cast(Bools, frozen_array(values, bool))


def ints(values: Any) -> Ints:
    """A read-only array of whole numbers."""
    return cast(Ints, frozen_array(values, np.int64))


def floats(values: Any) -> NDArray[np.float64]:
    """A read-only array of numbers; None becomes NaN."""
    return cast(NDArray[np.float64], frozen_array(values, np.float64))


def check_shape(owner: str, name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    """Raise ValueError, saying what was wrong, unless the array has this shape."""
    if array.shape != shape:
        raise ValueError(f"{owner}.{name} has shape {array.shape}, expected {shape}")


@dataclass(frozen=True, eq=False)
class Sentences:
    """Where the tokens of a batch lie: sentence s owns `lengths[s]` consecutive places of the N.

    lengths: (S,) tokens per sentence, at least 1. special: (N,) true on [CLS], [SEP] and their like; the first token
    of every sentence is special. word: (N,) index of the word within its sentence, -1 on special tokens. segment: (N,) which of two texts a
    token is of, 0 or 1, as the tokenizer marks it; None where there is one.
    """

    lengths: Ints
    special: Bools
    word: Ints
    segment: Ints | None = None

    def __post_init__(self) -> None:
        for name, dtype in (("lengths", np.int64), ("special", bool), ("word", np.int64)):
            object.__setattr__(self, name, frozen_array(getattr(self, name), dtype))
        if self.lengths.size and self.lengths.min() < 1:
            raise ValueError("Sentences.lengths holds an empty sentence")
        for name in ("special", "word"):
            check_shape(type(self).__name__, name, getattr(self, name), (self._places(),))
        if self.segment is not None:
            object.__setattr__(self, "segment", ints(self.segment))
            check_shape(type(self).__name__, "segment", self.segment, (self._places(),))

    def _places(self) -> int:
        return int(self.lengths.sum())

    @cached_property
    def starts(self) -> Ints:
        """(S,) place of each sentence's first token, its [CLS]."""
        return ints(np.concatenate([[0], np.cumsum(self.lengths)[:-1]]))

    @cached_property
    def owner(self) -> Ints:
        """(N,) the sentence each token belongs to."""
        return ints(np.repeat(np.arange(len(self.lengths)), self.lengths))

    @cached_property
    def position(self) -> Ints:
        """(N,) the place of each token in its sentence, from 0."""
        return ints(np.arange(len(self.owner)) - self.starts[self.owner])

    @cached_property
    def first(self) -> Bools:
        """(N,) true on the [CLS] of each sentence."""
        out = np.zeros(len(self.special), bool)
        out[self.starts] = True
        return bools(out)

    @cached_property
    def leads(self) -> Bools:
        """(N,) true on the first piece of each word: the piece that carries the word's answer."""
        before = np.concatenate([[-1], self.word[:-1]])
        return bools((self.word >= 0) & ((self.word != before) | np.concatenate([[True], np.diff(self.owner) != 0])))

    def count(self, mask: Bools) -> Ints:
        """(..., S) how many tokens of each sentence are true in a (..., N) mask."""
        if mask.ndim == len(self.lengths) == 1:  # far quicker, and asked several times a layer
            return np.array([np.count_nonzero(mask)])
        return np.add.reduceat(mask.astype(np.int64), self.starts, axis=-1)

    def any(self, mask: Bools) -> Bools:
        """(..., S) whether any token of the sentence is true in a (..., N) mask."""
        return np.logical_or.reduceat(mask, self.starts, axis=-1)

    def span(self, sentence: int) -> slice:
        """The places of a sentence's tokens."""
        start = int(self.starts[sentence])
        return slice(start, start + int(self.lengths[sentence]))

    def places(self, sentences: Ints) -> Ints:
        """(N',) the places of some sentences' tokens, one sentence after the other in the order given."""
        return np.concatenate([np.arange(self.starts[s], self.starts[s] + self.lengths[s]) for s in sentences])

    def only(self, sentences: Ints) -> "Sentences":
        """Some of the sentences, in the order given."""
        at = self.places(sentences)
        return type(self)(self.lengths[sentences], self.special[at], self.word[at], None if self.segment is None else self.segment[at])

    def units(self, unit: Unit) -> int:
        """How many answers there are: one for each sentence, or one for each token."""
        return len(self.lengths) if unit == "sentence" else len(self.special)


@dataclass(frozen=True, eq=False)
class Whole(Sentences):
    """Sentences that exit as a whole, so that one place stands for all tokens: sentence s has one place, N is S, and it counts as its
    `lengths[s]` tokens.

    How recorded exits are replayed: a mask over sentences says as much as one over tokens, and is far quicker.
    """

    @classmethod
    def of(cls, lengths: Ints) -> "Whole":
        """Sentences of these lengths (S,)."""
        return cls(lengths, np.zeros(len(lengths), bool), np.full(len(lengths), -1))

    def _places(self) -> int:
        return len(self.lengths)

    @cached_property
    def starts(self) -> Ints:
        """(S,) the place of each sentence."""
        return ints(np.arange(len(self.lengths)))

    @cached_property
    def owner(self) -> Ints:
        """(S,) the sentence of each place."""
        return self.starts

    def count(self, mask: Bools) -> Ints:
        """(..., S) all tokens of each sentence that is true in a (..., S) mask."""
        return mask * self.lengths

    def any(self, mask: Bools) -> Bools:
        """(..., S) the mask itself."""
        return mask

    def span(self, sentence: int) -> slice:
        """The one place of a sentence."""
        return slice(sentence, sentence + 1)
