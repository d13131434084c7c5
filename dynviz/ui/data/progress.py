"""How a run goes: progress, time left, cancel, resume, delete."""

import streamlit as st

from dynviz.errors import InputError
from dynviz.figures.wording import count
from dynviz.jobs import Job, Status
from dynviz.ui.data import cache, source, text
from dynviz.ui.shell.shown import guarded, plain

EVERY = 1.0  # seconds between two looks
SHOWN = "data.shown"


def panel(job: Job) -> int:
    """The state of a job with its buttons; returns how many parts to show."""
    error = _resumed(job) if job.state == "interrupted" else ""
    status = cache.registry().status(job)
    parts = _parts(status)
    st.session_state[SHOWN] = (job.id, parts, status.active)
    if status.active:
        st.fragment(_going, run_every=EVERY)(job.id)
    else:
        _ended(job, status, error)
    return parts


def _resumed(job: Job) -> str:
    """Go on with a run that the end of its server interrupted; why it cannot."""
    try:
        cache.registry().start(job, cache.model(job.about.checkpoint))
    except InputError as error:
        return str(error)
    return ""


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
    if status.state == "elsewhere":
        left, others = "", text.ELSEWHERE
    words = text.PROGRESS.format(done=status.done, rows=count(status.total, "row"), left=left, others=others)
    if status.place and not status.done:
        words = text.WAITING.format(place=ordinal(status.place))
    elif status.state == "running" and not status.done:
        words = text.BEGINNING.format(rows=count(status.total, "row"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(status.done / status.total, words)
        if status.state != "elsewhere":
            st.button(text.CANCEL, key="data.cancel", on_click=_cancel, args=(id,), icon=":material/close:")


def _ended(job: Job, status: Status, error: str) -> None:
    if status.state == "done":
        rows = count(status.total, "row")
        took = text.DONE.format(rows=rows, time=duration(status.spent)) if status.spent else f"{rows}."
        _line(job, took, resume=False)
    elif status.state == "failed":
        said = text.FAILED.format(done=status.done, rows=count(status.total, "row"), error=status.error or text.BROKE)
        st.error(plain(said), icon=":material/error:")
        _line(job, "", resume=True)
    elif status.state == "interrupted":
        st.warning(plain(text.INTERRUPTED.format(done=status.done, rows=count(status.total, "row"), error=error)), icon=":material/error:")
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
                cache.registry().start(job, cache.model(job.about.checkpoint))
                st.rerun()
        st.button(text.NEW, key="data.new", on_click=source.leave, icon=":material/add:")
        st.button(text.DELETE, key="data.delete", on_click=_delete, args=(job.id,), icon=":material/delete:", help=text.DELETE_HELP)


def _cancel(id: str) -> None:
    job = cache.registry().find(id)
    if job is not None:
        cache.registry().cancel(job)


def _delete(id: str) -> None:
    cache.registry().delete(id)
    st.session_state.get("data.mine", {}).pop(id, None)
    source.leave()


def ordinal(place: int) -> str:
    """ "1st", "2nd", "3rd", "4th", "11th", "21st"."""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"


def duration(seconds: float | None) -> str:
    """ "8 s", "3 min", "1 h 20 min"."""
    whole = round(seconds or 0)
    if whole < 90:
        return f"{max(whole, 1)} s"
    minutes = round(whole / 60)
    return count(minutes, "min", "min") if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
