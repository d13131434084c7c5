"""Before and after, word beside word; and what is laid over a staircase."""

import dataclasses

import numpy as np
import pytest

from dynviz.figures import DARK, deltas, deltas_finding, deltas_of, deltas_table, ladder, staircase, trajectory
from dynviz.figures.style import LIGHT
from dynviz.records import Interventions, Trace
from tests.figures.build import trace


def drawn(fig, name):
    return next(t for t in fig.data if t.name == name)


def with_forced(t: Trace, forced: Interventions) -> Trace:
    return dataclasses.replace(t, knobs={**t.knobs, **forced.as_knobs()})


def test_bars_stand_in_pairs_and_the_change_is_printed():
    before, after = trace(["the", "film"], depth=[3, 1, 2, 3]), trace(["the", "film"], depth=[3, 3, 1, 3])
    fig = deltas(before, after)
    assert list(drawn(fig, "before").y) == [3, 1, 2, 3]
    assert list(drawn(fig, "after").y) == [3, 3, 1, 3]
    assert [b < a for b, a in zip(drawn(fig, "before").x, drawn(fig, "after").x, strict=True)] == [True] * 4
    assert list(drawn(fig, "change").text) == ["<b>+2</b>", "<b>−1</b>"]
    assert list(drawn(fig, "change").x) == [1, 2]


def test_the_finding_tells_answers_depths_and_cost():
    before, after = trace(["the", "film"], depth=[3, 1, 2, 3]), trace(["the", "film"], depth=[3, 3, 1, 3])
    said = deltas_finding(before, after)
    assert said.startswith("No tag of a word that stayed changes; 2 of 2 words changed depth: “the” 1 to 3 and “film” 2 to 1.")
    assert said.endswith(f"Compute went from {before.share * 100:.0f} % to {after.share * 100:.0f} % of full.")
    assert "no depth changed" in deltas_finding(before, before)


def test_a_replaced_word_stands_beside_its_replacement_and_has_no_change():
    found = deltas_of(trace(["a", "dull", "plot"], depth=[3, 1, 2, 1, 3]), trace(["a", "plot", "twist"], depth=[3, 1, 3, 2, 3]))
    assert [d.words for d in found[1:-1]] == [("a", "a"), ("dull", None), ("plot", "plot"), (None, "twist")]
    assert [d.change for d in found[1:-1]] == [0, 0, 2, 0]
    fig = deltas(trace(["dull"]), trace(["fine"]))
    assert "<s>dull</s>" in fig.layout.xaxis.ticktext[1]
    assert "<b>fine</b>" in fig.layout.xaxis.ticktext[1]
    said = deltas_finding(trace(["dull"], depth=[3, 1, 3]), trace(["fine"], depth=[3, 2, 3]))
    assert "1 of 1 word changed depth: “dull” → “fine” 1 to 2." in said


def test_changed_tags_are_printed_and_counted():
    probs = np.tile([0.9, 0.1], (4, 4, 1))
    other = probs.copy()
    other[:, 2] = [0.2, 0.8]
    before, after = trace(["a", "b"], probs=probs), trace(["a", "b"], probs=other)
    assert list(drawn(deltas(before, after), "answers that changed").text) == ["DET<br>→ NOUN"]
    assert deltas_finding(before, after).startswith("1 tag changes: “b” DET to NOUN; no depth changed.")
    assert [row["answer after"] for row in deltas_table(before, after)][1:3] == ["DET", "NOUN"]


def test_a_sentence_that_goes_up_as_one_has_one_pair():
    before, after = (trace(["a", "b"], depth=[d] * 4, unit="sentence", kind="exit") for d in (1, 3))
    fig = deltas(before, after)
    assert list(drawn(fig, "layers").x) == [1, 3]
    assert deltas_finding(before, after).startswith("The answer stays DET; it came after layer 3 instead of layer 1.")
    assert "after layer 1 both times" in deltas_finding(before, before)


def test_what_was_forced_is_marked_in_every_picture():
    base = trace(["a", "b"], depth=[3, 1, 3, 3], unit="sentence", kind="drop")
    t = with_forced(base, Interventions(keep=((2, 1),)))
    assert deltas(base, t).layout.xaxis.ticktext[2] == "<b>◆ b</b>"
    assert [row["forced"] for row in deltas_table(base, t)] == ["", "", "yes", ""]
    assert [x.startswith("◆ ") for x in staircase(t).layout.xaxis.ticktext] == [False, False, True, False]
    assert "<b>◆b</b>" in drawn(ladder(t), "tokens").text
    assert not any("◆" in x for x in (*staircase(base).layout.xaxis.ticktext, *drawn(ladder(base), "tokens").text))


def test_a_forced_exit_is_marked_at_its_layer():
    t = with_forced(trace(["a"], depth=[2] * 3, unit="sentence", kind="exit"), Interventions(exit=2))
    assert list(staircase(t).layout.yaxis.ticktext[:3]) == ["layer 1", "◆ layer 2", "layer 3"]
    assert any(a.text == "answer forced" for a in trajectory(t).layout.annotations)
    assert "◆ after" in deltas(t, t).layout.yaxis.ticktext


def test_the_settled_line_runs_over_the_layer_of_each_answer():
    t = trace(["a", "b"], depth=[3, 1, 3, 3])
    line = drawn(staircase(t, settled=np.array([0, 1, 2, 0])), "answer settled")
    assert list(line.y) == [None, 1.5, 1.5, 2.5, 2.5, None]
    whole = trace(["a"], depth=[2] * 3, unit="sentence", kind="exit")
    assert list(drawn(staircase(whole, settled=np.array([1])), "answer settled").y) == [1.5] * 6


@pytest.mark.parametrize(("layer", "veiled", "framed"), [(0, (0.5, 3.62), None), (2, (2.5, 3.62), (1.5, 2.5)), (3, None, (2.5, 3.5))])
def test_the_layer_looked_at_is_framed_and_later_ones_veiled(layer, veiled, framed):
    shapes = [(s.y0, s.y1) for s in staircase(trace(["a"]), layer=layer).layout.shapes]
    assert shapes == [s for s in (veiled, framed) if s]


@pytest.mark.parametrize("word", ["<b>x</b>", "R&D", "<script>", "😀", "שלום"])
def test_words_appear_as_typed(word):
    fig = deltas(trace([word, "old"]), trace([word, "new"]), DARK)
    assert "<script>" not in fig.to_json()
    assert deltas_table(trace([word]), trace([word]))[1]["after"] == word


def test_long_texts_are_cut_to_a_window_and_pieces_can_be_shown():
    long = trace(["word"] * 60, layers=6)
    assert list(deltas(long, long, window=(10, 30)).layout.xaxis.tickvals) == list(range(10, 30))
    t = trace(["unhappy"], pieces=[["un", "##happy"]], depth=[3, 1, 2, 3])
    assert [d.depths[0] for d in deltas_of(t, t)] == [3, 2, 3]
    assert [d.depths[0] for d in deltas_of(t, t, "piece")] == [3, 1, 2, 3]
    assert deltas(t, t, LIGHT).layout.paper_bgcolor == LIGHT.paper
