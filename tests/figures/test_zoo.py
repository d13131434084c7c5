"""The pictures of the whole zoo draw the stored numbers; their sentences are made of them and of nothing else."""

from dataclasses import replace

import pytest

from dynviz import figures
from dynviz.figures.style import LIGHT
from dynviz.records.zoo import Budget, Changes, Chosen, Contender, Interval, Score, TaskZoo, Trust, side

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
    (Trust("good", "good", (0.7, 0.9), (0.02, 0.05), (0.7, 0.8), "uncertainty (entropy)", (0.8, 0.9)),
     Trust("bad", "bad", (None, 0.9), (None, 0.1), (None, 0.75), "counter", (None, 0.5))),
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
    better = replace(THRIFTY, leader=(0.02, 0.01, 0.03))
    marked = named(figures.zoo_budget(TASK, replace(HALF, chosen=(better, GOOD))), "difference").marker
    assert list(marked.symbol) == ["diamond", "star"]
    assert LIGHT.paper not in list(marked.color)
    assert list(dots.error_x.arrayminus)[1:] == [2, 1]
    assert list(named(fig, "further seeds").x) == [-2, 0]
    assert [a.text for a in fig.layout.annotations] == ["60.0 % at 45 %", "89.0 % at 30 %", "90.0 % at 40 %"]


def test_the_sentence_names_the_leader_those_level_with_it_the_cheapest_and_the_missing() -> None:
    assert figures.zoo_budget_finding(TASK, HALF) == (
        "Within 50 % of the compute, Good is the choice of the calibration split: 90.0 % right at 40 %, -1.0 points [-2.0, +0.0] against "
        "the plain model at full depth. Of the other 2, Thrifty alone cannot be told from it. Of these Thrifty spends least, 30 %. 1 is "
        "worse. Trained 3 times it reaches 89.0 % to 91.0 %. No setting so cheap: Dear."
    )
    assert figures.zoo_budget_finding(TASK, Budget(0.1, "", (), ("good",))) == "Within 10 % of the compute, no method has a setting."
    assert "Every other choice is worse." in figures.zoo_budget_finding(TASK, replace(HALF, chosen=(GOOD, BAD)))


def test_who_is_better_who_cannot_be_told_and_who_is_worse_is_said_exactly() -> None:
    better, level, dear = replace(THRIFTY, leader=(0.02, 0.01, 0.03)), THRIFTY, replace(THRIFTY, contender="dear", share=0.5)

    def said(*others: Chosen) -> str:
        return figures.zoo_budget_finding(TASK, replace(HALF, chosen=(*others, replace(GOOD, seeds=())), missing=()))

    assert said(better, BAD).endswith("full depth. Better on these sentences: Thrifty. 1 is worse.")
    assert said(level).endswith("The only other one, Thrifty, cannot be told from it. Of these Thrifty spends least, 30 %.")
    assert "None of the other 2 can be told from it: Thrifty and Dear. Of these" in said(level, dear)
    assert "2 of the other 3 cannot be told from it: Thrifty and Dear. Of these Thrifty spends least, 30 %. 1 is worse." in said(
        level, dear, BAD
    )
    assert said().endswith("against the plain model at full depth.")


def test_a_title_with_a_comma_stands_in_brackets_in_a_list() -> None:
    names = tuple(replace(c, title="Exit, joint" if c.name == "thrifty" else c.title) for c in TASK.contenders)
    assert "Of the other 2, Exit (joint) alone" in figures.zoo_budget_finding(replace(TASK, contenders=names), HALF)


def test_keys_and_cautions_say_how_many_are_compared_at_once_and_on_how_much() -> None:
    assert figures.zoo_budget_key(HALF) == (
        "★ chosen on the calibration split; against it ● cannot be told, ○ worse, ◆ better (95 % for both comparisons at once). Lines: the "
        "difference to the plain model (95 % for all 3 methods at once). Strokes: further seeds. ◂ further left."
    )
    assert "worse, ◆ better (95 %). Lines" in figures.zoo_budget_key(replace(HALF, chosen=(GOOD, BAD))), (
        "of one there is nothing to correct"
    )
    assert "Lines: intervals (95 % for all 3 methods at once); pale" in figures.zoo_scores_key(TASK)
    assert figures.zoo_changes_key(TASK).endswith("Surely: 95 % for both methods at once.")
    assert figures.zoo_caution(TASK) == (
        "Everything here is read off the same 100 sentences: on new ones expect a little worse, most of all of whoever comes out best."
    )
    assert "the same 100 reviews:" in figures.zoo_caution(replace(TASK, task="imdb")), "texts are called what they are"


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
        "Good stands highest above simply cutting the model: +2.0 points [+1.0, +3.0] on average. Of 3 methods Good is surely better than "
        "a plain model of the same cost, 1 is surely worse, and of 1 it cannot be told."
    )
    level = replace(TASK, scores=TASK.scores[2:])
    assert "Of 1 method none is surely better than a plain model of the same cost, none is surely worse, and of 1" in (
        figures.zoo_scores_finding(level)
    )
    assert "nothing to stand above" in figures.zoo_scores_finding(replace(TASK, scores=()))
    assert [r["method"] for r in figures.zoo_scores_table(TASK)] == ["Good", "Thrifty", "Bad"]


def test_worse_answers_go_left_and_avoided_ones_right_in_percent() -> None:
    fig = figures.zoo_changes(TASK)
    assert list(named(fig, "worse").x) == [-30, -5]
    assert list(named(fig, "avoided").x) == [2, 7]
    assert list(named(fig, "worse").text) == ["30", "5"]
    assert figures.zoo_changes_finding(TASK) == (
        "In 1 of 2 methods stopping early makes more answers wrong than it puts right. Surely so in 1, surely the other way in none. Good "
        "gains most: 5 worse, 7 avoided of 100; Bad loses most: 30 worse, 2 avoided."
    )
    assert figures.zoo_changes_finding(replace(TASK, changes=())) == "No method of this task gives answers early."
    good, bad = TASK.changes
    assert figures.zoo_changes_finding(replace(TASK, changes=(good,))) == (
        "Good gains most: 5 worse, 7 avoided of 100. It cannot be told from no change."
    )
    assert figures.zoo_changes_finding(replace(TASK, changes=(bad,))) == "Bad loses least: 30 worse, 2 avoided of 100. Surely so."
    unsure = replace(TASK, changes=(good, replace(good, avoided=4, contender="thrifty")))
    assert "In no method is that sure, nor the opposite. Good gains most" in figures.zoo_changes_finding(unsure)
    harmful = replace(TASK, changes=(replace(bad, worse=20), bad))
    assert figures.zoo_changes_finding(harmful).startswith("In all 2 methods stopping early makes more answers wrong than it puts right. ")
    helpful = replace(TASK, changes=(good, replace(good, avoided=8)))
    assert figures.zoo_changes_finding(helpful).startswith("In none of 2 methods stopping early")
    surely = replace(TASK, changes=(replace(good, difference=(0.02, 0.01, 0.03)), bad))
    assert "Surely so in 1, surely the other way in 1." in figures.zoo_changes_finding(surely)
    assert figures.zoo_changes_table(TASK)[0]["worse, share"] == 0.05


def test_trust_has_a_cell_for_every_layer_with_a_classifier_only() -> None:
    fig = figures.zoo_trust(TASK)
    left, right = named(fig, "ece"), named(fig, "own")
    assert list(zip(left.x, left.text, strict=True)) == [(2, "10"), (1, "2"), (2, "5")]
    assert list(right.text) == [".50", ".80", ".90"]
    assert figures.zoo_trust_finding(TASK) == (
        "The least calibrated classifier is that of Bad after layer 2: its confidence and its accuracy lie 10.0 points apart. In 1 of 2 "
        "methods the last classifier is calibrated worse than the first. Mistakes are foretold best by the uncertainty of Good after layer "
        "2: a right answer looks surer than a wrong one 90 % of the time, where chance is 50 %; worst by the counter of Bad after layer 2: "
        "50 %. In 1 of 2 methods the largest class probability foretells them better than the method's own signal, on average over the "
        "layers where that is read: Bad."
    )
    assert "No method" in figures.zoo_trust_finding(replace(TASK, trust=()))


def test_where_a_method_reads_no_signal_of_its_own_nothing_stands_in_for_it() -> None:
    """The largest probability is known in both layers; the own signal in the first alone, and of the other method nowhere."""
    good, bad = TASK.trust
    task = replace(TASK, trust=(replace(good, own=(0.8, None)), replace(bad, signal="", own=(None, None))))
    fig = figures.zoo_trust(task)
    assert list(named(fig, "own").text) == [".80"]
    assert [name.split(">", 2)[2].removesuffix("</span>") for name in fig.layout.yaxis.ticktext] == ["no signal of its own", "uncertainty"]
    assert "foretold best by the uncertainty of Good after layer 1" in figures.zoo_trust_finding(task)
    assert figures.zoo_trust_finding(task).endswith("Without a signal of its own: Bad.")
    rows = figures.zoo_trust_table(task)
    assert [(r["layer"], r["AUROC, largest probability"], r["AUROC, own signal"], r["own signal"]) for r in rows] == [
        (1, 0.7, 0.8, "uncertainty (entropy)"), (2, 0.8, None, "uncertainty (entropy)"), (2, 0.75, None, "none"),
    ]  # fmt: skip
    assert named(figures.zoo_trust(TASK), "own").hovertext[0] == (
        "Bad, layer 2<br>AUROC 0.500 by counter; 0.750 by the largest class probability"
    )


@pytest.mark.parametrize("style", [figures.LIGHT, figures.DARK])
def test_every_picture_can_be_drawn_of_nothing_and_in_both_themes(style: figures.Style) -> None:
    empty = replace(TASK, scores=(), changes=(), trust=())
    for draw in (figures.zoo_scores, figures.zoo_changes, figures.zoo_trust):
        assert draw(empty, style).layout.height > 0
    assert figures.zoo_budget(TASK, Budget(0.1, "", (), ("good",)), style).layout.height > 0


def test_an_interval_that_only_touches_zero_lies_on_neither_side() -> None:
    found = [side(x) for x in ((0.02, 0.01, 0.03), (0.02, 0.0, 0.03), (-0.02, -0.03, 0.0), (-0.02, -0.03, -0.01))]
    assert found == ["above", "level", "level", "below"]
