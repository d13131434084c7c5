"""Lesson 3: how deep each word goes, what that says, and why one sentence proves nothing."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures.settling import Question
from dynviz.figures.share_of_sentences import (
    Sides,
    share_of_sentences,
    share_of_sentences_finding,
    share_of_sentences_key,
    share_of_sentences_table,
)
from dynviz.figures.square import Block, square, square_finding, square_key, square_table, square_width
from dynviz.figures.wording import count, listing
from dynviz.records import Trace
from dynviz.records.alignment import word_depths, words_of
from dynviz.records.pair import Pair
from dynviz.ui.learn import pick, runs
from dynviz.ui.learn.facts import Facts, facts
from dynviz.ui.learn.fill import fill
from dynviz.ui.learn.lesson import Check, Lesson, Setting, Solution, Try, words
from dynviz.ui.parts import heading, settling, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.parts.words import cells_key
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import plain

TEXTS = ("The intricate legal arguments presented by the defense were compelling.",)
AGAIN = "She works hard on hard problems."
NAMED = 4  # words in one sentence
COLUMN = 16  # px of a small square

OPENING = (
    "This model tags each word (noun, verb, ...) and lets each stop by itself, after one of its {layers} layers. It reads:\n\n> “{text}”"
)
ASK, ASK_ONE = "**Which two words go deepest?**", "**Which word goes deepest?**"
ALL_SO, MANY_SO = "no word more than another: all {n}", "then any of {n} words ({depth})"
FINDING = "{deepest} went deepest, through {most} of {layers} layers"
ALL_ALIKE = "All words took {most} of {layers} layers"
HOW_TO = "A column for each word, a row for each layer. Filled: computed. The number on top is the word's depth."
HERE = "**The large picture, {title}: *{the}* took {low} and *{word}* {high}.** {deepest}.{look}"
ONE_LOOK = " *The* is nearly always a determiner, so one look may be enough."
DEEPEST = "The deepest went through {most}: {words}"
NOT_HERE = "**The large picture, {title}: it is not so.** *{the}* took {low}, *{word}* {high}. {deepest}."
PLAIN_HERE = "**The large picture, {title}: {deepest}.** Depth says how long the model was unsure of its own task at this word."
OTHERS, ALIKE = "**The small pictures: other models say other things.** {said}", "**The small pictures: other models say the same.** {said}"
TIE = "{title}, another tagger, gives both {low}: it finds *{word}* just as easy."
TAGGER = "{title}, another tagger, gives *{the}* {low} and *{word}* {high}."
TURNED = "{title}, which judges feeling, not word class, turns it round: *{the}* {low}, *{word}* {high}."
FEELING = "{title}, which judges feeling, not word class, gives *{the}* {low} and *{word}* {high}."
LUCK = "**{title}, which drops words at random,** says {high} for *{word}* and {low} for *{the}*. Luck! So ask many sentences."
BAD_LUCK = "**{title}, which drops words at random,** says {high} for *{word}* and {low} for *{the}*: by luck. So ask many sentences."
NO_LUCK = "**One sentence proves nothing.** Ask many."
ROLES = {"tagger": "Another tagger: {title}", "feeling": "Judges feeling: {title}", "lots": "Drops at random: {title}"}
MANY = "Many sentences"
MANY_RUNS = "Running the bundled sentences"
SETTLES = "Another question, another depth"
SETTLES_ABOUT = "{title} was asked for tags. Its layers can also be asked when a word's state stays as it is, and how guessable it is."
STAYS = (
    "**Why the lesson itself has {own} layers, not {layers}.** On {layers} {said}. Lessons take the deepest model for which their story is "
    "true."
)
STAYS_ALIKE = "the tags of *{the}* and *{word}* are sure alike, after {low}"
STAYS_TURNED = "the tag of *{the}* is sure after {low}, that of *{word}* after {high}"
SETTLES_ONE = "{question}: *{the}* {low}, *{word}* {high}."
SETTLES_AT, SETTLES_NEVER = "layer {n}", "never"
SETTLES_APART = "**So which of the two is deeper? It depends on what is asked.** {said}"
SETTLES_ALIKE = "**None of these questions puts the two words the other way round than another.** {said} Type another sentence: others do."
SETTLES_LIMIT = (
    "What can be said: at these bars, of these words. What cannot: that one of the readings is the true depth, or that hard words are deep."
)
FIRST, SECOND = "adjectives", "words such as “the”"
QUESTION = "“{text}”, tagged by {title}: choose the deepest word."
TWICE = "The same word, {word}, took {low} and {high} layers: depth belongs to a word in its sentence."
DEPTHS = "The depths are: {depths}."
NOT_THIS = "*{word}* went through {depth}, another word through more."


@dataclass(frozen=True, eq=False)
class Other:
    """Another model on the same text. role: what it is here, a key of ROLES."""

    role: str
    title: str
    trace: Trace


@dataclass(frozen=True, eq=False)
class Shown:
    """A text under a tagger, under other models, and another text for the check, under the tagger named `tagger`. model: the name of the
    first tagger, title: what it is called; names: all models'."""

    main: Pair
    others: tuple[Other, ...]
    again: Trace
    tagger: str
    model: str
    names: tuple[str, ...]
    title: str

    @property
    def layers(self) -> int:
        """How many the tagger has."""
        return len(self.main.trace.layers)


@dataclass(frozen=True)
class Compared:
    """The word after the first "the", and the "the" that comes nearest to it, or is farther: their depths."""

    the: str
    word: str
    low: int
    high: int


def gather(setting: Setting) -> Shown:
    """The text under the tagger, another tagger, one that judges feeling, and one that drops at random."""
    (text,) = setting.texts
    found = others(setting.model)
    runs_of = tuple(Other(role, one.title, runs.pair(one.name, text).trace) for role, one in found)
    names = (setting.model, *(one.name for _, one in found))
    taggers = (setting.model, *(one.name for one in pick.fitting(fits) if one.name != setting.model))
    checked = pick.first("again", taggers, (AGAIN,), lambda name: twins_apart(runs.pair(name, AGAIN).trace)) or setting.model
    again = runs.pair(checked, AGAIN).trace
    return Shown(runs.pair(setting.model, text), runs_of, again, titled(checked), setting.model, names, titled(setting.model))


def twins_apart(trace: Trace) -> bool:
    """Whether one word goes deepest, and the same word stands in the text once more, at another depth: that is what the check shows."""
    names, most = deepest(trace)
    return len(names) == 1 and any(word == names[0] and depth < most for word, depth in runs.words(trace))


def others(model: str) -> list[tuple[str, Facts]]:
    """The best of each kind that is no other of them; the one by lot of the same task and backbone as the one that judges feeling."""
    tagger = next((one for one in pick.fitting(fits) if one.name != model), None)
    judges, by_lot = pick.fitting(lambda one: one.per_word and not one.tags), pick.fitting(lambda one: one.lots)
    couples = ((one, other) for one in judges for other in by_lot if one.ground == other.ground)
    alone = next(iter(judges), None), None if judges else next(iter(by_lot), None)
    feeling, lots = next(couples, alone)
    return [(role, one) for role, one in (("tagger", tagger), ("feeling", feeling), ("lots", lots)) if one is not None]


def compared(trace: Trace, deepest: bool = True) -> Compared | None:
    """The word after the first "the" against the deepest "the", or the least deep; None where there is none."""
    found = runs.words(trace)
    the = [i for i, (word, _) in enumerate(found) if word.lower() == "the"]
    if not the or the[0] + 1 >= len(found):
        return None
    (word, high), (name, low) = found[the[0] + 1], found[(max if deepest else min)(the, key=lambda i: found[i][1])]
    return Compared(name, word, low, high)


def story(shown: Shown) -> bool:
    """The word after "the" goes deeper than any "the"."""
    found = compared(shown.main.trace)
    return found is not None and found.high > found.low


def deepest_two(shown: Shown) -> tuple[int, ...]:
    """The places of the two deepest words, and of all that are as deep as the second; the deepest first."""
    depth = [deep for _, deep in runs.words(shown.main.trace)]
    second = sorted(depth)[-2:][0]
    return tuple(sorted((i for i, deep in enumerate(depth) if deep >= second), key=lambda i: -depth[i]))


def above(shown: Shown) -> tuple[int, ...]:
    """The place of the deepest word where no other is as deep: who guesses two has to name it."""
    found, places = runs.words(shown.main.trace), deepest_two(shown)
    return places[:1] if len(places) > 1 and found[places[0]][1] > found[places[1]][1] else ()


def said_two(shown: Shown) -> str:
    """ "legal (6) and arguments (5)"; of many that are as deep as each other none is named, but the one above them."""
    found, places = runs.words(shown.main.trace), deepest_two(shown)
    if len(places) == len(found) > 1 and not above(shown):
        return ALL_SO.format(n=found[0][1])
    named = places if len(places) <= NAMED else above(shown)
    said = [f"{found[i][0]} ({found[i][1]})" for i in named]
    if len(places) > NAMED:
        said.append(MANY_SO.format(n=len(places) - len(named), depth=found[places[-1]][1]))
    return ", ".join(said) if len(places) > NAMED else listing(said, NAMED)


def deepest(trace: Trace) -> tuple[list[str], int]:
    """The deepest words and their depth."""
    found = runs.words(trace)
    most = max(deep for _, deep in found)
    return [word for word, deep in found if deep == most], most


def finding(shown: Shown) -> str:
    """Which words went deepest."""
    found, most = deepest(shown.main.trace)
    every = len(found) == len(runs.words(shown.main.trace))
    return fill(ALL_ALIKE if every else FINDING, deepest=listing([f"“{word}”" for word in found], 3), most=most, layers=shown.layers)


def layers_(n: int) -> str:
    """ "1 layer"."""
    return count(n, "layer")


def holes(found: Compared) -> dict[str, str]:
    """A comparison, for a text."""
    return {"the": found.the, "word": found.word, "low": layers_(found.low), "high": layers_(found.high)}


def titled(name: str) -> str:
    """What a model is called."""
    about = facts(name)
    return about.title if about is not None else name


def first(shown: Shown) -> str:
    """What the picture shows."""
    title = plain(shown.title)
    names, most = deepest(shown.main.trace)
    said = fill(DEEPEST, most=layers_(most), words=listing(names, 3))
    found = compared(shown.main.trace)
    if found is None:
        return PLAIN_HERE.format(title=title, deepest=said)
    look = ONE_LOOK if found.low == 1 else ""
    form = HERE if found.high > found.low else NOT_HERE
    return form.format(title=title, deepest=said, look=look, **{k: plain(v) for k, v in holes(found).items()})


def reveal(shown: Shown) -> tuple[str, ...]:
    """Here, elsewhere, and by luck."""
    parts = {one.role: compared(one.trace, deepest=one.role != "lots") for one in shown.others}
    title = {one.role: one.title for one in shown.others}
    said = []
    tagger, feeling = parts.get("tagger"), parts.get("feeling")
    if tagger is not None:
        said.append(fill(TIE if tagger.low == tagger.high else TAGGER, title=title["tagger"], **holes(tagger)))
    if feeling is not None:
        turned = story(shown) and feeling.low > feeling.high
        said.append(fill(TURNED if turned else FEELING, title=title["feeling"], **holes(feeling)))
    own = compared(shown.main.trace)
    same = all(one is None or own is None or (one.low, one.high) == (own.low, own.high) for one in (tagger, feeling))
    lots = parts.get("lots")
    last = fill(LUCK if lots.high > lots.low else BAD_LUCK, title=title["lots"], **holes(lots)) if lots else NO_LUCK
    return first(shown), *([(ALIKE if same else OTHERS).format(said=" ".join(said))] if said else []), last


def show(shown: Shown) -> None:
    """The staircase, and small squares of the other models."""
    trace, full = shown.main.trace, shown.main.full
    figure = figures.staircase(trace, full, style=style(), title="", subtitle="")
    table = partial(figures.staircase_table, trace, full)
    key = cells_key(trace, full)
    said = figures.staircase_finding(trace, full)
    draw(Panel("depths", figure, said, table, key=key, least=min(150 + 38 * len(words_of(trace)), 820), source=sources.runs(trace)))
    with st.container(horizontal=True):
        for one in shown.others:
            wide = square_width(one.trace, COLUMN, bars=False)
            with st.container(width=wide + 36):
                st.markdown(fill(ROLES[one.role], title=one.title))
                blocks = [Block("", one.trace)]
                picture = square(blocks, bars=False, style=style(), title="", subtitle="", column=COLUMN)
                rows = partial(square_table, blocks)
                draw(
                    Panel(
                        f"other-{one.role}", picture, square_finding([Block(one.title, one.trace)]), rows, key=square_key(blocks),
                        least=wide, source=sources.runs(one.trace),
                    )
                )  # fmt: skip


def more(shown: Shown) -> None:
    """Other questions to the same words; and in how many sentences adjectives go deeper, for each model."""
    settles(shown)
    heading.section(MANY)
    with st.spinner(MANY_RUNS):
        rows = [sides(name) for name in shown.names]
    kept = [row for row in rows if row is not None]
    if not kept:
        return
    figure = share_of_sentences(kept, FIRST, SECOND, style(), "", "")
    said, key = share_of_sentences_finding(kept, FIRST, SECOND), share_of_sentences_key(FIRST, SECOND)
    draw(Panel("many", figure, said, partial(share_of_sentences_table, kept), key=key, headed=True))


def settles(shown: Shown) -> None:
    """When each word settles by other questions, and what they say of "the" and the word after it."""
    heading.section(SETTLES)
    text, model = shown.main.trace.text, answering(shown.model)
    st.markdown(fill(SETTLES_ABOUT, title=titled(model)))
    words, questions = settling.section(model, text, model)
    if (why := stays_on(shown, model)) is not None:
        st.markdown(why)
    for line in said_of(words, questions):
        st.markdown(line)
    settling.many(model)


def answering(model: str) -> str:
    """The tagger on whose base the most can be asked: the lesson's where hidden words can be read back there, else the best one where they
    can; the lesson's where that is nowhere so."""
    names = (model, *(one.name for one in pick.fitting(fits)))
    return next((name for name in names if cache.guessing(name) is not None), model)


def stays_on(shown: Shown, model: str) -> str | None:
    """Why the lesson is not shown with a deeper tagger that answers here; None where it is, or could be."""
    there = runs.pair(model, shown.main.trace.text).trace
    found, layers = compared(there), len(there.layers)
    if layers <= shown.layers or found is None or found.high > found.low:
        return None
    said = fill(STAYS_ALIKE if found.high == found.low else STAYS_TURNED, **holes(found))
    return STAYS.format(own=shown.layers, layers=layers, said=said)


def said_of(words: tuple[str, ...], questions: list[Question]) -> list[str]:
    """What each question that was asked says of the first "the" and the word after it; nothing where there is none."""
    at = next((i for i, word in enumerate(words[:-1]) if word.lower() == "the"), None)
    if at is None:
        return []
    told, sides_of = [], set()
    for question in questions:
        low, high = question.settled[at], question.settled[at + 1]
        if low is None or high is None:
            continue
        held = {"question": question.title, "the": words[at], "word": words[at + 1], "low": _layer(low), "high": _layer(high)}
        told.append(fill(SETTLES_ONE, **held))
        sides_of.add(np.sign((low or np.inf) - (high or np.inf)) if low or high else 0)
    turned = {-1, 1} <= sides_of
    return [(SETTLES_APART if turned else SETTLES_ALIKE).format(said=" ".join(told)), SETTLES_LIMIT] if told else []


def _layer(at: int) -> str:
    return SETTLES_AT.format(n=at) if at else SETTLES_NEVER


@st.cache_resource(max_entries=64, show_spinner=False)
def sides(name: str) -> Sides | None:
    """The bundled sentences that hold an adjective and a determiner by their true tags: which goes deeper, by the mean of each."""
    examples = [one for one in cache.examples("pos").values() if {"ADJ", "DET"} <= set(one.labels)]
    found = []
    for example, trace in zip(examples, runs.many(name, [one.text for one in examples]), strict=True):
        tags, depth = np.array(example.labels), np.array(word_depths(trace), float)
        if len(depth) == len(tags):  # else the model cuts words in another way
            found.append(float(depth[tags == "ADJ"].mean() - depth[tags == "DET"].mean()))
    about = facts(name)
    if not found or about is None:
        return None
    deeper, less = sum(d > 1e-9 for d in found), sum(d < -1e-9 for d in found)
    return Sides(about.title, deeper, len(found) - deeper - less, less)


def again(shown: Shown) -> tuple[list[str], list[int]]:
    """The words of the check's sentence, and their depths."""
    found = runs.words(shown.again)
    return [word for word, _ in found], [deep for _, deep in found]


def right(shown: Shown, given: float) -> bool:
    """One of the deepest."""
    _, depth = again(shown)
    return depth[int(given)] == max(depth)


def reply(shown: Shown, given: float) -> str:
    """The same word at two depths, where there is one; else all depths."""
    typed, depth = again(shown)
    if not right(shown, given):
        return fill(NOT_THIS, word=typed[int(given)], depth=layers_(depth[int(given)]))
    twins = [deep for word, deep in zip(typed, depth, strict=True) if word == typed[int(given)]]
    listed = fill(DEPTHS, depths=", ".join(f"{word} {deep}" for word, deep in zip(typed, depth, strict=True)))
    if len(set(twins)) < 2:
        return listed
    return f"{fill(TWICE, word=typed[int(given)], low=min(twins), high=max(twins))} {listed}"


def solve(shown: Shown) -> Solution:
    """The first of the deepest."""
    _, depth = again(shown)
    return Solution(depth.index(max(depth)))


def fits(found: Facts) -> bool:
    """Tags words, and lets each stop by itself."""
    return found.tags and found.per_word


LESSON = Lesson(
    number=3,
    name="word-depth",
    title="How deep is each word?",
    minutes=5,
    goal="you can say what the depth of a word tells, and how many sentences it takes to show it",
    models=fits,
    gather=gather,
    story=story,
    opening=lambda shown: fill(OPENING, layers=shown.layers, text=shown.main.trace.text),
    asks=(
        words(
            "3",
            "The deepest words",
            lambda shown: ASK if len(runs.words(shown.main.trace)) > 1 else ASK_ONE,
            lambda shown: tuple(word for word, _ in runs.words(shown.main.trace)),
            deepest_two,
            said_two,
            picks=2,
            needed=above,
        ),
    ),
    finding=finding,
    how_to=lambda _: HOW_TO,
    draw=show,
    reveal=reveal,
    otherwise=reveal,
    more=more,
    check=Check(
        question=lambda shown: fill(QUESTION, text=AGAIN, title=shown.tagger),
        right=right,
        reply=reply,
        solve=solve,
        options=lambda shown: tuple(again(shown)[0]),
    ),
    misconception="“A deep word is an important word.” “A deep word is rare or long.” Depth says how long the model was unsure of its own "
    "task at this word, and nothing else.",
    not_shown="Which words matter for the answer, and what the layers added to them.",
    texts=TEXTS,
    boxes=("Sentence",),
    tries=(
        Try("One word twice", ("I left the left glove on the bus.",)),
        Try("And another", ("The early train left early.",)),
    ),
)
