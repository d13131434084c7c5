"""How sure of the right answer, layer by layer, and what was said at the stop: numbers a reader can check."""

import numpy as np

from dynviz.figures.verdicts import verdicts, verdicts_finding, verdicts_table
from dynviz.records import Trace
from tests.figures import build

LABELS = ("negative", "positive")


def _pair(exit_layer: int) -> tuple[Trace, Trace]:
    """Three layers say negative 0.9, negative 0.6, positive 0.8; the run stops after `exit_layer`."""
    rows = [[np.nan, np.nan], [0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]

    def trace(depth: int) -> Trace:
        probs = np.array(rows)[:, None].copy()
        probs[depth + 1 :] = np.nan
        return build.trace(["Not", "bad"], [depth] * 4, unit="sentence", kind="exit", labels=LABELS, probs=probs)

    return trace(exit_layer), trace(3)


def test_the_line_is_solid_to_the_stop_and_dashed_after_it() -> None:
    dashed, solid = verdicts(*_pair(2), "positive").data
    assert (list(solid.x), list(solid.y)) == ([1, 2], [0.1, 0.4])
    assert (list(dashed.x), list(dashed.y)) == ([2, 3], [0.4, 0.8])
    assert list(dashed.marker.symbol) == ["square", "circle"], "wrong, then right"
    assert dashed.marker.color[1] == "#FFFFFF", "hollow: it was not computed"
    assert "not computed" in dashed.hovertext[1]
    assert "not computed" not in dashed.hovertext[0]


def test_what_was_said_at_the_stop_stands_above_and_says_whether_it_was_right() -> None:
    assert "Layer 1: negative, 90 % sure, wrong ✗" in verdicts(*_pair(1), "positive").layout.title.text
    assert "Layer 3: positive, 80 % sure, right ✓" in verdicts(*_pair(3), "positive").layout.title.text


def test_the_finding_compares_the_stop_with_the_last_layer() -> None:
    said = "Stopped after layer 1 of 3: negative, 90 % sure, wrong. The last layer: positive, 80 % sure, right."
    assert verdicts_finding(*_pair(1), "positive") == said
    assert verdicts_finding(*_pair(3), "positive") == "Stopped after layer 3 of 3: positive, 80 % sure, right."


def test_the_table_has_a_row_a_layer() -> None:
    assert "right" not in verdicts_table(*_pair(2), "negative", ("as the last", "unlike the last"))[0]
    rows = verdicts_table(*_pair(2), "negative")
    assert [row["answer"] for row in rows] == ["negative", "negative", "positive"]
    assert [row["sure of the right answer"] for row in rows] == [0.9, 0.6, 0.2]
    assert [row["right"] for row in rows] == [True, True, False]
    assert [row["computed"] for row in rows] == [True, True, False]
