"""What one run did to one text: the record behind every picture of a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynviz.records import merges
from dynviz.records.cost import LayerSize, layers_flops, plain_flops
from dynviz.records.interventions import Interventions
from dynviz.records.layout import Bools, Floats, Ints, Unit, bools, check_shape, floats, ints


@dataclass(frozen=True, eq=False)
class Trace:
    """What one run did to one text.

    tokens: T pieces as shown; offsets: (T, 2) their characters in `text` (0, 0 for special ones); word: (T,) index of
    the word, -1 on special tokens; special: (T,) bool. attending, visible, transformed: (L, T) bool.
    readings: name -> (L+1,) or (L+1, T). probs: (L+1, U, C), answer: (U, C), U = 1 or T, NaN where not read.
    labels: C class names. layers: L sizes. extra_flops: (L+1,) FLOPs outside the layers. plain_head: FLOPs of the plain
    model's own head on this text. knobs: name -> setting. model, method, task, digest: which checkpoint, and its hash.
    versions: library -> version. note: a sentence for the reader ("only the first 512 pieces were read"), or "".
    merged_into: (L, T) the place where each token's state lies after a layer, its own unless it was merged into another; None where
    nothing was merged.
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
    merged_into: Ints | None = None

    def __post_init__(self) -> None:
        layers, tokens = len(self.layers), len(self.tokens)
        for name in ("attending", "visible", "transformed", "special"):
            object.__setattr__(self, name, bools(getattr(self, name)))
        for name in ("offsets", "word", "extra_flops"):
            object.__setattr__(self, name, ints(getattr(self, name)))
        for name in ("probs", "answer"):
            object.__setattr__(self, name, floats(getattr(self, name)))
        object.__setattr__(self, "readings", {k: floats(v) for k, v in self.readings.items()})
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
        if self.merged_into is not None:
            object.__setattr__(self, "merged_into", merges.checked(self.merged_into, self.attending, self.visible, self.transformed))

    @property
    def unit(self) -> Unit:
        """Whether the text has one answer or one per word."""
        return "sentence" if self.answer.shape[0] == 1 and len(self.tokens) > 1 else "token"

    @cached_property
    def depth(self) -> Ints:
        """(T,) feed-forward blocks run on each token."""
        return ints(self.transformed.sum(0))

    @cached_property
    def exit_layer(self) -> int:
        """The last layer (from 1) in which anything was computed."""
        return int(np.flatnonzero(self.attending.any(1)).max(initial=-1)) + 1

    @cached_property
    def layers_run(self) -> int:
        """How many layers computed anything: fewer than `exit_layer` where the whole text skipped some."""
        return int(self.attending.any(1).sum())

    @cached_property
    def skipped_layers(self) -> tuple[int, ...]:
        """The layers (from 1) that the whole text skipped on its way to the last one it ran."""
        return tuple(int(i) + 1 for i in np.flatnonzero(~self.attending[: self.exit_layer].any(1)))

    @cached_property
    def skipped(self) -> Bools:
        """(L, T) passed by unchanged by a token that comes back: in a later layer or, where it is the last that ran, for the answer.

        The latter is known by tokens that came back from layers in which others were computed; one dropped by hand does not come back.
        """
        later = np.logical_or.accumulate(self.transformed[::-1], 0)[::-1]
        out = later & ~self.transformed
        if self.exit_layer > 1 and out[self.attending.any(1)].any():
            last = self.transformed[self.exit_layer - 2] & ~self.visible[self.exit_layer - 1]
            last[[token for token, _ in Interventions.from_knobs(self.knobs).drop]] = False
            out[self.exit_layer - 1] |= last
        return bools(out)

    @cached_property
    def last_seen(self) -> Ints:
        """(T,) the last layer (from 1) in which each token was visible to others; 0 for never."""
        return ints(np.where(self.visible.any(0), len(self.layers) - np.argmax(self.visible[::-1], axis=0), 0))

    @cached_property
    def left_at(self) -> Ints:
        """(T,) the layer in or before whose feed-forward block a token left for good, dropped or merged; 0: it did not.

        A token that was last transformed in layer d of a run that went on to e > d, and was not seen in layers after
        d + 1, left in layer d + 1. Frozen tokens stay visible and tokens that come back (`skipped`) are transformed later,
        or read for the answer.
        """
        gone = (self.depth < self.exit_layer) & (self.last_seen < self.exit_layer) & ~self.skipped[max(self.exit_layer, 1) - 1]
        between = (self.last_seen == self.exit_layer) & ~self.transformed[self.exit_layer - 1] & self.attending[self.exit_layer - 1]
        return ints(np.where(gone | between, self._last + 1, 0))

    @cached_property
    def returned(self) -> Ints:
        """(T,) of a token that was dropped and comes back for its answer: the layer (from 1) that it went through last, whose state
        answers, 0 for its embedding; -1 for all others. Known by being read after the last layer, which it did not go through."""
        read = ~np.isnan(self.probs[self.exit_layer]).any(-1) & (self.unit == "token")
        return ints(np.where(read & (self.dropped_at > 0), self._last, -1))

    @cached_property
    def _last(self) -> Ints:
        """(T,) the last layer (from 1) in which each token was transformed; 0 for never."""
        return ints(np.where(self.transformed.any(0), len(self.layers) - np.argmax(self.transformed[::-1], axis=0), 0))

    @cached_property
    def merged_at(self) -> Ints:
        """(T,) the layer in which a token was merged into another; 0: it was not."""
        return ints(np.zeros(len(self.tokens))) if self.merged_into is None else merges.merged_at(self.merged_into)

    @cached_property
    def dropped_at(self) -> Ints:
        """(T,) the layer in or before whose feed-forward block a token was dropped for good; 0: it was not."""
        return ints(np.where(self.merged_at > 0, 0, self.left_at))

    @cached_property
    def sizes(self) -> Ints:
        """(L, T) how many tokens each one stands for after a layer: itself and those merged into it; 0 for those."""
        return ints(np.ones(self.visible.shape)) if self.merged_into is None else merges.sizes(self.merged_into)

    def members(self, layer: int, token: int) -> list[int]:
        """The places of the tokens, itself among them, that one stands for after a layer (from 1)."""
        return [token] if self.merged_into is None else np.flatnonzero(self.merged_into[layer - 1] == token).tolist()

    @cached_property
    def frozen(self) -> Bools:
        """(L, T) seen in the layer, but not computed: the state was copied up."""
        return bools(self.visible & ~self.attending)

    @cached_property
    def kept(self) -> Ints:
        """(L,) tokens transformed in each layer."""
        return ints(self.transformed.sum(1))

    @cached_property
    def layer_flops(self) -> Ints:
        """(L,) FLOPs inside each layer."""
        attending, visible, transformed = self.attending.sum(1), self.visible.sum(1), self.transformed.sum(1)
        return ints(layers_flops(self.layers, attending, visible, transformed, np.array(len(self.tokens))))

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
        return bools((self.word >= 0) & (self.word != np.concatenate([[-1], self.word[:-1]])))

    def same_as(self, other: "Trace", tolerance: float = 0.0) -> bool:
        """Whether two traces are equal: masks and names equal, numbers within the tolerance."""
        for item in fields(self):
            mine, theirs = getattr(self, item.name), getattr(other, item.name)
            if item.name == "readings":
                equal = mine.keys() == theirs.keys() and all(_close(mine[k], theirs[k], tolerance) for k in mine)
            else:
                arrays = [isinstance(value, np.ndarray) for value in (mine, theirs)]
                equal = _close(mine, theirs, tolerance) if all(arrays) else not any(arrays) and mine == theirs
            if not equal:
                return False
        return True


def _close(a: NDArray[Any], b: NDArray[Any], tolerance: float) -> bool:
    if a.shape != b.shape:
        return False
    return np.allclose(a, b, rtol=0, atol=tolerance, equal_nan=True) if a.dtype.kind == "f" else np.array_equal(a, b)
