"""Rows of our own for tiny classifiers: what they are labelled hangs on a word in them."""

import numpy as np

WORDS = ("the", "film", "is", "good", "bad", "not")
LABELS = {"good": "yes", "bad": "no"}


def rows(count: int = 40, seed: int = 0) -> list[tuple[str, str]]:
    """Texts of a few words, labelled by the first of "good" and "bad" in them, or "maybe"."""
    rng = np.random.default_rng(seed)
    texts = [list(map(str, rng.choice(WORDS, rng.integers(2, 9)))) for _ in range(count)]
    return [(" ".join(words), next((LABELS[w] for w in words if w in LABELS), "maybe")) for words in texts]


def tagged(count: int = 40) -> list[tuple[list[str], list[str]]]:
    """The same texts as words, each with a tag."""
    return [(text.split(), [LABELS.get(word, "maybe") for word in text.split()]) for text, _ in rows(count)]


def pairs(count: int = 40) -> list[tuple[str, str, str]]:
    """Pairs of such texts: whether both have one label."""
    both = zip(rows(count), rows(count, 1), strict=True)
    return [(one, other, "yes" if a == b else "no") for (one, a), (other, b) in both]
