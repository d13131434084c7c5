"""Text -> pieces: what a tokenizer made of some texts, and where its pieces lie in them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dynviz.errors import refusing
from dynviz.records import Ints, Sentences

# Words as treebanks cut them: contractions split ("do n't", "she 's"), numbers and hyphenless words whole, marks alone.
_WORD = re.compile(
    r"\w+(?=n['’]t\b)|n['’]t\b|['’](?:s|m|d|re|ve|ll)\b|\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?\b|[^\W_]+(?:\.[^\W_]\.)+|\w+|\.{2,}|-{2,}|[^\w\s]",
    re.IGNORECASE,
)

_CLITIC = re.compile(r"n['’]t|['’](?:s|m|d|re|ve|ll)", re.IGNORECASE)

_BLANKS = re.compile(r"\s*")

_JOINER = "\u200d"
_ATTACHED = {_JOINER, "\ufe0e", "\ufe0f", *map(chr, range(0x1F3FB, 0x1F400))}  # variation selectors, skin tones


@dataclass(frozen=True, eq=False)
class Pieces:
    """Some texts, or pairs of them, cut. ids: (N,); sentences: the layout; tokens: N strings as shown; offsets: (N, 2) characters in each
    text, 0, 0 on special tokens; lost: (S,) words of the text beyond the model's limit, not read. A pair is shown as one text of two
    lines."""

    texts: tuple[str, ...]
    ids: Ints
    sentences: Sentences
    tokens: tuple[str, ...]
    offsets: Ints
    lost: Ints

    def only(self, keep: Ints) -> "Pieces":
        """The same for a choice of sentences, in the order given."""
        at = self.sentences.places(keep)
        some, tokens = self.sentences.only(keep), tuple(self.tokens[i] for i in at)
        return Pieces(tuple(self.texts[s] for s in keep), self.ids[at], some, tokens, self.offsets[at], self.lost[keep])


def words(text: str) -> list[tuple[int, int]]:
    """Where the words of a text begin and end, cut as treebanks do.

    >>> [("I don't."[a:b]) for a, b in words("I don't.")]
    ['I', 'do', "n't", '.']
    """
    out: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        begin, end = match.span()
        if out and out[-1][1] == begin and _joins(text, begin):
            out[-1] = (out[-1][0], end)
        else:
            out.append((begin, end))
    return out


def _joins(text: str, place: int) -> bool:
    """Whether what begins here belongs to what ends here: accents, vowel signs, and emoji made of several."""
    before, after = text[place - 1], text[place]
    if before == _JOINER or after in _ATTACHED or unicodedata.category(after)[0] == "M":
        return True
    return unicodedata.category(before)[0] == "M" and (after.isalnum() or after == "_")


def as_typed(tokens: Sequence[str]) -> str:
    """A list of words as a reader would type it: without the spaces that cutting it again does not need.

    >>> as_typed(["I", "do", "n't", ",", "said", "she", "."])
    "I don't, said she."
    """
    text = tokens[0] if tokens else ""
    for i, token in enumerate(tokens[1:], start=1):
        close = _CLITIC.fullmatch(token) or token in set(".,;:!?)%") or tokens[i - 1] == "("
        tight = text + token
        text = tight if close and [tight[a:b] for a, b in words(tight)] == list(tokens[: i + 1]) else f"{text} {token}"
    return text


def cut(tokenizer: Any, texts: Sequence[str] | Sequence[Sequence[str]], max_length: int, by_word: bool = False) -> Pieces:
    """Tokenize texts, or lists of words, for a model that takes `max_length` pieces.

    by_word: treat each text as a list of words (lists are taken as they are, strings are cut by `words`), as word-level
    tasks need. A list of words becomes a text by joining with spaces. A Hugging Face fast tokenizer is expected; one that `reads_whole`
    is given the text and not its words, as its model was never trained on words of ours.
    """
    lists = [_joined(t) if not isinstance(t, str) else (t, words(t)) for t in texts] if by_word else []
    shown = [text for text, _ in lists] if by_word else [t if isinstance(t, str) else " ".join(t) for t in texts]
    spans = [s for _, s in lists] if by_word else None
    apart = by_word and not getattr(tokenizer, "reads_whole", False)
    given = [[t[a:b] for a, b in s] for t, s in lists] if apart else shown
    with refusing("The model's tokenizer cannot cut the text", "Check its tokenizer.json, or try another text"):
        encoded = tokenizer(given, is_split_into_words=apart, **_options(max_length))
    ids, special, word, offsets, lost = [], [], [], [], []
    for s, text in enumerate(shown):
        owners = np.array([-1 if w is None else w for w in encoded.word_ids(s)], np.int64)
        place = np.array(encoded["offset_mapping"][s], np.int64).reshape(-1, 2)
        if spans is not None and apart:
            begin = np.array([spans[s][w][0] if w >= 0 else 0 for w in owners], np.int64)
            place = np.where(owners[:, None] >= 0, place + begin[:, None], 0)
        elif spans is not None:
            owners = _owners(text, spans[s], place, owners)
        ids.append(encoded["input_ids"][s])
        special.append(owners < 0)
        word.append(owners)
        offsets.append(place)
        lost.append(_lost(text, spans[s] if spans is not None else None, place, owners, len(owners) >= max_length))
    layout = Sentences(np.array([len(x) for x in ids]), np.concatenate(special), np.concatenate(word))
    flat = np.concatenate([np.array(x, np.int64) for x in ids])
    names = tuple(tokenizer.convert_ids_to_tokens(flat.tolist()))
    return Pieces(tuple(shown), flat, layout, names, np.concatenate(offsets), np.array(lost, np.int64))


def _owners(text: str, spans: list[tuple[int, int]], place: Ints, owners: Ints) -> Ints:
    """The word of each piece of a text that was cut whole: the one in which its first character lies; -1 on special pieces."""
    begins = [_BLANKS.match(text, begin).end() for begin in place[:, 0]]  # type: ignore[union-attr]  # it always matches
    found = np.searchsorted(np.array([begin for begin, _ in spans], np.int64), begins, side="right") - 1
    return np.where((owners >= 0) & (len(spans) > 0), np.maximum(found, 0), -1)


def _options(max_length: int) -> dict[str, Any]:
    return {"truncation": True, "max_length": max_length, "return_offsets_mapping": True}


def _joined(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    ends = np.cumsum([len(t) + 1 for t in tokens]) - 1
    return " ".join(tokens), [(int(e) - len(t), int(e)) for t, e in zip(tokens, ends, strict=True)]


def _lost(text: str, spans: list[tuple[int, int]] | None, place: Ints, owners: Ints, full: bool) -> int:
    """Words beyond the last piece read, when the model's limit was reached."""
    if not full:
        return 0
    if spans is not None:
        return len(spans) - int(owners.max(initial=-1)) - 1
    return lost_words(text, place, full)


def lost_words(text: str, place: Ints, full: bool) -> int:
    """The same of a text whose words are what blanks part."""
    if not full:
        return 0
    rest = text[int(place[:, 1].max(initial=0)) :]
    return len(rest.split()) - (bool(rest) and not rest[0].isspace())  # a word read in part is not lost
