"""A promise: with so much confidence at most so many answers are lost. Chosen on the calibration split, checked on the report split."""

from functools import partial
from typing import cast

import streamlit as st

from dynviz import api, figures
from dynviz.figures.risk import fine
from dynviz.figures.wording import percent, setting
from dynviz.measure.risk import Check, Loss, Promise
from dynviz.records import Sweep
from dynviz.ui.parts import show, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import guarded, plain
from dynviz.ui.tradeoff import text_risk as text
from dynviz.ui.tradeoff.board import Spot, step_title
from dynviz.ui.tradeoff.view import TradeoffView, examples, use

FIGURE = "risk"


def section(view: TradeoffView) -> None:
    """What is asked, the promise in a sentence, the settings as tested, the check, and what it rests on."""
    name, own = plain(step_title(view.choice.checkpoint)), view.choice.checkpoint.name
    missing = text.NO_KNOB if not view.choice.card.knobs else text.NO_NUMBERS if view.sweep is None else ""
    missing = missing or ("" if own in view.calibration else text.NO_CALIBRATION)
    if missing:
        st.info(missing.format(name=name), icon=":material/info:")
        return
    with guarded():
        _promise(view, *_asked())


def _asked() -> tuple[Loss, float, float]:
    """Loss, limit and confidence, as set; in the URL."""
    with st.container(horizontal=True, gap="medium"):
        loss = show.one_of(text.LOSS, text.LOSSES, "differs", "risk.loss")
        limit = st.slider(text.LIMIT, 0.5, 10.0, 2.0, 0.5, format="%g %%", key="risk.limit", bind="query-params", width=220) / 100
        level = show.one_of(text.LEVEL, text.LEVELS, "95", "risk.level")
    return cast(Loss, loss), limit, int(level) / 100


def _promise(view: TradeoffView, loss: Loss, limit: float, level: float) -> None:
    there, here = view.calibration[view.choice.checkpoint.name], cast(Sweep, view.sweep)
    found = cache.promise(there.model, loss, round(limit, 4), round(1 - level, 4))
    point, tested = found.controlled.point, found.controlled.tested
    words = {"level": percent(level), "limit": fine(limit), "lost": text.LOST[loss, view.task.unit], "n": examples(there)}
    words |= {"knobs": plain(setting(there.knobs[point])), "share": percent(float(there.share[point]))}
    st.markdown(f"**{(text.KEPT if tested.stopped else text.NONE).format(**words)}**")
    if not tested.stopped:
        least = 1 - (1 - level) ** (1 / tested.n)  # the bound where nothing is lost
        first = setting(there.knobs[int(found.controlled.order[0])])
        st.caption(text.WHY_NONE.format(knobs=plain(first), n=examples(there), least=fine(least)))
    _sides(view, found, there, here, words)
    _figure(view, found, there, level, words["lost"])
    _assumptions(view, level)


def _sides(view: TradeoffView, found: Promise, there: Sweep, here: Sweep, words: dict[str, str]) -> None:
    """The choice and its check, side by side; and the button that uses it."""
    left, right = st.columns(2)
    tested, at = found.controlled.tested, found.controlled.tested.chosen
    with left.container(border=True, height="stretch"):
        st.markdown(text.CHOSEN.format(split=view.task.splits["calibration"], n=examples(there)))
        if at is not None:
            seen = {"risk": fine(float(tested.risks[at])), "bound": fine(float(found.bounds[at]))}
            st.markdown(text.CHOSEN_LINE.format(**{**words, **seen}))
        else:
            st.markdown(text.CHOSEN_NONE)
    with right.container(border=True, height="stretch"):
        st.markdown(text.CHECKED.format(split=view.task.splits["report"], n=examples(here)))
        if found.check is None or found.there is None:
            st.markdown(text.NOT_CHECKED)
        elif not found.there:
            st.markdown(text.FULL_CHECK)
        else:
            seen = {k: fine(getattr(found.check, k)) for k in ("risk", "low", "high")}
            verdict = text.VERDICTS[outcome(found.check, tested.delta)].format(**words)
            share = percent(float(here.share[found.there]))
            st.markdown(text.CHECKED_LINE.format(**{**words, **seen, "share": share, "verdict": verdict}))
    if view.line is not None and view.line.family:
        st.caption(text.MEMBER.format(name=plain(step_title(view.choice.checkpoint))))
    if found.there is not None:
        spot = Spot(here.model, found.there)
        used = spot == view.spot
        label, icon = text.USED if used else text.USE, ":material/my_location:"
        st.button(label, key="tradeoff.promise", disabled=used, on_click=partial(use, spot, here), icon=icon)


def outcome(check: Check, limit: float) -> str:
    """How the interval on the report split lies to the limit."""
    if check.high <= limit:
        return "within"
    if check.low > limit:
        return "broken"
    return "open" if check.risk <= limit else "over"


def _figure(view: TradeoffView, found: Promise, there: Sweep, level: float, lost: str) -> None:
    tested, order = found.controlled.tested, found.controlled.order
    knob = view.choice.card.knobs[0]
    names = tuple(f"{there.knobs[int(i)][knob.name]:g}" for i in order)
    risks = figures.Risks(knob.name, names, tested.risks, found.bounds, tested.stopped, tested.delta, level, tested.n, lost)
    places = order.tolist()
    used = there.find(view.choice.settings)
    ring = places.index(used) if used in places else None
    fig, finding = figures.risk(risks, ring, style(), "", ""), figures.risk_finding(risks)
    source = sources.sweeps([there], found.controlled.point)
    key = figures.risk_key(risks, ring)
    panel = Panel(FIGURE, fig, finding, lambda: figures.risk_table(risks), text.HOW, key=key, headed=True, source=source)
    draw(panel, partial(_click, view, there, places))


def _click(view: TradeoffView, there: Sweep, places: list[int]) -> None:
    """A click on a setting makes it the one in use."""
    at = next(iter(show.clicked(FIGURE)), None)
    if isinstance(at, int) and 0 <= at < len(places) and view.sweep is not None:
        use(Spot(view.sweep.model, view.sweep.nearest(there.knobs[places[at]])), view.sweep)


def _assumptions(view: TradeoffView, level: float) -> None:
    with st.expander(text.ASSUMED):
        st.markdown(text.ASSUMPTIONS.format(miss=round(1 / (1 - level))))
        st.markdown(text.SPLITS.get(view.task.name, text.UNKNOWN_SPLIT))
        if api.fitted_on(view.choice.checkpoint) == "calibration":
            st.markdown(text.FITTED.format(name=plain(view.choice.card.title)))
        st.caption(text.SOURCES)
