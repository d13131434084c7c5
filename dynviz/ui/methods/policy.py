"""A policy on the Methods page: its words, and what it does to a stream of stored sentences, with its knobs to turn."""

from functools import partial

import numpy as np
import streamlit as st

from dynviz import api, figures
from dynviz.figures import captions
from dynviz.figures.wording import percent
from dynviz.records.card import Card
from dynviz.ui.methods import docstring, facts, text
from dynviz.ui.methods.entry import idea
from dynviz.ui.parts import heading, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import asked, cache
from dynviz.ui.shell.shown import guarded


def show(card: Card) -> None:
    """The card, the stream, and what others report."""
    said = docstring.of(card.about)
    idea(card, said, (text.POLICY, ""))
    heading.section(text.STREAM.format(title=card.title))
    facts.bullets(said.knob)
    with guarded():
        _stream(card)
    facts.published(card)
    facts.deviations(card)


def _stream(card: Card) -> None:
    able = [c.name for c in cache.catalogue()[0] if api.streamable(c)]
    if not able:
        st.info(text.NO_STREAM, icon=":material/info:")
        return
    grid = st.grid(1 + len(card.knobs), min_column_width=200)
    first = able.index("sst2-joint") if "sst2-joint" in able else 0
    name = grid.selectbox(text.STREAM_MODEL, able, first, key=f"{card.name}.model", bind="query-params")
    bind = {knob.name: asked.bound(f"{card.name}.{knob.name}", knob, knob.default) for knob in card.knobs}
    knobs = {
        knob.name: grid.slider(
            knob.label[:1].upper() + knob.label[1:], knob.low, knob.high, knob.default, knob.step, key=f"{card.name}.{knob.name}",
            bind=bind[knob.name], help=knob.help,
        )
        for knob in card.knobs
    }  # fmt: skip
    streams = cache.stream(name, card.name, cache.key(knobs))
    one = streams[0]
    accuracy, depth, regret = (np.array([getattr(s, key)[-1] for s in streams]) for key in ("accuracy", "depth", "regret"))
    values = (percent(float(accuracy.mean())), f"{depth.mean():.2f}", f"{regret.min():.1f} … {regret.max():.1f}")
    beside = (percent(float(one.fixed_right[one.best])), f"{one.fixed_exits[one.best]:.2f}", None)
    metrics = st.grid(3, min_column_width=145)
    for label, note, value, other in zip(text.STREAM_METRICS, text.STREAM_HELP, values, beside, strict=True):
        delta = text.STREAM_BESIDE.format(value=other) if other else None
        metrics.metric(label, value, delta, delta_color="off", delta_arrow="off", help=note.format(layers=one.layers))
    n, split = f"{len(one.arms):,}", cache.checkpoint(name).task.splits["report"]
    st.caption(text.PROXY.format(n=n, split=split, orders=len(streams)))
    finding = figures.stream_finding(streams)
    fig = figures.stream(streams, style())
    names = {knob.name: knob.label for knob in card.knobs}
    source = sources.checkpoint(cache.checkpoint(name), captions.of_policy(card.name, knobs, split, names))
    table = partial(figures.stream_table, streams)
    draw(Panel("stream", fig, finding, table, text.STREAM_HOW, text.STREAM_LIMITS, headed=True, source=source))
