"""Why a word, or the sentence, stopped where it did: in words, layer by layer as a table, and as pictures of what the rule reads."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from dynviz import api, figures
from dynviz.figures.columns import Column, columns, unit_of
from dynviz.figures.rule import rule_groups
from dynviz.records import Trace
from dynviz.records.card import Comparison
from dynviz.ui.parts import words
from dynviz.ui.parts.panels import draw, style
from dynviz.ui.sentence import text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell.shown import plain


def line(result: Result, picked: int | None) -> str:
    """The heading of the section: the answer in short."""
    found = words.why(result.trace, _column(result, picked), result.compared, result.card)
    return f"**{text.SECTIONS['why']}:** {plain(found.said)}"


def section(result: Result, picked: int | None) -> None:
    """The table, and the pictures."""
    column = _column(result, picked)
    grid = st.grid(2, min_column_width=420)
    with grid.cell():
        _table(result, column)
    if _climbs(result, column):
        with grid.cell():
            _trajectory(result, column)
    if skipping(result):
        boxes(result)
    elif not _halting(result):
        _rule(result)


def _column(result: Result, picked: int | None) -> Column:
    return columns(result.trace, result.by)[picked or 0]


def _table(result: Result, column: Column) -> None:
    found = words.why(result.trace, column, result.compared, result.card)
    with st.container(key="why"):
        st.markdown(plain(found.said))
        st.table([{name: plain(str(value)) for name, value in row.items()} for row in found.rows], border="horizontal", hide_index=True)


def _climbs(result: Result, column: Column) -> bool:
    """Whether the answer is read more than once on the way up, so that there is a path to draw."""
    trace = result.full or result.trace
    read = ~np.isnan(trace.probs[:, unit_of(trace, column)]).any(-1)
    return int(read.sum()) > 1


def _trajectory(result: Result, column: Column) -> None:
    """How the answers fare from layer to layer, and what the rule compares."""
    trace, full = result.trace, result.full
    found = _followed(result, column)
    limits = [] if found is None else np.unique(found.limits[~np.isnan(found.limits)]).tolist()
    named, label = (None, None) if found is None else (found.reading, found.label.split(" (")[0])
    threshold = limits[0] if len(limits) == 1 else None
    unit = column.pieces[0] if trace.unit == "token" else None
    side = None if found is None else found.side
    finding = figures.trajectory_finding(trace, full, named, threshold, unit, side, label)
    figure = figures.trajectory(trace, full, named, threshold, unit, style(), label, title="", subtitle="", side=side)
    panel = result.panel("trajectory", figure, finding, lambda: figures.trajectory_table(trace, full, unit))
    stopped = trace.depth[column.pieces[0]] < len(trace.layers)
    left_out = figures.trajectory_left_out(trace, full, unit)
    draw(replace(panel, key=" ".join(filter(None, [panel.key if stopped else "", left_out]))))


def _followed(result: Result, column: Column) -> Comparison | None:
    """The reading drawn under the answers: of those the rule compares as they were read, the one by which it stopped, else the first."""
    trace, depth = result.trace, result.trace.depth[column.pieces[0]]
    read = [c for c in result.compared if c.reading in trace.readings and (c.values.ndim == 1 or trace.unit == "token")]
    stopped = (c for c in read if c.held[depth].ravel()[column.pieces[0] if c.values.ndim == 2 else 0])
    return next(stopped, next(iter(read), None))


def conditions(trace: Trace, compared: Sequence[Comparison]) -> list[Comparison]:
    """What the rule's own picture shows: quantities that are no readings; with one of the sentence, all conditions of the sentence, since
    they hold together, or either is enough."""
    derived = [c for c in compared if c.reading not in trace.readings]
    of_sentence = any(c.values.ndim == 1 for c in derived)
    return [c for c in compared if c in derived or (of_sentence and c.values.ndim == 1)]


def _rule(result: Result) -> None:
    """What the rule compares, where it is no reading that another picture shows: a counter, a sum, a mixture."""
    trace = result.trace
    derived = conditions(trace, result.compared)
    summed = [c for c in result.compared if c.values.ndim == 2 and c.stops == "above" and trace.unit == "sentence"]
    for i, group in enumerate(rule_groups((*derived, *summed))):
        figure = figures.rule(trace, group, style(), title="", subtitle="")
        finding, table = figures.rule_finding(trace, group), partial(figures.rule_table, trace, group)
        draw(replace(result.panel("rule", figure, finding, table), name=f"rule-{i}"))


def skipping(result: Result) -> bool:
    """Whether whole layers are skipped, or could be."""
    return bool(result.trace.skipped_layers) or (result.card is not None and result.card.kind == "layers")


def boxes(result: Result, name: str = "boxes") -> None:
    """The way of the sentence through the layers, with all that was read of it."""
    trace, compared = result.trace, [c for c in result.compared if c.values.ndim == 1]
    figure = figures.boxes(trace, compared, style(), title="", subtitle="")
    panel = result.panel("boxes", figure, figures.boxes_finding(trace), lambda: figures.boxes_table(trace, compared))
    draw(replace(panel, name=name))


def _halting(result: Result) -> bool:
    """Weight left and bounds, for a method whose layers vote; not for a trace from a file, which is shown without torch."""
    found = api.halting(result.trace, result.card) if result.card is not None else None
    if found is None:
        return False
    values = (*found, result.trace.exit_layer)
    figure = figures.halting(*values, style(), title="", subtitle="")
    draw(result.panel("halting", figure, figures.halting_finding(*values), lambda: figures.halting_table(*values)))
    return True
