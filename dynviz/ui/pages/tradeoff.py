"""The Trade-off page: accuracy against compute over shipped numbers, a budget, and which answers change. Loads no model by itself."""

import streamlit as st

from dynviz.ui.parts import show
from dynviz.ui.shell import text as shared
from dynviz.ui.shell.shown import plain
from dynviz.ui.tradeoff import batch, budget, chart, risk, rows, seeds, text
from dynviz.ui.tradeoff.view import view as look

SECTIONS = {"risk": risk.section, "flips": rows.changes, "batch": batch.section, "seeds": seeds.section}
axis, batch_size, row = chart.controls()
view = look(axis, batch_size)
notice = st.session_state.pop("tradeoff.notice", "")
if notice:
    st.toast(plain(notice), icon=":material/info:")
if not view.report:
    st.info(text.UNREAD_READINGS if view.unread("report", *view.alike) else text.NO_READINGS, icon=":material/info:")
else:
    shown = chart.beside(view, row)
    chart.headline(view)
    picture, within = st.container(), st.container()
    with within:  # it stands below the picture in which its line is drawn
        spend = budget.slider()
    budget.open_best(view, spend)
    with picture:
        chart.chart(view, shown, spend)
    with within:
        budget.section(view, spend)
    chart.links(view)
if view.sweep is not None and view.spot is not None:
    rows.exits(view, view.sweep, view.spot.point)
SECTIONS[show.one_of(text.VIEW, text.VIEWS, "risk", "section")](view)
for title, words in ((shared.HOW, text.READ), (shared.MATHS, text.MATHS), (shared.LIMITS, text.NOT)):
    with st.expander(title):
        st.markdown(words.replace("{what}", view.task.trained_on) if title == shared.LIMITS else words)
