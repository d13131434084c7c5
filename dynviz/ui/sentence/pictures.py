"""What happened to one text: verdict, metrics, word by word, for a trace from a model or from a file."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dynviz import api, figures
from dynviz.figures.columns import Column, columns, one_decision, unit_of
from dynviz.figures.depths import agreement, mean_depth, mean_of
from dynviz.figures.rule import rule_groups
from dynviz.figures.wording import depth, percent
from dynviz.records import Trace
from dynviz.records.card import Comparison
from dynviz.records.schema import to_json
from dynviz.ui.parts import picking, words
from dynviz.ui.parts.export import frozen
from dynviz.ui.parts.panels import draw, style
from dynviz.ui.sentence import forcing, text, tools
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell.shown import plain

if TYPE_CHECKING:
    pass

LEGIBLE = 820  # px that the widest pictures need; below, they are scrolled
WIDTHS = {"layer": 65, "answer": 105, "limit": 60, "stops": 100}  # px of the columns of the reasons; the reading's own:
READING = 100


def headline(result: Result) -> "st.delta_generator.DeltaGenerator":
    """Verdict and metrics; returns the place for the measured time, filled last because measuring takes longest."""
    trace = result.trace
    st.markdown(f"#### {plain(words.verdict(trace, result.full))}")
    if trace.note:
        st.info(plain(trace.note), icon=":material/content_cut:")
    whole = one_decision(trace)
    used = str(trace.exit_layer) if whole else depth(mean_depth(trace))
    label, note = (text.LAYERS, None) if whole else (text.MEAN_DEPTH.format(of=mean_of(trace)), text.DEPTH_HELP)
    grid = st.grid(4, min_column_width=180)
    grid.metric(label, text.OF.format(some=used, all=len(trace.layers)), help=note, border=True, height="stretch")
    grid.metric(text.SHARE, percent(trace.share), help=text.SHARE_HELP, border=True, height="stretch")
    place = grid.container()
    grid.metric(text.SAME, _same(trace, result.full), help=text.SAME_HELP, border=True, height="stretch")
    return place


def _same(trace: Trace, full: Trace | None) -> str:
    if full is None:
        return text.UNKNOWN
    same, total = agreement(trace, full)
    if trace.unit == "token" and total:
        return text.OF.format(some=same, all=total)
    return text.YES if same == total else f"{text.NO}, {full.predicted[0]}"


def time_metric(place: "st.delta_generator.DeltaGenerator", measured: tuple[float, float] | None) -> None:
    """The measured time at these settings, beside full depth's."""
    if measured is None:
        place.metric(text.TIME, text.TIME_NONE, help=text.TIME_HELP, border=True)
        return
    here, full = (words.milliseconds(v) for v in measured)
    place.metric(text.TIME, here, text.TIME_FULL.format(ms=full), delta_color="off", delta_arrow="off", help=text.TIME_HELP, border=True)


def plan_key(trace: Trace) -> str:
    """What was computed, in short: traces with the same key take the same time."""
    masks = np.packbits(np.stack([trace.attending, trace.visible, trace.transformed]))
    return hashlib.sha256(masks.tobytes() + str(trace.extra_flops.tolist()).encode()).hexdigest()


def panels(result: Result) -> None:
    """The pictures, with one word looked at in all of them, and the tools."""
    trace, cols = result.trace, columns(result.trace, result.by)
    shown = picking.window(len(cols))
    words_apart = not one_decision(trace)
    picked = picking.picked(trace, result.full, shown, result.by) if words_apart else None
    place = st.container()  # drawn last: the tools below say which layer is looked at
    if words_apart:
        picking.picker(trace, shown, result.by)
    layer = tools.section(result)
    with place:
        _staircase(result, picked, shown, layer)
    column = cols[picked or 0]
    climbs = _climbs(result, column)
    grid = st.grid(2, min_column_width=420)
    if climbs:
        with grid.cell():
            _trajectory(result, column)
    with grid.cell():
        _why(result, column)
    if result.loses and not climbs:
        with grid.cell():
            _funnel(result)
    if not _halting(result):
        _rule(result)
    if result.loses:
        _ladder(result)
        if climbs:
            _funnel(result)
        _scores(result)
    if result.legend:
        _legend(result)
    _exports(result)


def _staircase(result: Result, picked: int | None, shown: tuple[int, int], layer: int | None) -> None:
    trace, full, by = result.trace, result.full, result.by
    settled = None if result.settled is None else result.settled.layers
    figure = figures.staircase(trace, full, picked, style(), by, shown, "", "", settled, layer)
    finding = figures.staircase_finding(trace, full)
    least = min(110 + (24 if picked is None else 38) * (shown[1] - shown[0]), LEGIBLE)
    panel = result.panel("staircase", figure, finding, lambda: figures.staircase_table(trace, full, by), least)
    if settled is not None:
        panel = replace(panel, key=f"{panel.key} {text.SETTLED_KEY}")
    draw(panel, picking.click if picked is not None else None)


def _climbs(result: Result, column: Column) -> bool:
    """Whether the answer is read more than once on the way up, so that there is a path to draw."""
    trace = result.full or result.trace
    read = ~np.isnan(trace.probs[:, unit_of(trace, column)]).any(-1)
    return int(read.sum()) > 1


def _trajectory(result: Result, column: Column) -> None:
    """How the answers fare from layer to layer, and what the rule compares."""
    trace, full = result.trace, result.full
    found = _followed(result, column)
    limits = [] if found is None else np.unique(found.limits[~np.isnan(found.limits)]).tolist()
    named, label = (None, None) if found is None else (found.reading, found.label.split(" (")[0])
    threshold = limits[0] if len(limits) == 1 else None
    unit = column.pieces[0] if trace.unit == "token" else None
    side = None if found is None else found.side
    finding = figures.trajectory_finding(trace, full, named, threshold, unit, side, label)
    figure = figures.trajectory(trace, full, named, threshold, unit, style(), label, title="", subtitle="", side=side)
    panel = result.panel("trajectory", figure, finding, lambda: figures.trajectory_table(trace, full, unit))
    stopped = trace.depth[column.pieces[0]] < len(trace.layers)
    draw(panel if stopped else replace(panel, key=""))


def _followed(result: Result, column: Column) -> Comparison | None:
    """The reading drawn under the answers: of those the rule compares as they were read, the one by which it stopped, else the first."""
    trace, depth = result.trace, result.trace.depth[column.pieces[0]]
    read = [c for c in result.compared if c.reading in trace.readings and (c.values.ndim == 1 or trace.unit == "token")]
    stopped = (c for c in read if c.held[depth].ravel()[column.pieces[0] if c.values.ndim == 2 else 0])
    return next(stopped, next(iter(read), None))


def _why(result: Result, column: Column) -> None:
    found = words.why(result.trace, column, result.compared, result.card)
    with st.container(border=True, key="why"):
        st.markdown(f"**{text.WHY_TITLE}**")
        st.markdown(plain(found.said))
        names = found.rows[0] if found.rows else {}
        widths = {name: st.column_config.TextColumn(width=WIDTHS.get(name, READING)) for name in names}
        st.dataframe(found.rows, hide_index=True, key="why-rows", column_config=widths)


def _ladder(result: Result) -> None:
    """Tokens dropped or frozen, line by line."""
    trace = result.trace
    by = result.by
    shown = picking.part(figures.windows(trace, by), "tokens")
    figure = figures.ladder(trace, style=style(), by=by, window=shown, title="", subtitle="")
    least = min(160 + 40 * (shown[1] - shown[0]), LEGIBLE)
    panel = result.panel("ladder", figure, figures.ladder_finding(trace), lambda: figures.ladder_table(trace, by), least)
    draw(panel, (lambda: forcing.clicked("ladder", trace, by)) if result.name else None)


def conditions(trace: Trace, compared: Sequence[Comparison]) -> list[Comparison]:
    """What the rule's own picture shows: quantities that are no readings; with one of the sentence, all conditions of the sentence, since
    they hold together, or either is enough."""
    derived = [c for c in compared if c.reading not in trace.readings]
    of_sentence = any(c.values.ndim == 1 for c in derived)
    return [c for c in compared if c in derived or (of_sentence and c.values.ndim == 1)]


def _rule(result: Result) -> None:
    """What the rule compares, where it is no reading that another picture shows: a counter, a sum, a mixture."""
    trace = result.trace
    derived = conditions(trace, result.compared)
    summed = [c for c in result.compared if c.values.ndim == 2 and c.stops == "above" and trace.unit == "sentence"]
    for i, group in enumerate(rule_groups((*derived, *summed))):
        figure = figures.rule(trace, group, style(), title="", subtitle="")
        finding, table = figures.rule_finding(trace, group), partial(figures.rule_table, trace, group)
        draw(replace(result.panel("rule", figure, finding, table), name=f"rule-{i}"))


def _halting(result: Result) -> bool:
    """Weight left and bounds, for a method whose layers vote; not for a trace from a file, which is shown without torch."""
    found = api.halting(result.trace, result.card) if result.card is not None else None
    if found is None:
        return False
    values = (*found, result.trace.exit_layer)
    figure = figures.halting(*values, style(), title="", subtitle="")
    draw(result.panel("halting", figure, figures.halting_finding(*values), lambda: figures.halting_table(*values)))
    return True


def _funnel(result: Result) -> None:
    kept, compute, names = figures.funnel_of(result.trace)
    figure = figures.funnel(kept, compute, names, style=style(), title="", subtitle="")
    draw(result.panel("funnel", figure, figures.funnel_finding(kept, compute), lambda: figures.funnel_table(kept, compute, names)))


def _scores(result: Result) -> None:
    """How close the calls were, where tokens are held against a limit one by one."""
    trace, scored = result.trace, result.scored
    if scored is None:
        return
    limits = scored.limits[1:]
    shown = picking.window(len(trace.tokens), "pieces")
    figure = figures.scores(trace, scored.reading, limits, style(), shown, title="", subtitle="")
    finding = figures.scores_finding(trace, scored.reading, limits)
    least = min(160 + 28 * (shown[1] - shown[0]), LEGIBLE)
    draw(result.panel("scores", figure, finding, lambda: figures.scores_table(trace, scored.reading, limits), least))


def _legend(result: Result) -> None:
    here = {label for label in result.trace.predicted if label}
    with st.expander(text.TAGS, icon=":material/sell:"):
        for title, chosen in ((text.TAGS_HERE, True), (text.TAGS_OTHER, False)):
            lines = [f"**{plain(tag)}** {plain(meaning)}" for tag, meaning in result.legend.items() if (tag in here) is chosen]
            if lines:
                st.caption(title)
                st.markdown("  \n".join(lines))


def _exports(result: Result) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, trace, name in ((text.SAVE_TRACE, result.trace, "trace"), (text.SAVE_FULL, result.full, "trace-full")):
            if trace is not None:
                data = to_json(trace, 1)  # made now: what is made on the click is lost when the page reruns in that instant
                st.download_button(label, data, f"{name}.json", "application/json", key=name, on_click="ignore", icon=":material/download:")
        if result.name:
            frozen.offer(result.name, result.typed, result.settings)
        st.caption(text.LINK)
