"""What the form says while no rows are given: what to do, and how they may look with this model's own labels."""

from dynviz.records.tasks import Task
from dynviz.ui.data import empty
from dynviz.ui.data import text as text_data
from dynviz.ui.yours import text


def say(kind: str, task: Task) -> None:
    """The instruction, with an example that can be copied."""
    empty.show((text.EMPTY_PAIRS if task.pair else text.EMPTY)[kind], example(kind, task))


def example(kind: str, task: Task) -> str:
    """Two rows in the form asked for, each with a label; names of data sets for the Hub."""
    if kind == "hub":
        return text_data.HUB_EXAMPLE
    second = [text.EXAMPLE_SECOND] if task.pair else []
    labelled = zip(text.EXAMPLES, task.labels, strict=False)
    answers = ((words, " ".join([label] * len(words.split())) if task.unit == "token" else label) for words, label in labelled)
    return empty.written(kind, task, [[words, *second, answer] for words, answer in answers])
