"""State saturation: sentences leave once what the classifier reads stops changing, by the angle from the layer before."""

import math

import numpy as np
import torch

from dynviz.core.engine import run
from dynviz.core.method import Shape
from dynviz.methods.saturation import StateSaturation, degrees
from tests.methods.small import exits, rows
from tests.tiny import case, sentences

OFF = {"turn": 0.0}


def test_a_sentence_leaves_once_its_state_rests_and_never_with_the_knob_off() -> None:
    method = StateSaturation(Shape((4,), (4,), 2))
    readings = {"turn": rows([180, 40, 20, 10], [180, 30, 30, 30], [180, 90, 60, 50])}
    assert exits(method, readings, turn=30) == [3, 4, 4]  # strictly below
    assert exits(method, readings, turn=30.1) == [3, 2, 4]
    assert exits(method, readings, turn=180) == [2, 2, 2]
    assert exits(method, readings, **OFF) == [4, 4, 4]


def test_the_angle_is_right_where_the_arc_cosine_is_not() -> None:
    a = torch.tensor([[1.0, 0], [1, 0], [1, 0], [2, 0]])
    b = torch.tensor([[0.0, 3], [-1, 0], [1, 1e-5], [5, 0]])
    np.testing.assert_allclose(degrees(a, b), [90, 180, math.degrees(1e-5), 0], rtol=1e-6)


def test_a_turn_is_that_of_what_the_classifier_reads_whoever_else_is_there() -> None:
    c = case("saturation", "sentence")
    ids, layout = sentences([5, 9, 3], 1)
    record = run(c.stages, c.method, ids, layout, OFF)
    assert (record.readings["turn"][1] == 180).all()
    with torch.inference_mode():
        for start, length, column in zip(layout.starts, layout.lengths, range(3), strict=True):
            states = c.stages[0].padded(torch.from_numpy(ids[start : start + length])[None], torch.ones(1, length, dtype=torch.bool))
            read = [state[0, 0] if c.method.pooling == "cls" else state[0].mean(0) for state in states]  # type: ignore[attr-defined]
            likeness = [float(torch.cosine_similarity(read[i], read[i - 1], dim=0)) for i in range(2, len(read))]
            np.testing.assert_allclose(record.readings["turn"][2:, column], np.degrees(np.arccos(likeness)), rtol=0, atol=1e-4)


def test_those_that_left_do_not_shift_the_others() -> None:
    c = case("saturation", "sentence")
    ids, layout = sentences([5, 9, 3, 7], 2)
    whole = run(c.stages, c.method, ids, layout, OFF)
    limit = float(np.sort(whole.readings["turn"][2])[1:3].mean())  # two of the four leave after the second layer
    some = run(c.stages, c.method, ids, layout, {"turn": limit})
    asked = ~np.isnan(some.readings["turn"])
    assert 0 < asked[3].sum() < 4
    np.testing.assert_allclose(some.readings["turn"][asked], whole.readings["turn"][asked], rtol=0, atol=1e-9)
