"""PCEE-BERT: the counter of confident layers, the entropy rule as its case t = 1, what it shows, and its blind spot."""

import numpy as np
import pytest

from dynviz.core.method import Shape
from dynviz.figures.conditions import stops
from dynviz.methods.entropy_exit import EntropyExit
from dynviz.methods.pabee import Pabee
from dynviz.methods.pcee_bert import PceeBert, runs
from tests.methods.small import exits, rows

SIX = Shape((4,), (6,), 2)
NAN = np.nan


def leaves(*sentences: list[float], entropy: float, patience: float) -> list[int]:
    return exits(PceeBert(SIX), {"uncertainty": rows(*sentences)}, entropy=entropy, patience=patience)


def authors_exit(unsure: list[float], tau: float, t: int) -> int:
    """The rule as published, one sentence at a time."""
    count = 0
    for layer, u in enumerate(unsure, start=1):
        count = count + 1 if u < tau else 0
        if count == t:
            return layer
    return len(unsure)


def test_runs_count_up_and_start_again() -> None:
    held = np.array([[1, 0], [1, 1], [0, 1], [1, 1], [1, 0]], bool)
    assert runs(held).T.tolist() == [[1, 2, 0, 1, 2], [0, 1, 2, 3, 0]]
    assert runs(np.ones((1, 1), bool)).tolist() == [[1]]


def test_it_waits_for_as_many_confident_layers_in_a_row_as_are_asked_for() -> None:
    unsure = [0.9, 0.1, 0.5, 0.1, 0.1, 0.1]  # confident after layer 2, then unsure again, then confident to the end
    assert [leaves(unsure, entropy=0.2, patience=t) for t in (1, 2, 3)] == [[2], [5], [6]]


def test_the_earliest_exit_is_the_layer_of_the_patience_and_pabees_is_one_later() -> None:
    assert [leaves([0.0] * 6, entropy=0.2, patience=t) for t in (1, 2, 3)] == [[1], [2], [3]]
    alike = {"probs": np.tile([0.5, 0.5], (7, 1, 1)), "uncertainty": rows([0.0] * 6)}
    assert [exits(Pabee(SIX), alike, patience=t) for t in (1, 2, 3)] == [[2], [3], [4]]


def test_exactly_the_threshold_is_not_confident() -> None:
    assert leaves([0.2] * 6, entropy=0.2, patience=1) == [6]
    assert leaves([0.2] * 6, entropy=0.21, patience=1) == [1]


def test_off_never_stops_by_either_knob() -> None:
    assert PceeBert.off() == {"entropy": 0.0, "patience": 0.0}
    assert leaves([0.0] * 6, **PceeBert.off()) == [6]
    assert leaves([0.0] * 6, entropy=0.0, patience=1) == [6]
    assert leaves([0.0] * 6, entropy=1.0, patience=0) == [6]


@pytest.mark.parametrize("tau", [0.0, 0.1, 0.3, 0.5, 0.9, 1.0])
def test_a_patience_of_one_is_the_entropy_rule(tau: float) -> None:
    """On the same readings, every sentence leaves after the same layer."""
    readings = {"uncertainty": rows(*np.random.default_rng(0).random((200, 6)).tolist())}
    assert exits(PceeBert(SIX), readings, entropy=tau, patience=1) == exits(EntropyExit(SIX), readings, entropy=tau)


def test_the_rule_is_the_authors_on_every_short_history() -> None:
    every = [[0.1 if sure else 0.9 for sure in history] for history in np.ndindex(2, 2, 2, 2, 2, 2)]
    for t in (1, 2, 3):
        assert leaves(*every, entropy=0.5, patience=t) == [authors_exit(one, 0.5, t) for one in every]


def test_two_confident_layers_may_name_different_classes() -> None:
    """The blind spot: layer 1 is sure of class 0, layer 2 of class 1, and the sentence leaves; PABEE would go on."""
    probs = np.array([[[NAN, NAN]], *([[0.99, 0.01]], [[0.01, 0.99]]) * 3])
    readings = {"probs": probs, "uncertainty": rows([0.08] * 6)}
    assert exits(PceeBert(SIX), readings, entropy=0.1, patience=2) == [2]
    assert exits(Pabee(SIX), readings, patience=1) == [6]


def test_a_sentence_that_agrees_with_itself_but_is_unsure_stays() -> None:
    readings = {"probs": np.tile([0.51, 0.49], (7, 1, 1)), "uncertainty": rows([0.99] * 6)}
    assert exits(PceeBert(SIX), readings, entropy=0.5, patience=2) == [6]
    assert exits(Pabee(SIX), readings, patience=2) == [3]


def test_the_knobs_turn_as_they_say() -> None:
    unsure = [0.8, 0.7, 0.5, 0.3, 0.2, 0.1]
    assert [knob.stops for knob in PceeBert.knobs] == ["up", "down"]
    assert [leaves(unsure, entropy=tau, patience=2) for tau in (0.1, 0.4, 0.6, 1.0)] == [[6], [5], [4], [2]]


def test_both_conditions_are_shown_and_hold_together() -> None:
    readings = {"uncertainty": np.array([NAN, 0.1, 0.5, 0.1, 0.1, NAN, NAN])}  # left after layer 4
    sure, counted = PceeBert(SIX).compares(readings, {"entropy": 0.2, "patience": 2})
    assert (sure.side, counted.side) == ("below", "at least")
    assert sure.group == counted.group != ""
    np.testing.assert_array_equal(counted.values, [NAN, 1, 0, 1, 2, NAN, NAN])
    assert (sure.limits.tolist(), counted.limits.tolist()) == ([0.2] * 7, [2] * 7)
    np.testing.assert_array_equal(stops((sure, counted)), [NAN, 0, 0, 0, 1, NAN, NAN])


def test_off_holds_nothing_against_a_limit() -> None:
    shown = PceeBert(SIX).compares({"uncertainty": np.zeros(7)}, PceeBert.off())
    assert not any(c.decides for c in shown)


def test_the_authors_percentages_are_of_single_classifiers() -> None:
    assert all("no exits" in p.cost for p in PceeBert.published)
