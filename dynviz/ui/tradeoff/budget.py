"""Spend at most so much: the knob is found on the calibration split, what it does is reported on the evaluation split."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import streamlit as st

from dynviz.figures.wording import gap, percent, percent1, points, setting
from dynviz.records import Sweep
from dynviz.ui.parts import heading, show
from dynviz.ui.parts.panels import table
from dynviz.ui.shell.shown import plain
from dynviz.ui.tradeoff import board, text
from dynviz.ui.tradeoff.board import Line, Pick
from dynviz.ui.tradeoff.view import TradeoffView, examples, use


def section(view: TradeoffView) -> None:
    """The slider, the choice beside its outcome, and the same for every curve."""
    heading.section(text.BUDGET_TITLE, "budget")
    budget = st.slider(text.BUDGET, 10, 100, 40, 5, format="%d %%", key="budget", bind="query-params") / 100
    pick = board.best(_picks(view, _among(view), budget))
    if pick is None:
        st.info(text.NO_CALIBRATION, icon=":material/info:")
    else:
        _outcome(view, pick)
    table(f"budget-{view.task.name}", lambda: [_row(p, view) for p in _picks(view, view.lines, budget)], text.ALL_BUDGETS)


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
        st.markdown(text.CHOSEN.format(split=view.task.splits["calibration"], n=examples(there)))
        said = text.CHOSEN_LINE if pick.within else text.CHEAPEST
        spent, right_there = percent(pick.calibration[0]), percent1(pick.calibration[1])
        st.markdown(said.format(name=name, knobs=knobs, share=spent, accuracy=right_there, budget=percent(pick.budget)))
    with right.container(border=True, height="stretch"):
        st.markdown(text.REPORTED.format(split=view.task.splits["report"], n=examples(here)))
        mean, low, high = map(points, pick.difference)
        spent, right_here = percent(pick.report[0]), percent1(pick.report[1])
        said = text.REPORTED_LINE.format(share=spent, accuracy=right_here, difference=mean, low=low, high=high)
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
    knobs = setting(sweep.knobs[pick.chosen.point])
    family = next(c.config.family for c in pick.line.members if c.name == pick.chosen.checkpoint) if pick.line.family else None
    return f"{family.parameter} {family.value:g} ({knobs})" if family else knobs


def _row(pick: Pick, view: TradeoffView) -> dict[str, Any]:
    mean, low, high = pick.difference
    return {
        "curve": pick.line.name, "setting": _setting(pick, view.calibration[pick.chosen.checkpoint]), "within the budget": pick.within,
        "calibration: compute": round(pick.calibration[0], 4), "calibration: accuracy": round(pick.calibration[1], 4),
        "report: compute": round(pick.report[0], 4), "report: accuracy": round(pick.report[1], 4),
        "report: difference": round(mean, 4), "from": round(low, 4), "to": round(high, 4),
    }  # fmt: skip
