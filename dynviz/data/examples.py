"""Labelled examples: the bundled ones, and how examples become pieces and numbers."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np

from dynviz.data.cutting import two_lines
from dynviz.data.pieces import Pieces
from dynviz.errors import InputError
from dynviz.records import Rows
from dynviz.records.tasks import CUSTOM, TASKS, Task

_ALIKE = {"custom": "sst2", "custom-tags": "pos", "custom-pairs": "mrpc"}  # whose texts a model of others is offered


@dataclass(frozen=True)
class Examples:
    """Some texts. texts: strings, or lists of words; labels: for each text a label, or a list of tags, as names; None where
    there are none. tags: what kind of example it is. look_for: a line for the reader, or ""."""

    ids: tuple[str, ...]
    texts: tuple[Any, ...]
    labels: tuple[Any, ...] | None
    tags: tuple[tuple[str, ...], ...]
    look_for: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        """InputError where they do not fit together, or a text is none."""
        counts = {len(self.ids), len(self.texts), len(self.tags), *([] if self.labels is None else [len(self.labels)])}
        if len(counts) > 1:
            why = f"they have {' and '.join(map(str, sorted(counts)))} ids, texts, labels or tags"
            raise InputError("The examples do not fit together", why, "Give one each")
        for text in self.texts:
            if not isinstance(text, str) and not (isinstance(text, list | tuple) and all(isinstance(word, str) for word in text)):
                why = f"a {type(text).__name__} is there"
                raise InputError("The examples hold what is no text", why, "Give strings, or lists of words")

    def __len__(self) -> int:
        return len(self.ids)


def bundled(task: str) -> Examples:
    """The sentences that come with the package, written for it, for a task; without labels for tasks of models of others."""
    if task in CUSTOM:
        return replace(bundled(_ALIKE[task]), labels=None)
    lines = _lines(TASKS[task].bundled)
    if TASKS[task].unit == "token":
        items = [json.loads(line) for line in lines]
        return Examples(
            tuple(x["id"] for x in items), tuple(tuple(x["tokens"]) for x in items), tuple(tuple(x["tags"]) for x in items),
            tuple(tuple(x["phenomena"]) for x in items), tuple(x["look_for"] for x in items),
        )  # fmt: skip
    return _of_rows(lines)


def offered(task: str) -> Examples:
    """The texts that a reader may choose from: where a task is of longer ones, some of those first, then the bundled sentences, which
    alone are measured and stored."""
    longer = TASKS[task].longer if task in TASKS else ""
    return _joined(_of_rows(_lines(longer)), bundled(task)) if longer else bundled(task)


def _lines(name: str) -> list[str]:
    return (files("dynviz.data") / "bundled" / name).read_text(encoding="utf-8").splitlines()


def _joined(first: Examples, then: Examples) -> Examples:
    labels = (*(first.labels or ()), *(then.labels or ()))
    return Examples(first.ids + then.ids, first.texts + then.texts, labels, first.tags + then.tags, first.look_for + then.look_for)


def _of_rows(lines: Sequence[str]) -> Examples:
    rows = list(csv.DictReader(lines))
    return Examples(
        tuple(r["id"] for r in rows), tuple(map(_text, rows)), tuple(r["label"] for r in rows),
        tuple(tuple(r["tags"].split(";")) for r in rows), tuple(r["look_for"] for r in rows),
    )  # fmt: skip


def _text(row: dict[str, str]) -> str:
    """The text of a row; of a pair, both in two lines."""
    return row["text"] if "text" in row else two_lines(row["first"], row["second"])


def lesson_texts(task: str = "") -> dict[str, str]:
    """The texts of the lessons that come with the package, by id; of one task, or all."""
    return {item["id"]: item["text"] for item in map(json.loads, _lines("lessons.jsonl")) if task in ("", item["task"])}


def label_rows(examples: Examples, pieces: Pieces, task: Task) -> Rows:
    """The examples as numbers, aligned with their pieces: word-level labels of words beyond the model's limit fall away."""
    if examples.labels is None:
        do = f"Name the label column. {examples.note}".strip().removesuffix(".")
        raise InputError("The examples have no labels", "accuracy cannot be counted without", do)
    index = {name: i for i, name in enumerate(task.labels)}
    layout = pieces.sentences
    if task.unit == "sentence":
        names, owner = list(examples.labels), np.arange(len(examples))
    else:
        _tagged(examples)
        leads = np.flatnonzero(layout.leads)
        owner = layout.owner[leads]
        names = [examples.labels[s][w] for s, w in zip(owner, layout.word[leads], strict=True)]
    unknown = sorted({str(n) for n in names if n not in index})
    if unknown:
        raise InputError(
            f"{len(unknown)} {'label is' if len(unknown) == 1 else 'labels are'} not of the task, e.g. {unknown[0][:40]!r}",
            f"the task's labels are {_some(task.labels)}",
            "Rename or map them",
        )
    return Rows(examples.ids, layout.lengths, examples.tags, np.array([index[n] for n in names], np.int64), np.asarray(owner))


def _some(labels: Sequence[str], most: int = 20) -> str:
    return ", ".join(labels[:most]) + (f" and {len(labels) - most} more" if len(labels) > most else "")


def _tagged(examples: Examples) -> None:
    """InputError where words and tags are not as many."""
    for name, words, tags in zip(examples.ids, examples.texts, examples.labels or (), strict=True):
        if not isinstance(words, str) and (isinstance(tags, str) or len(words) != len(tags)):
            have = "1 label" if isinstance(tags, str) else f"{len(tags)} tags"
            raise InputError(f"Example {name}: {len(words)} words and {have}", "each word has one tag", "Give as many tags as words")
