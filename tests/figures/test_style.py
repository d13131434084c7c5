"""Colours can be read in both themes, and live in one file."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

import dynviz.figures
from dynviz.figures import DARK, LIGHT, staircase
from dynviz.figures.style import contrast, depth_colours, luminance, on
from dynviz.figures.wording import headline, percent, points, safe, wrap
from tests.figures.build import trace

BOTH = pytest.mark.parametrize("style", [LIGHT, DARK], ids=lambda s: s.name)


@BOTH
def test_text_has_four_and_a_half_to_one(style):
    for colour in (style.ink, style.muted, style.dropped):
        assert contrast(colour, style.paper) >= 4.5
    for colour in (*style.series, *style.classes, style.baseline):
        assert contrast(style.text(colour), style.paper) >= 4.5


@BOTH
def test_marks_have_three_to_one(style):
    marks = (
        *style.series,
        *style.classes,
        style.correct,
        style.incorrect,
        style.baseline,
        style.edge,
        style.muted,
        style.hatch,
        style.faint,
    )
    for colour in marks:
        assert contrast(colour, style.paper) >= 3, colour


# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB; OKLab after Ottosson 2020, in which 0.02 can just be told apart
VISIONS = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]
EACH_VISION = pytest.mark.parametrize("vision", VISIONS)


def seen(colour: str, vision: str) -> np.ndarray:
    """The colour in OKLab, as someone with these cones sees it."""
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.array(TO_LAB) @ np.cbrt(np.array(TO_CONES) @ np.clip(np.array(VISIONS[vision]) @ linear, 0, 1))


def apart(one: str, other: str, vision: str) -> float:
    return float(np.linalg.norm(seen(one, vision) - seen(other, vision)))


def test_the_simulation_confuses_what_the_colour_blind_confuse():
    assert apart("#FFFFFF", "#000000", "all cones") == pytest.approx(1, abs=1e-6)
    red, green = "#C00000", "#6B7B00"
    assert apart(red, green, "deuteranopia") < apart(red, green, "all cones") / 3
    assert apart("#0000FF", "#008080", "tritanopia") < apart("#0000FF", "#008080", "all cones")


@BOTH
@pytest.mark.parametrize("layers", [6, 12, 24])
def test_cells_are_told_apart_where_rows_are_so_low_that_no_gap_is_left(style, layers):
    for fill in (*style.certainty, style.unread, *depth_colours(layers)):
        line = style.outline(fill)
        assert contrast(line, fill) >= 1.4, (fill, line)
        assert max(contrast(fill, style.paper), contrast(line, style.paper)) >= 3, "a cell stands out from the page"


@BOTH
@EACH_VISION
def test_any_two_curves_or_classes_differ_by_three_just_noticeable_steps(style, vision):
    for colours in (style.series, style.classes):
        for one, other in itertools.combinations(colours, 2):
            assert apart(one, other, vision) >= 0.06, (one, other)


@BOTH
@EACH_VISION
def test_right_and_wrong_and_what_was_dropped_stand_apart(style, vision):
    assert apart(style.correct, style.incorrect, vision) >= 0.2
    assert apart(style.dropped, style.ink, vision) >= 0.2
    assert apart(style.dropped, style.muted, vision) >= 0.1
    assert apart(style.baseline, style.ink, vision) >= 0.2


@BOTH
@EACH_VISION
def test_neighbouring_steps_of_the_ramps_stand_apart(style, vision):
    for one, other in itertools.pairwise((*style.certainty, style.unread)):
        assert apart(one, other, vision) >= 0.04, (one, other)
    for layers, least in ((6, 0.09), (12, 0.035)):  # beyond 12 the printed number tells depths apart
        for one, other in itertools.pairwise(depth_colours(layers)[1:]):
            assert apart(one, other, vision) >= least, (one, other)


@BOTH
def test_at_most_six_hues(style):
    assert len(style.series) <= 6
    assert set(style.classes) <= {*style.series, style.baseline, style.ink}, "classes add greys alone"


@BOTH
def test_text_on_every_fill_is_chosen_by_luminance(style):
    for fill in (*style.certainty, *depth_colours(6), *depth_colours(24), style.unread):
        assert contrast(on(fill), fill) >= 4.5


@BOTH
def test_dark_is_sure_and_light_is_early(style):
    ramp = [luminance(c) for c in style.certainty]
    assert ramp == sorted(ramp)
    steps = [luminance(c) for c in depth_colours(6)[1:]]
    assert steps == sorted(steps, reverse=True)
    assert style.certain(1.0) == style.certainty[0]
    assert style.certain(0.0) == style.certainty[-1]
    assert style.certain(float("nan")) == style.unread


@BOTH
def test_confidences_that_are_printed_alike_are_coloured_alike(style):
    fills = {percent(p): style.certain(p) for p in np.linspace(0.01, 1, 2000)}
    assert all(style.certain(p) == fills[percent(p)] for p in np.linspace(0.01, 1, 5003))
    assert len(set(fills.values())) == len(style.certainty)


def test_colours_live_in_one_file():
    folder = Path(dynviz.figures.__file__).parent
    for path in folder.glob("*.py"):
        if path.name != "style.py":
            assert not re.search(r"#[0-9A-Fa-f]{6}\b|rgba?\(", path.read_text()), path.name


@BOTH
def test_figures_carry_no_template(style):
    fig = staircase(trace(["a"]), style=style)
    assert fig.layout.template.layout.to_plotly_json() == {}
    assert fig.layout.paper_bgcolor == style.paper
    assert fig.layout.width is None


def test_titles_can_be_left_to_the_page():
    fig = staircase(trace(["a"]), title="", subtitle="")
    assert fig.layout.title.text == ""
    assert fig.layout.height < staircase(trace(["a"])).layout.height


def test_words_are_written_one_way():
    assert points(-0.0001) == "+0.0"
    assert wrap("uses 34 % of it", 9) == "uses 34\u00a0%<br>of it"
    assert headline("One. Two.", "key") == ("One.", "Two.<br>key")


def test_user_text_uses_only_the_entities_that_plotly_knows():
    assert safe("<b>\"A\" & 'B'</b>") == "&lt;b&gt;\"A\" &amp; 'B'&lt;/b&gt;"
