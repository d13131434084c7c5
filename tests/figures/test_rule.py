"""The picture of a rule: what it compared, its limit, and where its condition first held."""

from dataclasses import replace

import numpy as np

from dynviz.figures import rule, rule_finding, rule_table
from dynviz.records.card import Comparison
from tests.figures.build import trace

NAN = np.nan


def counter() -> Comparison:
    return Comparison("agreements", "agreements in a row", np.array([NAN, 0.0, 1.0, 2.0]), np.array([NAN, 2.0, 2.0, 2.0]), "at least")


def unsure(*values: float, group: str = "") -> Comparison:
    return Comparison("u", "uncertainty", np.array([NAN, *values]), np.full(4, 0.3), "below", group)


def three_layers():  # type: ignore[no-untyped-def]
    return trace(["a", "b"], depth=[3, 3, 3, 3])


def test_the_finding_names_the_first_layer_at_which_the_condition_held() -> None:
    assert rule_finding(three_layers(), [counter()]) == "Agreements in a row: 2 after layer 3 is at least 2."


def test_a_condition_that_never_held_is_said_to_have_not() -> None:
    never = Comparison("u", "uncertainty", np.array([NAN, 0.5, 0.4, 0.3]), np.full(4, 0.3), "below")  # 0.3 is not below 0.3
    assert rule_finding(three_layers(), [never]) == "Uncertainty: never below 0.3."
    assert not any(row["holds"] for row in rule_table(three_layers(), [never]))


def test_every_reading_has_a_row_with_its_side_and_those_that_hold_are_marked() -> None:
    rows = rule_table(three_layers(), [counter()])
    assert [(r["layer"], r["value"], r["holds"]) for r in rows] == [("layer 1", 0, False), ("layer 2", 1, False), ("layer 3", 2, True)]
    assert {r["side"] for r in rows} == {"at least"}


def test_a_ring_marks_the_crossing_and_each_quantity_has_a_panel() -> None:
    other = Comparison("u", "uncertainty", np.array([NAN, 0.9, 0.1, NAN]), np.full(4, 0.3), "below")
    fig = rule(three_layers(), [counter(), other])
    rings = [t for t in fig.data if t.name == "crossing"]
    assert [(r.x[0], r.y[0]) for r in rings] == [(3, 2.0), (2, 0.1)]
    assert fig.layout.yaxis.domain[0] > fig.layout.yaxis2.domain[1]


def test_tokens_get_a_grid_whose_crossing_cells_are_framed() -> None:
    values = np.array([[NAN] * 4, [NAN, 0.2, 0.9, NAN], [NAN, 0.8, NAN, NAN], [NAN] * 4])
    compared = Comparison("c", "confidence", values, np.full(4, 0.7), "at least")
    t = three_layers()
    fig = rule(t, [compared])
    cells = next(d for d in fig.data if d.name == "values")
    framed = [(x, b) for x, b, w in zip(cells.x, cells.base, cells.marker.line.width, strict=True) if w > 1]
    assert framed == [(2, 0.56), (1, 1.56)]
    assert rule_finding(t, [compared]) == "Confidence: 2 of 2 tokens met the rule's condition, the first after layer 1."
    assert len(rule_table(t, [compared])) == 3


def test_user_text_is_drawn_as_typed() -> None:
    values = np.array([[NAN] * 3, [NAN, 0.2, NAN], [NAN, 0.8, NAN], [NAN] * 3])
    hostile = trace(["<b>&x"], depth=[3, 3, 3])
    fig = rule(hostile, [Comparison("c", "confidence", values, np.full(4, 0.7), "at least")])
    assert "&lt;b&gt;&amp;x" in fig.layout.xaxis.ticktext[1]


def test_a_limit_far_off_the_scale_is_not_drawn_at_its_edge() -> None:
    values = np.array([NAN, 0.02, 0.01, NAN])
    near, far = (Comparison("u", "uncertainty", values, np.full(4, limit), "below") for limit in (0.1, 0.9))
    for compared, there in ((near, True), (far, False)):
        fig = rule(three_layers(), [compared])
        line = next(t for t in fig.data if t.name == "limit")
        assert bool(np.isfinite(np.array(line.y, float)).any()) is there
        assert any("below" in a.text for a in fig.layout.annotations) is there
        assert len(fig.layout.shapes) == 3, "the side on which it stops is tinted either way"


def test_the_limit_bears_its_side() -> None:
    fig = rule(three_layers(), [counter()])
    assert "at least 2" in [a.text for a in fig.layout.annotations]


def test_alternatives_are_said_to_be_enough_each() -> None:
    assert rule_finding(three_layers(), [unsure(0.9, 0.1, 0.1), counter()]) == (
        "Uncertainty: 0.1 after layer 2 is below 0.3. Agreements in a row: 2 after layer 3 is at least 2. Either is enough."
    )


def test_conditions_that_must_hold_together_are_said_to() -> None:
    both = [unsure(0.1, 0.9, 0.2, group="both"), replace(counter(), group="both")]
    assert rule_finding(three_layers(), both).endswith(
        "Uncertainty and agreements in a row must hold together: they first do after layer 3."
    )
    never = [unsure(0.1, 0.1, 0.9, group="both"), replace(counter(), group="both")]
    assert rule_finding(three_layers(), never).endswith("must hold together: they never do.")


def test_what_is_shown_for_comparison_makes_no_alternative() -> None:
    beside = Comparison("p", "probability", np.array([NAN, 0.5, 0.6, 0.7]), np.full(4, NAN), "at least")
    assert rule_finding(three_layers(), [unsure(0.9, 0.9, 0.1), beside]).endswith("Probability: for comparison only.")
