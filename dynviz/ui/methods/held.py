"""Which findings hold on another backbone, where the methods of a task were compared on two: each in a sentence, and three pictures."""

from functools import partial

import streamlit as st

from dynviz.figures import backbones_pictures as pictures
from dynviz.figures import captions
from dynviz.figures.backbones import backbones_bought, backbones_findings
from dynviz.records.backbones import TaskBackbones
from dynviz.records.zoo import backbone_of
from dynviz.ui.methods import text
from dynviz.ui.parts import heading
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import plain, unbroken

LEAST = {"work": 430, "order": 430, "shares": 640}  # px


def section(name: str, budget: float) -> None:
    """Of the comparison of this name with another backbone's. budget: that in use on the page."""
    for found in (one for one in cache.held_on().values() if name in one.names):
        heading.section(text.HELD)
        st.markdown("\n".join(f"- {text.HELD_SIGNS[one.side]} {unbroken(plain(one.said))}" for one in backbones_findings(found)))
        st.caption(text.HELD_NOTE)
        _work(found)
        _order(found, budget)
        _shares(found)


def _work(found: TaskBackbones) -> None:
    finding, table = backbones_bought(found), partial(pictures.backbones_work_table, found)
    _draw("work", pictures.backbones_work(found, style()), finding, table, pictures.backbones_work_key(), found)


def _order(found: TaskBackbones, budget: float) -> None:
    order = next((one for one in found.orders if one.budget == budget and one.methods), None)
    if order is not None:
        finding, table = pictures.backbones_order_finding(found, order), partial(pictures.backbones_order_table, found, order)
        _draw("order", pictures.backbones_order(found, order, style()), finding, table, pictures.backbones_order_key(found), found)


def _shares(found: TaskBackbones) -> None:
    if found.early.methods or found.overthought.methods:
        finding, table = pictures.backbones_shares_finding(found), partial(pictures.backbones_shares_table, found)
        _draw("shares", pictures.backbones_shares(found, style()), finding, table, pictures.backbones_shares_key(found), found)


def _draw(what: str, figure: object, finding: str, table: partial[list[dict[str, object]]], key: str, found: TaskBackbones) -> None:
    how, limits, source = text.HELD_HOW[what], text.HELD_LIMITS[what], partial(captions.of_backbones, found)
    name = f"held-{what}-{backbone_of(found.names[1])}"
    draw(Panel(name, figure, finding, table, how, limits, key=key, headed=True, least=LEAST[what], source=source))
