"""What the form says while no rows are given: what to do, and how they may look with this model's own labels."""

import streamlit as st

from dynviz.data.spreadsheet import to_csv
from dynviz.records.tasks import Task
from dynviz.ui.data import text as text_data
from dynviz.ui.yours import text


def say(kind: str, task: Task) -> None:
    """The instruction, with an example that can be copied."""
    do, icon = (text.EMPTY_PAIRS if task.pair else text.EMPTY)[kind]
    st.info(do, icon=icon)
    st.code(example(kind, task), language=None, wrap_lines=True)


def example(kind: str, task: Task) -> str:
    """Two rows in the form asked for, each with a label; names of data sets for the Hub."""
    if kind == "hub":
        return text_data.HUB_EXAMPLE
    rows = []
    for words, label in zip(text.EXAMPLES, task.labels, strict=False):
        if task.unit == "token":
            rows.append({"tokens": words, "tags": " ".join([label] * len(words.split()))})
        elif task.pair:
            rows.append({"sentence1": words, "sentence2": text.EXAMPLE_SECOND, "label": label})
        else:
            rows.append({"text": words, "label": label})
    return "\n".join("\t".join(row.values()) for row in rows) if kind == "paste" else to_csv(rows, "\n").strip()
