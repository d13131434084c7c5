"""What a set of kept tokens is made of: which words its pieces belong to, and which pieces of a text are still there after an edit."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dynviz.data.edits import Edit, candidates
from dynviz.data.pieces import Pieces, cut, words
from dynviz.measure.calibration import auroc
from dynviz.measure.evaluate import run_all, subject_of
from dynviz.records import Bools, Floats, Ints
from dynviz.records.alignment import align
from dynviz.records.rank import spearman
from dynviz.records.word_readings import CONTENT

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model

ENDS = frozenset(".?!")  # after these a tagger is given a text of its own, as it was trained on sentences
LONGEST = 40  # words given to a tagger at once
ANY = 10_000  # edits of a text: all there are


def tags(tagger: "Model", texts: Sequence[str]) -> list[list[str]]:
    """The part of speech of every word (`data.pieces.words`) of each text, as a tagging model says; "" of a word it did not read."""
    spoken = [[text[a:b] for a, b in words(text)] for text in texts]
    out = [[""] * len(one) for one in spoken]
    parts = [(s, begin, end) for s, one in enumerate(spoken) for begin, end in sentence_bounds(one)]
    pieces = cut(tagger.tokenizer, [spoken[s][a:b] for s, a, b in parts], tagger.max_length, by_word=True)
    said = run_all(subject_of(tagger), pieces, tagger.knobs()).predicted
    for place in np.flatnonzero(pieces.sentences.leads):
        s, begin, _ = parts[pieces.sentences.owner[place]]
        out[s][begin + pieces.sentences.word[place]] = tagger.config.labels[said[place]]
    return out


def sentence_bounds(spoken: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end among the words of a text, none longer than `LONGEST`."""
    begin = 0
    for i, word in enumerate(spoken, start=1):
        if word in ENDS or i == len(spoken) or i - begin == LONGEST:
            yield begin, i
            begin = i


def of_pieces(pieces: Pieces, spoken: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """N parts of speech, each piece's that of its word; "" where there is none known. spoken: of the words of each text."""
    out = np.full(len(pieces.tokens), "", dtype=object)
    for s, (text, said) in enumerate(zip(pieces.texts, spoken, strict=True)):
        begins = [a for a, _ in words(text)]
        there = np.arange(len(out))[pieces.sentences.span(s)]
        there = there[~pieces.sentences.special[there]]
        if begins:
            at = np.searchsorted(begins, pieces.offsets[there, 0], side="right").clip(1) - 1
            out[there] = [said[w] for w in at]
    return tuple(out)


def of_content(spoken: Sequence[str]) -> Floats:
    """(N,) 1 on the pieces of content words, 0 on those of others, NaN where no part of speech is known."""
    return np.array([float(tag in CONTENT) if tag else np.nan for tag in spoken])


def shares(content: Floats, kept: Bools, owner: Ints, sentences: int) -> tuple[Floats, Floats]:
    """(S,) the share of content words' pieces among the kept, and among all; NaN where nothing known is kept."""
    known = ~np.isnan(content)
    both = []
    for among in (known & kept, known):
        of, has = np.bincount(owner[among], minlength=sentences), np.bincount(owner[among], content[among], sentences)
        both.append(np.where(of > 0, has / np.maximum(of, 1), np.nan))
    return both[0], np.where(np.isnan(both[0]), np.nan, both[1])


def agreement(scores: Floats, kept: Bools, pieces: Pieces) -> Floats:
    """(S,) AUROC of a score (N,) for being kept, among a sentence's word pieces; NaN where all or none are kept."""
    sentences = pieces.sentences
    spans = [sentences.span(s) for s in range(len(sentences.lengths))]
    return np.array([auroc(scores[a][~sentences.special[a]], kept[a][~sentences.special[a]]) for a in spans])


def in_step(scores: Floats, others: Floats, pieces: Pieces) -> Floats:
    """(S,) Spearman's rank correlation of two scores (N,) among a sentence's word pieces that both were read of; NaN where it has none."""
    there = np.isfinite(scores) & np.isfinite(others) & ~pieces.sentences.special
    spans = [pieces.sentences.span(s) for s in range(len(pieces.texts))]
    return np.array([spearman(scores[a][there[a]][None], others[a][there[a]][None])[0] for a in spans])


def one_of_each(text: str, rng: np.random.Generator) -> list[Edit]:
    """A deletion and a replacement of one word, drawn by lot; those of them that there are."""
    found = candidates(text, ANY)
    groups = [[e for e in found if (e.kind == "deleted") is deleted] for deleted in (True, False)]
    return [group[int(rng.integers(len(group)))] for group in groups if group]


def overlap(before: tuple[Pieces, Bools], after: tuple[Pieces, Bools]) -> tuple[float, float]:
    """Of two texts, each with what is kept of it: the Jaccard index of the kept pieces, among the word pieces that are in both; and what
    two sets drawn by lot, as large as these, have (the ratio of expected sizes). NaN where none of these pieces is kept."""
    (one, left), (other, still) = before, after
    pairs = [
        (i, j)
        for i, j in align(one.tokens, other.tokens)
        if i is not None and j is not None and one.tokens[i] == other.tokens[j] and not one.sentences.special[i]
    ]
    old, new = (kept[[pair[side] for pair in pairs]] for side, kept in enumerate((left, still)))
    a, b, n = int(old.sum()), int(new.sum()), len(pairs)
    if not a + b:
        return np.nan, np.nan
    expected = a * b / n
    return float((old & new).sum() / (old | new).sum()), expected / (a + b - expected)
