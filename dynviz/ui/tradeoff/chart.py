"""The headline, the chart, and the menus that do what a click does."""

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

import streamlit as st

from dynviz import api, figures
from dynviz.figures.curves import drawn_metric
from dynviz.figures.wording import listing, percent, percent1, points, scored
from dynviz.records import Sweep
from dynviz.records.slices import against
from dynviz.ui.parts import heading, operating, show, sources
from dynviz.ui.parts import text as shared
from dynviz.ui.parts.bought import bought
from dynviz.ui.parts.naming import setting
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import backbones, cache
from dynviz.ui.shell.navigation import PAGES
from dynviz.ui.shell.shown import plain
from dynviz.ui.tradeoff import board, text, times
from dynviz.ui.tradeoff.board import Axis, Line, Spot
from dynviz.ui.tradeoff.view import TradeoffView, examples, use

MOST, LEAST = 5, 3  # curves beside that in use: with it, at most as many as there are colours
CHART, LINE, POINT = "tradeoff", "tradeoff.line", "tradeoff.point"


def controls() -> tuple[Axis, int, Any]:
    """Axis and, for times, the batch size, in one row; and the row, where more may stand."""
    row = st.container(horizontal=True, gap="medium", key="controls")
    with row:
        options: dict[str, Any] = {"default": "share", "key": "axis", "bind": "query-params", "help": text.AXIS_HELP, "required": True}
        axis = st.segmented_control(text.AXIS, list(text.AXES), format_func=text.AXES.__getitem__, **options)
        batch = times.batch() if axis == "ms" else 1
    return cast(Axis, axis or "share"), batch, row


def headline(view: TradeoffView) -> None:
    """The finding in words, and four numbers."""
    sweep, spot = view.sweep, view.spot
    if sweep is None or spot is None:
        st.info(view.why_none(text.NO_OWN, text.UNREAD_OWN).format(name=plain(view.choice.checkpoint.config.title)), icon=":material/info:")
        return
    i, name = spot.point, plain(view.name(spot.checkpoint))
    heading.title(operating.headline(sweep, i, examples(sweep, view.task.text)))
    if i == 0:
        st.markdown(text.FULL_LINE.format(name=name))
    else:
        knobs, right, full = setting(sweep.model, sweep.knobs[i]), scored(sweep.score[i], sweep.metric), percent1(sweep.score[0])
        st.markdown(text.LINE.format(name=name, knobs=knobs, score=right, full=full, verdict=operating.judged(sweep, i)))
    operating.metrics(sweep, i)


def _small_print(view: TradeoffView, sweep: Sweep, i: int) -> list[str]:
    said = [text.MEASURED.format(split=view.task.splits["report"], n=examples(sweep, view.task.text))]
    if view.plain is not None and view.plain.model != sweep.model:
        found = against(sweep, view.plain, i)
        if found is not None:
            mean, low, high = map(points, found)
            said.append(text.AGAINST.format(score=percent1(view.plain.score[0]), difference=mean, low=low, high=high))
    if dict(view.choice.settings) != dict(sweep.knobs[i]):
        said.append(text.NOT_MEASURED.format(wanted=setting(sweep.model, view.choice.settings), there=setting(sweep.model, sweep.knobs[i])))
    return said


def chart(view: TradeoffView, shown: list[str], spend: float) -> None:
    """The curves of these names and that in use, with the budget's line; a click on a point sets the model and its knob everywhere."""
    scale = view.scale
    if scale is None:
        times.explain(view, shown)
        _twins(view)
        return
    curves = view.curves(shown, scale)
    sweep = view.sweep or next(iter(view.report.values()))
    marks: dict[str, Any] = {"operating": view.operating, "budget": spend}
    fig = figures.tradeoff(curves, **marks, title="", subtitle="", style=style(), unit=view.axis, x_title=times.title(view))
    finding = figures.tradeoff_finding(curves, view.operating, view.axis)
    names = "; ".join(dict.fromkeys(c.name for c in curves))  # some hold a comma
    said = text.ALT.format(finding=finding, metric=drawn_metric(curves), axis=text.AXES[view.axis].lower(), curves=names)
    rows, key = partial(figures.tradeoff_table, curves, view.axis), text.KEY.format(n=f"{len(sweep.rows.ids):,}")
    key += text.KEY_INSET if any(trace.xaxis == "x2" for trace in fig.data) else ""
    key += text.KEY_BUDGET.format(budget=percent(spend)) if view.axis == "share" else ""
    times.lead(view, scale)
    draw(Panel(CHART, fig, said, rows, key=key, headed=True, least=384, source=_source(view, shown)), partial(_click, view))
    _twins(view)
    st.caption(_notes(view))
    times.notes(view, shown, scale)


def _source(view: TradeoffView, shown: list[str]) -> sources.Provenance:
    """Of the curves drawn, that in use first."""
    drawn = [c.name for line in view.lines if line.name in shown or line is view.line for c in line.members]
    own = view.choice.checkpoint.name
    names = sorted(dict.fromkeys(name for name in [own, *drawn] if name in view.report), key=lambda name: name != own)
    return sources.sweeps([view.report[name] for name in names], view.spot.point if view.spot else None)


def beside(view: TradeoffView, row: Any) -> list[str]:
    """The curves to draw beside that in use, by the names on them; the question stands in this row."""
    names = [line.name for line in view.lines]
    if len(names) < 2:
        return names
    best = [line.name for line in view.thriftiest if line is not view.line]
    with row:
        how = show.one_of(text.COMPARE, text.COMPARES, "kind", "beside", help=text.COMPARE_HELP)
    if how == "own":
        options: dict[str, Any] = {"default": best[:MOST], "max_selections": MOST, "bind": "query-params", "help": text.CURVES_HELP}
        return list(st.multiselect(text.CURVES, names, key=f"curves.{view.task.name}", **options))
    found = alike(view, best) if how == "kind" else best
    return list(dict.fromkeys([*times.foreseen(view), *found]))[:MOST]


def alike(view: TradeoffView, names: Sequence[str]) -> list[str]:
    """Of these curves, those of methods of the same kind as the model in use; at least a few, filled up with the first of the others."""
    kinds = {line.name: cache.card(line.members[0].name).kind for line in view.lines}
    free = [name for name in names if name not in [line.name for line in view.yardsticks]]  # those are drawn anyway, in grey
    same = [name for name in free if kinds[name] == view.choice.card.kind]
    others = [name for name in free if name not in same]
    return same + others[: max(LEAST - len(same), 0)]


def _click(view: TradeoffView) -> None:
    _go(view, target(view, show.clicked(CHART)))


def target(view: TradeoffView, clicked: list[Any]) -> Spot | str | None:
    """What a click on [curve name, point] means: a setting, a reason why there is none, or nothing."""
    name, at = (clicked[0], clicked[1]) if len(clicked) == 2 else (None, None)
    if not isinstance(name, str) or not isinstance(at, int) or at < 0:
        return None
    line = next((x for x in (*view.lines, *([view.inner] if view.inner else [])) if x.name == name), None)
    if line is not None:
        return line.spots[at] if at < len(line.spots) else None
    if name == board.FULL and view.plain is not None:
        return Spot(view.plain.model, 0)
    return text.BASELINE.format(name=name.capitalize())


def _go(view: TradeoffView, found: Spot | str | None) -> None:
    if isinstance(found, str):
        st.session_state["tradeoff.notice"] = found
    elif found is not None and cache.checkpoint(found.checkpoint).runnable:
        use(found, view.report[found.checkpoint])
    elif found is not None:
        st.session_state["tradeoff.notice"] = text.NOT_RUNNABLE.format(name=view.name(found.checkpoint))


def _twins(view: TradeoffView) -> None:
    """The same choice by keyboard: which curve, which point of it."""
    open_ = [line for line in view.lines if line.runnable]
    if not open_:
        return
    left, right = st.columns([2, 3])
    names = [line.name for line in open_]
    st.session_state[LINE] = view.line.name if view.line in open_ else None
    left.selectbox(text.CURVE, names, index=None, key=LINE, on_change=partial(_pick_line, view), placeholder="", help=text.POINT_HELP)
    line = view.inner if view.inner and view.operating and view.operating[0] == view.inner.name else view.line
    if line is None or view.operating is None or line not in (*open_, view.inner):
        return
    order = sorted(range(len(line.spots)), key=lambda i: (view.report[line.spots[i].checkpoint].share[line.spots[i].point], i))
    key = f"{POINT}.{line.name}"
    st.session_state[key] = view.operating[1]
    right.select_slider(
        text.POINT, order, format_func=partial(_label, view, line), key=key, on_change=partial(_pick_point, view, line, key)
    )


def _label(view: TradeoffView, line: Line, at: int) -> str:
    spot = line.spots[at]
    sweep = view.report[spot.checkpoint]
    family = line.members[at].config.family if line.family else None
    first = dict(list(sweep.knobs[spot.point].items())[:1])
    off = bool(first) and sweep.knobs[spot.point] == sweep.knobs[0]  # its value there lies beyond what the knob shows
    knob = f"{family.parameter} {family.value:g}" if family else text.POINT_OFF if off else setting(sweep.model, first)
    return f"{knob} · {percent(float(sweep.share[spot.point]))}"


def _pick_line(view: TradeoffView) -> None:
    line = next((x for x in view.lines if x.name == st.session_state[LINE]), None)
    if line is not None:
        first = line.members[0]
        use(Spot(first.name, board.own_point(first, view.defaults[first.name], view.report[first.name])), view.report[first.name])


def _pick_point(view: TradeoffView, line: Line, key: str) -> None:
    _go(view, line.spots[int(st.session_state[key])])


def _notes(view: TradeoffView) -> str:
    said = text.CLICK + " " + _on(view)
    if view.sweep is not None and view.spot is not None:
        said += " ".join(_small_print(view, view.sweep, view.spot.point)) + " "
    if view.line and view.baselines:
        said += text.CHART_NOTE.format(name=plain(view.name(view.choice.checkpoint.name)))
    if view.yardsticks:
        said += text.YARDSTICKS_NOTE
    if view.seeds and view.line:
        said += text.SEED_MARK
    if view.cut_steps:
        cuts = " to ".join(f"{n:,}" for n in sorted({min(view.cut_steps), max(view.cut_steps)}))
        said += text.STEPS_NOTE.format(own=f"{api.trained_steps(view.choice.checkpoint):,}", cuts=cuts)
    family = next((line for line in view.lines if line.family), None)
    if family is not None and family.members[0].config.family is not None:
        said += text.FAMILY_NOTE.format(parameter=family.members[0].config.family.parameter)
    return said


def _on(view: TradeoffView) -> str:
    """Which backbone the page is about, where the task has several."""
    task = view.choice.checkpoint.config.task
    names, measured = backbones.of_task(task), {c.backbone for c in cache.catalogue()[0] if c.config.task == task and c.measured}
    own = next((cache.checkpoint(name).backbone for name in view.report), None)
    others = [title for name, title in names.items() if name != own and name in measured]
    if own is None or not others:
        return ""
    return f"{text.BACKBONE_NOTE.format(own=names[own], others=listing(others, len(others)))}{bought(task)} "


def links(view: TradeoffView) -> None:
    """To the sentence, and to what each method does."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.line is None or view.line.runnable:
            st.page_link(PAGES / "sentence.py", label=shared.OPEN_SENTENCE, icon=":material/segment:")
            st.page_link(PAGES / "data.py", label=text.OPEN_DATA, icon=":material/table_rows:")
        if not view.lines:
            return
        with st.popover(text.ABOUT_CURVES, type="tertiary", icon=":material/menu_book:"):
            for method, card in {line.members[0].config.method: cache.card(line.members[0].name) for line in view.lines}.items():
                label = text.OPEN_METHOD.format(name=plain(card.title))
                st.page_link(PAGES / "methods.py", label=label, icon=":material/menu_book:", query_params={"method": method})
                st.caption(plain(card.caption))
