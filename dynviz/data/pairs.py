"""Two texts -> the pieces of both, between the marks that the model's tokenizer puts around and between them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dynviz.data import pieces
from dynviz.data.examples import Examples
from dynviz.data.pieces import Pieces, lost_words
from dynviz.errors import InputError, refusing
from dynviz.records import Ints, Sentences


def cut(tokenizer: Any, pairs: Sequence[Sequence[str]], max_length: int) -> Pieces:
    """Tokenize pairs of texts for a model that takes `max_length` pieces; pieces that are too many are taken off the longer text.

    A pair is shown as one text of two lines: offsets and words of the second one go on where those of the first end.
    """
    options = {"truncation": "longest_first", "max_length": max_length, "return_offsets_mapping": True, "return_token_type_ids": True}
    with refusing("The model's tokenizer cannot cut two texts", "Check its tokenizer.json, or give one text"):
        encoded = tokenizer([first for first, _ in pairs], [second for _, second in pairs], **options)
    ids = [np.array(x, np.int64) for x in encoded["input_ids"]]
    own = [_one(encoded, s, pair, max_length) for s, pair in enumerate(pairs)]
    word, place, lost = (list(part) for part in zip(*own, strict=True))
    segment = np.concatenate([np.array(x, np.int64) for x in encoded["token_type_ids"]])
    flat, words = np.concatenate(ids), np.concatenate(word)
    layout = Sentences(np.array([len(x) for x in ids]), words < 0, words, segment)
    names = tuple(tokenizer.convert_ids_to_tokens(flat.tolist()))
    return Pieces(tuple("\n".join(pair) for pair in pairs), flat, layout, names, np.concatenate(place), np.array(lost, np.int64))


def cut_examples(tokenizer: Any, examples: Examples, max_length: int, by_word: bool) -> Pieces:
    """Tokenize examples, as texts, lists of words or pairs, for a model that takes `max_length` pieces."""
    if examples.second is None:
        return pieces.cut(tokenizer, examples.texts, max_length, by_word)
    return cut(tokenizer, list(zip(map(str, examples.texts), examples.second, strict=True)), max_length)


def _one(encoded: Any, s: int, pair: Sequence[str], most: int) -> tuple[Ints, Ints, int]:
    """(T,) words, (T, 2) offsets, and words not read, of one pair."""
    which = np.array([-1 if w is None else w for w in encoded.sequence_ids(s)])
    second = np.flatnonzero(which == 1)
    if which[0] >= 0 or not len(second) or which[second[0] - 1] >= 0:
        raise InputError("The model's tokenizer does not keep two texts apart", "it puts no mark between them", "Give one text")
    own = np.array([-1 if w is None else w for w in encoded.word_ids(s)], np.int64)
    place = np.array(encoded["offset_mapping"][s], np.int64).reshape(-1, 2)
    parts = [lost_words(text, place[which == i], len(own) >= most) for i, text in enumerate(pair)]
    word = own + np.where(which == 1, own[which == 0].max(initial=-1) + 1, 0)
    shift = np.where(which == 1, len(pair[0]) + 1, 0)
    return word, np.where(which[:, None] >= 0, place + shift[:, None], 0), sum(parts)
