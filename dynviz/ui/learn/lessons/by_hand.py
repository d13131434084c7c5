"""Lesson 8: a model so small that every number is on screen, and no threshold that saves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dynviz.figures.doubts import Doubt, doubts, doubts_finding, doubts_table
from dynviz.figures.style import depth_colours
from dynviz.figures.wording import percent
from dynviz.figures.worked import worked, worked_exit, worked_finding, worked_table
from dynviz.measure import toy
from dynviz.records import Floats, Run
from dynviz.records.worked import WorkedLayer
from dynviz.ui.learn import place
from dynviz.ui.learn.check import KNOB
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import Check, Lesson, Setting, Solution, words
from dynviz.ui.parts.panels import CONFIG, Panel, draw, style, table
from dynviz.ui.parts.show import one_of

MOST = 0.69  # the slider's end: two classes cannot be doubted more
NEAR = 1.0  # points of compute that an answer may be off
SLIDER = f"{KNOB}-"  # the check's own key, for a lesson without a model

OPENING = (
    "This model is so small that you can see every number in it. It reads {many} words, holds {numbers} numbers for each, and has {layers} "
    "layers. After each layer an **exit** reads the first word and says *positive* or *negative*. It also says its **doubt**: 0 is sure, "
    "{most} is a coin toss. When the doubt is below the **threshold** of {threshold}, the model stops.\n\n"
    "The first exit adds up the feeling and takes away the *not*: to this exit, a *not* always speaks for *negative*."
)
ASK = "Each of these texts is read. With one of them the model stops after the first layer and is wrong. **Which text stops too soon?**"
FINDING = "“{trap}”: {sure} sure, and wrong after one layer"
HOW_TO = "From left to right: what one layer does to the words. Point at a number, or tap it, to see its sum; more colour is larger."
STOPS_SOON = (
    "**“{trap}” stops too soon.** After layer 1 the model is surer of this wrong answer (doubt {doubt}) than of the right one in “{easy}” "
    "({other})."
)
NO_THRESHOLD = (
    "**So no threshold is both cheap and right.** A line that lets “{easy}” stop lets “{trap}” stop, too. To have all of them right, every "
    "text must go on: {cost} of the work."
)
REPAIRED = (
    "**The last layer repairs it.** There a *not* keeps both neurons of the first word quiet, and the answer becomes *{answer}*. A better "
    "first exit would help. A better threshold would not."
)
TEXT, THRESHOLD = "Text", "Threshold: stop when the doubt is below it"
ENTER, LOOKS, LOOKED, NEURONS, LEAVES = "words come in", "who looks at whom", "after looking", "neurons", "words go out"
LOOK, THINK = "look", "think"
ALT = "Layer {layer}: {name}"
EXIT = "exit {layer} reads the first word"
BELOW, ABOVE = "doubt {doubt} < {threshold}: stop", "doubt {doubt} ≥ {threshold}: go on"
LAST, NEVER = "doubt {doubt}: last layer", "doubt {doubt}: never asked"
LINE, END = "stopped here: {share} of the work", "all layers, both exits: {share} of the work"
ROUNDED = (
    "Numbers are rounded to two places, and the sums are worked out before rounding: by hand the last figure may differ by one or two. "
    "All weights were chosen by hand; nothing was trained."
)
NUMBERS = "All numbers and sums"
DOUBTS = "No threshold helps: the trap is surer than the easy texts"
DOUBTS_KEY = "Doubt after layer 1. Dot: layer 1 is right. Ring: layer 1 is wrong. The black line is the threshold."
STOPS, GOES_ON = "stops: {answer}, {verdict}", "goes on: {answer}, {verdict}"
RIGHT, WRONG = "right", "wrong"
OUTCOME = "**{right} of {all} right** at **{cost}** of the work, on average."
QUESTION = "Set the threshold so that all of them are right. **What does that cost on average, in % of the plain model?**"
TOO_SOON = "With the line at {threshold}, {right} of {all} are right. Move it to the left."
LOOK_BELOW = "All are right with the line at {threshold}. The cost stands below the slider: it counts the exits, too."
EXPENSIVE = "All of them go through every layer, and asking the first exit for nothing makes it {cost}: more than the plain model."


@dataclass(frozen=True)
class Shown:
    """The four texts with a threshold."""

    threshold: float

    @property
    def run(self) -> Run:
        """Who stops where, by the rule of the real exits."""
        return toy.replayed(self.threshold)

    @property
    def right(self) -> list[bool]:
        """Of each text, whether its answer is."""
        return [toy.LABELS[said] == truth for said, truth in zip(self.run.predicted, toy.TRUTH.values(), strict=True)]

    @property
    def shares(self) -> Floats:
        """Of each text, compute over the plain model's."""
        return self.run.flops / self.run.plain_flops


TEXTS = tuple(toy.TRUTH)


def first(text: str) -> WorkedLayer:
    """The text after layer 1."""
    return toy.worked(text)[0]


def right_at_once(text: str) -> bool:
    """Whether layer 1 has the right answer."""
    return first(text).answer == toy.TRUTH[text]


def trap() -> str:
    """The surest of the wrong answers after layer 1."""
    return min((text for text in TEXTS if not right_at_once(text)), key=lambda text: first(text).doubt)


def easy() -> str:
    """The surest of the right ones."""
    return min((text for text in TEXTS if right_at_once(text)), key=lambda text: first(text).doubt)


def gather(setting: Setting) -> Shown:
    """The threshold of the slider, or the one it begins with."""
    asked = toy.THRESHOLD if setting.knob is None else setting.knob
    return Shown(round(min(max(asked, 0.0), MOST), 2))


def safest() -> Shown:
    """The largest threshold at which every answer is right."""
    return next(shown for i in range(round(MOST * 100), -1, -1) if all((shown := Shown(i / 100)).right))


def opening(shown: Shown) -> str:
    """What there is to see, and how it stops."""
    many, numbers = first(TEXTS[0]).enter.values.shape
    layers = len(toy.worked(TEXTS[0]))
    return fill(OPENING, many=many, numbers=numbers, layers=layers, most=f"{MOST:.2f}", threshold=f"{toy.THRESHOLD:.2f}")


def too_soon(shown: Shown) -> tuple[int, ...]:
    """The texts that stop before the end and are wrong, at the threshold it begins with."""
    start = Shown(toy.THRESHOLD)
    early = start.run.exit_layer < len(start.run.sizes)
    return tuple(i for i, right in enumerate(start.right) if early[i] and not right)


def finding(shown: Shown) -> str:
    """How sure the wrong answer is."""
    layer = first(trap())
    return fill(FINDING, trap=trap(), sure=percent(layer.probs[layer.answer]))


def reveal(shown: Shown) -> tuple[str, ...]:
    """The trap, why no threshold helps, and what does."""
    names = {"trap": trap(), "easy": easy()}
    return (
        fill(STOPS_SOON, **names, doubt=f"{first(trap()).doubt:.2f}", other=f"{first(easy()).doubt:.2f}"),
        fill(NO_THRESHOLD, **names, cost=percent(float(safest().shares.mean()))),
        fill(REPAIRED, answer=toy.worked(trap())[-1].answer),
    )


def show(shown: Shown) -> None:
    """Every number of one text; then all texts on the line of doubt."""
    text = TEXTS[int(one_of(TEXT, {str(i): text for i, text in enumerate(TEXTS)}, str(TEXTS.index(trap())), "toy"))]
    layers, at = toy.worked(text), TEXTS.index(text)
    stops = int(shown.run.exit_layer[at])
    for number, layer in enumerate(layers, start=1):
        _layer(layer, number, number <= stops, _said(layer, number, stops, len(layers), shown.threshold))
        if number == stops:
            _line(LINE if stops < len(layers) else END, float(shown.shares[at]))
    table("toy-numbers", partial(worked_table, layers, (ENTER, LOOKS, LOOKED, NEURONS, LEAVES)), NUMBERS)
    st.caption(ROUNDED)
    _threshold(shown)


def _layer(layer: WorkedLayer, number: int, done: bool, said: str) -> None:
    """One layer from left to right, in three pictures that stand one below the other where there is no room."""
    colour = depth_colours(len(toy.worked(TEXTS[0])))[number]
    figures = (
        worked({ENTER: layer.enter, LOOKS: layer.looks}, [LOOK], colour, done, style()),
        worked({LOOKED: layer.looked, NEURONS: layer.neurons}, [THINK], "", done, style()),
        worked_exit(layer, EXIT.format(layer=number), said, done, style()),
    )
    with st.container(horizontal=True):
        for part, (name, figure) in enumerate(zip((ENTER, LOOKED, EXIT), figures, strict=True)):
            alt = worked_finding(layer, number) if name == EXIT else ALT.format(layer=number, name=name)
            st.plotly_chart(figure, width=figure.layout.width, key=f"toy-{number}-{part}", theme=None, alt=alt, config=CONFIG)


def _said(layer: WorkedLayer, number: int, stops: int, layers: int, threshold: float) -> str:
    """What comes of the doubt."""
    words = NEVER if number > stops else LAST if number == layers else BELOW if number == stops else ABOVE
    return words.format(doubt=f"{layer.doubt:.2f}", threshold=f"{threshold:.2f}")


def _line(said: str, share: float) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.divider()
        st.markdown(f"**{fill(said, share=percent(share))}**", width="content")
        st.divider()


def marks(shown: Shown) -> list[Doubt]:
    """The texts for the line of doubt."""
    out = []
    for i, text in enumerate(TEXTS):
        words = STOPS if shown.run.exit_layer[i] < len(shown.run.sizes) else GOES_ON
        said = words.format(answer=toy.LABELS[shown.run.predicted[i]], verdict=RIGHT if shown.right[i] else WRONG)
        out.append(Doubt(text, first(text).doubt, right_at_once(text), said))
    return out


def _threshold(shown: Shown) -> None:
    st.subheader(DOUBTS, anchor=False)
    st.caption(DOUBTS_KEY)
    if st.session_state.get(SLIDER) != shown.threshold:
        st.session_state[SLIDER] = shown.threshold
    st.slider(THRESHOLD, 0.0, MOST, step=0.01, key=SLIDER, on_change=_turned)
    cost = percent(float(shown.shares.mean()))
    st.markdown(fill(OUTCOME, right=sum(shown.right), all=len(TEXTS), cost=cost))
    found = marks(shown)
    figure = doubts(found, shown.threshold, style())
    draw(Panel("toy-doubts", figure, doubts_finding(found, shown.threshold), partial(doubts_table, found, shown.threshold)))


def _turned() -> None:
    place.go(knob=f"{st.session_state[SLIDER]:g}")


def right(shown: Shown, given: float) -> bool:
    """All four are right, and this is what they cost."""
    return all(shown.right) and abs(given - 100 * float(shown.shares.mean())) <= NEAR


def reply(shown: Shown, given: float) -> str:
    """How many are right, where the cost stands, or why it is that much."""
    about = {"threshold": f"{shown.threshold:.2f}", "right": sum(shown.right), "all": len(TEXTS)}
    if right(shown, given):
        return fill(EXPENSIVE, cost=percent(float(shown.shares.mean())))
    return fill(LOOK_BELOW if all(shown.right) else TOO_SOON, **about)


def solve(shown: Shown) -> Solution:
    """The largest threshold at which all are right, and its cost."""
    return Solution(round(100 * float(safest().shares.mean()), 1), safest().threshold)


def _texts(places: Sequence[int]) -> str:
    return ", ".join(f"“{TEXTS[i]}”" for i in places)


LESSON = Lesson(
    number=8,
    name="by_hand",
    title="A model you can check by hand: can the threshold save it?",
    minutes=5,
    goal="you can work out an exit with pencil and paper, and say when a better threshold cannot help",
    models=None,
    gather=gather,
    story=lambda _: first(trap()).doubt < first(easy()).doubt,
    opening=opening,
    asks=(words("8a", "Stops too soon", lambda _: ASK, lambda _: TEXTS, too_soon, lambda shown: _texts(too_soon(shown))),),
    finding=finding,
    how_to=lambda _: HOW_TO,
    draw=show,
    reveal=reveal,
    otherwise=reveal,  # no text of the learner's is read: the story cannot fail
    check=Check(question=lambda _: QUESTION, right=right, reply=reply, solve=solve, unit="%"),
    misconception="“Tune the threshold and it will be fine.” A threshold only chooses among the doubts there are. Where a wrong answer is "
    "surer than a right one, no line parts them.",
    not_shown="A trained model: it has millions of numbers, and nobody chose them. Its sums are the same, its reasons are not so clear.",
)
