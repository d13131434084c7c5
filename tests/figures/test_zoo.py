"""The pictures of the whole zoo draw the stored numbers; their sentences are made of them and of nothing else."""

from dataclasses import replace

import pytest

from dynviz import figures
from dynviz.figures.style import LIGHT
from dynviz.records.zoo import Budget, Changes, Chosen, Contender, Interval, Score, TaskZoo, Trust

ZERO = (0.0, 0.0, 0.0)


def choice(name: str, share: float, accuracy: float, full: Interval, leader: Interval, seeds: tuple[float, ...] = ()) -> Chosen:
    return Chosen(name, name, {"entropy": 0.3}, share, accuracy, share, accuracy, full, leader, True, ZERO, seeds)


GOOD = choice("good", 0.4, 0.9, (-0.01, -0.02, 0.0), ZERO, (0.89, 0.91))
THRIFTY = choice("thrifty", 0.3, 0.89, (-0.02, -0.04, 0.0), (-0.01, -0.03, 0.01))
BAD = choice("bad", 0.45, 0.6, (-0.31, -0.33, -0.29), (-0.3, -0.32, -0.28))
HALF = Budget(0.5, "good", (THRIFTY, BAD, GOOD), ("dear",))
TASK = TaskZoo(
    "sst2", "cal", "dev", 100, 100, "plain", 0.91, (0.9,), ((0.2, 0.8), (1.0, 0.91)), (0.2, 0.6, 1.0),
    {"good": "aa", "bad": "bb", "thrifty": "cc"},
    tuple(Contender(n, n.capitalize(), n, "exit", (n,), ()) for n in ("good", "thrifty", "bad", "dear")), (HALF,),
    (Score("good", (0.02, 0.01, 0.03), 3, (0.015,)), Score("bad", (-0.2, -0.22, -0.18), 2), Score("thrifty", (0.0, -0.01, 0.01), 3)),
    (Changes("good", "good", {"entropy": 0.3}, 0.4, 100, 5, 7, 0, (0.02, -0.01, 0.05)),
     Changes("bad", "bad", {"entropy": 0.9}, 0.2, 100, 30, 2, 0, (-0.28, -0.3, -0.2))),
    (Trust("good", "good", "uncertainty", (0.02, 0.05), (0.8, 0.9)), Trust("bad", "bad", "largest", (None, 0.1), (None, 0.5))),
)  # fmt: skip


def named(fig, name):
    return next(t for t in fig.data if t.name == name)


def test_dots_are_the_differences_to_the_plain_model_the_best_on_top() -> None:
    fig = figures.zoo_budget(TASK, HALF)
    dots = named(fig, "difference")
    assert list(fig.layout.yaxis.ticktext) == ["Bad", "Thrifty", "Good"]
    assert list(dots.x) == [-12, -2, -1], "what lies further than 12 points is drawn at the edge"
    assert list(dots.marker.symbol) == ["triangle-left", "circle", "star"]
    assert [colour == LIGHT.paper for colour in dots.marker.color] == [True, False, False], "hollow: worse than the leader"
    assert list(dots.error_x.arrayminus)[1:] == [2, 1]
    assert list(named(fig, "further seeds").x) == [-2, 0]
    assert [a.text for a in fig.layout.annotations] == ["60.0 % at 45 %", "89.0 % at 30 %", "90.0 % at 40 %"]


def test_the_sentence_names_the_leader_those_level_with_it_the_cheapest_and_the_missing() -> None:
    assert figures.zoo_budget_finding(TASK, HALF) == (
        "Within 50 % of the compute, Good is the choice of the calibration split: 90.0 % right at 40 %, -1.0 points [-2.0, +0.0] against "
        "the plain model at full depth. Thrifty cannot be told from it. Of these Thrifty spends least, 30 %. Trained 3 times it reaches "
        "89.0 % to 91.0 %. No setting so cheap: Dear."
    )
    assert figures.zoo_budget_finding(TASK, Budget(0.1, "", (), ("good",))) == "Within 10 % of the compute, no method has a setting."
    assert "Every other choice is worse." in figures.zoo_budget_finding(TASK, replace(HALF, chosen=(GOOD, BAD)))


def test_the_table_holds_every_method_those_without_a_setting_last() -> None:
    rows = figures.zoo_budget_table(TASK, HALF)
    assert [r["method"] for r in rows] == ["Good", "Thrifty", "Bad", "Dear"]
    assert rows[0]["further seeds"] == "89.0 %, 91.0 %"
    assert rows[3]["setting"] == "none within the budget"


def test_every_row_of_a_method_names_its_checkpoint_by_hash() -> None:
    for rows in (figures.zoo_budget_table(TASK, HALF)[:3], figures.zoo_changes_table(TASK), figures.zoo_trust_table(TASK)):
        assert {r["model"]: r["checkpoint"] for r in rows}.items() <= TASK.digests.items()
    assert [(r["models"], r["checkpoints"]) for r in figures.zoo_scores_table(TASK)] == [("good", "aa"), ("thrifty", "cc"), ("bad", "bb")]


def test_scores_are_bars_pale_where_the_interval_holds_zero() -> None:
    fig = figures.zoo_scores(TASK)
    bars = named(fig, "score")
    assert list(fig.layout.yaxis.ticktext) == ["Bad", "Thrifty", "Good"]
    assert list(bars.x) == [-12, 0, 2]
    assert [c == LIGHT.series[0] for c in bars.marker.color] == [True, False, True]
    assert [a.text for a in fig.layout.annotations] == ["-20.0 · 2 of 3", "+0.0 · 3 of 3", "+2.0 · 3 of 3"]
    assert figures.zoo_scores_finding(TASK) == (
        "Good stands highest over the static line: +2.0 points [+1.0, +3.0] on average. Good lies surely above it, 1 of 3 surely below."
    )
    assert "no score" in figures.zoo_scores_finding(replace(TASK, scores=()))
    assert [r["method"] for r in figures.zoo_scores_table(TASK)] == ["Good", "Thrifty", "Bad"]


def test_worse_answers_go_left_and_avoided_ones_right_in_percent() -> None:
    fig = figures.zoo_changes(TASK)
    assert list(named(fig, "worse").x) == [-30, -5]
    assert list(named(fig, "avoided").x) == [2, 7]
    assert list(named(fig, "worse").text) == ["30", "5"]
    assert figures.zoo_changes_finding(TASK) == (
        "In 1 of 2 methods stopping early avoids more overthinking than it does harm. Good: 5 worse, 7 avoided of 100; Bad: 30 worse, 2 "
        "avoided of 100."
    )
    assert figures.zoo_changes_finding(replace(TASK, changes=())) == "No method of this task gives answers early."
    assert figures.zoo_changes_finding(replace(TASK, changes=TASK.changes[:1])) == "Good: 5 worse, 7 avoided of 100."
    assert figures.zoo_changes_table(TASK)[0]["worse, share"] == 0.05


def test_trust_has_a_cell_for_every_layer_with_a_classifier_only() -> None:
    fig = figures.zoo_trust(TASK)
    left, right = named(fig, "ece"), named(fig, "auroc")
    assert list(zip(left.x, left.text, strict=True)) == [(2, "10"), (1, "2"), (2, "5")]
    assert list(right.text) == [".50", ".80", ".90"]
    assert figures.zoo_trust_finding(TASK) == (
        "The least calibrated classifier is Bad's after layer 2: confidence and accuracy lie 10.0 points apart. In 1 of 2 methods the last "
        "classifier is calibrated worse than the first. Mistakes are foretold best by Good after layer 2: AUROC 0.90."
    )
    assert len(figures.zoo_trust_table(TASK)) == 3
    assert "No readings" in figures.zoo_trust_finding(replace(TASK, trust=()))


@pytest.mark.parametrize("style", [figures.LIGHT, figures.DARK])
def test_every_picture_can_be_drawn_of_nothing_and_in_both_themes(style: figures.Style) -> None:
    empty = replace(TASK, scores=(), changes=(), trust=())
    for draw in (figures.zoo_scores, figures.zoo_changes, figures.zoo_trust):
        assert draw(empty, style).layout.height > 0
    assert figures.zoo_budget(TASK, Budget(0.1, "", (), ("good",)), style).layout.height > 0
