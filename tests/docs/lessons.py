"""The table of lessons in docs/teaching.md."""

from dynviz.ui.learn.registry import all_lessons
from tests.docs.table import table


def lessons() -> str:
    """Number, topic, minutes, and what a learner can do afterwards, of each."""
    rows = [(str(one.number), one.title, str(one.minutes), one.goal) for one in all_lessons()]
    return table(("lesson", "question", "minutes", "afterwards"), rows)
