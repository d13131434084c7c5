"""How a fit goes: what is being done, how far it is, and a way to stop it."""

import streamlit as st

from dynviz.jobs import Fit, Fitting
from dynviz.ui.data import text as data
from dynviz.ui.data.cache import fits
from dynviz.ui.data.progress import duration, ordinal
from dynviz.ui.shell.shown import plain
from dynviz.ui.yours import text, visit

EVERY = 1.0  # seconds between two looks


def panel(fit: Fit) -> None:
    """A fit that is not done: under way, cancelled or failed."""
    status = fits().status(fit)
    if status.active:
        st.fragment(_going, run_every=EVERY)(fit.id)
        return
    if status.state == "failed":
        st.error(plain(text.FAILED.format(error=status.error or data.BROKE)), icon=":material/error:")
    else:
        st.info(text.CANCELLED, icon=":material/cancel:")
    st.button(text.NEW, key="yours.new", on_click=visit.leave, icon=":material/arrow_back:")


def _going(id: str) -> None:
    """Runs every second by itself; draws the page anew when the fit has ended."""
    fit = fits().find(id)
    if fit is None or not fit.active:
        st.rerun()
    status = fits().status(fit)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(status.done / status.total if status.total else 0.0, said(status))
        st.button(text.CANCEL, key="yours.cancel", on_click=_cancel, args=(id,), icon=":material/close:")


def said(status: Fitting) -> str:
    """What is being done, how far it is, and how long that takes still."""
    if status.place:
        return data.WAITING.format(place=ordinal(status.place))
    stage = text.STAGES.get(status.stage, status.stage)
    if status.total < 2:
        return stage
    left = text.LEFT.format(time=duration(status.left)) if status.left else ""
    return text.PROGRESS.format(stage=stage, done=status.done, total=status.total, left=left)


def _cancel(id: str) -> None:
    fit = fits().find(id)
    if fit is not None:
        fits().cancel(fit)
