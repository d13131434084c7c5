"""How a run goes: progress, time left, cancel, resume, delete."""

import streamlit as st

from dynviz.figures.wording import count
from dynviz.jobs import Job, Status
from dynviz.ui.data import cache, source, text
from dynviz.ui.shell import cache as shared
from dynviz.ui.shell.shown import guarded, plain

EVERY = 1.0  # seconds between two looks
SHOWN = "data.shown"


def panel(job: Job) -> int:
    """The state of a job with its buttons; returns how many parts to show."""
    status = cache.registry().status(job)
    parts = _parts(status)
    st.session_state[SHOWN] = (job.id, parts, status.active)
    if status.active:
        st.fragment(_going, run_every=EVERY)(job.id)
    else:
        _ended(job, status)
    return parts


def _parts(status: Status) -> int:
    """While it runs the pictures are drawn anew after 1, 2, 4, 8, ... parts, not after every one."""
    return 1 << (status.parts.bit_length() - 1) if status.active and status.parts else status.parts


def _going(id: str) -> None:
    """Runs every second by itself; draws the page anew when there is more to show."""
    registry = cache.registry()
    job = registry.find(id)
    if job is None:
        st.rerun()
    status = registry.status(job)
    if st.session_state.get(SHOWN) != (id, _parts(status), status.active):
        st.rerun()
    left = text.LEFT.format(time=duration(status.left)) if status.left is not None else ""
    others = text.OTHERS.format(n=status.others, runs="run" if status.others == 1 else "runs") if status.others else ""
    words = text.PROGRESS.format(done=status.done, rows=count(status.total, "row"), left=left, others=others)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(status.done / status.total, words if status.done or status.state == "running" else text.WAITING)
        st.button(text.CANCEL, key="data.cancel", on_click=_cancel, args=(id,), icon=":material/close:")


def _ended(job: Job, status: Status) -> None:
    if status.state == "done":
        rows = count(status.total, "row")
        took = text.DONE.format(rows=rows, time=duration(status.spent)) if status.spent else f"{rows}."
        _line(job, took, resume=False)
    elif status.state == "failed":
        said = text.FAILED.format(done=status.done, rows=count(status.total, "row"), error=status.error or text.BROKE)
        st.error(plain(said), icon=":material/error:")
        _line(job, "", resume=True)
    else:
        st.info(text.CANCELLED.format(done=status.done, rows=count(status.total, "row")), icon=":material/pause:")
        _line(job, "", resume=True)


def _line(job: Job, words: str, resume: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if words:
            st.caption(words)
        if resume and st.button(text.RESUME, key="data.resume", type="primary", icon=":material/play_arrow:"):
            with guarded():
                cache.registry().start(job, shared.model(job.about.checkpoint))
                st.rerun()
        st.button(text.NEW, key="data.new", on_click=source.leave, icon=":material/add:")
        st.button(text.DELETE, key="data.delete", on_click=_delete, args=(job.id,), icon=":material/delete:", help=text.DELETE_HELP)


def _cancel(id: str) -> None:
    job = cache.registry().find(id)
    if job is not None:
        cache.registry().cancel(job)


def _delete(id: str) -> None:
    job = cache.registry().find(id)
    if job is not None:
        cache.registry().forget(job)
    st.session_state.get("data.mine", {}).pop(id, None)
    source.leave()


def duration(seconds: float | None) -> str:
    """ "8 s", "3 min", "1 h 20 min"."""
    whole = round(seconds or 0)
    if whole < 90:
        return f"{max(whole, 1)} s"
    minutes = round(whole / 60)
    return count(minutes, "min", "min") if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
