"""Lesson 6: choosing a model for a budget."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from dynviz import figures
from dynviz.figures.wording import gap, percent, percent1, points
from dynviz.figures.zoo import at_once
from dynviz.records.zoo import Budget, Chosen, Interval, TaskZoo, side
from dynviz.ui.learn import shop
from dynviz.ui.learn.facts import Facts
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import Check, Lesson, Setting, Solution, number
from dynviz.ui.learn.shop import Shop
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell.shown import plain

BUDGET, LATER = 0.4, 0.5  # of the picture, and of the check
STOPS = (80, 82, 84, 86, 88, 89, 90)  # right answers of 100
NEAR = 1  # of 100
SLACK = 0.005  # of accuracy: who is no better by more than this is as good a choice
MOST = 5  # models to choose from

OPENING = (
    "A small device can pay for at most **{budget} of the compute** of the plain model. As few errors as possible. The plain model gets "
    "{full} of a hundred right.\n\n{n} models here can spend that little: each has a setting that makes it stop sooner, or drop more."
)
ASK_BEST = "**The one that is best on one set of sentences at {budget} is chosen. How many of a hundred does it get right on others?**"
ASK_CUT = "**And the plain model, simply cut to {layers} layers and trained again ({share})?**"
ASK_NO_CUT = "**And the plain model itself?**"
FINDING = "Within {budget}: {name}, {accuracy} right"
FINDING_CUT = "; the plain model cut to {layers} layers, {cut}"
HOW_TO = (
    "One point: a model at one setting, on {n} sentences on which nothing was chosen. The line: the budget. Ring: what was chosen on the "
    "other set."
)
KEY = (
    "Band: {level} interval of the difference to the plain model, n = {n}. ○: another point is cheaper or better. Dashed: the budget; in "
    "the shade, what is dearer."
)
CHOSEN = (
    "**Choose on one set, report on another.** On the choosing set the best within {budget} was {name}. On other sentences it spends "
    "{share} and gets {accuracy} right: {difference} points [{low}, {high}] against the plain model."
)
RIVAL = (
    "**The rival is the cheap model.** The plain model cut to {layers} layers spends {share} and gets {accuracy} right. Against it: "
    "{difference} points [{low}, {high}]. {said}"
)
SAID = {
    "above": "A real gain.", "below": "It is worse than simply cutting.",
    "level": "The interval holds zero: nobody can say that it is better.",
}  # fmt: skip
NO_RIVAL = "**The rival is the cheap model.** None was trained here for this budget, so nobody knows what simply cutting would do."
LUCK = (
    "**How much is luck?** The next best on the choosing set was {name}: {there} right against {best}. On other sentences: {here} against "
    "{best_here}. {said}{seeds}"
)
SAME = "Such a difference may be chance."
HELD = "This difference is more than chance."
SEEDS = " Training the plain model again, from another start, moved it by {spread} points."
ALONE = "**Nothing to compare with.** Only one model has a setting for this budget."
EVERY = "All {n} models within {budget}"
QUESTION = (
    "The budget is now **{budget}**. **Which of these models do you choose?** The table shows both sets. The numbers of the other "
    "sentences are there to report, not to choose."
)
COLUMNS = ("Model", "Setting", "Choosing set: compute", "Choosing set: right", "Other sentences: right")
OVER = "{name} spends {share} on the choosing set: more than {budget}."
WORSE = "Within the budget, {best} is {by} points better on the choosing set."
GOOD = (
    "On other sentences {name} spends {share} and gets {accuracy} right: {difference} points [{low}, {high}] against the plain model "
    "({at_once})."
)
OVER_THERE = " That is a little more than the budget: a share, too, is chosen on one set and moves on another."
EQUAL = " On the choosing set it is no clear winner: {best} is {by} points better there, too little to tell them apart."


@dataclass(frozen=True, eq=False)
class Shown:
    """The models within the first budget, and what the check offers within the second."""

    shop: Shop
    later: Budget
    offers: tuple[Chosen, ...]

    @property
    def task(self) -> TaskZoo:
        """The stored comparison."""
        return self.shop.task


def gather(_: Setting) -> Shown:
    """From what is stored of all models; nothing runs."""
    task, within = _stored(BUDGET)
    later = _stored(LATER)[1]
    return Shown(shop.shop(task, within), later, offers(task, later))


def _stored(budget: float) -> tuple[TaskZoo, Budget]:
    found = shop.within(budget)
    assert found is not None  # it fits where there is one
    return found


def fits(one: Facts) -> bool:
    """It is what the calibration split chooses for the budget."""
    found = shop.within(BUDGET)
    return found is not None and shop.within(LATER) is not None and shop.leader(found[1]).checkpoint == one.name


def offers(task: TaskZoo, within: Budget) -> tuple[Chosen, ...]:
    """A few to choose from, by title: the right one, those that tempt (best on the wrong set, over the budget, cheapest), and one that
    drops words."""
    kinds = {one.name: one.kind for one in task.contenders}
    dropping = [one for one in within.chosen if kinds[one.contender] == "tokens"]
    dearer = [shop.leader(more) for more in task.budgets if more.budget > within.budget and more.chosen]
    wanted = [
        shop.leader(within), max(within.chosen, key=lambda one: one.accuracy), *[one for one in dearer if _over(one, within)][:1],
        min(within.chosen, key=lambda one: one.share), *sorted(dropping, key=lambda one: -one.calibration_accuracy)[:1],
    ]  # fmt: skip
    first = {one.contender: one for one in reversed(wanted)}
    return tuple(sorted(first.values(), key=lambda one: task.title(one.contender)))[:MOST]


def _over(one: Chosen, within: Budget) -> bool:
    return one.calibration_share > within.budget


def opening(shown: Shown) -> str:
    """The budget, and what the plain model can do."""
    full, n = _of_100(shown.task.plain_accuracy), len(shown.shop.within.chosen)
    return fill(OPENING, budget=percent(BUDGET), full=full, n=n)


def _of_100(accuracy: float) -> str:
    """ "88.8"."""
    return percent1(accuracy).removesuffix(" %")


def _said(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _near(value: float, guess: float) -> bool:
    return abs(value - guess) <= NEAR


def _rival(shown: Shown) -> float:
    cut = shown.shop.cut
    return 100 * (cut.accuracy if cut else shown.task.plain_accuracy)


def _ask_cut(shown: Shown) -> str:
    cut = shown.shop.cut
    return fill(ASK_CUT, layers=cut.layers, share=percent(cut.share)) if cut else ASK_NO_CUT


def _interval(found: Interval) -> dict[str, str]:
    return dict(zip(("difference", "low", "high"), map(points, found), strict=True))


def _name(shown: Shown, one: Chosen) -> str:
    return shown.task.title(one.contender)


def finding(shown: Shown) -> str:
    """Who was chosen, and how the cheap rival does."""
    best, cut = shown.shop.best, shown.shop.cut
    said = fill(FINDING, budget=percent(BUDGET), name=_name(shown, best), accuracy=_of_100(best.accuracy))
    return said + (fill(FINDING_CUT, layers=cut.layers, cut=_of_100(cut.accuracy)) if cut else "")


def reveal(shown: Shown) -> tuple[str, ...]:
    """The choice, its rival, and luck."""
    best = shown.shop.best
    chosen = fill(
        CHOSEN, budget=percent(BUDGET), name=_name(shown, best), share=percent(best.share), accuracy=_of_100(best.accuracy),
        **_interval(shown.shop.full),
    )  # fmt: skip
    return chosen, _against_cut(shown), _luck(shown)


def _against_cut(shown: Shown) -> str:
    cut = shown.shop.cut
    if cut is None:
        return NO_RIVAL
    said = SAID[side(cut.against)]
    return fill(RIVAL, layers=cut.layers, share=percent(cut.share), accuracy=_of_100(cut.accuracy), said=said, **_interval(cut.against))


def _luck(shown: Shown) -> str:
    best, other = shown.shop.best, shown.shop.next
    if other is None:
        return ALONE
    spread = shop.spread(shown.task)
    return LUCK.format(
        name=plain(_name(shown, other)), there=_of_100(other.calibration_accuracy), best=_of_100(best.calibration_accuracy),
        here=_of_100(other.accuracy), best_here=_of_100(best.accuracy), said=SAME if side(other.leader) == "level" else HELD,
        seeds="" if spread is None else SEEDS.format(spread=gap(spread)),
    )  # fmt: skip


def show(shown: Shown) -> None:
    """The choice and its rivals, and the budget as a line."""
    curves, ringed, n = list(shown.shop.curves), shown.shop.ringed, shown.task.sentences
    figure = figures.tradeoff(
        curves, ringed, title="", subtitle=fill(KEY, level=at_once(1, "model"), n=f"{n:,}"), style=style(), budget=BUDGET
    )
    finding = figures.tradeoff_finding(curves, ringed)
    draw(Panel("budget", figure, finding, lambda: figures.tradeoff_table(curves), least=430, source=sources.zoo(shown.task, "")))


def more(shown: Shown) -> None:
    """All models within the budget, folded away."""
    task, within = shown.task, shown.shop.within
    with st.expander(fill(EVERY, n=len(within.chosen), budget=percent(BUDGET))):
        figure, finding = figures.zoo_budget(task, within, style(), "", ""), figures.zoo_budget_finding(task, within)
        key = figures.zoo_budget_key(within)
        table = partial(figures.zoo_budget_table, task, within)
        draw(Panel("every", figure, finding, table, key=key, headed=True, least=430, source=sources.zoo(task, "")))
        st.caption(figures.zoo_caution(task))


def offered(shown: Shown) -> None:
    """The models to choose from, as a table."""
    rows = [
        dict(
            zip(
                COLUMNS,
                (
                    plain(_name(shown, one)), plain(shop.setting(one.checkpoint, one.knobs)), percent(one.calibration_share),
                    _of_100(one.calibration_accuracy), _of_100(one.accuracy),
                ),
                strict=True,
            )
        )
        for one in shown.offers
    ]  # fmt: skip
    with st.grid(1, wrap=False, min_column_width=560):
        st.table(rows, hide_index=True)


def right(shown: Shown, given: float) -> bool:
    """Within the budget on the choosing set, and there nobody is clearly better."""
    one, best = shown.offers[int(given)], shop.leader(shown.later)
    return not _over(one, shown.later) and best.calibration_accuracy - one.calibration_accuracy <= SLACK + 1e-9


def reply(shown: Shown, given: float) -> str:
    """What it does on other sentences, or what speaks against it."""
    one, best = shown.offers[int(given)], shop.leader(shown.later)
    if _over(one, shown.later):
        return fill(OVER, name=_name(shown, one), share=percent(one.calibration_share), budget=percent(LATER))
    if not right(shown, given):
        return fill(WORSE, best=_name(shown, best), by=gap(best.calibration_accuracy - one.calibration_accuracy))
    behind = best.calibration_accuracy - one.calibration_accuracy
    equal = fill(EQUAL, best=_name(shown, best), by=gap(behind)) if one.contender != best.contender else ""
    said = fill(
        GOOD, name=_name(shown, one), share=percent(one.share), accuracy=_of_100(one.accuracy),
        at_once=at_once(len(shown.later.chosen), "model"), **_interval(one.full),
    )  # fmt: skip
    return said + (OVER_THERE if one.share > shown.later.budget else "") + equal


def solve(shown: Shown) -> Solution:
    """The choice of the calibration split."""
    return Solution(next(i for i, one in enumerate(shown.offers) if one.contender == shown.later.leader))


LESSON = Lesson(
    number=6,
    name="budget",
    title="Which model for a budget?",
    minutes=5,
    goal="you can choose a model on one set, report it on another, and name the rivals it has to beat",
    models=fits,
    gather=gather,
    story=lambda _: True,
    opening=opening,
    asks=(
        number(
            "6a", "The chosen model", lambda _: fill(ASK_BEST, budget=percent(BUDGET)), lambda _: STOPS,
            lambda shown: 100 * shown.shop.best.accuracy, _said, _near,
        ),
        number("6b", "The plain model, cut", _ask_cut, lambda _: STOPS, _rival, _said, _near),
    ),
    finding=finding,
    how_to=lambda shown: fill(HOW_TO, n=f"{shown.task.sentences:,}"),
    draw=show,
    reveal=reveal,
    otherwise=reveal,
    more=more,
    check=Check(
        question=lambda _: fill(QUESTION, budget=percent(LATER)),
        right=right,
        reply=reply,
        solve=solve,
        options=lambda shown: tuple(_name(shown, one) for one in shown.offers),
        tools=offered,
    ),
    misconception="“The best curve on the test set is the best model.” It was picked for its luck there. “Compare with the plain model "
    "only.” The fair rival costs as much as you pay.",
    not_shown="Other tasks, and texts that change over time. On the page Trade-off the same slider chooses for any budget and any task.",
)  # fmt: skip
