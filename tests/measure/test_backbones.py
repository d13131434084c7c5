"""Which findings hold on another backbone: on numbers that can be checked in the head, and on tiny checkpoints of two."""

import numpy as np

from dynviz.measure import backbones
from dynviz.records.backbones import Shares
from dynviz.records.metric import Scores


def scores(*right: list[int]) -> Scores:
    return Scores(np.array(right, float), np.ones(len(right[0])))


def test_its_interval_redraws_the_sentences_of_both() -> None:
    """Each method is right on more of the same hundred sentences than the next: most draws leave the order as it is."""
    better = [[int(s < n) for s in range(100)] for n in (90, 60, 30)]
    found = backbones.order(scores(*better), scores(*better))
    assert found == (1.0, 1.0, 1.0), "the same numbers are drawn alike"
    near = backbones.order(scores(*better), scores(*(row[::-1] for row in (better[0], [1] * 61 + [0] * 39, [1] * 60 + [0] * 40))))
    assert near is not None
    assert near[1] < near[0] == near[2] == 1.0, "two of a hundred apart by one may change places"
    assert backbones.order(scores(*better[:2]), scores(*better[:2])) is None, "two have no order worth a correlation"
    assert backbones.order(scores(*better), scores(better[0], better[0], better[0])) is None


def test_the_first_third_is_of_the_layers_there_are() -> None:
    assert backbones.left_early(np.array([1, 2, 3, 6]), 6).tolist() == [True, True, False, False]
    assert backbones.left_early(np.array([1, 4, 5, 12]), 12).tolist() == [True, True, False, False]


def test_overthinking_is_to_be_right_before_and_wrong_at_the_end() -> None:
    """Four sentences of class 1: right throughout; right, then wrong; wrong, then right; never asked before the end, and wrong."""
    probs = np.array([[[0.2, 0.8], [0.1, 0.9], [0.9, 0.1], [np.nan, np.nan]], [[0.2, 0.8], [0.7, 0.3], [0.3, 0.7], [0.6, 0.4]]])
    assert backbones.overthought(probs, np.ones(4, int)).tolist() == [False, True, False, False]


def test_shares_are_told_apart_for_all_methods_at_once() -> None:
    half, all_ = np.arange(40) < 20, np.ones(40, bool)
    found = backbones.held({"a": (half, half), "b": (half, all_)})
    level, more = found.methods
    assert (level.share, level.more) == ((0.5, 0.5), (0, 0, 0))
    assert (more.share, more.more[0]) == ((0.5, 1.0), 0.5)
    assert more.more[1] > 0
    assert found.mean is not None
    assert found.mean[0] == 0.25, "half of the sentences leave in one of the two methods more"
    assert 0 < found.mean[1] < 0.25 < found.mean[2] < 0.5
    assert backbones.held({}) == Shares((), None)
