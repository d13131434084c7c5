"""All curves at one budget: sorted by accuracy, the chosen one a star, the one in use ringed, and who has no setting is named."""

from dynviz.figures import Choice, at_budget, at_budget_finding, at_budget_key, at_budget_table

CHOICES = (
    Choice("A", "entropy 0.5", (0.39, 0.88), 0.41, 0.86, 0.85, 0.87, used=True),
    Choice("B & co", "scale 2", (0.38, 0.90), 0.37, 0.89, 0.87, 0.90, chosen=True),
    Choice("C", "keep 0.9", (0.70, 0.91), 0.71, 0.92, 0.90, 0.93, within=False),
)


def test_dots_are_sorted_by_accuracy_and_marked() -> None:
    fig = at_budget(CHOICES)
    dots, ring = fig.data
    assert list(dots.x) == [86, 89]
    assert list(fig.layout.yaxis.ticktext) == ["A", "B &amp; co"]
    assert list(dots.marker.symbol) == ["circle", "star"]
    assert (ring.x[0], ring.y[0]) == (86, 0)
    assert list(dots.error_x.array) == [1, 1]
    assert [a.text for a in fig.layout.annotations] == ["86.0 % at 41 %", "89.0 % at 37 %"]


def test_the_finding_names_the_chosen_and_who_comes_out_higher() -> None:
    assert at_budget_finding(CHOICES, 0.4) == (
        "At most 40 % of compute: B & co is chosen, 89.0 % right at 37 %. None of 2 curves comes out higher."
    )
    over = Choice("E", "x 2", (0.396, 0.9), 0.42, 0.9, 0.9, 0.9, chosen=True)
    assert "at 42 %. It kept to the budget where it was chosen, at 40 %; here" in at_budget_finding([over], 0.4)
    luck = Choice("D", "x 1", (0.3, 0.8), 0.3, 0.95, 0.9, 1.0)
    assert at_budget_finding([c for c in CHOICES if c.chosen], 0.4).endswith("89.0 % right at 37 %."), "nobody to compare with"
    assert "1 curve comes out higher here, which is known only afterwards" in at_budget_finding([*CHOICES, luck], 0.4)
    assert at_budget_finding(CHOICES[2:], 0.4) == "No model has a setting that keeps to 40 % of compute."


def test_who_has_no_setting_is_in_the_key_and_last_in_the_table() -> None:
    assert at_budget_key(CHOICES).endswith("No setting so cheap: C.")
    assert [row["curve"] for row in at_budget_table(CHOICES)] == ["B & co", "A", "C"]
    assert at_budget(CHOICES[2:]).data[0].x == ()


def test_what_lies_far_below_the_best_is_a_triangle_at_the_edge_with_its_own_number() -> None:
    far = Choice("far", "x 9", (0.3, 0.5), 0.3, 0.5, 0.4, 0.6)
    fig = at_budget([*CHOICES, far])
    assert fig.data[0].x[0] == 77
    assert fig.data[0].marker.symbol[0] == "triangle-left"
    assert fig.data[0].error_x.arrayminus[0] == 0
    assert fig.layout.annotations[0].text == "50.0 % at 30 %"
    assert "◂ further left." in at_budget_key([*CHOICES, far])
