"""Whether dropped tokens matter: the drawn numbers, and sentences that claim no more than the intervals hold."""

from dataclasses import replace

import pytest

from dynviz import figures
from dynviz.figures import captions
from dynviz.figures.style import LIGHT
from dynviz.records.pruned import MEASURES, Dropper, Funnel, Held, TaskPruned
from dynviz.records.zoo import Interval

GAIN, EVEN, LOSS = (0.03, 0.01, 0.05), (0.01, -0.01, 0.03), (-0.04, -0.06, -0.02)


FUNNELS = {"part of speech": (Funnel("NOUN", 200, (1.0, 0.5)), Funnel("PUNCT", 50, (0.8, 0.04))), "position": (), "length": ()}


def held(more: Interval, chance: float = 0.5) -> Held:
    return Held(chance + more[0], chance, more, 90)


def dropper(name: str, **more: Interval) -> Dropper:
    every = {m: held(more.get(m.split(",")[0].split()[0], EVEN)) for m in MEASURES}
    return Dropper(name.lower(), name, f"{name.lower()}-hash", {"tau": 0.5}, (0.6, 0.25), every, FUNNELS)


GOOD = dropper("Good", accuracy=GAIN, saliency=GAIN, rollout=GAIN, order=GAIN, content=GAIN, edits=GAIN)
BAD = dropper("Bad", accuracy=LOSS, saliency=LOSS, order=LOSS, content=LOSS)
TASK = TaskPruned("sst2", "dev", 100, 0, 3, 2, "plain", "tagger", {"plain": "p", "tagger": "t"}, (GOOD, BAD), {})


def test_dots_are_the_differences_in_points_the_choice_worth_most_on_top() -> None:
    fig = figures.pruned(TASK)
    assert list(fig.layout.yaxis.ticktext) == ["Bad", "Good"]
    assert [trace.name for trace in fig.data] == ["accuracy", "saliency", "rollout", "content words", "edits"]
    accuracy, edits = fig.data[0], fig.data[-1]
    assert list(accuracy.x) == pytest.approx([-4, 3])
    assert list(accuracy.error_x.array) == pytest.approx([2, 2])
    assert [colour == LIGHT.paper for colour in accuracy.marker.color] == [False, False]
    assert [colour == LIGHT.paper for colour in edits.marker.color] == [True, False], "hollow: it cannot be told"
    assert "accuracy: 0.530, by lot 0.500; +3.0 [+1.0, +5.0] points" in accuracy.hovertext[1]
    assert "25 % of the tokens left" in accuracy.hovertext[1]
    assert "for all 2 models of a column at once" in figures.pruned_key(TASK)


def test_the_finding_counts_who_is_surely_better_than_by_lot_and_who_surely_not() -> None:
    assert figures.pruned_finding(TASK) == (
        "Of 2 models that drop tokens, 1 surely answers better than with as many dropped by lot (most, +3.0 points in Good). 1 surely "
        "answers worse: Bad. By gradient saliency, 1 of 2 surely keeps the tokens that count, and 1 surely the others: Bad. By attention "
        "rollout, 1 of 2 surely keeps the tokens that count, and none surely the others. Before any token goes, they are ranked as in the "
        "plain model's last layer (Spearman's correlation) most by Good (0.53), least by Bad (0.46). Content words are surely kept more "
        "than other words by 1, surely less by 1: Bad. When one word is changed, kept sets overlap by 0.51 to 0.53 (Jaccard), surely more "
        "than by lot in 1."
    )
    even = replace(TASK, droppers=(dropper("Even"),))
    said = figures.pruned_finding(even)
    assert said.startswith("Of 1 model that drops tokens, none surely answers better than with as many dropped by lot. By gradient")
    assert "0 of 1 surely keep the tokens that count, and none surely the others" in said
    assert "cannot be told" in figures.pruned_finding(replace(TASK, droppers=(GOOD, dropper("Even"))))
    assert "No model" in figures.pruned_finding(replace(TASK, droppers=()))


def test_a_measure_that_cannot_be_told_leaves_its_place_empty() -> None:
    some = {k: v for k, v in GOOD.held.items() if k not in ("edits", "order")}
    task = replace(TASK, droppers=(replace(GOOD, held=some), BAD))
    assert "are ranked as in the plain model's last layer (Spearman's correlation) by Bad (0.46)." in figures.pruned_finding(task)
    assert "ranked" not in figures.pruned_finding(replace(task, droppers=(replace(GOOD, held=some),)))
    assert list(figures.pruned(task).data[-1].y) == [0]
    first, _ = figures.pruned_table(task)
    assert (first["method"], first["accuracy"], first["accuracy: more"], first["edits"]) == ("Good", 0.53, 0.03, None)


def test_the_caption_names_data_seed_and_one_hash_of_all_checkpoints() -> None:
    digests = {"good": "good-hash", "bad": "bad-hash", "plain": "p", "tagger": "t"}
    assert captions.of_pruned(TASK, {"good": 0}, "Knobs: its own.") == (
        "Data: sst2, evaluation split (dev), 100 texts drawn with seed 0. Knobs: its own. 4 checkpoints (combined hash "
        f"{captions.combined(digests)}, each model's own in the CSV). Training seeds: 0 (1)."
    )


def test_the_grid_of_groups_holds_the_stored_shares() -> None:
    fig = figures.pruned_groups(GOOD.funnels["part of speech"])
    assert list(fig.layout.yaxis.ticktext) == ["NOUN (200)", "PUNCT (50)"]
    assert list(fig.data[0].text) == ["100", "50", "80", "4"]
    assert figures.pruned_groups_finding("Good", 0.25, GOOD.funnels["part of speech"], "part of speech") == (
        "Good computes 25 % of all pieces in the last layer. "
        "Told apart by part of speech, most is left of “NOUN” (50 %), least of “PUNCT” (4 %)."
    )
    assert figures.pruned_groups_table(GOOD.funnels["part of speech"], "part of speech")[1] == {
        "part of speech": "PUNCT", "pieces": 50, "layer 1": 0.8, "layer 2": 0.04,
    }  # fmt: skip
    one = [Funnel("9 to 9 pieces", 90, (1.0, 0.25))]
    said = figures.pruned_groups_finding("Good", 0.25, one, "length")
    assert said.endswith("in the last layer, and as many of every sort told apart by length.")
    assert "too few" in figures.pruned_groups_finding("Good", 0.25, [], "length")
