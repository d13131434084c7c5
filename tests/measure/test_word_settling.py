"""Readings of every word of a text: its states against its last one, and what heads say of it where it is hidden."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from dynviz.checkpoint.masked import MaskedReader, base_encoder, reader_of
from dynviz.checkpoint.model import Model
from dynviz.core.masked import MaskedHeads
from dynviz.measure import word_settling
from dynviz.measure.word_settling import PIECES, TOGETHER, WORDS, answered, by_word, read_back, states_near, words_in
from dynviz.records.tasks import TASKS
from tests import bases

TEXT = "the bad xy film"  # "xy" is two pieces: x, ##y


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bases.base(tmp_path_factory.mktemp("masked"))


@pytest.fixture
def reader(base: Path) -> MaskedReader:
    encoder = base_encoder(base)
    heads = MaskedHeads((1, 3), encoder.width, 4, encoder.config.vocab_size)
    torch.manual_seed(0)
    for parameter in heads.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return reader_of(encoder, heads.requires_grad_(False), base)


class Watched:
    """An encoder that notes what it is given."""

    def __init__(self, encoder: Any) -> None:
        self.encoder, self.given, self.max_length, self.model = encoder, list[Tensor](), encoder.max_length, encoder.model

    def padded(self, ids: Tensor, real: Tensor) -> list[Tensor]:
        assert bool(real.all()), "texts of one length need no padding"
        self.given.append(ids)
        found: list[Tensor] = self.encoder.padded(ids, real)
        return found


def test_all_pieces_of_the_word_are_hidden_and_no_other(reader: MaskedReader) -> None:
    watched = Watched(reader.encoder)
    back = read_back(replace(reader, encoder=watched), TEXT, [2, 0])  # type: ignore[arg-type]
    plain = by_word(reader.tokenizer, TEXT, 100).ids
    (given,) = watched.given
    assert back.words == ("the", "bad", "xy", "film")
    assert (given == reader.mask).sum(1).tolist() == [2, 1]
    assert np.flatnonzero(given[0].numpy() != plain).tolist() == [3, 4], "x and ##y"
    assert np.flatnonzero(given[1].numpy() != plain).tolist() == [1]
    assert back.asked.tolist() == [True, False, True, False]


def test_a_word_of_several_pieces_is_as_likely_as_all_of_them_together(reader: MaskedReader) -> None:
    pieces = by_word(reader.tokenizer, TEXT, 100)
    found = answered(reader, pieces, [2])
    ids = torch.from_numpy(np.where(pieces.sentences.word == 2, reader.mask, pieces.ids))
    state = reader.encoder.padded(ids[None], torch.ones(1, len(ids), dtype=torch.bool))[3][0, [3, 4]]
    told = reader.heads.logits(1, state, reader.embeddings).softmax(-1)
    assert found.probs[1, 0] == pytest.approx(float(told[0, pieces.ids[3]] * told[1, pieces.ids[4]]), rel=1e-4)


def test_a_word_is_right_where_each_of_its_pieces_is_the_likeliest(reader: MaskedReader) -> None:
    """Asked: xy, of the pieces x and ##y, and the. The head of layer 1 names all three, that of layer 3 something else for ##y."""
    pieces = by_word(reader.tokenizer, TEXT, 100)
    named = torch.tensor([pieces.ids[place] for place in (3, 4, 1)])
    missed = torch.stack([named[0], named[2], named[2]])

    def logits(place: int, states: Tensor, embeddings: Tensor) -> Tensor:
        return torch.nn.functional.one_hot((named, missed)[place], len(embeddings)).float()

    heads = SimpleNamespace(layers=(1, 3), logits=logits)
    found = answered(replace(reader, heads=heads), pieces, [2, 0])  # type: ignore[arg-type]
    assert found.right.tolist() == [[True, True], [False, True]]


def test_words_asked_together_are_told_what_they_are_told_alone(reader: MaskedReader, monkeypatch: pytest.MonkeyPatch) -> None:
    together = read_back(reader, TEXT, range(4)).probs
    monkeypatch.setattr(word_settling, "TOGETHER", 1)
    np.testing.assert_allclose(together, read_back(reader, TEXT, range(4)).probs, rtol=1e-4)


def test_a_long_text_is_bounded_in_words_in_pieces_and_in_what_runs_at_once(reader: MaskedReader) -> None:
    watched = Watched(reader.encoder)
    back = read_back(replace(reader, encoder=watched), "good bad film " * 500, range(1_500))  # type: ignore[arg-type]
    assert int(back.asked.sum()) == WORDS
    assert max(ids.shape[1] for ids in watched.given) == PIECES
    assert max(ids.numel() for ids in watched.given) <= TOGETHER
    assert sum(len(ids) for ids in watched.given) == WORDS


def test_what_is_not_there_is_not_asked(reader: MaskedReader) -> None:
    watched = Watched(reader.encoder)
    assert not read_back(replace(reader, encoder=watched), TEXT, [-1, 7]).asked.any()  # type: ignore[arg-type]
    assert not watched.given


def model(base: Path, states: list[list[list[float]]]) -> Model:
    """A model whose encoder has these states (L+1, T, D), whatever it reads."""

    def padded(ids: Tensor, real: Tensor) -> list[Tensor]:
        return [torch.tensor(layer)[None] for layer in states]

    pieces = reader_of(base_encoder(base), MaskedHeads((1,), 2, 1, 5), base).tokenizer
    found = object.__new__(Model)
    parts = {"stages": (SimpleNamespace(padded=padded, max_length=100),), "tokenizer": pieces, "notes": ()}
    parts |= {"method": SimpleNamespace(unit="token"), "config": SimpleNamespace(max_length=100, answers=lambda: TASKS["pos"])}
    for name, value in parts.items():
        object.__setattr__(found, name, value)
    return found


def test_cosines_by_hand_of_first_pieces_to_the_last_layer(base: Path) -> None:
    """Tokens: <s> the x ##y </s>. The second piece of "xy" turns all the time, which nobody reads."""
    up, side, slant, turn = [0.0, 2.0], [3.0, 0.0], [1.0, 1.0], [-1.0, 0.0]
    states = [[turn] * 5, [turn, up, side, side, turn], [turn, up, slant, turn, turn], [turn, up, up, side, turn]]
    near = states_near(model(base, states), "the xy")
    assert near.words == ("the", "xy")
    np.testing.assert_allclose(near.cosine, [[1, 0], [1, 0.5**0.5], [1, 1]], atol=1e-6)
    assert near.settled(0.5).tolist() == [1, 2]
    assert near.settled(0.8).tolist() == [1, 3]


def test_the_states_of_another_encoder_are_read_where_one_is_given(base: Path) -> None:
    still = [[[1.0, 0.0]] * 5] * 3
    encoder = model(base, still).stages[0]
    assert states_near(model(base, [[[0.0, 1.0]] * 5, *still[1:]]), "the xy", encoder).cosine.tolist() == [[1, 1], [1, 1]]


def test_words_are_as_typed(reader: MaskedReader) -> None:
    assert words_in(by_word(reader.tokenizer, "The  Bad, film!", 100)) == ("The", "Bad", ",", "film", "!")
