"""The texts that come along, as a reader would type them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dynviz.checkpoint import golden
from dynviz.data import lesson_texts, offered
from dynviz.data.pieces import as_typed

LESSON = "lesson"  # the kind of such a text


@dataclass(frozen=True)
class Example:
    """A bundled text: its kind in tags, what to look for, and the true labels, one or one for each word; none where not known."""

    id: str
    text: str
    tags: tuple[str, ...]
    look_for: str
    labels: tuple[str, ...] = ()


def examples(task: str) -> list[Example]:
    """The texts offered for a task as a reader would type them."""
    found = offered(task)
    labels = [(label,) if isinstance(label, str) else tuple(label) for label in found.labels or [()] * len(found)]
    typed = {name: given if isinstance(given, str) else as_typed(given) for name, given in zip(found.ids, found.texts, strict=True)}
    rows = zip(typed.items(), found.tags, found.look_for, labels, strict=True)
    return [Example(name, given, tags, _named(line, typed), own) for (name, given), tags, line, own in rows]


def lesson_examples(task: str) -> list[Example]:
    """The texts of a task's lessons, those of a course among them, not bundled otherwise; neither labelled nor measured."""
    there = {example.text for example in examples(task)}
    return [Example(name, given, (LESSON,), "") for name, given in lesson_texts(task).items() if given not in there]


def _named(line: str, typed: Mapping[str, str]) -> str:
    """The line with the texts it names by their ids, which no page shows, as they read."""
    return re.sub(r"\b[a-z]\d{3}\b", lambda found: f"“{typed[found[0]]}”" if found[0] in typed else found[0], line)


def first_texts(task: str) -> tuple[str, str]:
    """Two bundled texts, for a model that ships none: those that golden traces begin with."""
    by_id = {example.id: example.text for example in examples(task)}
    easy, hard = golden.CHOSEN[task][:2]
    return by_id[easy], by_id[hard]
