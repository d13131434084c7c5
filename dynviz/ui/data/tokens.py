"""Of models that save within a sentence: how many tokens are computed in each layer, over all rows and from row to row."""

from functools import partial

import numpy as np

from dynviz import figures
from dynviz.ui.data import text
from dynviz.ui.data.view import DataView
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import text as shared

OUTER = (10, 90)  # percentiles of the whiskers


def section(view: DataView) -> None:
    """The funnel, with the spread over the rows."""
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
