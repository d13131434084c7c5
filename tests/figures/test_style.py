"""Colours can be read in both themes, and live in one file."""

import re
from pathlib import Path

import pytest

import dynviz.figures
from dynviz.figures import DARK, LIGHT, staircase
from dynviz.figures.style import contrast, depth_colours, luminance, on
from dynviz.figures.text import headline, points, safe, wrap
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
    assert style.certain(0.0) == style.certainty[0]
    assert style.certain(1.0) == style.certainty[-1]
    assert style.certain(float("nan")) == style.unread


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
    assert safe('<b>"A" & \'B\'</b>') == '&lt;b&gt;"A" &amp; \'B\'&lt;/b&gt;'
