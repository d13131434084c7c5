"""Where a learner is: all of it stands in the address, which is read at each run and written by what is pressed."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import streamlit as st

from dynviz.ui.shell import address

Step = Literal["ask", "seen", "check"]
BOXES = ("text", "text2")  # the parameters of the learner's own texts
OWN = ("step", "guess", "model", *BOXES, "knob", "toy")  # what belongs to one lesson
PRIVATE = ("guess", "seat", "done")  # what a link for others leaves out
DONE = "learn-done"  # in the session, too: another page's address does not hold it


@dataclass(frozen=True)
class Place:
    """What the address says. lesson: 0 for the list of lessons. guess: stops chosen, all questions' in one row. texts: "" for the
    lesson's own. done: lessons finished."""

    lesson: int
    step: Step
    guess: tuple[int, ...]
    model: str
    texts: tuple[str, str]
    knob: float | None
    done: frozenset[int]


def here() -> Place:
    """The place in the address; what makes no sense there is passed over."""
    said = st.query_params
    step = said.get("step", "")
    done = {*address.numbers(said.get("done", "")), *st.session_state.get(DONE, ())}
    return Place(
        next(iter(address.numbers(said.get("lesson", ""))), 0), step if step in get_args(Step) else "ask",  # type: ignore[arg-type]
        tuple(address.numbers(said.get("guess", ""))), said.get("model", ""), (said.get("text", ""), said.get("text2", "")),
        _number(said.get("knob", "")), frozenset(done),
    )  # fmt: skip


def _number(said: str) -> float | None:
    try:
        value = float(said)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def go(**changes: str) -> None:
    """Write these into the address; "" takes one out."""
    for name, value in changes.items():
        address.write(name, value)


def open_lesson(number: int) -> None:
    """Begin a lesson, or go back to the list (0)."""
    go(**dict.fromkeys(OWN, ""), test="", sheet="", lesson=str(number) if number else "")


def finish(number: int) -> None:
    """Note that a lesson is done."""
    done = sorted({*here().done, number})
    st.session_state[DONE] = done
    go(done=".".join(map(str, done)))


def link() -> str:
    """The address for others: without what is the learner's alone."""
    parameters = {name: value for name, value in st.query_params.items() if name not in PRIVATE}
    return address.to(str(st.context.url or ""), parameters)
