"""The toy model: the numbers of the lesson, each the sum that stands beside it, and stops that the real rule finds."""

import re
import subprocess
import sys
from math import exp

import numpy as np
import pytest

from dynviz.measure import toy
from dynviz.records.worked import Worked

# text: (first word, score, answer, its probability, doubt) after layer 1, the same after layer 2, stops after, right
TABLE = {
    "it's so good": ((0.41, 0, 1.45, 0), 0.82, "positive", 0.84, 0.44, (1.37, 0, 2.31, 1.37), 1.37, "positive", 0.94, 0.23, 1, True),
    "it's not good": ((0.41, 0.27, 1.45, 0), 0.27, "positive", 0.63, 0.66, (1.33, 0.83, 2.28, 0), -1.33, "negative", 0.94, 0.24, 2, True),
    "it's not bad": ((-0.41, 0.27, 1.45, 0), -1.37, "negative", 0.94, 0.23, (-1.33, 0.83, 2.28, 0), 1.33, "positive", 0.94, 0.24, 1, False),
    "it's so bad": ((-0.41, 0, 1.45, 0), -0.82, "negative", 0.84, 0.44, (-1.37, 0, 2.31, -1.37), -1.37, "negative", 0.94, 0.23, 1, True),
}
EACH = [(text, i) for text in toy.TRUTH for i in range(2)]


def right(threshold: float) -> list[bool]:
    run = toy.replayed(threshold)
    return [toy.LABELS[answer] == truth for answer, truth in zip(run.predicted, toy.TRUTH.values(), strict=True)]


@pytest.mark.parametrize("text", toy.TRUTH)
def test_it_gives_the_numbers_of_the_lesson(text: str) -> None:
    told = []
    for layer in toy.worked(text):
        first = tuple(layer.leaves.values[0].round(2) + 0.0)
        told += [first, round(layer.score, 2), layer.answer, round(layer.probs[layer.answer], 2), round(layer.doubt, 2)]
    at = list(toy.TRUTH).index(text)
    assert (*told, toy.replayed(toy.THRESHOLD).exit_layer[at], right(toy.THRESHOLD)[at]) == TABLE[text]


def worth(written: str) -> float:
    """What a sum comes to, as somebody with a pocket calculator finds it."""
    code = re.sub(r"e\^(\(.*?\)|[\d.]+)", r"exp(\1)", written.replace("−", "-").replace("·", "*"))
    assert re.fullmatch(r"[-\d.+*/() ,maxep]+", code), written
    return float(eval(code, {"exp": exp, "max": max}))


@pytest.mark.parametrize(("text", "which"), EACH)
def test_every_sum_comes_to_the_number_it_stands_beside(text: str, which: int) -> None:
    layer = toy.worked(text)[which]
    for grid in (layer.enter, layer.looks, layer.looked, layer.neurons, layer.leaves):
        for sums, values in zip(grid.sums, grid.values, strict=True):
            assert [worth(s) for s in sums] == pytest.approx(values.tolist(), abs=0.025)  # each number in a sum is rounded to 0.01
    assert worth(layer.score_sum) == pytest.approx(layer.score, abs=0.025)


def test_who_looks_at_whom() -> None:
    assert {tuple(toy.worked(text)[0].looks.values[0].round(2)) for text in toy.TRUTH} == {(0.45, 0.27, 0.27)}
    assert tuple(toy.worked("it's so bad")[0].looks.values[1].round(2)) == (0.33, 0.33, 0.33)
    assert tuple(toy.worked("it's so bad")[1].looks.values[0].round(2)) == (0.48, 0.22, 0.30)
    assert tuple(toy.worked("it's not bad")[1].looks.values[0].round(2)) == (0.47, 0.24, 0.29)


@pytest.mark.parametrize("threshold", [i / 100 for i in range(71)])
def test_the_engine_stops_each_text_where_one_would_by_hand(threshold: float) -> None:
    """The replay of the real exits against the rule and the costs in one's head: a layer 624 steps, an exit 16, plain 1,264."""
    run = toy.replayed(threshold)
    early = [toy.worked(text)[0].doubt < threshold for text in toy.TRUTH]
    assert run.exit_layer.tolist() == [1 if e else 2 for e in early]
    assert run.flops.tolist() == [624 + 16 if e else 2 * (624 + 16) for e in early]
    assert run.plain_flops.tolist() == [2 * 624 + 16] * 4
    given = [toy.worked(text)[0 if e else 1].answer for text, e in zip(toy.TRUTH, early, strict=True)]
    assert [toy.LABELS[i] for i in run.predicted] == given


@pytest.mark.parametrize(("low", "high", "many", "cost"), [(0, 22, 4, 1.013), (23, 44, 3, 0.886), (45, 65, 3, 0.633), (66, 70, 2, 0.506)])
def test_what_each_threshold_gets_right_and_costs(low: int, high: int, many: int, cost: float) -> None:
    for hundredths in range(low, high + 1):
        run = toy.replayed(hundredths / 100)
        assert sum(right(hundredths / 100)) == many
        assert float((run.flops / run.plain_flops).mean()) == pytest.approx(cost, abs=5e-4)


def test_no_threshold_is_both_cheap_and_right() -> None:
    """The trap is surer than the easy texts: whatever lets these stop early, stops that too."""
    places = {text: s for s, text in enumerate(toy.TRUTH)}
    for hundredths in range(71):
        stops = toy.replayed(hundredths / 100).exit_layer
        assert stops[places["it's so good"]] == 2 or stops[places["it's not bad"]] == 1


@pytest.mark.parametrize("text", toy.TRUTH)
def test_a_not_keeps_both_neurons_of_the_first_word_quiet(text: str) -> None:
    heard = toy.worked(text)[1].neurons.values[0]
    assert (heard > 0).sum() == (0 if "not" in text else 1)


def test_numbers_wait_for_no_torch() -> None:
    code = "import sys; from dynviz.measure import toy; toy.worked(\"it's not bad\"); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_a_grid_holds_a_sum_for_each_number() -> None:
    with pytest.raises(ValueError, match="one sum for each"):
        Worked(("a",), ("b", "c"), np.zeros((1, 2)), (("0",),))
