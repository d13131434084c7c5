"""The staircase of counts draws the list it is given."""

import numpy as np

from dynviz.figures.counts import counts, counts_table


def test_a_bar_for_each_layer_is_as_long_as_its_count() -> None:
    (bar,) = counts(np.array([30.0, 12.0, 3.0])).data
    assert list(bar.x) == [30, 12, 3]
    assert list(bar.y) == [1, 2, 3]
    assert bar.orientation == "h"
    assert list(bar.text) == ["30", "12", "3"]


def test_its_table_is_the_list() -> None:
    assert counts_table([30.0, 12.0]) == [{"layer": 1, "tokens at most": 30}, {"layer": 2, "tokens at most": 12}]
