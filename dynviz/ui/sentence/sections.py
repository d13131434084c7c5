"""What stands below the first screen, each opened when it is wanted; the address holds which are open."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import streamlit as st

from dynviz.figures.columns import one_decision
from dynviz.ui.parts import settling
from dynviz.ui.sentence import couple, editing, forcing, legend, pictures, searching, see, steps, text, why
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell.shown import guarded


def draw(result: Result, picked: int | None, shown: tuple[int, int]) -> None:
    """All of them, in order."""
    for name, section in _there(result, picked, shown).items():
        label = why.line(result, picked) if name == "why" else text.SECTIONS[name]
        opened = st.expander(label, key=see.key(name), bind="query-params", icon=text.ICONS[name])
        if opened.open:
            with opened, guarded() if name in text.RUNS else nullcontext():
                section()


def _there(result: Result, picked: int | None, shown: tuple[int, int]) -> dict[str, Callable[[], None]]:
    """The sections that this result has."""
    found: dict[str, Callable[[], None]] = {"why": partial(why.section, result, picked)}
    if not one_decision(result.trace) and couple.conditions(result):
        found["pair"] = partial(couple.section, result, shown)
    if result.name:
        found["settle"] = partial(_settle, result)
    found["steps"] = partial(steps.section, result)
    if result.loses:
        found["kept"] = partial(pictures.kept, result, shown)
    runs = {"force": forcing.section, "edit": editing.section, "search": searching.section}
    found |= {name: partial(section if result.name else _needs_model, result) for name, section in runs.items()}
    if result.legend:
        found["tags"] = partial(legend.section, result)
    return found


def _settle(result: Result) -> None:
    settling.section(result.name, result.typed, settling.tagger_for(result.name))
    settling.many(result.name)


def _needs_model(result: Result) -> None:
    st.caption(text.NEEDS_MODEL)
