"""Rows with right answers, how to fit, and the start of a fit."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dynviz import api
from dynviz.api import Examples
from dynviz.figures.wording import count, percent
from dynviz.jobs import Wish
from dynviz.records.tasks import PAIRS, TASKS, Task
from dynviz.ui.data import source
from dynviz.ui.data import text as text_data
from dynviz.ui.data.cache import fits
from dynviz.ui.data.columns import preview
from dynviz.ui.parts import heading, show
from dynviz.ui.shell.operator import allowed
from dynviz.ui.yours import empty, text, visit
from dynviz.ui.yours.hand import Hand

CONFIDENCES = (0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Asked:
    """What the form says of the knob and the draw, as `fit` takes it."""

    method: str
    title: str
    budget: float | None
    risk: float | None
    confidence: float
    seed: int


def section(hand: Hand) -> None:
    """Rows, options, and the button."""
    heading.section(text.ROWS)
    st.caption(text.ROWS_NOTE)
    task = hand.checkpoint.task
    pair = task.unit == "sentence" and st.toggle(text.PAIR, key="yours.pair", help=text.PAIR_HELP)
    examples = _rows(replace(task, name=PAIRS, pair=True, text="pair") if pair else task)
    if examples is None:
        return
    if examples.labels is None:
        st.info(text.UNLABELLED, icon=":material/label_off:")
        return
    heading.section(text.FIT)
    asked = _asked(task)
    if st.button(text.START.format(rows=count(len(examples), "row")), type="primary", key="yours.start", icon=":material/play_arrow:"):
        _start(hand, examples, asked, pair)
    st.caption(f"{text.START_NOTE} {text.PRIVATE}")


def sample(task: Task) -> Examples | None:
    """Bundled rows whose labels are this model's, under the names it gives them; None where there are none."""
    names = {label.lower(): label for label in task.labels}
    for known in TASKS.values():
        if (known.unit, known.pair) == (task.unit, task.pair) and {label.lower() for label in known.labels} <= names.keys():
            found = api.bundled(known.name)
            told = tuple(names[x.lower()] if isinstance(x, str) else tuple(names[y.lower()] for y in x) for x in found.labels or ())
            return replace(found, labels=told)
    return None


def _rows(task: Task) -> Examples | None:
    """Labelled rows, bundled or the visitor's own."""
    ours = sample(task)
    own = {name: title for name, title in text_data.SOURCES.items() if name != "bundled"}
    sources = {**({"bundled": text.SAMPLE} if ours is not None else {}), **{name: own[name] for name in ("file", "paste", "hub")}}
    kind = show.one_of(text.SOURCE, sources, next(iter(sources)), "from")
    if kind == "bundled" and ours is not None:
        st.caption(text.SAMPLE_NOTE.format(n=len(ours)))
        preview("yours-bundled", ours)
        return ours
    found = source.own_rows(kind, task, empty.say, text.NO_MEANING)
    return None if found is None else found[1]


def _asked(task: Task) -> Asked:
    """The rule, and what the knob is chosen for."""
    rules = api.fitted_methods(task.unit)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        method = show.one_of(text.RULE, rules, next(iter(rules)), "rule", menu=True, help=text.RULE_HELP)
    seed = right.number_input(text.SEED, 0, 2**31 - 1, 0, key="yours.seed", help=text.SEED_HELP)
    wanted = show.one_of(text.KNOB, text.KNOBS, "loss", "knob")
    st.caption(text.KNOB_SAID[wanted])
    budget = risk = None
    confidence = 0.95
    if wanted == "budget":
        budget = _share(text.BUDGET, 0.6, 0.2, 0.95)
    if wanted == "risk":
        risk = _share(text.RISK, 0.05, 0.01, 0.2)
        kept: Any = {"format_func": percent, "key": "yours.confidence", "required": True}
        confidence = st.segmented_control(text.CONFIDENCE, CONFIDENCES, default=0.95, **kept) or 0.95
    return Asked(method, rules[method], budget, risk, confidence, int(seed or 0))


def _share(label: str, start: float, low: float, high: float) -> float:
    """A share in percent, whole ones."""
    found = st.slider(label, round(100 * low), round(100 * high), round(100 * start), 1, "%d %%", key=f"yours.{label}", width=420)
    return found / 100


def _start(hand: Hand, examples: Examples, asked: Asked, pair: bool) -> None:
    allowed().run(examples.texts)
    owner = st.session_state.setdefault(source.OWNER, secrets.token_urlsafe(8))
    wish = Wish(hand.folder, examples, asked.method, asked.budget, asked.risk, asked.confidence, asked.seed, pair, asked.title)
    visit.look_at(fits().start(wish, owner).id)
    st.rerun()
