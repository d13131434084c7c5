"""When each word of a text settles, by readings that no task is trained for: of states, and of words hidden one by one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dynviz.checkpoint.catalogue import Checkpoint
from dynviz.checkpoint.config import neighbour
from dynviz.checkpoint.masked_config import MaskedConfig, has_heads, read_masked
from dynviz.measure import word_settling
from dynviz.records.files import as_path
from dynviz.records.word_settling import ReadBack, StatesNear

if TYPE_CHECKING:  # torch is imported when a model is loaded
    from dynviz.checkpoint.masked import MaskedReader
    from dynviz.checkpoint.model import Model
    from dynviz.core.encoder import Encoder


def whole_base(base: str | Path) -> "Encoder":
    """A base as it was before it was trained for any task, to be given to `states_near`; its weights are those of all models on it."""
    from dynviz.checkpoint.masked import base_encoder

    return base_encoder(as_path(base))


def states_near(model: "Model", text: str, base: "Path | Encoder | None" = None) -> StatesNear:
    """How near each word's state comes to its last one, layer by layer, in a model in which nothing stops; any encoder has that.

    base: that which it stands on, or its folder, to read the pre-trained model itself, before it was trained for a task.

    >>> states_near(load("sst2-plain"), "The sky is blue.").settled(0.5)  # doctest: +SKIP
    """
    return word_settling.states_near(model, text, whole_base(base) if isinstance(base, Path) else base)


def hidden_words(checkpoint: Checkpoint) -> Path | None:
    """The folder of the base that a checkpoint stands on, where heads lie that read hidden words from its states; None where none do."""
    base = neighbour(checkpoint.folder, checkpoint.backbone)
    return base if has_heads(base) else None


def guessing(base: str | Path) -> MaskedConfig:
    """How the heads of a base were fitted, and what they reach on words of other books."""
    return read_masked(as_path(base))


def load_reader(base: str | Path) -> "MaskedReader":
    """A base and its heads, to be given to `read_back`."""
    from dynviz.checkpoint import masked

    return masked.load_reader(as_path(base))


def read_back(reader: "MaskedReader", text: str, asked: Sequence[int]) -> ReadBack:
    """How guessable words of a text are: each is hidden in a run of its own, and read back after some of the layers.

    asked: the words' numbers; the first few of them, in the first part of a long text.
    """
    return word_settling.read_back(reader, text, asked)
