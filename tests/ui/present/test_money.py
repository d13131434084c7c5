"""The bill: arithmetic that can be checked in the head, and where its numbers come from."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from dynviz.records import Sweep
from dynviz.records.times import Measured, Times
from dynviz.ui.present import limits, savings, text
from dynviz.ui.present.money import MILLION, Assumed, Bill, Timed, bill, figure, on_texts, timed

KNOWN = Timed(7.2, 3.6, (7.0, 7.5), (3.5, 3.9), 16, "a chip", "2026-01-02")


def test_a_million_sentences_of_3_6_milliseconds_are_one_core_hour() -> None:
    assert bill(3.6, MILLION, Assumed(MILLION, watts=10, price=0.05)) == Bill(1.0, 0.01, 0.05)
    assert bill(7.2, 1e9, Assumed(1e9, watts=20, price=0.1)) == Bill(2000.0, 40.0, 200.0)


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.9014, "1.9"), (2.04, "2.0"), (0.0190, "0.019"), (0.1027, "0.10"), (1901.4, "1,901"), (12.6, "13"), (0, "0"),
     (0.00001234, "0.0000123")],
)  # fmt: skip
def test_an_amount_has_two_digits_that_count(value: float, said: str) -> None:
    assert figure(value) == said
    assert "e" not in figure(value)


def measured(*runs: Measured) -> Times:
    return Times("m", 0, 0, 0, 0, 0, runs, {"processor": "a chip", "date": "2026-01-02"})


def test_the_milliseconds_are_those_of_one_sentence_at_a_time_with_their_rounds() -> None:
    plain = measured(
        Measured("full depth", 32, 32, 1.0, 1.0), Measured("full depth", 1, 16, 0.0072, 0.0071, (0.0075, 0.007, 0.0072)),
    )  # fmt: skip
    own = measured(
        Measured("full depth", 1, 16, 0.0099, 0.0099), Measured("speed = 0.5", 1, 16, 0.0036, 0.0036, (0.0035, 0.0036, 0.0039)),
    )  # fmt: skip
    found = timed(plain, own)
    assert found is not None
    assert (found.plain, found.adaptive) == pytest.approx((KNOWN.plain, KNOWN.adaptive))
    assert (*found.plain_range, *found.adaptive_range) == pytest.approx((*KNOWN.plain_range, *KNOWN.adaptive_range))
    assert (found.sentences, found.machine, found.date) == (16, "a chip", "2026-01-02")


def test_milliseconds_of_other_texts_follow_from_the_layers_and_flops_they_took() -> None:
    """A line of 1 ms a sentence in each layer and nothing else: of four layers four, of one layer one; the rounds go along."""
    line = Times("m", 0, 0.001, 0, 0, 0, (), {})
    plain = SimpleNamespace(exits=np.array([[4, 4]]), flops=np.array([[40, 40]]))
    own = SimpleNamespace(exits=np.array([[4, 4], [1, 2]]), flops=np.array([[40, 40], [10, 20]]))
    found = on_texts(KNOWN, (line, cast(Sweep, plain)), (line, cast(Sweep, own)), 1)
    assert (found.plain, found.adaptive) == pytest.approx((4.0, 1.5))
    assert found.plain_range == pytest.approx(tuple(4.0 * end / KNOWN.plain for end in KNOWN.plain_range))
    assert found.adaptive_range == pytest.approx(tuple(1.5 * end / KNOWN.adaptive for end in KNOWN.adaptive_range))
    assert "the reviews of act 2, one by one, by a line fitted to 16 bundled texts" in savings.assumptions(
        savings.settings({}, found), found, "review"
    )


def test_a_measurement_without_both_ways_is_none() -> None:
    full = measured(Measured("full depth", 1, 16, 0.0072, 0.0072))
    assert timed(full, full) is None
    assert timed(measured(), measured()) is None


def test_the_address_holds_what_was_changed_and_bad_values_fall_back() -> None:
    values = savings.settings({"plain": "14.4", "watts": "-3", "price": "nan", "adaptive": "1e99", "sentences": "a"}, KNOWN)
    assert values == {"sentences": 1e6, "plain": 14.4, "adaptive": 3.6, "watts": 10.0, "price": 0.05}
    assert "4.0 core-hours become 1.0" in savings.title(values)


def test_without_milliseconds_no_number_is_claimed() -> None:
    values = savings.settings({}, None)
    assert values["plain"] is values["adaptive"] is None
    assert savings.title(values) == text.NO_TIMES
    assert savings.rows(values) == []


def test_milliseconds_of_ones_own_are_not_called_measured() -> None:
    own = savings.settings({"plain": "9"}, KNOWN)
    assert savings.assumptions(savings.settings({"plain": "9", "adaptive": "1"}, KNOWN), KNOWN) == text.FROM_YOU.format(of="")
    assert "a chip" in savings.assumptions(own, KNOWN)
    assert savings.assumptions(own, KNOWN).endswith(text.FROM_YOU.format(of=", plain model")), "one is measured, the other typed"
    assert "a chip, 2026-01-02" in savings.assumptions(savings.settings({}, KNOWN), KNOWN)
    assert savings._ranges(own, KNOWN)["plain"] is None, "no interval of a number that was typed"
    assert savings._ranges(own, KNOWN)["adaptive"] == pytest.approx((3.5 / 3.6, 3.9 / 3.6))


def test_a_month_is_told_where_it_is_not_a_million() -> None:
    assert [row[0] for row in savings.rows(savings.settings({}, KNOWN))] == [
        "1,000,000 sentences, plain model",
        "1,000,000 sentences, stopping early",
    ]
    month = savings.rows(savings.settings({"sentences": "1e9"}, KNOWN))[2:]
    assert [row[1] for row in month] == ["2,000", "1,000"]


def test_the_bars_say_of_which_texts_they_are_and_what_share_of_the_work_and_of_the_time() -> None:
    values, act_2 = savings.settings({}, KNOWN), replace(KNOWN, alike=False)
    told = savings.shares(values, KNOWN, 0.34, "review")
    assert told == "Timed on 16 bundled texts, one by one: 50 % of the time there. On the reviews of act 2 it does 34 % of the work."
    assert savings.shares(values, act_2, 0.34) == "On the sentences of act 2, one by one: 34 % of the work, 50 % of the time."
    assert savings.shares({**values, "plain": 9.0}, KNOWN, 0.34) == savings.shares(values, None, 0.34) == "", "not measured"
    assert "the milliseconds are of 16 bundled texts" in limits.timed(KNOWN)[0]
    assert "a line fitted to 16 bundled texts" in limits.timed(act_2)[0]
    assert limits.timed(None) == []
