"""Lesson 1: what a layer is, and what stopping means."""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import streamlit as st

from dynviz import figures
from dynviz.figures.tower import spoken, tower, tower_finding, tower_table
from dynviz.figures.wording import count, percent
from dynviz.records import Trace
from dynviz.records.pair import Pair
from dynviz.ui.learn import runs
from dynviz.ui.learn.facts import Facts
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import Check, Guess, Lesson, Setting, Solution, Try, layers_near, number
from dynviz.ui.parts import rules, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell.shown import plain

TEXTS = ("I loved it.", "You won't regret a single minute of this tour.")

OPENING = (
    "A model reads a text in rounds. A round is called a **layer**. Each layer works through the whole text once more.\n\n"
    "This model has {layers} layers. {rule} It says {answers}."
)
RULE = {
    True: "It can answer after any of them, and it stops as soon as it is sure enough.",
    False: "It need not run them all: it answers once its rule for stopping is met.",
}
ASK = "**“{text}”** After which layer does it stop?"
THEN = "**“{text}”** And now?"
DIFFERENT = "The first text took {easy}, the second {hard}"
SAME = "Both texts took {easy}"
HOW_TO = "One block: one layer, with the answer after it and how sure the model was. Dashed: never computed."
STOPPED = (
    "**Nothing above was computed.** After layer {exit} it was {sure} sure of *{answer}*, and stopped. Layers {next} to {last} were never "
    "computed: it did {share} of the work."
)
CHANGED = "**The model changed its mind on the second text.** It said {path}. It {stopped}, {sure} sure, at {share} of the work."
AFTER = "*{answer}* after layer {layer}"
STOPS, ALL = "stopped after layer {exit}", "used all layers"
BET = "**Stopping early saves work.** It is a bet that later layers would say the same. {outcome}"
WON = "Here the bet was won: with all layers both answers are the same."
LOST = "Here the bet was lost: with all layers the answer to {which} would be another."
FIRST, SECOND, BOTH = "the first text", "the second text", "both texts"
TOGETHER = "**Both stopped after layer {exit}.** They took {first} and {second} of the work. Take another sentence."
NEITHER = "**Neither stopped early.** Both used all {exit} layers, at {first} and {second} of the work. Take another sentence."
APART = "**The first {easy}, the second {hard}.** They took {first} and {second} of the work."
NO_BET = "**Stopping early is a bet** that later layers would say the same. Here none was made: both texts went through all layers."
STEADY = "**No change of mind.** The second text had the same answer after every layer that was computed."
QUESTION = "Move the slider until the second text stops after layer 1. What does it answer now?"
REPLY = "With the slider there, it answers *{answer}* after layer 1."
FAR = "It now stops after layer {exit}. Move the slider on until that is layer 1."
OVER = "**“{text}”**  \n{share} of the work"
UNDER = "The paths of both texts, layer by layer"


@dataclass(frozen=True, eq=False)
class Shown:
    """Two texts under one model. turned: the second at the setting of the check's slider. model: its name."""

    easy: Pair
    hard: Pair
    turned: Trace
    model: str

    @property
    def layers(self) -> int:
        """How many the model has."""
        return len(self.easy.trace.layers)


def gather(setting: Setting) -> Shown:
    """Both texts as the model ships, and the second where the slider stands."""
    easy, hard = (runs.pair(setting.model, text) for text in setting.texts)
    turned = hard.trace if setting.knob is None else runs.at(setting.model, setting.texts[1], setting.knob)
    return Shown(easy, hard, turned, setting.model)


def story(shown: Shown) -> bool:
    """The easy text leaves in the first third; the other later, and its answer changed before."""
    easy, hard = shown.easy.trace, shown.hard.trace
    return easy.exit_layer <= shown.layers / 3 and hard.exit_layer > easy.exit_layer and len(path(hard)) > 1


def path(trace: Trace) -> list[tuple[int, str]]:
    """The layers after which the answer was another than before, with the answer; the first is where it begins."""
    read = [(layer, said[0]) for layer in range(1, trace.exit_layer + 1) if (said := spoken(trace, layer))]
    return read[:1] + [now for before, now in pairwise(read) if now[1] != before[1]]


def sure(trace: Trace) -> str:
    """How sure it was where it stopped."""
    return percent(float(trace.answer[0].max()))


def opening(shown: Shown) -> str:
    """What a layer is."""
    rule = RULE[rules.sure((shown.easy, shown.hard))]
    return fill(OPENING, layers=shown.layers, rule=rule, answers=" or ".join(shown.easy.trace.labels))


def exits(id: str, label: str, words: str, which: str) -> Guess[Shown]:
    """The guess at where one of the texts stops."""
    return number(
        id, label, lambda shown: fill(words, text=getattr(shown, which).trace.text), lambda shown: range(1, shown.layers + 1),
        lambda shown: getattr(shown, which).trace.exit_layer, lambda value: f"layer {value:g}", layers_near,
    )  # fmt: skip


def finding(shown: Shown) -> str:
    """How many layers each took."""
    easy, hard = (pair.trace.exit_layer for pair in (shown.easy, shown.hard))
    return fill(SAME if easy == hard else DIFFERENT, easy=count(easy, "layer"), hard=count(hard, "layer"))


def reveal(shown: Shown) -> tuple[str, ...]:
    """What was not computed, the changes of mind, the bet."""
    easy, hard = shown.easy.trace, shown.hard.trace
    stopped = fill(
        STOPPED, exit=easy.exit_layer, sure=sure(easy), answer=easy.predicted[0], next=easy.exit_layer + 1, last=shown.layers,
        share=percent(easy.share),
    )  # fmt: skip
    return stopped, changed(hard, shown.layers), bet(shown)


def changed(trace: Trace, layers: int) -> str:
    """The answers on the way, and where it ended."""
    said = ", then ".join(fill(AFTER, answer=answer, layer=layer) for layer, answer in path(trace))
    return CHANGED.format(path=said, stopped=ended(trace, layers), sure=plain(sure(trace)), share=plain(percent(trace.share)))


def ended(trace: Trace, layers: int) -> str:
    """Where it stopped, if it did."""
    return ALL if trace.exit_layer == layers else STOPS.format(exit=trace.exit_layer)


def bet(shown: Shown) -> str:
    """Whether full depth would have said the same."""
    if all(pair.trace.exit_layer == shown.layers for pair in (shown.easy, shown.hard)):
        return NO_BET
    lost = [pair.trace.predicted != pair.full.predicted for pair in (shown.easy, shown.hard)]
    if not any(lost):
        return BET.format(outcome=WON)
    return BET.format(outcome=LOST.format(which=BOTH if all(lost) else FIRST if lost[0] else SECOND))


def otherwise(shown: Shown) -> tuple[str, ...]:
    """The story did not happen: what did."""
    easy, hard = shown.easy.trace, shown.hard.trace
    ends = {"easy": ended(easy, shown.layers), "hard": ended(hard, shown.layers)}
    said = APART if easy.exit_layer != hard.exit_layer else NEITHER if easy.exit_layer == shown.layers else TOGETHER
    first = fill(said, exit=easy.exit_layer, first=percent(easy.share), second=percent(hard.share), **ends)
    return first, changed(hard, shown.layers) if len(path(hard)) > 1 else STEADY, bet(shown)


def show(shown: Shown) -> None:
    """Both towers, and the paths folded away."""
    grid = st.grid(2, min_column_width=260)
    for name, pair in (("easy", shown.easy), ("hard", shown.hard)):
        with grid.cell():
            st.markdown(fill(OVER, text=pair.trace.text, share=percent(pair.trace.share)))
            block(f"tower-{name}", pair.trace)
    with st.expander(UNDER):
        for name, pair in (("easy", shown.easy), ("hard", shown.hard)):
            draw(
                Panel(
                    f"path-{name}", figures.trajectory(pair.trace, pair.full, style=style(), title=""),
                    figures.trajectory_finding(pair.trace, pair.full), partial(figures.trajectory_table, pair.trace, pair.full),
                    headed=True, source=sources.runs(pair.trace),
                )
            )  # fmt: skip


def block(name: str, trace: Trace) -> None:
    """One tower."""
    figure = tower(trace, None, style(), "", "")
    draw(Panel(name, figure, tower_finding(trace), partial(tower_table, trace), source=sources.runs(trace)))


def right(shown: Shown, given: float) -> bool:
    """The second text stops after the first layer, and this is its answer there."""
    return shown.turned.exit_layer == 1 and shown.turned.labels[int(given)] == shown.turned.predicted[0]


def reply(shown: Shown, given: float) -> str:
    """Where it stops now, or what it answers there."""
    if shown.turned.exit_layer > 1:
        return fill(FAR, exit=shown.turned.exit_layer)
    return fill(REPLY, answer=shown.turned.predicted[0])


def solve(shown: Shown) -> Solution | None:
    """The setting that stops most, where even that text leaves at once; and the answer there."""
    knob = runs.first_knob(shown.model)
    if knob is None:
        return None
    most = knob.high if knob.stops == "up" else knob.low
    there = runs.at(shown.model, shown.turned.text, most)
    return Solution(there.labels.index(there.predicted[0]), most) if there.exit_layer == 1 else None


def fits(facts: Facts) -> bool:
    """The whole text stops at once, as soon as an answer is sure enough; every layer is asked for one."""
    return facts.whole and facts.asks and facts.sure and facts.stages == 1


LESSON = Lesson(
    number=1,
    name="stopping",
    title="What is a layer, and what does stopping mean?",
    minutes=3,
    goal="you can say what is not computed after a stop, and that an early answer can be another one",
    models=fits,
    gather=gather,
    story=story,
    opening=opening,
    asks=(exits("1a", "The first text stops after", ASK, "easy"), exits("1b", "The second text stops after", THEN, "hard")),
    finding=finding,
    how_to=lambda _: HOW_TO,
    draw=show,
    reveal=reveal,
    otherwise=otherwise,
    check=Check(
        question=lambda _: QUESTION,
        right=right,
        reply=reply,
        solve=solve,
        options=lambda shown: shown.turned.labels,
        turns=True,
        tools=lambda shown: block("tower-turned", shown.turned),
    ),
    misconception="“The later layers run, only faster.” They do not run at all. “The text is cut.” It is not: every layer that runs reads "
    "all of it.",
    not_shown="What happens inside a layer, and whether the answer is right: a model can be sure and wrong.",
    texts=TEXTS,
    boxes=("First text", "Second text"),
    tries=(
        Try("One word changed", ("I loved it.", "You won't enjoy a single minute of this tour.")),
        Try("Without the no", ("I loved it.", "You will enjoy every minute of this tour.")),
    ),
)
