"""The first screen says what its two texts cost, for every model of the box, and never more."""

import re
from dataclasses import replace

import numpy as np
import pytest

from dynviz import api
from dynviz.data import bundled
from dynviz.figures import staircase
from dynviz.measure.first import WORDS
from dynviz.records import Trace
from dynviz.records.pair import First, Pair
from dynviz.ui.learn.lessons.word_depth import TEXTS
from dynviz.ui.parts import panels
from dynviz.ui.parts.inputs import label
from dynviz.ui.sentence import introduced, text_first
from dynviz.ui.sentence.first import EDGES, LEAST
from dynviz.ui.sentence.introduced import Introduced
from dynviz.ui.shell import cache
from tests.figures.build import trace

OFFERED = {c.name: c for c in api.checkpoints() if c.offered}


def shown(name: str) -> Introduced:
    """A model's first screen."""
    found, checkpoint = api.stored_golden(OFFERED[name]), OFFERED[name]
    pairs = found.first.pairs if found.first else found.pairs[:2]
    return introduced.introduced(checkpoint.config.title, api.card(checkpoint), *pairs)


def percents(said: str) -> list[int]:
    return [int(n) for n in re.findall(r"(\d+) %", said)]


@pytest.mark.parametrize("name", OFFERED)
def test_the_title_says_what_the_pictures_show(name: str) -> None:
    of = shown(name)
    cheap, dear = (round(100 * t.share) for t in of.traces)
    title = introduced.title(of)
    assert title.startswith(OFFERED[name].config.title)
    assert percents(title) == ([cheap, dear] if cheap != dear or dear - cheap >= 5 else [dear])
    assert cheap <= dear
    assert ("the same on both" in title) == (of.apart < 0.05)
    assert ("for another of" in title) == (of.apart >= 0.25)
    assert ("nearly the same length" in title) == (of.apart >= 0.25 and len({len(t.tokens) for t in of.traces}) == 2)
    for finding, share in zip(of.findings, (cheap, dear), strict=True):
        assert f"{share} % of full compute" in finding
    said = introduced.said(of, api.stored_golden(OFFERED[name]).first, untouched=True)
    assert ("More than 100 %" in said) == (dear > 100)
    assert not re.search(r"\beasy\b|\{", title + said + " ".join(of.findings))


@pytest.mark.parametrize("name", OFFERED)
def test_where_both_cost_the_same_it_says_why(name: str) -> None:
    of = shown(name)
    said = introduced.said(of, None, untouched=True)
    if of.apart >= 0.05:
        return
    one, other = of.traces
    assert said, "a reason"
    assert (text_first.NO_KNOB in said) == (not of.card.knobs)
    if text_first.NOTHING in said:
        assert one.transformed.all()
        assert other.transformed.all()


def test_a_pair_is_called_one_and_stands_whole_in_the_head_of_its_card() -> None:
    of = shown("mrpc-joint")
    assert "for one pair" in introduced.title(of)
    assert "two equally long pairs" in introduced.said(of, api.stored_golden(OFFERED["mrpc-joint"]).first, untouched=True)
    for head, finding, trace_ in zip(of.texts, of.findings, of.traces, strict=True):
        assert head == " / ".join(trace_.text.split("\n"))
        assert panels.parted(panels.Panel("p", None, finding, list, head=head)) == (head, finding.removeprefix(f"{head} "))
        assert "The pair " in finding
    bare = replace(of.cheap.trace, text="no stop at the end")
    assert replace(of, cheap=replace(of.cheap, trace=bare)).texts[0] == "no stop at the end"


@pytest.mark.parametrize("name", [name for name, c in OFFERED.items() if c.task.unit == "token"])
def test_two_pictures_of_tags_stand_side_by_side_in_a_window_of_1400_px(name: str) -> None:
    """The page has 1,020 px there, with 16 between two cards. What needs more would be scrolled, or stand below."""
    least = [staircase(p.trace, p.full, level=LEAST).layout.meta["least"] for p in (shown(name).cheap, shown(name).dear)]
    assert max(least) + EDGES <= (1020 - 16) / 2


def pair(made: Trace) -> Pair:
    return Pair(made, replace(made, transformed=np.ones_like(made.transformed), attending=np.ones_like(made.attending)))


def whole(exit: int, words: int = 3) -> Pair:
    return pair(trace(["a"] * words, [exit] * (words + 2), unit="sentence", kind="exit"))


CARD = api.card(OFFERED["sst2-fastbert"])


def test_the_cheaper_stands_first_whichever_is_given_first() -> None:
    for one, other in ((whole(1), whole(3)), (whole(3), whole(1))):
        of = introduced.introduced("M", CARD, one, other)
        assert [t.exit_layer for t in of.traces] == [1, 3]
        assert of.findings[0].startswith("a a a Cheaper: ")
        assert of.findings[1].startswith("a a a Dearer: ")


def test_two_exits_after_one_layer_are_the_same_and_nothing_is_cheaper() -> None:
    of = introduced.introduced("M", CARD, whole(2), whole(2))
    assert introduced.title(of) == f"M spends the same on both texts: {round(100 * of.dear.trace.share)} % of full compute"
    assert introduced.said(of, None, True) == text_first.SAME_EXIT
    assert "Cheaper" not in " ".join(of.findings)


def test_at_other_settings_the_count_is_said_to_be_of_those_it_ships_with() -> None:
    first = First(("a", "b"), (whole(1), whole(3)), 40, 21, 5)
    of = introduced.introduced("M", CARD, *first.pairs)
    assert introduced.said(of, first, True).startswith("In 21 of 40 comparisons")
    assert introduced.said(of, first, False).startswith("At the settings this model ships with: in 21 of 40 comparisons")


def test_it_says_what_a_cell_a_layer_and_the_name_are() -> None:
    of = shown("pos-tokee")
    how = introduced.how(of)
    assert "A cell is" in how
    assert "A layer is" in how
    assert of.card.caption in how
    assert "[CLS] and [SEP] mark the beginning and the end" in introduced.key(of), "they go on where the words have stopped"
    assert "[CLS]" not in introduced.key(shown("sst2-plain"))


def test_texts_are_shown_as_typed() -> None:
    assert shown("pos-tokee").findings[0].startswith("The cat watched the birds. ")
    assert bundled("pos").texts[0][-2:] == ("birds", ".")


def test_which_sentences_were_counted_is_said_and_nothing_where_none_differ() -> None:
    of = introduced.introduced("M", CARD, whole(1), whole(3))
    some, none = (First(("a", "b"), (of.cheap, of.dear), 40, *found) for found in ((21, 5), (0, 0)))
    assert "of {} to {} words, those that it answers right".format(*WORDS) in introduced.said(of, some, True)
    assert introduced.said(of, none, True) == ""


def test_the_menu_shows_a_sentence_whole_and_a_review_by_its_beginning() -> None:
    sentences, reviews = api.examples("sst2"), api.examples("imdb")[:6]
    assert all(label(e).endswith(e.text) for e in sentences)
    assert label(reviews[0]).startswith("review, plain: I went to see The Lighthouse Keeper")
    assert all(label(e).endswith("…") and len(label(e)) < 300 for e in reviews)


def test_the_sentences_of_the_course_stand_in_the_menu_once() -> None:
    for task, some in (("pos", ("The sky is blue.", *TEXTS)), ("sst2", ("I loved it.", "The plot is never predictable."))):
        shown = [example.text for example in cache.examples(task).values()]
        assert [shown.count(text) for text in some] == [1] * len(some)
    assert label(cache.examples("pos")["l003"]) == "lesson: The sky is blue."
    assert not api.lesson_examples("imdb")


def test_no_example_is_named_by_its_id() -> None:
    for task in ("pos", "sst2", "imdb"):
        for example in api.examples(task):
            assert not re.search(r"\b[a-z]\d{3}\b", example.look_for), example
    found = {e.id: e for e in api.examples("sst2")}
    assert found["s013"].look_for.startswith("Compare with “The dessert was not worth the wait.”: ")
