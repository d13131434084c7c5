"""What models and settings are called: titles with their layers, knobs by the words of the sidebar."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dynviz.figures import wording
from dynviz.records.pruned import TaskPruned
from dynviz.records.zoo import TaskZoo
from dynviz.ui.shell import cache


def setting(model: str, knobs: Mapping[str, float]) -> str:
    """The settings of a model on one line, in words; "" where it has no knob."""
    return wording.setting(knobs, cache.knob_names(model))


def named(model: str, knobs: Mapping[str, float]) -> dict[str, float]:
    """The same as a mapping: for records whose figures write out what they hold."""
    names = cache.knob_names(model)
    return {names.get(name, name): value for name, value in knobs.items()}


def with_layers(title: str, layers: int) -> str:
    """A title and how many layers there are, once: models that are named after their layers say it already."""
    said = wording.count(layers, "layer")
    return title if said in title else f"{title}, {said}"


def unlayered(titles: Sequence[str]) -> list[str]:
    """Titles of one list without the layers that all of them name alike: "TOKEE, 12 layers" as "TOKEE". What stands above it says them."""
    ends = {found.group() if (found := re.search(r", \d+ layers$", title)) else "" for title in titles}
    return [title.removesuffix(next(iter(ends))) for title in titles] if len(ends) == 1 else list(titles)


def pruned(task: TaskPruned) -> TaskPruned:
    """All models of a task that drop tokens, their common layers unsaid."""
    titles = unlayered([one.title for one in task.droppers])
    return replace(task, droppers=tuple(replace(one, title=title) for one, title in zip(task.droppers, titles, strict=True)))


def zoo(task: TaskZoo) -> TaskZoo:
    """All methods of a task with their settings named, their common layers unsaid."""
    titles = unlayered([one.title for one in task.contenders])
    contenders = tuple(replace(one, title=title) for one, title in zip(task.contenders, titles, strict=True))
    budgets = (replace(b, chosen=tuple(replace(c, knobs=named(c.checkpoint, c.knobs)) for c in b.chosen)) for b in task.budgets)
    changes = tuple(replace(c, knobs=named(c.checkpoint, c.knobs)) for c in task.changes)
    return replace(task, contenders=contenders, budgets=tuple(budgets), changes=changes)
