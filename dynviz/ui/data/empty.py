"""What the form says while nothing is given: what to do, and how the rows may look."""

import streamlit as st

from dynviz import api
from dynviz.data.cutting import both
from dynviz.data.spreadsheet import to_csv
from dynviz.records.tasks import Task
from dynviz.ui.data import text
from dynviz.ui.data.columns import joined

SHORT = 60  # characters


def say(kind: str, task: Task) -> None:
    """The instruction, with an example that can be copied."""
    show((text.EMPTY_PAIRS if task.pair else text.EMPTY)[kind], example(kind, task))


def show(instruction: tuple[str, str], shown: str) -> None:
    """An instruction with its icon, and an example that can be copied."""
    do, icon = instruction
    st.info(do, icon=icon)
    st.code(shown, language=None, wrap_lines=True)


def example(kind: str, task: Task) -> str:
    """Two short rows in the form asked for; names of data sets for the Hub."""
    if kind == "hub":
        return text.HUB_EXAMPLE
    return written(kind, task, [[*both(row[0]), *row[1:]] if task.pair else row for row in _short(task.name)])


def written(kind: str, task: Task, found: list[list[str]]) -> str:
    """Rows (text, or both of a pair, and label or tags) as they are pasted, or as they stand in a file."""
    names = ("sentence1", "sentence2", "label") if task.pair else ("tokens", "tags") if task.unit == "token" else ("text", "label")
    rows = [dict(zip(names, row, strict=False)) for row in found]
    return "\n".join("\t".join(row.values()) for row in rows) if kind == "paste" else to_csv(rows, "\n").strip()


def _short(task: str) -> list[list[str]]:
    """The first two of the bundled sentences that are short and have different labels."""
    found = api.bundled(task)
    few = [i for i in range(len(found)) if len(joined(found.texts[i])) < SHORT]
    if found.labels is None:
        return [[joined(found.texts[i])] for i in few[:2]]
    other = next(i for i in few if found.labels[i] != found.labels[few[0]])
    return [[joined(found.texts[i]), joined(found.labels[i])] for i in (few[0], other)]
