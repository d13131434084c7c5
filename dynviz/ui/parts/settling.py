"""The panel of three readings: when each word's state stays, when it can be read back, and when its tag is sure; side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures import captions
from dynviz.figures.settling import KEY, Question
from dynviz.figures.word_readings import word_readings, word_readings_finding, word_readings_key, word_readings_table
from dynviz.figures.wording import percent, setting
from dynviz.measure.word_settling import HALF, PIECES, WORDS
from dynviz.records import Floats, Trace
from dynviz.records.alignment import is_word, word_answers, word_depths, words_of
from dynviz.records.word_settling import ReadBack, StatesNear
from dynviz.ui.parts import picking, sources
from dynviz.ui.parts import text_settling as own
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache, state, text
from dynviz.ui.shell.shown import guarded

BAR, ASKED = "settle.bar", "settle.asked"
FIRST, BESIDE = 0.5, (0.3, 0.5, 0.7, 0.9)  # the bar; those it is held against


@dataclass(frozen=True, eq=False)
class Readings:
    """Three readings of a text. name: of the model on whose pre-trained model they are read. near: how near states are to their last.
    tags: the trace of a tagger on the same pre-trained model that lets each word stop, at the setting it ships with; None where there is
    none, or it cuts the text in another way. back: how guessable words are; None where nobody asked."""

    name: str
    near: StatesNear
    tags: Trace | None = None
    back: ReadBack | None = None


def tagger_for(name: str) -> str | None:
    """The model that tags words, each to stop by itself, on the pre-trained model that this one stands on; this one where it is such."""
    found = cache.checkpoint(name)
    if found.task.unit == "token" and cache.card(name).kind == "depth":
        return name
    entry = state.opens("pos", text.STOPS["depth"], found.backbone)
    return entry.members[0].name if entry and cache.card(entry.members[0].name).kind == "depth" else None


def gathered(name: str, typed: str, tagger: str | None) -> Readings:
    """The readings of a text that take one run each."""
    near = cache.states_near(name, typed)
    tags = None
    if tagger is not None:
        tags = cache.trace(tagger, typed, cache.key(state.defaults(cache.checkpoint(tagger), cache.card(tagger))))
        tags = tags if tuple(words_of(tags)) == near.words else None
    return Readings(name, near, tags)


def section(name: str, typed: str, tagger: str | None) -> tuple[tuple[str, ...], list[Question]]:
    """All of the panel: what is asked, the bar, the button, the picture, and what each reading is. Returns the words, and what came out."""
    st.caption(own.ABOUT)
    found = gathered(name, typed, tagger)
    shown = picking.window(len(found.near.words), "words", "settle")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bar = float(st.slider(own.BAR, 0.1, 0.95, FIRST, 0.05, key=BAR, bind="query-params", help=own.BAR_HELP, width=320))
        found = _asked(found, typed, shown)
    questions = asked_of(found, bar)
    words, part = found.near.words[slice(*shown)], [cut(question, shown) for question in questions]
    figure = figures.settling(words, part, style(), title="", subtitle="")
    finding = figures.settling_finding(words, part)
    draw(
        Panel(
            "settling", figure, finding, lambda: figures.settling_table(words, part), "\n\n".join(how(found, bar)), own.LIMITS,
            text.MATHS_DEPTH, KEY, True, 0, _source(found),
        )
    )  # fmt: skip
    st.caption(own_bars(found.near, bar))
    for line in missing(found, tagger):
        st.caption(line)
    return found.near.words, questions


def many(name: str) -> None:
    """The same over many words, where that was measured of the pre-trained model under this one, as it is now."""
    found = cache.word_readings()
    if found is None or cache.checkpoint(name).backbone != found.base:
        return
    said, rows, source = word_readings_finding(found), partial(word_readings_table, found), partial(captions.of_words, found)
    held = {"title": found.title, "knobs": setting(found.knobs, cache.knob_names(found.tagger)), "layers": found.layers}
    how = own.MANY_HOW.format(command=own.MANY_COMMAND, half=percent(found.half), bar=found.state[0].bar, **held)
    figure, key = word_readings(found, style()), word_readings_key()
    draw(Panel("many-words", figure, said, rows, how, own.MANY_LIMITS, key=key, headed=True, source=source))


def _source(found: Readings) -> sources.Provenance:
    """The model whose states are read, and the tagger's run."""
    parts = [sources.checkpoint(cache.checkpoint(found.name)), *([sources.runs(found.tags)] if found.tags is not None else [])]
    return lambda: " ".join(part() for part in parts)


def _asked(found: Readings, typed: str, shown: tuple[int, int]) -> Readings:
    """The button that hides words, where heads can read them back; and what they read, once it was pressed for this text."""
    if cache.guessing(found.name) is None:
        return found
    backbone, part = cache.checkpoint(found.name).backbone, range(*shown)
    of = (backbone, typed)
    kept: dict[tuple[str, str], set[range]] = st.session_state.setdefault(ASKED, {})
    if st.button(own.HIDE, key="settle.hide", icon=":material/visibility_off:", help=own.HIDE_HELP):
        kept[of] = kept.pop(of, set()) | {part}
        for old in list(kept)[:-8]:
            del kept[old]
    if part not in kept.get(of, set()):
        return found
    back = None
    with guarded():  # the other readings stand without it
        back = cache.read_back(found.name, typed, part)
    if back is None:
        return found
    there = int(back.asked[slice(*shown)].sum())
    if there < len(part):
        st.caption(own.HIDE_MOST.format(asked=there, all=len(part), words=WORDS, pieces=PIECES))
    return Readings(found.name, found.near, found.tags, back)


def asked_of(found: Readings, bar: float) -> list[Question]:
    """The questions in the order of the picture; what is hidden stands there, asked or not, wherever it can be asked."""
    near = found.near
    told = tuple(own.STATE_TOLD.format(read=_read(range(1, near.layers + 1), column)) for column in near.cosine.T)
    out = [Question(own.STATE, own.STATE_SUBJECT, near.layers, tuple(near.settled(bar).tolist()), told, own.NEVER)]
    if cache.guessing(found.name) is not None:
        out.append(_guessed(near, found.back))
    if found.tags is not None:
        out.append(_tagged(found.tags))
    return out


def _guessed(near: StatesNear, back: ReadBack | None) -> Question:
    count = len(near.words)
    settled: list[int | None] = [None] * count
    told = [own.GUESS_NOT] * count
    if back is not None:
        first = back.first(HALF).tolist()
        for w in np.flatnonzero(back.asked).tolist():
            settled[w], told[w] = first[w], own.GUESS_TOLD.format(read=_read(back.layers, back.probs[:, w]))
    return Question(own.GUESS, own.GUESS_SUBJECT, near.layers, tuple(settled), tuple(told), own.NEVER)


def _tagged(trace: Trace) -> Question:
    layers, depth = len(trace.layers), word_depths(trace)
    told = tuple(own.TAG_TOLD.format(tag=tag, at=at, layers=layers) for tag, at in zip(word_answers(trace), depth, strict=True))
    return Question(own.TAG, own.TAG_SUBJECT, layers, tuple(depth), told, own.NEVER)


def _read(layers: Sequence[int], values: Floats) -> str:
    return ", ".join(own.AT.format(layer=layer, value=value) for layer, value in zip(layers, values, strict=True))


def cut(question: Question, shown: tuple[int, int]) -> Question:
    """The same question of some of the words."""
    return Question(
        question.title, question.subject, question.layers, question.settled[slice(*shown)], question.told[slice(*shown)], question.never
    )


def own_bars(near: StatesNear, bar: float) -> str:
    """What the bar does to the picture: where words settle at this one, and at others."""

    words = np.array([is_word(word) for word in near.words])
    words |= not words.any()  # of signs alone they are what there is

    def ends(at: float) -> dict[str, float]:
        layers = near.settled(at)[words]
        return {"bar": at, "low": int(layers.min()), "high": int(layers.max()), "mean": float(layers.mean())}

    def said(at: float, apart: str, alike: str, **more: str) -> str:
        found = ends(at)
        return (apart if found["low"] < found["high"] else alike).format(**found, **more)

    others = "".join(said(other, own.BAR_OTHER, own.BAR_OTHER_ALL) for other in BESIDE if abs(other - bar) > 0.01)
    return said(bar, own.BARS, own.BARS_ALL, others=others)


def how(found: Readings, bar: float) -> list[str]:
    """What each reading is, and its bar."""
    of = cache.checkpoint(found.name)
    out = [own.STATE_HOW.format(title=own.STATE_OF_BASE if of.base else of.config.title, bar=bar)]
    if (heads := cache.guessing(found.name)) is not None:
        held = heads.held_out
        shares = {name: percent(max(part.likely)) for name, part in (("common", held.common), ("others", held.others))}
        out.append(own.GUESS_HOW.format(words=f"{held.all.words:,}", n=held.commonest, **shares))
    if (trace := found.tags) is not None:
        knobs = setting(trace.knobs, cache.knob_names(trace.model))
        title = cache.checkpoint(trace.model).config.title
        out.append(own.TAG_HOW.format(title=title, knobs=knobs, layers=len(trace.layers)))
    return out


def missing(found: Readings, tagger: str | None) -> list[str]:
    """Which readings cannot be had here, and why."""
    out = [own.NO_HEADS] if cache.guessing(found.name) is None else []
    return [*out, *([own.NO_TAGGER if tagger is None else own.OTHER_WORDS] if found.tags is None else [])]
