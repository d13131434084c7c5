"""Two texts under one model, and the same two under it and under the plain model."""

from functools import partial

import streamlit as st

from dynviz import api
from dynviz.data.pieces import as_typed
from dynviz.figures.square import Block, square, square_finding, square_key, square_table, square_width
from dynviz.figures.wording import shorten
from dynviz.records.contrast import plain_of
from dynviz.records.pair import Pair
from dynviz.records.tasks import Task
from dynviz.ui.compare import lanes, said, text
from dynviz.ui.compare.lanes import Side
from dynviz.ui.parts import heading, inputs, sources
from dynviz.ui.parts.panels import Panel, draw, style, waiting
from dynviz.ui.shell import cache, state
from dynviz.ui.shell import text as shared
from dynviz.ui.shell.operator import allowed
from dynviz.ui.shell.shown import plain

LETTERS = 26  # of a text in the name of its run
SQUARES = 60  # pieces, at most, of a text whose squares are drawn


def section(chosen: state.Choice) -> None:
    """Both texts, and why one costs more."""
    pairs = _asked(chosen, text.INTRO_TEXTS)
    names = [_named("", pair) for pair in pairs]
    if names[0] == names[1]:
        names = [_named(label, pair) for label, pair in zip((text.FIRST, text.OTHER), pairs, strict=True)]
    sides = [Side(name, pair) for name, pair in zip(names, pairs, strict=True)]
    a, b = (pair.trace for pair in pairs)
    heading.title(said.of_texts(a, b))
    _maths()
    lanes.side_by_side(sides, text.TEXT_COLUMN)
    lanes.run_race(sides)
    lanes.depths(sides)
    lanes.staircases(sides)


def square_section(chosen: state.Choice) -> None:
    """Both texts under the plain and the adaptive model: the gap that length makes, and the gap that stopping adds."""
    pairs = _asked(chosen, text.INTRO_SQUARE)
    first, second = (pair.trace for pair in pairs)
    heading.title(said.of_square(first, second, chosen.checkpoint.config.title))
    if chosen.full or not chosen.card.knobs:
        st.info(text.NOTHING_STOPS, icon=":material/info:")
    _maths()
    runs = [(pair, plain_of(pair.full)) for pair in pairs]
    sides = [
        Side(_named(name, pair), Pair(trace, pair.full))
        for pair, alone in runs
        for name, trace in ((text.PLAIN_RUN, alone), (text.ADAPTIVE_RUN, pair.trace))
    ]
    lanes.side_by_side(sides, text.TEXT_COLUMN)
    lanes.run_race(sides)
    if max(len(pair.trace.tokens) for pair in pairs) > SQUARES:
        st.caption(text.NO_SQUARES.format(most=SQUARES))
        return
    unit = max(pair.trace.plain_flops / len(pair.trace.tokens) for pair in pairs)
    with st.container(horizontal=True):
        for i, (pair, alone) in enumerate(runs):
            _squares(f"square-{i}", pair, [Block(text.PLAIN_RUN, alone), Block(text.ADAPTIVE_RUN, pair.trace)], unit)


def _squares(name: str, pair: Pair, blocks: list[Block], unit: float) -> None:
    wide = square_width(pair.trace)
    with st.container(width=wide + 36):
        st.markdown(f"**{plain(f'“{as_typed(pair.trace.text.split())}”')}**")
        figure, table = square(blocks, unit, style=style(), title="", subtitle=""), partial(square_table, blocks)
        source = sources.runs(pair.trace, pair.full)
        draw(Panel(name, figure, square_finding(blocks), table, key=square_key(blocks), least=wide, source=source))


def _maths() -> None:
    with st.popover(shared.MATHS, type="tertiary", icon=":material/function:"):
        st.markdown(text.MATHS)


def _named(label: str, pair: Pair) -> str:
    return f"{label} “{shorten(as_typed(pair.trace.text.split()), LETTERS)}”".strip()


def _asked(chosen: state.Choice, intro: str) -> list[Pair]:
    """The two texts, as typed or bundled, which is said with the text itself; and what the model makes of each."""
    st.caption(intro)
    task = chosen.checkpoint.task.name
    left, right = st.columns(2)
    with left:
        first = inputs.text_and_examples(chosen.checkpoint.task)
    with right:
        second = _second(chosen.checkpoint.task)
    shipped = _shipped(chosen)
    texts = [pair.trace.text for pair in shipped] or list(api.first_texts(task))
    missing = [i for i, given in enumerate((first, second)) if not given.strip()]
    stored = bool(shipped) and chosen.untouched
    if missing:
        named = text.AND.join(
            text.BUNDLED_TEXT.format(which=(text.THE_FIRST, text.THE_OTHER)[i], text=as_typed(texts[i].split())) for i in missing
        )
        st.caption(plain(text.BUNDLED.format(named=named) + text.RESULTS_STORED * (stored and len(missing) == 2)))
    with waiting():
        return [
            shipped[i] if i in missing and stored else _pair(chosen, texts[i] if i in missing else given)
            for i, given in enumerate((first, second))
        ]


def _shipped(chosen: state.Choice) -> tuple[Pair, ...]:
    """The two bundled texts of the first screen as they ship, at the model's own settings."""
    stored = cache.golden(chosen.checkpoint.name)
    found = stored.first.pairs if stored.first else stored.pairs[:2]
    return tuple(found) if len(found) == 2 else ()


def _second(of: Task) -> str:
    task, examples = of.name, cache.examples(of.name)
    typed = st.text_area(
        text.SECOND, key="text2", bind="query-params", placeholder=shared.PAIR_HINT if of.pair else text.SECOND_HINT, height=80,
        max_chars=allowed().characters or None, label_visibility="collapsed",
    )  # fmt: skip
    st.selectbox(
        text.SECOND_EXAMPLE, list(examples), None, lambda i: inputs.label(examples[i]), f"example2-{task}", on_change=_take, args=(task,),
        placeholder=text.SECOND_EXAMPLE, label_visibility="collapsed",
    )  # fmt: skip
    return typed or ""


def _take(task: str) -> None:
    chosen = st.session_state.get(f"example2-{task}")
    if chosen in cache.examples(task):
        st.session_state["text2"] = cache.examples(task)[chosen].text


def _pair(chosen: state.Choice, words: str) -> Pair:
    """A text at the sidebar's settings, and at full depth."""
    name = chosen.checkpoint.name
    return Pair(cache.trace(name, words, cache.key(chosen.settings)), cache.trace(name, words, cache.key(chosen.off)))
