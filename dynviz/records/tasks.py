"""The tasks of the bundled checkpoints: their labels, in words for laymen, and which splits serve for what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from dynviz.records.intents import INTENTS
from dynviz.records.layout import Unit

Metric = Literal["accuracy", "entity F1"]
HELD_OUT = "train_held_out"  # the split that is no file, but rows of the training file that nobody trains on


@dataclass(frozen=True)
class Task:
    """One task. trained_on: what the models saw, in words; splits: purpose -> parquet file in the data folder; bundled: the file of
    sentences of our own; longer: one of longer texts of our own, offered before them; metric: what is chosen and compared by. held_out: so
    many rows of the training file, each label's share of them, are drawn and kept out of training: the split HELD_OUT. text: what a text of
    its data is called. pair: it compares two texts; everywhere above the tokenizer they are one text of two lines."""

    name: str
    title: str
    unit: Unit
    labels: tuple[str, ...]
    trained_on: str
    folder: str
    splits: dict[str, str]
    bundled: str
    legend: dict[str, str] = field(default_factory=dict)
    max_length: int = 128
    held_out: int = 0
    metric: Metric = "accuracy"
    longer: str = ""
    text: str = "sentence"
    pair: bool = False

    def file(self, purpose: str) -> str:
        """The parquet file in which the rows of a purpose lie."""
        name = self.splits.get(purpose, purpose)
        return self.splits["train"] if name == HELD_OUT else name


SENTIMENT = ("negative", "positive")
UPOS = {
    "ADJ": "adjective: big, old", "ADP": "preposition: in, to, during", "ADV": "adverb: very, well, tomorrow",
    "AUX": "auxiliary verb: has, will, is", "CCONJ": "coordinating conjunction: and, or, but", "DET": "determiner: the, a, this",
    "INTJ": "interjection: oh, hello", "NOUN": "noun: girl, tree", "NUM": "number: one, 2026", "PART": "particle: not, 's, to (go)",
    "PRON": "pronoun: I, herself, who", "PROPN": "name: Mary, London", "PUNCT": "punctuation: . , ?",
    "SCONJ": "subordinating conjunction: if, while, that", "SYM": "symbol: $, %, :)", "VERB": "verb: run, eats, working",
    "X": "other: foreign words, typos",
}  # fmt: skip
NAMED = {
    "corporation": "a company or brand", "creative-work": "a film, song, book or series", "group": "a band, team or other group",
    "location": "a place", "person": "a person", "product": "a product",
}  # fmt: skip
BIO = {
    "O": "not part of a name",
    **{f"B-{kind}": f"first word of the name of {what}" for kind, what in NAMED.items()},
    **{f"I-{kind}": f"a further word of the name of {what}" for kind, what in NAMED.items()},
}

TASKS = {
    task.name: task
    for task in (
        Task(
            "sst2", "Sentiment of a sentence (SST-2)", "sentence", SENTIMENT, "sentences from film reviews, in English",
            "sst2", {"train": "train_fit", "calibration": "calibration", "report": "dev"}, "sentiment.csv",
        ),
        Task(
            "pos", "Part of speech of each word (UD English EWT)", "token", tuple(UPOS),
            "English web text: blogs, newsgroups, e-mail, reviews, questions and answers",
            "ud_ewt", {"train": "train", "calibration": "dev", "report": "test"}, "pos.jsonl", UPOS,
        ),
        Task(
            "imdb", "Sentiment of a review (IMDB, first 256 pieces)", "sentence", SENTIMENT, "film reviews of a paragraph, in English",
            "imdb", {"train": "train", "calibration": "dev", "report": "test"}, "sentiment.csv", max_length=256,
            longer="reviews.csv", text="review",
        ),
        Task(
            "clinc150", "Intent of a request, one of 151 (CLINC150)", "sentence", INTENTS,
            "what people ask a voice assistant for, in English", "clinc150",
            {"train": "train", "calibration": HELD_OUT, "report": "dev"}, "intents.csv",
            {"oos": "none of the 150 intents"}, held_out=1_500, text="request",
        ),
        Task(
            "wnut17", "Names in noisy text (WNUT-17)", "token", tuple(BIO), "posts and comments on the web, in English, full of rare names",
            "wnut17", {"train": "train", "calibration": "dev", "report": "test"}, "names.jsonl", BIO,
            metric="entity F1", text="post",
        ),
        Task(
            "mrpc", "Whether two sentences say the same (MRPC)", "sentence", ("different", "paraphrase"),
            "pairs of sentences from news of 2003 and 2004 about the same events, in English", "mrpc",
            {"train": "train", "calibration": HELD_OUT, "report": "dev"}, "pairs.csv",
            {"paraphrase": "both say the same, or nearly", "different": "one says what the other does not"}, held_out=400, text="pair",
            pair=True,
        ),
    )
}  # fmt: skip


PAIRS = "custom-pairs"
CUSTOM: dict[str, Unit] = {"custom": "sentence", "custom-tags": "token", PAIRS: "sentence"}  # tasks of models of others


def task_of(name: str, labels: Sequence[str], model: str, max_length: int, pair: bool = False) -> Task:
    """The task of this name; for a model of others, whatever its own labels say (no data of it lie here). KeyError if unknown.

    pair: whether a model of others compares two texts.
    """
    if name not in CUSTOM:
        return TASKS[name]
    name = PAIRS if pair else name
    splits = {purpose: purpose for purpose in ("train", "calibration", "report")}
    known = "texts not known here", "", splits, ""
    return Task(
        name, f"Labels of {model}", CUSTOM[name], tuple(labels), *known, max_length=max_length, text="pair" if name == PAIRS else "text",
        pair=name == PAIRS,
    )  # fmt: skip


def noun(task: str) -> str:
    """What a text of a task's data is called: "review". "text" for a task that is none of ours, "pair" where it compares two."""
    return TASKS[task].text if task in TASKS else "pair" if task == PAIRS else "text"
