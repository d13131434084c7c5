"""What a depth is a mean of, and why compute is another share."""

from dataclasses import replace

import pytest

from dynviz.figures.aligned import Row, aligned_finding
from dynviz.figures.depths import compute, depth_sentences, mean_depth, mean_of
from tests.figures.build import trace


def costing(record, share: float):  # type: ignore[no-untyped-def]
    """The same trace with classifiers that make it cost this share of the plain model."""
    extra = record.extra_flops.copy()
    extra[:] = 0
    short = replace(record, extra_flops=extra)
    extra = extra.copy()
    extra[0] = round(share * short.plain_flops) - short.flops
    return replace(record, extra_flops=extra)


def test_of_words_the_deepest_piece_counts_and_special_tokens_do_not() -> None:
    found = trace(["the", "films"], depth=[3, 1, 1, 3, 3], pieces=[["the"], ["film", "##s"]])
    assert (mean_of(found), mean_depth(found)) == ("the words", 2.0)


def test_where_the_sentence_has_one_answer_all_tokens_count() -> None:
    found = trace(["the", "film"], depth=[3, 1, 1, 3], unit="sentence", kind="drop", transformed=None)
    assert (mean_of(found), mean_depth(found)) == ("all tokens", 2.0)
    assert "Mean depth of all tokens, special ones included, 2.0 of 3." in depth_sentences(found)


def test_compute_that_is_another_share_than_the_depth_is_explained() -> None:
    words = costing(trace(["a", "b"], depth=[3, 1, 2, 3]), 0.75)
    assert compute(words) == (
        "75 % of full compute (1.5 of 3 layers would be 50 %): [CLS] and [SEP] go on to layer 3, and keeping stopped words "
        "in sight and asking what may stop cost too"
    )
    whole = costing(trace(["a", "b"], depth=[2] * 4, unit="sentence", kind="exit"), 0.75)
    assert compute(whole) == "75 % of full compute (2 of 3 layers would be 67 %): asking whether to stop costs too"
    assert compute(costing(whole, 2 / 3 + 0.01)) == "68 % of full compute"


def test_one_word_is_not_all_one_word() -> None:
    assert depth_sentences(trace(["Yes"], depth=[1, 1, 1]))[0] == "The only word went through 1 layer of 3."
    assert depth_sentences(trace(["Yes", "."], depth=[1, 1, 3, 1]))[0] == "The only word went through 1 layer of 3.", "a sign is no word"
    assert depth_sentences(trace(["Yes", "."], depth=[1, 1, 3, 1]))[1].startswith("Mean depth of the words 1.0 of 3")
    assert depth_sentences(trace(["!", "?"], depth=[1, 1, 1, 1]))[0].startswith("All 2 words"), "where there is nothing else"
    assert depth_sentences(trace(["Oh", "yes"], depth=[2] * 4))[0] == "All 2 words went through 2 layers of 3."


def test_all_pages_take_the_mean_over_the_same_words() -> None:
    found = trace(["Yes", "."], depth=[1, 1, 3, 1])
    row = Row("a", ("Yes", "."), (1, 3), 3)
    assert mean_depth(found) == 1.0
    assert aligned_finding([row]) == "Mean depth of the words: a 1.0 of 3."
    assert aligned_finding([replace(row, label="A, 3 layers")]) == "Mean depth of the words: A (3 layers) 1.0 of 3."


CALLED = {"sst2": "sentence", "imdb": "review", "clinc150": "request", "mrpc": "pair", "custom-pairs": "pair", "": "text"}


@pytest.mark.parametrize(("task", "noun"), CALLED.items())
def test_a_text_is_called_what_its_task_calls_it(task: str, noun: str) -> None:
    said = depth_sentences(replace(trace(["a"], [1] * 3, unit="sentence", kind="exit"), task=task))
    assert said[0].startswith(f"The {noun} stopped after layer 1 of 3")
    assert said[1] == f"One decision for the whole {noun}, so all tokens have the same depth."
