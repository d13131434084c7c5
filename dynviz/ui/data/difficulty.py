"""What goes with depth, cost or mistakes: length, rarity, kinds, negation, labels, parts of speech."""

from dataclasses import replace
from functools import partial
from typing import Any, cast

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures import Group
from dynviz.jobs import groups
from dynviz.jobs.groups import Measure, Part, Totals
from dynviz.ui.data import kept, text
from dynviz.ui.data.rows import Selection
from dynviz.ui.data.view import DataView
from dynviz.ui.parts import show, sources
from dynviz.ui.parts.panels import Panel, draw, style

CHART, GROUP = "data-difficulty", "data.group"
BINNED = ("length", "rarity")
FEW = 3  # a kind of fewer sentences is left out
MANY = 20  # classes in one picture


def section(view: DataView) -> Selection | None:
    """Two menus, the picture, and its twin; the rows of the group that is picked."""
    grid = st.grid(2, min_column_width=400)
    options: dict[str, Any] = {"bind": "query-params", "required": True, "wrap": True}
    by = grid.segmented_control(text.BY, bys(view), format_func=text.BYS.__getitem__, default="length", key="by", **options) or "length"
    can = measures(view, by)
    measure = grid.segmented_control(text.MEASURE, can, format_func=text.MEASURES.__getitem__, default="layers", key="measure", **options)
    what = cast(Measure, measure if measure in can else "layers")
    parts, overall = found(view, by, what)
    if not parts:
        st.info(text.TOO_FEW, icon=":material/info:")
        return None
    key, names = f"{GROUP}.{by}", [part.name for part in parts]
    name = kept.choice(key, "group", {n: n for n in names}, None)
    picked = None if name is None else names.index(name)
    panel = replace(_panel(parts, overall, by, what, picked), source=sources.sweeps([view.sweep], 1))
    draw(panel, partial(_click, by, parts))
    if by in ("label", "answer", "tag") and (there := int((_counts(view, by) > 0).sum())) > MANY:
        st.caption(text.COMMONEST.format(shown=len(parts), all=there))
    labels = {part.name: f"{part.name} ({len(part.rows):,})" for part in parts}
    st.selectbox(text.GROUP, list(labels), None, format_func=labels.__getitem__, key=key, placeholder=text.GROUP_NONE, width=420)
    chosen = None if picked is None else parts[picked]
    return None if chosen is None else Selection(chosen.name if by == "negation" else f"{text.BY_AXIS[by]} {chosen.name}", chosen.rows)


def bys(view: DataView) -> list[str]:
    """The groupings this job allows."""
    own = (["tag"] if view.labelled else []) if view.tags else ["label" if view.labelled else "answer"]
    return ["length", "rarity", "kind", "negation", *own]


def measures(view: DataView, by: str) -> list[str]:
    """The measures this job and grouping allow."""
    return [m for m in text.MEASURES if (view.labelled or m != "right") and (by != "tag" or m != "compute")]


def found(view: DataView, by: str, measure: Measure) -> tuple[list[Part], float]:
    """The groups, and the mean over all."""
    what = groups.totals(view.outcome, measure)
    overall = what.over(np.arange(view.n))[0]
    if by in BINNED:
        return groups.binned(view.sweep.rows.lengths if by == "length" else view.gathered.rank, what), overall
    if by == "tag":
        return _tags(view, measure)
    return groups.named(_named(view, by), what), overall


def _named(view: DataView, by: str) -> list[tuple[str, Any]]:
    rows = view.sweep.rows
    if by == "kind":
        kinds = [(kind, rows.tagged(kind)) for kind in view.kinds[:14]]
        return [(kind, which) for kind, which in kinds if which.sum() >= FEW]
    if by == "negation":
        which = rows.tagged("negation")
        return [(text.NEGATED, which), (text.NOT_NEGATED, ~which)]
    classes = rows.labels if by == "label" else view.sweep.predicted[0]
    return [(view.about.labels[i], classes == i) for i in _commonest(view, by)]


def _counts(view: DataView, by: str) -> Any:
    """(C,) how many answers there are of each class."""
    classes = view.sweep.predicted[0] if by == "answer" else view.sweep.rows.labels
    return np.bincount(classes, minlength=len(view.about.labels))


def _commonest(view: DataView, by: str) -> list[int]:
    """The classes drawn, in their order: the commonest, where there are too many for one picture."""
    return sorted(np.argsort(-_counts(view, by), kind="stable")[:MANY].tolist())


def _tags(view: DataView, measure: Measure) -> tuple[list[Part], float]:
    """Words by their right tag; the sentences of a group are those that hold such a word."""
    owner, labels = view.sweep.rows.owner, view.sweep.rows.labels
    parts = []
    for i in _commonest(view, "tag"):
        name, chosen = view.about.labels[i], labels == i
        if chosen.sum() >= FEW:
            what: Totals = groups.word_totals(view.outcome, measure, chosen)
            rows = np.unique(owner[chosen])
            parts.append(Part(name, rows, *what.over(rows)))
    everything = groups.word_totals(view.outcome, measure, np.ones(len(labels), bool))
    return sorted(parts, key=lambda part: -part.mean), everything.over(np.arange(view.n))[0]


def drawn(parts: list[Part]) -> list[Group]:
    """Groups as the figure takes them."""
    return [Group(part.name, len(part.rows), part.mean, part.low, part.high) for part in parts]


def _panel(parts: list[Part], overall: float, by: str, measure: Measure, picked: int | None) -> Panel:
    share, binned, drew = measure != "layers", by in BINNED, drawn(parts)
    names = (text.BY_AXIS[by], text.OF_WORDS if by == "tag" and measure == "layers" else text.MEASURE_AXIS[measure])
    fig = figures.difficulty(drew, overall, *names, share, binned, picked, style(), title="", subtitle="")
    finding = figures.difficulty_finding(drew, overall, *names, share, binned)
    key = text.DIFFICULTY_KEY
    return Panel(
        CHART, fig, finding, lambda: figures.difficulty_table(drew), text.DIFFICULTY_HOW, text.DIFFICULTY_LIMITS, text.DIFFICULTY_MATHS,
        key, headed=True,
    )  # fmt: skip


def _click(by: str, parts: list[Part]) -> None:
    data = show.clicked(CHART)
    if data and isinstance(data[0], int | float) and 0 <= int(data[0]) < len(parts):
        st.session_state[f"{GROUP}.{by}"] = parts[int(data[0])].name
