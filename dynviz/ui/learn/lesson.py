"""What a lesson is: a question, a guess, a picture, three short sentences, a check, and something to try. No Streamlit here.

A lesson is one file in `lessons/` that holds a `LESSON`. Everything it says of a model is worked out from S, the frozen record that
`gather` makes of traces and stored sweeps; so its sentences stay true whichever model or text is on screen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from dynviz.ui.learn.facts import Facts

S = TypeVar("S")
Grade = Literal["exact", "near", "far"]
Given = tuple[int, ...]  # which of the stops were chosen: one for a number, several for words, one a row where things are matched
TIMES_NEAR, POINTS_NEAR, LAYERS_NEAR = 1.25, 10, 1


@dataclass(frozen=True)
class Setting:
    """What a lesson is shown with. model: a checkpoint's name, "" where none is needed. texts: the lesson's own, or the learner's in their
    place. knob: of the model's first knob; None: as the model ships."""

    model: str = ""
    texts: tuple[str, ...] = ()
    knob: float | None = None


@dataclass(frozen=True)
class Guess(Generic[S]):
    """A question asked once, before the picture; make one with `number`, `words` or `matched`.

    id: its name, and that under which a class counts it. label: what is guessed, in a few words. stops: the answers there are, the same
    for a whole class. truth: the right stops, none where the truth is far from all of them.
    said: the truth in a few words, for the reply. near: how far off is still close. picks: how many stops are chosen.
    rows: where things are matched, the names of the things; each takes one stop.
    """

    id: str
    label: str
    question: Callable[[S], str]
    stops: Callable[[S], tuple[str, ...]]
    truth: Callable[[S], Given]
    said: Callable[[S], str]
    grade: Callable[[S, Given], Grade]
    picks: int = 1
    rows: Callable[[S], tuple[str, ...]] | None = None

    def size(self, shown: S) -> int:
        """How many stops an answer has."""
        return len(self.rows(shown)) if self.rows else min(self.picks, len(self.stops(shown)))

    def fits(self, shown: S, given: Sequence[int]) -> bool:
        """Whether this is an answer to the question."""
        distinct = self.rows is not None or len(set(given)) == len(given)
        return distinct and len(given) == self.size(shown) and all(0 <= i < len(self.stops(shown)) for i in given)


@dataclass(frozen=True)
class Solution:
    """A right answer to a check: the place of an option, or a number. knob: where the slider then has to stand; None: where it is. tools:
    how what the check draws besides then has to stand, by its key in the session."""

    answer: float
    knob: float | None = None
    tools: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Check(Generic[S]):
    """A question afterwards, graded on the live trace.

    right: whether an answer (the place of an option, or a number) is right. reply: one sentence after it, right or wrong. solve: a right
    answer, for "Tell me"; None where there is none as things stand. options: None where a number is typed. unit: of that number.
    turns: whether the model's slider stands above the answer. tools: draws what else is needed to find the answer.
    """

    question: Callable[[S], str]
    right: Callable[[S, float], bool]
    reply: Callable[[S, float], str]
    solve: Callable[[S], Solution | None]
    options: Callable[[S], tuple[str, ...]] | None = None
    unit: str = ""
    turns: bool = False
    tools: Callable[[S], None] | None = None


@dataclass(frozen=True)
class Try:
    """Something to try: what it is, and the texts it puts in."""

    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Lesson(Generic[S]):
    """One lesson. Texts are plain markdown; those that hold numbers of a model are functions of S.

    name: in file names and keys. title: its topic, as a question. goal: what a learner can do afterwards. models: what a model must be able
    to do, None where no model is needed. texts: the sentences it shows. story: whether S shows what the lesson is about; a model for
    which it does is taken. opening: what has to be said before the guesses. finding: the title once the picture is seen, true with or
    without the story. how_to: how to read the picture, in one line. draw: draws it. reveal: three short sentences, `otherwise` where the
    story did not happen. more: draws what comes after them. boxes: the labels of the text boxes with which one tries sentences of one's
    own, as many of the first texts as there are labels. before: draws what the guesses are about.
    """

    number: int
    name: str
    title: str
    minutes: int
    goal: str
    models: "Callable[[Facts], bool] | None"
    gather: Callable[[Setting], S]
    story: Callable[[S], bool]
    opening: Callable[[S], str]
    asks: tuple[Guess[S], ...]
    finding: Callable[[S], str]
    how_to: Callable[[S], str]
    draw: Callable[[S], None]
    reveal: Callable[[S], tuple[str, ...]]
    otherwise: Callable[[S], tuple[str, ...]]
    check: Check[S]
    misconception: str
    not_shown: str
    more: Callable[[S], None] | None = None
    texts: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    tries: tuple[Try, ...] = ()
    before: Callable[[S], None] | None = None


AnyLesson = Lesson[Any]


def number(
    id: str, label: str, question: Callable[[S], str], stops: Callable[[S], Sequence[float]], value: Callable[[S], float],
    said: Callable[[float], str], near: Callable[[float, float], bool],
) -> Guess[S]:  # fmt: skip
    """A guess at a number: the stop nearest to the value is right; beyond the first and the last stop only where it is close.
    said: a number as it is shown. near: (value, guess) -> still close."""

    def truth(shown: S) -> Given:
        true, there = value(shown), stops(shown)
        nearest = min(range(len(there)), key=lambda i: abs(there[i] - true))
        return (nearest,) if min(there) <= true <= max(there) or near(true, there[nearest]) else ()

    def grade(shown: S, given: Given) -> Grade:
        if given == truth(shown):
            return "exact"
        return "near" if near(value(shown), stops(shown)[given[0]]) else "far"

    return Guess(id, label, question, lambda s: tuple(map(said, stops(s))), truth, lambda s: said(value(s)), grade)


def layers_near(value: float, guess: float) -> bool:
    """One layer more or less."""
    return abs(value - guess) <= LAYERS_NEAR


def times_near(value: float, guess: float) -> bool:
    """A quarter more or less, whichever of the two is larger."""
    low, high = sorted((value, guess))
    return low > 0 and high / low <= TIMES_NEAR


def points_near(value: float, guess: float) -> bool:
    """Ten points more or less, both in percent."""
    return abs(value - guess) <= POINTS_NEAR


def words(
    id: str, label: str, question: Callable[[S], str], stops: Callable[[S], tuple[str, ...]], truth: Callable[[S], Given],
    said: Callable[[S], str], picks: int = 1, needed: Callable[[S], Given] = lambda _: (),
) -> Guess[S]:  # fmt: skip
    """A guess at `picks` of several words (or texts). truth: all that are right, ties among them; needed: those that must be chosen;
    near: one of those chosen is right."""

    def grade(shown: S, given: Given) -> Grade:
        hits = len(set(given) & set(truth(shown)))
        whole = hits >= min(picks, len(truth(shown))) and set(needed(shown)) <= set(given)
        return "exact" if whole else "near" if hits else "far"

    return Guess(id, label, question, stops, truth, said, grade, picks)


def matched(
    id: str, label: str, question: Callable[[S], str], rows: Callable[[S], tuple[str, ...]], stops: Callable[[S], tuple[str, ...]],
    truth: Callable[[S], Given], said: Callable[[S], str],
) -> Guess[S]:  # fmt: skip
    """Things to be matched with names, a name each; near: half of them."""

    def grade(shown: S, given: Given) -> Grade:
        hits = sum(a == b for a, b in zip(given, truth(shown), strict=True))
        return "exact" if hits == len(given) else "near" if 2 * hits >= len(given) else "far"

    return Guess(id, label, question, stops, truth, said, grade, rows=rows)
