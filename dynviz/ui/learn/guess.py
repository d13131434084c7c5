"""The guesses of a lesson: asked once, never demanded, and answered in a sentence; no score."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dynviz.ui.learn import classes, place, text
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import AnyLesson, Given, Guess
from dynviz.ui.shell.shown import plain

AnyGuess = Guess[Any]
NUDGED = "learn-nudged"


def ask(lesson: AnyLesson, shown: Any) -> None:
    """The questions, and the two ways on: with a guess, or without."""
    given = [_widget(guess, shown) for guess in lesson.asks]
    with st.container(horizontal=True):
        guessed = st.button(text.GUESS, type="primary", key="guess")
        st.button(text.SHOW_ME, key="show-me", on_click=place.go, kwargs={"step": "seen", "guess": ""})
    if not guessed:
        return
    if all(guess.fits(shown, answer) for guess, answer in zip(lesson.asks, given, strict=True)):
        _keep(lesson, shown, given)
    elif st.session_state.get(NUDGED) == lesson.name:  # said once is enough
        place.go(step="seen", guess="")
    else:
        st.session_state[NUDGED] = lesson.name
        st.info(text.NUDGE, icon=":material/lightbulb:")
        return
    st.rerun()


def _keep(lesson: AnyLesson, shown: Any, given: Sequence[Given]) -> None:
    for guess, answer in zip(lesson.asks, given, strict=True):
        classes.guessed(guess.id, counted(guess, shown, answer))
    place.go(step="seen", guess=".".join(str(i) for answer in given for i in answer))


def _widget(guess: AnyGuess, shown: Any) -> Given:
    """The question and its stops; what is chosen so far."""
    st.markdown(guess.question(shown))
    stops = guess.stops(shown)
    if guess.rows:
        return _matches(guess, guess.rows(shown), stops)
    places, key = range(len(stops)), f"ask-{guess.id}"
    if guess.size(shown) == 1:
        one = st.pills(guess.label, places, format_func=lambda i: plain(stops[i]), key=key, label_visibility="collapsed")
        return () if one is None else (one,)
    several = st.pills(
        guess.label, places, selection_mode="multi", format_func=lambda i: plain(stops[i]), key=key, label_visibility="collapsed"
    )
    return tuple(several)[-guess.size(shown) :]


def _matches(guess: AnyGuess, rows: Sequence[str], stops: Sequence[str]) -> Given:
    chosen = []
    grid = st.grid(2, min_column_width=300)
    for i, row in enumerate(rows):
        with grid.cell():
            chosen.append(
                st.selectbox(row, range(len(stops)), None, lambda k: stops[k], key=f"ask-{guess.id}-{i}", placeholder=text.CHOOSE)
            )
    return tuple(i for i in chosen if i is not None)


def counted(guess: AnyGuess, shown: Any, given: Given) -> int:
    """The one number under which a class counts an answer: the first stop chosen; of things matched, how many are right."""
    if guess.rows:
        return sum(a == b for a, b in zip(given, guess.truth(shown), strict=True))
    return given[0]


def counted_stops(guess: AnyGuess, shown: Any) -> tuple[str, ...]:
    """The bars of a class's counts."""
    return tuple(map(str, range(guess.size(shown) + 1))) if guess.rows else guess.stops(shown)


def coming(lesson: AnyLesson, shown: Any) -> None:
    """The guesses of a class as they come, for its teacher."""
    grid = st.grid(len(lesson.asks), min_column_width=320)
    for guess in lesson.asks:
        with grid.cell():
            classes.histogram(guess.id, counted_stops(guess, shown), label=guess.label)


def parted(lesson: AnyLesson, shown: Any, said: Sequence[int]) -> tuple[Given | None, ...]:
    """The row of stops in the address as each question's own; None for all where they do not fit."""
    given, at = [], 0
    for guess in lesson.asks:
        given.append(tuple(said[at : at + guess.size(shown)]))
        at += guess.size(shown)
    fits = at == len(said) and all(guess.fits(shown, answer) for guess, answer in zip(lesson.asks, given, strict=True))
    return tuple(given) if fits else (None,) * len(lesson.asks)


def answer(lesson: AnyLesson, shown: Any, said: Sequence[int]) -> None:
    """What was guessed, what the class guessed, and what it was."""
    with st.container(border=True, key="guesses"):
        for guess, given in zip(lesson.asks, parted(lesson, shown, said), strict=True):
            _answer(guess, shown, given)


def _answer(guess: AnyGuess, shown: Any, given: Given | None) -> None:
    truth = guess.said(shown)
    left, right = st.columns([1, 2], vertical_alignment="center")
    left.markdown(f"**{plain(guess.label)}**")
    with right:
        if given is None:
            st.markdown(fill(text.UNGUESSED, truth=truth))
        else:
            told = text.UNGUESSED if _all_right(guess, shown) else text.REPLIES[guess.grade(shown, given)]
            reply = fill(told, truth=truth)
            st.markdown(f"{text.YOURS}: {plain(_chosen(guess, shown, given))}. {reply}")
        stops = counted_stops(guess, shown)
        right_ones = (len(stops) - 1,) if guess.rows else guess.truth(shown)
        classes.histogram(guess.id, stops, right_ones)


def _all_right(guess: AnyGuess, shown: Any) -> bool:
    """Whether no answer could have been wrong: then none is praised."""
    return guess.rows is None and len(set(guess.truth(shown))) == len(guess.stops(shown))


def _chosen(guess: AnyGuess, shown: Any, given: Given) -> str:
    stops = guess.stops(shown)
    if guess.rows:
        return ", ".join(f"{row} {stops[i]}" for row, i in zip(guess.rows(shown), given, strict=True))
    return ", ".join(stops[i] for i in given)
