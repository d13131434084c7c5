"""A batch of two by hand: layers take 10 ms on two sentences and 6 on one, 2 ms lie before them."""

from dataclasses import replace

import numpy as np
import pytest

from dynviz.figures import waterfall, waterfall_finding, waterfall_table
from dynviz.records.times import Flow

# the first sentence needs two layers of three, the second one
FLOW = Flow(np.array([2, 1]), np.array([2.0, 12.0, 22.0, 22.0]), np.array([2.0, 12.0, 18.0, 18.0]), 32.0)
LAYERS = ("layer 1", "layer 2", "layer 3")


def test_lanes_are_sorted_by_exit_and_bars_lie_end_to_end() -> None:
    bars = {t.name: t for t in waterfall(FLOW, ["a", "b"], LAYERS).data}
    assert "layer 3" not in " ".join(bars)
    second = bars["waiting: layer 2"]
    assert (list(second.base), list(second.x), list(second.y)) == ([12], [10], [1])  # "a" comes second
    assert "<b>a</b>" in second.hovertext[0]
    assert list(bars["leaving: layer 2"].x) == [6]
    assert bars["leaving: layer 2"].yaxis == "y2"


def test_the_finished_wait_hatched_until_the_slowest_is_done() -> None:
    idle = next(t for t in waterfall(FLOW, ["a", "b"], LAYERS).data if t.name == "waiting: finished")
    assert (list(idle.base), list(idle.x), list(idle.y)) == ([12], [10], [0])
    assert idle.marker.pattern.shape == "/"


def test_totals_stand_above_the_panels_and_full_depth_is_dashed() -> None:
    fig = waterfall(FLOW, ["a", "b"], LAYERS)
    assert [a.text for a in fig.layout.annotations] == ["<b>The finished wait</b>: 22 ms", "<b>The finished leave</b>: 18 ms"]
    assert fig.layout.shapes[0].x0 == 32


def test_the_finding_says_what_leaving_saves() -> None:
    assert waterfall_finding(FLOW) == (
        "Leaving saves 18 % of the batch's time. 1 of 2 texts needs 2 layers: if the others wait, it takes 22 ms; if they leave, "
        "18 ms. Full depth would take 32 ms."
    )
    same = replace(FLOW, exits=np.array([2, 2]), leaving=FLOW.waiting)
    assert waterfall_finding(same).startswith("All 2 texts leave after layer 2: nobody waits")


def test_the_table_says_when_each_is_answered_and_free() -> None:
    rows = waterfall_table(FLOW, ["a", "b"])
    assert rows[1] == {
        "text": "b", "exit layer": 1, "answer, waiting (ms)": 12.0, "free, waiting (ms)": 22.0, "answer and free, leaving (ms)": 12.0,
    }  # fmt: skip
    assert rows[0]["answer and free, leaving (ms)"] == pytest.approx(18)


def test_a_name_is_drawn_as_typed() -> None:
    assert "&lt;b&gt;" in waterfall(FLOW, ["<b>", "b"], LAYERS).data[1].hovertext[1]
