"""Example by example: which answers change, by kind of sentence, and where the sentences stop."""

from collections import Counter
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.api import Checkpoint
from dynviz.figures.wording import count, headed, points, verb
from dynviz.records import Sweep
from dynviz.records.slices import EVERYTHING, Slice, by_tag, flips
from dynviz.records.tasks import Metric, Task
from dynviz.ui.parts import heading, operating, show, sources
from dynviz.ui.parts import text as shared
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.parts.panels import table as folded
from dynviz.ui.parts.show import PERCENT, POINTS
from dynviz.ui.shell.navigation import PAGES
from dynviz.ui.shell.shown import plain
from dynviz.ui.tradeoff import text
from dynviz.ui.tradeoff.view import TradeoffView, examples

EXITS, LAYER = "exits", "stopped"


def changes(view: TradeoffView) -> None:
    """The answers that differ from full depth's, and the kinds of sentences that lose most."""
    if view.sweep is None or view.spot is None:
        st.info(view.why_none(text.NO_OWN, text.UNREAD_OWN).format(name=plain(view.choice.checkpoint.config.title)), icon=":material/info:")
        return
    sweep, point = view.sweep, view.spot.point
    found = flips(sweep, point)
    counts: Counter[str] = Counter(flip.kind for flip in found)
    n = examples(sweep, view.task.text) if len(sweep.rows.ids) == len(sweep.rows.labels) else count(len(sweep.rows.labels), "word")
    if not found:
        st.markdown(text.NO_FLIPS.format(n=n))
        return
    other = text.FLIPS_OTHER.format(count=counts["changed"]) if counts["changed"] else ""
    told = {"changed": len(found), "differ": verb(len(found), "differs", "differ"), "worse": counts["worse"], "avoided": counts["avoided"]}
    st.markdown(text.FLIPS.format(**told, n=n, other=other))
    slices = by_tag(sweep, point)
    st.markdown(f"**{text.TAGS_TITLE}.** {_worst(slices, sweep.metric)}")
    st.caption(text.TAG_NOTE)
    show.open_table("kinds", [slice_row(s, sweep.metric) for s in slices], slice_columns(sweep.metric))
    kinds = {k: f"{name} ({counts[k]})" for k, name in text.KINDS.items() if counts[k]}
    shown = show.some_of(text.SHOW, kinds, "flips", help=text.KIND_HELP)
    no_texts(view.task.splits["report"])
    names = view.task.labels
    rows = [
        {
            "row": f.row, **({"word": f.place} if view.task.unit == "token" else {}), "kind": text.KINDS[f.kind], "right": names[f.right],
            "here": names[f.here], "full": names[f.full], "layer": f.layer, "tags": ", ".join(f.tags), "length": f.length,
        }
        for f in found
        if f.kind in shown
    ]  # fmt: skip
    folded("flips", lambda: [{text.FLIP_COLUMNS[k]: v for k, v in row.items()} for row in rows], text.FLIP_TABLE)


def _worst(slices: list[Slice], metric: Metric) -> str:
    tagged = [s for s in slices if s.tag != EVERYTHING and s.difference < 0]
    if not tagged:
        return text.TAGS_NONE.format(metric=metric)
    worst = min(tagged, key=lambda s: s.difference)
    surest = shared.SURE if worst.high < 0 else text.TAGS_UNSURE if all(s.high >= 0 for s in tagged) else ""
    n = f"n = {worst.answers:,}"
    return text.TAGS.format(worst=plain(worst.tag), worst_points=points(worst.difference), worst_n=n, surest=surest).strip()


def slice_row(s: Slice, metric: Metric) -> dict[str, Any]:
    """A kind of sentence as a row of the table."""
    values = {
        "tag": s.tag, "sentences": s.sentences, "answers": s.answers, "here": round(s.accuracy * 100, 2), "full": round(s.full * 100, 2),
        "difference": round(s.difference * 100, 2), "low": round(s.low * 100, 2), "high": round(s.high * 100, 2),
        "share": round(s.share * 100, 2), "depth": round(s.depth, 2), "worse": s.worse, "avoided": s.avoided,
    }  # fmt: skip
    if s.answers == s.sentences:
        values.pop("answers")
    return {text.TAG_COLUMNS[k].format(metric=headed(metric)): v for k, v in values.items()}


def slice_columns(metric: Metric) -> dict[str, Any]:
    """Column settings of the table of slices."""
    heads = [text.TAG_COLUMNS[k].format(metric=headed(metric)) for k in ("here", "full", "share")]
    return {**percents(*heads), **signed()}


def percents(*names: str) -> dict[str, Any]:
    """Column settings: these show shares as percent."""
    return dict.fromkeys(names, PERCENT)


def signed() -> dict[str, Any]:
    """Column settings: differences in points."""
    return {text.TAG_COLUMNS[k]: POINTS for k in ("difference", "low", "high")}


def exits(view: TradeoffView, sweep: Sweep, point: int) -> None:
    """After which layer the sentences stop, right and wrong ones apart; a click on a bar, or the menu, lists its rows."""
    heading.section(text.EXITS_TITLE, "exits")
    if (sweep.exits[point] == sweep.layers).all():
        st.markdown(operating.no_exits(sweep, point))
        return
    names = layer_names(view.choice.checkpoint, sweep.layers)
    owner = sweep.rows.owner
    right = np.bincount(owner, ~sweep.correct[point], len(sweep.rows.ids)) == 0
    chosen = st.session_state.get(LAYER)
    selected = names.index(chosen) + 1 if chosen in names else None
    fig = figures.exit_distribution(sweep.exits[point], right, names, selected, style(), "", "", noun=view.task.text)
    finding, source = figures.exit_finding(sweep.exits[point], right, names, noun=view.task.text), sources.sweeps([sweep], point)
    table = partial(figures.exit_table, sweep.exits[point], right, names)
    key = text.EXITS_KEY.format(noun=view.task.text)
    draw(Panel(EXITS, fig, finding, table, key=key, headed=True, source=source), partial(_layer, names))
    if view.task.unit == "token":
        st.caption(shared.EXITS_TOKENS)
    st.selectbox(text.LAYER, names, index=None, key=LAYER, placeholder=text.LAYER_NONE, bind="query-params")
    if selected is not None:
        _listed(sweep, point, selected, names, right, view.task)


def _layer(names: tuple[str, ...]) -> None:
    if found := show.layer_clicked(EXITS, names):
        st.session_state[LAYER] = found


def _listed(sweep: Sweep, point: int, layer: int, names: tuple[str, ...], right: Any, task: Task) -> None:
    rows = sweep.rows
    here = np.flatnonzero(sweep.exits[point] == layer)
    n, stop = count(len(here), task.text), verb(len(here), "stops", "stop")
    head = text.LAYER_TABLE.format(n=n, stop=stop, layer=names[layer - 1], right=int(right[here].sum()))
    listed = [
        {
            "Row": rows.ids[i],
            "Outcome": text.RIGHT if right[i] else text.WRONG,
            "Kinds": ", ".join(rows.tags[i]),
            "Pieces": int(rows.lengths[i]),
        }
        for i in here
    ]
    st.markdown(head)
    no_texts(task.splits["report"])
    show.open_table(f"exits-layer-{layer}", listed)


def no_texts(split: str) -> None:
    """That rows are told by number and kind, and the way to their texts."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(text.NO_TEXTS.format(split=plain(split)))
        st.page_link(PAGES / "data.py", label=text.GIVE_FILE, icon=":material/table_rows:", query_params={"rows": "file"})


def layer_names(checkpoint: Checkpoint, layers: int) -> tuple[str, ...]:
    """ "layer 1", ...; in a cascade "small 1", ..., "big 1", ..."""
    stages = checkpoint.config.stages
    if len(stages) < 2:
        return tuple(f"layer {i}" for i in range(1, layers + 1))
    names = [f"{s.name} {i}" for s in stages for i in range(1, int(s.config.get("num_hidden_layers", 0)) + 1)]
    return tuple(names) if len(names) == layers else tuple(f"layer {i}" for i in range(1, layers + 1))
