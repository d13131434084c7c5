"""The model in use, run now on the sentences that come with the package: the only place of the page where a model is loaded."""

import time
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dynviz import api
from dynviz.figures.text import percent
from dynviz.records import Sweep
from dynviz.records.slices import by_tag
from dynviz.ui import cache, show
from dynviz.ui import text_tradeoff as text
from dynviz.ui.panels import guarded
from dynviz.ui.tradeoff.chart import share
from dynviz.ui.tradeoff.rows import percents, signed, slice_row
from dynviz.ui.tradeoff.view import View, examples, setting

DONE = "tradeoff.live"


@dataclass(frozen=True)
class Result:
    """A finished run, and what it was run with."""

    checkpoint: str
    knobs: dict[str, float]
    sweep: Sweep
    seconds: float


def section(view: View) -> None:
    """The button, progress with a way out, and the outcome by kind and by sentence."""
    task = view.task.name
    data = api.bundled(task)
    st.markdown(text.LIVE.format(n=len(data)))
    place = st.empty()
    if not view.choice.checkpoint.runnable:
        return
    if place.button(text.LIVE_RUN, key="tradeoff.run", icon=":material/play_arrow:"):
        place.empty()
        with guarded():
            st.session_state[DONE] = _run(view, data, place)
        place.empty()
        place.button(text.LIVE_RUN, key="tradeoff.again", icon=":material/play_arrow:")
    result = st.session_state.get(DONE)
    if isinstance(result, Result) and result.checkpoint == view.choice.checkpoint.name:
        _show(view, result, data)


def _run(view: View, data: api.Examples, place: Any) -> Result:
    """Runs both settings; any click elsewhere, Cancel included, ends it at the next batch and keeps nothing."""
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, text.LIVE_LOADING)
        st.button(text.LIVE_CANCEL, key="tradeoff.cancel", icon=":material/close:")
    choice = view.choice
    model = cache.model(choice.checkpoint.name)

    def tell(done: int, total: int) -> None:
        bar.progress(min(done / max(total, 1), 1.0), text.LIVE_RUNNING.format(done=done, total=total))

    begin = time.perf_counter()
    with cache.turn():
        sweep = api.compare(model, data, choice.settings, tell)
    return Result(choice.checkpoint.name, dict(choice.settings), sweep, time.perf_counter() - begin)


def _show(view: View, result: Result, data: api.Examples) -> None:
    sweep, last = result.sweep, len(result.sweep.knobs) - 1
    if result.knobs != dict(view.choice.settings):
        st.info(text.LIVE_OLD.format(knobs=setting(result.knobs)), icon=":material/info:")
    spent, here, full = percent(float(sweep.share[last])), share(sweep.accuracy[last]), share(sweep.accuracy[0])
    st.markdown(text.LIVE_DONE.format(n=examples(sweep).capitalize(), seconds=result.seconds, share=spent, accuracy=here, full=full))
    st.markdown(f"**{text.LIVE_PHENOMENA}.** {text.LIVE_WARN}")
    columns = {**percents("Accuracy here", "At full depth", "Compute"), **signed()}
    show.open_table("bundled-kinds", [slice_row(s) for s in by_tag(sweep, last)], columns)
    settings = {text.LIVE_COLUMNS[k]: v for k, v in (("text", show.WIDE), ("look_for", show.WIDE), ("share", show.PERCENT))}
    with st.expander(text.LIVE_ROWS, icon=":material/table:"):
        show.open_table("bundled", [{text.LIVE_COLUMNS[k]: v for k, v in row.items()} for row in _rows(view, sweep, data)], settings)


def _rows(view: View, sweep: Sweep, data: api.Examples) -> list[dict[str, Any]]:
    last, labels = len(sweep.knobs) - 1, view.task.labels
    texts = [example.text for example in api.examples(view.task.name)]
    out: list[dict[str, Any]] = []
    for s, (row, words) in enumerate(zip(data.ids, texts, strict=True)):
        units = sweep.rows.owner == s
        here, full = sweep.correct[last, units], sweep.correct[0, units]
        common = {"row": row, "text": words, "tags": ", ".join(data.tags[s])}
        if view.task.unit == "sentence":
            classes = {
                k: labels[int(v[units][0])]
                for k, v in (("right", sweep.rows.labels), ("here", sweep.predicted[last]), ("full", sweep.predicted[0]))
            }
            classes["outcome"] = text.OUTCOMES[bool(full[0]), bool(here[0])]
        else:
            classes = {"right": f"{units.sum()} words", "here": f"{here.sum()} right", "full": f"{full.sum()} right"}
        cost = {
            "share": round(float(sweep.flops[last, s] / sweep.plain_flops[s]) * 100, 2),
            "layers": round(float(sweep.depth[last, s]), 2),
        }
        out.append({**common, **classes, **cost, "look_for": data.look_for[s] if data.look_for else ""})
    return out
