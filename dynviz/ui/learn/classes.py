"""A class that guesses together, as the lessons see it. Outside a class everything here but the way in does nothing.

Students ask for nothing by themselves: only the teacher's bars are drawn anew every other second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dynviz.figures.guesses import guesses, guesses_finding, guesses_table
from dynviz.figures.wording import count
from dynviz.ui.learn import class_bar, place
from dynviz.ui.learn import text_class as text
from dynviz.ui.learn.class_visit import Visit, inside, room, visit
from dynviz.ui.parts import panels
from dynviz.ui.shell.shown import plain

EVERY = 2  # seconds between two looks at the guesses


@dataclass(frozen=True)
class Asked:
    """A question on screen: its name, its stops, those that are right (none before the answer), what is guessed."""

    question: str
    stops: tuple[str, ...]
    truth: tuple[int, ...]
    label: str

    @property
    def key(self) -> str:
        """Of its picture."""
        return f"guesses-{self.question}"

    def led(self, said: str) -> str:
        """A sentence, below what is guessed."""
        return f"**{plain(self.label)}**  \n{plain(said)}" if self.label else plain(said)


def entrance() -> None:
    """On the list of lessons: the way to open a class, for who is in none."""
    if visit() is None:
        class_bar.way_in()


def bar() -> None:
    """On top of the page: which class this is."""
    found = visit()
    if found:
        class_bar.head(found)


def _asked() -> Visit | None:
    """The visitor's part in an open class, where its question is on screen: what one asks of sentences of one's own, or of another model,
    is none of it."""
    at = place.here()
    return None if any(at.texts) or at.model else inside()


def guessed(question: str, stop: int) -> None:
    """Count a student's guess, a stop from 0; a second one at the same question changes nothing."""
    found = _asked()
    if found and found.seat:
        room().guess(found.name, found.seat, question, stop)


def histogram(question: str, stops: Sequence[str], truth: Sequence[int] = (), label: str = "") -> None:
    """What the class guessed: for the teacher as it grows, for a student who has guessed once the answer is out.

    stops: what each is called. truth: those that are right, none before the answer. label: what is guessed, where nothing else says it.
    """
    found, asked = _asked(), Asked(question, tuple(stops), tuple(truth), label)
    if found and found.key:
        st.session_state.setdefault(class_bar.STOPS, {})[question] = asked.stops
        _live(found, asked)
    elif found and truth:
        _once(found, asked)


def _once(found: Visit, asked: Asked) -> None:
    own = room().own(found.name, found.seat, asked.question)
    if own is not None:
        _picture(found, asked, own)
        panels.table(asked.key, partial(_table, found, asked, own))
    elif room().full(found.name, found.seat, asked.question):
        st.caption(text.NO_SEAT)


@st.fragment(run_every=EVERY)
def _live(found: Visit, asked: Asked) -> None:
    if not found.open:  # its hours are over, or its teacher closed it elsewhere: the page says so
        st.rerun()
    if asked.truth or not st.session_state.get(class_bar.HIDE):
        _picture(found, asked)
    else:
        st.caption(asked.led(text.WAITING.format(n=count(sum(_counts(found, asked)), "guess", "guesses"))))
    with st.container(horizontal=True, gap="small"):
        if asked.truth:
            panels.table(asked.key, partial(_table, found, asked))
        again = partial(room().reset, found.name, found.key, asked.question)
        st.button(text.AGAIN, on_click=again, key=f"class-again-{asked.question}", type="tertiary", help=text.AGAIN_HELP)


def _counts(found: Visit, asked: Asked) -> tuple[int, ...]:
    return room().counts(found.name, asked.question, len(asked.stops))


def _picture(found: Visit, asked: Asked, own: int | None = None) -> None:
    counts = _counts(found, asked)
    said, figure = guesses_finding(counts, asked.stops, asked.truth), guesses(counts, asked.stops, own, asked.truth, panels.style())
    st.caption(asked.led(said))
    st.plotly_chart(figure, key=asked.key, theme=None, alt=said, config=panels.CONFIG)


def _table(found: Visit, asked: Asked, own: int | None = None) -> panels.Rows:
    return guesses_table(_counts(found, asked), asked.stops, own, asked.truth)
