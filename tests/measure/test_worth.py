"""When leaving is worth it, how well confidence knows it, and what is compared: on answers that can be checked in the head."""

import numpy as np
import pytest

from dynviz.measure.calibration import auroc
from dynviz.measure.worth import DEPTHS, FEW, at_depths, judged, pairs, redrawn, worth_leaving
from dynviz.records import Bools, Floats, Recorded, Rows, Run
from dynviz.records.cost import LayerSize

NAN = float("nan")


def recorded(first: Floats) -> Recorded:
    """first: (L, S) the probability of class 0, which is right throughout; NaN where no classifier was asked."""
    layers, sentences = first.shape
    p = np.vstack([np.full(sentences, NAN), first])
    probs, plain = np.stack([p, 1 - p], -1), np.zeros(sentences, np.int64)
    run = Run.of_readings(np.full(sentences, 5), (LayerSize("model", 4, 8),) * layers, {}, probs, plain)
    ids = tuple(str(i) for i in range(sentences))
    return Recorded(Rows(ids, np.full(sentences, 5), ((),) * sentences, plain, np.arange(sentences)), run)


def test_leaving_is_worth_it_where_right_already_or_past_mending() -> None:
    """Right throughout; mended by the last; right first and lost later; never right."""
    right: Bools = np.array([[1, 0, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0]], bool)
    assert worth_leaving(right).tolist() == [[True, False, True, True], [True, False, True, True], [True] * 4]


def test_confidence_that_is_low_only_where_an_answer_is_mended_knows_everything_about_leaving_and_little_about_mistakes() -> None:
    """After layer 1: 40 right and sure (.9), 20 wrong for good and as sure, 20 wrong, mended by layer 2, and unsure (.6)."""
    first = np.array([*[0.9] * 40, *[0.1] * 20, *[0.4] * 20])
    last = np.array([*[0.9] * 40, *[0.1] * 20, *[0.8] * 20])
    found = judged(recorded(np.stack([first, last])))
    assert found is not None
    worth = found.worth
    assert worth.worth == (0.75, None)
    assert worth.eefp == ((1.0, 1.0, 1.0), None)
    assert worth.mean == (1.0, 1.0, 1.0)
    assert worth.mistakes == pytest.approx(0.75)  # of its 40 mistakes 20 look as sure as a right answer, 20 less so
    assert worth.ece == pytest.approx((60 * abs(40 / 60 - 0.9) + 20 * 0.6) / 80, abs=1e-5)


def test_an_exit_with_too_few_answers_that_are_mended_keeps_its_figure_to_itself_but_counts_in_the_mean() -> None:
    def figures(mended: int) -> tuple[object, float]:
        first = np.array([*[0.9] * 40, *[0.4] * mended])
        found = judged(recorded(np.stack([first, np.full(40 + mended, 0.9)])))
        assert found is not None
        return found.worth.eefp[0], found.worth.mean[0]

    assert figures(FEW) == ((1.0, 1.0, 1.0), 1.0)
    assert figures(FEW - 1) == (None, 1.0)


def test_where_leaving_is_always_worth_it_there_is_nothing_to_judge() -> None:
    assert judged(recorded(np.array([[0.9, 0.2], [0.8, 0.3]]))) is None
    assert judged(recorded(np.array([[NAN, NAN], [0.8, 0.3]]))) is None, "one exit"


def test_a_draw_of_every_sentence_once_is_the_area_itself_and_one_of_one_sort_is_none() -> None:
    rng = np.random.default_rng(0)
    confidence, good = rng.integers(0, 5, 30) / 5, rng.random(30) < 0.6
    lots = np.stack([np.ones(30, np.int64), 2 * good.astype(np.int64)])
    found = redrawn(confidence, good, lots)
    assert found[0] == pytest.approx(auroc(confidence, good))
    assert np.isnan(found[1])
    twice = np.where(np.arange(30) < 10, 2, 1)
    assert redrawn(confidence, good, twice[None])[0] == pytest.approx(auroc(np.repeat(confidence, twice), np.repeat(good, twice)))


def test_under_one_rule_as_many_leave_as_the_mean_depth_allows() -> None:
    """Two exits, at half and all of the layers; four sentences, wrong at first, right at the end, sure in the order d, c, b, a. A mean
    depth of .7 is kept by three leaving early (.625) and not by two (.75); .5 and less only by all four."""
    sure = np.array([[0.6, 0.7, 0.8, 0.9], [1.0] * 4])
    right: Bools = np.array([[0] * 4, [1] * 4], bool)
    assert DEPTHS == (0.3, 0.4, 0.5, 0.7)
    assert at_depths(sure, right, np.array([0.5, 1.0])).tolist() == [0.25, 0, 0, 0]


def test_pairs_are_of_different_classifiers_the_one_that_knows_better_first() -> None:
    """The second knows nothing of what is mended; the third is the first again, by another rule; the last has exits elsewhere."""
    last = np.full(60, 0.9)
    knows = judged(recorded(np.stack([np.array([*[0.9] * 40, *[0.4] * 20]), last])), "knows")
    guesses = judged(recorded(np.stack([np.array([*[0.9] * 40, *[0.1] * 20]), last])), "guesses")
    again = judged(recorded(np.stack([np.array([*[0.9] * 40, *[0.4] * 20]), last])), "again")
    longer = judged(recorded(np.stack([np.array([*[0.9] * 40, *[0.4] * 20]), last, last])), "longer")
    assert knows is not None
    assert guesses is not None
    assert again is not None
    assert longer is not None
    (pair,) = pairs([guesses, knows, again, longer])
    assert (pair.first, pair.second) == ("knows", "guesses")
    assert pair.eefp == (0.5, 0.5, 0.5)
    assert pair.accuracy[0] > 0, "to keep the depth, the other sends home whom it cannot tell from those that are right"
