"""What a label means that was written in a file."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dynviz.records.tasks import Task

Meaning = Callable[[Any], str | None]


def written(value: Any) -> str:
    """A label as it was written, without blanks around it."""
    return str(int(value)) if isinstance(value, bool) else str(value).strip()


def meaning(task: Task, value: Any) -> str | None:
    """The task's label that a written one means: its name in any case, or its number from 0; None for anything else."""
    return meaning_of(task, None)(value)


def meaning_of(task: Task, meanings: Mapping[str, str] | None) -> Meaning:
    """What a written label means: as told, else a name of the task, in any case, or its number from 0; None for anything else."""
    names = {name.lower(): name for name in task.labels}

    def found(value: Any) -> str | None:
        word = written(value)
        if meanings is not None and word in meanings:
            return meanings[word] or None
        if word.lower() in names:
            return names[word.lower()]
        place = int(float(word)) if re.fullmatch(r"\d{1,6}(\.0+)?", word) else -1
        return task.labels[place] if 0 <= place < len(task.labels) else None

    return found


def shown(labels: Sequence[str], most: int = 20) -> str:
    """A task's labels with their numbers, for a sentence; at most so many."""
    numbered = [f"{name} ({i})" for i, name in enumerate(labels[:most])]
    return ", ".join(numbered) + (f" and {len(labels) - most} more" if len(labels) > most else "")
