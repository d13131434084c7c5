"""The spread over training seeds: the model in use trained again with other seeds, at the same setting."""

from collections.abc import Mapping

import streamlit as st

from dynviz.figures.wording import gap, headed, percent, percent1, scored
from dynviz.records.tasks import Metric
from dynviz.ui.parts import show
from dynviz.ui.parts.show import PERCENT, POINTS
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import plain
from dynviz.ui.tradeoff import board, text
from dynviz.ui.tradeoff.board import Seed
from dynviz.ui.tradeoff.view import TradeoffView


def section(view: TradeoffView) -> None:
    """The spread over the seeds, in a sentence and as a table."""
    if not view.seeds or view.sweep is None or view.spot is None:
        others = view.sweep is not None and any(c.measured for c in cache.repeats(view.choice.checkpoint.name))
        why = text.UNREAD_SEEDS if others or view.unread("report") else text.NO_SEEDS
        st.info(why.format(name=plain(view.name(view.choice.checkpoint.name))), icon=":material/info:")
        return
    own = view.choice.checkpoint
    trainings = [own, *(c for c in cache.repeats(own.name) if c.name in view.seeds)]
    found = board.seeds_at(trainings, {own.name: view.sweep, **view.seeds}, view.sweep.knobs[view.spot.point])
    st.markdown(said(found, view.spot.point > 0, view.sweep.metric))
    heads = _heads(view.sweep.metric)
    shares = {heads[k]: PERCENT for k in ("full", "accuracy", "share")}
    signed = {heads[k]: POINTS for k in ("difference", "low", "high")}
    show.open_table("seeds", [row(one, heads) for one in found], {**shares, **signed})
    st.caption(text.SEEDS_NOTE.format(n=len(found)))


def said(found: list[Seed], early: bool, metric: Metric = "accuracy") -> str:
    """From the least to the most over all trainings. early: whether the setting is not full depth."""
    full, here, cost = ([getattr(one, name) for one in found] for name in ("full", "accuracy", "share"))
    words = text.SEEDS.format(n=len(found), full=scored(f"{percent1(min(full))} to {percent1(max(full))}", metric))
    ends = {"low": percent1(min(here)), "high": percent1(max(here)), "share_low": percent(min(cost)), "share_high": percent(max(cost))}
    spread = max(max(values) - min(values) for values in ((full, here) if early else (full,)))
    return (
        words + (text.SEEDS_HERE.format(**ends) if early else text.SEEDS_END) + " " + text.SEEDS_WIDER.format(spread=gap(spread))
    )


def _heads(metric: Metric) -> dict[str, str]:
    return {key: head.format(metric=headed(metric)) for key, head in text.SEED_COLUMNS.items()}


def row(one: Seed, heads: Mapping[str, str]) -> dict[str, object]:
    """A training as a row of the table."""
    values = {k: getattr(one, k) for k in heads}
    return {heads[k]: round(v * 100, 2) if isinstance(v, float) else v for k, v in values.items()}
