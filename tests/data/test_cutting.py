"""How each task's texts are cut; a pair is one text of two lines everywhere above the tokenizer."""

import pytest

from dynviz.data import bundled
from dynviz.data.cutting import both, cut_for, two_lines
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS, task_of
from tests import hub


def test_a_task_of_pairs_is_cut_into_two_segments_and_others_are_not() -> None:
    text = "the film is good\nis it not bad?"
    pair, single = (cut_for(TASKS[name], hub.tokenizer(), [text], 40) for name in ("mrpc", "sst2"))
    assert pair.texts == (text,)
    assert pair.tokens.count("[SEP]") == 2
    assert pair.sentences.segment is not None
    assert pair.sentences.segment.tolist() == [0] * 6 + [1] * 7
    assert single.tokens.count("[SEP]") == 1
    assert single.sentences.segment is None


def test_words_are_cut_for_a_task_of_words() -> None:
    assert cut_for(TASKS["pos"], hub.tokenizer(), [("is", "good")], 40).sentences.word.tolist() == [-1, 0, 1, -1]


@pytest.mark.parametrize(
    ("text", "why"), [("the film", "one line was given"), ("a\nb\nc", "3 lines were given"), (" \n ", "none was given")]
)
def test_a_single_text_is_one_sentence_of_what_to_write(text: str, why: str) -> None:
    with pytest.raises(InputError, match=f"This model compares two texts: {why}. Write each on a line of its own."):
        cut_for(TASKS["mrpc"], hub.tokenizer(), [text], 40)


def test_blank_lines_between_two_texts_do_not_count() -> None:
    assert both("\n the film \n\n is good\n") == ("the film", "is good")


def test_line_breaks_within_a_text_become_blanks() -> None:
    assert two_lines("the film\nis good", " bad \r\n not ") == "the film is good\nbad   not"
    assert both(two_lines("a\nb", "c\nd")) == ("a b", "c d")


def test_a_half_of_which_nothing_can_be_read_is_named() -> None:
    with pytest.raises(InputError, match="One of the two texts holds nothing to read"):
        cut_for(TASKS["mrpc"], hub.tokenizer(), ["the film\n\u200b\u200d"], 40)


def test_a_model_of_others_that_compares_two_texts_is_offered_pairs() -> None:
    task = task_of("custom", ("no", "yes"), "mine", 128, pair=True)
    assert task.pair
    assert not task_of("custom", ("no", "yes"), "mine", 128).pair
    assert all("\n" in text for text in bundled(task.name).texts)
    assert bundled(task.name).labels is None


def test_the_bundled_pairs_are_balanced_easy_and_hard() -> None:
    found = bundled("mrpc")
    assert found.labels is not None
    assert [found.labels.count(label) for label in TASKS["mrpc"].labels] == [20, 20]
    assert all(len(both(text)) == 2 for text in found.texts)
    easy = [label for label, tags in zip(found.labels, found.tags, strict=True) if "plain" in tags]
    assert 8 <= len(easy) <= 20
    assert set(easy) == set(TASKS["mrpc"].labels)
