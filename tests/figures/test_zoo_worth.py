"""Whether confidence knows when to leave: the drawn numbers, and sentences that claim no more than the intervals hold."""

from dataclasses import replace

import pytest

from dynviz import figures
from dynviz.records.zoo import Interval, Pair, Worth
from tests.figures.test_zoo import TASK, named

CALIBRATED = Worth("bad", "bad", (0.8, None), ((0.8, 0.75, 0.85), None), (0.8, 0.75, 0.85), 0.7, 0.02)
KNOWING = Worth("good", "good", (0.9, None), (None, None), (0.9, 0.85, 0.95), 0.8, 0.07)
ZERO = (0.0, -0.1, 0.1)
TOLD = replace(TASK, worth=(CALIBRATED, KNOWING), pairs=(Pair("good", "bad", (0.1, 0.02, 0.18), ZERO),))


def said(eefp: Interval, accuracy: Interval, good: Worth = KNOWING) -> str:
    return figures.zoo_worth_finding(replace(TOLD, worth=(CALIBRATED, good), pairs=(Pair("good", "bad", eefp, accuracy),)))


def test_cells_hold_what_is_stored_the_best_mean_on_top() -> None:
    fig = figures.zoo_worth(TOLD)
    exits, means = named(fig, "eefp"), named(fig, "means")
    assert [name.split("<")[0] for name in fig.layout.yaxis.ticktext] == ["Bad", "Good"]
    cells = list(zip(exits.x, exits.text, strict=True))
    assert cells == [(1, ".80"), (1, "–")], "the other has too few answers that are mended, which its mean counts all the same"
    assert exits.hovertext[1] == "Good, layer 1<br>EEFP: too few answers are not worth it<br>worth leaving: 90.0 %"
    wide = replace(KNOWING, worth=(0.9, None, 0.99, None), eefp=(None,) * 4)
    fig = figures.zoo_worth(replace(TOLD, worth=(CALIBRATED, wide)))
    assert [said.split("<")[0] for said in named(fig, "eefp").hovertext][1:] == ["Good, layer 1", "Good, layer 3"], "where it has exits"
    assert fig.layout.xaxis.range[1] > 3
    assert list(means.text) == [".80", ".70", "2.0", ".90", ".80", "7.0"]
    assert exits.hovertext[0] == "Bad, layer 1<br>EEFP 0.800 [0.750, 0.850]<br>worth leaving: 80.0 %"


def test_the_finding_says_the_lesson_and_that_nobody_exits_surely_better() -> None:
    assert figures.zoo_worth_finding(TOLD) == (
        "Whether leaving is worth it is known best by the confidence of Good, EEFP 0.900 [0.850, 0.950], and worst by that of Bad, EEFP "
        "0.800 [0.750, 0.850]: means over all exits but the last. In 1 of 1 pair of different classifiers one has surely the larger EEFP; "
        "in 1 of these it is the one calibrated worse. Better calibration need not mean knowing better when to leave: Bad has a "
        "calibration error of 2.0 points, Good one of 7.0. With one rule for all and at equal mean depth no pair surely differs in "
        "accuracy, so that none of the three measures is shown to foretell who exits better."
    )


def test_the_lesson_is_said_only_where_an_interval_holds_it() -> None:
    assert "need not" not in said((0.1, -0.02, 0.22), ZERO)
    assert "In 0 of 1 pair" in said((0.1, -0.02, 0.22), ZERO)
    better = replace(KNOWING, ece=0.01)
    assert "in 0 of these it is the one calibrated worse" in said((0.1, 0.02, 0.18), ZERO, better)
    assert "need not" not in said((0.1, 0.02, 0.18), ZERO, better)


@pytest.mark.parametrize(
    ("accuracy", "counts"),
    [
        ((0.02, 0.01, 0.03), ("EEFP in 1", "mistakes in 1", "error in 0")),
        ((-0.02, -0.03, -0.01), ("EEFP in 0", "mistakes in 0", "error in 1")),
    ],
)
def test_which_measure_is_on_the_side_of_who_exits_surely_better(accuracy: Interval, counts: tuple[str, ...]) -> None:
    found = said((0.1, 0.02, 0.18), accuracy)
    assert "1 pair surely differs in accuracy" in found
    assert all(words in found for words in counts)


def test_nothing_stored_is_said_and_drawn() -> None:
    assert "No numbers are stored" in figures.zoo_worth_finding(TASK)
    assert figures.zoo_worth(TASK).layout.height > 0
    assert [row["layer"] for row in figures.zoo_worth_table(TOLD)] == [1, "mean", 1, "mean"]
