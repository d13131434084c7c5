"""What labels that are bare numbers mean: a task's own numbers, a published numbering, or a common scale of opinion."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from dynviz.records.tasks import Task

Key = TypeVar("Key", int, str)
NO_ANSWER = frozenset({-1, -100})  # as the Hub's unlabelled splits and `transformers` write it
_PUBLISHED = ("sst2", "imdb", "mrpc")  # 0 negative, 1 positive: GLUE and the authors of IMDB; 0 different, 1 paraphrase: MRPC's
_ENDS = {
    "negative": {"negative", "neg", "bad"}, "neutral": {"neutral", "neu"}, "positive": {"positive", "pos", "good"},
}  # fmt: skip
_SCALES = ((0, 2, 0, 2), (0, 4, 1, 3), (1, 3, 1, 3), (1, 5, 2, 4), (1, 10, 4, 7))  # from, to; negative up to, positive from


@dataclass(frozen=True)
class Numbers(Generic[Key]):
    """What each number means ("": no answer). known; assumed: those of them that go by a published numbering; proposed: to be
    confirmed; guess: what the proposal goes by; ids: the numbers that the task's own labels have."""

    known: Mapping[Key, str] = field(default_factory=dict)
    assumed: Mapping[Key, str] = field(default_factory=dict)
    proposed: Mapping[Key, str] = field(default_factory=dict)
    guess: str = ""
    ids: Mapping[int, str] = field(default_factory=dict)


def poles(task: Task) -> dict[str, str]:
    """The task's labels for "negative", "positive" and, where it has one, "neutral"; empty where it is not about opinions."""
    found = {end: [label for label in task.labels if label.lower() in words] for end, words in _ENDS.items()}
    ends = {end: labels[0] for end, labels in found.items() if len(labels) == 1}
    return ends if {"negative", "positive"} <= set(ends) else {}


def numbering(task: Task) -> dict[int, str]:
    """The numbers of a task's labels, where they are certain: published, or in the labels' own names (LABEL_1, 1, 1 star)."""
    if task.name in _PUBLISHED:
        return dict(enumerate(task.labels))
    found = {label: re.fullmatch(r"(?:label[_ -]?)?(\d{1,6})(?:[_ -]?stars?)?", label.lower()) for label in task.labels}
    return {int(match[1]): label for label, match in found.items() if match}


def numbers(task: Task, counts: Mapping[int, int], rated: bool) -> Numbers[int]:
    """What the numbers in a column mean. counts: how often each stands there; rated: whether they are said to be stars or ratings."""
    ids, ends = numbering(task), poles(task)
    missing = {n: "" for n in counts if n in NO_ANSWER and n not in ids}
    own = set(counts) - set(missing)
    published, rated = task.name in _PUBLISHED, rated and bool(ends) and bool(own) and min(own) >= 1
    signs = _signs(counts, ends)
    if signs:
        return Numbers(proposed=signs, guess=SIGNS if len(signs) == 2 else "this looks like a scale from -1 to 1", ids=ids)
    if own <= set(ids) and not (published and rated):
        known = {n: ids[n] for n in own}
        return Numbers({**missing, **known}, known if published else {}, ids=ids)
    guess, proposed = _proposed(task, own, ends, rated) if task.unit == "sentence" else ("", {})
    return Numbers(missing, {}, proposed, guess, ids)


SIGNS = "-1 may mean negative, or no answer"


def _signs(counts: Mapping[int, int], ends: Mapping[str, str]) -> dict[int, str]:
    """-1 and 1, or -1, 0 and 1 for a task that knows neutral. A single -1 beside ones is a row without answer."""
    if set(counts) == {-1, 1} and ends and min(counts.values()) > 1:
        return {-1: ends["negative"], 1: ends["positive"]}
    if set(counts) == {-1, 0, 1} and "neutral" in ends:
        return {-1: ends["negative"], 0: ends["neutral"], 1: ends["positive"]}
    return {}


def _proposed(task: Task, own: set[int], ends: Mapping[str, str], rated: bool) -> tuple[str, dict[int, str]]:
    """What the numbers likely mean, and what that goes by."""
    size = len(task.labels)
    if own <= set(range(1, size + 1)) and size in own and not rated:
        return "this looks counted from 1", {n: task.labels[n - 1] for n in sorted(own)}
    if own <= set(range(size)) and not rated:
        turned = bool(ends) and task.labels.index(ends["negative"]) > task.labels.index(ends["positive"])
        but = f", but most data sets write 0 for {ends['negative']}" if turned else ""
        return f"this may be the model's own numbering{but}", {n: task.labels[n] for n in sorted(own)}
    for low, high, negative, positive in _SCALES if ends and (rated or len(own) > 1) else ():
        if min(own) >= low and max(own) <= high and (low == 0) == (0 in own) and not (rated and high < 4):
            sides = {n: "negative" if n <= negative else "positive" if n >= positive else "neutral" for n in sorted(own)}
            return f"this looks like a scale from {low} to {high}", {n: ends.get(side, "") for n, side in sides.items()}
    return "", {}
