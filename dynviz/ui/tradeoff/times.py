"""The axes of time and energy: asking for a measurement, running it, and what is said of it and left out."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dynviz.figures.wording import listing, percent
from dynviz.measure.energy import FASTEST, SLOWEST
from dynviz.records.times import Times
from dynviz.ui.parts import show
from dynviz.ui.parts.panels import table
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import guarded, plain
from dynviz.ui.shell.text import TASKS
from dynviz.ui.tradeoff import text_times as text
from dynviz.ui.tradeoff.axes import Scale, stand_ins
from dynviz.ui.tradeoff.board import step_title
from dynviz.ui.tradeoff.view import TradeoffView


def batch() -> int:
    """The batch size times are to hold for; in the URL."""
    return int(show.one_of(text.BATCH, text.BATCHES, "1", "batch"))


def title(view: TradeoffView) -> str | None:
    """The words under the axis, where they depend on the machine."""
    found = view.times(view.timed) if view.axis == "ms" else None
    return None if found is None else text.AXIS.format(batch=_of(view.batch), processor=found.machine["processor"])


def _of(size: int) -> str:
    return text.OF_ONE if size == 1 else text.OF_MANY.format(batch=size)


def wanted(view: TradeoffView, shown: list[str]) -> list[str]:
    """The models that were not measured on this machine and would be drawn, that in use first, with the plain one."""
    ins = stand_ins(view.lines, view.plain)
    drawn = [ins[line.members[0].name] for line in view.drawn(shown) if line.runnable]
    names = dict.fromkeys([view.timed, *drawn, *([view.plain.model] if view.plain else [])])
    return [name for name in names if cache.checkpoint(name).runnable and cache.times_here(name) is None]


def explain(view: TradeoffView, shown: list[str]) -> None:
    """In place of the chart: what is missing for this axis, and what to do."""
    name = plain(step_title(view.choice.checkpoint))
    with st.container(border=True):
        if view.axis == "ms" and view.sweep is not None:
            names = wanted(view, shown)
            st.markdown(text.ASK.format(models=_titles(names), seconds=text.SECONDS * len(names)))
            ask(names, text.MEASURE, "axis")
        elif view.axis == "energy" and view.sweep is not None:
            st.info(text.ENERGY_NONE.format(task=plain(TASKS.get(view.task.name, view.task.name))), icon=":material/info:")
            st.caption(text.ENERGY.format(low=SLOWEST, high=FASTEST))
        else:
            st.info(view.why_none(text.NO_NUMBERS, text.UNREAD_NUMBERS).format(name=name), icon=":material/info:")


def _titles(names: Sequence[str]) -> str:
    return plain(listing([step_title(cache.checkpoint(name)) for name in names], 8))


def ask(names: list[str], label: str, key: str) -> None:
    """The button, and the measurement with its progress; a click elsewhere ends it, and keeps what is measured whole."""
    place = st.empty()
    if not place.button(label, key=f"measure.{key}", icon=":material/timer:"):
        return
    place.empty()
    with guarded():
        _measure(names, place)
        st.rerun()


def _measure(names: list[str], place: Any) -> None:
    bar = place.progress(0.0)
    for i, name in enumerate(names):
        said = {"model": plain(step_title(cache.checkpoint(name))), "total": len(names)}

        def tell(done: int, total: int, i: int = i, said: dict[str, Any] = said) -> None:
            bar.progress((i + done / total) / len(names), text.MEASURING.format(done=i + 1, **said))

        tell(0, 1)
        cache.measure(name, tell)


def notes(view: TradeoffView, shown: list[str], scale: Scale) -> None:
    """Under the chart: what was measured and what is derived, what is left out and why; for energy, the model's assumptions."""
    out = [line.name for line in view.drawn(shown) if not scale.holds(line)]
    if view.axis == "ms":
        _time_notes(view, shown, out)
    elif view.axis == "energy":
        others = [line for line in out if view.line is None or line != view.line.name]
        left = f" {text.LEFT_OUT.format(names=plain(listing(others, 8)))}" if others else ""
        st.caption(f"{text.ENERGY.format(low=SLOWEST, high=FASTEST)} {text.ENERGY_OTHERS}{left}")


def foreseen(view: TradeoffView) -> list[str]:
    """On the axis of energy, the curves of methods that foresee their exits: those it was made for."""
    if view.axis != "energy":
        return []
    return [line.name for line in view.lines if line.runnable and view.energy(line.members[0].name) is not None]


def lead(view: TradeoffView, scale: Scale) -> None:
    """Above the chart of energy: why the model in use has no figures of its own on it."""
    own, name = view.choice.checkpoint.name, plain(step_title(view.choice.checkpoint))
    if view.axis == "energy" and own not in scale.at:
        st.info(text.ENERGY_OUT.format(name=name), icon=":material/info:")
    elif view.axis == "energy" and view.energy(own) is None:
        st.info(text.ENERGY_FULL_SPEED.format(name=name), icon=":material/info:")


def _time_notes(view: TradeoffView, shown: list[str], out: list[str]) -> None:
    own = view.times(view.timed)
    assert own is not None
    said = [measured(own, view.here), text.PACKED]
    if any(line.family for line in view.drawn(shown)):
        said.append(text.FAMILY)
    if view.plain is not None and view.times(view.plain.model) is not None:
        said.append(text.STATIC_MS.format(name=plain(step_title(cache.checkpoint(view.plain.model)))))
    if view.batch > 1 and view.baselines:
        said.append(text.RANDOM_MS)
    if out:
        said.append(f"{text.LEFT_OUT.format(names=plain(listing(out, 8)))[:-1]}: {text.NOT_TIMED}.")
    st.caption(" ".join(said))
    names = dict.fromkeys(stand_ins(view.lines, view.plain).values())
    with st.container(horizontal=True):
        table("times", lambda: runs([found for name in names if (found := view.times(name)) is not None]), text.RUNS)
        _again(view, wanted(view, shown))


def _again(view: TradeoffView, missing: list[str]) -> None:
    """The button that measures here what is drawn and was not yet."""
    if not missing:
        return
    label = text.MEASURE_MORE[1] if len(missing) == 1 else text.MEASURE_MORE[2].format(n=len(missing))
    ask(missing, label if view.here else text.MEASURE_ALL.format(seconds=text.SECONDS * len(missing)), "more")


def measured(found: Times, here: bool) -> str:
    """What was measured, where and when, and the line fitted to it, in words."""
    numbers = {"call": f"{found.call * 1e3:.2g}", "sentence": f"{found.sentence * 1e3:.2g}", "flop": f"{found.flop * 1e12:.2g}"}
    name, error = plain(step_title(cache.checkpoint(found.model))), percent(found.error)
    where = (text.HERE if here else text.ELSEWHERE).format(processor=plain(found.machine["processor"]), date=plain(found.machine["date"]))
    return text.MEASURED.format(where=where, name=name, error=error, **numbers)


def runs(found: Sequence[Times]) -> list[dict[str, Any]]:
    """The measured runs beside the line, as rows."""
    rows = [
        {
            "model": times.model, "setting": run.setting, "batch": run.batch, "sentences": run.sentences,
            "ms": round(1e3 * run.seconds / run.batch, 3), "low": round(1e3 * run.range[0] / run.batch, 3),
            "high": round(1e3 * run.range[1] / run.batch, 3), "fitted": round(1e3 * run.fitted / run.batch, 3),
        }
        for times in found
        for run in times.runs
    ]  # fmt: skip
    return [{text.RUN_COLUMNS[k]: v for k, v in row.items()} for row in rows]


def fresh(view: TradeoffView) -> Times | None:
    """The times of the model in use, as shipped or as measured here, with a button to measure them; where there are none, the question."""
    found = view.times(view.timed)
    if found is None:
        with st.container(border=True):
            st.markdown(text.ASK_BATCH.format(models=_titles([view.timed]), seconds=text.SECONDS))
            ask([view.timed], text.MEASURE, "batch")
    elif not view.here:
        ask([view.timed], text.MEASURE_ALL.format(seconds=text.SECONDS), "batch")
    return found
