"""Of models that save within a sentence: how many tokens are computed in each layer, over all rows, from row to row, and sort by sort."""

from functools import partial

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.measure.funnels import FEW, PLACES, of_counts, thirds
from dynviz.records.pruned import Funnel
from dynviz.ui.data import text
from dynviz.ui.data.view import DataView
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.parts.show import one_of
from dynviz.ui.shell import text as shared

OUTER = (10, 90)  # percentiles of the whiskers
LEAST = 430  # px


def section(view: DataView) -> None:
    """The funnel, with the spread over the rows; and by sorts of tokens."""
    lengths, kept = view.sweep.rows.lengths, view.outcome.kept
    totals = np.concatenate([[lengths.sum()], kept.sum(1)])
    low, high = (np.concatenate([[1.0], part]) for part in np.percentile(kept / lengths, OUTER, axis=1))
    plain = np.array([size.flops(lengths, lengths, lengths).sum() for size in view.gathered.sizes])
    compute = view.outcome.layer_flops.sum(1) / plain
    fig = figures.funnel(totals, compute, view.layers, (low, high), style(), "", "")
    finding, table = figures.funnel_finding(totals, compute, (low, high)), partial(figures.funnel_table, totals, compute, view.layers)
    key = f"{shared.KEY['funnel']} {text.FUNNEL_KEY}"
    source = sources.sweeps([view.sweep], 1)
    draw(Panel("data-tokens", fig, finding, table, text.FUNNEL_HOW, text.FUNNEL_LIMITS, key=key, headed=True, least=320, source=source))
    _groups(view, float(totals[-1] / totals[0]))


def _groups(view: DataView, kept: float) -> None:
    """Which sorts of tokens go, and where."""
    can = {by: name for by, name in text.GOING.items() if by == "length" or (by == "position" and view.outcome.placed is not None)}
    if view.tags and view.labelled and view.outcome.ran is not None:
        can["tag"] = text.GOING["tag"]
    by = one_of(text.GOING_BY, can, next(iter(can)), "sort")
    found = [group for group in groups(view, by) if group.pieces >= FEW]
    finding = figures.pruned_groups_finding(view.model, kept, found, text.GOING[by])
    if found:
        fig, key = figures.pruned_groups(found, style(), subtitle=""), figures.pruned_groups_key()
        table, source = partial(figures.pruned_groups_table, found, text.GOING[by]), sources.sweeps([view.sweep], 1)
        draw(Panel("data-sorts", fig, finding, table, text.GOING_HOW, text.GOING_LIMITS, key=key, headed=True, least=LEAST, source=source))
    else:
        st.info(finding, icon=":material/info:")
    if "tag" not in can:
        st.caption(text.NO_SPEECH)


def groups(view: DataView, by: str) -> list[Funnel]:
    """The pieces of all rows by position, by the length of their row, or the words by their right tag, the commonest first."""
    found, lengths = view.outcome, view.sweep.rows.lengths
    if by == "position":
        return [of_counts(name, computed) for name, computed in zip(PLACES, found.placed.sum(0).T, strict=True) if computed[0]]
    if by == "length":
        counts = np.concatenate([lengths[None], found.kept])
        return [of_counts(name, counts[:, which].sum(1)) for name, which in thirds(lengths).items()]
    labels = view.sweep.rows.labels
    order = np.argsort(-np.bincount(labels, minlength=len(view.about.labels)), kind="stable")
    ran = [(view.about.labels[i], found.ran[:, labels == i]) for i in order]
    return [of_counts(name, np.concatenate([[own.shape[1]], own.sum(1)])) for name, own in ran if own.shape[1]]
