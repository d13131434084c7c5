"""What is skipped and comes back: tokens that pass by a layer, and layers that a whole sentence passes by, in every picture of a run."""

from dataclasses import replace

import numpy as np

from dynviz.cli.terminal import picture
from dynviz.figures.boxes import boxes, boxes_finding, boxes_table
from dynviz.figures.columns import State, columns, states
from dynviz.figures.depths import compute, depth_sentences
from dynviz.figures.funnel import funnel_finding
from dynviz.figures.ladder import ladder
from dynviz.figures.square import Block, counted, square_finding
from dynviz.figures.staircase import staircase, staircase_table
from dynviz.figures.strip import strip
from dynviz.figures.tower import tower, tower_finding
from dynviz.records import Interventions, Trace
from dynviz.records.card import Comparison
from dynviz.ui.parts import words
from dynviz.ui.sentence import forcing, text
from dynviz.ui.sentence.said import step
from tests.figures.build import trace

# [CLS] a b c [SEP]; half of them enter layers 2 and 4
ENTERS = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 1], [1, 1, 1, 1, 1], [1, 0, 1, 0, 1]], bool)


def routed() -> Trace:
    return trace(["a", "b", "c"], layers=4, unit="sentence", kind="drop", transformed=ENTERS, readings={"router": np.zeros((5, 5))})


def gapped(ran: tuple[int, ...] = (1, 4), layers: int = 5) -> Trace:
    """A sentence that ran these layers, answered after each, the last time for good."""
    done = np.isin(np.arange(1, layers + 1), ran)
    probs = np.full((layers + 1, 1, 2), np.nan)
    probs[list(ran), 0] = [0.9, 0.1]
    readings = {"uncertainty": np.where(np.isfinite(probs[:, 0, 0]), 0.3, np.nan)}
    return trace(
        ["a", "b"], layers=layers, unit="sentence", probs=probs, readings=readings,
        transformed=np.repeat(done[:, None], 4, 1), visible=np.repeat(done[:, None], 4, 1),
    )  # fmt: skip


def test_a_token_that_passes_by_comes_back_also_from_the_last_layer() -> None:
    """"a" and "c" are read for the answer like "b": they left layer 4 as others left layer 2, and are not gone."""
    found = routed()
    assert found.skipped.sum(0).tolist() == [0, 1, 1, 2, 0]
    assert not found.dropped_at.any()
    assert found.depth.tolist() == [4, 3, 3, 2, 4]
    state = states(found, columns(found))
    assert state[1].tolist() == [State.COMPUTED, State.COMPUTED, State.SKIPPED, State.SKIPPED, State.COMPUTED]
    assert state[3].tolist() == [State.COMPUTED, State.SKIPPED, State.COMPUTED, State.SKIPPED, State.COMPUTED]


def test_one_that_is_dropped_in_the_last_layer_is_gone_where_none_comes_back() -> None:
    done = np.ones((4, 5), bool)
    done[3, 1] = False
    found = trace(["a", "b", "c"], layers=4, unit="sentence", kind="drop", transformed=done)
    assert not found.skipped.any()
    assert found.dropped_at.tolist() == [0, 4, 0, 0, 0]


def test_one_that_is_dropped_by_hand_does_not_come_back() -> None:
    by_hand = replace(routed(), knobs=Interventions(drop=((1, 4),)).as_knobs())
    assert by_hand.dropped_at.tolist() == [0, 4, 0, 0, 0]


def test_passing_tokens_are_told_as_such() -> None:
    skip, mean = depth_sentences(routed())[:2]
    assert skip == "3 of 5 tokens skip layers, 4 times in all."
    assert mean == "Mean depth of all tokens, special ones included, 3.2 of 4."
    assert [row["fate"] for row in staircase_table(routed())] == ["went on", "skipped", "skipped", "skipped", "went on"]
    cards = words.why(routed(), columns(routed())[3], (), None)
    assert cards.said == "“c” went through 2 of 4 layers and passed by 2 and 4."
    assert "↷: skipped, passed on unchanged." in words.cells_key(routed(), None)


def test_a_passing_token_leaves_a_gap_in_its_column() -> None:
    fig = staircase(routed())
    marks = next(t for t in fig.data if t.name == "dropped or skipped")
    assert sorted(zip(marks.x, marks.y, marks.text, strict=True)) == [(1, 4, "↷"), (2, 2, "↷"), (3, 2, "↷"), (3, 4, "↷")]
    depth = next(t for t in fig.data if t.name == "printed depth")
    assert list(depth.text) == [f"<b>{n}</b>" for n in (4, 3, 3, 2, 4)]
    assert list(ladder(routed()).data[0].text).count("↷") == 4
    assert list(strip(routed(), "piece", (0, 5)).data[0].y) == [4, 3, 3, 2, 4]
    assert picture(routed(), routed(), False, 80).splitlines()[1].split() == ["4", "3", "3", "2", "4"]


def test_the_funnel_does_not_lose_what_comes_back() -> None:
    assert funnel_finding([5, 5, 3, 5, 4]) == "4 of 5 tokens are computed in the last layer; fewest in layer 2, 3."


def test_the_funnel_names_every_layer_of_which_it_is_true() -> None:
    assert funnel_finding([5, 5, 3, 5, 3]).endswith("fewest in layers 2 and 4, 3.")
    assert funnel_finding([8, 8, 6, 5, 3]).endswith("layers 2 and 4 lose most, 2.")
    assert funnel_finding([8, 7, 6, 5]).endswith("each layer loses 1.")


def test_a_token_that_skips_the_last_layer_is_not_said_to_come_back() -> None:
    """In layer 4 "c" is passed on to the answer: nothing is computed of it again."""
    found = routed()
    key, said = words.ladder_key(found), " ".join(step(found, 4))
    assert "Skipped here, passed on unchanged: “a” and “c”." in said
    assert key == "↷: passed on unchanged. Bars: tokens computed in each layer."
    assert not any("back" in line or "again" in line for line in (*depth_sentences(found), words.cells_key(found, None), key, said))
    assert forcing._keeping(found) == text.FORCE_KEEP_SKIPPED


def test_a_skipped_layer_is_no_layer_run() -> None:
    found = gapped()
    assert (found.exit_layer, found.layers_run, found.skipped_layers) == (4, 2, (2, 3))
    assert found.depth.tolist() == [2, 2, 2, 2]
    assert not found.dropped_at.any()
    assert gapped((1, 2, 3, 4, 5)).skipped_layers == ()


def test_skipped_layers_are_told_as_such() -> None:
    assert depth_sentences(gapped())[0] == "The text skipped layers 2 and 3 and ran 2 of 5, the last of them layer 4: DET."
    assert depth_sentences(gapped((1, 2, 4, 5)))[0] == "The text skipped layer 3 and ran 4 of 5: DET."
    assert compute(gapped()) == "40 % of full compute"
    assert words.verdict(gapped(), None) == "Det, 90 % sure, after 2 of 5 layers · 40 % of full compute"
    assert words.side(gapped()) == "skipped layers 2 and 3 and ran 2 of 5, the last of them layer 4, 40 % of full compute"
    assert tower_finding(gapped()) == (
        "It skipped layers 2 and 3 and ran 2 of 5, the last of them layer 4: DET at 90 %. Layer 5 was not computed."
    )


def test_a_skipped_layer_is_a_gap_across_the_row() -> None:
    fig = staircase(gapped())
    cells = next(t for t in fig.data if t.name == "cells")
    assert {layer for _, layer in cells.customdata} == {1, 4, 5}  # 5 is not reached: frames
    marks = next(t for t in fig.data if t.name == "dropped or skipped")
    assert list(zip(marks.x, marks.y, marks.text, strict=True)) == [(1.5, 2, "↷ skipped"), (1.5, 3, "↷ skipped")]
    lines = ladder(gapped())
    assert "↷" not in lines.data[0].text
    assert [n.text for n in lines.layout.annotations].count("↷ skipped by the whole text") == 2
    tall = tower(gapped())
    assert list(tall.data[0].customdata) == [[1], [4]]
    assert [n.text for n in tall.layout.annotations if n.xanchor == "right"] == [
        "DET <b>90 %</b>", "skipped", "skipped", "DET <b>90 %</b>", "not computed",
    ]  # fmt: skip
    assert (counted(gapped()).filled, counted(gapped()).every) == (8, 20)
    assert "8 of 20 squares filled" in square_finding([Block("run", gapped())])


def read_on_the_way() -> list[Comparison]:
    """Of `gapped`: skipped at 0.5 and more, read before each layer; uncertainty after those that ran, below 0.2 at last."""
    skip, unsure = np.array([0.1, 0.8, 0.5, 0.2, np.nan, np.nan]), np.array([np.nan, 0.6, np.nan, np.nan, 0.1, np.nan])
    return [
        Comparison("uncertainty", "uncertainty (entropy / ln C)", unsure, np.full(6, 0.2), "below"),
        Comparison("skip", "probability to skip the next layer", skip, np.full(6, np.nan), "at least"),
    ]


def test_a_box_for_each_layer_says_what_became_of_it() -> None:
    fig = boxes(gapped(), read_on_the_way())
    assert list(fig.data[0].x) == [1, 4]
    assert [(s.x0 < i < s.x1, s.line.dash) for i, s in zip((2, 3, 5), fig.layout.shapes, strict=True)] == [
        (True, "dash"), (True, "dash"), (True, "solid"),
    ]  # fmt: skip
    assert [n.text for n in fig.layout.annotations] == ["1", "↷ 2", "↷ 3", "4", "5"]
    assert boxes_finding(gapped()) == "The text skipped layers 2 and 3 and ran 2 of 5, the last of them layer 4."
    assert boxes_finding(gapped((1, 2, 3))) == "The text skipped nothing and ran 3 of 5 layers."


def test_between_the_boxes_stands_what_was_read_there() -> None:
    unsure, skip = boxes(gapped(), read_on_the_way()).data[1:]
    assert list(zip(unsure.x, unsure.text, strict=True)) == [(1.5, "0.6"), (4.5, "<b>0.1</b>")]
    assert list(zip(skip.x, skip.text, strict=True)) == [(0.5, "0.1"), (1.5, "0.8"), (2.5, "0.5"), (3.5, "0.2")]
    rows = boxes_table(gapped(), read_on_the_way())
    assert [row["state"] for row in rows] == ["", "run", "skipped", "skipped", "run", "not reached"]
    assert rows[2]["probability to skip the next layer"] == 0.5
    assert rows[2]["uncertainty (entropy / ln C)"] is None


def test_what_passes_by_can_be_kept_but_not_where_its_sentence_does_not_go() -> None:
    assert forcing._stopped(routed(), columns(routed())) == [1, 2, 3]
    assert forcing._stopped(gapped(), columns(gapped())) == []
