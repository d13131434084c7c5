"""The same methods on two tasks that ask the same of different texts."""

from dataclasses import replace

import pytest

from dynviz import figures
from dynviz.records.zoo import Budget, Chosen, Contender, Interval, TaskZoo, Zoo
from tests.figures.test_zoo import TASK, ZERO


def task(name: str, **losses: float) -> TaskZoo:
    """Methods by what they lose against the plain model, in points, at four tenths of the compute."""

    def chosen(method: str, lost: float) -> Chosen:
        full: Interval = (-lost / 100, -lost / 100 - 0.02, -lost / 100 + 0.02)
        return Chosen(f"{name}-{method}", f"{name}-{method}", {}, 0.4, 0.9, 0.4, 0.9, full, ZERO, True, ZERO)

    there = tuple(Contender(f"{name}-{m}", m.capitalize(), m, "tokens", (f"{name}-{m}",), ()) for m in losses)
    budget = Budget(0.5, there[0].name, tuple(chosen(m, lost) for m, lost in losses.items()), ())
    return replace(TASK, task=name, contenders=there, budgets=(budget,))


ZOO: Zoo = {"sst2": task("sst2", good=5, lot=15, short=1), "pos": task("pos", good=1), "imdb": task("imdb", good=1, lot=16)}


def test_methods_on_both_tasks_are_drawn_side_by_side() -> None:
    found = figures.across(ZOO, "imdb", 0.5)
    assert found is not None
    assert (found, list(found.found)) == (figures.across(ZOO, "sst2", 0.5), ["Good", "Lot"])
    fig = figures.zoo_across(found)
    assert list(fig.layout.yaxis.ticktext) == ["Lot", "Good"]
    assert [(trace.name, list(trace.x)) for trace in fig.data] == [("sst2", [-15, -5]), ("imdb", [-16, -1])]
    assert list(fig.data[1].error_x.array) == pytest.approx([2, 2])
    assert "-1.0 [-3.0, +1.0] points at 40 % of the compute" in fig.data[1].hovertext[1]


def test_the_finding_counts_who_is_nearer_on_the_other_texts() -> None:
    found = figures.across(ZOO, "sst2", 0.5)
    assert found is not None
    assert figures.zoo_across_finding(found) == (
        "Within 50 % of the compute, 2 methods have a setting on both tasks. 1 of them stands nearer to the plain model on “Sentiment of a "
        "review (IMDB, first 256 pieces)” than on “Sentiment of a sentence (SST-2)”, most Good: -1.0 points instead of -5.0."
    )
    none = figures.across({**ZOO, "imdb": task("imdb", good=6)}, "sst2", 0.5)
    assert none is not None
    assert "None of them stands nearer" in figures.zoo_across_finding(none)
    assert figures.zoo_across_table(found)[0]["imdb: points"] == -1


def test_tasks_are_held_side_by_side_on_one_backbone() -> None:
    """The deep models of sentences are no partner of those that read reviews, and have one of their own."""
    deep = {**ZOO, "sst2/mpnet": task("sst2", good=2, lot=9)}
    assert figures.across(deep, "sst2", 0.5) == figures.across(ZOO, "sst2", 0.5)
    assert figures.across(deep, "sst2/mpnet", 0.5) is None
    found = figures.across({**deep, "imdb/mpnet": task("imdb", good=1, lot=3)}, "sst2/mpnet", 0.5)
    assert found is not None
    assert (found.tasks, list(found.found)) == (("sst2/mpnet", "imdb/mpnet"), ["Good", "Lot"])
    assert "Sentiment of a sentence" in figures.zoo_across_finding(found)
    assert "Sentiment of a sentence" in figures.zoo_across(found).data[0].hovertext[0]


def test_there_is_nothing_to_hold_side_by_side_without_another_task_or_a_common_method() -> None:
    assert figures.across(ZOO, "pos", 0.5) is None
    assert figures.across({"sst2": ZOO["sst2"]}, "sst2", 0.5) is None
    assert figures.across({**ZOO, "imdb": task("imdb", other=1)}, "sst2", 0.5) is None
    assert figures.across(ZOO, "sst2", 0.3) is None
