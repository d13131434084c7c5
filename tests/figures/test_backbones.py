"""What holds on another backbone: in words, in a table, and in pictures."""

from dataclasses import replace
from pathlib import Path

import pytest

from dynviz.errors import InputError
from dynviz.figures import backbones_pictures as pictures
from dynviz.figures.backbones import backbones_bought, backbones_findings, backbones_table
from dynviz.records import backbones as stored
from dynviz.records.backbones import Held, Order, Reached, Shares, TaskBackbones
from dynviz.records.zoo import Interval


def reached(name: str, *accuracy: float) -> Reached:
    one, other = ((a - plain, a - plain - 0.01, a - plain + 0.01) for a, plain in zip(accuracy, (0.91, 0.934), strict=True))
    return Reached(name, (accuracy[0], accuracy[1]), (0.5, 0.25), (one, other))


EARLY = Shares(
    (Held("A", (0.4, 0.6), (0.2, 0.1, 0.3)), Held("B", (0.4, 0.3), (-0.1, -0.2, -0.01)), Held("C", (0.4, 0.41), (0.01, -0.1, 0.1))),
    (0.037, -0.01, 0.08),
)
LATE = Shares((Held("D", (0.05, 0.06), (0.01, -0.02, 0.03)),), (0.01, 0.002, 0.018))
THREE = (reached("A", 0.9, 0.92), reached("B", 0.88, 0.93), reached("C", 0.8, 0.9))
FOUND = TaskBackbones(
    "sst2", "dev", 872, ("sst2", "sst2/mpnet"), (6, 12), (0.91, 0.934), 0.67,
    (((0.17, 0.75), (1.0, 0.91)), ((1.34, 0.79), (2.68, 0.84), (8.04, 0.934))),
    (Order(0.5, THREE, (0.5, 0.1, 0.9)), Order(0.3, (reached("A", 0.7, 0.8),), None)), EARLY, LATE, {},
)  # fmt: skip


def test_what_depth_buys_is_told_with_what_it_costs() -> None:
    assert backbones_bought(FOUND) == (
        "At full depth 6 layers have 91.0 % right and 12 layers 93.4 %, over 872 sentences of dev; BERT-base is reported with 93.5 % "
        "(Devlin et al., NAACL 2019, table 1, on the test set). One of the 12 layers takes 67 % of the work of the whole model of 6, all "
        "of them 8.04 times its work: what they buy is depth to look at and a higher level, not efficiency. Cut to 1.34 times that work "
        "and tuned, the deeper model has 79.0 % right."
    )
    narrow = replace(FOUND, static=((), ((0.1, 0.6), (1.34, 0.79), (8.04, 0.934))))
    assert "Cut to 1.34 times that work" in backbones_bought(narrow), "the one nearest to the work of the other, not the cheapest"
    bare = backbones_bought(replace(FOUND, task="imdb", plain=(0.93, 0.91), static=((), ())))
    assert bare.endswith("what they buy is depth to look at, not efficiency."), "a level that is not higher is not called so"
    assert "BERT-base" not in bare


@pytest.mark.parametrize(
    ("interval", "says"), [((0.5, 0.1, 0.9), "It holds that"), ((0.5, -0.5, 1.0), "It cannot be told whether"),
                           ((-0.5, -0.9, -0.1), "It does not hold that")],
)  # fmt: skip
def test_each_finding_holds_or_not_or_cannot_be_told(interval: Interval, says: str) -> None:
    value, low, high = interval
    found = replace(FOUND, orders=(Order(0.5, THREE, interval),), early=replace(EARLY, mean=interval), overthought=Shares((), None))
    order, early = backbones_findings(found)
    assert order.side == early.side
    assert order.said == (
        f"{says} methods keep the order of 6 layers on 12 within 50 % of the compute: the ranks of 3 methods correlate by {value:.2f} "
        f"[{low:.2f}, {high:.2f}] (Spearman)."
    )
    assert early.said == (
        f"{says} at least as many sentences leave in the first third of the layers with 12 layers as with 6: 43.7 % against 40.0 % on "
        f"average over 3 methods, {100 * value:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}]; surely more in 1, surely fewer in 1, "
        "not to be told in 1."
    )


def test_of_one_method_there_is_no_average_and_of_few_no_order() -> None:
    said = [one.said for one in backbones_findings(FOUND)]
    assert said[1] == (
        "It cannot be told whether methods keep the order of 6 layers on 12 within 30 % of the compute: 1 method with a setting on both "
        "gives none."
    )
    assert said[3] == (
        "It holds that at least as many sentences are right at some exit and wrong at the last with 12 layers as with 6: 6.0 % against "
        "5.0 %, +1.0 points [+0.2, +1.8]."
    )


def test_the_table_holds_every_number() -> None:
    rows = backbones_table(FOUND)
    assert len(rows) == 1 + 4 + 4
    assert list(rows[0].values()) == ["right at full depth", "Plain model", "91.0 %", "93.4 %", ""]
    assert list(rows[0])[2:4] == ["6 layers", "12 layers"]
    assert rows[1]["12 layers"] == "92.0 %, -1.4 [-2.4, -0.4]"
    assert rows[5]["difference"] == "+20.0 [+10.0, +30.0]"


def test_work_is_drawn_in_one_unit() -> None:
    """Half of the compute of six layers is half of the unit, a quarter of twelve layers' two units."""
    few, settings, many, others = pictures.backbones_work(FOUND).data
    assert (list(few.x), list(many.x)) == ([0.17, 1.0], [1.34, 2.68, 8.04])
    assert set(settings.x) == {0.5}
    assert list(others.x) == pytest.approx([0.25 * 8.04] * 4)
    assert "93.4 % right at 8.04 times the work, 100 % of its own plain model's" in many.hovertext[-1]
    rows = pictures.backbones_work_table(FOUND)
    assert [row["work"] for row in rows if row["method"] == "Plain model"] == [*few.x, *many.x]


def test_methods_are_rows_with_a_mark_for_each_backbone() -> None:
    order = FOUND.orders[0]
    fig = pictures.backbones_order(FOUND, order)
    assert list(fig.layout.yaxis.ticktext) == ["C", "B", "A"], "the best on the shallower on top"
    assert [(trace.name, list(trace.x)) for trace in fig.data] == [
        ("6 layers", pytest.approx([-11, -3, -1])), ("12 layers", pytest.approx([-3.4, -0.4, -1.4])),
    ]  # fmt: skip
    assert pictures.backbones_order_finding(FOUND, order) == (
        "Within 50 % of the compute 2 of 3 methods stand nearer to their own plain model on 12 layers than on 6 layers: C moves most, "
        "from -11.0 points to -3.4."
    )
    assert pictures.backbones_order_table(FOUND, order)[0]["12 layers: points"] == pytest.approx(-1.4)


def test_a_share_that_surely_moves_is_a_thick_line() -> None:
    fig = pictures.backbones_shares(FOUND)
    assert list(fig.layout.yaxis.ticktext) == ["D", "B", "C", "A"], "who is in the right column alone stands lowest"
    assert [(trace.xaxis, trace.line.width, list(trace.x)) for trace in fig.data] == [
        ("x", 4, [40, 60]), ("x", 4, [40, 30]), ("x", 1, [40, 41]), ("x2", 1, [5, 6]),
    ]  # fmt: skip
    for axis in (fig.layout.xaxis, fig.layout.xaxis2):
        assert axis.range[0] < 0, "a mark at zero hides no name"
    assert pictures.backbones_shares_finding(FOUND).startswith(
        "The share of sentences that leave in the first third of the layers moves most in A: 40.0 % with 6 layers, 60.0 % with 12 layers."
    )
    assert len(pictures.backbones_shares_table(FOUND)) == 4


def test_a_method_that_changes_nothing_is_held_by_the_rule_of_three_and_against_the_plain_model() -> None:
    """3 of 872 are 0.34 %; within a budget the zoo counts what is lost against the plain model, not against own full depth."""
    same = Reached("A", (0.91, 0.934), (0.5, 0.25), ((0.0, 0.0, 0.0), (-0.01, -0.02, 0.0)))
    row = backbones_table(replace(FOUND, orders=(Order(0.7, (same,), None),)))[1]
    assert row == {
        "what": "right within 70 %, to its plain model", "method": "A", "6 layers": "91.0 %, +0.0 [none of 872 differs: at most ±0.3]",
        "12 layers": "93.4 %, -1.0 [-2.0, +0.0]", "difference": "",
    }  # fmt: skip


ZERO = (0.0, 0.0, 0.0)
NONSENSE = {
    "no sentences": replace(FOUND, sentences=0),
    "no layers": replace(FOUND, layers=(0, 12)),
    "a cut that computes nothing": replace(FOUND, static=(((0.0, 0.5),), ())),
    "an accuracy above the whole": replace(FOUND, orders=(Order(0.5, (Reached("A", (1.5, 0.9), (0.5, 0.2), (ZERO, ZERO)),), None),)),
    "an interval turned round": replace(FOUND, early=Shares((Held("A", (0.4, 0.6), (0.2, 0.3, 0.1)),), ZERO)),
    "a mean of nothing": replace(FOUND, overthought=Shares((), ZERO)),
    "methods without a mean": replace(FOUND, early=replace(EARLY, mean=None)),
    "an unknown task": replace(FOUND, task="weather"),
    "another name": replace(FOUND, names=("sst2", "sst2/other")),
}


@pytest.mark.parametrize("what", NONSENSE)
def test_stored_numbers_that_cannot_be_are_refused(tmp_path: Path, what: str) -> None:
    file = tmp_path / stored.FILE
    stored.write({"sst2/mpnet": FOUND}, file)
    assert stored.read(file) == {"sst2/mpnet": FOUND}
    stored.write({"sst2/mpnet": NONSENSE[what]}, file)
    with pytest.raises(InputError, match=r"backbones\.json cannot be read"):
        stored.read(file)
