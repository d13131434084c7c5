"""RAEE's vote on numbers checked in the head; keys; what is compared; and what the command says."""

import argparse
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dynviz import api
from dynviz.cli.neighbours import _split, run, said
from dynviz.data.pieces import Pieces
from dynviz.errors import InputError
from dynviz.measure import neighbours
from dynviz.measure.neighbours import Asked, asked, foretold, keys, right_by_layer, votes_of
from tests import tiny
from tests.measure.test_worth import recorded


def test_only_layers_that_are_right_vote_sure_ones_alone_where_there_are_any() -> None:
    table = np.array([[0.95, 0.8, 0.0, 0.9], [0.6, 0.0, 0.7, 0.65], [0.55, 0.6, 0.7, 0.8], [0.0] * 4])
    assert votes_of(table).tolist() == [[0.95, 0, 0, 0.9], [0.6, 0, 0.7, 0.65], [0, 0.6, 0.7, 0.8], [0.0] * 4]


def test_right_answers_count_by_their_probability() -> None:
    """Class 0 is right throughout; at .4 the other is named."""
    assert right_by_layer(recorded(np.array([[0.9, 0.4], [0.6, 0.7]]))).tolist() == [[0.9, 0.6], [0.0, 0.7]]


def test_the_nearer_weighs_more_by_squared_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    """From 0, stored at 1, 2 and -2: weights 1, 1/4 and 1/4. The nearest is for layer 1, the others are for layer 2."""
    monkeypatch.setattr(neighbours, "NEAREST", 3)
    store, question = np.array([[1.0], [2.0], [-2.0]]), np.array([[0.0]])
    assert foretold(store, question, np.array([[0.9, 0], [0, 1], [0, 1]])).tolist() == [1]
    assert foretold(store, question, np.array([[0.4, 0], [0, 1], [0, 1]])).tolist() == [2]
    assert foretold(store, question, np.array([[0.5, 0], [0, 1], [0, 1]])).tolist() == [1], "the earliest of equals"
    assert foretold(store, question, np.zeros((3, 2))).tolist() == [2], "nobody votes: the last"
    monkeypatch.setattr(neighbours, "NEAREST", 1)
    assert foretold(store, question, np.array([[0.1, 0], [0, 1], [0, 1]])).tolist() == [1]


def test_a_sentence_that_is_stored_itself_is_asked_about_itself() -> None:
    assert foretold(np.array([[1.0], [1.5]]), np.array([[1.0]]), np.array([[0.0, 0.9], [0.9, 0.0]])).tolist() == [2]


def test_a_key_is_the_mean_of_a_sentences_embeddings() -> None:
    ids, layout = tiny.sentences([5, 8, 3])
    encoder = tiny.encoder()
    found = keys(encoder, Pieces(("",) * 3, ids, layout, ("",) * len(ids), np.zeros((len(ids), 2), np.int64), np.zeros(3, np.int64)))
    alone_ids, alone = tiny.part(ids, layout, [1])
    again = keys(encoder, Pieces(("",), alone_ids, alone, ("",) * 8, np.zeros((8, 2), np.int64), np.zeros(1, np.int64)))
    assert found.shape == (3, 16)
    assert again[0] == pytest.approx(found[1])


def test_what_is_foretold_is_compared_with_the_one_layer_nearest_to_its_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sorts of sentences, of which one is right after layer 1 alone and the other after layer 3 alone: neighbours tell them apart."""
    monkeypatch.setattr(neighbours, "NEAREST", 2)
    place = np.repeat([0.0, 10.0], 20)[:, None]
    first = np.repeat([0.95, 0.1], 20)
    readings = recorded(np.stack([first, np.full(40, 0.2), 1 - first]))
    found = asked((place, readings), (place + 0.1, readings))
    assert (found.stored, found.never, found.asked, found.depth, found.accuracy) == (40, 0.0, 40, 2.0, 1.0)
    assert (found.fixed, found.fixed_accuracy, found.gain) == (2, 0.0, (1.0, 1.0, 1.0))


def test_the_command_says_no_more_than_the_interval_holds(tmp_path: Path) -> None:
    one = Asked(1000, 0.059, 872, 5.0, 0.89, 5, 0.891, (-0.001, -0.008, 0.006))
    assert said(one) == (
        "A store of 1,000 sentences, of which no layer gets 5.9 % right, was asked about 872 others. The layers it foretells, 5.0 in the "
        "mean, are right in 89.0 %. Always stopping after layer 5 is right in 89.1 %: the neighbours are not to be told from that, -0.1 "
        "points [-0.8, +0.6]. Asking the store is not counted as compute."
    )
    assert "surely worse than that" in said(Asked(1000, 0.059, 872, 5.0, 0.87, 5, 0.891, (-0.02, -0.03, -0.01)))
    with pytest.raises(InputError, match="is not a folder"):
        run(argparse.Namespace(model="sst2-joint", data=tmp_path / "nothing", root=None))


def test_a_model_with_one_classifier_has_nothing_to_foretell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of three layers the last alone answers, as in a plain model."""
    readings = recorded(np.array([[np.nan] * 4, [np.nan] * 4, [0.9] * 4]))
    monkeypatch.setattr(api, "stored_run", lambda checkpoint, purpose: (readings,))
    with pytest.raises(InputError, match=r"^plain cannot be asked: it answers after one layer alone"):
        _split(SimpleNamespace(stages=(1,)), SimpleNamespace(name="plain"), tmp_path, "report")
