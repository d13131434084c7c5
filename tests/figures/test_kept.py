"""What a knob asks for against what was got: on sweeps whose numbers can be checked in the head."""

from dataclasses import replace

import numpy as np
import pytest

from dynviz.figures.kept import kept, kept_finding, kept_of, kept_table
from dynviz.records import Sweep
from dynviz.records.card import Knob
from tests.figures.build import sweep
from tests.figures.test_zoo import named

KNOB = Knob("entropy", "at least", 0.2, 0.9, 0.1, 0.5, 1.0, "down", "ends")


def measured(exits: list[list[int]], right: list[list[int]]) -> Sweep:
    """At full depth, at .75 and at .5; exits of four sentences in a model of six layers."""
    return replace(sweep(right, [1, 0.5, 0.5], [1.0, 0.75, 0.5]), exits=np.array(exits))


REPORT = measured([[6] * 4, [3, 3, 6, 6], [3, 3, 3, 3]], [[1, 1, 0, 1], [1, 1, 0, 0], [1, 0, 0, 0]])
FITTED = measured([[6] * 4, [3, 3, 6, 6], [1, 3, 3, 3]], [[1] * 4, [1, 1, 1, 1], [1, 1, 0, 0]])


def test_a_target_is_held_against_all_answers_and_against_those_given_early() -> None:
    found = kept_of(REPORT, FITTED, KNOB, "accuracy")
    assert found.settings.tolist() == [0.5, 0.75], "without full depth"
    assert found.got[:, 0].tolist() == [0.25, 0.5]
    assert found.early.tolist() == [0.25, 1.0]
    assert found.fitted.tolist() == [0.5, 1.0]
    assert kept_finding(found) == (
        "Those that leave early are right as often as asked at 1 of the 2 targets at which any do; all answers together at 0 of 2. Whom no "
        "exit takes is hard for the last one too: full depth is right in 75.0 %."
    )
    assert kept_table(found)[1]["who leaves early"] == 1.0


def test_a_planned_depth_is_held_against_the_mean_exit_as_a_share_of_the_layers() -> None:
    found = kept_of(REPORT, FITTED, KNOB, "depth")
    assert found.got[:, 0].tolist() == [0.5, 0.75]
    assert found.fitted == pytest.approx([10 / 24, 0.75])
    missed = replace(found, got=found.got + np.array([[0.1], [0]]))
    assert kept_finding(missed) == (
        "The mean depth misses the plan by 5.0 points of the layers on average, and most at a budget of 50 %: 60.0 %."
    )


def test_the_drawn_lines_are_what_was_got_what_was_asked_and_where_it_was_fitted() -> None:
    fig = kept(kept_of(REPORT, FITTED, KNOB, "accuracy"))
    assert list(named(fig, "all answers").y) == [0.25, 0.5]
    assert list(named(fig, "as asked").y) == list(named(fig, "as asked").x) == [0.5, 0.75]
    assert list(named(fig, "where it was fitted").y) == [0.5, 1.0]
    assert list(named(fig, "who leaves early").y) == [0.25, 1.0]
    assert "who leaves early" not in {t.name for t in kept(kept_of(REPORT, FITTED, KNOB, "depth")).data}


def test_where_nobody_leaves_early_there_is_no_accuracy_of_them() -> None:
    nobody = measured([[6] * 4] * 3, [[1] * 4] * 3)
    found = kept_of(nobody, nobody, KNOB, "accuracy")
    assert np.isnan(found.early).all()
    assert kept_table(found)[0]["who leaves early"] is None
    assert "at 0 of the 0 targets at which any do; all answers together at 2 of 2, the highest 75.0 %" in kept_finding(found)
