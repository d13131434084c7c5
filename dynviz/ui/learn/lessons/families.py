"""Lesson 4: the families of adaptive models, told apart by their outlines; and what dropping words does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np
import streamlit as st

from dynviz.figures.columns import one_decision
from dynviz.figures.square import Block, square, square_finding, square_key, square_table, square_width
from dynviz.figures.wording import count, listing, percent, percent1
from dynviz.records import Trace
from dynviz.ui.learn import dropping, runs
from dynviz.ui.learn import text as shared
from dynviz.ui.learn.beside import beside
from dynviz.ui.learn.facts import Facts, facts
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import Check, Lesson, Setting, Solution, Try, matched, words
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import plain

TEXTS = ("The food was lovely, but the service was awful.",)
ARTICLE = (
    "The council met on Tuesday in the town hall, and the meeting began at nine.",
    "The new bridge is a disaster: it is ugly, late and far too narrow.",
    "A report will be printed next month.",
)
HALF = 0.5  # of the compute: the setting at which the article is read
COLUMN = 20  # px of a square
READ = 40  # words of the longest text that the check takes: it runs the text once for each word and layer
LAYER = "families-layer"  # of the check, in the session

NAMES = {
    "plain": "Plain: all words, all layers",
    "whole": "Stops early as a whole (depth-adaptive, by sentence)",
    "words": "Lets each word stop (depth-adaptive, by word)",
    "drops": "Drops words on the way (length-adaptive)",
}
ORDER = ("words", "plain", "drops", "whole")  # of the pictures
PICTURE = "Picture {letter}"

OPENING = "Here are {n} models reading the same sentence: “{text}” One square is one piece of a word in one layer; filled: computed."
MATCH = "**Match each picture with its name.**"
SKIPS = "A team skips whole sentences of an article, to save time. **Which family is that?**"
ANSWERS = ("Length-adaptive: less text", "Depth-adaptive: fewer layers", "A cascade: two models", "A smaller model")

FINDING = "The same sentence: {shares} of the plain model’s cost"
HOW_TO = "Filled: computed. Thin strip: finished, but others can still read it. Empty: nothing was computed, nobody can read it."
WHOLE = (
    "**A straight top edge: one decision for the whole text.** {name} stopped after layer {exit} of {layers}, at {share} of the plain cost."
)
WHOLE_LATE = "**It looks like the plain model.** {name} stops a text as a whole, but with this one it went through all {layers} layers."
WORDS = (
    "**Towers of different height, and the low ones stay in sight as strips.** {name} lets words stop, but others can still read them: "
    "{share}."
)
WORDS_LATE = "**All towers are equally high.** {name} could let words stop one by one, but here they went together: {share}."
DROPS = (
    "**Towers of different height with nothing above.** With {name} these words are gone. The last layer reads {left} of {every} pieces: "
    "{share}."
)
DROPS_NONE = "**No word is gone.** {name} could drop words, but kept all of this text: {share}."
MISSING = "**One family is missing here.** No model of this task {does}."
DOES = {
    "plain": "is plain", "whole": "stops a text as a whole", "words": "lets single words stop", "drops": "drops words",
}  # fmt: skip

SKIPPING = (
    "**A team that skips whole sentences is length-adaptive too:** less text goes through, the layers stay. No model here skips sentences; "
    "{name} drops words. Set to spend about {half} of the plain cost on average, over many sentences, it reads three "
    "sentences of a newspaper:"
)
SKIPPED = (
    "Its pieces went through {depths} layers on average in the three sentences{deepest}. This run cost {share}. Throwing the other two out "
    "before the model would leave {alone}.{accuracy}"
)
DEEPEST = ": deepest in the {which}, the only one with an opinion"
PLACES = ("first", "second", "third")
ACCURACY = " At this setting it gets {here} of {n} test sentences right, the plain model {plain}."

QUESTION = (
    "The model that drops words says *{answer}*{about}. **Take one word away so that the answer turns.** Choose the layer from which it is "
    "gone, then the word."
)
ABOUT = " of “{text}” (the text above is too long for this)"
FROM = "Gone from layer"
NO_WORD = "No single word does it"
TURNED = "Without *{word}* from layer {layer} on it says *{answer}*, {sure} sure."
LATE = "Too late: by layer {layer} others have read *{word}*. It still says *{answer}*, {sure} sure. From layer {first} on it would turn."
STILL = "Without *{word}* from layer {layer} on it still says *{answer}*, {sure} sure."
THERE_IS = "There is such a word, if it goes early enough: from layer {layer} on."
THERE_IS_NONE = "Without any one of the words, from any layer on, the answer stays *{answer}*."


@dataclass(frozen=True, eq=False)
class Member:
    """One family: a model of it, and what it did to the text."""

    kind: str
    title: str
    trace: Trace


@dataclass(frozen=True, eq=False)
class Article:
    """Several sentences under the model that drops words. depths: mean of the pieces of each; alone: cost of the second sentence by itself,
    a share of all three; here, plain: accuracy at this setting and of the plain model, where it is stored, over n sentences."""

    trace: Trace
    depths: tuple[float, ...]
    alone: float
    here: float | None
    plain: float | None
    n: int


@dataclass(frozen=True, eq=False)
class Shown:
    """One text under a model of each family that is here, in the order of the pictures. model: the one that drops words; plain: the plain
    one, "" where there is none. spare: the lesson's own text, for the check where the one on screen is too long."""

    members: tuple[Member, ...]
    model: str
    plain: str
    spare: Trace | None = None

    def of(self, kind: str) -> Member | None:
        """The member of this family."""
        return next((one for one in self.members if one.kind == kind), None)

    @property
    def game(self) -> Trace:
        """The run of the model that drops words from which the check takes one away."""
        if self.spare is not None:
            return self.spare
        found = self.of("drops")
        assert found is not None
        return found.trace


def fits(one: Facts) -> bool:
    """Drops words, and was trained to."""
    return one.drops and not one.tags and one.kind != "baseline"


NEEDS: dict[str, Callable[[Facts], bool]] = {
    "plain": lambda one: one.plain,
    "whole": lambda one: one.whole and one.asks and one.sure and one.stages == 1,
    "words": lambda one: one.per_word and not one.drops,
    "drops": fits,
}


def gather(setting: Setting) -> Shown:
    """The text under the model chosen and the best of each other family."""
    found = {kind: facts(setting.model) if kind == "drops" else beside(setting.model, need) for kind, need in NEEDS.items()}
    members = [Member(kind, one.title, runs.pair(one.name, setting.texts[0]).trace) for kind in ORDER if (one := found[kind])]
    plain_model = found["plain"]
    shown = Shown(tuple(members), setting.model, plain_model.name if plain_model else "")
    if len(dropping.words(shown.game)) <= READ:
        return shown
    return replace(shown, spare=runs.pair(setting.model, TEXTS[0]).trace)


@st.cache_resource(max_entries=32, show_spinner=False)
def article(model: str, plain_model: str) -> Article:
    """The three sentences at the setting that spends about half of the compute on the calibration split."""
    knobs = dict(runs.spending(model, HALF))
    text = " ".join(ARTICLE)
    trace = cache.trace(model, text, cache.key(knobs))
    alone = cache.trace(model, ARTICLE[1], cache.key(knobs)).plain_flops / trace.plain_flops
    here = cache.at(model, "report", cache.key(knobs))
    there = cache.sweep(plain_model, "report") if plain_model else None
    return Article(
        trace, depths(trace, ARTICLE), alone, None if here is None else float(here.accuracy[-1]),
        None if there is None else float(there.accuracy[0]), 0 if here is None else len(here.rows.ids),
    )  # fmt: skip


def depths(trace: Trace, sentences: Sequence[str]) -> tuple[float, ...]:
    """Mean depth of the pieces of each sentence of a text that is joined from them by blanks."""
    starts = np.cumsum([0, *(len(one) + 1 for one in sentences)])
    inside = [(trace.offsets[:, 0] >= a) & (trace.offsets[:, 0] < b) & ~trace.special for a, b in pairwise(starts)]
    return tuple(float(trace.depth[which].mean()) if which.any() else 0.0 for which in inside)


def story(shown: Shown) -> bool:
    """All four families are here, and each does what it is named for."""
    return len(shown.members) == len(NAMES) and all(_as_named(one) for one in shown.members)


def _as_named(one: Member) -> bool:
    trace = one.trace
    if one.kind == "whole":
        return one_decision(trace) and trace.exit_layer < len(trace.layers)
    if one.kind == "words":
        return bool(trace.frozen[: trace.exit_layer].any())
    return one.kind == "plain" or bool((trace.dropped_at > 0).any())


def sentences(shown: Shown) -> tuple[str, ...]:
    """What each outline says; of a family that is not here, that."""
    return tuple(_said(shown, kind) for kind in ("whole", "words", "drops"))


def _said(shown: Shown, kind: str) -> str:
    one = shown.of(kind)
    if one is None:
        return MISSING.format(does=DOES[kind])
    trace = one.trace
    said = {"whole": (WHOLE_LATE, WHOLE), "words": (WORDS_LATE, WORDS), "drops": (DROPS_NONE, DROPS)}[kind][_as_named(one)]
    return fill(
        said, name=one.title, exit=trace.exit_layer, layers=len(trace.layers), share=percent(trace.share), left=int(trace.kept[-1]),
        every=len(trace.tokens),
    )  # fmt: skip


def finding(shown: Shown) -> str:
    """What each of them cost."""
    return fill(FINDING, shares=listing([percent(one.trace.share) for one in shown.members], len(NAMES)))


def letters(shown: Shown) -> tuple[str, ...]:
    """ "Picture A", ..."""
    return tuple(PICTURE.format(letter=letter) for letter, _ in zip("ABCD", shown.members, strict=False))


def options(shown: Shown) -> tuple[str, ...]:
    """The names of the families that are here."""
    return tuple(name for kind, name in NAMES.items() if shown.of(kind))


def truth(shown: Shown) -> tuple[int, ...]:
    """Which name belongs to each picture."""
    return tuple(options(shown).index(NAMES[one.kind]) for one in shown.members)


def told(shown: Shown) -> str:
    """The pictures and their names, in short."""
    return ", ".join(f"{letter} {short(one)}" for letter, one in zip("ABCD", shown.members, strict=False))


def unnamed(shown: Shown) -> None:
    """The pictures, to be matched."""
    _squares(shown, letters(shown))


def named(shown: Shown) -> None:
    """The pictures with their names and models."""
    _squares(shown, [f"{letter} · {short(one)}" for letter, one in zip("ABCD", shown.members, strict=False)], titles=True)


def short(one: Member) -> str:
    """The name of its family, without what stands in brackets."""
    return NAMES[one.kind].split(" (")[0].split(":")[0]


def _squares(shown: Shown, heads: Sequence[str], titles: bool = False) -> None:
    with st.container(horizontal=True):
        for i, (head, one) in enumerate(zip(heads, shown.members, strict=True)):
            wide, blocks = square_width(one.trace, COLUMN), [Block("", one.trace)]
            with st.container(width=wide + 36):
                st.markdown(f"**{plain(head)}**" + (f"  \n{plain(one.title)}" if titles else ""))
                figure = square(blocks, None, True, style(), "", "", COLUMN)
                table, source = partial(square_table, blocks), sources.runs(one.trace)
                said = square_finding([Block(head, one.trace)])
                draw(Panel(f"family-{i}", figure, said, table, key=square_key(blocks), least=wide, source=source))


def more(shown: Shown) -> None:
    """An article under the model that drops words."""
    found, own = article(shown.model, shown.plain), shown.of("drops")
    assert own is not None
    st.markdown(fill(SKIPPING, name=own.title, half=percent(HALF)))
    trace = found.trace
    blocks = [Block("", trace)]
    figure, finding = square(blocks, None, True, style(), "", "", COLUMN), square_finding([Block(own.title, trace)])
    table, least = partial(square_table, blocks), square_width(trace, COLUMN)
    draw(Panel("article", figure, finding, table, key=square_key(blocks), least=least, source=sources.runs(trace)))
    deep = int(np.argmax(found.depths))
    accuracy = ""
    if found.here is not None and found.plain is not None:
        accuracy = fill(ACCURACY, here=percent1(found.here), n=f"{found.n:,}", plain=percent1(found.plain))
    st.markdown(
        SKIPPED.format(
            depths=listing([f"{depth:.1f}" for depth in found.depths]), share=plain(percent(trace.share)),
            deepest=DEEPEST.format(which=PLACES[deep]) if deep == 1 else "", alone=plain(percent(found.alone)), accuracy=accuracy,
        )
    )  # fmt: skip


def question(shown: Shown) -> str:
    """What the model says; of which text, where it is not the one on screen."""
    about = ABOUT.format(text=shown.game.text) if shown.spare is not None else ""
    return fill(QUESTION, answer=shown.game.predicted[0], about=about)


def layer(shown: Shown) -> int:
    """From which layer on the check's word is gone."""
    return min(int(st.session_state.get(LAYER, 1)), len(shown.game.layers))


def tools(shown: Shown) -> None:
    """From which layer on."""
    st.session_state[LAYER] = layer(shown)
    st.select_slider(FROM, range(1, len(shown.game.layers) + 1), key=LAYER, width=420)


def choices(shown: Shown) -> tuple[str, ...]:
    """The words, and that none does it."""
    return (*(col.label for col in dropping.words(shown.game)), NO_WORD)


def first_layer(shown: Shown) -> int | None:
    """The first layer from which on some word's going turns the answer; None where none ever does."""
    every = range(1, len(shown.game.layers) + 1)
    return next((at for at in every if dropping.turns(shown.model, shown.game, at)), None)


def right(shown: Shown, given: float) -> bool:
    """The answer turns; or no word turns it, whenever it goes."""
    if int(given) == len(choices(shown)) - 1:
        return first_layer(shown) is None
    return int(given) in dropping.turns(shown.model, shown.game, layer(shown))


def reply(shown: Shown, given: float) -> str:
    """What the model says now, and whether an earlier layer would do."""
    trace, at, i = shown.game, layer(shown), int(given)
    if i == len(choices(shown)) - 1:
        first = first_layer(shown)
        return fill(THERE_IS_NONE, answer=trace.predicted[0]) if first is None else fill(THERE_IS, layer=first)
    answer, sure = dropping.without(shown.model, trace.text, at)[i]
    before = [earlier for earlier in range(1, at) if i in dropping.turns(shown.model, trace, earlier)]
    said = TURNED if answer != trace.predicted[0] else LATE if before else STILL
    return fill(said, word=choices(shown)[i], layer=at, answer=answer, sure=percent(sure), first=before[-1] if before else "")


def solve(shown: Shown) -> Solution | None:
    """A word that turns it from the layer chosen on; else one from the first layer that has one; or that there is none."""
    found = dropping.turns(shown.model, shown.game, layer(shown))
    if found:
        return Solution(found[0])
    first = first_layer(shown)
    if first is None:
        return Solution(len(choices(shown)) - 1)
    return Solution(dropping.turns(shown.model, shown.game, first)[0], tools={LAYER: first})


LESSON = Lesson(
    number=4,
    name="families",
    title="Drop words, or stop early?",
    minutes=5,
    goal="you can name the family of an adaptive model from its picture",
    models=fits,
    gather=gather,
    story=story,
    opening=lambda shown: fill(OPENING, n=count(len(shown.members), "model").split()[0], text=shown.game.text),
    asks=(
        matched("4a", "Pictures and names", lambda _: MATCH, letters, options, truth, told),
        words("4b", "Skipping sentences", lambda _: SKIPS, lambda _: ANSWERS, lambda _: (0,), lambda _: ANSWERS[0]),
    ),
    finding=finding,
    how_to=lambda _: HOW_TO,
    draw=named,
    reveal=sentences,
    otherwise=sentences,
    more=more,
    before=unnamed,
    check=Check(
        question=question,
        right=right,
        reply=reply,
        solve=solve,
        options=choices,
        tools=tools,
    ),
    misconception="“A dropped word leaves no trace.” Others may have read it before it went. “Pruning always keeps the important words.” "
    "It keeps what its rule scores high. “Easy texts always cost less.” Some rules drop the same share of every text.",
    not_shown="Time: a dropped word saves steps, but each layer is still called. A later lesson measures it.",
    texts=TEXTS,
    boxes=("A sentence",),
    tries=(Try(shared.IRONY, (shared.IRONIC,)),),
)
