"""Spend at most so much: the knob is found on the calibration split, what it does is reported on the evaluation split."""

from collections.abc import Iterable
from functools import partial

import streamlit as st

from dynviz import figures
from dynviz.figures import Choice
from dynviz.figures.wording import gap, percent, points, scored
from dynviz.records import Sweep
from dynviz.ui.parts import heading, show, sources
from dynviz.ui.parts.naming import setting
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import state
from dynviz.ui.shell.shown import plain
from dynviz.ui.tradeoff import board, text
from dynviz.ui.tradeoff.board import Line, Pick
from dynviz.ui.tradeoff.view import TradeoffView, examples, use

PANEL = "budgets"


def slider() -> float:
    """At most so much compute, as a share; in the URL."""
    heading.section(text.BUDGET_TITLE, "budget")
    return float(st.slider(text.BUDGET, 10, 100, 40, 5, format="%d %%", key="budget", bind="query-params", help=text.BUDGET_HELP)) / 100


def open_best(view: TradeoffView, budget: float) -> None:
    """Where nobody has chosen a model, that of the best curve within the budget, as chosen on the calibration split, is opened instead."""
    if not state.undecided():
        return
    best = board.best(_picks(view, [line for line in view.lines if line.runnable and not line.minor], budget))
    if best is not None and best.chosen.checkpoint != view.choice.checkpoint.name:
        state.open_next(best.chosen.checkpoint)


def section(view: TradeoffView, budget: float) -> None:
    """All curves within the budget, the best of them or of the curve in use as chosen on the calibration split, and what it does."""
    picks = _picks(view, view.lines, budget)
    best = board.best([p for p in picks if p.line.runnable])
    choices = [_choice(p, view, p is best and p.within) for p in picks]
    if choices:
        finding, key = figures.at_budget_finding(choices, budget), figures.at_budget_key(choices)
        source = sources.sweeps([view.report[name] for name in dict.fromkeys(p.here.checkpoint for p in picks)])
        rows = partial(figures.at_budget_table, choices)
        draw(Panel(PANEL, figures.at_budget(choices, style()), finding, rows, key=key, headed=True, least=400, source=source))
    among = _among(view)
    pick = board.best([p for p in picks if p.line in among])
    if pick is None:
        members = [c for line in among for c in line.members]
        unread = view.unread("report") or view.unread("calibration", *members)
        st.info(text.UNREAD_CALIBRATION if unread else text.NO_CALIBRATION, icon=":material/info:")
    else:
        _outcome(view, pick)


def _choice(pick: Pick, view: TradeoffView, chosen: bool) -> Choice:
    full = pick.report[1] - pick.difference[0]
    low, high = full + pick.difference[1], full + pick.difference[2]
    words = _setting(pick, view.calibration[pick.chosen.checkpoint])
    metric = view.report[pick.here.checkpoint].metric
    return Choice(pick.line.name, words, pick.calibration, *pick.report, low, high, pick.within, chosen, pick.line is view.line, metric)


def _among(view: TradeoffView) -> list[Line]:
    """The curve in use, or all that have models."""
    runnable = [line for line in view.lines if line.runnable]
    if view.line not in runnable:
        return runnable
    return [view.line] if show.one_of(text.AMONG, text.AMONG_OPTIONS, "this", "among") == "this" else runnable


def _picks(view: TradeoffView, lines: Iterable[Line], budget: float) -> list[Pick]:
    return [p for line in lines if (p := board.pick(line, view.calibration, view.report, budget, view.defaults))]


def _outcome(view: TradeoffView, pick: Pick) -> None:
    there, here = view.calibration[pick.chosen.checkpoint], view.report[pick.here.checkpoint]
    knobs, name = _setting(pick, there), plain(pick.line.name)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        st.markdown(text.CHOSEN.format(split=view.task.splits["calibration"], n=examples(there, view.task.text)))
        said = text.CHOSEN_LINE if pick.within else text.CHEAPEST
        spent, right_there = percent(pick.calibration[0]), scored(pick.calibration[1], there.metric)
        st.markdown(said.format(name=name, knobs=knobs, share=spent, score=right_there, budget=percent(pick.budget)))
    with right.container(border=True, height="stretch"):
        st.markdown(text.REPORTED.format(split=view.task.splits["report"], n=examples(here, view.task.text)))
        mean, low, high = map(points, pick.difference)
        spent, right_here = percent(pick.report[0]), scored(pick.report[1], here.metric)
        said = text.REPORTED_LINE.format(share=spent, score=right_here, difference=mean, low=low, high=high)
        over = pick.report[0] - pick.budget
        st.markdown(said + (" " + text.OVER.format(by=gap(over)) if pick.within and over > 0.0005 else ""))
    used = pick.here == view.spot
    if pick.line.runnable:
        st.button(
            text.USED if used else text.USE,
            key="tradeoff.use",
            disabled=used,
            on_click=partial(use, pick.here, here),
            icon=":material/my_location:",
        )


def _setting(pick: Pick, sweep: Sweep) -> str:
    knobs = setting(sweep.model, sweep.knobs[pick.chosen.point])
    family = next(c.config.family for c in pick.line.members if c.name == pick.chosen.checkpoint) if pick.line.family else None
    return f"{family.parameter} {family.value:g} ({knobs})" if family else knobs
