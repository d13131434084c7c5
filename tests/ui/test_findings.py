"""What the pages say turns round when the numbers do: more and less, better and worse, further and less far.

Only the words that point somewhere, and the numbers, are held to; the rest of a sentence may be reworded.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st

from dynviz.data.edits import Edit
from dynviz.figures import promise
from dynviz.figures.columns import columns
from dynviz.records import Sweep, Trace
from dynviz.records.card import Comparison
from dynviz.records.settled import Settled
from dynviz.records.slices import Slice
from dynviz.records.tasks import Metric
from dynviz.ui.compare.said import of_models, of_texts
from dynviz.ui.data import board as data_board
from dynviz.ui.data import kinds
from dynviz.ui.data.rows import outcome as row_outcome
from dynviz.ui.data.view import DataView
from dynviz.ui.parts import operating, words
from dynviz.ui.sentence import screen
from dynviz.ui.sentence.said import badges, edited, settled, step
from dynviz.ui.tradeoff import budget, chart
from dynviz.ui.tradeoff.board import Line, Pick, Spot
from dynviz.ui.tradeoff.rows import _worst
from tests.figures.build import sweep, trace
from tests.figures.test_findings import in_order

NAN = np.nan


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is put on the page as headline and as text."""
    found: list[str] = []
    for name in ("title", "header", "subheader", "markdown"):
        monkeypatch.setattr(st, name, lambda said, **_: found.append(said.replace("\\", "")))
    return found


# The verdicts of the Trade-off and the Data page

VERDICTS = [
    ([1] * 10, [0] * 10, "-100.0 points [-100.0, -100.0]", "below zero", "costs accuracy"),
    ([0] * 10, [1] * 10, "+100.0 points [+100.0, +100.0]", "above zero", "better than full depth"),
    ([1, 0] * 5, [0, 1] * 5, "+0.0 points [-", "includes zero", "no difference can be shown"),
    ([1] * 10, [1] * 10, "", "", "Not one answer changes"),
]


@pytest.mark.parametrize(("full", "here", "numbers", "side", "said"), VERDICTS)
def test_the_tradeoff_verdict_reads_its_interval_the_right_way(
    full: list[int], here: list[int], numbers: str, side: str, said: str, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "metrics", lambda *_: None)
    found = sweep([full, here], [1.0, 0.4])
    choice = SimpleNamespace(checkpoint=SimpleNamespace(config=SimpleNamespace(title="M")))
    task = SimpleNamespace(text="sentence")
    chart.headline(SimpleNamespace(sweep=found, spot=Spot("m", 1), choice=choice, task=task, name=lambda _: "M"))  # type: ignore[arg-type]
    head, line = written
    assert in_order(head, "40 % of compute", numbers)
    assert in_order(line, f"{10 * sum(here)}.0 % right", side, said)
    assert sum(words in line for *_, words in VERDICTS) == 1


@pytest.mark.parametrize(("full", "here", "numbers", "side", "said"), VERDICTS)
def test_the_verdict_on_rows_of_ones_own_reads_its_interval_the_right_way(
    full: list[int], here: list[int], numbers: str, side: str, said: str, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sweep([full, here], [1.0, 0.4])
    monkeypatch.setattr(operating, "metrics", lambda *_: None)
    gathered = SimpleNamespace(lost=np.zeros(10))
    data_board.headline(SimpleNamespace(sweep=found, said=lambda: "10 rows", labelled=True, gathered=gathered))  # type: ignore[arg-type]
    head, line = written
    assert in_order(head, "40 % of compute", numbers)
    assert in_order(line, side, said)
    assert sum(words in line for *_, words in VERDICTS) == 1


def test_rows_without_labels_are_never_called_right_or_worse(written: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating, "metrics", lambda *_: None)
    view = SimpleNamespace(sweep=sweep([[1] * 10, [1] * 7 + [0] * 3], [1.0, 0.4]), said=lambda: "10 rows", labelled=False)
    view.gathered = SimpleNamespace(lost=np.zeros(10))
    data_board.headline(view)  # type: ignore[arg-type]
    assert in_order(written[0], "40 % of compute", "70.0 %")
    assert in_order(written[1], "3 of 10", "differ")


def kind(tag: str, difference: float, low: float, high: float) -> Slice:
    return Slice(tag, 40, 40, 0.8, 0.8 - difference, difference, low, high, 0.5, 3.0, 2, 0)


@pytest.mark.parametrize("told", [_worst, kinds.worst])
def test_the_kind_that_loses_most_is_named_and_how_sure_that_is(told: Callable[[list[Slice], Metric], str]) -> None:
    sure, unsure, gains = kind("long", -0.1, -0.2, -0.01), kind("negation", -0.05, -0.1, 0.02), kind("short", 0.1, 0.05, 0.2)
    everything = kind("all", -0.3, -0.4, -0.2)
    assert in_order(told([everything, gains, unsure, sure], "accuracy"), "long", "-10.0 points", "excludes zero")
    assert in_order(told([everything, gains, unsure], "accuracy"), "negation", "-5.0 points", "none of these losses is certain")
    assert "loses entity F1" in told([everything, gains], "entity F1")
    assert "short" not in told([everything, gains, unsure], "accuracy")
    other = told([kind("long", -0.1, -0.2, 0.01), kind("negation", -0.05, -0.06, -0.01)], "accuracy")  # the largest is not the sure one
    assert "long" in other
    assert "excludes" not in other
    assert "certain" not in other


def test_without_labels_the_kind_whose_answers_differ_most_is_named(written: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [SimpleNamespace(name=n, mean=m, low=m, high=m, rows=np.arange(4)) for n, m in (("short", 0.9), ("long", 0.7), ("plain", 0.8))]
    monkeypatch.setattr(kinds.difficulty, "found", lambda *_: (parts, 0.8))
    monkeypatch.setattr(kinds.groups, "totals", lambda *_: SimpleNamespace(over=lambda _: (0.5, 0.0, 1.0)))
    monkeypatch.setattr(kinds.show, "open_table", lambda *_: None)
    kinds._blind(SimpleNamespace(outcome=None))  # type: ignore[arg-type]
    assert in_order(written[0], "differs", "long", "30 %", "n = 4")


def test_a_row_is_worse_avoided_right_or_wrong_and_without_labels_the_same_or_not() -> None:
    found = sweep([[1, 0, 1, 0, 0], [0, 1, 1, 0, 2]], [1.0, 0.4])  # right is 1
    for labelled, want in (
        (True, ["worse", "avoided", "right", "wrong", "wrong"]),
        (False, ["differs", "differs", "same", "same", "differs"]),
    ):
        job = SimpleNamespace(about=SimpleNamespace(labelled=labelled, unit="sentence"))
        view = DataView(job, 1, {}, None, SimpleNamespace(sweep=found))  # type: ignore[arg-type]
        assert [row_outcome(view, i) for i in range(5)] == want


@pytest.mark.parametrize(
    ("low", "seen", "high", "said"),
    [
        (0.0, 0.01, 0.02, "whole 95 % interval lies within"),
        (0.005, 0.01, 0.03, "within the limit of 2 %; its 95 % interval reaches beyond"),
        (0.01, 0.03, 0.05, "above the limit of 2 %, but"),
        (0.03, 0.05, 0.07, "whole 95 % interval lies above"),
    ],
)
def test_a_promise_is_kept_open_or_broken(low: float, seen: float, high: float, said: str) -> None:
    found = promise.checked("differs", "sentence", (seen, low, high), 0.02, 0.95, 0.5)
    assert said in found
    assert ("broken" in found) == (low > 0.02)


def picked(spent: float, within: float = 0.38) -> Pick:
    """Chosen for a budget of 40 %, spending so much on the report split."""
    spot = Spot("m", 1)
    return Pick(Line("M", (), (spot,)), spot, spot, 0.4, (within, 0.9), (spent, 0.88), (-0.02, -0.03, -0.01))


@pytest.mark.parametrize(
    ("pick", "over", "kept"), [(picked(0.43), "3.0 points", True), (picked(0.4), "", True), (picked(0.43, within=0.45), "", False)]
)
def test_what_a_budget_was_overspent_by_is_said_if_it_was(
    pick: Pick, over: str, kept: bool, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "plain", str)
    found = sweep([[1] * 10, [1] * 10], [1.0, 0.4])
    task = SimpleNamespace(splits={"calibration": "cal", "report": "dev"}, text="sentence")
    view = SimpleNamespace(calibration={"m": found}, report={"m": found}, task=task, spot=None)
    budget._outcome(view, replace(pick, line=replace(pick.line, members=(SimpleNamespace(runnable=False, config=None),))))  # type: ignore[arg-type]
    there, here = written[1], written[3]
    assert ("No setting" in there) == (not kept)
    assert in_order(here, "88.0 % right", "-2.0 points [-3.0, -1.0]", over)
    assert ("more than the budget" in here) == bool(over)


# Traces beside each other


def exits(depth: int, label: int = 0, words_: Sequence[str] = ("a", "b")) -> Trace:
    """A sentence that leaves after a layer of three with this of two labels."""
    probs = np.full((4, 1, 2), NAN)
    probs[1 : depth + 1] = [0.9, 0.1] if label == 0 else [0.1, 0.9]
    return trace(words_, [depth] * (len(words_) + 2), unit="sentence", kind="exit", labels=("bad", "good"), probs=probs)


def tags(*given: str) -> np.ndarray:
    """Probabilities of a tag for each word, the same after all three layers."""
    probs = np.full((4, len(given) + 2, 2), NAN)
    probs[1:, 1:-1] = [{"DET": [0.9, 0.1], "NOUN": [0.1, 0.9]}[tag] for tag in given]
    return probs


def test_the_cheapest_and_the_dearest_model_are_named_whatever_the_order() -> None:
    cheap, dear = exits(1), exits(3)
    for labels, traces in ((["cheap", "dear"], [cheap, dear]), (["dear", "cheap"], [dear, cheap])):
        assert in_order(of_models(labels, traces), "cheap is the cheapest", "33 %", "dear", "dearest", "100 %", "All say bad")
    assert in_order(of_models(["a", "b", "c"], [cheap, dear, cheap]), "a and c are the cheapest", "b the dearest")
    level = of_models(["one", "two"], [dear, exits(3, 1)])
    assert in_order(level, "All take 100 %", "not agree", "one says bad", "two says good")
    assert "cheapest" not in level


def test_models_that_tag_agree_or_differ_on_words_by_name() -> None:
    one, two = (trace(["a", "b"], probs=tags("DET", last)) for last in ("DET", "NOUN"))
    assert in_order(of_models(["x", "y"], [one, two]), "differ", "“b”")
    assert "same tags" in of_models(["x", "y"], [one, one])


def test_a_text_costs_more_because_it_is_longer() -> None:
    short, long = trace(["a"]), trace(["a", "b", "c", "d"])
    for pair, name in (((short, long), "second"), ((long, short), "first")):
        said = of_texts(*pair)
        assert said.startswith(f"The {name} text costs 2.2 times")  # twice the tokens; attention grows with their square
        assert in_order(said, "longer (6 pieces against 3)", "100 %", "the same share")


def test_a_text_costs_more_because_the_model_goes_further_in_it() -> None:
    early, late = exits(1), exits(3)
    for pair, name in (((early, late), "second"), ((late, early), "first")):
        assert in_order(
            of_texts(*pair), f"The {name} text costs 3.0 times", "equally long", "a larger share", "100 % against 33 %"
        )
    assert "cost the same" in of_texts(late, late)
    near = replace(late, extra_flops=late.extra_flops + np.eye(1, len(late.extra_flops), dtype=int)[0])
    assert of_texts(late, near).startswith("Both cost nearly the same: about "), "no “1.0 times as much”"


def test_a_longer_text_may_cost_less_where_the_model_stops_sooner() -> None:
    short, long = exits(3), exits(1, words_=("a", "b", "c"))  # 4 and 5 tokens, 3 layers and 1
    said = of_texts(short, long)
    assert in_order(said, "The first text costs", "shorter (4 pieces against 5)", "alone would save", "but", "a larger share")
    dear = exits(2, words_=tuple("abcdefghij"))  # 12 tokens, 2 layers
    assert in_order(
        of_texts(short, dear), "The second text costs", "longer (12 pieces against 4)", "but", "a smaller share", "67 %", "100 %", "save"
    )


def test_full_depth_agrees_or_says_its_own_answer() -> None:
    for full, said in ((exits(3), "full depth agrees"), (exits(3, 1), "full depth says good")):
        assert in_order(words.verdict(exits(1), full), "Bad, 90 % sure, after 1 of 3 layers", "33 % of full compute", said)
    coded = replace(exits(3), labels=("card_lost", "oos"))
    assert words.verdict(coded, None).startswith("“card_lost”, 90 % sure, after 3 of 3 layers"), "no capital, and its underscore as a name"


def test_tags_are_counted_against_full_depths() -> None:
    one, two = trace(["a", "b"], [3, 1, 2, 3]), trace(["a", "b"], probs=tags("DET", "NOUN"))
    assert in_order(words.verdict(one, two), "2 words", "1.5 of 3", "1 of 2 tags as at full depth")
    assert in_order(words.verdict(two, two), "all tags as at full depth")


def test_one_side_of_two_stopped_or_used_all_layers() -> None:
    assert in_order(words.side(exits(1)), "stopped after layer 1 of 3", "33 %")
    assert in_order(words.side(exits(3)), "all 3 layers", "100 %")
    assert in_order(words.side(trace(["a", "b"], [3, 1, 2, 3])), "1.5 of 3")


# The Sentence page


def test_the_same_as_at_full_depth_is_yes_no_or_so_many() -> None:
    assert screen._same(exits(1), exits(3)) == "Yes"
    assert in_order(screen._same(exits(1), exits(3, 1)), "No", "good")
    assert "1 of 2" in screen._same(trace(["a", "b"]), trace(["a", "b"], probs=tags("DET", "NOUN")))
    assert "known" in screen._same(exits(1), None)


@pytest.mark.parametrize(
    ("here", "full", "truth", "said", "tone"),
    [
        (0, 0, "", "agrees", "blue"),
        (0, 1, "", "says good", "orange"),
        (0, 0, "bad", "both right", "blue"),
        (0, 0, "good", "both wrong", "gray"),
        (0, 1, "good", "Worse", "orange"),
        (0, 1, "bad", "avoided", "blue"),
        (0, 1, "other", "both wrong", "gray"),
    ],
)
def test_a_badge_says_which_of_the_two_answers_is_right(here: int, full: int, truth: str, said: str, tone: str) -> None:
    (badge,) = badges(exits(1, here), exits(3, full), {0: truth} if truth else {})
    assert said in badge.label
    assert badge.tone == tone


@pytest.mark.parametrize(
    ("here", "full", "truth", "said", "tone"),
    [
        ("DET", "DET", "", "as full depth", "blue"),
        ("DET", "NOUN", "", "unlike", "orange"),
        ("DET", "DET", "DET", "right", "blue"),
        ("DET", "DET", "NOUN", "wrong", "gray"),
        ("DET", "NOUN", "NOUN", "worse", "orange"),
        ("DET", "NOUN", "DET", "avoided", "blue"),
        ("DET", "NOUN", "X", "both wrong", "gray"),
    ],
)
def test_a_tags_badge_says_which_of_the_two_tags_is_right(here: str, full: str, truth: str, said: str, tone: str) -> None:
    one, two = (trace(["a"], probs=tags(tag)) for tag in (here, full))
    (badge,) = badges(one, two, {0: truth} if truth else {})
    assert in_order(badge.label, "1 tag", said)
    assert badge.tone == tone


@pytest.mark.parametrize(
    ("depth", "layer", "answers", "said"),
    [
        (2, 2, [0, 0, 0], ("layer 2", "33 %", "exactly")),
        (3, 1, [0, 0, 0], ("layer 1", "layer 3", "2 layers later", "67 %")),
        (1, 2, [0, 0, 0], ("layer 2", "layer 1", "before", "the same")),
        (1, 2, [1, 0, 0], ("layer 2", "layer 1", "before", "another")),
    ],
)
def test_an_answer_came_when_it_had_settled_later_or_before(depth: int, layer: int, answers: list[int], said: tuple[str, ...]) -> None:
    found = Settled(np.array([layer]), np.array(answers)[:, None], 1 / 3)
    assert in_order(settled(exits(depth), found), *said)


def test_words_that_stopped_before_their_tag_had_settled_are_counted() -> None:
    run = trace(["a", "b"], [3, 1, 3, 3])
    found = Settled(np.array([0, 2, 1, 0]), np.full((3, 4), -1), None)  # "a" stops a layer early, "b" two late
    assert in_order(settled(run, found), "layer 1.5", "2.0 layers", "1.0 ", "1 word stopped before")
    assert "before" not in settled(trace(["a", "b"]), found)


@pytest.mark.parametrize(
    ("side", "value", "said"),
    [
        ("below", 0.2, ("0.2, below 0.3", "stops")),
        ("below", 0.4, ("0.4, not below 0.3", "goes on")),
        ("above", 0.4, ("0.4, above 0.3", "stops")),
        ("above", 0.2, ("0.2, not above 0.3", "goes on")),
    ],
)
def test_a_layers_reading_lies_on_the_side_that_stops_or_not(side: str, value: float, said: tuple[str, ...]) -> None:
    rule = Comparison("u", "uncertainty", np.array([NAN, value, NAN, NAN]), np.full(4, 0.3), side)  # type: ignore[arg-type]
    assert in_order(" ".join(step(exits(2), 1, [rule])), "bad", "90 %", *said)


def test_a_layer_that_says_something_else_than_the_one_below_names_both() -> None:
    probs = np.full((4, 1, 2), NAN)
    probs[1], probs[2] = [0.9, 0.1], [0.2, 0.8]
    run = trace(["a"], [2, 2, 2], unit="sentence", kind="exit", labels=("bad", "good"), probs=probs)
    assert in_order(" ".join(step(run, 2)), "good", "80 %", "bad")
    assert "bad" not in " ".join(step(exits(2, 1), 2))


@pytest.mark.parametrize(
    ("values", "limit", "side", "said"),
    [
        ([0.9, 0.2, NAN], 0.3, "below", ("was 0.2, below 0.3",)),
        ([0.9, 0.8, 0.7], 0.3, "below", ("never", "below 0.3")),
        ([0.9, 0.8, 0.2], 0.3, "below", ("below 0.3", "last layer only")),
        ([0.1, 0.8, NAN], 0.7, "above", ("was 0.8, above 0.7",)),
    ],
)
def test_why_it_stopped_is_the_reading_that_crossed_if_one_did(
    values: Sequence[float], limit: float, side: str, said: tuple[str, ...]
) -> None:
    depth = 2 if np.isnan(values[2]) else 3
    rule = Comparison("u", "uncertainty", np.array([NAN, *values]), np.full(4, limit), side)  # type: ignore[arg-type]
    run = exits(depth)
    assert in_order(words.why(run, columns(run)[1], [rule], None).said, "all 3 layers" if depth == 3 else "layer 2 of 3", *said)


def test_an_edit_replaces_or_deletes() -> None:
    assert in_order(edited(Edit("", 0, "good", "bad", "x")), "good", "bad")
    assert "bad" not in edited(Edit("", 0, "good", "", "x"))


def test_the_sweep_of_these_tests_has_the_interval_the_verdicts_speak_of() -> None:
    found: Sweep = sweep([[1, 0] * 5, [0, 1] * 5], [1.0, 0.4])
    mean, low, high = (float(x) for x in found.differences[1])
    assert mean == 0
    assert low < 0 < high
