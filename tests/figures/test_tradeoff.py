"""The trade-off draws the sweep's numbers, the front without interpolation, and the ring where the knob is."""

import numpy as np
import pytest

from dynviz.figures import Curve, curve_of, tradeoff, tradeoff_finding, tradeoff_table
from dynviz.figures.curves import dominated, front
from dynviz.figures.labels import Box, place
from tests.figures.build import sweep


def named(fig, name):
    return next(t for t in fig.data if t.name == name)


def curves():
    good = Curve("good", "method", [1.0, 0.5, 0.25], [0.9, 0.88, 0.8], [0.9, 0.86, 0.75], [0.9, 0.9, 0.85], ("0", "0.2", "0.5"))
    bad = Curve("bad", "method", [1.0, 0.6], [0.9, 0.7])
    return [good, bad, Curve("fixed", "static", [0.5, 1.0], [0.8, 0.9]), Curve("full depth", "full", [1.0], [0.9])]


def test_sweep_becomes_a_curve_with_its_paired_band():
    s = sweep([[1, 1, 1, 1], [1, 1, 1, 0]], [1.0, 0.5])
    curve = curve_of(s, "exit")
    assert curve.x.tolist() == [1.0, 0.5]
    assert curve.accuracy.tolist() == [1.0, 0.75]
    mean, low, high = s.difference(1)
    assert mean == -0.25
    assert (curve.low[1], curve.high[1]) == (1 + low, 1 + high)
    assert curve.knobs == ("entropy 0", "entropy 1")


def test_points_carry_their_curve_and_number():
    line = named(tradeoff(curves()), "good")
    assert list(line.x) == [25, 50, 100]
    assert list(line.y) == [80, 88, 90]
    assert [list(c) for c in line.customdata] == [["good", 2], ["good", 1], ["good", 0]]


def test_hollow_exactly_where_dominated():
    cs = curves()
    assert dominated(cs[1], cs).tolist() == [False, True]
    fig = tradeoff(cs)
    assert [c == fig.layout.paper_bgcolor for c in named(fig, "bad").marker.color] == [True, False]


def test_front_is_stepped_and_skips_dominated_points():
    x, y = front(curves())
    assert x.tolist() == [0.25, 0.5, 1.0]
    assert y.tolist() == [0.8, 0.88, 0.9]
    assert named(tradeoff(curves()), "Pareto front").line.shape == "hv"


def test_ring_and_drop_lines_are_at_the_operating_point():
    fig = tradeoff(curves(), ("good", 1))
    ring, lines = named(fig, "operating point"), named(fig, "drop lines")
    assert (ring.x[0], ring.y[0]) == (50, 88)
    assert (lines.x[1], lines.y[0]) == (50, 88)
    assert any("50 % compute,<br>-2.0 pt [-4.0, +0.0]" in a.text for a in fig.layout.annotations)
    assert tradeoff_finding(curves(), ("good", 1)) == "good: 50 % compute, -2.0 pt [-4.0, +0.0] against the plain model, accuracy 88.0 %."


def test_band_belongs_to_the_selected_curve_only():
    assert not [t for t in tradeoff(curves()).data if t.name == "95 % band"]
    assert list(named(tradeoff(curves(), ("good", 1)), "95 % band").y) == [85, 90, 90, 90, 86, 75]


def test_every_curve_is_labelled_and_no_two_labels_overlap():
    fig = tradeoff(curves(), ("good", 1))
    said = [a.text for a in fig.layout.annotations]
    assert all(any(c.name in text for text in said) for c in curves())
    box = Box((0, 100, 0, 100), 600, 400)
    notes = place(box, [("one", "#000000", [(50.0, 50.0)], []), ("two", "#000000", [(50.0, 50.0)], [])], [], [], 830)
    assert notes[0]["yshift"] != notes[1]["yshift"] or abs(notes[0]["xshift"] - notes[1]["xshift"]) > 30


def test_finding_without_a_point_names_the_cheapest_good_one():
    assert tradeoff_finding(curves()) == "good stays within 1 pt of full depth at 100 % compute."
    assert tradeoff_finding([]) == "No method is drawn yet."


def test_table_has_every_point():
    rows = tradeoff_table(curves())
    assert len(rows) == 8
    numbers = {"share": 0.5, "accuracy": 0.88, "low": 0.86, "high": 0.9}
    assert rows[1] == {"curve": "good", "kind": "method", "point": 1, "knobs": "0.2", "dominated": False, **numbers}


def test_names_appear_as_typed():
    fig = tradeoff([Curve("<b>mine</b>", "method", [1.0, 0.5], [0.9, 0.8])])
    assert any("&lt;b&gt;mine&lt;/b&gt;" in a.text for a in fig.layout.annotations)


def test_other_units_and_edges_are_drawn():
    ms = [Curve("m", "method", [12.0], [0.9]), Curve("full depth", "full", [30.0], [0.91])]
    assert "12 ms, -1.0 pt" in tradeoff_finding(ms, ("m", 0), "ms")
    assert tradeoff(ms, ("m", 0), unit="ms").layout.xaxis.ticksuffix == " ms"
    assert tradeoff([]).layout.height > 0
    with pytest.raises(ValueError, match="accuracy"):
        Curve("m", "method", np.array([1.0, 2.0]), np.array([1.0]))


def test_a_budget_is_a_line_with_what_is_dearer_in_the_shade():
    fig = tradeoff(curves(), ("good", 1), budget=0.4)
    assert list(named(fig, "budget").x) == [40, 40]
    shade = next(s for s in fig.layout.shapes if s.name == "dearer")
    assert (shade.x0, shade.x1) == (40, fig.layout.xaxis.range[1])
    assert "at most 40 %" in [a.text for a in fig.layout.annotations]


def test_a_budget_below_every_curve_stays_in_view_and_other_axes_have_none():
    fig = tradeoff(curves(), budget=0.1)
    assert fig.layout.xaxis.range[0] < 10
    assert not [t for t in tradeoff(curves(), unit="layers", budget=0.1).data if t.name == "budget"]
