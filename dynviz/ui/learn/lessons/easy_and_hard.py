"""Lesson 2: an easy and a hard sentence, under the plain and the adaptive model; and two of almost the same length."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from dynviz.figures.square import Block, counted, square, square_finding, square_key, square_lines, square_table, square_width
from dynviz.figures.wording import count, listing, percent
from dynviz.records import Trace
from dynviz.records.contrast import cost_difference, plain_of
from dynviz.records.pair import Pair
from dynviz.ui.learn import pick, runs
from dynviz.ui.learn import text as shared
from dynviz.ui.learn.facts import Facts
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import Check, Guess, Lesson, Setting, Solution, Try, number, times_near
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell.shown import plain

TEXTS = (
    "The sky is blue.",
    "The philosophical underpinnings of existentialism challenge traditional notions of predetermined essence.",
)
ALIKE = ("The plot is predictable.", shared.NEVER)
TIMES = (1, 2, 3, 4, 6, 8, 12, 16)
GAP = 1.5  # the adaptive model's gap is this many times as wide as the plain one's: then the story is true
LEAST = 0.02  # of both causes of a gap: what is less is next to nothing
WHOLE = 0.995  # a share from here on shows as all of the work
WITHIN = 3  # points of the share counted by hand

OPENING = (
    "Two models tag each word (noun, verb, ...). The **plain** one always runs all {layers} layers. The **adaptive** one lets each word "
    "stop by itself. They read:\n\n> “{first}”\n\n> “{second}”"
)
ADAPTIVE = "**How many times as much does the second sentence cost the adaptive model?**"
PLAIN = "**And the plain model?**"
FINDING = "The second text cost {adaptive} times as much as the first; in the plain model, {plain} times"
HOW_TO = (
    "One square: one piece of a word in one layer. Filled: computed. Thin strip: finished, only kept in sight, {strip} of the cost. "
    "Bars: the whole cost; dotted: what the plain model pays."
)
PLAIN_MODEL, ADAPTIVE_MODEL = "Plain model", "Adaptive model"
LENGTH = (
    "**The plain model is not free of length.** It runs all {layers} layers on both, but {hard} pieces of words cost {times} times as much "
    "as {easy}."
)
EQUAL = "**The plain model pays for length alone.** It reads {easy} pieces of both texts, so both cost it the same."
SAVES = "**The adaptive model saves on both.** It did {easy} of the plain model's work on the first and {hard} on the second{words}."
TOO = ": there too {stopped} of {words} words stopped before layer {layers}"
SPENDS = "**The adaptive model** did {easy} of the plain model's work on the first and {hard} on the second: {said}."
ON_ONE = "it saved on the first only"
NO_LESS = "the first took no smaller share"
SAME_SHARE = "the same share of both"
LITTLE = "the first took the smaller share, but not by much"
CAUSES = "**The gap has two causes.** {length} of the {more} is length, {depth} is depth{deep}."
MORE, LESS = "extra cost", "saving on the second"
DEEP = ": {words} went through all layers"
AGAINST = {
    True: "**Length and depth pull apart.** Length alone would make the second dearer, but the model did a smaller share of it.",
    False: "**Length and depth pull apart.** Length alone would make the second cheaper, but the model did a larger share of it.",
}  # by whether the second is longer
ONE_CAUSE = "**The gap is length.** Depth changes next to nothing between these two."
DEPTH = {
    True: "**The gap is depth.** Length changes next to nothing: the model did a larger share of the work on the second.",
    False: "**The gap is depth.** Length changes next to nothing: the model did a smaller share of the work on the second.",
}  # by whether the model goes further in the second
NO_GAP = "**There is no gap.** Both texts cost the adaptive model the same, or nearly."
COMMON = (
    "A common answer is: the plain model pays the same for both. True for the *number of layers*, wrong for the *cost*. To see depth "
    "alone, take two sentences of almost the same length, {first} and {second} pieces, and a model that stops a whole text at once."
)
ONE_MORE = "**One word more: {hard} instead of {easy}.** It did {first} of the plain model's work, then {second}{asked}."
ASKED = ": more than plain, as it was asked for an answer {times} times"
QUESTION = (
    "Count the filled squares of the first sentence under the adaptive model; a thin strip counts {strip} of a square. Which share of all "
    "squares is that, in percent?"
)
REPLY = "{squares} and {strips} of {every}: {share}. Counted in steps it is {cost}."
AGAIN = "There are {every} squares in all. Count those that are filled, and add {strip} for each strip."


@dataclass(frozen=True, eq=False)
class Shown:
    """Two texts under an adaptive model, and under the same one that never stops (its full depth). alike: two of almost the same length
    under a model that stops a text as a whole; None where no model here does."""

    easy: Pair
    hard: Pair
    alike: tuple[Pair, Pair] | None

    @property
    def layers(self) -> int:
        """How many the model has."""
        return len(self.easy.trace.layers)

    @property
    def adaptive(self) -> float:
        """How many times as much the second text costs the adaptive model."""
        return self.hard.trace.flops / self.easy.trace.flops

    @property
    def plain(self) -> float:
        """How many times as much it costs the plain one."""
        return self.hard.full.plain_flops / self.easy.full.plain_flops


def gather(setting: Setting) -> Shown:
    """Both texts as the model ships, and the other two."""
    easy, hard = (runs.pair(setting.model, text) for text in setting.texts)
    return Shown(easy, hard, alike())


def alike() -> tuple[Pair, Pair] | None:
    """The two of almost the same length, under the best model for which one costs far more."""
    names = tuple(found.name for found in pick.fitting(lambda facts: facts.whole and facts.asks and facts.sure and facts.stages == 1))
    name = pick.first("alike", names, ALIKE, lambda name: far_apart(*(runs.pair(name, text) for text in ALIKE)))
    return None if name is None else (runs.pair(name, ALIKE[0]), runs.pair(name, ALIKE[1]))


def far_apart(easy: Pair, hard: Pair) -> bool:
    """Whether the second takes more than twice the first's share."""
    return hard.trace.share > 2 * easy.trace.share


def story(shown: Shown) -> bool:
    """The adaptive model's gap is clearly wider than the plain one's."""
    return shown.adaptive > GAP * shown.plain


def times(value: float) -> str:
    """ "8.4"."""
    return f"{value:.1f}"


def ratio(id: str, label: str, words: str, which: str) -> Guess[Shown]:
    """The guess at how many times as much the second text costs."""
    return number(id, label, lambda _: words, lambda _: TIMES, lambda shown: float(getattr(shown, which)), said_times, times_near)


def said_times(value: float) -> str:
    """ "8 times", "3.2 times", "1 time"."""
    return f"{value:.0f} time{'s' * (value != 1)}" if value in TIMES else f"{value:.1f} times"


def strip(trace: Trace) -> str:
    """What a thin strip costs, of a square: "1/6"."""
    return str(counted(trace).strip)


def reveal(shown: Shown) -> tuple[str, ...]:
    """Length, the saving on both, and the two causes of the gap."""
    return length(shown), saving(shown), causes(shown)


def length(shown: Shown) -> str:
    """What the plain model pays for."""
    easy, hard = len(shown.easy.trace.tokens), len(shown.hard.trace.tokens)
    return fill(EQUAL if easy == hard else LENGTH, layers=shown.layers, hard=hard, easy=easy, times=times(shown.plain))


def saving(shown: Shown) -> str:
    """The share of both; how many words of the second stopped."""
    if shown.hard.trace.share >= WHOLE:
        return spends(shown, ON_ONE if shown.easy.trace.share < WHOLE else NO_LESS)
    early = sum(depth < shown.layers for _, depth in runs.words(shown.hard.trace))
    every = len(runs.words(shown.hard.trace))
    too = fill(TOO, stopped=early, words=every, layers=shown.layers) if early else ""
    shares = {"easy": plain(percent(shown.easy.trace.share)), "hard": plain(percent(shown.hard.trace.share))}
    return SAVES.format(words=too, **shares)


def causes(shown: Shown) -> str:
    """How much of the difference is length, and how much depth; which of them, where it is one alone or they work against each other."""
    found = cost_difference(shown.easy.trace, shown.hard.trace)
    length, depth = abs(found.length), abs(found.stopping)
    both = length + depth
    if both < LEAST * shown.easy.trace.flops:
        return NO_GAP
    if depth < LEAST * both:
        return ONE_CAUSE
    if length < LEAST * both:
        return DEPTH[found.stopping > 0]
    if (found.length > 0) != (found.stopping > 0):
        return AGAINST[found.length > 0]
    deep = [word for word, depth in runs.words(shown.hard.trace) if depth == shown.layers] if found.total > 0 else []
    went = fill(DEEP, words=listing(deep, 4)) if deep else ""
    more = MORE if found.total > 0 else LESS
    return CAUSES.format(length=plain(percent(length / both)), depth=plain(percent(depth / both)), more=more, deep=went)


def otherwise(shown: Shown) -> tuple[str, ...]:
    """The gap is no wider than the plain one's."""
    easy, hard = shown.easy.trace.share, shown.hard.trace.share
    said = SAME_SHARE if percent(easy) == percent(hard) else NO_LESS if easy > hard else LITTLE
    return length(shown), spends(shown, said), causes(shown)


def spends(shown: Shown, said: str) -> str:
    """The share of both, and what that says."""
    return fill(SPENDS, easy=percent(shown.easy.trace.share), hard=percent(shown.hard.trace.share), said=said)


def show(shown: Shown) -> None:
    """The two texts beside each other, each under both models, all to one scale."""
    unit = shown.hard.full.plain_flops / len(shown.hard.full.tokens)
    both = [(pair, [Block(PLAIN_MODEL, plain_of(pair.full)), Block(ADAPTIVE_MODEL, pair.trace)]) for pair in (shown.easy, shown.hard)]
    beside("square", both, unit)


def beside(name: str, texts: list[tuple[Pair, list[Block]]], unit: float) -> None:
    """Squares of several texts beside each other where there is room for them, else under each other."""
    lines = max(square_lines(pair.trace) for pair, _ in texts)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for i, (pair, blocks) in enumerate(texts):
            wide = square_width(pair.trace)
            with st.container(width=wide + 36):
                st.markdown(f"**“{plain(pair.trace.text)}”**")
                figure = square(blocks, unit, style=style(), title="", subtitle="", lines=lines)
                table, source = partial(square_table, blocks), sources.runs(pair.trace, pair.full)
                draw(Panel(f"{name}-{i}", figure, square_finding(blocks), table, key=square_key(blocks), least=wide, source=source))


def more(shown: Shown) -> None:
    """Two texts of almost the same length, for depth alone."""
    if shown.alike is None:
        return
    easy, hard = shown.alike
    st.markdown(fill(COMMON, first=len(easy.trace.tokens), second=len(hard.trace.tokens)))
    unit = hard.full.plain_flops / len(hard.full.tokens)
    beside("alike", [(pair, [Block("", pair.trace)]) for pair in (easy, hard)], unit)
    asks = fill(ASKED, times=hard.trace.exit_layer) if hard.trace.share > 1 else ""
    st.markdown(
        ONE_MORE.format(
            hard=count(hard.trace.exit_layer, "layer"), easy=easy.trace.exit_layer, first=plain(percent(easy.trace.share)),
            second=plain(percent(hard.trace.share)), asked=asks,
        )
    )  # fmt: skip


def right(shown: Shown, given: float) -> bool:
    """Near the compute share."""
    return abs(given - shown.easy.trace.share * 100) <= WITHIN


def reply(shown: Shown, given: float) -> str:
    """The count, or how to count."""
    found = counted(shown.easy.trace)
    if not right(shown, given):
        return fill(AGAIN, every=found.every, strip=found.strip)
    return fill(
        REPLY, squares=count(found.filled, "square"), strips=count(found.strips, "strip"), every=found.every, share=percent(found.share),
        cost=percent(shown.easy.trace.share),
    )  # fmt: skip


def fits(facts: Facts) -> bool:
    """Tags words, and lets each stop by itself."""
    return facts.tags and facts.per_word


LESSON = Lesson(
    number=2,
    name="easy-and-hard",
    title="What do an easy and a hard sentence cost?",
    minutes=5,
    goal="you can say what the plain and the adaptive model pay for an easy and a hard sentence, and why",
    models=fits,
    gather=gather,
    story=story,
    opening=lambda shown: fill(OPENING, layers=shown.layers, first=shown.easy.trace.text, second=shown.hard.trace.text),
    asks=(ratio("2a", "The adaptive model", ADAPTIVE, "adaptive"), ratio("2b", "The plain model", PLAIN, "plain")),
    finding=lambda shown: fill(FINDING, adaptive=times(shown.adaptive), plain=times(shown.plain)),
    how_to=lambda shown: fill(HOW_TO, strip=strip(shown.hard.trace)),
    draw=show,
    reveal=reveal,
    otherwise=otherwise,
    more=more,
    check=Check(
        question=lambda shown: fill(QUESTION, strip=strip(shown.easy.trace)),
        right=right,
        reply=reply,
        solve=lambda shown: Solution(round(shown.easy.trace.share * 100)),
        unit="percent",
    ),
    misconception="“A plain model pays the same for every text.” It runs the same layers, on more or fewer pieces. “What is hard for "
    "people is hard for the model.” Only what is hard for its own task.",
    not_shown="Time. Steps are counted, not seconds.",
    texts=TEXTS,
    boxes=("First sentence", "Second sentence"),
    tries=(Try("A small *not*", ("The dessert was worth the wait.", "The dessert was not worth the wait.")),),
)
