"""The metric by slice, with intervals; without right answers, agreement with full depth by slice."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from dynviz.figures.wording import percent, points
from dynviz.jobs import groups
from dynviz.records import Rows, Sweep
from dynviz.records.slices import EVERYTHING, Slice
from dynviz.records.tasks import Metric
from dynviz.ui.data import cache, difficulty, text
from dynviz.ui.data.view import DataView
from dynviz.ui.parts import show
from dynviz.ui.parts import text as shared
from dynviz.ui.shell.shown import plain
from dynviz.ui.tradeoff.rows import percents, slice_columns, slice_row

KIND = {"Kind": st.column_config.TextColumn(width=170)}


def section(view: DataView) -> None:
    """The slices as a table, and the one that loses most in words."""
    if not view.labelled:
        _blind(view)
        return
    names = [b for b in text.KINDS_BYS if b != "label" or not view.tags]
    by = st.segmented_control(
        text.KINDS_BY, names, format_func=text.KINDS_BYS.__getitem__, default="kind", key="slices", bind="query-params", required=True
    )
    found = list(cache.slices(*view.key, by or "kind", sliced(view, by or "kind")))
    st.markdown(worst(found, view.sweep.metric))
    st.caption(text.KINDS_NOTE.format(where=text.KINDS_WHERE))
    metric = view.sweep.metric
    show.open_table("data-slices", [slice_row(s, metric) for s in found], {**slice_columns(metric), **KIND})


def sliced(view: DataView, by: str) -> Sweep:
    """The sweep with the slices as its tags."""
    rows = view.sweep.rows
    if by == "kind":
        return view.sweep
    if by == "label":
        tags: list[tuple[str, ...]] = [(view.about.labels[i],) for i in rows.labels]
    else:
        names = np.empty(view.n, object)
        for part in groups.binned(rows.lengths, groups.totals(view.outcome, "layers"), 6):
            names[part.rows] = f"{part.name} pieces"
        tags = [(str(name),) for name in names]
    return replace(view.sweep, rows=Rows(rows.ids, rows.lengths, tuple(tags), rows.labels, rows.owner))


def worst(slices: list[Slice], metric: Metric) -> str:
    """The slice that loses most, in words."""
    losing = [s for s in slices if s.tag != EVERYTHING and s.difference < 0]
    if not losing:
        return text.KINDS_NONE.format(metric=metric)
    most = min(losing, key=lambda s: s.difference)
    surest = shared.SURE if most.high < 0 else text.KINDS_UNSURE if all(s.high >= 0 for s in losing) else ""
    return text.KINDS.format(worst=plain(most.tag), points=points(most.difference), n=f"n = {most.answers:,}", surest=surest).strip()


def _blind(view: DataView) -> None:
    """How often the answer differs, by kind."""
    parts, _ = difficulty.found(view, "kind", "same")
    if not parts:
        return
    most = min(parts, key=lambda part: part.mean)
    st.markdown(text.KINDS_BLIND.format(worst=plain(most.name), share=percent(1 - most.mean), n=f"n = {len(most.rows):,}"))
    compute, layers = (groups.totals(view.outcome, name) for name in ("compute", "layers"))
    rows: list[dict[str, Any]] = []
    for part in parts:
        values = {
            "slice": part.name, "n": len(part.rows), "same": round(part.mean * 100, 2), "low": round(part.low * 100, 2),
            "high": round(part.high * 100, 2), "share": round(compute.over(part.rows)[0] * 100, 2),
            "depth": round(layers.over(part.rows)[0], 2),
        }  # fmt: skip
        rows.append({text.BLIND_COLUMNS[k]: v for k, v in values.items()})
    show.open_table("data-slices", rows, percents(*(text.BLIND_COLUMNS[k] for k in ("same", "low", "high", "share"))))
