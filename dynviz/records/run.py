"""What one run did to many texts, flat: the form in which the engine works."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dynviz.records.cost import LayerSize, layers_flops, plain_flops
from dynviz.records.layout import Bools, Floats, Ints, Sentences, Unit, Whole, bools, floats, ints


@dataclass(frozen=True, eq=False)
class Run:
    """What one run did to many texts, flat; `traces` of it are made by the api, which knows the texts.

    attending, visible, transformed: (L, N) bool, who was computed as query, as key and value, in the feed-forward block.
    readings: name -> (L+1, S) or (L+1, N). probs: (L+1, U, C) class probabilities read after each layer.
    answer: (U, C) the answer given. extra_flops: (L+1, S) FLOPs outside the layers (heads, gates, stage entry).
    plain_head: (S,) FLOPs of the plain model's own answer. knobs: the settings of the run.
    merged_into: (L, N) the place where each token's state lies after a layer, its own unless it was merged; None where nothing was.
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
    merged_into: Ints | None = None

    @classmethod
    def of_readings(
        cls, lengths: Ints, sizes: tuple[LayerSize, ...], readings: Mapping[str, Floats], probs: Floats, plain_head: Ints
    ) -> "Run":
        """A run at full depth rebuilt from stored readings of sentences, as `replay` needs it; the tokens themselves are not needed."""
        layers, (count, classes) = len(sizes), probs.shape[1:]
        everything = bools(np.ones((layers, count), bool))
        nothing, none = np.zeros((count, classes)), np.zeros((layers + 1, count), np.int64)
        return cls(Whole.of(lengths), sizes, "sentence", everything, everything, everything, readings, probs, nothing, none, plain_head, {})

    @cached_property
    def flops(self) -> Ints:
        """(S,) FLOPs spent on each sentence, everything included."""
        return ints(self.layer_flops.sum(0) + self.extra_flops.sum(0))

    @cached_property
    def layer_flops(self) -> Ints:
        """(L, S) FLOPs spent inside each layer; heads and gates come on top."""
        count = self.sentences.count
        return ints(layers_flops(self.sizes, count(self.attending), count(self.visible), self.kept, self.sentences.lengths))

    @cached_property
    def kept(self) -> Ints:
        """(L, S) tokens whose feed-forward block was computed in each layer."""
        return ints(self.sentences.count(self.transformed))

    @cached_property
    def plain_flops(self) -> Ints:
        """(S,) FLOPs of the plain model on the same sentences."""
        return plain_flops(self.sizes, self.sentences.lengths, self.plain_head)

    @cached_property
    def depth(self) -> Ints:
        """(N,) feed-forward blocks run on each token: the one definition of token depth."""
        return ints(self.transformed.sum(0))

    @cached_property
    def mean_depth(self) -> Floats:
        """(S,) mean depth of each sentence's tokens."""
        return floats(self.kept.sum(0) / self.sentences.lengths)

    @cached_property
    def exit_layer(self) -> Ints:
        """(S,) the last layer in which anything of the sentence was computed."""
        ran = self.sentences.any(self.attending)
        return ints(len(ran) - np.argmax(ran[::-1], axis=0))

    @cached_property
    def predicted(self) -> Ints:
        """(U,) the class answered, -1 where nothing was read (pieces that carry no word's answer)."""
        unread = np.isnan(self.answer).any(-1)
        return ints(np.where(unread, -1, np.where(np.isnan(self.answer), -np.inf, self.answer).argmax(-1)))

    def only(self, chosen: int) -> "Run":
        """The run restricted to one sentence."""
        tokens = self.sentences.span(chosen)
        sentence = slice(chosen, chosen + 1)
        units = sentence if self.unit == "sentence" else tokens

        def part(values: Floats) -> Floats:
            return values[:, sentence if values.shape[1] == len(self.sentences.lengths) else tokens]

        whole = self.sentences
        segment = None if whole.segment is None else whole.segment[tokens]
        layout = type(whole)(whole.lengths[sentence], whole.special[tokens], whole.word[tokens], segment)
        return Run(
            layout, self.sizes, self.unit, self.attending[:, tokens], self.visible[:, tokens], self.transformed[:, tokens],
            {k: part(v) for k, v in self.readings.items()}, self.probs[:, units], self.answer[units], self.extra_flops[:, sentence],
            self.plain_head[sentence], self.knobs, None if self.merged_into is None else ints(self.merged_into[:, tokens] - tokens.start),
        )  # fmt: skip
