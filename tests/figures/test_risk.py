"""The risk of settings: drawn as observed with its bound, accepted ones tinted, what was not tested hollow."""

from dataclasses import replace

import numpy as np

from dynviz.figures import Risks, risk, risk_finding, risk_table
from dynviz.figures.style import LIGHT

FOUND = Risks(
    "entropy", ("0.1", "0.2", "0.3", "0.4"), np.array([0.0, 0.01, 0.03, 0.01]), np.array([0.003, 0.018, 0.041, 0.018]), 2, 0.02, 0.95,
    1000, "answers differ from full depth",
)  # fmt: skip


def test_dots_are_observed_shares_whiskers_their_bounds() -> None:
    tested, rest = risk(FOUND).data[:2]
    assert (list(tested.x), list(tested.y)) == ([0, 1, 2], [0, 1, 3])
    assert list(tested.error_y.array) == [0.3, 0.8, 1.1]
    assert list(rest.x) == [3]  # it would pass, but after a failure nothing is tested
    assert rest.marker.color == LIGHT.paper


def test_the_accepted_range_is_tinted_the_limit_dotted_and_the_setting_in_use_ringed() -> None:
    fig = risk(FOUND, in_use=1)
    tint, limit = fig.layout.shapes
    assert (tint.x0, tint.x1) == (-0.5, 1.5)
    assert (limit.y0, limit.line.dash) == (2, "dot")
    ring = next(t for t in fig.data if t.name == "operating point")
    assert (list(ring.x), list(ring.y)) == ([1], [1])
    assert "Ring" in fig.layout.title.text
    assert not [s for s in risk(replace(FOUND, accepted=0)).layout.shapes if s.type == "rect"]


def test_the_finding_states_how_far_it_reaches_or_why_not() -> None:
    assert risk_finding(FOUND) == (
        "2 of 4 settings pass, up to 0.2. There answers differ from full depth in 1 % of 1,000; with 95 % confidence in less than 1.8 %, "
        "which is within 2 %."
    )
    assert risk_finding(replace(FOUND, accepted=0)).startswith("No setting passes: at 0.1, the safest tested,")


def test_the_table_says_what_became_of_each_setting() -> None:
    assert [row["outcome"] for row in risk_table(FOUND)] == ["passed", "passed", "failed", "not tested"]
    assert risk_table(FOUND)[1] == {"entropy": "0.2", "risk": 0.01, "upper bound": 0.018, "outcome": "passed"}
    assert [row["outcome"] for row in risk_table(replace(FOUND, accepted=4))] == ["passed"] * 4


def test_the_first_that_failed_is_in_view_however_far_beyond_the_limit() -> None:
    far = replace(FOUND, accepted=0, risk=np.full(4, 0.194), bound=np.full(4, 0.386))
    assert "(38.6 %) lies above 2 %" in risk_finding(far)
    assert risk(far).layout.yaxis.range[1] > 38.6
