"""What a method says of itself: knobs on both scales, sides of a limit, conditions that hold together, cards as JSON."""

import json
from typing import Any

import numpy as np
import pytest

from dynviz.errors import InputError
from dynviz.records.card import Card, Comparison, Knob, Picture, Result, Side, alternatives, card_of, comparison_of, reported, together

NAN = np.nan
TAU = Knob("tau", "how far answers may differ", 1e-5, 0.1, 0.5, 1e-3, 0.0, "up", "0: never", "log")


def condition(values: list[float], side: Side, limit: float, group: str = "") -> Comparison:
    return Comparison("x", "x", np.array(values), np.full(len(values), limit), side, group)


@pytest.mark.parametrize(
    ("side", "held"),
    [("below", [True, False, False]), ("at most", [True, True, False]), ("above", [False, False, True]), ("at least", [False, True, True])],
)
def test_each_side_says_what_holds_at_the_limit_itself(side: Side, held: list[bool]) -> None:
    found = condition([0.1, 0.2, 0.3], side, 0.2)
    assert found.held.tolist() == held
    assert found.stops == ("below" if held[0] else "above")


def test_nothing_holds_where_nothing_was_read_or_there_is_no_limit() -> None:
    assert not condition([NAN], "at most", 1).held.any()
    assert not condition([0.5], "at least", NAN).held.any()


def test_conditions_of_a_group_hold_together_and_others_are_alternatives() -> None:
    sure, patient = condition([0.05, 0.3, 0.05], "below", 0.1, "both"), condition([1, 2, 2], "at least", 2, "both")
    alone, beside = condition([0, 0, 1], "above", 0.5), condition([1, 1, 1], "above", NAN)
    assert alternatives([sure, alone, patient, beside]) == [(sure, patient), (alone,)]
    assert together((sure, patient)).tolist() == [False, False, True]


def test_two_conditions_without_a_group_are_two_alternatives() -> None:
    one, other = condition([0.05], "below", 0.1), condition([1], "at least", 2)
    assert alternatives([one, other]) == [(one,), (other,)]


def test_a_condition_of_the_sentence_and_one_of_its_tokens_hold_together_token_by_token() -> None:
    of_tokens = Comparison("t", "t", np.array([[0.1, 0.9], [0.1, 0.9]]), np.full(2, 0.5), "above", "both")
    assert together((condition([0, 1], "above", 0.5, "both"), of_tokens)).tolist() == [[False, False], [False, True]]


@pytest.mark.parametrize("found", [condition([NAN, 0.1], "at most", 0.2), condition([1, 2], "at least", 2, "both")])
def test_a_condition_goes_through_json(found: Comparison) -> None:
    back = comparison_of(json.loads(json.dumps(found.plain())))
    assert (back.side, back.group, back.label) == (found.side, found.group, found.label)
    np.testing.assert_array_equal(back.values, found.values)
    assert ("group" in found.plain()) is bool(found.group)


@pytest.mark.parametrize(
    ("stops", "strict", "side"),
    [("below", False, "below"), ("above", False, "at least"), ("above", True, "above")],
)
def test_conditions_stored_before_sides_had_words_are_read(stops: str, strict: bool, side: str) -> None:
    raw = {"reading": "x", "label": "x", "stops": stops, "strict": strict, "values": [None, 0.1], "limits": [0.2, 0.2]}
    assert comparison_of(raw).side == side


def test_an_unknown_side_is_refused() -> None:
    with pytest.raises(ValueError, match="side 'near', expected one of below, at most, above, at least"):
        comparison_of({**condition([1], "below", 2).plain(), "side": "near"})


def test_a_knob_on_a_log_scale_has_points_even_in_log_and_short_ones() -> None:
    """Half a power of ten apart, from 1e-5 to 0.1: eight steps."""
    assert TAU.points(100) == [1e-5, 3.16e-5, 1e-4, 3.16e-4, 1e-3, 3.16e-3, 0.01, 0.0316, 0.1]
    assert TAU.points(5) == [1e-5, 1e-4, 1e-3, 0.01, 0.1]
    assert TAU.points(2) == [1e-5, 0.1]
    assert TAU.points(5) == [x for x in TAU.points(100) if x in TAU.points(5)], "fewer points are some of all"


def test_a_log_scale_ends_at_its_high_wherever_that_lies() -> None:
    odd = Knob("tau", "t", 0.01, 0.69, 1.0, 0.1, 0.0, "up", "h", "log")
    assert odd.points(9) == [0.01, 0.1, 0.69]


def test_off_may_lie_outside_a_log_scale_and_zero_is_no_point_of_it() -> None:
    assert TAU.checked(0) == 0
    assert TAU.checked(2e-5) == 2e-5
    with pytest.raises(InputError, match="it goes from 1e-05"):
        TAU.checked(1e-6)
    with pytest.raises(ValueError, match="above 0"):
        Knob("tau", "t", 0.0, 1.0, 0.5, 0.1, 0.0, "up", "h", "log")


def test_a_knob_that_counts_takes_whole_numbers_and_off() -> None:
    patience = Knob("patience", "layers in a row", 1, 12, 1, 2, 0, "down")
    assert [patience.checked(value) for value in (0, 1, "3", 12.0)] == [0, 1, 3, 12]
    with pytest.raises(InputError, match=r"The knob patience was set to 2\.5: it takes whole numbers\. Give, for example, 2"):
        patience.checked(2.5)
    assert Knob("k", "k", 0.0, 1.0, 0.25, 0.5, 0.0, "up").checked(0.3) == 0.3


def test_a_linear_knob_is_as_it_was() -> None:
    assert Knob("k", "k", 0.0, 1.0, 0.25, 0.5, 0.0, "up").points(3) == [0, 0.5, 1]


def test_a_card_goes_through_json_with_its_pictures_and_scales() -> None:
    card = Card(
        "m",
        "M",
        "layers",
        "Somebody, 2020",
        "layers are skipped",
        "About.",
        (TAU,),
        (),
        False,
        (),
        (),
        (Picture("g", "gates", ("gates",)),),
    )
    assert card_of(json.loads(json.dumps(card.plain()))) == card


def test_a_card_without_a_kind_is_not_guessed_at() -> None:
    raw = Card("m", "M", "exit", "v", "s", "About.", (), (), True).plain()
    del raw["kind"]
    with pytest.raises(ValueError, match="kind"):
        card_of(raw)


def test_a_published_cost_is_a_share_of_what_is_counted() -> None:
    half, saved = Result("sst2", "dev", 90.0, 92.5, fewer=2.0), Result("sst2", "dev", 93.0, 92.5, "running time", saved=40)
    alone = Result("sst2", "dev", 90.0, None, after=(3, 12))
    assert (half.share, saved.share, alone.share) == pytest.approx((0.5, 0.6, 0.25))
    assert (half.drop, saved.drop, alone.drop) == (-0.025, 0.005, None)
    assert [one.cost for one in (half, saved, alone)] == [
        "2x fewer layers", "40 % of running time saved", "every sentence after layer 3 of 12",
    ]  # fmt: skip
    padded = Result("sst2", "dev", 90.0, 92.5, "running time", fewer=2.4, padded=64)
    assert padded.cost == "2.4x faster, padded to 64"
    told = reported("SST-2 dev", "BERT-base", padded, "a paper, Table 1", "on a K80")
    assert (told.score, told.cost) == ("90.0 accuracy (92.5 without)", "2.4x faster, padded to 64, on a K80")
    assert told.result is padded


@pytest.mark.parametrize("costs", [{}, {"fewer": 2.0, "saved": 50}, {"saved": 50, "after": (6, 12)}])
def test_a_published_cost_is_told_in_one_way(costs: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="in one way"):
        Result("sst2", "dev", 90.0, 92.5, **costs)
