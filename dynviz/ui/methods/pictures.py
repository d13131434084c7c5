"""A method's picture on one stored example: chosen by what its card, its trace and its rule say, never by its name."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dynviz import api, figures
from dynviz.api import Checkpoint
from dynviz.errors import InputError
from dynviz.figures.columns import columns, one_decision
from dynviz.figures.rule import rule_groups
from dynviz.records.card import Card
from dynviz.records.pair import Pair
from dynviz.ui.methods import learned, text
from dynviz.ui.parts import show
from dynviz.ui.parts.panels import Panel, Rows, draw, style
from dynviz.ui.parts.picking import LEGIBLE
from dynviz.ui.sentence import pictures, why
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import cache, state
from dynviz.ui.shell import text as words
from dynviz.ui.shell.shown import guarded

CHECKPOINT, EXAMPLE = "checkpoint", "example"  # in the URL
ASIDE = 130  # px


def chosen(checkpoints: Sequence[Checkpoint]) -> Checkpoint:
    """The checkpoint looked at: by a menu where several have stored examples; in the URL. It opens on the ground of the model in use."""
    able = {c.name: c for c in checkpoints if _stored(c.name)} or {c.name: c for c in checkpoints}
    first = _nearest(list(able.values())).name
    if len(able) > 1:
        show.follow(CHECKPOINT, first)
        return able[show.one_of(text.CHECKPOINT, {name: name for name in able}, first, CHECKPOINT, menu=True)]
    st.query_params.pop(CHECKPOINT, None)  # another method's
    return able[first]


def _nearest(able: Sequence[Checkpoint]) -> Checkpoint:
    """The first of the task and the backbone of the model in use; else of its backbone; else of its task; else the first."""
    used = state.choice().checkpoint
    return max(able, key=lambda c: (c.backbone == used.backbone, c.config.task == used.config.task))


def _stored(name: str) -> bool:
    """Whether examples are stored; also where they cannot be read, which is said in their place."""
    try:
        return bool(cache.stored_pairs(name))
    except InputError:
        return True


def draw_all(checkpoint: Checkpoint) -> None:
    """Its pictures of a stored example, chosen by a menu; in the URL."""
    with guarded():
        pairs = cache.stored_pairs(checkpoint.name)
        if not pairs:
            st.info(text.NO_PICTURE, icon=":material/info:")
            return
        key = f"{EXAMPLE}.{checkpoint.name}"
        for other in [k for k in st.query_params if k.startswith(f"{EXAMPLE}.") and k != key]:
            del st.query_params[other]
        texts = {str(i): pair.trace.text for i, pair in enumerate(pairs)}
        at = show.one_of(text.EXAMPLE, texts, str(telling(pairs)), key, menu=True)
        _pictures(checkpoint, pairs[int(at)])
        if cache.card(checkpoint.name).knobs and all(_whole(pair) for pair in pairs):
            st.caption(text.NOTHING_STOPS)
        elif cache.card(checkpoint.name).kind == "layers" and not any(pair.trace.skipped_layers for pair in pairs):
            st.caption(text.NO_GAP)


def _whole(pair: Pair) -> bool:
    """Whether nothing stops: every token goes through every layer."""
    return bool((pair.trace.depth == len(pair.trace.layers)).all())


def telling(pairs: Sequence[Pair]) -> int:
    """The example in which most depths differ from each other; of equals, the first."""
    return int(np.argmax([float(np.std(pair.trace.depth)) + float(np.ptp(pair.trace.depth)) * 1e-3 for pair in pairs]))


def _pictures(checkpoint: Checkpoint, pair: Pair) -> None:
    card = cache.card(checkpoint.name)
    result = Result(pair.trace, pair.full, tuple(pair.compared), card)
    trace = pair.trace
    dropped = bool((trace.left_at > 0).any()) and trace.unit == "sentence"
    (_ladder if dropped else _staircase)(result)
    learned.show(checkpoint)
    calls = pictures.calls(result)
    if why.skipping(result):
        why.boxes(replace(result, card=None), "method-boxes")
    elif calls is not None:
        draw(_own(calls))
    elif not _halting(result, card):
        _rule(result)


def _draw(result: Result, kind: str, figure: Any, finding: str, table: Callable[[], Rows], least: int = 0, name: str = "") -> None:
    """One picture of a run, with the texts it has on the Sentence page."""
    draw(_own(result.panel(kind, figure, finding, table, least), name))


def _own(panel: Panel, name: str = "") -> Panel:
    """A panel of the Sentence page as this page shows it: what its card says stands on the page already."""
    return replace(panel, name=f"method-{name or panel.name}", maths=words.MATHS_DEPTH)


def _least(result: Result, head: int, each: int) -> int:
    """The px below which words would not be legible; where all go up as one, what is said at the right needs its own."""
    head += ASIDE if one_decision(result.trace) else 0
    return min(head + each * len(columns(result.trace, result.by)), LEGIBLE)


def _staircase(result: Result) -> None:
    trace, full = result.trace, result.full
    figure = figures.staircase(trace, full, style=style(), title="", subtitle="", told=result.told)
    finding = figures.staircase_finding(trace, full)
    _draw(result, "staircase", figure, finding, lambda: figures.staircase_table(trace, full), _least(result, 110, 24))


def _ladder(result: Result) -> None:
    trace = result.trace
    figure, finding = figures.ladder(trace, style=style(), title="", subtitle="", told=result.told), figures.ladder_finding(trace)
    _draw(result, "ladder", figure, finding, lambda: figures.ladder_table(trace), _least(result, 160, 40))


def _rule(result: Result) -> None:
    """What the rule compared, where no picture of its own tells it: quantities of the sentence together, those of its tokens one by one."""
    trace = result.trace
    for i, group in enumerate(rule_groups(result.compared)):
        figure = figures.rule(trace, group, style(), title="", subtitle="")
        finding, table = figures.rule_finding(trace, group), partial(figures.rule_table, trace, group)
        _draw(result, "rule", figure, finding, table, name=f"rule-{i}")


def _halting(result: Result, card: Card) -> bool:
    found = api.halting(result.trace, card)
    if found is None:
        return False
    values = (*found, result.trace.exit_layer)
    figure, finding = figures.halting(*values, style(), title="", subtitle=""), figures.halting_finding(*values)
    _draw(result, "halting", figure, finding, lambda: figures.halting_table(*values))
    return True
