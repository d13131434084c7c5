"""The glossary: its file is fresh, and the words that the screen and the lessons use are in it, once."""

import re

import pytest

from dynviz.ui.learn.terms import FIRST
from dynviz.ui.shell import glossary
from dynviz.ui.shell.glossary import TERMS, terms
from tests.glossary import FILE, page

LESSONS = (
    "layer", "piece", "step (FLOP)", "compute share", "plain model", "exit", "depth", "knob", "threshold", "doubt (entropy)", "patience",
    "frozen", "dropped", "cascade", "interval",
)  # fmt: skip


def test_the_file_is_what_the_glossary_says() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run python -m tests.glossary --write"


def test_the_terms_that_are_the_apps_own_are_explained() -> None:
    assert {"evaluation split", "avoidable compute", "dominated", *LESSONS} <= TERMS.keys()
    assert all(meaning.endswith(".") or meaning.endswith(").") for meaning in TERMS.values())
    assert glossary._MORE.keys() <= TERMS.keys(), "more is said of a term that is not there"


@pytest.mark.parametrize("term", LESSONS)
def test_a_lesson_says_a_term_in_one_short_sentence(term: str) -> None:
    said = terms([term]).partition(": ")[2]
    assert TERMS[term].startswith(said)
    assert len(re.findall(r"[.;](?: |$)", said)) <= 2
    assert len(said.split()) <= 14


def test_terms_come_in_the_order_asked_for() -> None:
    assert terms(["knob", "exit"]).splitlines()[1] == "- **exit**: Giving the answer before the last layer."


def test_each_word_is_explained_where_a_lesson_first_needs_it_and_only_there() -> None:
    assert sorted(term for words in FIRST.values() for term in words) == sorted(LESSONS)
    assert list(FIRST) == list(range(1, 9))
