"""A second model for a lesson: the best of the same task and backbone that can do something else."""

from collections.abc import Callable

from dynviz.ui.learn.facts import Facts, all_facts, facts
from dynviz.ui.learn.pick import ranked


def beside(name: str, need: Callable[[Facts], bool]) -> Facts | None:
    """The best model that was trained on the same task, on the same backbone, and can do this; None where there is none."""
    first = facts(name)
    found = [one for one in all_facts() if first is not None and one.ground == first.ground and one.name != name and need(one)]
    return next(iter(ranked(found)), None)
