"""Which model a lesson is shown with: the best of those that can do what it needs and for which its story is true."""

from collections.abc import Callable, Sequence

import streamlit as st

from dynviz.ui.learn.facts import Facts, all_facts
from dynviz.ui.learn.lesson import AnyLesson, Setting
from dynviz.ui.learn.runs import stored

CLOSE = 0.02  # of accuracy: models this near to the best of their task count as equally good


def fitting(need: Callable[[Facts], bool]) -> tuple[Facts, ...]:
    """The models that can do this, best first: most layers, then as accurate as the best, then least compute, then the name."""
    return ranked([found for found in all_facts() if need(found)])


def ranked(found: Sequence[Facts]) -> tuple[Facts, ...]:
    """Models, best first."""
    best: dict[str, float] = {}
    for one in found:
        best[one.task] = max(best.get(one.task, 0.0), one.accuracy or 0.0)

    def rank(one: Facts) -> tuple[int, bool, float, str]:
        behind = one.accuracy is None or best[one.task] - one.accuracy > CLOSE
        return -one.layers, behind, 2.0 if one.share is None else one.share, one.name

    return tuple(sorted(found, key=rank))


def model_for(lesson: AnyLesson, asked: str) -> str:
    """The model a lesson is shown with: the one asked for where it fits, else the best; "" where none fits or none is needed."""
    if lesson.models is None:
        return ""
    names = tuple(found.name for found in fitting(lesson.models))
    return asked if asked in names else _best(lesson.name, names, lesson) if names else ""


@st.cache_resource(max_entries=32, show_spinner=False)
def _best(name: str, names: tuple[str, ...], _lesson: AnyLesson) -> str:
    """The first for which the story is true, of those whose traces are stored before those that have to be run; else the first."""
    there = [model for model in names if all(stored(model, text) for text in _lesson.texts)]
    order = there + [model for model in names if model not in there]
    return next((model for model in order if _lesson.story(_lesson.gather(Setting(model, _lesson.texts)))), names[0])
