"""A promise: with so much confidence at most so many answers are lost. Chosen on the calibration split, checked on the evaluation split."""

from functools import partial
from typing import cast

import streamlit as st

from dynviz import api, figures
from dynviz.figures import promise
from dynviz.figures.wording import fine, percent
from dynviz.measure.risk import Loss, Promise
from dynviz.records import Sweep
from dynviz.ui.parts import show, sources
from dynviz.ui.parts.naming import setting
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import guarded, plain
from dynviz.ui.tradeoff import text as page
from dynviz.ui.tradeoff import text_risk as text
from dynviz.ui.tradeoff.board import Spot, step_title
from dynviz.ui.tradeoff.view import TradeoffView, examples, use

FIGURE = "risk"


def section(view: TradeoffView) -> None:
    """Draw the controls, the promise in a sentence, the settings as tested, the check on other data, and the assumptions."""
    name = plain(step_title(view.choice.checkpoint))
    if missing := _missing(view):
        st.info(missing.format(name=name), icon=":material/info:")
        return
    with guarded():
        _promise(view, *_asked())


def _missing(view: TradeoffView) -> str:
    """Why no promise can be made; "" where one can."""
    if not view.choice.card.knobs:
        return text.NO_KNOB
    if view.sweep is None:
        return view.why_none(text.NO_NUMBERS, text.UNREAD_NUMBERS)
    if view.choice.checkpoint.name not in view.calibration:
        return text.UNREAD_CALIBRATION if view.unread("calibration") else text.NO_CALIBRATION
    return ""


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
    knobs, share, unit = plain(setting(there.model, there.knobs[point])), float(there.share[point]), view.task.unit
    st.markdown(f"**{promise.promised(bool(tested.stopped), loss, unit, limit, level, knobs, share)}**")
    if not tested.stopped:
        safest = plain(setting(there.model, there.knobs[int(found.controlled.order[0])]))
        st.caption(promise.why_none(tested.n, level, safest, view.task.text))
    _sides(view, found, there, here, loss, level)
    _figure(view, found, there, level, promise.LOST[loss, unit])
    _assumptions(view, level)


def _sides(view: TradeoffView, found: Promise, there: Sweep, here: Sweep, loss: Loss, level: float) -> None:
    """The choice and its check, side by side; and the button that uses it."""
    left, right = st.columns(2)
    tested, at, point, unit = found.controlled.tested, found.controlled.tested.chosen, found.controlled.point, view.task.unit
    with left.container(border=True, height="stretch"):
        st.markdown(page.CHOSEN.format(split=view.task.splits["calibration"], n=examples(there, view.task.text)))
        if at is not None:
            said = {"lost": promise.LOST[loss, unit], "level": percent(level), "risk": fine(float(tested.risks[at]))}
            said |= {"knobs": plain(setting(there.model, there.knobs[point])), "share": percent(float(there.share[point]))}
            st.markdown(text.CHOSEN_LINE.format(**said, bound=fine(float(found.bounds[at]))))
        else:
            st.markdown(text.CHOSEN_NONE)
    with right.container(border=True, height="stretch"):
        st.markdown(text.CHECKED.format(split=view.task.splits["report"], n=examples(here, view.task.text)))
        if found.check is None or found.there is None:
            st.markdown(promise.NOT_CHECKED)
        elif not found.there:
            st.markdown(promise.FULL_CHECK)
        else:
            risk = (found.check.risk, found.check.low, found.check.high)
            st.markdown(promise.checked(loss, unit, risk, tested.delta, level, float(here.share[found.there])))
    if view.line is not None and view.line.family:
        st.caption(text.MEMBER.format(name=plain(step_title(view.choice.checkpoint))))
    if found.there is not None:
        spot = Spot(here.model, found.there)
        used = spot == view.spot
        label, icon = page.USED if used else page.USE, ":material/my_location:"
        st.button(label, key="tradeoff.promise", disabled=used, on_click=partial(use, spot, here), icon=icon)


def _figure(view: TradeoffView, found: Promise, there: Sweep, level: float, lost: str) -> None:
    tested, order = found.controlled.tested, found.controlled.order
    knob = view.choice.card.knobs[0]
    names = tuple(f"{there.knobs[int(i)][knob.name]:g}" for i in order)
    risks = figures.Risks(knob.label, names, tested.risks, found.bounds, tested.stopped, tested.delta, level, tested.n, lost)
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
        fitted = plain(view.choice.card.title) if api.fitted_on(view.choice.checkpoint) == "calibration" else ""
        st.markdown("\n".join(f"- {rest}" for rest in promise.rests_on(view.task.name, level, fitted)))
        st.caption(text.SOURCES)
