"""The tasks of the bundled checkpoints: their labels, in words for laymen, and which splits serve for what."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dynviz.records import Unit


@dataclass(frozen=True)
class Task:
    """One task. trained_on: what the models saw, in words; splits: purpose -> parquet file in the data folder."""

    name: str
    title: str
    unit: Unit
    labels: tuple[str, ...]
    trained_on: str
    folder: str
    splits: dict[str, str]
    legend: dict[str, str] = field(default_factory=dict)
    max_length: int = 128


SENTIMENT = ("negative", "positive")
UPOS = {
    "ADJ": "adjective: big, old", "ADP": "preposition: in, to, during", "ADV": "adverb: very, well, tomorrow",
    "AUX": "auxiliary verb: has, will, is", "CCONJ": "coordinating conjunction: and, or, but", "DET": "determiner: the, a, this",
    "INTJ": "interjection: oh, hello", "NOUN": "noun: girl, tree", "NUM": "number: one, 2026", "PART": "particle: not, 's, to (go)",
    "PRON": "pronoun: I, herself, who", "PROPN": "name: Mary, London", "PUNCT": "punctuation: . , ?",
    "SCONJ": "subordinating conjunction: if, while, that", "SYM": "symbol: $, %, :)", "VERB": "verb: run, eats, working",
    "X": "other: foreign words, typos",
}  # fmt: skip

TASKS = {
    task.name: task
    for task in (
        Task(
            "sst2", "Sentiment of a sentence (SST-2)", "sentence", SENTIMENT, "sentences from film reviews, in English",
            "sst2", {"train": "train_fit", "calibration": "calibration", "report": "dev"},
        ),
        Task(
            "pos", "Part of speech of each word (UD English EWT)", "token", tuple(UPOS),
            "English web text: blogs, newsgroups, e-mail, reviews, questions and answers",
            "ud_ewt", {"train": "train", "calibration": "dev", "report": "test"}, UPOS,
        ),
        Task(
            "imdb", "Sentiment of a review (IMDB, first 128 pieces)", "sentence", SENTIMENT, "film reviews of a paragraph, in English",
            "imdb", {"train": "train", "calibration": "dev", "report": "test"},
        ),
    )
}  # fmt: skip


CUSTOM: dict[str, Unit] = {"custom": "sentence", "custom-tags": "token"}  # tasks of models of others


def task_of(name: str, labels: Sequence[str], model: str, max_length: int) -> Task:
    """The task of this name; for a model of others, whatever its own labels say (no data of it lie here). KeyError if unknown."""
    if name not in CUSTOM:
        return TASKS[name]
    splits = {purpose: purpose for purpose in ("train", "calibration", "report")}
    return Task(name, f"Labels of {model}", CUSTOM[name], tuple(labels), "texts not known here", "", splits, max_length=max_length)
