"""Merged tokens flow together: ribbons as wide as the pieces they carry, arrows where one went, and words that name the members."""

import re
from dataclasses import replace
from typing import Any

import pytest

from dynviz.cli.terminal import MERGED, picture
from dynviz.figures import ladder, ladder_finding, ladder_table, staircase, staircase_table
from dynviz.figures.cells import hover
from dynviz.figures.columns import State, columns, states
from dynviz.figures.grid import Grid
from dynviz.figures.merged import Flow, flows, homes, said_of
from dynviz.figures.style import LIGHT
from dynviz.records import Trace
from tests.figures.build import trace
from tests.figures.test_ladder import texts

INTO = [[0, 1, 2, 3, 4], [0, 2, 2, 3, 4], [0, 2, 2, 2, 4]]  # a goes into b in layer 2, c in layer 3


def merging(**more: Any) -> Trace:
    made = trace(["a", "b", "<c>"], depth=[3, 1, 3, 2, 3], unit="sentence", kind="drop", readings={"likeness": [0.0] * 4}, **more)
    return replace(made, merged_into=INTO)


def edges(shape: Any) -> tuple[list[float], list[float]]:
    """Left and right edge of a ribbon where it begins, and where it ends."""
    pairs = re.findall(r"(-?[\d.]+),(-?[\d.]+)", shape.path)
    x = [float(a) for a, _ in pairs]
    return [x[0], x[7]], [x[3], x[4]]


def test_pieces_flow_to_where_they_were_merged() -> None:
    made = merging()
    assert flows(made, columns(made, "piece")) == [Flow(2, 1, 2, 1), Flow(2, 2, 2, 1), Flow(3, 2, 2, 2), Flow(3, 3, 2, 1)]
    assert homes(made, columns(made, "piece"))[:, 1].tolist() == [1, 1, 2, 2]
    plain = trace(["a"], depth=[3, 1, 3], unit="sentence", kind="drop")
    assert flows(plain, columns(plain)) == []
    assert homes(plain, columns(plain))[:, 1].tolist() == [1, 1, -1, -1], "what is dropped is nowhere"


def test_of_words_that_hold_only_their_own_pieces_nothing_is_drawn() -> None:
    made = trace(["ab"], [3, 1, 3, 3], unit="sentence", kind="drop", pieces=[["a", "##b"]])
    joined = replace(made, merged_into=[[0, 1, 2, 3], [0, 2, 2, 3], [0, 2, 2, 3]])
    assert flows(joined, columns(joined, "word")) == []
    assert flows(joined, columns(joined, "piece")) == [Flow(2, 1, 2, 1), Flow(2, 2, 2, 1), Flow(3, 2, 2, 2)]
    assert states(joined, columns(joined, "word"))[:, 1].tolist() == [State.COMPUTED] * 3


def test_ribbons_are_as_wide_as_the_pieces_they_carry_and_lie_side_by_side() -> None:
    fig = ladder(merging())
    found = [shape for shape in fig.layout.shapes if shape.type == "path"]
    assert len(found) == 4
    widths = [(top[1] - top[0], foot[1] - foot[0]) for top, foot in map(edges, found)]
    assert [round(a / widths[0][0], 1) for a, _ in widths] == [1, 1, 2, 1]
    assert all(a == pytest.approx(b, abs=0.02) for a, b in widths)
    (_, first), (_, second) = edges(found[2]), edges(found[3])
    assert first[1] == pytest.approx(second[0], abs=0.02), "both end in one column, beside each other"
    assert {shape.layer for shape in found} == {"below"}
    _, tokens = texts(fig)
    middle = {c[0]: x for c, x in zip(tokens.customdata, tokens.x, strict=True)}
    assert (first[0] + second[1]) / 2 == pytest.approx(middle[2], abs=0.02)


def test_an_arrow_points_to_where_a_token_went_and_its_place_is_empty_afterwards() -> None:
    shown, tokens = texts(ladder(merging()))
    assert [shown.get((1, layer)) for layer in range(4)] == ["a", "a", "→", None]
    assert [shown.get((3, layer)) for layer in range(4)] == ["&lt;c&gt;"] * 3 + ["←"]
    read = {tuple(c): said for c, said in zip(tokens.customdata, tokens.hovertext, strict=True)}
    assert read[2, 3] == "<b>b</b>, layer 3<br>computed<br>stands for itself and a and &lt;c&gt;"
    assert read[1, 2] == "<b>a</b>, layer 2<br>merged<br>its state lies in “b”"


def test_a_part_of_a_long_text_shows_what_comes_from_beyond_it() -> None:
    fig = ladder(merging(), window=(2, 5))
    ends = [edges(shape)[0][0] for shape in fig.layout.shapes if shape.type == "path"]
    assert len(ends) == 4
    assert min(ends) == pytest.approx(0, abs=0.3), "from the left edge"
    assert not [shape for shape in ladder(merging(), window=(0, 1)).layout.shapes if shape.type == "path"]


def test_table_and_finding_name_who_went_where() -> None:
    assert [row["merged into"] for row in ladder_table(merging())] == ["", "b", "", "b", ""]
    assert [row["layer 3"] for row in ladder_table(merging())] == ["computed", "held", "computed", "merged", "computed"]
    assert "merged into" not in ladder_table(trace(["a"], depth=[3, 1, 3], unit="sentence", kind="drop"))[0]
    said = "2 of 5 tokens are merged into others; 3 are left. The one that holds most stands for 3: “a”, “b” and “<c>”."
    assert ladder_finding(merging()).startswith(f"{said} Tokens computed of 5: layer 1 5, layer 2 4, layer 3 3")


def test_the_staircase_has_arrows_and_says_merged() -> None:
    fig = staircase(merging())
    marks = next(t for t in fig.data if t.name == "dropped or skipped")
    assert list(zip(marks.x, marks.y, marks.text, strict=True)) == [(1, 2, "→"), (3, 3, "←")]
    assert [row["fate"] for row in staircase_table(merging())] == ["went on", "merged", "went on", "merged", "went on"]
    made = merging()
    cols = columns(made)
    grid = Grid(made, None, cols, range(len(cols)), states(made, cols), LIGHT)
    assert "merged into another here<br>its state lies in “b”" in hover(grid, 1, 1)
    assert said_of(trace(["a"]), columns(trace(["a"])), 1, 1) == ""


def test_what_is_dropped_with_all_it_holds_is_gone() -> None:
    done = [[1, 1, 1, 1], [1, 0, 1, 1], [1, 0, 0, 1]]
    into = [[0, 1, 2, 3], [0, 2, 2, 3], [0, 2, 2, 3]]
    made = replace(trace(["a", "b"], unit="sentence", transformed=done, visible=done), merged_into=into)
    assert states(made, columns(made))[:, 1].tolist() == [State.COMPUTED, State.MERGED, State.GONE]
    assert flows(made, columns(made)) == [Flow(2, 1, 2, 1), Flow(2, 2, 2, 1)]


def test_a_terminal_points_to_the_word_that_a_merged_one_went_into() -> None:
    shown = picture(merging(), merging(), False, 80).splitlines()
    assert shown[1].split() == ["3", "1→", "3", "2←", "3"]
    assert shown[3] == MERGED
