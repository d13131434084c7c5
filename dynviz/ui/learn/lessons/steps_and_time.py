"""Lesson 7: how much time there is to save."""

from dataclasses import dataclass, replace

import streamlit as st

from dynviz.figures.pairs import Timed, pairs, pairs_finding, pairs_key, pairs_table
from dynviz.figures.wording import number as written
from dynviz.figures.wording import percent
from dynviz.ui.learn.beside import beside
from dynviz.ui.learn.facts import Facts, facts
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import Check, Guess, Lesson, Setting, Solution, number, points_near
from dynviz.ui.learn.timed import BATCH, Measured, measured
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import guarded

APART = 0.1  # time takes so much more of the plain model's than steps do: then the story is true
SEEN = 0.03  # a smaller difference is none
STOPS = range(30, 180, 10)
SECONDS = 5  # that measuring a model takes, on a core of its own

OPENING = (
    "A step is one multiplication or addition. Fewer steps should take less time. Do they?\n\n**Model A** stops early as a whole: it does "
    "{a} of the plain model's steps. **Model B** drops words on the way: it does {b}."
)
ASK_A = "One sentence at a time: **which share of the plain model's time does A take?**"
ASK_B = "**And B?**"
STORY = "{name}: {steps} of the steps, but {alone} of the time"
FOLLOWS = "{name}: {steps} of the steps, {alone} of the time"
STOPPING = "**Stopping early ({name}): {steps} of the steps, {alone} of the time.** A layer that is not called costs nothing. {rest}"
REST = "What stays is paid for every text: the start, and asking for an answer."
DROPPING = (
    "**Dropping words ({name}): {steps} of the steps, {alone} of the time.** {called} layers are still called, on fewer words, "
    "and choosing the words costs extra."
)
DROPPING_PAYS = "**Dropping words ({name}): {steps} of the steps, {alone} of the time.** Here its time follows its steps."
IN_BATCH = (
    "**{n} at once: {first} and {second}.** Fewer words pay when there are many of them. Stopping pays if the finished may leave the batch."
)
MEASURED = (
    "{n} sentences, at the settings the models ship with. Time of one thread, from layers measured on {processor}, {date} ({where}). The "
    "plain model takes {alone} ms a sentence alone, {batch} ms in a batch of {size}. The line through the measurements misses them by at "
    "most {error}."
)
SHIPPED, HERE, THERE = "not on this machine", "this machine", "the machine of the bars"
LETTERS = ("A: {name}", "B: {name}", "{name}")
QUESTION = "**Which of these saves the most time on this machine, one sentence at a time?**"
UNMEASURED = (
    "**Press Measure, about {seconds} seconds: which of these saves the most time on this machine, one sentence at a time?** Before that, "
    "the question is about the machine of the bars: {processor}, {date}."
)
MEASURE = "Measure"
MEASURING = "Model {i} of {n}"
LEAST = "On {machine} {name} takes {alone} of the plain model's time, with {steps} of its steps."
LONGER = "On {machine} {name} takes {alone} of the plain model's time. Look for the shortest bar of *time, one by one*."


@dataclass(frozen=True, eq=False)
class Shown:
    """Models beside the plain one: the first stops early, the second drops words; a third, where there is one, drops them by rank."""

    found: Measured

    @property
    def stops(self) -> Timed:
        """The model that stops early."""
        return self.found.bars[0]

    @property
    def drops(self) -> Timed:
        """The one that drops words."""
        return self.found.bars[1]


def companions(name: str) -> tuple[str, tuple[Facts, ...]] | None:
    """The plain model, and one that stops as a whole before, one that drops words untrained after the model of this name; None where there
    is no plain one, or none that stops."""
    plain, whole = beside(name, lambda one: one.plain), beside(name, stops_whole)
    if plain is None or whole is None:
        return None
    rank = beside(name, lambda one: one.drops and one.kind == "baseline")
    return plain.name, (whole, *([rank] if rank else []))


def stops_whole(one: Facts) -> bool:
    """The whole text stops as soon as an answer is sure enough."""
    return one.whole and one.asks and one.sure and one.stages == 1


def timed(own: Facts) -> Measured | None:
    """A model that drops words beside others of its task; None where some of them, or their times, are missing."""
    found = companions(own.name)
    if found is None:
        return None
    plain, (whole, *others) = found
    every = (whole, own, *others)
    return measured(plain, [one.name for one in every], [one.title for one in every])


def fits(one: Facts) -> bool:
    """Drops words, and has been timed beside others of its task."""
    return one.drops and not one.tags and one.kind != "baseline" and timed(one) is not None


def gather(setting: Setting) -> Shown:
    """The model beside others of its task."""
    own = facts(setting.model)
    found = timed(own) if own else None
    assert found is not None
    return Shown(found)


def story(shown: Shown) -> bool:
    """Dropping words saves clearly less time than steps."""
    return shown.drops.alone - shown.drops.steps > APART


def _ask(id: str, label: str, words: str, which: str) -> Guess[Shown]:
    def share(shown: Shown) -> float:
        found: Timed = getattr(shown, which)
        return 100 * found.alone

    return number(id, label, lambda _: words, lambda _: STOPS, share, lambda value: f"{value:.0f} %", points_near)


def finding(shown: Shown) -> str:
    """Steps and time of the model that drops words."""
    return _filled(STORY if story(shown) else FOLLOWS, shown.drops)


def _filled(words: str, one: Timed, **holes: object) -> str:
    return fill(words, name=one.name, steps=percent(one.steps), alone=percent(one.alone), **holes)


def reveal(shown: Shown) -> tuple[str, ...]:
    """Stopping, dropping, and both in a batch."""
    return _stopping(shown), _dropping(shown, DROPPING), _batch(shown)


def otherwise(shown: Shown) -> tuple[str, ...]:
    """The same where dropping words paid."""
    return _stopping(shown), _dropping(shown, DROPPING_PAYS), _batch(shown)


def _stopping(shown: Shown) -> str:
    one = shown.stops
    return _filled(STOPPING, one, rest=REST if one.alone - one.steps > SEEN else "").rstrip()


def _dropping(shown: Shown, words: str) -> str:
    called, layers = f"{shown.found.called[1]:.1f}".removesuffix(".0"), str(shown.found.layers)
    return _filled(words, shown.drops, called=f"All {layers}" if called == layers else f"{called} of {layers}")


def _batch(shown: Shown) -> str:
    return fill(IN_BATCH, n=BATCH, first=percent(shown.stops.batch), second=percent(shown.drops.batch))


def show(shown: Shown) -> None:
    """The bars, and on what they were measured."""
    found = shown.found
    bars = [replace(one, name=said.format(name=one.name)) for one, said in zip(found.bars, LETTERS, strict=False)]
    figure, finding = pairs(bars, BATCH, style(), "", ""), pairs_finding(bars, BATCH)
    source = sources.checkpoint(cache.checkpoint(found.names[1]))
    draw(Panel("pairs", figure, finding, lambda: pairs_table(bars, BATCH), key=pairs_key(), least=320, source=source))
    alone, batch = found.milliseconds
    st.caption(
        fill(
            MEASURED, n=f"{found.sentences:,}", processor=found.processor, date=found.date, where=HERE if found.here else SHIPPED,
            alone=written(alone), batch=written(batch), size=BATCH, error=percent(found.error),
        )
    )  # fmt: skip


def measure(shown: Shown) -> None:
    """The button that measures all of them here."""
    place = st.empty()
    if not place.button(MEASURE, key="measure", icon=":material/timer:"):
        return
    every = (shown.found.plain, *shown.found.names)
    with guarded():
        bar = place.progress(0.0)
        for i, name in enumerate(every):
            said = MEASURING.format(i=i + 1, n=len(every))

            def tell(done: int, total: int, i: int = i, said: str = said) -> None:
                bar.progress((i + done / total) / len(every), said)

            cache.measure(name, tell)
        st.rerun()


def least(shown: Shown) -> int:
    """Which of them takes the least time, one sentence at a time."""
    return min(range(len(shown.found.bars)), key=lambda i: shown.found.bars[i].alone)


def reply(shown: Shown, given: float) -> str:
    """Its time and steps."""
    machine = HERE if shown.found.here else THERE
    return _filled(LEAST if given == least(shown) else LONGER, shown.found.bars[int(given)], machine=machine)


def question(shown: Shown) -> str:
    """Which saves the most, on the machine whose times are shown."""
    found = shown.found
    if found.here:
        return QUESTION
    return fill(UNMEASURED, seconds=SECONDS * (len(found.names) + 1), processor=found.processor, date=found.date)


LESSON = Lesson(
    number=7,
    name="steps-and-time",
    title="How much time is there to save?",
    minutes=4,
    goal="you know that steps are not milliseconds, what a batch changes, and what dropping words does not save",
    models=fits,
    gather=gather,
    story=story,
    opening=lambda shown: fill(OPENING, a=percent(shown.stops.steps), b=percent(shown.drops.steps)),
    asks=(_ask("7a", "Time of A", ASK_A, "stops"), _ask("7b", "Time of B", ASK_B, "drops")),
    finding=finding,
    how_to=lambda _: pairs_key(),
    draw=show,
    reveal=reveal,
    otherwise=otherwise,
    check=Check(
        question=question,
        right=lambda shown, given: given == least(shown),
        reply=reply,
        solve=lambda shown: Solution(least(shown)),
        options=lambda shown: tuple(one.name for one in shown.found.bars),
        tools=measure,
    ),
    misconception="“Steps saved are time saved.” Only where whole layers are not called. “Dropping words speeds up everything.” The start "
    "and the call of each layer stay.",
    not_shown="Graphics cards and bigger models: there the call of a layer weighs less, and dropping words may pay sooner. The page "
    "Trade-off shows every model by milliseconds.",
)
