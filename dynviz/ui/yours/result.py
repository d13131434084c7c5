"""What came out of a fit: its numbers and its curve, the way to every other page, and the way home."""

from functools import partial

import numpy as np
import streamlit as st

from dynviz import api, figures
from dynviz.figures import Curve
from dynviz.figures.wording import count
from dynviz.jobs import Fit
from dynviz.jobs.fits import zipped
from dynviz.records import Sweep
from dynviz.ui.data.cache import fits
from dynviz.ui.data.progress import duration
from dynviz.ui.parts import heading, operating, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache, state
from dynviz.ui.shell.navigation import PAGES
from dynviz.ui.shell.shown import plain
from dynviz.ui.yours import text, visit

LEAST = 440  # px


def show(fit: Fit) -> None:
    """A fit that is done; from here on it stands in this visitor's menus."""
    found = cache.join(fit.checkpoint)
    report = cache.sweep(found.name, "report")
    assert report is not None  # which every fit stores
    point = report.nearest(state.defaults(found, cache.card(found.name)))
    _said(fit, found, report, point)
    with st.container(horizontal=True):
        go = partial(state.open_on, PAGES / "sentence.py", found.name)
        st.button(text.OPEN, key="yours.open", type="primary", on_click=go, icon=":material/arrow_forward:")
        st.button(text.NEW, key="yours.new", on_click=visit.leave, icon=":material/add:")
        st.button(text.DELETE, key="yours.delete", on_click=_delete, args=(fit.id,), icon=":material/delete:", help=text.DELETE_HELP)
    st.caption(text.ON_ALL)
    curve(found, report, point)
    _take(fit, found)


def _said(fit: Fit, found: api.Checkpoint, report: Sweep, point: int) -> None:
    """The finding, four numbers, and what is to be said of how it was made."""
    took = fits().status(fit).spent
    line = (text.DONE if took else text.KEPT).format(title=found.config.title, base=fit.base, time=duration(took))
    st.caption(plain(line))
    answers = count(len(report.rows.ids), "row")
    said = operating.headline(report, point, answers)
    heading.section(said)
    heading.told(said)
    st.markdown(operating.judged(report, point) if report.share[point] < report.share[0] else text.OFF)
    operating.metrics(report, point)
    for note in fit.notes:
        st.caption(plain(note))


def curve(found: api.Checkpoint, report: Sweep, point: int) -> None:
    """Every setting of the knob on the rows that chose nothing, and the model itself."""
    title, names = found.config.title, cache.knob_names(found.name)
    full = Curve(text.FULL, "full", np.ones(1), report.score[:1], metric=report.metric)
    curves, used = [figures.curve_of(report, title, names=names), full], (title, point)
    figure = figures.tradeoff(curves, used, title="", subtitle="", style=style())
    key = text.CURVE_KEY.format(n=f"{len(report.rows.ids):,}")
    finding, table = figures.tradeoff_finding(curves, used), partial(figures.tradeoff_table, curves)
    source = sources.sweeps([report], point)
    draw(Panel("yours-curve", figure, finding, table, text.CURVE_HOW, text.CURVE_LIMITS, "", key, True, LEAST, source))


def _take(fit: Fit, found: api.Checkpoint) -> None:
    heading.section(text.TAKE)
    st.caption(plain(text.TAKE_NOTE.format(base=fit.base)))
    words = text.WORDS_TWO if found.config.pair else text.WORDS
    st.code(text.COMMAND.format(words=words, name=found.name), language=None, wrap_lines=True)
    size = sum(file.stat().st_size for file in fit.checkpoint.iterdir())
    label = text.ZIP.format(size=f"{max(size / 1000, 1):,.0f} kB")
    data = partial(zipped, fit)
    st.download_button(label, data, f"{found.name}.zip", "application/zip", key="yours.zip", on_click="ignore", icon=":material/download:")


def _delete(id: str) -> None:
    fit = fits().find(id)
    if fit is not None:
        fits().forget(fit)
    visit.leave()
