"""What the zoo says: all methods of a task beside each other, a sentence and a picture for each question."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dynviz import figures
from dynviz.figures.wording import percent
from dynviz.figures.zoo import percent1
from dynviz.records.zoo import TaskZoo
from dynviz.ui.methods import text
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, Rows, draw, style
from dynviz.ui.parts.show import one_of
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import guarded
from dynviz.ui.shell.text import TASKS

TASK, BUDGET = "zoo.task", "zoo.budget"
LEAST = {"budget": 430, "scores": 430, "changes": 430, "exits": 430, "trust": 560}  # px


def section() -> None:
    """The stored numbers of one task; an instruction where there are none."""
    with guarded():
        zoo = cache.zoo()
        if not zoo:
            st.info(text.NO_ZOO, icon=":material/info:")
            return
        titles = {name: TASKS.get(name, name).capitalize() for name in zoo}
        name = one_of(text.ZOO_TASK, titles, next(iter(titles)), TASK)
        task = zoo[name]
        st.markdown(_intro(task))
        _budget(task)
        _panel("scores", task, figures.zoo_scores_finding(task), bool(task.scores))
        _panel("changes", task, figures.zoo_changes_finding(task), bool(task.changes))
        _panel("exits", task, figures.zoo_exits_finding(task), any(t.accuracy for t in task.trust))
        _panel("trust", task, figures.zoo_trust_finding(task), bool(task.trust))


def _intro(task: TaskZoo) -> str:
    n = f"{task.sentences:,} sentences" + (f", {task.answers:,} words," if task.answers != task.sentences else "")
    every = [task.plain_accuracy, *task.plain_seeds]
    low, high = percent1(min(every)), percent1(max(every))
    seeds = text.ZOO_SEEDS.format(n=len(every), low=low, high=high) if task.plain_seeds else ""
    return text.ZOO_INTRO.format(n=n, report=task.report, calibration=task.calibration, accuracy=percent1(task.plain_accuracy), seeds=seeds)


def _budget(task: TaskZoo) -> None:
    st.markdown(f"#### {text.ZOO_HEADS['budget']}")
    shares = {str(round(100 * b.budget)): percent(b.budget) for b in task.budgets}
    names = list(shares)
    chosen = task.budgets[names.index(one_of(text.ZOO_BUDGET, shares, names[len(names) // 2], BUDGET))]
    finding = figures.zoo_budget_finding(task, chosen)
    if not chosen.chosen:
        st.info(finding, icon=":material/info:")
        return
    fig = figures.zoo_budget(task, chosen, style(), subtitle="")
    _draw("budget", task, fig, finding, lambda: figures.zoo_budget_table(task, chosen))


def _panel(what: str, task: TaskZoo, finding: str, there: bool) -> None:
    st.markdown(f"#### {text.ZOO_HEADS[what]}")
    if not there:
        st.info(finding, icon=":material/info:")
        return
    fig = getattr(figures, f"zoo_{what}")(task, style(), subtitle="")
    table = getattr(figures, f"zoo_{what}_table")
    _draw(what, task, fig, finding, lambda: table(task))


def _draw(what: str, task: TaskZoo, fig: Any, finding: str, table: Callable[[], Rows]) -> None:
    how, limits, key = text.ZOO_HOW[what], text.ZOO_LIMITS[what], text.ZOO_KEY[what]
    source = sources.zoo(task, text.ZOO_SETTINGS[what].format(calibration=task.calibration))
    draw(Panel(f"zoo-{what}", fig, finding, table, how, limits, key=key, headed=True, least=LEAST[what], source=source))
