"""What columns of data files are called: names by which texts, labels and tags are found, and the words a name is made of."""

import re

TEXT = ("text", "sentence", "review", "content", "comment", "utterance", "tweet", "phrase", "document", "body")
TOKENS = ("tokens", "words", "token")
LABEL = ("label", "labels", "sentiment", "class", "category", "target", "gold", "polarity", "y", "rating", "stars")
TAGS = ("tags", "upos", "pos", "pos_tags", "upos_tags", "tag", "ner_tags", "ner", "xpos", "chunk", "chunk_tags", "labels", "label")
TITLES = ("title", "headline", "subject", "summary")  # of a text that stands beside them
HALVES = ("premise", "hypothesis", "question", "answer", "query", "passage", "context", "response", "description")
OF_PAIRS = ("quality", "is_duplicate", "duplicate", "is_paraphrase", "paraphrase", "same")  # labels of pairs of texts
SCORES = (*LABEL, "score", "similarity", "similarity_score", "relatedness_score")
_LABELS = frozenset({"label", "labels", "sentiment", "polarity", "rating", "stars", "gold"})  # say so as a part of a name, too
_PREDICTED = frozenset({
    "predicted", "predict", "prediction", "predictions", "pred", "preds", "predlabel", "yhat", "hat", "model", "output", "outputs",
    "system", "hyp", "guess", "guessed", "inferred", "classifier",
})  # fmt: skip
TRUTH = frozenset({"true", "truth", "gold", "actual", "human"})
_OPINION = frozenset({
    *LABEL, "labelled", "labeled", "annotation", "annotated", "score", "overall", "star", "ratings", "truth", "true", "actual", "opinion",
    "feeling", "mood", "tone", "emotion", "feedback", "like", "liked", "likes", "recommend", "recommended", "satisfied", "happy", "verdict",
    "positive", "negative", "pos", "neg", "good", "bad", "positivity", "voted",
})  # fmt: skip


def bare(column: str) -> str:
    """A column's name to compare by; a second one of the same name, "label (2)", is called alike."""
    return re.sub(r" \(\d{1,3}\)$", "", column[:100].strip().lower())


def parts(column: str) -> tuple[str, ...]:
    """The words a name is made of.

    >>> parts("reviewText"), parts("is_positive")
    (('review', 'text'), ('is', 'positive'))
    """
    return tuple(re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column[:100]).lower()))


def headless(column: str) -> bool:
    """Whether a column has but a number for a name, as those of a file without header have."""
    return re.fullmatch(r"column \d{1,6}", column) is not None


def like_labels(column: str) -> bool:
    """Whether a column is called like labels, or a part of its name is: airline_sentiment, true_label."""
    return bare(column) in LABEL or not _LABELS.isdisjoint(parts(column))


def predicted(column: str) -> bool:
    """Whether a column is called like the answers of a model, which are not the truth."""
    return not _PREDICTED.isdisjoint(parts(column))


def of_opinions(column: str) -> bool:
    """Whether a name leaves it open that 0 and 1, or no and yes, are opinions; "is_spam" does not."""
    return not column.strip() or headless(column) or not _OPINION.isdisjoint(parts(column))
