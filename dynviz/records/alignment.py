"""Two texts side by side: which word of the one stands where in the other."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import numpy as np

from dynviz.records.trace import Trace

Pair = tuple[int | None, int | None]


def align(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Places of the same word in both, in order; a replaced word beside its replacement, None where a text has nothing.

    >>> align(["a", "dull", "plot"], ["a", "plot", "!"])
    [(0, 0), (1, None), (2, 1), (None, 2)]
    """
    out: list[Pair] = []
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        out += zip(_padded(range(a, b), d - c), _padded(range(c, d), b - a), strict=True)
    return out


def _padded(places: Sequence[int], count: int) -> list[int | None]:
    return [*places, *[None] * max(count - len(places), 0)]


def is_word(typed: str) -> bool:
    """Whether a reader would count it as a word: a sign is none."""
    return any(map(str.isalnum, typed))


def words_of(trace: Trace) -> list[str]:
    """The words of a text as typed, those that were read."""
    return [trace.text[start:stop] for start, stop, _ in _spans(trace)]


def word_depths(trace: Trace) -> list[int]:
    """Layers each word went through: the most of its pieces."""
    return [int(trace.depth[places].max()) for _, _, places in _spans(trace)]


def word_answers(trace: Trace) -> list[str]:
    """What was answered for each word, where each has an answer of its own."""
    return [trace.predicted[int(places[0])] for _, _, places in _spans(trace)]


def _spans(trace: Trace) -> Iterator[tuple[int, int, "np.ndarray[tuple[int], np.dtype[np.int64]]"]]:
    for word in range(int(trace.word.max(initial=-1)) + 1):
        places = np.flatnonzero(trace.word == word)
        if len(places):
            yield int(trace.offsets[places[0], 0]), int(trace.offsets[places[-1], 1]), places
