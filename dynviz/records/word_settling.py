"""When each word of a text settles, by two readings that no task is trained for; what a tagger says of it stands in its trace."""

from dataclasses import dataclass

import numpy as np

from dynviz.records.layout import Bools, Floats, Ints, bools, check_shape, floats, ints


@dataclass(frozen=True, eq=False)
class StatesNear:
    """How near each word's state is to its last one. words: W as typed. cosine: (L, W) after each layer, of the word's first piece."""

    words: tuple[str, ...]
    cosine: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "cosine", floats(self.cosine))
        check_shape("StatesNear", "cosine", self.cosine, (len(self.cosine), len(self.words)))

    @property
    def layers(self) -> int:
        """How many there are."""
        return len(self.cosine)

    def settled(self, bar: float) -> Ints:
        """(W,) the first layer (from 1) from which on the state stays at least so near to the last one, which the last always is."""
        far = self.cosine[:-1] < bar
        return ints(np.where(far.any(0), len(far) - np.argmax(far[::-1], axis=0), 0) + 1) if len(far) else ints(np.ones(len(self.words)))


@dataclass(frozen=True, eq=False)
class ReadBack:
    """How likely each word is where it stands, hidden, in its text. words: W as typed. layers: H that are read, in order, the encoder's
    last one at most. probs: (H, W) of a word of several pieces the product over them; NaN of words that were not asked."""

    words: tuple[str, ...]
    layers: tuple[int, ...]
    probs: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "probs", floats(self.probs))
        check_shape("ReadBack", "probs", self.probs, (len(self.layers), len(self.words)))

    @property
    def asked(self) -> Bools:
        """(W,) which words were."""
        return bools(~np.isnan(self.probs).any(0))

    def first(self, bar: float) -> Ints:
        """(W,) the first layer at which the word is at least so likely, 0 where none is; -1 of words that were not asked."""
        likely = np.nan_to_num(self.probs, nan=-1.0) >= bar
        found = np.where(likely.any(0), np.array(self.layers)[likely.argmax(0)], 0)
        return ints(np.where(self.asked, found, -1))
