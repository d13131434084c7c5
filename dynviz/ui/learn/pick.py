"""Which model a lesson is shown with: the best of those that can do what it needs and for which its story is true."""

from collections.abc import Callable, Sequence

import streamlit as st

from dynviz.ui.learn.facts import Facts, all_facts
from dynviz.ui.learn.lesson import AnyLesson, Setting
from dynviz.ui.learn.runs import stored

CLOSE = 0.02  # of accuracy: models this near to the best of their task on their backbone count as equally good


def fitting(need: Callable[[Facts], bool]) -> tuple[Facts, ...]:
    """The models that can do this, best first: most layers, then as accurate as the best, then least compute, then the name."""
    return ranked([found for found in all_facts() if need(found)])


def ranked(found: Sequence[Facts]) -> tuple[Facts, ...]:
    """Models, best first."""
    best: dict[tuple[str, str], float] = {}
    for one in found:
        best[one.ground] = max(best.get(one.ground, 0.0), one.accuracy or 0.0)

    def rank(one: Facts) -> tuple[int, bool, float, str]:
        behind = one.accuracy is None or best[one.ground] - one.accuracy > CLOSE
        return -one.layers, behind, 2.0 if one.share is None else one.share, one.name

    return tuple(sorted(found, key=rank))


def model_for(lesson: AnyLesson, asked: str) -> str:
    """The model a lesson is shown with: the one asked for where it fits, else the best; "" where none fits or none is needed."""
    if lesson.models is None:
        return ""
    names = tuple(found.name for found in fitting(lesson.models))
    if asked in names or not names:
        return asked if names else ""
    return first(lesson.name, names, lesson.texts, lambda name: lesson.story(lesson.gather(Setting(name, lesson.texts)))) or names[0]


@st.cache_resource(max_entries=64, show_spinner=False)
def first(about: str, names: tuple[str, ...], texts: tuple[str, ...], _holds: Callable[[str], bool]) -> str | None:
    """The first of these models for which something holds, those with stored traces of the texts before those that have to run them.
    about: what holds, as a key of the cache."""
    there = [name for name in names if all(stored(name, text) for text in texts)]
    return next((name for name in there + [name for name in names if name not in there] if _holds(name)), None)
