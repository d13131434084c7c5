"""A batch of the evaluation split lane by lane, at the setting in use: what waiting for the slowest costs, in measured time."""

from functools import partial

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures.wording import percent
from dynviz.records import Sweep
from dynviz.records.times import Times, flow
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell.shown import guarded, plain
from dynviz.ui.tradeoff import text_times as text
from dynviz.ui.tradeoff import times
from dynviz.ui.tradeoff.axes import whole
from dynviz.ui.tradeoff.board import step_title
from dynviz.ui.tradeoff.rows import layer_names
from dynviz.ui.tradeoff.view import TradeoffView

MOST = 32


def section(view: TradeoffView) -> None:
    """Draw a batch lane by lane, or say why it cannot be drawn."""
    name, checkpoint = plain(step_title(view.choice.checkpoint)), view.choice.checkpoint
    if view.sweep is None or view.spot is None:
        st.info(view.why_none(text.NO_NUMBERS, text.UNREAD_NUMBERS).format(name=name), icon=":material/info:")
    elif len(checkpoint.config.stages) > 1:
        st.info(text.CASCADE.format(name=name), icon=":material/info:")
    elif not whole(view.sweep, checkpoint):
        st.info(text.TOKENS.format(name=name, stops=plain(view.choice.card.stops)), icon=":material/info:")
    else:
        with guarded():
            found = times.fresh(view)
            if found is not None:
                _batch(view, view.sweep, view.spot.point, found)


def _batch(view: TradeoffView, sweep: Sweep, point: int, found: Times) -> None:
    left, right = st.columns(2, gap="large")
    size = int(left.slider(text.SIZE, 1, MOST, MOST, key="batch.size", bind="query-params"))
    n = len(sweep.rows.ids)
    last = -(-n // size)
    if st.session_state.get("batch.which", 1) > last:
        st.session_state["batch.which"] = last
    which = int(right.number_input(text.WHICH, 1, last, key="batch.which", bind="query-params"))
    rows = np.arange((which - 1) * size, min(which * size, n))
    exits, flops = sweep.exits[point], sweep.flops[point]
    one = flow(found, exits[rows], flops[rows], sweep.plain_flops[rows], sweep.layers)
    names, layers = [sweep.rows.ids[i] for i in rows], layer_names(view.choice.checkpoint, sweep.layers)
    finding = figures.waterfall_finding(one)
    fig = figures.waterfall(one, names, layers, style(), "", "")
    source = sources.sweeps([sweep], point)
    rows_of, key = partial(figures.waterfall_table, one, names), figures.waterfall_key(len(layers))
    draw(Panel("waterfall", fig, finding, rows_of, text.HOW, text.LIMITS, key=key, headed=True, source=source))
    wait = found.waiting(exits, flops, size)
    leave = float(found.per_sentence(exits[None], flops[None], size)[0])
    said = text.LESS.format(share=percent(1 - leave / wait)) if leave < wait * 0.999 else text.NO_LESS
    split, numbers = view.task.splits["report"], {"wait": f"{wait:.2g}", "leave": f"{leave:.2g}"}
    st.markdown(text.ALL.format(n=last, size=size, split=split, said=said, **numbers))
    st.caption(times.measured(found, view.here))
