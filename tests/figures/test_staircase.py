"""The staircase draws what the trace says, and only that."""

import time

import numpy as np
import pytest

from dynviz.figures import DARK, LIGHT, columns, staircase, staircase_finding, staircase_table
from dynviz.figures.staircase import NAMES, staircase_lines
from dynviz.figures.style import depth_colours
from tests.clock import within
from tests.figures.build import trace


def drawn(fig, name):
    return next(t for t in fig.data if t.name == name)


def cell(fig, column, layer):
    cells = drawn(fig, "cells")
    where = [i for i, c in enumerate(cells.customdata) if list(c) == [column, layer]]
    return cells, (where[0] if where else None)


def test_filled_only_where_computed():
    fig = staircase(trace(["the", "film"], depth=[3, 1, 2, 3]))
    paper = fig.layout.paper_bgcolor
    filled = {tuple(c) for c, fill in zip(drawn(fig, "cells").customdata, drawn(fig, "cells").marker.color, strict=True) if fill != paper}
    assert filled == {(0, 1), (0, 2), (0, 3), (1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3)}


def test_step_line_runs_over_the_last_computed_layer():
    line = drawn(staircase(trace(["the", "film"], depth=[3, 1, 2, 3])), "last computed layer")
    assert list(line.x) == [-0.5, 0.5, 0.5, 1.5, 1.5, 2.5, 2.5, 3.5]
    assert list(line.y) == [3.5, 3.5, 1.5, 1.5, 2.5, 2.5, 3.5, 3.5]


def test_depth_is_printed_on_its_viridis_step():
    fig = staircase(trace(["the", "film"], depth=[3, 1, 2, 3]))
    assert list(drawn(fig, "printed depth").text) == ["<b>3</b>", "<b>1</b>", "<b>2</b>", "<b>3</b>"]
    assert [drawn(fig, "depth").marker.color[i] for i in (1, 2)] == [depth_colours(3)[1], depth_colours(3)[2]]


def test_repeated_words_keep_their_columns():
    fig = staircase(trace(["the", "the", "the"], depth=[3, 1, 2, 3, 3]))
    assert list(fig.layout.xaxis.tickvals) == [0, 1, 2, 3, 4]
    assert [t for t in fig.layout.xaxis.ticktext if "the" in t] == ["the"] * 3


@pytest.mark.parametrize(
    ("word", "shown"),
    [("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"), ("R&D", "R&amp;D"), ("<script>", "&lt;script&gt;"), ("שלום", "שלום"), ("😀", "😀")],
)
def test_words_appear_as_typed(word, shown):
    fig = staircase(trace([word, "end"], depth=[3, 1, 2, 3]))
    assert fig.layout.xaxis.ticktext[1] == shown
    cells, i = cell(fig, 1, 1)
    assert shown in cells.hovertext[i]
    assert "<script>" not in fig.to_json()


def test_cells_show_the_tag_shaded_by_certainty():
    t = trace(["film"], depth=[3, 2, 3])
    fig = staircase(t)
    cells, i = cell(fig, 1, 2)
    assert cells.text[i] == "DET"
    assert "DET 90 %" in cells.hovertext[i]
    assert "uncertainty 0.333" in cells.hovertext[i]


def test_pieces_of_a_word_are_one_column_unless_asked():
    t = trace(["unhappy", "end"], pieces=[["un", "##happy"], ["end"]])
    assert [c.label for c in columns(t)] == ["[CLS]", "unhappy", "end", "[SEP]"]
    assert [c.label for c in columns(t, "piece")] == ["[CLS]", "un", "‿happy", "end", "[SEP]"]


def test_one_decision_has_one_depth_and_says_so():
    fig = staircase(trace(["a", "b"], depth=[2] * 4, unit="sentence", kind="exit"))
    assert list(drawn(fig, "printed depth").text) == ["<b>2</b> for all"], "short, so that it fits any width"
    assert "One decision for the whole text" in fig.layout.title.text
    assert list(drawn(fig, "answer after each layer").text) == ["DET 90 %", "DET 90 %"]


def test_dropped_words_are_struck_and_leave_a_gap():
    fig = staircase(trace(["a", "b"], depth=[3, 1, 3, 3], unit="sentence", kind="drop"))
    assert "<s>a</s>" in fig.layout.xaxis.ticktext[1]
    assert cell(fig, 1, 2)[1] is None
    marks = drawn(fig, "dropped or skipped")
    assert list(zip(marks.x, marks.y, marks.text, strict=True)) == [(1, 2, "×")]


def test_a_dropped_word_that_is_tagged_at_the_end_comes_back_there():
    probs = np.full((4, 6, 2), np.nan)
    probs[3, 1:5] = [[0.9, 0.1], [0.2, 0.8], [0.9, 0.1], [0.9, 0.1]]
    back = trace(["a", "b", "c", "d"], depth=[3, 3, 1, 0, 2, 3], kind="drop", probs=probs)
    line, marks = drawn(staircase(back), "state carried"), drawn(staircase(back), "comes back")
    assert list(line.x) == [2, 2, None, 3, 3, None]
    assert list(line.y) == [2.35, 2.7, None, 1.35, 2.7, None]  # from above the cross in layer 2, in layer 1
    assert list(zip(marks.x, marks.y, marks.text, strict=True)) == [(2, 3, "↩"), (3, 3, "↩"), (4.25, 3, "↩")]  # the last beside its cross
    assert "its state after layer 1 answers: NOUN" in marks.hovertext[0]
    assert "its embedding answers: DET" in marks.hovertext[1]
    assert [row["fate"] for row in staircase_table(back)] == ["went on", "went on", *["dropped, comes back"] * 3, "went on"]
    assert staircase_finding(back).startswith("1 of 4 words is dropped in layer 1; “a” goes to layer 3.")


def test_frozen_words_are_hatched():
    fig = staircase(trace(["a", "b"], depth=[3, 1, 3, 3]))
    cells, i = cell(fig, 1, 2)
    assert cells.marker.pattern.shape[i] == "/"
    assert "frozen" in cells.hovertext[i]
    assert "frozen" in fig.layout.title.text


def test_skipped_words_come_back():
    done = np.ones((3, 4), bool)
    done[1, 1] = False
    fig = staircase(trace(["a", "b"], unit="sentence", kind="drop", transformed=done))
    marks = drawn(fig, "dropped or skipped")
    assert list(zip(marks.x, marks.y, marks.text, strict=True)) == [(1, 2, "↷")]
    assert [row["fate"] for row in staircase_table(trace(["a", "b"], unit="sentence", kind="drop", transformed=done))][1] == "skipped"


def test_glyph_is_hollow_where_full_depth_differs():
    probs = np.tile([0.9, 0.1], (4, 4, 1))
    other = probs.copy()
    other[3, 2] = [0.2, 0.8]
    early, full = trace(["a", "b"], depth=[1] * 4, probs=probs), trace(["a", "b"], probs=other)
    fig = staircase(early, full)
    glyphs = drawn(fig, "agrees with full depth")
    assert list(glyphs.x) == [1, 2]
    assert [c == fig.layout.paper_bgcolor for c in glyphs.marker.color] == [False, True]
    assert "1 of 2 tags agree with full depth." in staircase_finding(early, full)
    assert [row["agrees"] for row in staircase_table(early, full)] == [None, True, False, None]


def test_finding_names_the_deepest_words():
    said = staircase_finding(trace(["the", "film", "was"], depth=[3, 1, 1, 3, 3]))
    assert said.startswith("2 of 3 words are settled after 1 layer; “was” goes to layer 3. Mean depth of the words 1.7 of 3.")


def test_stages_are_named_on_one_axis():
    fig = staircase(trace(["a"], depth=[3] * 3, unit="sentence", kind="exit", stages=["small", "big", "big"]))
    assert list(fig.layout.yaxis.ticktext[:3]) == ["small 1", "big 1", "big 2"]


def test_another_texts_full_depth_is_refused():
    with pytest.raises(ValueError, match="another text"):
        staircase(trace(["a"]), trace(["b"]))


@pytest.mark.parametrize("style", [DARK])
def test_hostile_sizes_are_drawn(style):
    assert drawn(staircase(trace([]), style=style), "printed depth").text
    long = trace(["word"] * 126, layers=6)
    fig = staircase(long, long, window=(100, 140), selected=110)
    assert list(fig.layout.xaxis.tickvals) == list(range(100, 128))
    assert fig.layout.shapes[0].x0 == 109.5


def test_long_texts_are_built_quickly():
    long = trace(["word"] * 126, layers=6)
    staircase(long)
    start = time.process_time()
    fig = staircase(long, long)
    fig.to_json()
    assert time.process_time() - start < within(0.5)  # 0.15 on a quiet machine


@pytest.mark.parametrize("style", [LIGHT, DARK])
def test_a_computed_cell_has_another_line_than_its_fill(style):
    cells = drawn(staircase(trace(["the", "film"], unit="sentence", kind="exit"), style=style), "cells").marker
    assert cells.color
    assert all(line != fill for line, fill in zip(cells.line.color, cells.color, strict=True))
    assert list(cells.line.color) == [style.outline(fill) for fill in cells.color]


def test_words_set_level_take_lines_and_leave_the_rows_as_high():
    short, long = trace(["a", "b"]), trace(["wonderfully", "unbelievable", "philosophers"])
    lines = staircase_lines(long, 300)
    assert (staircase_lines(short, 300), lines) == (1, 3)
    one, other = (staircase(t, title="", subtitle="", level=300, lines=lines) for t in (short, long))
    assert [label.count("<br>") for label in other.layout.xaxis.ticktext] == [0, 1, 0, 2, 0]
    assert one.layout.height == other.layout.height
    assert one.layout.margin.b == other.layout.margin.b
    assert (one.layout.xaxis.tickangle, one.layout.xaxis.automargin) == (0, False)


def test_a_picture_of_tags_is_scrolled_before_a_cell_that_was_computed_loses_its_tag():
    """On 330 px ten columns have some 20 each, in which "PROPN" has no room in the smallest letters: plotly would leave the cell blank."""
    words = [f"w{i}" for i in range(8)]
    long, short = ("PROPN", "DET"), ("X", "DET")
    few, many, brief = (staircase(trace(w, labels=labels)) for w, labels in ((["a"], long), (words, long), (words, short)))
    assert (few.layout.meta["least"], brief.layout.meta["least"]) == (0, 0)
    columns = (many.layout.meta["least"] - NAMES - 16) / 10.2
    assert 0.92 * columns > 0.6 * len("PROPN") * many.layout.uniformtext.minsize + 6, "0.6 of its size a capital, 3 px free beside"
    assert staircase(trace(words, labels=long, unit="sentence", kind="exit")).layout.meta["least"] == 0, "no tags in its cells"
