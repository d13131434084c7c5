"""When each word of a text settles: how near its state is to its last one, and how likely it is where it is hidden.

Words are cut as word-level tasks cut them, whatever the model's own task, so that the readings stand word beside word. Of a word of several
pieces the first piece's state is read, as word-level models read it; it is hidden with all its pieces, whose number can then be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dynviz.data.pieces import Pieces, cut
from dynviz.errors import InputError
from dynviz.measure.analysis import MAX_CHARACTERS, cut_text, loaded
from dynviz.records.layout import Bools, Floats, Ints
from dynviz.records.word_settling import ReadBack, StatesNear

if TYPE_CHECKING:  # torch is imported when a model is loaded
    from torch import Tensor

    from dynviz.checkpoint.masked import MaskedReader
    from dynviz.checkpoint.model import Model
    from dynviz.core.encoder import Encoder

HALF = 0.5  # of the probability: a word that has it is read back
PIECES = 128  # of a text that are read where words are hidden: each word takes a run over all of them
WORDS = 28  # that are hidden, one after the other, when asked once
TOGETHER = 1_024  # pieces run at once, so that memory does not grow with the text


def states_near(model: "Model", text: str, encoder: "Encoder | None" = None) -> StatesNear:
    """Of each word of a text under a model in which nothing stops (of several encoders the last): its states against its last one.
    encoder: read its states, and not the model's own; it takes the same pieces."""
    cut_text(loaded(model), text)  # says what is wrong with a text that cannot be read
    pieces = by_word(model.tokenizer, text, model.max_length)
    if not pieces.sentences.leads.any():
        raise InputError("There is no word in the text", "only signs that the model drops", "Type a sentence")
    return StatesNear(words_in(pieces), nearness(encoder or model.stages[-1], pieces))


def nearness(encoder: "Encoder", pieces: Pieces) -> Floats:
    """(L, W) cosine of the state of each word of one text, its first piece's, after each layer, to its last one."""
    import torch

    with torch.inference_mode():
        states = torch.stack(_states(encoder, torch.from_numpy(pieces.ids)[None])[1:])[:, 0]
        leads = states[:, torch.from_numpy(np.array(pieces.sentences.leads))]
        found: Floats = torch.nn.functional.cosine_similarity(leads, leads[-1:], dim=-1).numpy()
    return found


def read_back(reader: "MaskedReader", text: str, asked: Sequence[int]) -> ReadBack:
    """How likely words of a text are, each hidden in a run of its own. asked: their numbers; beyond `WORDS` of them, or beyond the first
    `PIECES` pieces of the text, none is."""
    most = min(PIECES, reader.encoder.max_length)
    pieces = by_word(reader.tokenizer, text, most)
    words, whole = words_in(pieces), whole_words(pieces, most)
    kept = [word for word in asked if 0 <= word < whole][:WORDS]
    probs = np.full((len(reader.heads.layers), len(words)), np.nan)
    probs[:, kept] = likely(reader, pieces, kept)
    return ReadBack(words, reader.heads.layers, probs)


def whole_words(pieces: Pieces, most: int) -> int:
    """How many words of one text were read whole. most: pieces that are read; where it has so many, its last word may go on."""
    return int(pieces.sentences.word.max(initial=-1)) + 1 - (len(pieces.ids) >= most)


def likely(reader: "MaskedReader", pieces: Pieces, words: Sequence[int]) -> Floats:
    """(H, n) how likely words of one text are at each layer that is read, each hidden in a run of its own, so many at once as fit."""
    step = max(TOGETHER // len(pieces.ids), 1)
    parts = [answered(reader, pieces, words[start : start + step]).probs for start in range(0, len(words), step)]
    return np.concatenate([np.zeros((len(reader.heads.layers), 0)), *parts], axis=1)


@dataclass(frozen=True, eq=False)
class Answered:
    """What the heads say of hidden words. probs: (H, n) of each word; right: (H, n) whether each of its pieces is the likeliest one."""

    probs: Floats
    right: Bools


def answered(reader: "MaskedReader", pieces: Pieces, words: Sequence[int]) -> Answered:
    """What the heads say of words of one text, each hidden in a run of its own, all run at once."""
    import torch

    ids = torch.from_numpy(np.stack([hidden(pieces, word, reader.mask) for word in words]))
    own = torch.from_numpy(np.stack([pieces.sentences.word == word for word in words]))
    there = torch.from_numpy(pieces.ids).expand_as(ids)[own]
    rows = own.nonzero()[:, 0]
    probs, right = [], []
    with torch.inference_mode():
        states = _states(reader.encoder, ids)
        for place, layer in enumerate(reader.heads.layers):
            logits = reader.heads.logits(place, states[layer][own], reader.embeddings)
            told = logits.double().log_softmax(-1).gather(1, there[:, None])[:, 0]
            probs.append(torch.zeros(len(words), dtype=torch.float64).index_add_(0, rows, told).exp())
            missed = (logits.argmax(-1) != there).long()
            right.append(torch.zeros(len(words), dtype=torch.int64).index_add_(0, rows, missed) == 0)
    return Answered(torch.stack(probs).numpy(), torch.stack(right).numpy())


def hidden(pieces: Pieces, word: int, mask: int) -> Ints:
    """(T,) the pieces of one text with all those of one word, and no other, behind the mask."""
    return np.where(pieces.sentences.word == word, mask, pieces.ids)


def by_word(tokenizer: object, text: str, max_length: int) -> Pieces:
    """A text cut into words, as word-level tasks cut it."""
    return cut(tokenizer, [text[:MAX_CHARACTERS]], max_length, by_word=True)


def words_in(pieces: Pieces) -> tuple[str, ...]:
    """The words of one text as typed."""
    places = pieces.sentences.word
    ends = [np.flatnonzero(places == word)[[0, -1]] for word in range(int(places.max(initial=-1)) + 1)]
    return tuple(pieces.texts[0][int(pieces.offsets[a, 0]) : int(pieces.offsets[b, 1])] for a, b in ends)


def _states(encoder: "Encoder", ids: "Tensor") -> "list[Tensor]":
    """(B, T, D) after 0..L layers of texts of one length."""
    import torch

    return encoder.padded(ids, torch.ones(ids.shape, dtype=torch.bool))
