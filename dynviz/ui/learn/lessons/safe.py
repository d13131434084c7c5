"""Lesson 5: when it is safe to stop."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dynviz import figures
from dynviz.figures.verdicts import CALLED, verdicts, verdicts_finding, verdicts_key, verdicts_table
from dynviz.figures.wording import gap, hundred, percent
from dynviz.records import Trace
from dynviz.records.pair import Pair
from dynviz.ui.learn import runs, settings
from dynviz.ui.learn import text as shared
from dynviz.ui.learn.beside import beside
from dynviz.ui.learn.facts import Facts
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.layered import Layered, layered
from dynviz.ui.learn.lesson import Check, Guess, Lesson, Setting, Solution, Try, words
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import plain

TEXTS = (shared.NEVER, "What a treat: three hours in a freezing hall with no subtitles.")
TRIES = ("It is not a bad film at all.", shared.IRONIC)
RIGHT = dict(zip((*TEXTS, *TRIES), ("positive", "negative", "positive", "negative"), strict=True))
LEAST = 0.9  # how sure is called "very sure"
UNKNOWN = ("as the last", "unlike the last")  # layer: where nobody said which answer is right

OPENING = (
    "A model that stops early has to know when it is safe to stop. This one stops as soon as it is sure enough.\n\n"
    "Being sure and being right are two things."
)
AGREE = "**“{text}”** After the first layer the model is {sure} sure: *{answer}*. **Will the last layer agree?**"
BE_RIGHT = "**“{text}”** After the first layer: *{answer}*, {sure} sure. **Will the last layer be right?**"
STOPS = ("Surely yes", "Probably yes", "Probably no", "Surely no")
YES, NO = (0, 1), (2, 3)
SAID_RIGHT = {True: "yes: it was right", False: "no: it was wrong"}
SAID_AGREES = {True: "yes: it agreed", False: "no: it did not agree"}

BOTH, NEITHER = "Both texts got their right answer", "Both texts got a wrong answer"
ONCE = "One text got its right answer, the other did not"
SWAPPED = "Stopped too soon on one text, just in time on the other"
ALIKE, UNLIKE = "Stopping early changed no answer", "Stopping early changed an answer"
HOW_TO = "Height: how sure it is of the right answer. In the upper half its answer is right. Dashed: not computed, shown for teaching."
HOW_TO_JUDGED = (
    "Height: how sure it is of the right answer; where nobody said which that is, of the last layer's. In the upper half that is its "
    "answer. Dashed: not computed, shown for teaching."
)
HEADS = ("Stops when it is sure", "Waits until answers agree")

SOON = "**Stopped too soon.** It was {sure} sure after layer {layer}, stopped, and was wrong. With all layers it says *{full}*. {other}"
PATIENT = "The patient rule waited until layer {layer}: {called}, at {share} of the work."
FOOLED = (
    "**Thought too long.** After layer {layer} the answer was right. Later layers were fooled: the last one says *{full}*, {sure} sure. "
    "{other}"
)
COUNTED = (
    "**How often?** In {late} of a hundred sentences the first layer is wrong and the last one right. In {fooled} an earlier layer is "
    "right and the last one wrong. ({n} sentences.)"
)
VERY = " When the first layer is at least {least} sure ({part} of texts), it is right {often} times in a hundred."
UNCOUNTED = "**How often?** That takes many sentences with known answers, and none are stored for this model."
ONE = "**{which}** The quick rule stopped after layer {layer}: *{answer}*, {sure} sure, {called}. With all layers it says *{full}*. {other}"
WHICH = ("The first text.", "The second text.")
NO_ANSWER = " Nobody told this page which answer is right; here the last layer is the judge."

QUESTION = "**Find a setting at which both texts get the right answer.** Turn the slider, then choose."
WANTED = "**Find a setting at which the first text gets {first}, and the second {second}.** Turn the slider, then choose."
WANTS = {True: "its right answer", False: "the answer of the last layer, as nobody said which one is right"}
GOOD = {True: "right", False: "as asked"}
OPTIONS = ("Both are {good} here", "There is no such setting")
HERE = "At this setting both answers are {good}."
NOT_HERE = "Here the first answer is {first} and the second {second}."
NONE = "None of its {n} settings gets both {good}: {first} settings get the first text {good}, {second} get the second."
SOME = "{both} of its {n} settings get both {good}. Look on."
TRUST = "Is it right as often as it is sure?"
TRUST_HOW = (
    "Bars: how often answers are right, by how sure the model was. On the dashed line it is right as often as it is sure; below the "
    "line it is too sure."
)


@dataclass(frozen=True, eq=False)
class Bet:
    """One text. quick: stops when sure; patient: waits until answers agree, where there is such a model. turned: the quick one where the
    check's slider stands. right: the right answer, or the last layer's where nobody said. known: whether somebody did."""

    quick: Pair
    patient: Pair | None
    turned: Trace
    right: str
    known: bool

    @property
    def called(self) -> tuple[str, str]:
        """What right answers and others are called."""
        return CALLED if self.known else UNKNOWN

    @property
    def first(self) -> str:
        """The quick model's answer after its first layer."""
        return self.quick.full.labels[int(self.quick.full.probs[1, 0].argmax())]

    def good(self, trace: Trace) -> bool:
        """Whether its answer is right."""
        return trace.predicted[0] == self.right

    def said(self, trace: Trace) -> str:
        """ "right" or "wrong"."""
        return self.called[not self.good(trace)]


@dataclass(frozen=True, eq=False)
class Shown:
    """Two texts under a quick and a patient rule; and how it is over many sentences, where that is stored. model: the quick one's name."""

    bets: tuple[Bet, Bet]
    many: Layered | None
    model: str


def gather(setting: Setting) -> Shown:
    """Both texts under both rules."""
    patient = beside(setting.model, waits)
    first, second = (_bet(setting, text, patient) for text in setting.texts)
    return Shown((first, second), layered(setting.model), setting.model)


def _bet(setting: Setting, text: str, patient: Facts | None) -> Bet:
    quick = runs.pair(setting.model, text)
    turned = quick.trace if setting.knob is None else runs.at(setting.model, text, setting.knob)
    right = right_answer(cache.checkpoint(setting.model).config.task, text)
    known = right in quick.trace.labels
    return Bet(quick, runs.pair(patient.name, text) if patient else None, turned, right if known else quick.full.predicted[0], known)


def right_answer(task: str, text: str) -> str:
    """The right answer of a text of ours; "" of any other."""
    return RIGHT.get(text) or next((one.labels[0] for one in cache.examples(task).values() if one.text == text and one.labels), "")


def fits(facts: Facts) -> bool:
    """The whole text stops as soon as an answer is sure enough; any setting follows from one run."""
    return facts.whole and facts.asks and facts.sure and facts.replays and facts.stages == 1


def waits(facts: Facts) -> bool:
    """The whole text stops once enough layers agree."""
    return facts.whole and facts.asks and facts.patient and facts.replays and facts.stages == 1


def story(shown: Shown) -> bool:
    """The first text stops too soon, where the patient rule is right; of the second the early answer is right and the last one wrong."""
    first, second = shown.bets
    if not (first.known and second.known and first.patient):
        return False
    soon = not first.good(first.quick.trace) and first.good(first.quick.full) and first.good(first.patient.trace)
    return soon and second.good(second.quick.trace) and not second.good(second.quick.full)


def sure(trace: Trace) -> str:
    """How sure it was where it stopped."""
    return percent(float(trace.answer[0].max()))


def _asked(said: str, bet: Bet) -> str:
    first = bet.quick.full.probs[1, 0]
    return fill(said, text=bet.quick.full.text, sure=percent(float(first.max())), answer=bet.first)


def _ask(
    id: str, label: str, which: int, asked: Callable[[Bet], str], true: Callable[[Bet], bool], told: Callable[[Bet], dict[bool, str]]
) -> Guess[Shown]:
    """Yes or no, and how sure one is of it."""
    return words(
        id, label, lambda shown: _asked(asked(shown.bets[which]), shown.bets[which]), lambda _: STOPS,
        lambda shown: YES if true(shown.bets[which]) else NO, lambda shown: told(shown.bets[which])[true(shown.bets[which])],
    )  # fmt: skip


def _agrees(bet: Bet) -> bool:
    return bet.first == bet.quick.full.predicted[0]


def _last_right(bet: Bet) -> bool:
    return bet.good(bet.quick.full) if bet.known else _agrees(bet)


def finding(shown: Shown) -> str:
    """How the bets ended."""
    if not known(shown):
        return ALIKE if all(bet.quick.trace.predicted == bet.quick.full.predicted for bet in shown.bets) else UNLIKE
    early = [bet.good(bet.quick.trace) for bet in shown.bets]
    if all(early) or not any(early):
        return BOTH if all(early) else NEITHER
    return SWAPPED if [bet.good(bet.quick.full) for bet in shown.bets] == [not good for good in early] else ONCE


def reveal(shown: Shown) -> tuple[str, ...]:
    """Too soon, too long, and how often."""
    first, second = shown.bets
    soon, late = first.quick, second.quick
    return (
        _filled(SOON, first, sure=sure(soon.trace), layer=soon.trace.exit_layer, full=soon.full.predicted[0]),
        _filled(FOOLED, second, sure=sure(late.full), layer=late.trace.exit_layer, full=late.full.predicted[0]),
        often(shown),
    )


def _filled(said: str, bet: Bet, **holes: object) -> str:
    """A sentence, with what the patient rule did at its end."""
    trace = bet.patient.trace if bet.patient else None
    other = fill(PATIENT, layer=trace.exit_layer, called=bet.said(trace), share=percent(trace.share)) if trace else ""
    return fill(said.replace("{other}", ""), **holes).rstrip() + (f" {other}" if other else "")


def often(shown: Shown) -> str:
    """How often stopping is too soon, and thinking too long."""
    many = shown.many
    if many is None:
        return UNCOUNTED
    said = fill(COUNTED, late=gap(many.late), fooled=gap(many.fooled), n=f"{many.sentences:,}")
    found = many.first(LEAST)
    return said if found is None else said + fill(VERY, least=percent(LEAST), part=percent(found[0]), often=hundred(found[1], 0))


def otherwise(shown: Shown) -> tuple[str, ...]:
    """What happened to each text, and how often."""
    return (*(_one(bet, which) for bet, which in zip(shown.bets, WHICH, strict=True)), often(shown))


def _one(bet: Bet, which: str) -> str:
    trace = bet.quick.trace
    said = _filled(
        ONE, bet, which=which, layer=trace.exit_layer, answer=trace.predicted[0], sure=sure(trace), called=bet.said(trace),
        full=bet.quick.full.predicted[0],
    )  # fmt: skip
    return said if bet.known else said + NO_ANSWER


def show(shown: Shown) -> None:
    """A row for each text, a column for each rule."""
    for i, bet in enumerate(shown.bets):
        st.markdown(f"**“{plain(bet.quick.trace.text)}”**")
        grid = st.grid(2, min_column_width=300)
        for head, pair in zip(HEADS, (bet.quick, bet.patient), strict=True):
            if pair is not None:
                with grid.cell():
                    _panel(f"bet-{i}-{HEADS.index(head)}", bet, pair.trace, pair.full, head)


def _panel(name: str, bet: Bet, trace: Trace, full: Trace, head: str) -> None:
    draw(
        Panel(
            name, verdicts(trace, full, bet.right, style(), head, bet.called), verdicts_finding(trace, full, bet.right, bet.called),
            partial(verdicts_table, trace, full, bet.right, bet.called), verdicts_key() if bet.known else HOW_TO_JUDGED,
            source=sources.runs(trace),
        )
    )  # fmt: skip


def trust(shown: Shown) -> None:
    """Accuracy by how sure the first and the last layer are, folded away."""
    many = shown.many
    if many is None:
        return
    with st.expander(TRUST):
        st.caption(TRUST_HOW)
        grid = st.grid(2, min_column_width=300)
        for layer in (0, many.right.shape[0] - 1):
            with grid.cell():
                _bins(shown, many, layer)


def _bins(shown: Shown, many: Layered, layer: int) -> None:
    found, name = many.bins(layer), f"layer {layer + 1}"
    fig = figures.reliability(found.edges, found.counts, found.accuracy, found.low, found.high, None, style())
    mean = float(many.sure[layer].mean()), float(many.right[layer].mean())
    finding = figures.reliability_finding(found.ece, *mean, name, many.sentences)
    args = (found.edges, found.counts, found.confidence, found.accuracy, found.low, found.high)
    source = sources.checkpoint(cache.checkpoint(shown.model))
    draw(Panel(f"trust-{layer}", fig, finding, partial(figures.reliability_table, *args), headed=True, source=source))


def searched(shown: Shown) -> tuple[tuple[bool, ...], ...]:
    """The same, of the texts on screen."""
    return settings.all_right(shown.model, tuple(bet.quick.trace.text for bet in shown.bets), tuple(bet.right for bet in shown.bets))


def known(shown: Shown) -> bool:
    """Whether somebody said which answers are right."""
    return all(bet.known for bet in shown.bets)


def question(shown: Shown) -> str:
    """What is to be found: right answers, or the last layer's where nobody said which are right."""
    if known(shown):
        return QUESTION
    first, second = (WANTS[bet.known] for bet in shown.bets)
    return WANTED.format(first=first, second=second)


def both_here(shown: Shown) -> bool:
    """Whether both texts get their right answer where the slider stands."""
    return all(bet.good(bet.turned) for bet in shown.bets)


def right(shown: Shown, given: float) -> bool:
    """Both are right here; or there is no such setting, and none was found."""
    return both_here(shown) if given == 0 else not any(map(all, searched(shown)))


def reply(shown: Shown, given: float) -> str:
    """What is so here, or at all settings."""
    if given == 0:
        return _stands(shown)
    found = searched(shown)
    first, second = (sum(one[i] for one in found) for i in (0, 1))
    about = {"n": len(found), "first": first, "second": second, "both": sum(map(all, found)), "good": GOOD[known(shown)]}
    return fill(NONE if right(shown, 1) else SOME, **about)


def _stands(shown: Shown) -> str:
    """How both answers are where the slider stands."""
    if both_here(shown):
        return HERE.format(good=GOOD[known(shown)])
    first, second = (bet.said(bet.turned) for bet in shown.bets)
    return NOT_HERE.format(first=first, second=second)


def solve(shown: Shown) -> Solution | None:
    """The first setting at which both are right, or that there is none."""
    found = next((place for place, good in zip(settings.places(shown.model), searched(shown), strict=True) if all(good)), None)
    return Solution(1) if found is None else Solution(0, found)


def turned(shown: Shown) -> None:
    """Both texts where the slider stands."""
    grid = st.grid(2, min_column_width=300)
    for i, bet in enumerate(shown.bets):
        with grid.cell():
            _panel(f"turned-{i}", bet, bet.turned, bet.quick.full, WHICH[i].removesuffix("."))


LESSON = Lesson(
    number=5,
    name="safe",
    title="When is it safe to stop?",
    minutes=5,
    goal="you know that sure is not right, that waiting is not always better, and that a stop rule trades the two",
    models=fits,
    gather=gather,
    story=story,
    opening=lambda _: OPENING,
    asks=(
        _ask("5a", "The last layer, first text", 0, lambda _: AGREE, _agrees, lambda _: SAID_AGREES),
        _ask(
            "5b",
            "The last layer, second text",
            1,
            lambda bet: BE_RIGHT if bet.known else AGREE,
            _last_right,
            lambda bet: SAID_RIGHT if bet.known else SAID_AGREES,
        ),
    ),
    finding=finding,
    how_to=lambda shown: HOW_TO if known(shown) else HOW_TO_JUDGED,
    draw=show,
    reveal=reveal,
    otherwise=otherwise,
    check=Check(
        question=question,
        right=right,
        reply=reply,
        solve=solve,
        options=lambda shown: tuple(said.format(good=GOOD[known(shown)]) for said in OPTIONS),
        turns=True,
        tools=turned,
    ),
    misconception="“Very sure means right.” That has to be measured. “More layers never hurt.” They do, now and then.",
    not_shown="Other kinds of text: all of this was counted on sentences from film reviews. *A promise*, on the page Trade-off, finds a "
    "setting that keeps mistakes below a limit. The last lesson shows the same in a model that you can check by hand.",
    texts=TEXTS,
    boxes=("First text", "Second text"),
    tries=(Try("Not a bad film", (TRIES[0], "")), Try(shared.IRONY, ("", TRIES[1]))),
    more=trust,
)
