"""What the zoo says: all methods of a task beside each other, a sentence and a picture for each question."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dynviz import api, figures
from dynviz.figures.wording import percent, percent1, scored
from dynviz.records.metric import metric_of
from dynviz.records.tasks import noun
from dynviz.records.zoo import TaskZoo, Zoo, backbone_of
from dynviz.ui.methods import domain, held, pooling, pruned, text
from dynviz.ui.parts import heading, naming, sources
from dynviz.ui.parts.panels import Panel, Rows, draw, style
from dynviz.ui.parts.show import follow, one_of
from dynviz.ui.shell import backbones, cache, state
from dynviz.ui.shell.shown import guarded, unbroken
from dynviz.ui.shell.text import TASKS

TASK, BUDGET = "zoo.task", "zoo.budget"
# which of a task's lists a picture draws
SHOWN = {"scores": "scores", "changes": "changes", "exits": "trust", "trust": "trust", "worth": "worth"}
LEAST = 430  # px


def section() -> None:
    """The stored numbers of one task; an instruction where there are none."""
    with guarded():
        zoo = cache.zoo()
        if not zoo:
            st.info(text.NO_ZOO, icon=":material/info:")
            return
        titles = {name: _called(name, zoo) for name in zoo}
        own = _own(zoo)
        follow(TASK, own)
        name = one_of(text.ZOO_TASK, titles, own, TASK)
        task = naming.zoo(zoo[name])
        st.markdown(unbroken(f"{_intro(task)} {figures.zoo_caution(task)}"))
        budget = _budget(task)
        _across(zoo, name, budget)
        _panel("scores", task, figures.zoo_scores_finding(task), bool(task.scores))
        _panel("changes", task, figures.zoo_changes_finding(task), bool(task.changes))
        _panel("exits", task, figures.zoo_exits_finding(task), any(t.accuracy for t in task.trust))
        _panel("trust", task, figures.zoo_trust_finding(task), bool(task.trust))
        _panel("worth", task, figures.zoo_worth_finding(task), bool(task.worth))
        held.section(name, budget)
        pooling.section(name)
        domain.section(name)
        pruned.section(name)


def _own(zoo: Zoo) -> str:
    """The comparison to open with: that of the model in use; the first, where nobody chose that model or it is in none."""
    used = state.choice()
    groups = api.by_backbone(c for c in cache.catalogue()[0] if c.config.task == used.entry.task)
    own = next(name for name, group in groups.items() if group[0].backbone == used.entry.backbone)
    return own if own in zoo and used.entry.name != state.DEFAULT else next(iter(zoo))


def _called(name: str, zoo: Zoo) -> str:
    """A comparison in the menu: its task, and its backbone where the task has several."""
    task, alike = zoo[name].task, [other for other in zoo.values() if other.task == zoo[name].task]
    title = TASKS.get(task, task).capitalize()
    plain_model = _plain(zoo[name])
    on = backbones.said(plain_model) if plain_model else backbone_of(name)
    return f"{title}, {on}" if len(alike) > 1 and on else title


def _plain(task: TaskZoo) -> api.Checkpoint | None:
    return next((c for c in cache.catalogue()[0] if c.name == task.plain), None)


def _on(task: TaskZoo) -> str:
    """On which backbone all models of a comparison stand, once for all of them; "" where there is nothing to tell apart."""
    plain_model = _plain(task)
    said = backbones.said(plain_model) if plain_model else ""
    return text.ZOO_ON.format(on=said) if said else ""


def _intro(task: TaskZoo) -> str:
    n = f"{task.sentences:,} {noun(task.task)}s" + (f", {task.answers:,} words," if task.answers != task.sentences else "")
    every = [task.plain_accuracy, *task.plain_seeds]
    low, high = percent1(min(every)), percent1(max(every))
    seeds = text.ZOO_SEEDS.format(n=len(every), low=low, high=high) if task.plain_seeds else ""
    score = scored(task.plain_accuracy, metric_of(task.task))
    said = text.ZOO_INTRO.format(n=n, report=task.report, calibration=task.calibration, score=score, seeds=seeds)
    return f"{said} {_on(task)}".rstrip()


def _budget(task: TaskZoo) -> float:
    """Who is best within a budget, which is chosen."""
    heading.section(text.ZOO_HEADS["budget"])
    shares = {str(round(100 * b.budget)): percent(b.budget) for b in task.budgets}
    names = list(shares)
    chosen = task.budgets[names.index(one_of(text.ZOO_BUDGET, shares, names[len(names) // 2], BUDGET))]
    finding = figures.zoo_budget_finding(task, chosen)
    if not chosen.chosen:
        st.info(finding, icon=":material/info:")
        return chosen.budget
    fig = figures.zoo_budget(task, chosen, style(), subtitle="")
    said = _settings("budget", task, len(chosen.chosen))
    _draw("budget", fig, finding, lambda: figures.zoo_budget_table(task, chosen), figures.zoo_budget_key(chosen), sources.zoo(task, said))
    return chosen.budget


def _across(zoo: Zoo, name: str, budget: float) -> None:
    """The same methods on two tasks that ask the same, where there are such."""
    found = figures.across(zoo, name, budget)
    if found is None:
        return
    heading.section(text.ZOO_HEADS["across"])
    finding, key, table = figures.zoo_across_finding(found), figures.zoo_across_key(found), partial(figures.zoo_across_table, found)
    both = [sources.zoo(zoo[task], text.ZOO_SETTINGS["across"]) for task in found.tasks]
    _draw("across", figures.zoo_across(found, style(), subtitle=""), finding, table, key, lambda: " ".join(said() for said in both))


def _panel(what: str, task: TaskZoo, finding: str, there: bool) -> None:
    heading.section(text.ZOO_HEADS[what])
    if not there:
        st.info(finding, icon=":material/info:")
        return
    fig = getattr(figures, f"zoo_{what}")(task, style(), subtitle="")
    table, key = (getattr(figures, f"zoo_{what}_{part}") for part in ("table", "key"))
    said = _settings(what, task, len(getattr(task, SHOWN[what])))
    _draw(what, fig, finding, lambda: table(task), key(task), sources.zoo(task, said))


def _settings(what: str, task: TaskZoo, methods: int) -> str:
    """For the caption: the knobs, how intervals were corrected for standing beside each other, and what to bear in mind."""
    said = f"{_on(task)} {text.ZOO_SETTINGS[what].format(calibration=task.calibration, n=methods)}".lstrip()
    return f"{said} {figures.zoo_caution(task)}" if what in text.ZOO_COMPARED else said


def _draw(what: str, fig: Any, finding: str, table: Callable[[], Rows], key: str, source: sources.Provenance) -> None:
    how, limits = text.ZOO_HOW[what], text.ZOO_LIMITS[what]
    draw(Panel(f"zoo-{what}", fig, finding, table, how, limits, key=key, headed=True, least=LEAST, source=source))
