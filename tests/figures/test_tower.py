"""The tower: a block per layer, the answer and how sure on it, dashed where nothing was computed."""

import numpy as np
import pytest

from dynviz.figures.style import DARK, LIGHT, contrast, depth_colours, on
from dynviz.figures.tower import UNREAD, changes, spoken, tower, tower_finding, tower_table
from dynviz.records import Trace
from tests.figures.build import trace

NAN = np.nan


def mind(changing: list[float], layers: int = 4, labels: tuple[str, str] = ("<b>no</b>", "yes")) -> Trace:
    """A sentence that leaves after as many layers as it has probabilities of the first label."""
    probs = np.full((layers + 1, 1, 2), NAN)
    probs[1 : len(changing) + 1, 0] = [[p, 1 - p] for p in changing]
    return trace(["a", "b"], [len(changing)] * 4, layers, "sentence", "exit", labels, probs=probs)


TWO = mind([0.9, 0.2])


def words(fig: object) -> list[str]:
    return [note.text for note in fig.layout.annotations]  # type: ignore[attr-defined]


def test_a_block_for_each_layer_computed_and_a_dashed_frame_for_each_other() -> None:
    fig = tower(TWO)
    assert list(fig.data[0].customdata) == [[1], [2]]
    assert list(fig.data[0].marker.color) == list(depth_colours(4)[1:3])
    assert [(s.y0 + s.y1) / 2 for s in fig.layout.shapes] == [3, 4]
    assert {s.line.dash for s in fig.layout.shapes} == {"dash"}
    assert words(fig)[1::2] == ["&lt;b&gt;no&lt;/b&gt; <b>90 %</b>", "yes <b>80 %</b>", "not computed", "not computed"], "labels as typed"


def test_what_is_not_shown_yet_is_no_claim() -> None:
    fig = tower(TWO, 1)
    assert words(fig) == ["layer 1", "&lt;b&gt;no&lt;/b&gt; <b>90 %</b>", "layer 2", "layer 3", "layer 4"]
    assert {s.line.dash for s in fig.layout.shapes} == {"solid"}
    assert len(fig.layout.shapes) == 3
    assert tower_finding(TWO, 1) == "1 layer of 4 shown: <b>no</b> at 90 % after layer 1."
    assert tower_finding(TWO, 0) == "None of the 4 layers is shown yet."
    assert len(tower_table(TWO, 1)) == 1, "the table tells no more than the picture"
    assert tower_finding(TWO, 2) == tower_finding(TWO, 99) == tower_finding(TWO)


def test_the_finding_says_where_it_stopped_and_where_it_changed_its_mind() -> None:
    assert tower_finding(TWO) == (
        "It stopped after layer 2 of 4: yes at 80 %. Layers 3 to 4 were not computed. The answer changed after layer 2."
    )
    assert tower_finding(mind([0.9, 0.8, 0.7])) == "It stopped after layer 3 of 4: <b>no</b> at 70 %. Layer 4 was not computed."
    assert tower_finding(mind([0.9, 0.2, 0.3, 0.6])).endswith("The answer changed after layer 2 and layer 4.")
    assert tower_finding(mind([0.9, 0.2, 0.3, 0.6])).startswith("All 4 layers were computed: <b>no</b> at 60 %.")


def test_a_layer_whose_classifier_was_not_asked_says_so_and_is_no_change() -> None:
    silent = mind([0.9, NAN, 0.2, 0.1])
    assert spoken(silent, 2) is None
    assert UNREAD in words(tower(silent))
    assert changes(silent) == [3]
    assert tower_table(silent)[1] == {"layer": "layer 2", "pieces computed": 4, "answer": "", "how sure": None}


def test_words_with_answers_of_their_own_are_counted() -> None:
    own = trace(["a", "b"], [3, 1, 2, 3], 3)
    assert words(tower(own))[1::2] == ["4 of 4 pieces", "3 of 4 pieces", "2 of 4 pieces"]
    assert tower_finding(own).startswith("All 3 layers were computed: 2 of 4 pieces.")


def test_stages_keep_their_names() -> None:
    probs = np.full((4, 1, 2), NAN)
    probs[1] = [0.9, 0.1]
    small = trace(["a"], [1] * 3, 3, "sentence", "exit", stages=["small", "big", "big"], probs=probs)
    assert tower_finding(small) == "It stopped after small 1: DET at 90 %. Big 1 to big 2 were not computed."


@pytest.mark.parametrize("style", [LIGHT, DARK])
def test_every_word_can_be_read(style: object) -> None:
    fig = tower(mind([0.9, 0.2, 0.3, 0.6]), style=style)  # type: ignore[arg-type]
    fills = depth_colours(4)[1:]
    for note in fig.layout.annotations:
        fill = fills[round(note.y) - 1]
        assert note.font.color == on(fill)
        assert contrast(note.font.color, fill) >= 4.5


def test_towers_of_equally_many_layers_have_one_height() -> None:
    heights = {tower(t, fill, title="", subtitle="", size=22).layout.height for t in (TWO, mind([0.9] * 4)) for fill in (0, 1, None)}
    assert len(heights) == 1
