"""What changes at an operating point, on numbers a reader can check in the head."""

import numpy as np
import pytest

from dynviz.records import Rows, Sweep
from dynviz.records.metric import right_answers
from dynviz.records.redraw import bootstraps, grouped_differences, paired_bootstrap, simultaneous
from dynviz.records.slices import against, by_tag, flips


def sweep(predicted: list[list[int]], tags: tuple[tuple[str, ...], ...] = ((), (), (), ())) -> Sweep:
    points, sentences = np.array(predicted).shape
    return Sweep(
        "m", "exit", "sst2", "report", "", Rows(tuple("abcd"), np.full(4, 5), tags, np.array([1, 1, 1, 1]), np.arange(4)),
        tuple({"knob": float(i)} for i in range(points)), np.array(predicted), np.full((points, sentences), 50), np.full(sentences, 100),
        np.full((points, sentences), 3.0), np.full((points, sentences), 3), 6,
    )  # fmt: skip


def test_a_flip_is_worse_avoided_or_wrong_either_way() -> None:
    found = flips(sweep([[1, 0, 0, 1], [0, 1, 2, 1]]), 1)
    assert [(f.row, f.kind) for f in found] == [("a", "worse"), ("b", "avoided"), ("c", "changed")]


def test_every_tag_has_its_own_numbers_and_all_comes_first() -> None:
    rows = by_tag(sweep([[1, 1, 0, 1], [0, 1, 1, 1]], (("x",), ("x", "y"), ("y",), ())), 1)
    assert [(r.tag, r.sentences, r.difference, r.worse, r.avoided) for r in rows] == [
        ("all", 4, 0, 1, 1),
        ("x", 2, -0.5, 1, 0),
        ("y", 2, 0.5, 0, 1),
    ]
    assert all(r.low <= r.difference <= r.high for r in rows)


def test_all_points_at_once_give_the_interval_of_each() -> None:
    rng = np.random.default_rng(1)
    owner = np.sort(rng.integers(0, 60, 300))
    gains = rng.integers(-1, 2, (5, 300))
    for row, gain in zip(bootstraps(gains, owner, 60), gains, strict=True):
        assert tuple(row) == paired_bootstrap(gain, owner, 60)


def test_a_group_of_everybody_is_the_paired_bootstrap() -> None:
    rng = np.random.default_rng(2)
    correct, owner = rng.random((2, 80)) < 0.7, np.arange(80)
    scores = right_answers(correct, owner, 80)
    found = grouped_differences(scores.at(0), scores.at(1), np.ones((1, 80), bool))[0]
    assert tuple(found) == pytest.approx(paired_bootstrap(correct[0].astype(int) - correct[1], owner, 80))


def test_the_interval_is_the_slow_obvious_one() -> None:
    gain, owner = np.array([1, 0, -1, -1, 0, 0, 1, -1]), np.arange(8)
    rng = np.random.default_rng(0)
    means = [gain[rng.integers(0, 8, 8)].mean() for _ in range(2000)]
    assert paired_bootstrap(gain, owner, 8) == pytest.approx((gain.mean(), *np.percentile(means, [2.5, 97.5])))


# Many comparisons at once


def gains(rows: int, sentences: int, rng: np.random.Generator) -> np.ndarray:
    """Rows that differ by luck alone: each sentence is won or lost by one in ten."""
    return rng.choice([-1, 0, 1], (rows, sentences), p=[0.1, 0.8, 0.1])


def test_one_comparison_alone_has_the_usual_interval_and_twenty_have_wider_ones() -> None:
    rng = np.random.default_rng(3)
    many, owner = gains(20, 400, rng), np.arange(400)
    together = simultaneous(many, owner, 400)
    for row, (mean, low, high) in zip(many, together, strict=True):
        alone = simultaneous(row[None], owner, 400)[0]
        usual = bootstraps(row[None], owner, 400)[0]
        assert mean == alone[0] == row.mean()
        assert low <= alone[1]
        assert alone[2] <= high
        assert alone == pytest.approx(usual, abs=0.1 * (usual[2] - usual[1])), "of one, near the percentile interval"
    wider = (together[:, 2] - together[:, 1]) / (4 * np.sqrt(0.2 / 400))  # of plus and minus two standard errors
    assert wider.mean() == pytest.approx(1.5, abs=0.1), "about three standard errors instead of two"


def test_a_comparison_with_itself_changes_nothing_for_the_others() -> None:
    two = gains(2, 100, np.random.default_rng(4))
    with_nothing = np.vstack([two, np.zeros((1, 100), np.int64)])
    found = simultaneous(with_nothing, np.arange(100), 100)
    assert found[:2].tolist() == simultaneous(two, np.arange(100), 100).tolist()
    assert found[2].tolist() == [0, 0, 0]
    assert simultaneous(with_nothing[2:], np.arange(100), 100).tolist() == [[0, 0, 0]]


def test_copies_of_one_comparison_need_no_correction() -> None:
    one, owner = gains(1, 100, np.random.default_rng(5)), np.arange(100)
    assert simultaneous(np.repeat(one, 20, 0), owner, 100)[7] == pytest.approx(simultaneous(one, owner, 100)[0])


def test_of_twenty_comparisons_of_equals_one_list_in_twenty_claims_any_difference() -> None:
    """Read one by one, more than half of the lists would."""
    rng, owner, lists = np.random.default_rng(6), np.arange(200), 400

    def claims(found: np.ndarray) -> bool:
        return bool(((found[:, 1] > 0) | (found[:, 2] < 0)).any())

    drawn = [gains(20, 200, rng) for _ in range(lists)]
    assert 0.03 <= np.mean([claims(simultaneous(one, owner, 200, draws=500)) for one in drawn]) <= 0.07
    assert np.mean([claims(bootstraps(one, owner, 200, draws=500)) for one in drawn[:100]]) > 0.5


def test_words_of_a_sentence_are_redrawn_together_in_a_list_too() -> None:
    """Four words right in one sentence, four wrong in the other: the mean is 1, 0 or -1, by one in four, two, one."""
    gain, owner = np.array([[1, 1, 1, 1, -1, -1, -1, -1]]), np.repeat([0, 1], 4)
    mean, low, high = simultaneous(gain, owner, 2)[0]
    assert (mean, low, high) == pytest.approx((0, -1, 1), abs=1e-6)


def test_models_are_compared_on_the_same_examples_only() -> None:
    one, other = sweep([[1, 1, 1, 1]]), sweep([[1, 1, 0, 0]])
    found = against(one, other, 0)
    assert found is not None
    assert found[0] == 0.5
    assert against(one, sweep([[1, 1, 0, 0]], ((), (), (), ())), 0) is not None
