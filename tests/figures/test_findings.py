"""The findings of the figures turn round when the numbers do: more and less, first and last, surely and not.

Only the words that point somewhere, and the numbers, are held to; the rest of a sentence may be reworded.
"""

from dataclasses import replace

import numpy as np
import pytest

from dynviz import figures
from dynviz.cli.insights import _rows
from dynviz.figures import Curve, Group, beside_finding, exit_finding, funnel_finding, rule_finding, tradeoff_finding
from dynviz.figures.aligned import Row, aligned_finding
from dynviz.figures.depths import depth_sentences
from dynviz.figures.race import Lane, race_finding
from dynviz.records import Trace
from dynviz.records.card import Comparison
from dynviz.records.zoo import Changes, Score
from tests.figures.build import trace
from tests.figures.test_stream import made
from tests.figures.test_zoo import BAD, GOOD, HALF, TASK, THRIFTY

NAN = np.nan


def in_order(said: str, *parts: str) -> bool:
    """Whether all parts stand in the sentence, one after the other."""
    at = 0
    for part in parts:
        at = said.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


LAYERS = ["layer 1", "layer 2", "layer 3", "layer 4"]


def test_the_other_run_stops_deeper_or_earlier() -> None:
    shallow, deep = [1, 1, 2, 2], [2, 4, 4, 4]  # 1.5 and 3.5 on average
    assert in_order(beside_finding(shallow, deep, LAYERS, ("a", "b")), "“b”", "deeper", "3.5 of 4", "1.5", "layer 4", "75 %", "0 %")
    assert in_order(beside_finding(deep, shallow, LAYERS, ("a", "b")), "“b”", "earlier", "1.5 of 4", "3.5", "layer 4", "0 %", "75 %")


SHORT, LONG = Group("short", 40, 1.5, 1.2, 1.8), Group("long", 30, 3.0, 2.6, 3.4)


def test_a_measure_rises_or_falls_along_bins() -> None:
    assert in_order(figures.difficulty_finding([SHORT, LONG], 2, "length", "depth", binned=True), "rises", "1.50 at short", "3.00 at long")
    assert in_order(figures.difficulty_finding([LONG, SHORT], 2, "length", "depth", binned=True), "falls", "3.00 at long", "1.50 at short")


def test_a_measure_is_highest_and_lowest_whatever_the_order_of_the_groups() -> None:
    for groups in ([SHORT, LONG], [LONG, SHORT]):
        said = figures.difficulty_finding(groups, 2, "kind", "depth")
        assert in_order(said, "highest", "long (3.00)", "lowest", "short (1.50)")
        assert "chance" not in said
    assert "chance" in figures.difficulty_finding([SHORT, replace(LONG, low=1.8)], 2, "kind", "depth"), "1.8 ends one and begins the other"


def test_early_exits_may_be_the_better_or_the_worse_ones() -> None:
    exits, early, late = [1, 1, 1, 1, 3], [True, True, True, False, False], [False, False, False, True, True]
    assert in_order(exit_finding(exits, early, 3), "80 % of 5", "layer 1", "1.4 of 3", "Right after layer 1: 75 %", "layer 3: 0 %")
    assert in_order(exit_finding(exits, late, 3), "Right after layer 1: 25 %", "layer 3: 100 %")


@pytest.mark.parametrize(
    ("side", "word", "layer"),
    [("below", "below 0.5", 2), ("at least", "at least 0.5", 1), ("at most", "at most 0.5", 1), ("above", "above 0.5", 3)],
)
def test_a_rule_stops_on_its_own_side_of_the_limit(side: str, word: str, layer: int) -> None:
    compared = Comparison("u", "uncertainty", np.array([NAN, 0.5, 0.4, 0.9]), np.full(4, 0.5), side)  # type: ignore[arg-type]
    said = rule_finding(trace(["a"]), [compared])
    assert in_order(said, f"after layer {layer}", word), said


def test_words_that_met_a_condition_are_counted_and_none_may_have() -> None:
    values = np.array([[NAN] * 4, [NAN, 0.2, 0.9, NAN], [NAN, 0.3, NAN, NAN], [NAN] * 4])
    one, none = (Comparison("c", "confidence", values, np.full(4, limit), "above") for limit in (0.7, 0.95))
    assert in_order(rule_finding(trace(["a", "b"]), [one]), "1 of 2", "layer 1")
    assert "0 of 2" in rule_finding(trace(["a", "b"]), [none])


def test_a_race_is_won_by_the_cheaper_run_or_by_nobody() -> None:
    half, whole = (Lane(name, np.array([x / 2, x]), ("layer 1", "layer 2"), "y", 1.0) for name, x in (("half", 0.5), ("whole", 1.0)))
    for lanes in ([half, whole], [whole, half]):
        assert in_order(race_finding(lanes), "half", "first", "50 %", "whole", "2.0 times", "100 %")
    level = race_finding([whole, replace(whole, label="other")])
    assert "100 %" in level
    assert "first" not in level


def test_rows_of_the_same_depths_are_nowhere_apart() -> None:
    row = Row("one", ("a", "b"), (1, 3), 4)
    assert "same depth" in aligned_finding([row, replace(row, label="two")])
    assert in_order(aligned_finding([row, Row("two", ("a", "b"), (2, 1), 4)]), "one 2.0 of 4", "two 1.5 of 4", "“b”", "3 and 1")


def answer(layer: int, label: int) -> Trace:
    """A sentence of two tokens that leaves after a layer of three with this of two labels."""
    probs = np.full((4, 1, 2), NAN)
    probs[1 : layer + 1] = [0.9, 0.1] if label == 0 else [0.1, 0.9]
    return trace([], [layer] * 2, unit="sentence", kind="exit", labels=("bad", "good"), probs=probs)


def test_full_depth_agrees_or_says_something_else() -> None:
    early, same, other = answer(1, 0), answer(3, 0), answer(3, 1)
    for finding in (lambda full: " ".join(depth_sentences(early, full)), lambda full: figures.trajectory_finding(early, full)):
        assert "agrees" in finding(same)
        assert "agrees" not in finding(other)
        assert "says good" in finding(other)


def test_a_sentence_stops_early_or_uses_all_layers() -> None:
    early, late = depth_sentences(answer(1, 0))[0], depth_sentences(answer(3, 1))[0]
    assert in_order(early, "layer 1 of 3", "bad")
    assert in_order(late, "all 3 layers", "good")
    assert "stopped" not in late


def test_words_settle_apart_or_together() -> None:
    apart, together = (" ".join(depth_sentences(trace(["a", "b", "c"], depth=d))) for d in ([3, 1, 1, 3, 3], [3, 2, 2, 2, 3]))
    assert in_order(apart, "2 of 3 words", "after 1 layer", "“c”", "layer 3", "1.7 of 3")
    assert in_order(together, "All 3 words", "2 layers", "2.0 of 3")


def test_tokens_are_gone_or_frozen_or_all_go_through() -> None:
    drop, freeze, full = (
        trace(["a", "b"], depth=d, unit="sentence", kind=k)
        for d, k in (([3, 1, 3, 3], "drop"), ([3, 1, 3, 3], "freeze"), ([3] * 4, "drop"))
    )
    said = [" ".join(depth_sentences(t)) for t in (drop, freeze, full)]
    assert "1 of 4 tokens is gone by layer 3" in said[0]
    assert "1 of 4 tokens is frozen by layer 3" in said[1]
    assert "all 3 layers" in said[2]


def test_the_answer_cannot_change_or_was_open_to_the_end() -> None:
    p, low, high = [0.5, 0.25], [0.4, 0.7], [0.6, 0.3]
    assert in_order(figures.halting_finding(p, low, high, 2), "layer 2 of 2", "cannot change", "at least 70 %", "30 % at most", "0.25")
    assert "open" in figures.halting_finding(p, low, [0.6, 0.8], 2)


def test_a_funnel_names_the_layer_that_loses_most_if_any_does() -> None:
    assert in_order(funnel_finding([8, 7, 3, 2]), "2 of 8", "layer 2 loses most, 4")
    assert "loses" not in funnel_finding([8, 8, 8])
    assert "60 % of a plain one" in funnel_finding([8, 4], [1.0, 0.6])


def test_scores_below_their_threshold_are_counted_and_the_closest_kept_one_is_named() -> None:
    values = np.full((4, 3), NAN)
    values[1], values[3, 0] = [0.9, 0.3, 0.6], 0.9
    read = Comparison("importance", "importance", values, np.full(4, 0.5), "below")
    said = figures.scores_finding(trace(["a"], unit="sentence", readings={"importance": values}), read)
    assert in_order(said, "1 of 4", "below", "“[SEP]”", "layer 1", "1.2 times")


def test_without_a_point_in_use_the_cheapest_that_stays_within_a_point_is_named() -> None:
    full, good = Curve("full depth", "full", [1.0], [0.9]), Curve("good", "method", [1.0, 0.6, 0.4], [0.9, 0.895, 0.88])
    better, poor = Curve("better", "method", [0.5], [0.91]), Curve("poor", "method", [0.1], [0.5])
    assert in_order(tradeoff_finding([full, good, poor]), "good", "within 1 pt", "60 %")
    assert in_order(tradeoff_finding([full, good, better]), "better", "within 1 pt", "50 %")
    assert "No method" in tradeoff_finding([full, poor])
    assert in_order(tradeoff_finding([full, good], ("good", 2)), "good", "40 %", "-2.0 pt", "88.0 %")
    assert in_order(tradeoff_finding([full, better], ("better", 0)), "better", "50 %", "+1.0 pt", "91.0 %")


# The zoo


def test_who_is_level_with_the_leader_who_is_worse_and_who_is_missing() -> None:
    said = figures.zoo_budget_finding(TASK, HALF)
    assert in_order(said, "Good is the choice", "90.0 %", "40 %", "-1.0", "Thrifty alone cannot be told", "Thrifty spends least, 30 %")
    assert "Bad" not in said
    alone = figures.zoo_budget_finding(TASK, replace(HALF, chosen=(GOOD, BAD)))
    assert "Every other choice is worse" in alone
    assert "cannot be told" not in alone
    dear = replace(HALF, chosen=(GOOD, replace(THRIFTY, share=0.45), replace(THRIFTY, contender="bad", share=0.3)))
    assert "Bad spends least, 30 %" in figures.zoo_budget_finding(TASK, dear)


@pytest.mark.parametrize(
    ("interval", "above", "below"),
    [
        ((0.02, 0.01, 0.03), "Good is surely better", "none is surely worse"),
        ((0.02, 0.0, 0.03), "none is surely better", "none is surely worse"),
        ((-0.02, -0.03, -0.01), "none is surely better", "1 is surely worse"),
    ],
)
def test_who_lies_surely_above_the_static_line_and_who_below(interval: tuple[float, float, float], above: str, below: str) -> None:
    said = figures.zoo_scores_finding(replace(TASK, scores=(Score("good", interval, 3),)))
    assert in_order(said, "Good stands highest", above, below)


def test_the_highest_score_is_the_highest_whatever_the_order() -> None:
    for scores in (TASK.scores, TASK.scores[::-1]):
        said = figures.zoo_scores_finding(replace(TASK, scores=scores))
        assert in_order(said, "Good stands highest", "+2.0", "Good is surely better", "1 is surely worse")


def test_stopping_early_avoids_more_than_it_harms_or_less() -> None:
    helped, harmed = (Changes(name, name, {}, 0.4, 100, w, a, 0, (0.0, 0.0, 0.0)) for name, w, a in (("good", 2, 5), ("bad", 5, 2)))
    for changes in ((helped, harmed), (harmed, helped)):
        said = figures.zoo_changes_finding(replace(TASK, changes=changes))
        ends = "Good gains most: 2 worse, 5 avoided", "Bad loses most: 5 worse, 2 avoided"
        assert in_order(said, "In 1 of 2", "more answers wrong", *ends)
    assert "In all 2 methods" in figures.zoo_changes_finding(replace(TASK, changes=(harmed, replace(harmed, worse=6))))
    level = replace(helped, worse=5)
    said = figures.zoo_changes_finding(replace(TASK, changes=(level, harmed)))
    assert in_order(said, "In 1 of 2", "Good gains as much as it loses: 5 worse, 5 avoided"), "as many is not more"
    fewest, more, most = (replace(harmed, contender=name, worse=w, avoided=w - 2) for name, w in (("good", 2), ("thrifty", 8), ("bad", 9)))
    for order in ((more, most, fewest), (fewest, most, more)):
        said = figures.zoo_changes_finding(replace(TASK, changes=order))
        assert in_order(said, "Good loses least: 2 worse, 0 avoided", "Bad loses most: 9 worse, 7 avoided"), "fewest harmed"


def test_a_signal_of_its_own_foretells_mistakes_better_or_worse_than_the_probability() -> None:
    """After two layers: the counter's .5 lies below the probability's .75, the entropy's .8 and .9 above its .7 and .8."""
    good, bad = TASK.trust
    turned = replace(TASK, trust=(replace(good, own=(0.6, 0.6)), replace(bad, own=(None, 0.9))))
    for task, best, worst, whose in ((TASK, "Good", "50 %", "Bad"), (turned, "Bad", "60 %", "Good")):
        said = figures.zoo_trust_finding(task)
        assert in_order(said, "foretold best by", f"of {best} after layer 2", "worst by", worst, "In 1 of 2 methods the largest class")
        assert said.endswith(f"{whose}.")


def test_the_terminal_marks_who_is_better_or_worse_than_the_leader() -> None:
    better = replace(TASK, budgets=(replace(HALF, chosen=(GOOD, replace(THRIFTY, leader=(0.02, 0.01, 0.03)), BAD)),))
    good, thrifty, bad, dear = _rows(better)
    assert [row["method"] for row in (good, thrifty, bad, dear)] == ["Good", "Thrifty", "Bad", "Dear"]
    said = [next(text for name, text in row.items() if name.startswith("within 50")) for row in (good, thrifty, bad, dear)]
    assert ["worse" in text for text in said] == [False, False, True, False]
    assert ["better" in text for text in said] == [False, True, False, False]
    assert in_order(said[0], "0.900", "40")
    assert said[3] == "-"
    assert in_order(str(bad["above a cut model"]), "-0.200", "-0.220", "-0.180")


# Confidence, streams


@pytest.mark.parametrize(
    ("sure", "said"), [(0.83, "surer than"), (0.77, "less sure than"), (0.81, "about as sure as"), (0.79, "about as sure as")]
)
def test_a_model_is_surer_than_right_or_less_by_two_points_at_least(sure: float, said: str) -> None:
    assert in_order(
        figures.reliability_finding(0.04, sure, 0.8, "layer 2", 100), "layer 2", said, f"{sure:.0%}".replace("%", " %"), "80 % right"
    )


def test_the_exit_furthest_from_honest_and_the_best_at_foretelling() -> None:
    names, accuracy = ["layer 1", "layer 2"], np.array([0.6, 0.9])
    said = figures.foresight_finding(names, accuracy, np.array([0.05, 0.2]), np.array([0.8, 0.6]))
    assert in_order(said, "furthest", "layer 2", "20.0", "best", "layer 1", "80 %")
    turned = figures.foresight_finding(names, accuracy, np.array([0.2, 0.05]), np.array([0.6, 0.8]))
    assert in_order(turned, "furthest", "layer 1", "20.0", "best", "layer 2", "80 %")


def test_what_a_stream_plays_most_may_not_be_the_best_fixed_threshold() -> None:
    low = made([0, 0, 0, 1], [0, 0, 0, 0.2], [1, 0, 0, 1])  # the low one, though the high one earns more
    assert in_order(figures.stream_finding([low]), "0.5 most", "best fixed", "0.8", "layer 1.2 of 2", "50 %", "2.0, 100 %", "0.6")
