"""The same methods on two tasks within one budget: where there is much to leave out of a text, and where little."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.two_marks import SIGNS, two_marks
from dynviz.figures.wording import count, percent, points, safe, verb
from dynviz.figures.zoo import ROW, TO_PLAIN, rows_of
from dynviz.records.tasks import TASKS, Task
from dynviz.records.zoo import Chosen, TaskZoo, Zoo, backbone_of


@dataclass(frozen=True)
class Across:
    """Two tasks that ask the same of different texts, on one backbone. tasks: the names of their comparisons. found: method by method, its
    choice on either within the budget."""

    budget: float
    tasks: tuple[str, str]
    found: Mapping[str, tuple[Chosen, Chosen]]

    @property
    def names(self) -> tuple[str, str]:
        """What the tasks are called."""
        one, other = (_task(name) for name in self.tasks)
        return one.title, other.title


def across(zoo: Zoo, task: str, budget: float) -> Across | None:
    """A task, and the first other one with the same labels on the same backbone, in the order in which they are stored; None where there
    is none, or where no method is on both."""
    same = [name for name in zoo if _task(name).labels == _task(task).labels and backbone_of(name) == backbone_of(task)]
    if len(same) < 2 or task not in same[:2]:
        return None
    there = [_within(zoo[name], budget) for name in same[:2]]
    titles = {c.name.removeprefix(f"{zoo[same[0]].task}-"): c.title for c in zoo[same[0]].contenders}
    found = {titles[name]: (one, there[1][name]) for name, one in there[0].items() if name in there[1]}
    return Across(budget, (same[0], same[1]), found) if found else None


def _task(name: str) -> Task:
    return TASKS[name.partition("/")[0]]


def _within(task: TaskZoo, budget: float) -> dict[str, Chosen]:
    """By the checkpoint's name without its task."""
    return {c.contender.removeprefix(f"{task.task}-"): c for b in task.budgets if b.budget == budget for c in b.chosen}


def zoo_across(found: Across, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """A row for each method: its points against the plain model of either task, with intervals; the best on the second task on top."""
    rows = sorted(found.found.items(), key=lambda row: row[1][1].full[0])
    fig = Sketch()
    hover = [(_hover(name, found.names[0], one), _hover(name, found.names[1], other)) for name, (one, other) in rows]
    two_marks(fig, [(one.full, other.full) for _, (one, other) in rows], hover, found.tasks, style)
    rows_of(fig, [name for name, _ in rows], [], style)
    words = layout.title_of(TO_PLAIN, style)
    fig.update_layout(xaxis=layout.axis(style, grid=True, title=words, zeroline=True, zerolinecolor=style.ink, zerolinewidth=1))
    layout.frame(fig, style, title, zoo_across_key(found) if subtitle is None else subtitle, body=ROW * len(rows) + 20, bottom=56)
    return fig.figure()


def _hover(method: str, task: str, chosen: Chosen) -> str:
    said = "{} [{}, {}] points".format(*map(points, chosen.full)) + f" at {percent(chosen.share)} of the compute"
    return f"<b>{safe(method)}</b>, {safe(task)}<br>{said}"


def zoo_across_key(found: Across) -> str:
    """Which mark is which task."""
    one, other = found.names
    return f"{SIGNS[0]} {one}. {SIGNS[1]} {other}. Lines: 95 % for all methods of a task within the budget at once."


def zoo_across_finding(found: Across) -> str:
    """How many lose less on the one than on the other, and who gains most by it."""
    (one, other), n = found.names, len(found.found)
    gains = {name: pair[1].full[0] - pair[0].full[0] for name, pair in found.found.items()}
    less = sum(gain > 0 for gain in gains.values())
    most = max(gains, key=lambda name: gains[name])
    here, there = (points(chosen.full[0]) for chosen in found.found[most])
    said = f"Within {percent(found.budget)} of the compute, {count(n, 'method')} {verb(n, 'has', 'have')} a setting on both tasks. "
    said += f"{less or 'None'} of them {verb(max(less, 1), 'stands', 'stand')} nearer to the plain model on “{other}” than on “{one}”"
    return said + (f", most {most}: {there} points instead of {here}." if less else ".")


def zoo_across_table(found: Across) -> list[dict[str, Any]]:
    """A row for each method."""
    return [
        {
            "method": name,
            **{
                f"{task}: {what}": value
                for task, c in zip(found.tasks, pair, strict=True)
                for what, value in zip(
                    ("checkpoint", "compute", "points", "from", "to"), (c.checkpoint, c.share, *(100 * x for x in c.full)), strict=True
                )
            },
        }
        for name, pair in found.found.items()
    ]
