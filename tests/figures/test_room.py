"""However many layers there are: names of rows do not overlap, numbers side by side neither, and a picture stays within a screen."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import pytest

from dynviz.figures import room
from dynviz.figures.style import LIGHT
from dynviz.figures.wording import ems
from tests.figures.layered import pictures

LAYERS = (6, 12, 24)
ALL = sorted(pictures(6))
TALLEST = 620  # px: a screen, less what stands above a picture
LINE, LETTER = 1.15, 0.55  # of a line's height, and of a letter's width as `ems` has it, in letter sizes
ALONG = ["exits", "beside", "foresight", "rule", "rule, stages", "halting", "boxes", "trajectory", "verdicts"]
OTHERS = {"race", "waterfall", "strip", "gates", "staircase, level"}  # what stands below them are no layers


@cache
def drawn(name: str, layers: int) -> dict[str, Any]:
    fig = pictures(layers)[name]()
    return {"layout": fig.layout.to_plotly_json(), "data": [{**t.to_plotly_json(), "x": t.x, "y": t.y} for t in fig.data]}


def axes(layout: dict[str, Any], letter: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((key, axis) for key, axis in layout.items() if key.startswith(f"{letter}axis") and "range" in axis)


def length(layout: dict[str, Any], axis: dict[str, Any], letter: str) -> float:
    """Px of an axis: as high as the picture is, as wide as it must be before it is scrolled; margins that grow for names counted."""
    margin, (low, high) = layout["margin"], axis.get("domain", (0, 1))
    if letter == "y":
        return float((layout["height"] - margin["t"] - margin["b"]) * (high - low))
    wide = max(layout["meta"]["least"], room.PHONE)
    sides = [str(text) for y in layout if y.startswith("yaxis") for text in layout[y].get("ticktext") or ()]
    names = max((LETTER * ems(text) * room.NAME for text in sides), default=0)
    return float((wide - max(margin["l"], names) - margin["r"]) * (high - low))


def apart(layout: dict[str, Any], axis: dict[str, Any], letter: str) -> list[float]:
    """Px between neighbours of the named ticks."""
    low, high = sorted(axis["range"])
    px = length(layout, axis, letter) / (high - low)
    return [px * (b - a) for a, b in pairwise(sorted(axis["tickvals"]))]


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("name", ALL)
def test_names_beside_rows_do_not_overlap_and_the_picture_fits_a_screen(name: str, layers: int) -> None:
    layout = drawn(name, layers)["layout"]
    assert layout["height"] <= TALLEST, name
    for key, axis in axes(layout, "y"):
        if axis.get("tickvals") is not None and axis.get("showticklabels", True):
            texts = dict(zip(axis["tickvals"], axis.get("ticktext") or [""] * len(axis["tickvals"]), strict=True))
            high = [LINE * axis["tickfont"]["size"] * (str(texts[at]).count("<br>") + 1) for at in sorted(texts)]
            assert all(gap >= (a + b) / 2 for gap, (a, b) in zip(apart(layout, axis, "y"), pairwise(high), strict=True)), (name, key)


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("name", [n for n in ALL if n not in OTHERS])
def test_names_below_layers_do_not_overlap_where_the_picture_is_narrowest(name: str, layers: int) -> None:
    layout = drawn(name, layers)["layout"]
    for key, axis in axes(layout, "x"):
        if axis.get("tickangle") != 0 or not axis.get("ticktext"):
            continue  # words, which plotly slants
        widths = [0.5 * ems(text.split("<br>")[0]) * axis["tickfont"]["size"] for text in axis["ticktext"]]
        for gap, (a, b) in zip(apart(layout, axis, "x"), pairwise(widths), strict=True):
            assert gap >= (a + b) / 2 + 2, (name, key, axis["ticktext"])


def boxes(fig: dict[str, Any]) -> Iterator[list[tuple[float, float, float, float]]]:
    """Of each trace of texts, and of all notes, the boxes in px: middle, or left end, from left; middle from below; width; height."""
    layout = fig["layout"]
    for trace in fig["data"]:
        outside = trace["type"] == "bar" and trace.get("textposition") == "outside"
        if outside or "text" in str(trace.get("mode")):
            at = [layout[trace.get(f"{letter}axis", letter).replace(letter, f"{letter}axis")] for letter in "xy"]
            texts = trace["text"] if trace.get("text") is not None else [""] * len(trace["x"])
            yield _boxes(layout, at, zip(trace["x"], trace["y"], texts, strict=True), trace["textfont"]["size"])
    notes = [a for a in layout.get("annotations", ()) if (a.get("xref", "x"), a.get("yref", "y")) == ("x", "y")]
    plot = [layout["xaxis"], layout["yaxis"]]
    for side in ("left", "center", "right"):
        same = [a for a in notes if a.get("xanchor", "center") == side]
        yield [box for a in same for box in _boxes(layout, plot, [(a["x"], a["y"], a["text"])], a["font"]["size"])]


def _boxes(layout: dict[str, Any], at: list[Any], places: Any, font: float) -> list[tuple[float, float, float, float]]:
    across, up = (length(layout, axis, letter) / abs(axis["range"][1] - axis["range"][0]) for axis, letter in zip(at, "xy", strict=True))
    plain = ((x, y, re.sub("<br>.*|<[^>]*>", "", str(text))) for x, y, text in places)
    return [(x * across, y * up, LETTER * 1.4 * ems(text) * font, LINE * font) for x, y, text in plain if text and x is not None]


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("name", ALONG)
def test_what_is_printed_over_layers_side_by_side_does_not_overlap(name: str, layers: int) -> None:
    for found in boxes(drawn(name, layers)):
        for a, b in combinations(found, 2):
            assert abs(a[0] - b[0]) >= (a[2] + b[2]) / 2 or abs(a[1] - b[1]) >= min(a[3], b[3]), (a, b)


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("name", [n for n in ALL if n not in ALONG])
def test_what_is_printed_in_rows_is_no_higher_than_a_row(name: str, layers: int) -> None:
    for found in boxes(drawn(name, layers)):
        for a, b in combinations(found, 2):
            assert abs(a[0] - b[0]) > 1 or abs(a[1] - b[1]) >= min(a[3], b[3]), (a, b)


@pytest.mark.parametrize("name", ALL)
def test_texts_in_cells_shrink_or_are_left_out_where_they_do_not_fit(name: str) -> None:
    fig = drawn(name, 24)
    inside = [t for t in fig["data"] if t["type"] == "bar" and t.get("text") is not None and t.get("textposition") in ("inside", "auto")]
    assert not inside or fig["layout"]["uniformtext"]["mode"] in ("hide", "show")
    assert all(t.get("constraintext", "both") == "both" for t in inside)


def test_rows_shrink_smoothly_and_keep_to_the_bound() -> None:
    highs = [room.row(layers, 31) for layers in range(1, 49)]
    assert highs[:6] == [31] * 6
    assert all(a >= b for a, b in pairwise(highs))
    assert max(a - b for a, b in pairwise(highs)) < 3
    assert all(high * layers <= room.BOUND + layers for layers, high in enumerate(highs, 1))


def test_every_second_or_third_layer_is_named_where_there_is_no_room_the_first_and_the_last_always() -> None:
    assert room.some(6, 20, 20) == [0, 1, 2, 3, 4, 5]
    assert room.some(12, 20, 21) == [0, 2, 4, 6, 8, 11]
    assert room.some(24, 10, 21) == [0, 3, 6, 9, 12, 15, 18, 23]
    assert room.some(1, 1, 99) == [0]


def test_names_give_way_to_numbers_and_stages_are_named_once() -> None:
    one = room.Along([f"layer {i}" for i in range(1, 13)], 84).ticks(LIGHT)
    assert one["ticktext"][:2] + one["ticktext"][-1:] == ["1", "3", "12"]
    assert one["title"]["text"] == "layer"
    two = room.Along([f"{stage} {i}" for stage in ("small", "<b>") for i in range(1, 7)], 84, 40).ticks(LIGHT)
    assert [text for text in two["ticktext"] if "<br>" in text] == [two["ticktext"][0], two["ticktext"][6]]
    assert "&lt;b&gt;" in two["ticktext"][6]
    assert two["tickvals"] == list(range(1, 13))


def test_a_picture_that_prints_over_its_layers_asks_for_their_room() -> None:
    assert room.Along(["layer 1"] * 6, 84, 30).least == 0
    assert room.Along(["layer 1"] * 12, 84, 45).least == 12 * 45 + 84
    assert room.Along(["layer 1"] * 24, 84, 45).least == room.WIDE
    assert room.Along(["layer 1"] * 24, 84, 45).told(["x"] * 24).count("x") == 12
