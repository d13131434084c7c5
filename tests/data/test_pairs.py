"""Two texts, cut into the pieces of both."""

import numpy as np
import pytest
from tokenizers import processors

from dynviz.data import pairs
from dynviz.errors import InputError
from tests import hub

PAIR = ("the film is good", "is it not bad?")


def test_a_pair_is_one_text_of_two_segments() -> None:
    cut = pairs.cut(hub.tokenizer(), [PAIR, ("good", "bad")], 40)
    layout = cut.sentences
    assert cut.texts[0] == "the film is good\nis it not bad?"
    first = layout.span(0)
    assert cut.tokens[first] == ("[CLS]", "the", "film", "is", "good", "[SEP]", "is", "i", "##t", "not", "bad", "?", "[SEP]")
    assert layout.segment is not None
    assert layout.segment[first].tolist() == [0] * 6 + [1] * 7
    assert layout.word[first].tolist() == [-1, 0, 1, 2, 3, -1, 4, 5, 5, 6, 7, 8, -1]
    shown = ["".join(cut.texts[0][a:b]) for a, b in cut.offsets[first]]
    assert shown == ["", "the", "film", "is", "good", "", "is", "i", "t", "not", "bad", "?", ""]
    assert cut.tokens[layout.span(1)] == ("[CLS]", "good", "[SEP]", "bad", "[SEP]")
    assert layout.segment[layout.span(1)].tolist() == [0, 0, 0, 1, 1]
    assert cut.lost.tolist() == [0, 0]


def test_a_choice_of_pairs_keeps_its_segments() -> None:
    cut = pairs.cut(hub.tokenizer(), [PAIR, ("good", "bad")], 40)
    some = cut.only(np.array([1, 0])).sentences
    assert some.segment is not None
    assert some.segment.tolist() == [0, 0, 0, 1, 1] + [0] * 6 + [1] * 7


def test_pieces_that_are_too_many_go_from_the_longer_text() -> None:
    (long, short), limit = ("the film is good is the film bad", "not good"), 9
    cut = pairs.cut(hub.tokenizer(), [(long, short)], limit)
    assert cut.tokens == ("[CLS]", "the", "film", "is", "good", "[SEP]", "not", "good", "[SEP]")
    assert cut.lost.tolist() == [4]
    other = pairs.cut(hub.tokenizer(), [(short, long)], limit)
    assert other.tokens == ("[CLS]", "not", "good", "[SEP]", "the", "film", "is", "good", "[SEP]")
    assert other.lost.tolist() == [4]


@pytest.mark.parametrize("pair", ["[CLS] $A $B:1 [SEP]:1", "$A [SEP] $B:1 [SEP]:1"])
def test_a_tokenizer_that_marks_no_border_is_refused(pair: str) -> None:
    tokenizer = hub.tokenizer()
    ends = [(t, hub.VOCABULARY.index(t)) for t in ("[CLS]", "[SEP]")]
    single = "[CLS] $A [SEP]"
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=ends)
    with pytest.raises(InputError, match="does not keep two texts apart"):
        pairs.cut(tokenizer, [PAIR], 40)
